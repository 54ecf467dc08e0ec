/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the site's object cache is, and whether it can be used: what all connections of a run
 * share. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cache/link.h"

#define OBJECT_CACHE_ERROR object_cache_error_quark()
GQuark object_cache_error_quark(void);

typedef enum {
	OBJECT_CACHE_ERROR_ADDRESS,  /* neither a socket's path nor host:port */
	OBJECT_CACHE_ERROR_SETTINGS, /* settings that do not go together */
} ObjectCacheError;

/* All borrowed. */
typedef struct ObjectCacheOptions {
	bool is_memcached;
	const char *address; /* "/run/redis/redis.sock", "unix:///run/redis/redis.sock", "host",
				"host:port", "[::1]:6379"; "": 127.0.0.1 and the usual port; of
				memcached several with commas or blanks between them */
	const char *user;    /* "" for none, as the others */
	const char *password;
	unsigned database;
	bool is_igbinary; /* WP_REDIS_IGBINARY */
	CacheSite site;
} ObjectCacheOptions;

/* Thread-safe. After the first failure, or when much time was lost waiting, the server is not tried
 * again. */
typedef struct ObjectCacheServer ObjectCacheServer;

/* Does not connect yet. NULL with OBJECT_CACHE_ERROR. Caller frees. */
ObjectCacheServer *object_cache_server_new(
	const ObjectCacheOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void object_cache_server_free(ObjectCacheServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ObjectCacheServer, object_cache_server_free)

/* Why the server is not used any more, or NULL when all went well. Borrowed. */
const char *object_cache_server_failure(ObjectCacheServer *server);

/* For connections to it. Borrowed. */
const CacheLinkOptions *object_cache_server_options(const ObjectCacheServer *server);

/* What a command took, and why it failed, or NULL. */
void object_cache_server_account(ObjectCacheServer *server, gint64 took_us, const GError *failure);

/* Asks the server, on a connection of its own, for what every WordPress keeps in its cache.
 * `*ret_is_known` says whether that was there under the names that we use. Errors: CACHE_ERROR. */
bool object_cache_server_check(const ObjectCacheServer *server, bool *ret_is_known,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

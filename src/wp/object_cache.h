/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The site's persistent object cache: notes what was written to the tables, and drops from the
 * cache what WordPress would have dropped, after each commit. The keys are those of the drop-in
 * Redis Object Cache (rhubarbgroup/redis-cache 2.x). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

#define OBJECT_CACHE_ERROR object_cache_error_quark()
GQuark object_cache_error_quark(void);

typedef enum {
	OBJECT_CACHE_ERROR_ADDRESS, /* neither a socket's path nor host:port */
} ObjectCacheError;

/* All borrowed. */
typedef struct ObjectCacheOptions {
	const char *address; /* "/run/redis/redis.sock", "host", "host:port", "[::1]:6379"; "":
				127.0.0.1:6379 */
	unsigned database;
	const char *password;   /* "" for none */
	const char *key_prefix; /* WP_REDIS_PREFIX; "" for none */
	const char *table_prefix;
} ObjectCacheOptions;

/* What all connections of a run share; thread-safe. After the first failure the server is not tried
 * again. */
typedef struct ObjectCacheServer ObjectCacheServer;

/* Does not connect yet. NULL with OBJECT_CACHE_ERROR. Caller frees. */
ObjectCacheServer *object_cache_server_new(
	const ObjectCacheOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void object_cache_server_free(ObjectCacheServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ObjectCacheServer, object_cache_server_free)

/* Why the server is not used any more, or NULL when all went well. Borrowed. */
const char *object_cache_server_failure(ObjectCacheServer *server);

/* From now on what is noted for this Db is dropped when it is committed. The server, which may be
 * NULL (nothing happens), must outlive the Db. */
void object_cache_attach(ObjectCacheServer *server, Db *db);

/* Each notes, in the transaction or right before the statement outside of any, that a row changes.
 * All do nothing for a Db without cache. */
void object_cache_note_event(Db *db, int64_t post_id);
/* Its meta alone. */
void object_cache_note_post_meta(Db *db, int64_t post_id);
/* Comments of this post came or went; with its comment_count. */
void object_cache_note_comments(Db *db, int64_t post_id);
void object_cache_note_user_meta(Db *db, int64_t user_id);
/* An autoloaded option is in the array of all of them, too. */
void object_cache_note_option(Db *db, const char *name, bool is_autoloaded);

/* Transients live in the cache where there is one. `*ret_is_used` is false when there is none or it
 * failed; else `*ret_value` is the transient's text, or NULL. Caller frees. */
void object_cache_get_transient(Db *db, const char *name, bool *ret_is_used, char **ret_value);
/* Returns whether it was written. 0 seconds is for ever. */
bool object_cache_set_transient(Db *db, const char *name, const char *value, unsigned ttl_secs);
/* Returns whether it is gone. */
bool object_cache_delete_transient(Db *db, const char *name);

/* The server's name of a key. Caller frees. */
char *object_cache_key(
	const char *key_prefix, const char *table_prefix, const char *group, const char *key);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the object cache only: one connection to a Redis server. Names are complete; with a `field`
 * (or NULL) they are those of hashes. All errors are CACHE_ERROR. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* All borrowed. */
typedef struct CacheRedisOptions {
	const char *socket; /* or NULL; wins over host */
	const char *host;
	unsigned port;
	const char *user;     /* or NULL: Redis's default user */
	const char *password; /* or NULL */
	unsigned database;
} CacheRedisOptions;

typedef struct CacheRedis CacheRedis;

/* Connects, gives the password and chooses the database. Here and below, each step ends within a
 * few seconds, whatever the server does. */
CacheRedis *cache_redis_open(
	const CacheRedisOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cache_redis_free(CacheRedis *redis);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CacheRedis, cache_redis_free)

/* What is deleted. Borrowed. */
typedef struct CacheRedisName {
	const char *key;
	const char *field; /* or NULL */
} CacheRedisName;

/* Deletes in pipelines; what is not there is no error. */
bool cache_redis_drop(CacheRedis *redis, const CacheRedisName *names, size_t count,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `*ret_value` is NULL when it is not there, or is no string. Caller unrefs. */
bool cache_redis_get(CacheRedis *redis, const CacheRedisName *name, GBytes **ret_value,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes a value that lives for so long; 0 is for ever, which a field of a hash always does. */
bool cache_redis_set(CacheRedis *redis, const CacheRedisName *name, GBytes *value,
	unsigned ttl_secs, GError **error) G_GNUC_WARN_UNUSED_RESULT;

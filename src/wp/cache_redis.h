/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the object cache only: one connection to a Redis server. Keys are complete names. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Why the server could not be used: always a warning for the person who runs us. */
#define CACHE_REDIS_ERROR cache_redis_error_quark()
GQuark cache_redis_error_quark(void);

typedef enum {
	CACHE_REDIS_ERROR_UNREACHABLE, /* no connection, or it broke off: another may go well */
	CACHE_REDIS_ERROR_REFUSED,     /* password, database number, a read-only replica … */
} CacheRedisError;

/* All borrowed. */
typedef struct CacheRedisOptions {
	const char *socket; /* or NULL; wins over host */
	const char *host;
	unsigned port;
	const char *password; /* or NULL */
	unsigned database;
} CacheRedisOptions;

typedef struct CacheRedis CacheRedis;

/* Connects, gives the password and chooses the database. Each step waits two seconds at most. */
CacheRedis *cache_redis_open(
	const CacheRedisOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cache_redis_free(CacheRedis *redis);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CacheRedis, cache_redis_free)

/* Deletes keys in pipelines; those that are not there are no error. */
bool cache_redis_drop(CacheRedis *redis, const char *const *keys, size_t count,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads a key. `*ret_value` is NULL when it is not there, or longer than any that we look for.
 * Caller frees. */
bool cache_redis_get(CacheRedis *redis, const char *key, char **ret_value,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes a key that lives for so long; 0 is for ever. */
bool cache_redis_set(CacheRedis *redis, const char *key, const char *value, unsigned ttl_secs,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

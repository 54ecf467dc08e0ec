/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the object cache only: connections to a site's memcached servers. Which of several has an
 * entry is chosen by PHP's extension: where that is not known to do as libmemcached does, we ask
 * and tell all. Names are complete. All errors are CACHE_ERROR. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Borrowed. */
typedef struct CacheMemcachedAddress {
	const char *socket; /* or NULL; wins over host */
	const char *host;
	unsigned port;
} CacheMemcachedAddress;

typedef struct CacheMemcached CacheMemcached;

/* Does not connect yet. Here and below, each command waits five seconds at most for its whole
 * answer; a server that took longer is not asked again. */
CacheMemcached *cache_memcached_open(const CacheMemcachedAddress *addresses, size_t count,
	bool is_by_libmemcached) G_GNUC_WARN_UNUSED_RESULT;
void cache_memcached_free(CacheMemcached *memcached);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CacheMemcached, cache_memcached_free)

/* Deletes in one go, and waits until that is done; what is not there is no error. Where a server
 * fails, the others are told nevertheless. */
bool cache_memcached_drop(CacheMemcached *memcached, const char *const *names, size_t count,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the first server has that knows the name; `*ret_value` is NULL when none does. Caller
 * unrefs. */
bool cache_memcached_get(CacheMemcached *memcached, const char *name, GBytes **ret_value,
	uint32_t *ret_flags, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The largest of the numbers that the servers have under that name; 0 when none has one. */
bool cache_memcached_get_number(CacheMemcached *memcached, const char *name, uint64_t *ret_number,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes a value that lives for so long, 30 days at most; 0 is for ever. Where nobody knows on
 * which server it belongs, only in place of one that is there: `*ret_written` is false otherwise,
 * for a second one on the wrong server would be found again later. */
bool cache_memcached_set(CacheMemcached *memcached, const char *name, GBytes *value, uint32_t flags,
	unsigned ttl_secs, bool *ret_written, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes a number that is to be the same on all servers, as PHP's memcache writes integers. */
bool cache_memcached_set_number(CacheMemcached *memcached, const char *name, uint64_t number,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

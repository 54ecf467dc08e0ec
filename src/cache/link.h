/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection to the site's object cache, of whichever kind it is: entries in, the server's
 * names and values of the site's drop-in out. All errors are CACHE_ERROR. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "cache/key.h"

/* Borrowed. */
typedef struct CacheAddress {
	const char *socket; /* or NULL; wins over host */
	const char *host;
	unsigned port;
} CacheAddress;

/* Borrowed, for as long as the link is there. */
typedef struct CacheLinkOptions {
	const CacheAddress *addresses; /* one for Redis, one or more for memcached */
	size_t address_count;
	const char *user;     /* or NULL; as the next two, for Redis alone */
	const char *password; /* or NULL */
	unsigned database;
	bool is_igbinary; /* WP_REDIS_IGBINARY */
	CacheSite site;
} CacheLinkOptions;

typedef struct CacheLink CacheLink;

CacheLink *cache_link_open(
	const CacheLinkOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cache_link_free(CacheLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CacheLink, cache_link_free)

/* Deletes entries; those that are not there are no error. */
bool cache_link_drop(CacheLink *link, const CacheEntry *entries, size_t count,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `*ret_text` is NULL when the entry is not there, or holds no string, integer or boolean. Caller
 * frees. */
bool cache_link_get(CacheLink *link, const CacheEntry *entry, char **ret_text,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the entry is there and, if any words are given, may be an array with one of them as a
 * key: also where that cannot be told, as it was compressed. */
bool cache_link_may_hold(CacheLink *link, const CacheEntry *entry, const char *const *words,
	size_t count, bool *ret_may_hold, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes a text, or the integer of which it is the decimal form, for so long; 0 is for ever.
 * `*ret_written` is false where nobody but PHP knows on which server it belongs. */
bool cache_link_set(CacheLink *link, const CacheEntry *entry, const char *text, unsigned ttl_secs,
	bool *ret_written, GError **error) G_GNUC_WARN_UNUSED_RESULT;

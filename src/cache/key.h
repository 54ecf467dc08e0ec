/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an entry of WordPress's object cache is called on the server: each drop-in has names of its
 * own. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The files wp-content/object-cache.php whose names we know, as read in their releases. */
typedef enum {
	CACHE_DROP_IN_REDIS_CACHE,     /* rhubarbgroup/redis-cache 2.6: build_key() */
	CACHE_DROP_IN_WP_REDIS,        /* pantheon-systems/wp-redis 1.4: _key() */
	CACHE_DROP_IN_WP_REDIS_GROUPS, /* the same with WP_REDIS_USE_CACHE_GROUPS: groups are
					  hashes, keys their fields */
	CACHE_DROP_IN_WP_MEMCACHED,    /* Automattic/wp-memcached 4: key() */
	CACHE_DROP_IN_PECL_MEMCACHED,  /* tollmanz/wordpress-pecl-memcached-object-cache and what
					  was made of it: buildKey() */
} CacheDropIn;

/* Borrowed. */
typedef struct CacheSite {
	CacheDropIn drop_in;
	const char *key_prefix;   /* WP_REDIS_PREFIX or WP_CACHE_KEY_SALT; "" for none */
	const char *table_prefix; /* of wp-config.php */
	unsigned blog_id;         /* of a multisite network; 0: there is none */
} CacheSite;

/* Borrowed. */
typedef struct CacheEntry {
	const char *group;
	const char *key;
} CacheEntry;

/* wp_start_object_cache(): groups that all sites of a network share. */
bool cache_group_is_global(const char *group);

/* The server's name of an entry, for CACHE_DROP_IN_WP_REDIS_GROUPS that of its group.
 * `flush_number` counts for CACHE_DROP_IN_WP_MEMCACHED alone: that of the entry's group. Caller
 * frees. */
char *cache_key_name(const CacheSite *site, const CacheEntry *entry, const char *flush_number);

/* Where CACHE_DROP_IN_WP_MEMCACHED keeps that number, by which it empties the cache without asking
 * the server to: get_flush_number(). `is_old`: where version 3 kept it. Caller frees. */
char *cache_key_of_flush_number(const CacheSite *site, bool is_global, bool is_old);

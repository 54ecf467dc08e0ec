/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How single texts and numbers are kept on a cache server: each PHP extension and drop-in has its
 * own way. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
	CACHE_VALUE_PLAIN,      /* as they are: Redis Object Cache */
	CACHE_VALUE_SERIALIZED, /* integers as they are, all else by serialize(): WP Redis */
	CACHE_VALUE_IGBINARY,   /* igbinary_serialize(): Redis Object Cache, WP_REDIS_IGBINARY */
	CACHE_VALUE_MEMCACHE,   /* as they are, their type in the flags: PHP's memcache */
	CACHE_VALUE_MEMCACHED,  /* the same with other flags: PHP's memcached */
} CacheValueForm;

/* The bytes for a text; one that is a decimal integer stands for that integer. `*ret_flags` is 0
 * for what has no flags. Caller unrefs. */
GBytes *cache_value_encode(CacheValueForm form, const char *text, uint32_t *ret_flags);

/* The text of a string, integer or boolean (as PHP makes it a string); NULL for anything else, also
 * what was compressed. Caller frees. */
char *cache_value_decode(CacheValueForm form, const char *data, size_t length, uint32_t flags);

/* Whether these flags say so. */
bool cache_value_is_compressed(CacheValueForm form, uint32_t flags);

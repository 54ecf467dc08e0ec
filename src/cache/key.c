/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drop-ins' own functions that make keys, in C. */
#include "cache/key.h"

#include <string.h>

bool cache_group_is_global(const char *group)
{
	static const char *const groups[] = {"blog-details", "blog-id-cache", "blog-lookup",
		"blog_meta", "global-posts", "networks", "rss", "site-details", "site-lookup",
		"site-options", "site-transient", "sites", "useremail", "userlogins", "usermeta",
		"user_meta", "users", "userslugs", NULL};

	return g_strv_contains(groups, group);
}

/* On a network the blog's id, and nothing for what all blogs share; else the table prefix for both.
 * Caller frees. */
static char *site_part(const CacheSite *site, bool is_global)
{
	if (site->blog_id == 0)
		return g_strdup(site->table_prefix);
	return is_global ? g_strdup("") : g_strdup_printf("%u", site->blog_id);
}

/* preg_replace( '/\s+/', '', … ) */
static char *without_blanks(char *take_text)
{
	char *to = take_text;

	for (const char *from = take_text; *from != '\0'; from++) {
		if (!g_ascii_isspace(*from) && *from != '\v')
			*to++ = *from;
	}
	*to = '\0';
	return take_text;
}

/* trim( $prefix, '_-:$' ) */
static char *trim(char *take_text)
{
	static const char trimmed[] = "_-:$";
	size_t lead = strspn(take_text, trimmed);
	size_t length = strlen(take_text + lead);

	while (length > 0 && strchr(trimmed, take_text[lead + length - 1]) != NULL)
		length--;
	memmove(take_text, take_text + lead, length);
	take_text[length] = '\0';
	return take_text;
}

static char *redis_cache_name(const CacheSite *site, const CacheEntry *entry, bool is_global)
{
	g_autofree char *begin = trim(site_part(site, is_global));
	g_autofree char *group = g_strdelimit(g_strdup(entry->group), ":", '-');
	g_autofree char *key = g_strdelimit(g_strdup(entry->key), ":", '-');

	return g_strdup_printf("%s%s:%s:%s", site->key_prefix, begin, group, key);
}

/* Without a network, the prefix of tables stands only before what networks would share. */
static char *wp_redis_name(
	const CacheSite *site, const CacheEntry *entry, const char *key, bool is_global)
{
	g_autofree char *begin =
		site->blog_id == 0 && !is_global ? g_strdup("") : site_part(site, is_global);
	const char *colon = site->blog_id != 0 && !is_global ? ":" : "";

	return without_blanks(
		g_strdup_printf("%s%s%s%s:%s", site->key_prefix, begin, colon, entry->group, key));
}

static char *pecl_memcached_name(const CacheSite *site, const CacheEntry *entry, bool is_global)
{
	g_autofree char *begin = site_part(site, is_global);

	return without_blanks(g_strdup_printf("%s%s%s%s:%s", site->key_prefix, begin,
		is_global ? "" : ":", entry->group, entry->key));
}

static char *wp_memcached_name(
	const CacheSite *site, const CacheEntry *entry, const char *flush_number, bool is_global)
{
	g_autofree char *begin = site_part(site, is_global);

	return without_blanks(g_strdup_printf("%s%s%s:%s:%s:%s", site->key_prefix,
		site->key_prefix[0] == '\0' ? "" : ":", flush_number, begin, entry->group,
		entry->key));
}

char *cache_key_name(const CacheSite *site, const CacheEntry *entry, const char *flush_number)
{
	bool is_global = cache_group_is_global(entry->group);

	switch (site->drop_in) {
	case CACHE_DROP_IN_WP_REDIS:
		return wp_redis_name(site, entry, entry->key, is_global);
	case CACHE_DROP_IN_WP_REDIS_GROUPS:
		return wp_redis_name(site, entry, "", is_global);
	case CACHE_DROP_IN_WP_MEMCACHED:
		return wp_memcached_name(site, entry, flush_number, is_global);
	case CACHE_DROP_IN_PECL_MEMCACHED:
		return pecl_memcached_name(site, entry, is_global);
	default:
		return redis_cache_name(site, entry, is_global);
	}
}

char *cache_key_of_flush_number(const CacheSite *site, bool is_global, bool is_old)
{
	const CacheEntry entry = {
		.group = is_global ? "WP_Object_Cache_global" : "WP_Object_Cache",
		.key = is_old ? "flush_number" : "flush_number_v4",
	};

	return wp_memcached_name(site, &entry, "_", is_global);
}

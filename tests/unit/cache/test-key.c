/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of cache entries: each was obtained by calling the drop-in's own function. */
#include <glib.h>

#include "cache/key.h"

static const CacheSite alone = {.key_prefix = "", .table_prefix = "wp_"};
static const CacheSite salted = {.key_prefix = "my salt_", .table_prefix = "wp_"};
static const CacheSite second = {.key_prefix = "s:", .table_prefix = "wp_2_", .blog_id = 2};
static const CacheSite odd = {.key_prefix = "", .table_prefix = "_wp_my_site__"};
static const CacheSite nothing = {.key_prefix = "p", .table_prefix = "__"};

typedef struct {
	const char *name;
	const CacheSite *site;
	const char *group, *key;
	const char *expected;
} KeyCase;

static void check_keys(CacheDropIn drop_in, const KeyCase *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CacheSite site = *cases[i].site;
		const CacheEntry entry = {cases[i].group, cases[i].key};
		const char *flush_number = cache_group_is_global(entry.group) ? "18" : "17";
		g_autofree char *name = NULL;

		site.drop_in = drop_in;
		name = cache_key_name(&site, &entry, flush_number);
		g_test_message("%s", cases[i].name);
		g_assert_cmpstr(name, ==, cases[i].expected);
	}
}

static void test_redis_cache(void)
{
	static const KeyCase cases[] = {
		{"plain", &alone, "posts", "41", "wp:posts:41"},
		{"global", &alone, "users", "1", "wp:users:1"},
		{"colons", &alone, "a:b", "gmt:calendar_event", "wp:a-b:gmt-calendar_event"},
		{"salted", &salted, "posts", "41", "my salt_wp:posts:41"},
		{"blank", &alone, "posts", "a b", "wp:posts:a b"},
		{"network", &second, "posts", "41", "s:2:posts:41"},
		{"network-global", &second, "users", "1", "s::users:1"},
		{"trimmed-at-both-ends", &odd, "users", "1", "wp_my_site:users:1"},
		{"nothing-but-underscores", &nothing, "users", "1", "p:users:1"},
	};

	check_keys(CACHE_DROP_IN_REDIS_CACHE, cases, G_N_ELEMENTS(cases));
}

static void test_wp_redis(void)
{
	static const KeyCase cases[] = {
		{"plain", &alone, "posts", "41", "posts:41"},
		{"global", &alone, "users", "1", "wp_users:1"},
		{"colons", &alone, "timeinfo", "lastpostdate:gmt", "timeinfo:lastpostdate:gmt"},
		{"salted", &salted, "posts", "41", "mysalt_posts:41"},
		{"salted-global", &salted, "users", "1", "mysalt_wp_users:1"},
		{"blank", &alone, "posts", "a \t\v\nb", "posts:ab"},
		{"network", &second, "posts", "41", "s:2:posts:41"},
		{"network-global", &second, "site-transient", "t", "s:site-transient:t"},
	};
	static const KeyCase groups[] = {
		{"plain", &alone, "posts", "41", "posts:"},
		{"global", &alone, "users", "1", "wp_users:"},
		{"network", &second, "posts", "41", "s:2:posts:"},
		{"network-global", &second, "users", "1", "s:users:"},
	};

	check_keys(CACHE_DROP_IN_WP_REDIS, cases, G_N_ELEMENTS(cases));
	check_keys(CACHE_DROP_IN_WP_REDIS_GROUPS, groups, G_N_ELEMENTS(groups));
}

static void test_wp_memcached(void)
{
	static const KeyCase cases[] = {
		{"plain", &alone, "posts", "41", "17:wp_:posts:41"},
		{"global", &alone, "users", "1", "18:wp_:users:1"},
		{"colons", &alone, "timeinfo", "lastpostdate:gmt",
			"17:wp_:timeinfo:lastpostdate:gmt"},
		{"salted", &salted, "posts", "41", "mysalt_:17:wp_:posts:41"},
		{"network", &second, "posts", "41", "s::17:2:posts:41"},
		{"network-global", &second, "users", "1", "s::18::users:1"},
	};

	check_keys(CACHE_DROP_IN_WP_MEMCACHED, cases, G_N_ELEMENTS(cases));
}

static void test_flush_numbers(void)
{
	static const struct {
		const CacheSite *site;
		bool is_global, is_old;
		const char *expected;
	} cases[] = {
		{&alone, false, false, "_:wp_:WP_Object_Cache:flush_number_v4"},
		{&alone, true, false, "_:wp_:WP_Object_Cache_global:flush_number_v4"},
		{&alone, false, true, "_:wp_:WP_Object_Cache:flush_number"},
		{&salted, false, false, "mysalt_:_:wp_:WP_Object_Cache:flush_number_v4"},
		{&second, false, false, "s::_:2:WP_Object_Cache:flush_number_v4"},
		{&second, true, false, "s::_::WP_Object_Cache_global:flush_number_v4"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *name = cache_key_of_flush_number(
			cases[i].site, cases[i].is_global, cases[i].is_old);

		g_assert_cmpstr(name, ==, cases[i].expected);
	}
}

static void test_pecl_memcached(void)
{
	static const KeyCase cases[] = {
		{"plain", &alone, "posts", "41", "wp_:posts:41"},
		{"global", &alone, "users", "1", "wp_users:1"},
		{"colons", &alone, "timeinfo", "lastpostdate:gmt", "wp_:timeinfo:lastpostdate:gmt"},
		{"salted", &salted, "posts", "41", "mysalt_wp_:posts:41"},
		{"salted-global", &salted, "users", "1", "mysalt_wp_users:1"},
		{"network", &second, "posts", "41", "s:2:posts:41"},
		{"network-global", &second, "users", "1", "s:users:1"},
	};

	check_keys(CACHE_DROP_IN_PECL_MEMCACHED, cases, G_N_ELEMENTS(cases));
}

static void test_global_groups(void)
{
	static const char *const global[] = {
		"users", "user_meta", "site-transient", "blog-details"};
	static const char *const own[] = {"posts", "post_meta", "comment", "options", "transient",
		"terms", "timeinfo", "general", "calendar", "default"};

	for (size_t i = 0; i < G_N_ELEMENTS(global); i++)
		g_assert_true(cache_group_is_global(global[i]));
	for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
		g_assert_false(cache_group_is_global(own[i]));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wp/cache-key/redis-object-cache-names-entries-so", test_redis_cache);
	g_test_add_func("/wp/cache-key/wp-redis-names-entries-so", test_wp_redis);
	g_test_add_func("/wp/cache-key/memcached-object-cache-names-entries-so", test_wp_memcached);
	g_test_add_func("/wp/cache-key/flush-numbers-are-entries", test_flush_numbers);
	g_test_add_func("/wp/cache-key/the-pecl-drop-in-names-entries-so", test_pecl_memcached);
	g_test_add_func("/wp/cache-key/networks-share-some-groups", test_global_groups);
	return g_test_run();
}

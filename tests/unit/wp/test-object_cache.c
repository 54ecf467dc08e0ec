/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of cache entries, and addresses of cache servers. What is dropped when is told by
 * tests/integration/test_object_cache.py. */
#include <glib.h>

#include "wp/object_cache.h"

static void test_keys(void)
{
	static const struct {
		const char *name;
		const char *key_prefix, *table_prefix, *group, *key;
		const char *expected;
	} cases[] = {
		{"plain", "", "wp_", "posts", "41", "wp:posts:41"},
		{"prefixed", "mysite_", "wp_", "posts", "last_changed",
			"mysite_wp:posts:last_changed"},
		{"colons-of-the-key", "", "wp_", "timeinfo", "lastpostdate:gmt:calendar_event",
			"wp:timeinfo:lastpostdate-gmt-calendar_event"},
		{"colons-of-the-group", "", "wp_", "a:b", "c", "wp:a-b:c"},
		{"colons-of-the-prefix-stay", "site:", "wp_", "options", "alloptions",
			"site:wp:options:alloptions"},
		{"trimmed-at-both-ends", "", "_wp_my_site__", "users", "1", "wp_my_site:users:1"},
		{"nothing-but-underscores", "p", "__", "users", "1", "p:users:1"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *key = object_cache_key(
			cases[i].key_prefix, cases[i].table_prefix, cases[i].group, cases[i].key);

		g_test_message("%s", cases[i].name);
		g_assert_cmpstr(key, ==, cases[i].expected);
	}
}

static void test_addresses(void)
{
	static const struct {
		const char *address;
		bool is_valid;
	} cases[] = {
		{"", true},
		{"/run/redis/redis.sock", true},
		{"redis.example", true},
		{"redis.example:6380", true},
		{"[::1]:6380", true},
		{"[::1]", true},
		{"::1", true},
		{"redis.example:", false},
		{"redis.example:0", false},
		{"redis.example:65536", false},
		{"redis.example:port", false},
		{":6379", false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const ObjectCacheOptions options = {
			.address = cases[i].address,
			.password = "",
			.key_prefix = "",
			.table_prefix = "wp_",
		};
		g_autoptr(GError) error = NULL;
		g_autoptr(ObjectCacheServer) server = object_cache_server_new(&options, &error);

		g_test_message("'%s'", cases[i].address);
		if (cases[i].is_valid)
			g_assert_no_error(error);
		else
			g_assert_error(error, OBJECT_CACHE_ERROR, OBJECT_CACHE_ERROR_ADDRESS);
		g_assert_cmpint(server != NULL, ==, cases[i].is_valid);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wp/object-cache/keys-are-named-as-the-drop-in-names-them", test_keys);
	g_test_add_func("/wp/object-cache/addresses-are-checked", test_addresses);
	return g_test_run();
}

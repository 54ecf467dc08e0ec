/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings of [cache], and when a server is given up. What is dropped when is told by
 * tests/integration/test_object_cache.py. */
#include <glib.h>
#include <string.h>

#include "cache/error.h"
#include "cache/server.h"

/* What a test is not about. */
static ObjectCacheOptions usual_options(bool is_memcached)
{
	return (ObjectCacheOptions){
		.is_memcached = is_memcached,
		.address = "",
		.user = "",
		.password = "",
		.site = {.drop_in = is_memcached ? CACHE_DROP_IN_WP_MEMCACHED
						 : CACHE_DROP_IN_REDIS_CACHE,
			.key_prefix = "",
			.table_prefix = "wp_"},
	};
}

static void test_addresses(void)
{
	static const struct {
		const char *address;
		bool is_valid; /* for memcached; Redis has one */
	} cases[] = {
		{"", true},
		{"unix:///run/redis/redis.sock", true},
		{"one.example:11211, two.example", true},
		{"one.example /run/two.sock", true},
		{"one.example, two.example:0", false},
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

	for (size_t i = 0; i < G_N_ELEMENTS(cases) * 2; i++) {
		bool is_memcached = i % 2 == 1;
		ObjectCacheOptions options = usual_options(is_memcached);
		bool is_valid = cases[i / 2].is_valid &&
				(is_memcached || strpbrk(cases[i / 2].address, ", ") == NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(ObjectCacheServer) server = NULL;

		options.address = cases[i / 2].address;
		server = object_cache_server_new(&options, &error);
		g_test_message(
			"'%s' for %s", options.address, is_memcached ? "memcached" : "Redis");
		if (is_valid)
			g_assert_no_error(error);
		else
			g_assert_error(error, OBJECT_CACHE_ERROR, OBJECT_CACHE_ERROR_ADDRESS);
		g_assert_cmpint(server != NULL, ==, is_valid);
	}
}

static void test_parsed(void)
{
	static const struct {
		const char *address, *socket, *host;
		unsigned port;
	} cases[] = {
		{"", NULL, "127.0.0.1", 11211},
		{"cache.example", NULL, "cache.example", 11211},
		{"cache.example:7", NULL, "cache.example", 7},
		{"[::1]:7", NULL, "::1", 7},
		{"[::1]", NULL, "::1", 11211},
		{"::1", NULL, "::1", 11211},
		{"/run/x.sock", "/run/x.sock", NULL, 0},
		{"unix:///run/x.sock", "/run/x.sock", NULL, 0},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		ObjectCacheOptions options = usual_options(true);
		g_autoptr(ObjectCacheServer) server = NULL;
		const CacheLinkOptions *parsed;

		options.address = cases[i].address;
		server = object_cache_server_new(&options, NULL);
		parsed = object_cache_server_options(server);
		g_test_message("'%s'", options.address);
		g_assert_cmpuint(parsed->address_count, ==, 1);
		g_assert_cmpstr(parsed->addresses[0].socket, ==, cases[i].socket);
		g_assert_cmpstr(parsed->addresses[0].host, ==, cases[i].host);
		g_assert_cmpuint(parsed->addresses[0].port, ==, cases[i].port);
	}
}

static void assert_refused(const ObjectCacheOptions *options)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(object_cache_server_new(options, &error));
	g_assert_error(error, OBJECT_CACHE_ERROR, OBJECT_CACHE_ERROR_SETTINGS);
}

static void test_settings(void)
{
	ObjectCacheOptions other_drop_in = usual_options(true);
	ObjectCacheOptions other_server = usual_options(false);
	ObjectCacheOptions password = usual_options(true);
	ObjectCacheOptions database = usual_options(true);
	ObjectCacheOptions user = usual_options(true);
	ObjectCacheOptions igbinary = usual_options(false);

	other_drop_in.site.drop_in = CACHE_DROP_IN_WP_REDIS;
	assert_refused(&other_drop_in);
	other_server.site.drop_in = CACHE_DROP_IN_PECL_MEMCACHED;
	assert_refused(&other_server);
	password.password = "x";
	assert_refused(&password);
	database.database = 1;
	assert_refused(&database);
	user.user = "x";
	assert_refused(&user);
	igbinary.is_igbinary = true;
	igbinary.site.drop_in = CACHE_DROP_IN_WP_REDIS;
	assert_refused(&igbinary);
}

static void test_slow(void)
{
	const ObjectCacheOptions options = usual_options(false);
	g_autoptr(ObjectCacheServer) server = object_cache_server_new(&options, NULL);

	for (unsigned i = 0; i < 100000; i++)
		object_cache_server_account(server, 100 * G_TIME_SPAN_MILLISECOND, NULL);
	g_assert_null(object_cache_server_failure(server));
	for (unsigned i = 0; i < 10; i++)
		object_cache_server_account(server, G_TIME_SPAN_SECOND, NULL);
	g_assert_null(object_cache_server_failure(server));
	for (unsigned i = 0; i < 2; i++)
		object_cache_server_account(server, G_TIME_SPAN_SECOND, NULL);
	g_assert_nonnull(strstr(object_cache_server_failure(server), "too slow"));
}

static void test_failure(void)
{
	const ObjectCacheOptions options = usual_options(false);
	g_autoptr(ObjectCacheServer) server = object_cache_server_new(&options, NULL);
	g_autoptr(GError) first = g_error_new(CACHE_ERROR, CACHE_ERROR_REFUSED, "first");
	g_autoptr(GError) second = g_error_new(CACHE_ERROR, CACHE_ERROR_REFUSED, "second");

	object_cache_server_account(server, 0, first);
	object_cache_server_account(server, 0, second);
	g_assert_cmpstr(object_cache_server_failure(server), ==, "first");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wp/object-cache-server/addresses-are-checked", test_addresses);
	g_test_add_func("/wp/object-cache-server/addresses-are-understood", test_parsed);
	g_test_add_func("/wp/object-cache-server/settings-go-together", test_settings);
	g_test_add_func("/wp/object-cache-server/a-slow-one-is-given-up", test_slow);
	g_test_add_func("/wp/object-cache-server/the-first-failure-is-told", test_failure);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as PHP's extensions write them: the bytes are theirs. */
#include <glib.h>
#include <string.h>

#include "cache/value.h"

#define BYTES(text) (text), sizeof(text) - 1

typedef struct {
	const char *name;
	CacheValueForm form;
	const char *text;
	const char *data;
	size_t length;
	uint32_t flags;
} ValueCase;

/* Both ways. */
static void test_same(void)
{
	static const ValueCase cases[] = {
		{"plain-integer", CACHE_VALUE_PLAIN, "3", BYTES("3"), 0},
		{"plain-text", CACHE_VALUE_PLAIN, "ours a:1", BYTES("ours a:1"), 0},
		{"serialized-integer", CACHE_VALUE_SERIALIZED, "3", BYTES("3"), 0},
		{"serialized-negative", CACHE_VALUE_SERIALIZED, "-3", BYTES("-3"), 0},
		{"serialized-text", CACHE_VALUE_SERIALIZED, "ours", BYTES("s:4:\"ours\";"), 0},
		{"serialized-no-integer", CACHE_VALUE_SERIALIZED, "03", BYTES("s:2:\"03\";"), 0},
		{"serialized-empty", CACHE_VALUE_SERIALIZED, "", BYTES("s:0:\"\";"), 0},
		{"igbinary-0", CACHE_VALUE_IGBINARY, "0", BYTES("\0\0\0\2\6\0"), 0},
		{"igbinary-3", CACHE_VALUE_IGBINARY, "3", BYTES("\0\0\0\2\6\3"), 0},
		{"igbinary-255", CACHE_VALUE_IGBINARY, "255", BYTES("\0\0\0\2\6\xff"), 0},
		{"igbinary-256", CACHE_VALUE_IGBINARY, "256", BYTES("\0\0\0\2\x08\1\0"), 0},
		{"igbinary-65536", CACHE_VALUE_IGBINARY, "65536", BYTES("\0\0\0\2\x0a\0\1\0\0"), 0},
		{"igbinary-2^32", CACHE_VALUE_IGBINARY, "4294967296",
			BYTES("\0\0\0\2\x20\0\0\0\1\0\0\0\0"), 0},
		{"igbinary--1", CACHE_VALUE_IGBINARY, "-1", BYTES("\0\0\0\2\7\1"), 0},
		{"igbinary--300", CACHE_VALUE_IGBINARY, "-300", BYTES("\0\0\0\2\x09\1\x2c"), 0},
		{"igbinary-empty", CACHE_VALUE_IGBINARY, "", BYTES("\0\0\0\2\x0d"), 0},
		{"igbinary-text", CACHE_VALUE_IGBINARY, "a", BYTES("\0\0\0\2\x11\1a"), 0},
		{"memcache-integer", CACHE_VALUE_MEMCACHE, "3", BYTES("3"), 0x0300},
		{"memcache-text", CACHE_VALUE_MEMCACHE, "ours", BYTES("ours"), 0},
		{"memcached-integer", CACHE_VALUE_MEMCACHED, "3", BYTES("3"), 1},
		{"memcached-text", CACHE_VALUE_MEMCACHED, "ours", BYTES("ours"), 0},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		uint32_t flags;
		g_autoptr(GBytes) bytes = cache_value_encode(cases[i].form, cases[i].text, &flags);
		g_autofree char *text = cache_value_decode(
			cases[i].form, cases[i].data, cases[i].length, cases[i].flags);
		size_t length;
		const void *data = g_bytes_get_data(bytes, &length);

		g_test_message("%s", cases[i].name);
		g_assert_cmpmem(data, length, cases[i].data, cases[i].length);
		g_assert_cmpuint(flags, ==, cases[i].flags);
		g_assert_cmpstr(text, ==, cases[i].text);
	}
}

/* What only PHP writes; a NULL text is what cannot be read. */
static void test_read(void)
{
	static const ValueCase cases[] = {
		{"serialized-true", CACHE_VALUE_SERIALIZED, "1", BYTES("b:1;"), 0},
		{"serialized-false", CACHE_VALUE_SERIALIZED, "", BYTES("b:0;"), 0},
		{"serialized-array", CACHE_VALUE_SERIALIZED, NULL, BYTES("a:0:{}"), 0},
		{"serialized-garbage", CACHE_VALUE_SERIALIZED, NULL, BYTES("s:9:\"x\";"), 0},
		{"serialized-nothing", CACHE_VALUE_SERIALIZED, NULL, BYTES(""), 0},
		{"igbinary-true", CACHE_VALUE_IGBINARY, "1", BYTES("\0\0\0\2\5"), 0},
		{"igbinary-false", CACHE_VALUE_IGBINARY, "", BYTES("\0\0\0\2\4"), 0},
		{"igbinary-null", CACHE_VALUE_IGBINARY, "", BYTES("\0\0\0\2\0"), 0},
		{"igbinary-long-text", CACHE_VALUE_IGBINARY, "ab", BYTES("\0\0\0\2\x12\0\2ab"), 0},
		{"igbinary-array", CACHE_VALUE_IGBINARY, NULL, BYTES("\0\0\0\2\x14\0"), 0},
		{"igbinary-nothing", CACHE_VALUE_IGBINARY, NULL, BYTES(""), 0},
		{"igbinary-head-alone", CACHE_VALUE_IGBINARY, NULL, BYTES("\0\0\0\2"), 0},
		{"igbinary-other-version", CACHE_VALUE_IGBINARY, NULL, BYTES("\0\0\0\3\6\3"), 0},
		{"igbinary-cut-number", CACHE_VALUE_IGBINARY, NULL, BYTES("\0\0\0\2\x0a\0\1"), 0},
		{"igbinary-cut-text", CACHE_VALUE_IGBINARY, NULL, BYTES("\0\0\0\2\x11\5ab"), 0},
		{"igbinary-longest-text", CACHE_VALUE_IGBINARY, NULL,
			BYTES("\0\0\0\2\x13\xff\xff\xff\xff"), 0},
		{"igbinary-text-and-more", CACHE_VALUE_IGBINARY, NULL, BYTES("\0\0\0\2\x11\1ab"),
			0},
		{"memcache-true", CACHE_VALUE_MEMCACHE, "1", BYTES("1"), 0x0100},
		{"memcache-array", CACHE_VALUE_MEMCACHE, NULL, BYTES("a:0:{}"), 0x0001},
		{"memcache-compressed", CACHE_VALUE_MEMCACHE, NULL, BYTES("x"), 0x0002},
		{"memcached-true", CACHE_VALUE_MEMCACHED, "1", BYTES("1"), 3},
		{"memcached-array", CACHE_VALUE_MEMCACHED, NULL, BYTES("a:0:{}"), 4},
		{"memcached-compressed", CACHE_VALUE_MEMCACHED, NULL, BYTES("x"), 0x10},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *data = g_memdup2(cases[i].data, cases[i].length);
		g_autofree char *text = cache_value_decode(
			cases[i].form, data == NULL ? "" : data, cases[i].length, cases[i].flags);

		g_test_message("%s", cases[i].name);
		g_assert_cmpstr(text, ==, cases[i].text);
	}
}

static void test_compressed(void)
{
	g_assert_true(cache_value_is_compressed(CACHE_VALUE_MEMCACHE, 0x0003));
	g_assert_false(cache_value_is_compressed(CACHE_VALUE_MEMCACHE, 0x0001));
	g_assert_true(cache_value_is_compressed(CACHE_VALUE_MEMCACHED, 0x54));
	g_assert_false(cache_value_is_compressed(CACHE_VALUE_MEMCACHED, 0x04));
	g_assert_false(cache_value_is_compressed(CACHE_VALUE_PLAIN, 0));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wp/cache-value/is-written-and-read-as-php-has-it", test_same);
	g_test_add_func("/wp/cache-value/of-php-is-read-or-left", test_read);
	g_test_add_func("/wp/cache-value/says-that-it-is-compressed", test_compressed);
	return g_test_run();
}

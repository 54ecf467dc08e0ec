/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "text/utf8.h"

static void test_validity(void)
{
	g_assert_true(text_is_utf8("", 0));
	g_assert_true(text_is_utf8("a\0\u00e9\0", 5));
	g_assert_false(text_is_utf8("a\0\xff", 3));
	g_assert_false(text_is_utf8("\u00e9", 1));
	g_assert_false(text_is_utf8("\xed\xa0\x80", 3));
	g_assert_false(text_is_utf8("\xc0\x80", 2));
}

static void test_repair(void)
{
	static const struct {
		const char *text;
		size_t length;
		const char *repaired;
		size_t repaired_length;
	} cases[] = {
		{"plain", 5, "plain", 5},
		{"a\xff"
		 "b",
			3,
			"a\ufffd"
			"b",
			5},
		{"\xf0\x9f", 2, "\ufffd\ufffd", 6},
		{"a\0\xff", 3, "a\0\ufffd", 5},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new_len(cases[i].text, (gssize)cases[i].length);

		text_repair(text);
		g_assert_cmpmem(text->str, text->len, cases[i].repaired, cases[i].repaired_length);
	}
}

static void test_cut_bytes(void)
{
	static const struct {
		const char *text;
		size_t max_bytes;
		const char *cut;
	} cases[] = {
		{"plain", 5, "plain"},
		{"plain", 4, "plai"},
		{"a\u00e9", 2, "a"},
		{"a\u00e9", 3, "a\u00e9"},
		{"\U0001f389", 3, ""},
		{"plain", 0, ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(cases[i].text);

		text_cut_bytes(text, cases[i].max_bytes);
		g_assert_cmpstr(text->str, ==, cases[i].cut);
	}
}

static void test_cut_characters(void)
{
	g_autoptr(GString) text = g_string_new("\u00e9\u00e9\u00e9");

	text_cut_characters(text, 3);
	g_assert_cmpuint(text->len, ==, 6);
	text_cut_characters(text, 2);
	g_assert_cmpstr(text->str, ==, "\u00e9\u00e9");
	text_cut_characters(text, 0);
	g_assert_cmpstr(text->str, ==, "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/utf8/validity", test_validity);
	g_test_add_func("/text/utf8/repair", test_repair);
	g_test_add_func("/text/utf8/cut-bytes", test_cut_bytes);
	g_test_add_func("/text/utf8/cut-characters", test_cut_characters);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nobody sees is shown, and nothing else changes. */
#include <glib.h>

#include "util/visible.h"

static const struct {
	const char *name;
	const char *text;
	const char *shown;
	const char *json;
} cases[] = {
	{"plain", "José's \"Lunch\" 🎉", "José's \"Lunch\" 🎉", "José's \"Lunch\" 🎉"},
	{"escape", "a\x1b[2Jb", "a\\x1B[2Jb", "a\\u001b[2Jb"},
	{"C1 control",
		"a\xc2\x9b"
		"b",
		"a\\x9Bb", "a\\u009bb"},
	{"right-to-left override", "invoice\u202efdp.exe", "invoice\\u202Efdp.exe",
		"invoice\\u202efdp.exe"},
	{"isolate", "\u2066x\u2069", "\\u2066x\\u2069", "\\u2066x\\u2069"},
	{"line separator", "a\u2028b\u2029c", "a\\u2028b\\u2029c", "a\\u2028b\\u2029c"},
	{"zero width", "a\u200bb\ufeffc\u00add", "a\\u200Bb\\uFEFFc\\u00ADd",
		"a\\u200bb\\ufeffc\\u00add"},
	{"tag", "x\U000e0041y", "x\\uE0041y", "x\\udb40\\udc41y"},
	{"Arabic and Hebrew", "سلام שלום", "سلام שלום", "سلام שלום"},
	{"joined emoji and Persian", "👩\u200d💻 می\u200cخواهم", "👩\u200d💻 می\u200cخواهم",
		"👩\u200d💻 می\u200cخواهم"},
	{"not UTF-8",
		"a\xff"
		"b",
		"a\ufffdb", "a\ufffdb"},
};

static void check(gconstpointer data)
{
	const size_t i = GPOINTER_TO_SIZE(data);
	g_autofree char *shown = visible_text(cases[i].text);
	g_autofree char *json = visible_json(cases[i].text);

	g_assert_cmpstr(shown, ==, cases[i].shown);
	g_assert_cmpstr(json, ==, cases[i].json);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/util/visible/%s", cases[i].name);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), check);
	}
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "cli/sample_ini.h"

typedef struct {
	const char *name;
	const char *text;
	bool is_untouched;
} Case;

static const Case cases[] = {
	{"empty", "", true},
	{"comments", "; one\n# two = 2\n\n  ; three\n", true},
	{"keys-without-values", "[database]\nname =\nuser:\nauth_key=  \n", true},
	{"line-ends-of-windows", "[database]\r\nname =\r\n", true},
	{"a-value", "[database]\nname = wordpress\n", false},
	{"a-value-behind-a-colon", "[database]\nname: wordpress\n", false},
	{"a-value-that-is-a-sign", "[database]\npassword = =\n", false},
	{"a-word-alone", "mine\n", false},
	{"a-value-on-the-next-line", "[database]\nname =\n  wordpress\n", false},
};

static void test_case(gconstpointer data)
{
	const Case *one = data;
	g_autofree char *folder = g_dir_make_tmp("prm-sample-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "x.ini", NULL);

	g_assert_true(g_file_set_contents(path, one->text, -1, NULL));
	g_assert_cmpint(sample_ini_is_untouched(path), ==, one->is_untouched);
	g_unlink(path);
	g_rmdir(folder);
}

static void test_our_own_sample(void)
{
	g_assert_true(sample_ini_is_untouched("conf/prm-calendar.ini"));
}

static void test_what_is_no_text(void)
{
	g_autofree char *folder = g_dir_make_tmp("prm-sample-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "x.ini", NULL);
	g_autofree char *large = g_strnfill(70000, '\n');

	g_assert_false(sample_ini_is_untouched(path));
	g_assert_false(sample_ini_is_untouched(folder));
	g_assert_true(g_file_set_contents(path, ";\0mine", 6, NULL));
	g_assert_false(sample_ini_is_untouched(path));
	g_assert_true(g_file_set_contents(path, large, -1, NULL));
	g_assert_false(sample_ini_is_untouched(path));
	g_unlink(path);
	g_rmdir(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/cli/sample_ini/", cases[i].name, NULL);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/cli/sample_ini/our-own", test_our_own_sample);
	g_test_add_func("/cli/sample_ini/no-text", test_what_is_no_text);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What getenv() answers to the site's PHP: a value, that there is none, or that nobody here knows.
 */
#include <glib.h>
#include <string.h>

#include "site/site_env.h"
#include "util/config_error.h"

typedef struct {
	const char *name;
	const char *text;
	const char *value; /* of X; NULL: not known, or unset */
	bool is_unset;     /* in an environment of which all is known */
} Way;

static const Way ways[] = {
	{"bare", "X=a b \n", "a b", false},
	{"export", "export X=1\n", "1", false},
	{"comment", "# X=0\nX=a # b\n", "a", false},
	{"hash-in-a-word", "X=a#b\n", "a#b", false},
	{"single-quotes", "X='a ${Y} \\n'\n", "a ${Y} \\n", false},
	{"double-quotes", "Y=1\nX=\"a ${Y}\\tb\"\n", "a 1\tb", false},
	{"over-lines", "X=\"a\nb\"\n", "a\nb", false},
	{"mark-of-utf-8", "\xEF\xBB\xBFX=1\n", "1", false},
	{"carriage-returns", "X=1\r\nY=2\r\n", "1", false},
	{"empty", "X=\n", "", false},
	{"the-first-counts", "X=1\nX=2\n", "1", false},
	{"not-there", "Y=1\n", NULL, true},
	{"of-a-variable-that-is-not-known", "X=${NOT_KNOWN}\n", NULL, false},
	{"a-name-that-the-surroundings-know", "X\n", NULL, false},
};

static void test_way(gconstpointer data)
{
	const Way *way = data;
	g_autoptr(SiteEnv) env = site_env_new();
	g_autoptr(GError) error = NULL;
	bool is_unset;

	g_assert_true(site_env_add_text(env, ".env", way->text, false, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(site_env_get(env, "X", &is_unset), ==, way->value);
	g_assert_false(is_unset);
	site_env_set_whole(env);
	g_assert_cmpstr(site_env_get(env, "X", &is_unset), ==, way->value);
	g_assert_true(is_unset == way->is_unset);
}

static void test_files_over_each_other(void)
{
	g_autoptr(SiteEnv) env = site_env_new();
	bool is_unset;

	g_assert_true(
		site_env_add_text(env, ".env", "X=old\nY=old\nZ=${NOT_KNOWN}\n", false, NULL));
	g_assert_true(site_env_add_text(
		env, ".env.local", "X=new\nY=${NOT_KNOWN}\nZ=known\n", true, NULL));
	g_assert_cmpstr(site_env_get(env, "X", &is_unset), ==, "new");
	/* Given, and nobody here knows what: not what stood there before, and not nothing. */
	site_env_set_whole(env);
	g_assert_null(site_env_get(env, "Y", &is_unset));
	g_assert_false(is_unset);
	g_assert_cmpstr(site_env_get(env, "Z", &is_unset), ==, "known");
	g_assert_true(site_env_add_text(env, ".env", "X=other\nY=other\n", false, NULL));
	g_assert_cmpstr(site_env_get(env, "X", &is_unset), ==, "new");
	g_assert_null(site_env_get(env, "Y", &is_unset));
}

static void test_what_the_process_has_is_known(void)
{
	g_autoptr(SiteEnv) env = site_env_new();
	bool is_unset;

	g_setenv("PRM_STORY_A", "process", TRUE);
	site_env_set(env, "PRM_STORY_B", "given");
	g_setenv("PRM_STORY_B", "process", TRUE);
	g_assert_true(site_env_add_text(env, ".env", "PRM_STORY_A\n", false, NULL));
	site_env_add_process(env);
	g_assert_cmpstr(site_env_get(env, "PRM_STORY_A", &is_unset), ==, "process");
	g_assert_cmpstr(site_env_get(env, "PRM_STORY_B", &is_unset), ==, "given");
}

static void test_what_is_no_file_of_variables_names_its_line(void)
{
	static const char *const texts[] = {"X=1\n=2\n", "X=1\nY=\"secret\n", "X=1\n<?php\n"};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(SiteEnv) env = site_env_new();
		g_autoptr(GError) error = NULL;

		g_assert_false(site_env_add_text(env, ".env", texts[i], false, &error));
		g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID);
		g_assert_true(g_str_has_prefix(error->message, ".env:2: "));
		g_assert_null(strstr(error->message, "secret"));
	}
}

static void test_nothing_is_known_of_none(void)
{
	bool is_unset = true;

	g_assert_null(site_env_get(NULL, "X", &is_unset));
	g_assert_false(is_unset);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		g_autofree char *path = g_strconcat("/site/env/way/", ways[i].name, NULL);

		g_test_add_data_func(path, &ways[i], test_way);
	}
	g_test_add_func("/site/env/files", test_files_over_each_other);
	g_test_add_func("/site/env/process", test_what_the_process_has_is_known);
	g_test_add_func("/site/env/damaged", test_what_is_no_file_of_variables_names_its_line);
	g_test_add_func("/site/env/none", test_nothing_is_known_of_none);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "wp/grants.h"

/* The statements of sql/grants.sql, without its comments, are those of the example site. */
static void test_agrees_with_the_file(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *file = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GString) statements = g_string_new(NULL);
	g_autofree char *sql = grants_sql("wordpress", "wp_", "prm_calendar", "localhost");

	g_file_get_contents("sql/grants.sql", &file, NULL, &error);
	g_assert_no_error(error);
	lines = g_strsplit(file, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		if (**line != '\0' && !g_str_has_prefix(*line, "--"))
			g_string_append_printf(statements, "%s\n", *line);
	}
	g_assert_cmpstr(sql, ==, statements->str);
}

static void test_odd_names_are_quoted(void)
{
	g_autofree char *sql = grants_sql("my-site`x", "2_", "sidecar", "%");

	g_assert_nonnull(strstr(sql, "ON `my-site``x`.`2_posts` TO 'sidecar'@'%';"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wp/grants/file", test_agrees_with_the_file);
	g_test_add_func("/wp/grants/quoted", test_odd_names_are_quoted);
	return g_test_run();
}

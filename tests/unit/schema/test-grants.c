/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "schema/grants.h"

/* The statements of sql/grants.sql, without its comments, are those of the example site. */
static void test_agrees_with_the_file(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *file = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GString) statements = g_string_new(NULL);
	const DbOptions options = {
		.name = "wordpress", .table_prefix = "wp_", .base_prefix = "wp_"};
	g_autofree char *sql = grants_sql(&options, "prm_calendar", "localhost");

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
	const DbOptions options = {.name = "my-site`x", .table_prefix = "2_", .base_prefix = "2_"};
	g_autofree char *sql = grants_sql(&options, "sidecar", "%");

	g_assert_nonnull(strstr(sql, "ON `my-site``x`.`2_posts` TO 'sidecar'@'%';"));
}

static void test_a_network_shares_its_users(void)
{
	const DbOptions options = {
		.name = "wordpress", .table_prefix = "wp_2_", .base_prefix = "wp_"};
	g_autofree char *sql = grants_sql(&options, "sidecar", "%");

	g_assert_nonnull(strstr(sql, "ON wordpress.wp_2_posts TO"));
	g_assert_nonnull(strstr(sql, "ON wordpress.wp_2_prm_calendar_events TO"));
	g_assert_nonnull(strstr(sql, "GRANT SELECT, INSERT, UPDATE ON wordpress.wp_usermeta TO"));
	g_assert_null(strstr(sql, "wp_2_users"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/schema/grants/file", test_agrees_with_the_file);
	g_test_add_func("/schema/grants/quoted", test_odd_names_are_quoted);
	g_test_add_func("/schema/grants/network", test_a_network_shares_its_users);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "../support/test_db.h"
#include "schema/indexes.h"

static void expect_missing(TestDb *test, const char *change, const char *what, bool is_vital)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) missing = NULL;
	const MissingIndex *index;

	test_db_exec(test, change);
	missing = indexes_missing(test->db, &error);
	g_assert_no_error(error);
	g_test_message("%s", change);
	g_assert_cmpuint(missing->len, ==, 1);
	index = g_ptr_array_index(missing, 0);
	g_assert_cmpstr(index->what, ==, what);
	g_assert_cmpint(index->is_vital, ==, is_vital);
	test_db_exec(test, index->remedy);
}

static void test_indexes(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) missing = NULL;

	if (test == NULL)
		return;
	missing = indexes_missing(test->db, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(missing->len, ==, 0);
	expect_missing(
		test, "ALTER TABLE wp_posts DROP KEY post_author", "wp_posts (post_author)", false);
	expect_missing(
		test, "ALTER TABLE wp_usermeta DROP KEY meta_key", "wp_usermeta (meta_key)", false);
	expect_missing(test,
		"ALTER TABLE wp_options DROP KEY option_name, ADD KEY plain (option_name)",
		"wp_options (option_name)", true);
	expect_missing(test,
		"ALTER TABLE wp_options DROP KEY plain, DROP KEY option_name, ADD UNIQUE KEY two "
		"(option_name, "
		"autoload)",
		"wp_options (option_name)", true);
	expect_missing(test,
		"ALTER TABLE wp_postmeta MODIFY meta_id BIGINT UNSIGNED NOT NULL, DROP PRIMARY KEY",
		"wp_postmeta (meta_id)", true);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/schema/indexes/missing-ones-and-their-remedies", test_indexes);
	return g_test_run();
}

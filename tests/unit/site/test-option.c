/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options: exact bytes in and out, and compare-and-swap. */
#include <glib.h>
#include <string.h>

#include "../support/test_db.h"
#include "site/option.h"

#define BYTES(text) text, sizeof(text) - 1

static bool insert(const TestDb *test, const char *name, const char *value, size_t length)
{
	g_autoptr(GError) error = NULL;
	bool is_inserted = false;

	g_assert_true(option_insert(test->db, name, value, length, "no", &is_inserted, &error));
	return is_inserted;
}

static bool replace(const TestDb *test, const char *old_value, size_t old_length,
	const char *new_value, size_t new_length)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) old_bytes = g_bytes_new(old_value, old_length);
	g_autoptr(GBytes) new_bytes = g_bytes_new(new_value, new_length);
	bool is_replaced = false;

	g_assert_true(
		option_replace(test->db, "x", old_bytes, new_bytes, false, &is_replaced, &error));
	return is_replaced;
}

static void test_bytes_come_back(void)
{
	static const char value[] = "O:1:\"A\":1:{s:4:\"\0A\0b\";s:4:\"\xf0\x9f\x8e\x89\";}";
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *read = NULL;
	size_t length = 0;

	if (test == NULL)
		return;
	g_assert_true(option_get(test->db, "x", &read, &length, &error));
	g_assert_null(read);
	g_assert_true(insert(test, "x", BYTES(value)));
	g_assert_false(insert(test, "X", BYTES("other")));
	g_assert_true(option_get(test->db, "x", &read, &length, &error));
	g_assert_cmpmem(read, length, value, sizeof(value) - 1);
	g_assert_true(option_delete(test->db, "x", false, &error));
	g_assert_cmpint(
		test_db_int(test, "SELECT COUNT(*) FROM wp_options WHERE option_name = 'x'"), ==,
		0);
}

static void test_a_long_name_is_refused_and_not_cut(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *name = g_strnfill(192, 'n');
	bool is_inserted = false;

	if (test == NULL)
		return;
	g_assert_false(option_insert(test->db, name, "v", 1, "no", &is_inserted, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_DATA);
}

static void test_replacing_compares_bytes(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autofree char *value = NULL;

	if (test == NULL)
		return;
	g_assert_true(insert(test, "x", BYTES("Old ")));
	/* All of these are equal to the column's collation. */
	g_assert_false(replace(test, BYTES("old "), BYTES("new")));
	g_assert_false(replace(test, BYTES("Old"), BYTES("new")));
	g_assert_false(replace(test, BYTES("\xc3\x93ld "), BYTES("new")));
	g_assert_true(replace(test, BYTES("Old "), BYTES("new")));
	g_assert_false(replace(test, BYTES("Old "), BYTES("newer")));
	g_assert_true(replace(test, BYTES("new"), BYTES("NEW")));
	value = test_db_text(test, "SELECT option_value FROM wp_options WHERE option_name = 'x'");
	g_assert_cmpstr(value, ==, "NEW");
}

static void test_large_values_are_replaced(void)
{
	enum { LENGTH = 5 * 1024 * 1024 };
	g_autoptr(TestDb) test = test_db_new();
	g_autofree char *old_value = g_strnfill(LENGTH, 'a');
	g_autofree char *new_value = g_strnfill(LENGTH, 'a');

	if (test == NULL)
		return;
	new_value[LENGTH - 1] = 'b';
	g_assert_true(insert(test, "x", old_value, LENGTH));
	g_assert_false(replace(test, new_value, LENGTH, old_value, LENGTH - 1));
	g_assert_true(replace(test, old_value, LENGTH, new_value, LENGTH));
	g_assert_cmpint(test_db_int(test, "SELECT SUM(LENGTH(option_value)) FROM wp_options WHERE "
					  "option_name = 'x' AND RIGHT(option_value, 1) = 'b'"),
		==, LENGTH);
}

static void test_equal_values_are_not_written(void)
{
	g_autoptr(TestDb) test = test_db_new();
	uint64_t before;

	if (test == NULL)
		return;
	before = db_statement_count(test->db);
	g_assert_true(replace(test, BYTES("same"), BYTES("same")));
	g_assert_cmpuint(db_statement_count(test->db), ==, before);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/site/option/bytes-come-back", test_bytes_come_back);
	g_test_add_func("/site/option/long-name-is-refused-and-not-cut",
		test_a_long_name_is_refused_and_not_cut);
	g_test_add_func("/site/option/replacing-compares-bytes", test_replacing_compares_bytes);
	g_test_add_func("/site/option/large-values-are-replaced", test_large_values_are_replaced);
	g_test_add_func(
		"/site/option/equal-values-are-not-written", test_equal_values_are_not_written);
	return g_test_run();
}

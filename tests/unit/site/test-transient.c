/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transients: the rows that WordPress leaves behind. */
#include <cjson/cJSON.h>
#include <glib.h>
#include <string.h>

#include "../support/test_db.h"
#include "site/transient.h"

#define OUR_CASES "tests/data/transients.json"
#define VECTORS "../shared/vectors/db_writes.json"

#define ROWS_SQL                                                                                   \
	"SELECT option_id, option_name, option_value, autoload FROM wp_options WHERE option_name " \
	"LIKE '%transient%' ORDER BY option_id"

static const char *text_of(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

static const cJSON *option_rows(const cJSON *diff, const char *what)
{
	return cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(diff, "wp_options"), what);
}

/* The rows of a case, by id: what a diff makes of them. */
static void apply_diff(GTree *rows, const cJSON *diff)
{
	const cJSON *row = NULL;

	cJSON_ArrayForEach(row, option_rows(diff, "deleted"))
	{
		g_tree_remove(rows, text_of(row, "option_id"));
	}
	cJSON_ArrayForEach(row, option_rows(diff, "inserted"))
	{
		g_tree_insert(rows, g_strdup(text_of(row, "option_id")),
			g_strjoin("|", text_of(row, "option_id"), text_of(row, "option_name"),
				text_of(row, "option_value"), text_of(row, "autoload"), NULL));
	}
	cJSON_ArrayForEach(row, option_rows(diff, "updated"))
	{
		const cJSON *key = cJSON_GetObjectItemCaseSensitive(row, "key");
		const cJSON *change = cJSON_GetObjectItemCaseSensitive(
			cJSON_GetObjectItemCaseSensitive(row, "changed"), "option_value");
		const char *id = text_of(key, "option_id");
		g_auto(GStrv) columns = g_strsplit(g_tree_lookup(rows, id), "|", 4);

		g_tree_insert(rows, g_strdup(id),
			g_strjoin("|", id, text_of(key, "option_name"), text_of(change, "after"),
				columns[3], NULL));
	}
}

static gboolean append_row(gpointer id, gpointer row, gpointer text)
{
	(void)id;
	g_string_append_printf(text, "%s\n", (const char *)row);
	return FALSE;
}

static gboolean insert_row(gpointer id, gpointer row, gpointer data)
{
	const TestDb *test = data;
	g_auto(GStrv) columns = g_strsplit(row, "|", 4);
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO wp_options (option_id, option_name, option_value, autoload) "
		"VALUES (%s, '%s', '%s', '%s')",
		(const char *)id, columns[1], columns[2], columns[3]);

	test_db_exec(test, sql);
	return FALSE;
}

/* The stored text of what set_transient() was given: the case's own rows have it. */
static char *stored_value(GTree *after, const char *name)
{
	g_autoptr(GString) rows = g_string_new(NULL);
	g_autofree char *prefix = g_strdup_printf("|_transient_%s|", name);
	const char *at;

	g_tree_foreach(after, append_row, rows);
	at = strstr(rows->str, prefix);
	g_assert_nonnull(at);
	at += strlen(prefix);
	return g_strndup(at, strcspn(at, "|\n"));
}

static int64_t parse_now(const char *now)
{
	g_autofree char *iso = g_strdup(now);
	g_autoptr(GDateTime) time = NULL;

	iso[strlen("2025-06-15")] = 'T';
	time = g_date_time_new_from_iso8601(iso, NULL);
	g_assert_nonnull(time);
	return g_date_time_to_unix(time);
}

static void make_call(const TestDb *test, const cJSON *call, int64_t now_utc, GTree *after)
{
	static const WpSite site = {.new_autoload_words = false};
	const cJSON *arguments = cJSON_GetObjectItemCaseSensitive(call, "args");
	const char *name = cJSON_GetStringValue(cJSON_GetArrayItem(arguments, 0));
	g_autoptr(GError) error = NULL;
	bool is_done;

	if (strcmp(text_of(call, "fn"), "get_transient") == 0) {
		const char *expected = text_of(call, "return");
		g_autofree char *peeked = NULL;
		g_autofree char *value = NULL;

		g_assert_true(transient_peek(test->db, name, now_utc, &peeked, &error));
		is_done = transient_get(test->db, name, now_utc, &value, &error);
		g_assert_cmpstr(value, ==, expected);
		g_assert_cmpstr(peeked, ==, expected);
	} else {
		const cJSON *ttl = cJSON_GetArrayItem(arguments, 2);
		g_autofree char *value = stored_value(after, name);

		is_done = transient_set(test->db, &site, name, value, now_utc,
			ttl != NULL ? (unsigned)ttl->valueint : 0, &error);
	}
	g_assert_no_error(error);
	g_assert_true(is_done);
}

static gint compare_ids(gconstpointer a, gconstpointer b, gpointer unused)
{
	(void)unused;
	return strcmp(a, b);
}

static void check_case(const cJSON *at)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GTree) rows = g_tree_new_full(compare_ids, NULL, g_free, g_free);
	g_autoptr(GString) expected = g_string_new(NULL);
	g_autofree char *actual = NULL;
	const cJSON *call = NULL;

	if (test == NULL)
		return;
	g_test_message("%s", text_of(at, "id"));
	test_db_exec(test, "ALTER TABLE wp_options AUTO_INCREMENT = 120");
	apply_diff(rows, cJSON_GetObjectItemCaseSensitive(at, "setup_diff"));
	g_tree_foreach(rows, insert_row, test);
	apply_diff(rows, cJSON_GetObjectItemCaseSensitive(at, "diff"));
	cJSON_ArrayForEach(call, cJSON_GetObjectItemCaseSensitive(at, "call"))
	{
		make_call(test, call, parse_now(text_of(at, "now")), rows);
	}
	g_tree_foreach(rows, append_row, expected);
	actual = test_db_rows(test, ROWS_SQL);
	g_assert_cmpstr(actual, ==, expected->str);
}

static void check_file(const char *path)
{
	g_autofree char *text = NULL;
	cJSON *root;
	const cJSON *at = NULL;
	unsigned count = 0;

	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		g_test_skip("the vectors are not beside this checkout");
		return;
	}
	root = cJSON_Parse(text);
	cJSON_ArrayForEach(at, cJSON_GetObjectItemCaseSensitive(root, "cases"))
	{
		if (strcmp(text_of(at, "kind"), "transient") != 0)
			continue;
		check_case(at);
		count++;
	}
	g_assert_cmpuint(count, >, 0);
	cJSON_Delete(root);
}

static void test_rows_are_those_of_wordpress(void)
{
	check_file(OUR_CASES);
}

static void test_rows_are_those_of_the_vectors(void)
{
	check_file(VECTORS);
}

static void test_a_leftover_timeout_ends_a_new_value(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	static const WpSite site = {.new_autoload_words = true};
	g_autofree char *value = NULL;
	g_autofree char *rows = NULL;

	if (test == NULL)
		return;
	test_db_exec(test, "INSERT INTO wp_options (option_name, option_value, autoload) VALUES "
			   "('_transient_timeout_x', '1000', 'off')");
	g_assert_true(transient_set(test->db, &site, "x", "5", 2000, 60, &error));
	g_assert_true(transient_get(test->db, "x", 2000, &value, &error));
	g_assert_null(value);
	/* Now both rows are gone, and the next value lives, under the new words. */
	g_assert_true(transient_set(test->db, &site, "x", "6", 2000, 60, &error));
	g_assert_true(transient_get(test->db, "x", 2060, &value, &error));
	g_assert_cmpstr(value, ==, "6");
	rows = test_db_rows(test,
		"SELECT option_name, option_value, autoload FROM wp_options WHERE "
		"option_name LIKE '%transient%' ORDER BY option_id");
	g_assert_cmpstr(rows, ==, "_transient_timeout_x|2060|off\n_transient_x|6|off\n");
	g_assert_no_error(error);
}

static void test_an_autoloaded_value_never_expires(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *value = NULL;

	if (test == NULL)
		return;
	test_db_exec(test, "INSERT INTO wp_options (option_name, option_value, autoload) VALUES "
			   "('_transient_timeout_x', '1000', 'no'), ('_transient_x', '5', 'yes')");
	g_assert_true(transient_get(test->db, "x", 2000, &value, &error));
	g_assert_cmpstr(value, ==, "5");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
		"/site/transient/rows-are-those-of-wordpress", test_rows_are_those_of_wordpress);
	g_test_add_func("/site/transient/rows-are-those-of-the-vectors",
		test_rows_are_those_of_the_vectors);
	g_test_add_func("/site/transient/leftover-timeout-ends-a-new-value",
		test_a_leftover_timeout_ends_a_new_value);
	g_test_add_func("/site/transient/autoloaded-value-never-expires",
		test_an_autoloaded_value_never_expires);
	return g_test_run();
}

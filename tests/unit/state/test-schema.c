/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/schema.h"

#include <string.h>

#include "../support/test_db.h"
#include "db/sql_script.h"
#include "schema/grants.h"

#define LATEST "9" /* number of the last file in sql/ */

static const char our_tables_sql[] =
	"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() "
	"AND TABLE_NAME LIKE '%prm\\_calendar\\_%' ORDER BY TABLE_NAME";

static void drop_all(const TestDb *test)
{
	for (const char *const *table = state_schema_tables; *table != NULL; table++) {
		g_autofree char *drop = g_strdup_printf("DROP TABLE wp_%s", *table);

		test_db_exec(test, drop);
	}
}

static void ensure(Db *db)
{
	g_autoptr(GError) error = NULL;
	bool is_done = state_schema_ensure(db, &error);

	g_assert_no_error(error);
	g_assert_true(is_done);
}

static bool is_current(Db *db)
{
	g_autoptr(GError) error = NULL;
	bool current = false;

	g_assert_true(state_schema_is_current(db, &current, &error));
	return current;
}

static void assert_all_tables(const TestDb *test, const char *prefix)
{
	g_autofree char *found = test_db_rows(test, our_tables_sql);
	g_auto(GStrv) names = g_strsplit(found, "\n", -1);
	guint expected = g_strv_length((GStrv)state_schema_tables);

	g_assert_cmpuint(g_strv_length(names) - 1, ==, expected); /* ends with a newline */
	for (const char *const *table = state_schema_tables; *table != NULL; table++) {
		g_autofree char *name = g_strconcat(prefix, *table, NULL);

		g_assert_true(g_strv_contains((const char *const *)names, name));
	}
}

static void test_made_from_nothing(void)
{
	g_autoptr(TestDb) test = test_db_new();

	if (test == NULL)
		return;
	drop_all(test);
	g_assert_false(is_current(test->db));
	ensure(test->db);
	g_assert_true(is_current(test->db));
	assert_all_tables(test, "wp_");
	g_assert_cmpint(test_db_int(test, "SELECT COUNT(*) FROM wp_prm_calendar_schema WHERE "
					  "ABS(applied_at - UNIX_TIMESTAMP()) < 600"),
		==, (int)g_ascii_strtoll(LATEST, NULL, 10));
}

static void test_one_statement_when_all_is_there(void)
{
	g_autoptr(TestDb) test = test_db_new();
	uint64_t before;

	if (test == NULL)
		return;
	before = db_statement_count(test->db);
	ensure(test->db);
	g_assert_cmpuint(db_statement_count(test->db) - before, ==, 1);
}

/* Whichever table went, and whatever the versions say. */
static void test_a_dropped_table_comes_back(void)
{
	g_autoptr(TestDb) test = test_db_new();

	if (test == NULL)
		return;
	for (const char *const *table = state_schema_tables; *table != NULL; table++) {
		g_autofree char *drop = g_strdup_printf("DROP TABLE wp_%s", *table);

		test_db_exec(test, drop);
		g_assert_false(is_current(test->db));
		ensure(test->db);
		g_assert_true(is_current(test->db));
	}
	assert_all_tables(test, "wp_");
}

/* The process died before it had noted the version. */
static void test_half_done_is_finished(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autofree char *versions = NULL;

	if (test == NULL)
		return;
	test_db_exec(test, "DELETE FROM wp_prm_calendar_schema; DROP TABLE wp_prm_calendar_runs; "
			   "INSERT INTO wp_prm_calendar_users VALUES (7, REPEAT('x', 16))");
	ensure(test->db);
	assert_all_tables(test, "wp_");
	versions = test_db_rows(test, "SELECT COUNT(*), MAX(version) FROM wp_prm_calendar_schema");
	g_assert_cmpstr(versions, ==, LATEST "|" LATEST "\n");
	g_assert_cmpint(test_db_int(test, "SELECT COUNT(*) FROM wp_prm_calendar_users"), ==, 1);
}

/* As version 1 left it behind; also when a process died before it had noted the version. */
static void test_a_table_gets_its_new_column(void)
{
	g_autoptr(TestDb) test = test_db_new();

	if (test == NULL)
		return;
	test_db_exec(test, "INSERT INTO wp_prm_calendar_cursors (connection, calendar_hash, "
			   "calendar_id, settings_hash, cursor_text, listed_at) "
			   "VALUES (7, REPEAT('x', 16), 'work', REPEAT('y', 16), 't', 5); "
			   "ALTER TABLE wp_prm_calendar_cursors DROP COLUMN gone_at; "
			   "DELETE FROM wp_prm_calendar_schema WHERE version = 2");
	g_assert_false(is_current(test->db));
	ensure(test->db);
	g_assert_true(is_current(test->db));
	test_db_exec(test, "DELETE FROM wp_prm_calendar_schema WHERE version = 2");
	ensure(test->db);
	g_assert_true(is_current(test->db));
	g_assert_cmpint(test_db_int(test, "SELECT COUNT(*) FROM wp_prm_calendar_cursors WHERE "
					  "listed_at = 5 AND gone_at = 0"),
		==, 1);
}

/* What version 4 had stored are the first sightings: nothing has to be copied. */
static void test_stored_events_are_the_first_sightings(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autofree char *events = NULL;

	if (test == NULL)
		return;
	test_db_exec(test,
		"DROP TABLE wp_prm_calendar_sightings; "
		"ALTER TABLE wp_prm_calendar_events DROP COLUMN worth; "
		"DELETE FROM wp_prm_calendar_schema WHERE version = 5; "
		"INSERT INTO wp_prm_calendar_events (connection, event_hash, event_uid, "
		"calendar_hash, object_hash, post_id, content_hash, starts, ends) VALUES "
		"(7, REPEAT('e', 16), 'one', "
		"REPEAT('c', 16), NULL, 12, REPEAT('h', 16), 1, 2)");
	ensure(test->db);
	g_assert_true(is_current(test->db));
	events = test_db_rows(test, "SELECT event_uid, calendar_hash, post_id, worth, ends FROM "
				    "wp_prm_calendar_events");
	g_assert_cmpstr(events, ==, "one|cccccccccccccccc|12|0|2\n");
	/* A program of version 4 that is still running goes on. */
	test_db_exec(test,
		"INSERT INTO wp_prm_calendar_events (connection, event_hash, event_uid, "
		"calendar_hash, object_hash, post_id, content_hash, starts, ends) VALUES "
		"(7, REPEAT('f', 16), 'two', REPEAT('c', 16), NULL, 13, REPEAT('h', 16), "
		"1, 2)");
}

static void test_other_prefixes(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(Db) db = NULL;

	if (test == NULL)
		return;
	drop_all(test);
	test->options.table_prefix = "wp_2_";
	db = test_db_connect(test);
	ensure(db);
	assert_all_tables(test, "wp_2_");
}

static void test_a_newer_database_is_refused(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) paths = NULL;

	if (test == NULL)
		return;
	test_db_exec(test, "INSERT INTO wp_prm_calendar_schema VALUES (1000, 0); "
			   "DROP TABLE wp_prm_calendar_runs");
	g_assert_false(state_schema_ensure(test->db, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_SCHEMA);
	g_assert_nonnull(strstr(error->message, "version 1000"));
	g_assert_nonnull(strstr(error->message, test->name));
	g_clear_error(&error);
	g_assert_false(state_schema_missing(test->db, &paths, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_SCHEMA);
	g_assert_cmpint(test_db_int(test,
				"SELECT COUNT(*) FROM wp_prm_calendar_schema WHERE version < 1000"),
		==, (int)g_ascii_strtoll(LATEST, NULL, 10));
}

typedef struct {
	const TestDb *test;
	int failures;
} Crowd;

static gpointer ensure_again_and_again(gpointer data)
{
	Crowd *crowd = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = db_open(&crowd->test->options, &error);

	if (db == NULL || !state_schema_ensure(db, &error)) {
		g_test_message("%s", error->message);
		g_atomic_int_inc(&crowd->failures);
	}
	return NULL;
}

static void test_several_at_once(void)
{
	g_autoptr(TestDb) test = test_db_new();
	Crowd crowd = {.test = test};
	GThread *threads[4];

	if (test == NULL)
		return;
	for (int round = 0; round < 5; round++) {
		drop_all(test);
		for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
			threads[i] = g_thread_new("ensure", ensure_again_and_again, &crowd);
		for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
			g_thread_join(threads[i]);
		g_assert_true(is_current(test->db));
	}
	g_assert_cmpint(crowd.failures, ==, 0);
}

/* A user of this name with what `sql` gives; runs as root, "%s" is the user. */
static Db *connect_as(TestDb *test, const char *sql)
{
	g_autofree char *user = g_strdup_printf("u_%.24s", test->name);
	g_auto(GStrv) parts = g_strsplit(sql, "%s", -1);
	g_autofree char *grants = g_strjoinv(user, parts);
	g_autofree char *create = g_strdup_printf("CREATE USER '%s'@'localhost'", user);
	DbOptions options = test->options;
	g_autoptr(GError) error = NULL;
	Db *db;

	test_db_exec(test, create);
	test_db_exec(test, grants);
	options.user = user;
	db = db_open(&options, &error);
	g_assert_no_error(error);
	return db;
}

static void drop_user(const TestDb *test)
{
	g_autofree char *drop = g_strdup_printf("DROP USER 'u_%.24s'@'localhost'", test->name);

	test_db_exec(test, drop);
}

#define SQL_FOLDER "/usr/share/prm-calendar/sql/"
#define FILES                                                                                      \
	SQL_FOLDER "001_state.sql " SQL_FOLDER "002_gone.sql " SQL_FOLDER                          \
		   "003_window.sql " SQL_FOLDER "004_span.sql " SQL_FOLDER                         \
		   "005_sightings.sql " SQL_FOLDER "006_others.sql " SQL_FOLDER                    \
		   "007_uids.sql " SQL_FOLDER "008_health.sql " SQL_FOLDER "009_waiting.sql"

static void assert_refused(Db *db, const char *command)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(state_schema_ensure(db, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_SCHEMA);
	g_test_message("%s", error->message);
	g_assert_true(g_str_has_suffix(error->message, command));
	g_assert_nonnull(strstr(error->message, "sql/grants.sql"));
}

static void test_who_may_not_is_told_what_to_run(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(Db) db = NULL;
	g_autofree char *command = NULL;

	if (test == NULL)
		return;
	drop_all(test);
	db = connect_as(
		test, "GRANT SELECT, INSERT, UPDATE, DELETE ON wp_posts TO '%s'@'localhost'");
	g_assert_false(is_current(db));
	command =
		g_strdup_printf(", and run as root: cat " FILES " | mysql --force %s", test->name);
	assert_refused(db, command);
	drop_user(test);
}

static void test_the_command_knows_the_prefix(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(Db) db = NULL;
	g_autofree char *command = NULL;

	if (test == NULL)
		return;
	test->options.table_prefix = "crm_";
	db = connect_as(test, "GRANT SELECT, INSERT, UPDATE, DELETE ON * TO '%s'@'localhost'");
	command = g_strdup_printf(
		", or run as root: sed 's/\\bwp_/crm_/g' " FILES " | mysql --force %s", test->name);
	assert_refused(db, command);
	drop_user(test);
}

static void run_file(const TestDb *test, const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *file = NULL;

	g_file_get_contents(path, &file, NULL, &error);
	g_assert_no_error(error);
	test_db_exec(test, file);
}

/* What the files of sql/ make when root runs them is complete. */
static void test_root_can_run_the_files(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(Db) db = NULL;

	if (test == NULL)
		return;
	drop_all(test);
	run_file(test, "sql/001_state.sql");
	run_file(test, "sql/001_state.sql");
	run_file(test, "sql/002_gone.sql");
	run_file(test, "sql/003_window.sql");
	run_file(test, "sql/004_span.sql");
	run_file(test, "sql/005_sightings.sql");
	run_file(test, "sql/006_others.sql");
	run_file(test, "sql/007_uids.sql");
	run_file(test, "sql/008_health.sql");
	run_file(test, "sql/009_waiting.sql");
	db = connect_as(test, "GRANT SELECT, INSERT, UPDATE, DELETE ON * TO '%s'@'localhost'");
	g_assert_true(is_current(db));
	ensure(db);
	drop_user(test);
}

/* The user of sql/grants.sql makes our tables, and may do all to them that we do. */
static void test_the_offered_grants_suffice(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autofree char *grants = NULL;
	g_autoptr(Db) db = NULL;

	if (test == NULL)
		return;
	drop_all(test);
	grants = grants_sql(&test->options, "%s", "localhost");
	db = connect_as(test, strstr(grants, "\n") + 1);
	ensure(db);
	g_assert_true(is_current(db));
	for (const char *const *table = state_schema_tables; *table != NULL; table++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *sql = g_strdup_printf("DELETE FROM {%s}", *table);
		DbStatement *statement = db_prepare(db, sql, &error);

		g_assert_no_error(error);
		g_assert_true(db_run(statement, NULL, &error));
	}
	drop_user(test);
}

/* So that every file can be run again, by several at once, and on MySQL as well as on MariaDB. */
static void test_files_can_be_run_again(void)
{
	g_autoptr(GDir) folder = g_dir_open("sql", 0, NULL);
	int files = 0;

	g_assert_nonnull(folder);
	for (const char *name = g_dir_read_name(folder); name != NULL;
		name = g_dir_read_name(folder)) {
		g_autofree char *path = g_build_filename("sql", name, NULL);
		g_autofree char *text = NULL;
		g_autofree char *last = NULL;
		g_auto(GStrv) statements = NULL;

		if (!g_ascii_isdigit(name[0]))
			continue;
		files++;
		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
		statements = sql_script_statements(text);
		for (char **sql = statements; *sql != NULL; sql++)
			g_assert_true(g_str_has_prefix(*sql, "CREATE TABLE IF NOT EXISTS {") ||
				      g_str_has_prefix(*sql, "ALTER TABLE {") ||
				      g_str_has_prefix(*sql, "DROP TABLE IF EXISTS {") ||
				      g_str_has_prefix(*sql, "INSERT IGNORE INTO {"));
		last = g_strdup_printf("INSERT IGNORE INTO {prm_calendar_schema} (version, "
				       "applied_at) VALUES (%" G_GINT64_FORMAT
				       ", UNIX_TIMESTAMP())",
			g_ascii_strtoll(name, NULL, 10));
		g_assert_cmpstr(statements[g_strv_length(statements) - 1], ==, last);
	}
	g_assert_cmpint(files, ==, (int)g_ascii_strtoll(LATEST, NULL, 10));
}

/* What an administrator copies from the manual to get rid of them. */
static void test_the_manual_drops_them_all(void)
{
	g_autofree char *manual = NULL;

	g_assert_true(g_file_get_contents("packaging/man/prm-calendar.7", &manual, NULL, NULL));
	for (const char *const *table = state_schema_tables; *table != NULL; table++) {
		g_autofree char *name = g_strconcat("wp_", *table, NULL);

		g_assert_nonnull(strstr(manual, name));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/state/schema/made-from-nothing", test_made_from_nothing);
	g_test_add_func("/state/schema/one-statement-when-all-is-there",
		test_one_statement_when_all_is_there);
	g_test_add_func(
		"/state/schema/a-dropped-table-comes-back", test_a_dropped_table_comes_back);
	g_test_add_func("/state/schema/half-done-is-finished", test_half_done_is_finished);
	g_test_add_func(
		"/state/schema/a-table-gets-its-new-column", test_a_table_gets_its_new_column);
	g_test_add_func("/state/schema/stored-events-are-the-first-sightings",
		test_stored_events_are_the_first_sightings);
	g_test_add_func("/state/schema/other-prefixes", test_other_prefixes);
	g_test_add_func(
		"/state/schema/a-newer-database-is-refused", test_a_newer_database_is_refused);
	g_test_add_func("/state/schema/several-at-once", test_several_at_once);
	g_test_add_func("/state/schema/who-may-not-is-told-what-to-run",
		test_who_may_not_is_told_what_to_run);
	g_test_add_func(
		"/state/schema/the-command-knows-the-prefix", test_the_command_knows_the_prefix);
	g_test_add_func("/state/schema/root-can-run-the-files", test_root_can_run_the_files);
	g_test_add_func(
		"/state/schema/the-offered-grants-suffice", test_the_offered_grants_suffice);
	g_test_add_func("/state/schema/files-can-be-run-again", test_files_can_be_run_again);
	g_test_add_func("/state/schema/the-manual-drops-them-all", test_the_manual_drops_them_all);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/run_history.h"

#include <sys/wait.h>
#include <unistd.h>

#include "../support/test_db.h"

#define NOW INT64_C(1768910400)
#define DAY INT64_C(86400)

static int64_t begin(Db *db, const char *command, int64_t now_utc)
{
	g_autoptr(GError) error = NULL;
	int64_t id = 0;
	bool is_done = run_history_begin(db, command, now_utc, &id, &error);

	g_assert_no_error(error);
	g_assert_true(is_done);
	return id;
}

static GPtrArray *load(Db *db, unsigned limit)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *records = run_history_load(db, NULL, NOW, limit, &error);

	g_assert_no_error(error);
	return records;
}

static RunState state(const GPtrArray *records, guint i)
{
	return ((const RunRecord *)records->pdata[i])->state;
}

static void test_a_run_is_remembered(void)
{
	g_autoptr(TestDb) test = test_db_new();
	const RunCounts counts = {1, 2, 3, 4, 5, 6, 7};
	g_autoptr(GPtrArray) records = NULL;
	g_autoptr(GError) error = NULL;
	const RunRecord *record;
	int64_t id;

	if (test == NULL)
		return;
	begin(test->db, "log", NOW - 20);
	id = begin(test->db, "sync", NOW - 10);
	g_assert_true(run_history_end(test->db, id, NOW - 3, 1, &counts, &error));
	records = load(test->db, 10);
	g_assert_cmpuint(records->len, ==, 2);
	record = records->pdata[0];
	g_assert_cmpstr(record->command, ==, "sync");
	g_assert_cmpstr(record->host, ==, g_get_host_name());
	g_assert_cmpint(record->state, ==, RUN_ENDED);
	g_assert_cmpint(record->started_utc, ==, NOW - 10);
	g_assert_cmpint(record->ended_utc, ==, NOW - 3);
	g_assert_cmpint(record->exit_status, ==, 1);
	g_assert_cmpmem(&record->counts, sizeof(counts), &counts, sizeof(counts));
	record = records->pdata[1];
	g_assert_cmpstr(record->command, ==, "log");
	g_assert_cmpint(record->ended_utc, ==, 0);
}

static void test_only_the_latest_are_loaded(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GPtrArray) records = NULL;

	if (test == NULL)
		return;
	for (int i = 0; i < 5; i++)
		begin(test->db, "run", NOW - 50 + i);
	records = load(test->db, 3);
	g_assert_cmpuint(records->len, ==, 3);
	g_assert_cmpint(((const RunRecord *)records->pdata[0])->started_utc, ==, NOW - 46);
}

static void test_what_did_not_say_that_it_ended(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GPtrArray) records = NULL;

	if (test == NULL)
		return;
	begin(test->db, "sync", NOW - 2 * DAY);
	begin(test->db, "run", NOW - 900);
	begin(test->db, "sync", NOW - 600);
	test_db_exec(test, "INSERT INTO wp_prm_calendar_runs (command, host, started_at) "
			   "VALUES ('run', 'elsewhere.example', 1768910000)");
	begin(test->db, "run", NOW);
	records = load(test->db, 10);
	g_assert_cmpint(state(records, 0), ==, RUN_OPEN);
	g_assert_cmpint(state(records, 1), ==, RUN_OPEN); /* on another host */
	g_assert_cmpint(state(records, 2), ==, RUN_OPEN); /* by hand, perhaps at work */
	g_assert_cmpint(state(records, 3), ==, RUN_LOST); /* the timer has called since */
	g_assert_cmpint(state(records, 4), ==, RUN_LOST); /* too long ago */
}

/* A run of another process, which ends without saying so. */
static void begin_and_die(const TestDb *test, const char *command)
{
	pid_t child = fork();

	g_assert_cmpint(child, >=, 0);
	if (child == 0) {
		begin(test_db_connect(test), command, NOW);
		_exit(0);
	}
	g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
}

static void test_that_of_a_killed_process_is_lost_at_once(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GPtrArray) records = NULL;

	if (test == NULL)
		return;
	begin_and_die(test, "sync");
	begin_and_die(test, "log");
	test_db_exec(test, "UPDATE wp_prm_calendar_runs SET host = REPLACE(host, ':', ':9') "
			   "WHERE command = 'log'");
	begin(test->db, "sync", NOW);
	records = load(test->db, 10);
	g_assert_cmpint(state(records, 0), ==, RUN_OPEN);
	g_assert_cmpint(state(records, 1), ==, RUN_OPEN); /* on another machine */
	g_assert_cmpint(state(records, 2), ==, RUN_LOST);
	g_assert_cmpstr(((const RunRecord *)records->pdata[2])->host, ==, g_get_host_name());
}

static void test_those_of_one_command(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GPtrArray) records = NULL;
	g_autoptr(GError) error = NULL;

	if (test == NULL)
		return;
	begin(test->db, "run", NOW - 3);
	begin(test->db, "log", NOW - 2);
	begin(test->db, "run", NOW - 1);
	records = run_history_load(test->db, "run", NOW, 10, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(records->len, ==, 2);
	g_assert_cmpint(((const RunRecord *)records->pdata[0])->started_utc, ==, NOW - 1);
}

static void test_old_rows_go(void)
{
	g_autoptr(TestDb) test = test_db_new();
	const RunCounts counts = {0};
	g_autoptr(GError) error = NULL;

	if (test == NULL)
		return;
	begin(test->db, "run", NOW - 91 * DAY);
	begin(test->db, "run", NOW - 89 * DAY);
	for (int i = 0; i < 50; i++)
		g_assert_true(run_history_end(
			test->db, begin(test->db, "run", NOW), NOW, 0, &counts, &error));
	g_assert_cmpint(test_db_int(test, "SELECT COUNT(*) FROM wp_prm_calendar_runs"), ==, 51);
}

static void test_without_the_tables_nothing_ran(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GPtrArray) records = NULL;
	g_autoptr(GError) error = NULL;
	int64_t id = -1;

	if (test == NULL)
		return;
	test_db_exec(test, "DROP TABLE wp_prm_calendar_runs");
	records = load(test->db, 10);
	g_assert_cmpuint(records->len, ==, 0);
	g_assert_false(run_history_begin(test->db, "run", NOW, &id, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_SCHEMA);
	g_assert_cmpint(id, ==, -1);
}

static void test_the_last_success(void)
{
	g_autoptr(TestDb) test = test_db_new();
	const RunCounts counts = {0};
	g_autoptr(GError) error = NULL;
	int64_t ended_utc = -1;

	if (test == NULL)
		return;
	g_assert_true(run_history_last_success(test->db, "run", NOW + 100, &ended_utc, &error));
	g_assert_cmpint(ended_utc, ==, 0);
	for (int i = 0; i < 3; i++) {
		const char *command = i == 2 ? "sync" : "run";
		int64_t id = begin(test->db, command, NOW + 10 * i);

		g_assert_true(run_history_end(
			test->db, id, NOW + 10 * i + 1, i == 1 ? 1 : 0, &counts, &error));
	}
	g_assert_true(run_history_last_success(test->db, "run", NOW + 100, &ended_utc, &error));
	g_assert_cmpint(ended_utc, ==, NOW + 1);
	g_assert_true(run_history_last_success(test->db, "run", NOW, &ended_utc, &error));
	g_assert_cmpint(ended_utc, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/state/run_history/a-run-is-remembered", test_a_run_is_remembered);
	g_test_add_func(
		"/state/run_history/only-the-latest-are-loaded", test_only_the_latest_are_loaded);
	g_test_add_func("/state/run_history/what-did-not-say-that-it-ended",
		test_what_did_not_say_that_it_ended);
	g_test_add_func("/state/run_history/that-of-a-killed-process-is-lost-at-once",
		test_that_of_a_killed_process_is_lost_at_once);
	g_test_add_func("/state/run_history/those-of-one-command", test_those_of_one_command);
	g_test_add_func("/state/run_history/old-rows-go", test_old_rows_go);
	g_test_add_func("/state/run_history/without-the-tables-nothing-ran",
		test_without_the_tables_nothing_ran);
	g_test_add_func("/state/run_history/the-last-success", test_the_last_success);
	return g_test_run();
}

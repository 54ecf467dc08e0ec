/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transactions that meet deadlocks, locks, killed connections and careless callers. */
#include <gio/gio.h>
#include <glib.h>
#include <pthread.h>
#include <string.h>

#include "../support/test_db.h"
#include "db/db.h"

#define SET_VALUE "UPDATE {options} SET option_value = ? WHERE option_name = ?"

static bool set_option(Db *db, const char *name, const char *value, GError **error)
{
	DbStatement *statement = db_prepare(db, SET_VALUE, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, value);
	db_bind_text(statement, name);
	return db_run(statement, NULL, error);
}

static void assert_option(const TestDb *test, const char *name, const char *expected)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT option_value FROM wp_options WHERE option_name = '%s'", name);
	g_autofree char *value = test_db_text(test, sql);

	g_assert_cmpstr(value, ==, expected);
}

static int64_t connection_id(Db *db)
{
	g_autoptr(GError) error = NULL;
	DbStatement *statement = db_prepare(db, "SELECT CONNECTION_ID()", &error);
	bool row = false;
	int64_t id;

	g_assert_no_error(error);
	g_assert_true(db_query(statement, &error) && db_next(statement, &row, &error) && row);
	id = db_column_int(statement, 0);
	db_finish(statement);
	return id;
}

/* Ends the connection from outside, and waits until the server has forgotten it. */
static void kill_connection(const TestDb *test, Db *db)
{
	int64_t id = connection_id(db);
	g_autofree char *kill = g_strdup_printf("KILL %" G_GINT64_FORMAT, id);
	g_autofree char *count = g_strdup_printf(
		"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = %" G_GINT64_FORMAT,
		id);
	gint64 deadline = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

	test_db_exec(test, kill);
	while (test_db_int(test, count) > 0)
		g_assert_cmpint(g_get_monotonic_time(), <, deadline);
}

/* What the work of a test does; most use a part of it. */
typedef struct {
	const TestDb *test;
	unsigned runs;
	unsigned kill_before_statement; /* while `runs` is at most this */
	unsigned kill_before_commit;
	unsigned free_lock_at; /* run at which `blocker` lets go */
	Db *blocker;
	bool overlooks_errors;
	bool fails;
} Work;

static bool work_on_options(Db *db, void *data, GError **error)
{
	Work *work = data;

	work->runs++;
	if (!set_option(db, "home", "first", error))
		return false;
	if (work->runs <= work->kill_before_statement)
		kill_connection(work->test, db);
	if (work->runs == work->free_lock_at)
		g_clear_pointer(&work->blocker, db_free);
	if (work->overlooks_errors) {
		bool is_done = set_option(db, "siteurl", "second", NULL);

		/* Must not become a transaction of its own. */
		return set_option(db, "template", "third", NULL) || !is_done;
	}
	if (!set_option(db, "siteurl", "second", error))
		return false;
	if (work->runs <= work->kill_before_commit)
		kill_connection(work->test, db);
	if (work->fails) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "not today");
		return false;
	}
	return true;
}

static void test_work_is_committed(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Work work = {.test = test};

	if (test == NULL)
		return;
	g_assert_true(db_transaction(test->db, work_on_options, &work, &error));
	g_assert_cmpuint(work.runs, ==, 1);
	assert_option(test, "home", "first");
	assert_option(test, "siteurl", "second");
}

static void test_an_error_rolls_back_and_is_not_retried(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Work work = {.test = test, .fails = true};

	if (test == NULL)
		return;
	g_assert_false(db_transaction(test->db, work_on_options, &work, &error));
	g_assert_error(error, G_IO_ERROR, G_IO_ERROR_FAILED);
	g_assert_cmpuint(work.runs, ==, 1);
	assert_option(test, "home", "https://crm.example.org");
	g_assert_true(set_option(test->db, "home", "later", NULL));
	assert_option(test, "home", "later");
}

static bool run_text(Db *db, const char *sql, GError **error)
{
	DbStatement *statement = db_prepare(db, sql, error);

	return statement != NULL && db_run(statement, NULL, error);
}

/* As a cluster's node does for another one's transaction, and its answer was lost. */
static bool work_that_the_server_ends(Db *db, void *data, GError **error)
{
	Work *work = data;

	work->runs++;
	if (!set_option(db, "home", "first", error))
		return false;
	if (work->runs == 1 && !run_text(db, "ROLLBACK", error))
		return false;
	return set_option(db, "siteurl", "second", error);
}

static void test_a_transaction_that_the_server_ended_is_done_again(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Work work = {.test = test};

	if (test == NULL)
		return;
	g_assert_true(db_transaction(test->db, work_that_the_server_ends, &work, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(work.runs, ==, 2);
	assert_option(test, "home", "first");
	assert_option(test, "siteurl", "second");
}

/* Leaves a result half read in which the server says that it broke the statement off. */
static bool leave_unread(const Work *work, Db *db, GError **error)
{
	g_autofree char *kill = g_strdup_printf("KILL QUERY %" G_GINT64_FORMAT, connection_id(db));
	DbStatement *statement = db_prepare(db,
		"SELECT a.meta_id FROM {postmeta} a, {postmeta} b, {postmeta} c, {postmeta} d, "
		"{postmeta} e, {postmeta} f",
		error);
	bool row;

	if (statement == NULL || !db_query(statement, error) || !db_next(statement, &row, error))
		return false;
	test_db_exec(work->test, kill);
	return true;
}

static bool work_with_an_unread_end(Db *db, void *data, GError **error)
{
	Work *work = data;

	work->runs++;
	if (work->runs == 1 && !leave_unread(work, db, error))
		return false;
	return set_option(db, "home", "first", error);
}

static void fill_postmeta(const TestDb *test)
{
	g_autoptr(GString) sql =
		g_string_new("INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES (1, "
			     "'x', '')");

	for (int i = 0; i < 30; i++)
		g_string_append(sql, ", (1, 'x', '')");
	test_db_exec(test, sql->str);
}

static void test_what_ends_it_may_be_among_rows_that_nobody_read(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Work work = {.test = test};

	if (test == NULL)
		return;
	fill_postmeta(test);
	g_assert_true(db_transaction(test->db, work_with_an_unread_end, &work, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(work.runs, ==, 2);
}

static void test_a_killed_connection_is_retried(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Work work = {.test = test, .kill_before_statement = 2};

	if (test == NULL)
		return;
	g_assert_true(db_transaction(test->db, work_on_options, &work, &error));
	g_assert_cmpuint(work.runs, ==, 3);
	assert_option(test, "siteurl", "second");
}

static void test_a_connection_that_always_dies_is_given_up(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Work work = {.test = test, .kill_before_statement = 1000};

	if (test == NULL)
		return;
	g_assert_false(db_transaction(test->db, work_on_options, &work, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_LOST);
	g_assert_cmpuint(work.runs, ==, 5);
	assert_option(test, "home", "https://crm.example.org");
}

static void test_a_lost_commit_is_unknown_and_not_retried(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Work work = {.test = test, .kill_before_commit = 1};

	if (test == NULL)
		return;
	g_assert_false(db_transaction(test->db, work_on_options, &work, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_UNKNOWN);
	g_assert_cmpuint(work.runs, ==, 1);
	/* The Db is usable: the next transaction opens a new connection. */
	g_clear_error(&error);
	g_assert_true(db_transaction(test->db, work_on_options, &work, &error));
	assert_option(test, "siteurl", "second");
}

static void test_overlooked_errors_cannot_be_committed(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Work work = {.test = test, .kill_before_statement = 1000, .overlooks_errors = true};

	if (test == NULL)
		return;
	g_assert_false(db_transaction(test->db, work_on_options, &work, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_LOST);
	assert_option(test, "home", "https://crm.example.org");
	assert_option(test, "template", "prm");
}

static void exec(Db *db, const char *sql)
{
	g_autoptr(GError) error = NULL;
	DbStatement *statement = db_prepare(db, sql, &error);

	g_assert_no_error(error);
	g_assert_true(db_run(statement, NULL, &error));
}

/* A second connection that has changed `siteurl` and not committed. */
static Db *new_blocker(const TestDb *test)
{
	Db *blocker = test_db_connect(test);

	exec(blocker, "SET autocommit = 0");
	exec(blocker,
		"UPDATE {options} SET option_value = 'blocked' WHERE option_name = 'siteurl'");
	return blocker;
}

static void test_a_lock_that_goes_away_is_waited_for(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Work work = {.test = test, .free_lock_at = 3};

	if (test == NULL)
		return;
	work.blocker = new_blocker(test);
	exec(test->db, "SET innodb_lock_wait_timeout = 1");
	g_assert_true(db_transaction(test->db, work_on_options, &work, &error));
	g_assert_cmpuint(work.runs, >=, 3);
	assert_option(test, "siteurl", "second");
}

static void test_a_lock_that_stays_is_a_conflict(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Work work = {.test = test};

	if (test == NULL)
		return;
	work.blocker = new_blocker(test);
	exec(test->db, "SET innodb_lock_wait_timeout = 1");
	g_assert_false(db_transaction(test->db, work_on_options, &work, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_CONFLICT);
	g_assert_cmpuint(work.runs, ==, 5);
	g_assert_nonnull(strstr(error->message, "gave up after 5 attempts"));
	g_clear_error(&error);
	g_assert_false(set_option(test->db, "siteurl", "alone", &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_CONFLICT);
	db_free(work.blocker);
	assert_option(test, "home", "https://crm.example.org");
}

/* Two threads take two rows in opposite order, and wait for each other in between. */
typedef struct {
	const TestDb *test;
	pthread_barrier_t *meeting;
	const char *first;
	const char *second;
	unsigned runs;
} Rival;

static bool rival_work(Db *db, void *data, GError **error)
{
	Rival *rival = data;

	rival->runs++;
	if (!set_option(db, rival->first, rival->first, error))
		return false;
	if (rival->runs == 1)
		pthread_barrier_wait(rival->meeting);
	return set_option(db, rival->second, rival->first, error);
}

static gpointer rival_thread(gpointer data)
{
	Rival *rival = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = test_db_connect(rival->test);

	g_assert_true(db_transaction(db, rival_work, rival, &error));
	g_assert_no_error(error);
	return NULL;
}

static void test_a_deadlock_is_retried(void)
{
	g_autoptr(TestDb) test = test_db_new();
	pthread_barrier_t meeting;
	Rival one = {.test = test, .meeting = &meeting, .first = "home", .second = "template"};
	Rival two = {.test = test, .meeting = &meeting, .first = "template", .second = "home"};
	GThread *thread;

	if (test == NULL)
		return;
	pthread_barrier_init(&meeting, NULL, 2);
	thread = g_thread_new("rival", rival_thread, &one);
	rival_thread(&two);
	g_thread_join(thread);
	pthread_barrier_destroy(&meeting);
	/* One was the victim and went last: both rows show it. */
	g_assert_cmpuint(one.runs + two.runs, ==, 3);
	assert_option(test, "home", one.runs == 2 ? "home" : "template");
	assert_option(test, "template", one.runs == 2 ? "home" : "template");
}

static void test_an_idle_connection_that_died_is_opened_again_for_reading(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	DbStatement *statement;
	bool row = false;

	if (test == NULL)
		return;
	statement = db_prepare(
		test->db, "SELECT option_value FROM {options} WHERE option_name = ?", &error);
	g_assert_no_error(error);
	db_bind_text(statement, "home");
	kill_connection(test, test->db);
	/* Prepared again, with what was bound. */
	g_assert_true(db_query(statement, &error));
	g_assert_true(db_next(statement, &row, &error) && row);
	g_assert_cmpstr(db_column_text(statement, 0), ==, "https://crm.example.org");
	kill_connection(test, test->db);
	g_assert_nonnull(db_prepare(test->db, "SELECT 'never prepared before'", &error));
	g_assert_no_error(error);
}

static void test_a_lost_single_write_is_unknown(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;

	if (test == NULL)
		return;
	g_assert_true(set_option(test->db, "home", "before", &error));
	kill_connection(test, test->db);
	g_assert_false(set_option(test->db, "home", "after", &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_UNKNOWN);
	g_clear_error(&error);
	g_assert_true(set_option(test->db, "home", "again", &error));
	assert_option(test, "home", "again");
}

/* What a watcher was told, oldest first: "c" for committed, "r" for rolled back. */
typedef struct {
	DbWatcher base; /* first: the Db hands back a pointer to it */
	GString *told;
} Diary;

static void diary_committed(DbWatcher *watcher)
{
	g_string_append_c(((Diary *)(void *)watcher)->told, 'c');
}

static void diary_rolled_back(DbWatcher *watcher)
{
	g_string_append_c(((Diary *)(void *)watcher)->told, 'r');
}

static void diary_free(DbWatcher *watcher)
{
	g_string_free(((Diary *)(void *)watcher)->told, TRUE);
	g_free(watcher);
}

static GString *watch(Db *db)
{
	Diary *diary = g_new0(Diary, 1);

	diary->base = (DbWatcher){diary_committed, diary_rolled_back, diary_free};
	diary->told = g_string_new(NULL);
	db_watch(db, &diary->base);
	return diary->told;
}

static void test_a_watcher_learns_how_each_attempt_ended(void)
{
	static const struct {
		const char *name;
		Work work;
		const char *told;
	} cases[] = {
		{"committed", {0}, "c"},
		{"failed", {.fails = true}, "r"},
		{"retried", {.kill_before_statement = 2}, "rrc"},
		{"commit-unknown", {.kill_before_commit = 1}, "c"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(TestDb) test = test_db_new();
		g_autoptr(GError) error = NULL;
		Work work = cases[i].work;
		GString *told;

		if (test == NULL)
			return;
		g_test_message("%s", cases[i].name);
		work.test = test;
		told = watch(test->db);
		(void)!db_transaction(test->db, work_on_options, &work, &error);
		g_assert_cmpstr(told->str, ==, cases[i].told);
	}
}

static void test_a_watcher_learns_of_single_writes(void)
{
	g_autoptr(TestDb) test = test_db_new();
	GString *told;

	if (test == NULL)
		return;
	told = watch(test->db);
	g_assert_true(set_option(test->db, "home", "before", NULL));
	g_assert_false(set_option(test->db, "home", NULL, NULL));
	kill_connection(test, test->db);
	g_assert_false(set_option(test->db, "home", "after", NULL));
	g_assert_cmpstr(told->str, ==, "crc");
}

/* A transaction in a trial. */
static bool transaction_on_options(Db *db, void *data, GError **error)
{
	return db_transaction(db, work_on_options, data, error);
}

static void test_a_trial_leaves_nothing(void)
{
	static const struct {
		const char *name;
		DbWork function;
		Work work;
		unsigned runs;
		bool is_well;
	} cases[] = {
		{"well", work_on_options, {0}, 1, true},
		{"with a transaction in it", transaction_on_options, {0}, 1, true},
		{"failed", transaction_on_options, {.fails = true}, 1, false},
		{"retried", transaction_on_options, {.kill_before_statement = 2}, 3, true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(TestDb) test = test_db_new();
		g_autoptr(GError) error = NULL;
		Work work = cases[i].work;
		GString *told;

		if (test == NULL)
			return;
		g_test_message("%s", cases[i].name);
		work.test = test;
		told = watch(test->db);
		g_assert_true(
			db_trial(test->db, cases[i].function, &work, &error) == cases[i].is_well);
		g_assert_true((error == NULL) == cases[i].is_well);
		g_assert_cmpuint(work.runs, ==, cases[i].runs);
		g_assert_null(strchr(told->str, 'c'));
		assert_option(test, "home", "https://crm.example.org");
		g_assert_true(
			db_transaction(test->db, work_on_options, &(Work){.test = test}, NULL));
		assert_option(test, "home", "first");
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/db/transaction/work-is-committed", test_work_is_committed);
	g_test_add_func("/db/transaction/error-rolls-back-and-is-not-retried",
		test_an_error_rolls_back_and_is_not_retried);
	g_test_add_func("/db/transaction/what-the-server-ended-is-done-again",
		test_a_transaction_that_the_server_ended_is_done_again);
	g_test_add_func("/db/transaction/its-end-may-be-among-unread-rows",
		test_what_ends_it_may_be_among_rows_that_nobody_read);
	g_test_add_func("/db/transaction/killed-connection-is-retried",
		test_a_killed_connection_is_retried);
	g_test_add_func("/db/transaction/connection-that-always-dies-is-given-up",
		test_a_connection_that_always_dies_is_given_up);
	g_test_add_func("/db/transaction/lost-commit-is-unknown-and-not-retried",
		test_a_lost_commit_is_unknown_and_not_retried);
	g_test_add_func("/db/transaction/overlooked-errors-cannot-be-committed",
		test_overlooked_errors_cannot_be_committed);
	g_test_add_func("/db/transaction/lock-that-goes-away-is-waited-for",
		test_a_lock_that_goes_away_is_waited_for);
	g_test_add_func("/db/transaction/lock-that-stays-is-a-conflict",
		test_a_lock_that_stays_is_a_conflict);
	g_test_add_func("/db/transaction/deadlock-is-retried", test_a_deadlock_is_retried);
	g_test_add_func("/db/transaction/idle-connection-that-died-is-opened-again-for-reading",
		test_an_idle_connection_that_died_is_opened_again_for_reading);
	g_test_add_func("/db/transaction/lost-single-write-is-unknown",
		test_a_lost_single_write_is_unknown);
	g_test_add_func("/db/transaction/watcher-learns-how-each-attempt-ended",
		test_a_watcher_learns_how_each_attempt_ended);
	g_test_add_func("/db/transaction/trial-leaves-nothing", test_a_trial_leaves_nothing);
	g_test_add_func("/db/transaction/watcher-learns-of-single-writes",
		test_a_watcher_learns_of_single_writes);
	return g_test_run();
}

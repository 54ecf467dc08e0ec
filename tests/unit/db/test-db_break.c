/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run that is asked to stop: what waits is broken off, and nothing is tried again. */
#include <gio/gio.h>
#include <string.h>

#include "../support/test_db.h"
#include "db/db.h"

typedef struct {
	TestDb *test;
	GCancellable *stop;
	GCancellable *break_off;
	Db *db;
	Db *other; /* holds the lock that `db` waits for */
} Scene;

static void run_sql(Db *db, const char *sql)
{
	g_autoptr(GError) error = NULL;
	DbStatement *statement = db_prepare(db, sql, &error);
	bool is_done;

	g_assert_no_error(error);
	is_done = db_run(statement, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(is_done);
}

static bool set_up(Scene *scene)
{
	g_autoptr(GError) error = NULL;
	DbOptions options;

	*scene = (Scene){.test = test_db_new()};
	if (scene->test == NULL)
		return false;
	scene->stop = g_cancellable_new();
	scene->break_off = g_cancellable_new();
	options = scene->test->options;
	options.stop = scene->stop;
	options.break_off = scene->break_off;
	scene->db = db_open(&options, &error);
	g_assert_no_error(error);
	scene->other = test_db_connect(scene->test);
	run_sql(scene->db, "INSERT INTO {options} (option_name, option_value, autoload) VALUES "
			   "('mine', '0', 'no'), ('theirs', '0', 'no')");
	return true;
}

static void tear_down(Scene *scene)
{
	if (scene->test == NULL)
		return;
	g_clear_pointer(&scene->db, db_free);
	g_clear_pointer(&scene->other, db_free);
	g_clear_object(&scene->stop);
	g_clear_object(&scene->break_off);
	g_clear_pointer(&scene->test, test_db_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scene, tear_down)

/* By the other one, while `data` is done. */
typedef struct {
	Scene *scene;
	GError *error;
	unsigned tries;
} Waiting;

static bool take_both(Db *db, void *data, GError **error)
{
	Waiting *waiting = data;
	DbStatement *statement = db_prepare(
		db, "UPDATE {options} SET option_value = '1' WHERE option_name = 'mine'", error);

	waiting->tries++;
	if (statement == NULL || !db_run(statement, NULL, error))
		return false;
	statement = db_prepare(db,
		"UPDATE {options} SET option_value = HEX(?) WHERE option_name = 'theirs'", error);
	if (statement == NULL)
		return false;
	/* No text: MySQL cannot show it in information_schema. */
	db_bind_bytes(statement, "\xca\xe6\x00\xff", 4);
	return db_run(statement, NULL, error);
}

static gpointer wait_for_lock(gpointer data)
{
	Waiting *waiting = data;

	g_assert_false(db_transaction(waiting->scene->db, take_both, waiting, &waiting->error));
	return NULL;
}

static bool is_updating_theirs(Db *db)
{
	enum { INFO = 7 };
	g_autoptr(GError) error = NULL;
	DbStatement *statement = db_prepare(db, "SHOW FULL PROCESSLIST", &error);
	bool is_seen = false, row = true;

	g_assert_no_error(error);
	g_assert_true(db_query(statement, &error));
	while (db_next(statement, &row, &error) && row) {
		const char *info = db_column_text(statement, INFO);

		is_seen |= info != NULL && g_str_has_prefix(info, "UPDATE ") &&
			   strstr(info, "theirs") != NULL;
	}
	g_assert_no_error(error);
	db_finish(statement);
	return is_seen;
}

static void await_lock_wait(const Scene *scene)
{
	int64_t deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
	g_autoptr(Db) db = test_db_connect(scene->test);

	while (!is_updating_theirs(db)) {
		g_assert_cmpint(g_get_monotonic_time(), <, deadline);
		g_usleep(1000);
	}
}

static bool hold_theirs(Db *db, void *data, GError **error)
{
	Waiting *waiting = data;
	Scene *scene = waiting->scene;
	DbStatement *statement = db_prepare(
		db, "UPDATE {options} SET option_value = '2' WHERE option_name = 'theirs'", error);
	GThread *thread;
	int64_t began_usecs;

	g_assert_true(statement != NULL && db_run(statement, NULL, error));
	thread = g_thread_new("waits", wait_for_lock, waiting);
	await_lock_wait(scene);
	g_cancellable_cancel(scene->stop);
	began_usecs = g_get_monotonic_time();
	g_cancellable_cancel(scene->break_off);
	g_thread_join(thread);
	/* And the row that the broken-off transaction holds is free at once, though the server did
	 * not look whether its client is still there. */
	run_sql(scene->db, "DELETE FROM {options} WHERE option_name = 'mine'");
	g_assert_cmpint(g_get_monotonic_time() - began_usecs, <, 2 * G_USEC_PER_SEC);
	return true;
}

static void test_a_lock_is_waited_for_no_longer(void)
{
	g_auto(Scene) scene = {0};
	Waiting waiting = {.scene = &scene};
	g_autoptr(GError) error = NULL;

	if (!set_up(&scene))
		return;
	g_assert_true(db_transaction(scene.other, hold_theirs, &waiting, &error));
	g_assert_no_error(error);
	g_assert_error(waiting.error, DB_ERROR, DB_ERROR_LOST);
	g_clear_error(&waiting.error);
	g_assert_cmpuint(waiting.tries, ==, 1);
	g_assert_cmpint(test_db_int(scene.test, "SELECT COUNT(*) FROM wp_options WHERE "
						"option_name IN ('mine', 'theirs')"),
		==, 1);
}

/* By a trigger, as a deadlock would be: worth another try. */
static bool refuse_once(Db *db, void *data, GError **error)
{
	unsigned *tries = data;
	DbStatement *statement = db_prepare(db,
		"INSERT INTO {options} (option_name, option_value, autoload) VALUES ('x', '', "
		"'no')",
		error);

	(*tries)++;
	return statement != NULL && db_run(statement, NULL, error);
}

static void test_nothing_is_tried_again_after_a_stop(void)
{
	g_auto(Scene) scene = {0};
	g_autoptr(GError) error = NULL;
	unsigned tries = 0;

	if (!set_up(&scene))
		return;
	test_db_exec(scene.test, "CREATE TRIGGER refuse BEFORE INSERT ON wp_options FOR EACH ROW "
				 "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213");
	g_assert_false(db_transaction(scene.db, refuse_once, &tries, &error));
	g_assert_cmpuint(tries, ==, 5);
	g_clear_error(&error);
	tries = 0;
	g_cancellable_cancel(scene.stop);
	g_assert_false(db_transaction(scene.db, refuse_once, &tries, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_CONFLICT);
	g_assert_cmpuint(tries, ==, 1);
	/* What is held can still be given back. */
	run_sql(scene.db, "DELETE FROM {options} WHERE option_name = 'mine'");
}

static void test_an_idle_connection_is_made_anew(void)
{
	g_auto(Scene) scene = {0};

	if (!set_up(&scene))
		return;
	g_cancellable_cancel(scene.break_off);
	run_sql(scene.db, "DELETE FROM {options} WHERE option_name = 'mine'");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
		"/db/break/a lock is waited for no longer", test_a_lock_is_waited_for_no_longer);
	g_test_add_func("/db/break/nothing is tried again after a stop",
		test_nothing_is_tried_again_after_a_stop);
	g_test_add_func(
		"/db/break/an idle connection is made anew", test_an_idle_connection_is_made_anew);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leases between two connections, with an injected clock. */
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/test_db.h"
#include "site/lease.h"

#define NOW 1749990607
#define NAME "calendar_sync_7"
#define OPTION "prm_calendar_sync_7.lock"

static WpSite site = {.theme_prefix = (char *)"prm"};

static Lease *take(Db *db, int64_t now_utc)
{
	g_autoptr(GError) error = NULL;
	Lease *lease = NULL;

	g_assert_true(lease_take(db, &site, NAME, now_utc, 60, &lease, &error));
	g_assert_no_error(error);
	return lease;
}

static bool renew(Db *db, Lease *lease, int64_t now_utc)
{
	g_autoptr(GError) error = NULL;
	bool is_held = false;

	g_assert_true(lease_renew(db, lease, now_utc, 60, &is_held, &error));
	return is_held;
}

static void release(Db *db, Lease *lease)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(lease_release(db, lease, &error));
}

static int64_t rows(const TestDb *test)
{
	return test_db_int(
		test, "SELECT COUNT(*) FROM wp_options WHERE option_name = '" OPTION "'");
}

static void test_only_one_holds_it(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(Db) other = NULL;
	g_autoptr(Lease) lease = NULL;
	g_autoptr(Lease) second = NULL;
	g_autofree char *autoload = NULL;

	if (test == NULL)
		return;
	other = test_db_connect(test);
	lease = take(test->db, NOW);
	g_assert_nonnull(lease);
	autoload = test_db_text(
		test, "SELECT autoload FROM wp_options WHERE option_name = '" OPTION "'");
	g_assert_cmpstr(autoload, ==, "no");
	g_assert_null(take(other, NOW));
	g_assert_null(take(other, NOW + 59));
	g_assert_null(take(test->db, NOW));
	release(test->db, lease);
	g_assert_cmpint(rows(test), ==, 0);
	second = take(other, NOW);
	g_assert_nonnull(second);
}

/* What was noted is told to whoever takes over what was not given back, and is no hindrance to the
 * holder. */
static void test_what_was_in_hand_is_left(void)
{
	static const char noted[] = "id with blanks % and \"quotes\"";
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(Lease) first = NULL;
	g_autoptr(Lease) second = NULL;
	g_autoptr(Lease) third = NULL;
	g_autoptr(Lease) fourth = NULL;

	if (test == NULL)
		return;
	first = take(test->db, NOW);
	g_assert_null(lease_left(first));
	lease_note(first, noted);
	g_assert_true(renew(test->db, first, NOW));
	g_assert_true(renew(test->db, first, NOW + 1));
	g_assert_null(take(test->db, NOW + 60));
	second = take(test->db, NOW + 61);
	g_assert_cmpstr(lease_left(second), ==, noted);
	g_assert_false(renew(test->db, first, NOW + 61));
	/* Nothing was noted by the second. */
	third = take(test->db, NOW + 200);
	g_assert_cmpstr(lease_left(third), ==, "");
	lease_note(third, "x");
	g_assert_true(renew(test->db, third, NOW + 200));
	release(test->db, third);
	g_assert_cmpint(rows(test), ==, 0);
	fourth = take(test->db, NOW + 201);
	g_assert_null(lease_left(fourth));
}

/* Another process that holds the lease until it is killed. */
static pid_t child_with_lease(const TestDb *test)
{
	int fds[2];
	char answer = 'n';
	pid_t child;

	g_assert_cmpint(pipe(fds), ==, 0);
	child = fork();
	g_assert_cmpint(child, >=, 0);
	if (child == 0) {
		Db *db = test_db_connect(test);

		answer = take(db, NOW) != NULL ? 'y' : 'n';
		if (write(fds[1], &answer, 1) == 1)
			pause();
		_exit(0);
	}
	close(fds[1]);
	g_assert_cmpint(read(fds[0], &answer, 1), ==, 1);
	g_assert_cmpint(answer, ==, 'y');
	close(fds[0]);
	return child;
}

static void test_that_of_a_killed_process_is_free_at_once(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(Lease) lease = NULL;
	pid_t child;

	if (test == NULL)
		return;
	child = child_with_lease(test);
	g_assert_null(take(test->db, NOW));
	g_assert_cmpint(kill(child, SIGKILL), ==, 0);
	g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
	lease = take(test->db, NOW);
	g_assert_nonnull(lease);
}

/* A mark that says something else about the holder than that it is dead. */
static void test_that_of_another_machine_is_held(void)
{
	static const char *const foreign[][2] = {
		{"^[^ ]* [^:]*", "1749990700 elsewhere"},
		{":[^:]*:[^:]*$", ":otherone:00"},
		{":[0-9]+[.]", ":x."},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
		g_autoptr(TestDb) test = test_db_new();
		g_autofree char *sql = NULL;
		pid_t child;

		if (test == NULL)
			return;
		child = child_with_lease(test);
		g_assert_cmpint(kill(child, SIGKILL), ==, 0);
		g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
		sql = g_strdup_printf("UPDATE wp_options SET option_value = REGEXP_REPLACE("
				      "option_value, '%s', '%s') WHERE option_name = '" OPTION "'",
			foreign[i][0], foreign[i][1]);
		test_db_exec(test, sql);
		g_assert_null(take(test->db, NOW));
	}
}

static void test_an_expired_one_is_taken_over_once(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(Db) other = NULL;
	g_autoptr(Lease) lease = NULL;
	g_autoptr(Lease) second = NULL;

	if (test == NULL)
		return;
	other = test_db_connect(test);
	lease = take(test->db, NOW);
	second = take(other, NOW + 60);
	g_assert_nonnull(second);
	g_assert_null(take(test->db, NOW + 60));
	/* The first comes back: it is told so, and cannot take anything away from the second. */
	g_assert_false(renew(test->db, lease, NOW + 61));
	release(test->db, lease);
	g_assert_cmpint(rows(test), ==, 1);
	g_assert_true(renew(other, second, NOW + 61));
}

static void test_renewing_extends(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(Lease) lease = NULL;

	if (test == NULL)
		return;
	lease = take(test->db, NOW);
	g_assert_true(renew(test->db, lease, NOW));
	g_assert_true(renew(test->db, lease, NOW + 50));
	g_assert_null(take(test->db, NOW + 109));
	/* Expired, but nobody took it. */
	g_assert_true(renew(test->db, lease, NOW + 500));
	test_db_exec(test, "DELETE FROM wp_options WHERE option_name = '" OPTION "'");
	g_assert_false(renew(test->db, lease, NOW + 501));
}

/* A renewal costs the same, however quickly it follows the last one: one statement, which tells by
 * the row that it changed that the lease is held. */
static void test_each_renewal_changes_the_row(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(Lease) lease = NULL;

	if (test == NULL)
		return;
	lease = take(test->db, NOW);
	for (int i = 0; i < 5; i++) {
		int64_t asked = db_statement_count(test->db);

		g_assert_true(renew(test->db, lease, NOW + i / 3));
		g_assert_cmpint(db_statement_count(test->db) - asked, ==, 1);
	}
	/* At most a second is lost. */
	g_assert_null(take(test->db, NOW + 59));
}

static void test_nonsense_does_not_lock_for_ever(void)
{
	static const char *const values[] = {
		"", "1749990600", "soon me", "99999999999 a:1:b", "-5 a:1:b", "1749990607 a:1:b"};
	g_autoptr(TestDb) test = test_db_new();

	if (test == NULL)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		g_autofree char *sql = g_strdup_printf(
			"REPLACE INTO wp_options (option_name, option_value) VALUES ('" OPTION
			"', '%s')",
			values[i]);
		g_autoptr(Lease) lease = NULL;

		test_db_exec(test, sql);
		lease = take(test->db, NOW);
		g_assert_nonnull(lease);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/site/lease/that-of-a-killed-process-is-free-at-once",
		test_that_of_a_killed_process_is_free_at_once);
	g_test_add_func("/site/lease/that-of-another-machine-is-held",
		test_that_of_another_machine_is_held);
	g_test_add_func("/site/lease/what-was-in-hand-is-left", test_what_was_in_hand_is_left);
	g_test_add_func("/site/lease/only-one-holds-it", test_only_one_holds_it);
	g_test_add_func("/site/lease/expired-one-is-taken-over-once",
		test_an_expired_one_is_taken_over_once);
	g_test_add_func("/site/lease/renewing-extends", test_renewing_extends);
	g_test_add_func(
		"/site/lease/each-renewal-changes-the-row", test_each_renewal_changes_the_row);
	g_test_add_func("/site/lease/nonsense-does-not-lock-for-ever",
		test_nonsense_does_not_lock_for_ever);
	return g_test_run();
}

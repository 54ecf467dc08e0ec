/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leases between two connections, with an injected clock. */
#include <glib.h>
#include <string.h>

#include "../support/test_db.h"
#include "wp/lease.h"

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
	g_test_add_func("/wp/lease/only-one-holds-it", test_only_one_holds_it);
	g_test_add_func(
		"/wp/lease/expired-one-is-taken-over-once", test_an_expired_one_is_taken_over_once);
	g_test_add_func("/wp/lease/renewing-extends", test_renewing_extends);
	g_test_add_func(
		"/wp/lease/nonsense-does-not-lock-for-ever", test_nonsense_does_not_lock_for_ever);
	return g_test_run();
}

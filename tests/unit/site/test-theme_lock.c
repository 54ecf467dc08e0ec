/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock of newer themes, with an injected clock. */
#include <glib.h>
#include <string.h>

#include "../support/test_db.h"
#include "site/theme_lock.h"
#include "site/transient.h"

#define NOW 1749990607
#define CONNECTION "conn_65a4f0c1d2e01"
#define TRANSIENT "prm_sync_lock_7_" CONNECTION

#define TAKEOVER "prm_calendar_sync_former_schedule"

static WpSite site = {.theme_prefix = (char *)"prm", .takeover_option = (char *)TAKEOVER};
/* As a pass has read it. */
static const WpSite taken_over = {
	.theme_prefix = (char *)"prm", .takeover_option = (char *)TAKEOVER, .is_taken_over = true};

static ThemeLock *take(const TestDb *test, const char *connection_id, int64_t now_utc)
{
	g_autoptr(GError) error = NULL;
	ThemeLock *lock = NULL;

	g_assert_true(theme_lock_take(test->db, &site, 7, connection_id, now_utc, &lock, &error));
	g_assert_no_error(error);
	return lock;
}

static void release(const TestDb *test, ThemeLock *lock)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(theme_lock_release(test->db, lock, NOW, &error));
	g_assert_no_error(error);
}

static void set(const TestDb *test, const char *value)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(transient_set(test->db, &site, TRANSIENT, value, NOW, 300, &error));
	g_assert_no_error(error);
}

static char *get(const TestDb *test, int64_t now_utc)
{
	g_autoptr(GError) error = NULL;
	char *value = NULL;

	g_assert_true(transient_peek(test->db, TRANSIENT, now_utc, &value, &error));
	g_assert_no_error(error);
	return value;
}

static int64_t rows(const TestDb *test)
{
	return test_db_int(
		test, "SELECT COUNT(*) FROM wp_options WHERE option_name LIKE '%sync_lock%'");
}

static void test_the_theme_sees_it_until_it_is_released(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(ThemeLock) lock = NULL;
	g_autofree char *held = NULL;
	g_autofree char *later = NULL;

	if (test == NULL)
		return;
	lock = take(test, CONNECTION, NOW);
	g_assert_nonnull(lock);
	held = get(test, NOW + 300);
	g_assert_true(g_str_has_prefix(held, "prm-calendar "));
	later = get(test, NOW + 301);
	g_assert_null(later);
	release(test, lock);
	g_assert_cmpint(rows(test), ==, 0);
}

static void test_it_is_extended_once_a_minute(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(ThemeLock) lock = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *held = NULL;
	g_autofree char *after = NULL;

	if (test == NULL)
		return;
	lock = take(test, CONNECTION, NOW);
	g_assert_true(theme_lock_keep(test->db, lock, NOW + 59, &error));
	held = get(test, NOW + 301);
	g_assert_null(held);
	g_assert_true(theme_lock_keep(test->db, lock, NOW + 60, &error));
	after = get(test, NOW + 360);
	g_assert_nonnull(after);
}

static void test_who_holds_it(void)
{
	static const struct {
		const char *value;
		int64_t now_utc;
		bool is_free;
	} cases[] = {
		{"1", NOW, false},       /* set_transient( $name, true, … ) */
		{"1", NOW + 300, false}, /* its last second */
		{"1", NOW + 301, true}, {"1749990600", NOW, false},
		{"", NOW, true}, /* false, and what else PHP takes for it */
		{"0", NOW, true},
		{"prm-calendar host:1.2:-", NOW, true}, /* left by one that was killed */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(TestDb) test = test_db_new();
		g_autoptr(ThemeLock) lock = NULL;

		if (test == NULL)
			return;
		g_test_message("'%s'", cases[i].value);
		set(test, cases[i].value);
		lock = take(test, CONNECTION, cases[i].now_utc);
		g_assert_true((lock != NULL) == cases[i].is_free);
	}
}

static void test_the_theme_s_is_not_released(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(ThemeLock) lock = NULL;
	g_autofree char *held = NULL;

	if (test == NULL)
		return;
	lock = take(test, CONNECTION, NOW);
	set(test, "1");
	release(test, lock);
	held = get(test, NOW);
	g_assert_cmpstr(held, ==, "1");
}

static void take_over(const TestDb *test)
{
	test_db_exec(test, "INSERT INTO wp_options (option_name, option_value) VALUES "
			   "('" TAKEOVER "', 'unknown')");
}

static bool stand(const TestDb *test, int64_t now_utc)
{
	g_autoptr(GError) error = NULL;
	bool is_held = false;

	g_assert_true(theme_lock_stand(test->db, &site, 7, CONNECTION, now_utc, &is_held, &error));
	g_assert_no_error(error);
	return is_held;
}

static bool end(const TestDb *test)
{
	g_autoptr(GError) error = NULL;
	bool was_held = false;

	g_assert_true(theme_lock_end(test->db, &site, 7, CONNECTION, NOW, &was_held, &error));
	g_assert_no_error(error);
	return was_held;
}

/* A pass neither waits for it nor takes it away, and writes nothing. */
static void test_one_that_stands_outlives_the_passes(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(ThemeLock) lock = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;
	g_autofree char *week = NULL;

	if (test == NULL)
		return;
	take_over(test);
	g_assert_true(stand(test, NOW));
	before = test_db_rows(test, "SELECT * FROM wp_options");
	g_assert_true(
		theme_lock_take(test->db, &taken_over, 7, CONNECTION, NOW + 100, &lock, &error));
	g_assert_nonnull(lock);
	g_assert_true(theme_lock_keep(test->db, lock, NOW + 1000, &error));
	release(test, lock);
	after = test_db_rows(test, "SELECT * FROM wp_options");
	g_assert_cmpstr(before, ==, after);
	week = get(test, NOW + THEME_LOCK_STANDING_SECS);
	g_assert_nonnull(week);
	g_assert_true(end(test));
	g_assert_false(end(test));
	g_assert_cmpint(rows(test), ==, 0);
}

/* As when the object cache was flushed. */
static void test_a_pass_lets_it_stand_where_it_was_lost(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(ThemeLock) lock = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *later = NULL;

	if (test == NULL)
		return;
	take_over(test);
	g_assert_true(theme_lock_take(test->db, &taken_over, 7, CONNECTION, NOW, &lock, &error));
	g_assert_nonnull(lock);
	release(test, lock);
	later = get(test, NOW + 1000);
	g_assert_nonnull(later);
}

static void test_the_theme_s_stays_where_one_is_to_stand(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *held = NULL;
	ThemeLock *lock = NULL;

	if (test == NULL)
		return;
	take_over(test);
	set(test, "1");
	g_assert_false(stand(test, NOW));
	g_assert_true(theme_lock_take(test->db, &taken_over, 7, CONNECTION, NOW, &lock, &error));
	g_assert_null(lock);
	g_assert_false(end(test));
	held = get(test, NOW);
	g_assert_cmpstr(held, ==, "1");
	g_assert_true(stand(test, NOW + 301));
}

/* The pass began before. */
static void test_after_handback_none_stands(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(ThemeLock) lock = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *later = NULL;

	if (test == NULL)
		return;
	g_assert_false(stand(test, NOW));
	g_assert_cmpint(rows(test), ==, 0);
	g_assert_true(theme_lock_take(test->db, &taken_over, 7, CONNECTION, NOW, &lock, &error));
	g_assert_nonnull(lock);
	later = get(test, NOW + 301);
	g_assert_null(later);
	release(test, lock);
	g_assert_cmpint(rows(test), ==, 0);
}

/* Nobody can have a transient of such a name, WordPress neither. */
static void test_an_endless_connection_id_is_no_error(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(ThemeLock) lock = NULL;
	g_autofree char *endless = g_strnfill(1000, 'x');
	g_autoptr(GError) error = NULL;

	if (test == NULL)
		return;
	lock = take(test, endless, NOW);
	g_assert_nonnull(lock);
	g_assert_true(theme_lock_keep(test->db, lock, NOW + 100, &error));
	g_assert_cmpint(rows(test), ==, 0);
	release(test, lock);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/site/theme_lock/the-theme-sees-it-until-it-is-released",
		test_the_theme_sees_it_until_it_is_released);
	g_test_add_func(
		"/site/theme_lock/it-is-extended-once-a-minute", test_it_is_extended_once_a_minute);
	g_test_add_func("/site/theme_lock/who-holds-it", test_who_holds_it);
	g_test_add_func(
		"/site/theme_lock/the-theme-s-is-not-released", test_the_theme_s_is_not_released);
	g_test_add_func("/site/theme_lock/an-endless-connection-id-is-no-error",
		test_an_endless_connection_id_is_no_error);
	g_test_add_func("/site/theme_lock/one-that-stands-outlives-the-passes",
		test_one_that_stands_outlives_the_passes);
	g_test_add_func("/site/theme_lock/a-pass-lets-it-stand-where-it-was-lost",
		test_a_pass_lets_it_stand_where_it_was_lost);
	g_test_add_func("/site/theme_lock/the-theme-s-stays-where-one-is-to-stand",
		test_the_theme_s_stays_where_one_is_to_stand);
	g_test_add_func(
		"/site/theme_lock/after-handback-none-stands", test_after_handback_none_stands);
	return g_test_run();
}

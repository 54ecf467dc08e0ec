/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When passes come to a connection. */
#include <glib.h>

#include "sync/due.h"

#define NOW INT64_C(1768471200) /* 2026-01-15T11:00:00+01:00 */
#define MINUTE INT64_C(60)
#define INTERVAL (15 * MINUTE)

static const struct {
	const char *name;
	int frequency_minutes;
	const char *last_sync;
	const char *last_error;
	int64_t from_utc;
} cases[] = {
	{"never-synced", 15, NULL, NULL, 0},
	{"a-timer-that-comes-early-is-not-sent-away", 15, "2026-01-15T10:49:00+01:00", NULL,
		NOW - 1 * MINUTE},
	{"just-synced", 15, "2026-01-15T10:59:00+01:00", NULL, NOW + 9 * MINUTE},
	{"seldom", 24 * 60, "2026-01-15T10:00:00+01:00", NULL, NOW + (23 * 60 - 5) * MINUTE},
	{"more-often-than-passes", 3, "2026-01-15T11:00:00+01:00", NULL, NOW},
	{"failed", 15, "2026-01-15T10:59:00+01:00", "no", 0},
	{"by-a-clock-that-was-ahead", 15, "2027-01-15T10:59:00+01:00", NULL, 0},
	{"no-time", 15, "yesterday", NULL, 0},
};

static void test_from(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	const Connection connection = {
		.sync_frequency_minutes = cases[i].frequency_minutes,
		.last_sync = (char *)cases[i].last_sync,
		.last_error = (char *)cases[i].last_error,
	};

	g_assert_cmpint(due_from_utc(&connection, INTERVAL, NOW), ==, cases[i].from_utc);
}

static void test_the_turn(void)
{
	g_assert_cmpint(due_turn_utc(NOW, INTERVAL, 0), ==, NOW);
	g_assert_cmpint(due_turn_utc(NOW, INTERVAL, NOW), ==, NOW);
	g_assert_cmpint(due_turn_utc(NOW, INTERVAL, NOW + 1), ==, NOW + INTERVAL);
	g_assert_cmpint(due_turn_utc(NOW, INTERVAL, NOW + INTERVAL), ==, NOW + INTERVAL);
	g_assert_cmpint(
		due_turn_utc(NOW, 3 * INTERVAL, NOW + 4 * INTERVAL), ==, NOW + 6 * INTERVAL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/sync/due/from/", cases[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_from);
	}
	g_test_add_func("/sync/due/turn", test_the_turn);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "sync/turn.h"

static const struct {
	const char *name;
	int64_t user_ids[4];
	size_t count;
	int64_t last;
	size_t expected;
} cases[] = {
	{"first-pass", {3, 5, 9}, 3, 0, 0},
	{"next", {3, 5, 9}, 3, 3, 1},
	{"round", {3, 5, 9}, 3, 9, 0},
	{"last-user-left", {3, 9}, 2, 5, 1},
	{"last-of-all-left", {3, 5}, 2, 9, 0},
	{"newcomer-before-is-not-repeated", {2, 3, 5, 9}, 4, 5, 3},
	{"alone", {7}, 1, 7, 0},
};

static void test_turn(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);

	g_assert_cmpuint(
		turn_next(cases[i].user_ids, cases[i].count, cases[i].last), ==, cases[i].expected);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/sync/turn/", cases[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_turn);
	}
	return g_test_run();
}

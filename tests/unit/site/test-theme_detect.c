/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of its names the theme goes by. */
#include <glib.h>

#include "../support/test_db.h"
#include "site/theme_detect.h"

static const struct {
	const char *name;
	unsigned users[3]; /* with connections of prm, stadion, rondo */
	const char *prefix;
	bool has_others;
} cases[] = {
	{"none-is-the-default", {0, 0, 0}, "prm", false},
	{"prm", {2, 0, 0}, "prm", false},
	{"stadion", {0, 1, 0}, "stadion", false},
	{"rondo", {0, 0, 3}, "rondo", false},
	{"most-users", {3, 1, 0}, "prm", true},
	{"most-users-of-a-later-name", {1, 0, 2}, "rondo", true},
	{"of-as-many-the-later-name", {2, 2, 0}, "stadion", true},
	{"all-three", {1, 2, 1}, "stadion", true},
};

static void test_case(gconstpointer data)
{
	static const char *const keys[] = {"_prm_calendar_connections",
		"_stadion_calendar_connections", "_rondo_calendar_connections"};
	const size_t at = GPOINTER_TO_SIZE(data);
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	ThemeTraces traces;

	if (test == NULL)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		for (unsigned user = 0; user < cases[at].users[i]; user++) {
			g_autofree char *sql = g_strdup_printf(
				"INSERT INTO wp_usermeta (user_id, meta_key, meta_value) "
				"VALUES (%u, '%s', 'a:0:{}')",
				100 + user, keys[i]);

			test_db_exec(test, sql);
		}
	}
	g_assert_true(theme_detect(test->db, &traces, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(traces.prefix, ==, cases[at].prefix);
	g_assert_true(traces.has_other_prefixes == cases[at].has_others);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/site/theme_detect/", cases[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
	}
	return g_test_run();
}

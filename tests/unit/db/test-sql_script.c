/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "db/sql_script.h"

typedef struct {
	const char *name;
	const char *script;
	const char *statements; /* joined by "|" */
} ScriptCase;

static const ScriptCase cases[] = {
	{"nothing", "", ""},
	{"no last semicolon", "DO 1", "DO 1"},
	{"empty statements", " ; ;DO 1;\n;", "DO 1"},
	{"table", "DROP TABLE wp_prm_calendar_runs;", "DROP TABLE {prm_calendar_runs}"},
	{"only whole names", "DO xwp_a, wp_, wp_b", "DO xwp_a, wp_, {b}"},
	{"semicolon in text", "DO 'a;b'; DO 2", "DO 'a;b'|DO 2"},
	{"quotes in text", "DO 'it''s;', \"a\\\";\", `b;`; DO 2",
		"DO 'it''s;', \"a\\\";\", `b;`|DO 2"},
	{"backslash in a quoted name", "DO `a\\`; DO 2", "DO `a\\`|DO 2"},
	{"names in text stay", "DO 'wp_posts'", "DO 'wp_posts'"},
	{"text without end", "DO 'a; b", "DO 'a; b"},
	{"text that ends in a backslash", "DO 'a\\", "DO 'a\\"},
	{"comments", "-- wp_a; b\nDO 1, -- c;\n# d;\n2 /* e; */;", "DO 1, \n\n2"},
	{"two minus signs", "DO 1--2; --", "DO 1--2"},
	{"comment without end", "DO 1; /* DO 2;", "DO 1"},
	{"quote in a comment", "-- it's\nDO 1; DO 2", "DO 1|DO 2"},
	{"comment sign in text", "DO '-- #/*'; DO 2", "DO '-- #/*'|DO 2"},
};

static void test_splits(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(GStrv) statements = sql_script_statements(cases[i].script);
		g_autofree char *joined = g_strjoinv("|", statements);

		g_test_message("%s", cases[i].name);
		g_assert_cmpstr(joined, ==, cases[i].statements);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/db/sql_script/splits", test_splits);
	return g_test_run();
}

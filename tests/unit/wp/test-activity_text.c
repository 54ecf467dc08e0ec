/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which texts are said of a meeting. */
#include "wp/activity_text.h"

#include <glib.h>

static void test_a_title_is_found(void)
{
	static const struct {
		const char *text;
		const char *title;
		bool is_named;
	} cases[] = {
		{"Meeting: Standup", "Standup", true},
		{"Standup at Room 4 (https://meet.example.org/)", "Standup", true},
		{"STAND\n  UP", "stand up", true},
		{"Research &amp; more", "Research & more", true},
		{"R&amp;amp;D", "R&amp;D", true},
		{"R&amp;D", "R&D", true},
		{"A &lt; B", "A < B", true},
		{"<p>The <b>stand</b>up was short.</p>", "Standup", true},
		{"Cafe\xcc\x81", "CAF\xc3\x89", true},
		{"Caf\xc3\xa9s", "Caf\xc3\xa9", false},
		{"(No title)", "(No title)", true},
		{"All hands", "Hand", false},
		{"Shall and all", "all", true},
		{"Lunch", "Lunch with Ana", false},
		{"\xff\xfe", "\xff", true},
		{"", "Standup", false},
		{"Standup", "", false},
		{"Standup", "<b></b>", false},
		{NULL, "Standup", false},
		{"Standup", NULL, false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].text);
		g_assert_true(
			activity_text_names(cases[i].text, cases[i].title) == cases[i].is_named);
		g_assert_true(activity_text_is_part_of(cases[i].title, cases[i].text) ==
			      cases[i].is_named);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wp/activity-text/a-title-is-found", test_a_title_is_found);
	return g_test_run();
}

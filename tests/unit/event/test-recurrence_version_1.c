/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of vCalendar 1.0; examples of its grammar. */
#include "event/recurrence_version_1.h"

#include <glib.h>

static void test_rules(void)
{
	static const struct {
		const char *text;
		const char *rule; /* NULL: none of theirs */
	} cases[] = {
		{"D1 #10", "FREQ=DAILY;INTERVAL=1;COUNT=10"},
		{"D2 19961224T000000Z", "FREQ=DAILY;INTERVAL=2;UNTIL=19961224T000000Z"},
		{"W1", "FREQ=WEEKLY;INTERVAL=1;COUNT=2"},
		{"W2 TU TH #0", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH"},
		{"w1 mo  #3", "FREQ=WEEKLY;INTERVAL=1;COUNT=3;BYDAY=mo"},
		{"MP1 1+ FR #10", "FREQ=MONTHLY;INTERVAL=1;COUNT=10;BYDAY=1FR"},
		{"MP2 1+ 1- SU #10", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=-1SU"},
		{"MP1 2+ MO WE 1- FR #0", "FREQ=MONTHLY;INTERVAL=1;BYDAY=2MO,2WE,-1FR"},
		{"MD1 1 15 LD #5", "FREQ=MONTHLY;INTERVAL=1;COUNT=5;BYMONTHDAY=1,15,-1"},
		{"MD1 2- #5", "FREQ=MONTHLY;INTERVAL=1;COUNT=5;BYMONTHDAY=-2"},
		{"YM1 6 7 #8", "FREQ=YEARLY;INTERVAL=1;COUNT=8;BYMONTH=6,7"},
		{"YD3 1 100 200 #4", "FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200"},
		{"D1 0600 1200 #5", NULL},
		{"MP1 1+ #5", NULL},
		{"D0 #5", NULL},
		{"D #5", NULL},
		{"FREQ=DAILY", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *rule = recurrence_from_version_1(cases[i].text);

		g_assert_cmpstr(rule, ==, cases[i].rule);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/event/recurrence-version-1/rules", test_rules);
	return g_test_run();
}

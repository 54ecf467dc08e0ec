/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recurrence rules, as dates; examples of RFC 5545, 3.8.5.3, and what hostile ones cost. */
#include "event/recurrence.h"

#include <string.h>

#include "event/civil.h"

#define SHOWN_MAX 6

typedef struct {
	const char *rule;
	const char *start;
	const char *from;     /* instances before it are passed over */
	const char *expected; /* or NULL; at most SHOWN_MAX instances, "YYYYMMDDTHHMM" */
	RecurrenceStart start_is;
} Case;

static int64_t local(const char *text)
{
	IcalTime time;

	g_assert_true(ical_time_parse(text, &time));
	return time.local;
}

/* Caller frees. */
static char *expand(const Case *test, int64_t *budget, RecurrenceStep *ret_step)
{
	const char *why = NULL;
	g_autoptr(RecurrenceRule) rule = recurrence_rule_parse(test->rule, &why);
	g_autoptr(Recurrence) recurrence = NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	int64_t at = 0;

	g_assert_cmpstr(why, ==, NULL);
	recurrence = recurrence_new(rule, test->start_is, local(test->start), false,
		local(test->from), G_MAXINT64, budget);
	for (int i = 0; i < SHOWN_MAX; i++) {
		CivilDate date;

		*ret_step = recurrence_next(recurrence, &at);
		if (*ret_step != RECURRENCE_INSTANCE)
			break;
		date = civil_date(civil_day_of(at));
		g_string_append_printf(text, "%s%04d%02d%02dT%02d%02d", i > 0 ? " " : "", date.year,
			date.month, date.day, (int)(civil_time_of_day(at) / 3600),
			(int)(civil_time_of_day(at) / 60 % 60));
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_rules(void)
{
	static const Case cases[] = {
		{"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "19980213T090000", "19980213T000000",
			"19980213T0900 19980313T0900 19981113T0900 19990813T0900 20001013T0900 "
			"20010413T0900",
			RECURRENCE_START_BELONGS},
		{"FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19970904T090000",
			"19970904T000000", "19970904T0900 19971007T0900 19971106T0900",
			RECURRENCE_START_BELONGS},
		{"FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "20241230T090000", "20241230T000000",
			"20241230T0900 20251229T0900 20270104T0900 20280103T0900 20290101T0900 "
			"20291231T0900",
			RECURRENCE_START_BELONGS},
		{"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19970805T090000",
			"19970805T000000",
			"19970805T0900 19970817T0900 19970819T0900 19970831T0900",
			RECURRENCE_START_BELONGS},
		{"FREQ=YEARLY", "20240229T090000", "20250101T000000",
			"20280229T0900 20320229T0900 20360229T0900 20400229T0900 20440229T0900 "
			"20480229T0900",
			RECURRENCE_START_BELONGS},
		{"FREQ=YEARLY;BYDAY=20MO;COUNT=2", "19970519T090000", "19970101T000000",
			"19970519T0900 19980518T0900", RECURRENCE_START_BELONGS},
		{"FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=2", "19970928T090000", "19970101T000000",
			"19970928T0900 19971029T0900", RECURRENCE_START_BELONGS},
		{"FREQ=DAILY;COUNT=500", "20180101T090000", "20190514T000000",
			"20190514T0900 20190515T0900", RECURRENCE_START_BELONGS},
		{"FREQ=MINUTELY;INTERVAL=90;BYHOUR=9,12", "20260101T090000", "20260102T000000",
			"20260102T0900 20260102T1200 20260103T0900 20260103T1200 20260104T0900 "
			"20260104T1200",
			RECURRENCE_START_BELONGS},
		{"FREQ=DAILY;INTERVAL=4294967297", "20260101T090000", "20260101T000000",
			"20260101T0900", RECURRENCE_START_BELONGS},
		{"FREQ=SECONDLY;INTERVAL=3600", "19700101T090000", "20260101T003000",
			"20260101T0100 20260101T0200 20260101T0300 20260101T0400 20260101T0500 "
			"20260101T0600",
			RECURRENCE_START_BELONGS},
		/* RFC 7529: days that a month or year does not have. */
		{"RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4", "20260131T090000",
			"20260101T000000",
			"20260131T0900 20260228T0900 20260331T0900 20260430T0900",
			RECURRENCE_START_BELONGS},
		{"RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=4", "20260131T090000",
			"20260101T000000",
			"20260131T0900 20260301T0900 20260331T0900 20260501T0900",
			RECURRENCE_START_BELONGS},
		{"RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=4", "20260131T090000",
			"20260501T000000", "20260501T0900", RECURRENCE_START_BELONGS},
		{"RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;COUNT=3", "20240229T090000",
			"20240101T000000", "20240229T0900 20250301T0900 20260301T0900",
			RECURRENCE_START_BELONGS},
		{"FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=30,31;COUNT=4", "20260130T090000",
			"20260101T000000",
			"20260130T0900 20260131T0900 20260228T0900 20260330T0900",
			RECURRENCE_START_BELONGS},
		{"FREQ=YEARLY;SKIP=BACKWARD;BYYEARDAY=366;COUNT=2", "20241231T090000",
			"20240101T000000", "20241231T0900 20251231T0900", RECURRENCE_START_BELONGS},
		{"FREQ=MONTHLY;BYDAY=2MO;COUNT=2", "20230112T100000", "20230101T000000",
			"20230112T1000 20230213T1000", RECURRENCE_START_BELONGS},
		{"FREQ=MONTHLY;BYDAY=2MO;COUNT=2", "20230112T100000", "20230101T000000",
			"20230213T1000 20230313T1000", RECURRENCE_START_AS_MATCHED},
		{"FREQ=MONTHLY;BYDAY=2TH;COUNT=2", "20230112T100000", "20230101T000000",
			"20230112T1000 20230209T1000", RECURRENCE_START_AS_MATCHED},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		int64_t budget = RECURRENCE_BUDGET;
		RecurrenceStep step;
		g_autofree char *got = expand(&cases[i], &budget, &step);

		g_test_message("%s", cases[i].rule);
		g_assert_cmpstr(got, ==, cases[i].expected);
	}
}

/* A part that says nothing or stands twice does not make a series a single meeting. */
static void test_odd_parts(void)
{
	static const struct {
		const char *rule;
		const char *note; /* part of it, or NULL for none */
		int64_t count;
	} cases[] = {
		{"FREQ=DAILY;UNTIL=", "says nothing", G_MAXINT64},
		{"FREQ=DAILY;COUNT", "says nothing", G_MAXINT64},
		{"FREQ=DAILY;NONSENSE=1;COUNT=3", "says nothing", 3},
		{"FREQ=DAILY;;X-MINE=1;COUNT=3;", NULL, 3},
		{"COUNT=3;FREQ=DAILY;freq=daily", NULL, 3},
		{"FREQ=DAILY;COUNT=3;COUNT=5", "stands twice", 5},
		{"RSCALE=GREGORIAN;FREQ=DAILY;SKIP=OMIT;COUNT=3", NULL, 3},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *why = NULL;
		g_autoptr(RecurrenceRule) rule = recurrence_rule_parse(cases[i].rule, &why);

		g_test_message("%s", cases[i].rule);
		g_assert_nonnull(rule);
		g_assert_cmpint(rule->frequency, ==, FREQUENCY_DAILY);
		g_assert_cmpint(rule->count, ==, cases[i].count);
		g_assert_false(rule->has_until);
		if (cases[i].note == NULL)
			g_assert_cmpstr(why, ==, NULL);
		else
			g_assert_nonnull(strstr(why != NULL ? why : "", cases[i].note));
	}
}

static void test_skipping_is_cheap(void)
{
	static const Case cases[] = {
		{"FREQ=SECONDLY", "19700101T000000", "20260101T000000", NULL, 0},
		{"FREQ=SECONDLY;COUNT=9999999999", "19700101T000000", "20260101T000000", NULL, 0},
		{"FREQ=WEEKLY", "19000101T000000", "20260101T000000", NULL, 0},
		{"FREQ=YEARLY;BYHOUR=1,2;BYMINUTE=1,2,3", "19000101T010100", "20260101T000000",
			NULL, 0},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		int64_t budget = 2000;
		RecurrenceStep step;
		g_autofree char *got = expand(&cases[i], &budget, &step);

		g_test_message("%s", cases[i].rule);
		g_assert_cmpint(step, ==, RECURRENCE_INSTANCE);
		g_assert_true(g_str_has_prefix(got, "2026"));
	}
}

static void test_never_ends(void)
{
	static const struct {
		const char *rule;
		RecurrenceStep step;
	} cases[] = {
		{"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", RECURRENCE_END},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", RECURRENCE_END},
		{"FREQ=SECONDLY;INTERVAL=60;BYSECOND=5", RECURRENCE_EXHAUSTED},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const Case test = {.rule = cases[i].rule,
			.start = "20260101T000000",
			.from = "20260101T000001"};
		int64_t budget = RECURRENCE_BUDGET;
		RecurrenceStep step;
		g_autofree char *got = expand(&test, &budget, &step);

		g_test_message("%s", cases[i].rule);
		g_assert_cmpstr(got, ==, "");
		g_assert_cmpint(step, ==, cases[i].step);
	}
}

static void test_refused(void)
{
	static const char *const cases[] = {"", "FREQ=FORTNIGHTLY", "BYDAY=MO",
		"FREQ=DAILY;COUNT=0", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1",
		"FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;BYDAY=0MO", "FREQ=DAILY;BYDAY=54MO",
		"FREQ=DAILY;BYMONTH=13", "FREQ=DAILY;BYMONTHDAY=0", "FREQ=DAILY;BYMONTHDAY=-32",
		"FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYSETPOS=0", "FREQ=DAILY;UNTIL=tomorrow",
		"FREQ=", "FREQ=DAILY;RSCALE=CHINESE", "FREQ=DAILY;SKIP=UP"};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *why = NULL;

		g_test_message("%s", cases[i]);
		g_assert_null(recurrence_rule_parse(cases[i], &why));
		g_assert_nonnull(why);
	}
}

static void test_civil_days_round_trip(void)
{
	for (int64_t day = civil_days((CivilDate){1, 1, 1});
		day <= civil_days((CivilDate){9999, 12, 31}); day += 13) {
		CivilDate date = civil_date(day);

		g_assert_true(civil_date_is_valid(date));
		g_assert_cmpint(civil_days(date), ==, day);
	}
	g_assert_cmpint(civil_weekday(civil_days((CivilDate){2026, 3, 29})), ==, 0);
	g_assert_cmpint(civil_day_of(-1), ==, -1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/event/recurrence/rules", test_rules);
	g_test_add_func("/event/recurrence/odd-parts", test_odd_parts);
	g_test_add_func("/event/recurrence/skipping-is-cheap", test_skipping_is_cheap);
	g_test_add_func("/event/recurrence/rules-without-instance-end", test_never_ends);
	g_test_add_func("/event/recurrence/nonsense-is-refused", test_refused);
	g_test_add_func("/event/recurrence/days-round-trip", test_civil_days_round_trip);
	return g_test_run();
}

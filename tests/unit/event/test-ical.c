/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iCalendar objects to events: whole objects as tables of cases. */
#include "event/ical.h"

#include <string.h>

#include "event/event_json.h"
#include "util/limits.h"

typedef struct {
	const char *name;
	const char *object; /* lines inside VCALENDAR, or NULL: tests/data/ical/NAME.ics */
	const char *from, *to;
	const char *floating;
	const char *expected; /* "event_uid start..end" sorted, joined by newlines */
	const char *problem;  /* part of the first problem, or NULL for none */
} Case;

static int64_t instant(const char *text)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);

	g_assert_nonnull(time);
	return g_date_time_to_unix(time);
}

static void read_case(const Case *test, GString *bytes)
{
	g_autofree char *path = g_strdup_printf("tests/data/ical/%s.ics", test->name);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	gsize length;

	if (test->object != NULL) {
		g_string_append_printf(bytes, "BEGIN:VCALENDAR\n%sEND:VCALENDAR\n", test->object);
		return;
	}
	g_assert_true(g_file_get_contents(path, &text, &length, &error));
	g_string_append_len(bytes, text, (gssize)length);
}

static bool collect(
	const Case *test, GPtrArray **ret_events, GPtrArray **ret_problems, GError **error)
{
	static const char *const own[] = {"me@example.org", NULL};
	g_autoptr(GString) bytes = g_string_new(NULL);
	g_autoptr(GTimeZone) floating = g_time_zone_new_identifier(
		test->floating != NULL ? test->floating : "Europe/Amsterdam");
	IcalOptions options = {
		.window = {instant(test->from), instant(test->to)},
		.floating_zone = floating,
		.own_addresses = own,
		.max_instances = 1000,
	};

	read_case(test, bytes);
	return ical_collect(bytes->str, bytes->len, &options, ret_events, ret_problems, error);
}

static void free_text(gpointer text)
{
	g_free(text);
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Caller frees. */
static char *spell(const GPtrArray *events)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(free_text);

	for (guint i = 0; i < events->len; i++) {
		const Event *event = g_ptr_array_index(events, i);
		cJSON *json = event_to_json(event);
		const char *start = event->all_day ? "start_date" : "start_utc";
		const char *end = event->all_day ? "end_date" : "end_utc";

		g_ptr_array_add(
			lines, g_strdup_printf("%s %s..%s", event->event_uid,
				       cJSON_GetStringValue(cJSON_GetObjectItem(json, start)),
				       cJSON_GetStringValue(cJSON_GetObjectItem(json, end))));
		cJSON_Delete(json);
	}
	g_ptr_array_sort(lines, compare);
	g_ptr_array_add(lines, NULL);
	return g_strjoinv("\n", (char **)lines->pdata);
}

static void run_cases(const Case *cases)
{
	for (const Case *test = cases; test->name != NULL; test++) {
		g_autoptr(GPtrArray) events = NULL;
		g_autoptr(GPtrArray) problems = NULL;
		g_autoptr(GError) error = NULL;
		g_autofree char *got = NULL;
		const char *problem = NULL;

		g_test_message("%s", test->name);
		g_assert_true(collect(test, &events, &problems, &error));
		got = spell(events);
		g_assert_cmpstr(got, ==, test->expected);
		if (problems->len > 0)
			problem = ((IcalProblem *)g_ptr_array_index(problems, 0))->text;
		if (test->problem == NULL)
			g_assert_cmpstr(problem, ==, NULL);
		else
			g_assert_nonnull(strstr(problem != NULL ? problem : "", test->problem));
	}
}

#define JANUARY "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
#define EVENT(lines) "BEGIN:VEVENT\nUID:a\n" lines "END:VEVENT\n"
#define AT_NINE "a 2026-01-15T09:00:00Z..2026-01-15T"

static void test_zones(void)
{
	static const Case cases[] = {
		{"single-vtimezone-after-vevent", NULL, "2026-07-01T00:00:00Z",
			"2026-08-01T00:00:00Z", NULL,
			"late-zone@example.org 2026-07-02T08:00:00Z..2026-07-02T09:00:00Z", NULL},
		{"windows-quoted-pacific", NULL, "2026-07-01T00:00:00Z", "2026-08-01T00:00:00Z",
			"Asia/Tokyo",
			"windows-quoted-pacific@example.org "
			"2026-07-20T16:00:00Z..2026-07-20T17:00:00Z",
			NULL},
		{"dst-gap-single", NULL, "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z", NULL,
			"gap@example.org 2026-03-29T01:30:00Z..2026-03-29T02:00:00Z", NULL},
		{"dst-overlap-single", NULL, "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z", NULL,
			"overlap@example.org 2026-10-25T00:30:00Z..2026-10-25T00:45:00Z", NULL},
		{"an unknown zone is that of the site",
			EVENT("DTSTART;TZID=Middle Earth:20260115T100000\n"), JANUARY, NULL,
			AT_NINE "09:00:00Z", "zone is unknown"},
		{"an unknown zone of the end is that of the start, and is told",
			EVENT("DTSTART;TZID=Asia/Tokyo:20260115T180000\n"
			      "DTEND;TZID=Middle Earth:20260115T190000\n"),
			JANUARY, NULL, AT_NINE "10:00:00Z", "zone of its DTEND is unknown"},
		{"an unknown zone of both is told of the start",
			EVENT("DTSTART;TZID=Middle Earth:20260115T100000\n"
			      "DTEND;TZID=Middle Earth:20260115T110000\n"),
			JANUARY, NULL, AT_NINE "10:00:00Z", "its time zone is unknown"},
		{"an unknown zone weighs more than an unreadable length",
			EVENT("DTSTART;TZID=Middle Earth:20260115T100000\nDURATION:long\n"),
			JANUARY, NULL, AT_NINE "09:00:00Z", "zone is unknown"},
		{"an unknown zone of an exception is that of the series, and is told",
			EVENT("DTSTART;TZID=Asia/Tokyo:20260114T180000\n"
			      "RRULE:FREQ=DAILY;COUNT=2\n"
			      "EXDATE;TZID=Middle Earth:20260114T180000\n"),
			JANUARY, NULL,
			"a_20260115T090000Z 2026-01-15T09:00:00Z..2026-01-15T09:00:00Z",
			"zone of an EXDATE"},
		{"an unknown zone of a further date is that of the series, and is told",
			EVENT("DTSTART;TZID=Asia/Tokyo:20251215T180000\n"
			      "RDATE;TZID=Middle Earth:20260115T180000\n"),
			JANUARY, NULL,
			"a_20260115T090000Z 2026-01-15T09:00:00Z..2026-01-15T09:00:00Z",
			"zone of an EXDATE or RDATE"},
		{"an unknown zone of a changed occurrence is that of the series, and is told",
			EVENT("DTSTART;TZID=Asia/Tokyo:20251215T180000\n"
			      "RRULE:FREQ=DAILY;COUNT=2\n")
				EVENT("RECURRENCE-ID;TZID=Middle Earth:20251216T180000\n"
				      "DTSTART:20260115T090000Z\n"),
			JANUARY, NULL,
			"a_20251216T090000Z 2026-01-15T09:00:00Z..2026-01-15T09:00:00Z",
			"zone of its RECURRENCE-ID is unknown"},
		{"a colon in an unquoted TZID", EVENT("DTSTART;TZID=GMT+05:30:20260115T143000\n"),
			JANUARY, NULL, AT_NINE "09:00:00Z", NULL},
		{"Z beside TZID is UTC", EVENT("DTSTART;TZID=America/New_York:20260115T090000Z\n"),
			JANUARY, NULL, AT_NINE "09:00:00Z", NULL},
		{"floating time in the zone of the options", EVENT("DTSTART:20260115T180000\n"),
			JANUARY, "Asia/Tokyo", AT_NINE "09:00:00Z", NULL},
		{0},
	};

	run_cases(cases);
}

static void test_lengths(void)
{
	static const Case cases[] = {
		{"hours without T", EVENT("DTSTART:20260115T090000Z\nDURATION:P1H\n"), JANUARY,
			NULL, AT_NINE "10:00:00Z", NULL},
		{"minutes without T", EVENT("DTSTART:20260115T090000Z\nDURATION:P30M\n"), JANUARY,
			NULL, AT_NINE "09:30:00Z", NULL},
		{"duration-pt24h-exact-spring", NULL, "2026-03-28T00:00:00Z",
			"2026-03-31T00:00:00Z", NULL,
			"pt24h-spring@example.org 2026-03-28T11:00:00Z..2026-03-29T11:00:00Z",
			NULL},
		{"duration-p1d-nominal-spring", NULL, "2026-03-28T00:00:00Z",
			"2026-03-31T00:00:00Z", NULL,
			"p1d@example.org 2026-03-28T11:00:00Z..2026-03-29T10:00:00Z", NULL},
		{"allday-multi-day", NULL, "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z", NULL,
			"conference@example.org 2026-04-28..2026-05-02", NULL},
		{"DTEND wins over DURATION",
			EVENT("DTSTART:20260115T090000Z\nDTEND:20260115T093000Z\nDURATION:PT2H\n"),
			JANUARY, NULL, AT_NINE "09:30:00Z", NULL},
		{"end before start is no length",
			EVENT("DTSTART:20260115T090000Z\nDTEND:20260115T080000Z\n"), JANUARY, NULL,
			AT_NINE "09:00:00Z", NULL},
		{"a bad DURATION does not drop the event",
			EVENT("DTSTART:20260115T090000Z\nDURATION:long\n"), JANUARY, NULL,
			AT_NINE "09:00:00Z", "DURATION"},
		{"a day seen from UTC-11 is that day", EVENT("DTSTART;VALUE=DATE:20260115\n"),
			JANUARY, "Pacific/Pago_Pago", "a 2026-01-15..2026-01-16", NULL},
		{"a day seen from UTC+14 is that day", EVENT("DTSTART;VALUE=DATE:20260115\n"),
			JANUARY, "Pacific/Kiritimati", "a 2026-01-15..2026-01-16", NULL},
		{"midnight to midnight that says it is all day",
			EVENT("DTSTART:20260115T000000\nDTEND:20260117T000000\n"
			      "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\n"),
			JANUARY, NULL, "a 2026-01-15..2026-01-17", NULL},
		{0},
	};

	run_cases(cases);
}

static void test_sets(void)
{
	static const Case cases[] = {
		{"rdate-period-end", NULL, JANUARY, NULL,
			"rperiod@example.org_20260107T190000Z "
			"2026-01-07T19:00:00Z..2026-01-07T20:00:00Z\n"
			"rperiod@example.org_20260114T190000Z "
			"2026-01-14T19:00:00Z..2026-01-14T23:00:00Z\n"
			"rperiod@example.org_20260121T150000Z "
			"2026-01-21T15:00:00Z..2026-01-21T15:30:00Z",
			NULL},
		{"exdate-other-zone", NULL, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", NULL,
			"exdate-other@example.org_20260316T140000Z "
			"2026-03-16T14:00:00Z..2026-03-16T15:00:00Z\n"
			"exdate-other@example.org_20260323T140000Z "
			"2026-03-23T14:00:00Z..2026-03-23T15:00:00Z\n"
			"exdate-other@example.org_20260330T130000Z "
			"2026-03-30T13:00:00Z..2026-03-30T14:00:00Z",
			NULL},
		{"rule-hourly-interval-25", NULL, "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z",
			NULL,
			"rule-hourly-interval-25@example.org_20260310T170000Z "
			"2026-03-10T17:00:00Z..2026-03-10T18:00:00Z\n"
			"rule-hourly-interval-25@example.org_20260311T180000Z "
			"2026-03-11T18:00:00Z..2026-03-11T19:00:00Z",
			NULL},
		{"load-never-secondly-30-february", NULL, JANUARY, NULL, "", NULL},
		{"UNTIL before DTSTART leaves DTSTART",
			EVENT("DTSTART:20260115T090000Z\nRRULE:FREQ=DAILY;UNTIL="
			      "20200101T000000Z\n"),
			JANUARY, NULL,
			"a_20260115T090000Z 2026-01-15T09:00:00Z..2026-01-15T09:00:00Z", NULL},
		{"EXDATE as a date drops that day",
			EVENT("DTSTART:20260115T090000Z\nRRULE:FREQ=DAILY;COUNT=2\n"
			      "EXDATE;VALUE=DATE:20260115\n"),
			JANUARY, NULL,
			"a_20260116T090000Z 2026-01-16T09:00:00Z..2026-01-16T09:00:00Z", NULL},
		{"EXRULE takes out",
			EVENT("DTSTART:20260115T090000Z\nRRULE:FREQ=DAILY;COUNT=2\n"
			      "EXRULE:FREQ=WEEKLY;BYDAY=FR\nEXDATE:20260115T090000Z\n"),
			JANUARY, NULL, "", NULL},
		{"EXRULE that ended before takes nothing out",
			EVENT("DTSTART:20260115T090000Z\nRRULE:FREQ=DAILY;COUNT=1\n"
			      "EXRULE:FREQ=DAILY;UNTIL=20260101T000000Z\n"),
			JANUARY, NULL,
			"a_20260115T090000Z 2026-01-15T09:00:00Z..2026-01-15T09:00:00Z", NULL},
		{"a part that says nothing leaves the rule",
			EVENT("DTSTART:20260131T090000Z\nRRULE:FREQ=DAILY;UNTIL=\n"), JANUARY, NULL,
			"a_20260131T090000Z 2026-01-31T09:00:00Z..2026-01-31T09:00:00Z",
			"says nothing"},
		{"a bad rule leaves the event",
			EVENT("DTSTART:20260115T090000Z\nRRULE:FREQ=DAILY;INTERVAL=0\n"), JANUARY,
			NULL, AT_NINE "09:00:00Z", "recurrence rule"},
		{"too many instances are skipped as a whole, others are not",
			EVENT("DTSTART:20250115T090000Z\nRRULE:FREQ=SECONDLY\n") "BEGIN:"
										 "VEVENT\nUID:"
										 "b\nDTSTART:"
										 "20260116T090000Z"
										 "\nEND:VEVENT\n",
			JANUARY, NULL, "b 2026-01-16T09:00:00Z..2026-01-16T09:00:00Z",
			"more occurrences"},
		{"COUNT from eight years ago is over",
			EVENT("DTSTART:20180115T090000Z\nRRULE:FREQ=DAILY;COUNT=500\n"), JANUARY,
			NULL, "", NULL},
		{0},
	};

	run_cases(cases);
}

static void test_overrides(void)
{
	static const Case cases[] = {
		{"override-moved-in-from-before", NULL, "2026-03-09T00:00:00Z",
			"2026-03-16T00:00:00Z", NULL,
			"o-in2@example.org_20260302T080000Z "
			"2026-03-12T12:00:00Z..2026-03-12T13:00:00Z\n"
			"o-in2@example.org_20260309T080000Z "
			"2026-03-09T08:00:00Z..2026-03-09T09:00:00Z",
			NULL},
		{"override-future-then-single", NULL, "2026-04-08T00:00:00Z",
			"2026-05-01T00:00:00Z", NULL,
			"o-future3@example.org_20260408T070000Z "
			"2026-04-08T07:00:00Z..2026-04-08T08:00:00Z\n"
			"o-future3@example.org_20260415T070000Z "
			"2026-04-15T09:00:00Z..2026-04-15T10:00:00Z\n"
			"o-future3@example.org_20260422T070000Z "
			"2026-04-22T09:00:00Z..2026-04-22T10:00:00Z\n"
			"o-future3@example.org_20260429T070000Z "
			"2026-04-29T13:00:00Z..2026-04-29T14:00:00Z",
			NULL},
		{"override-timed-to-all-day", NULL, "2026-03-15T00:00:00Z", "2026-03-18T00:00:00Z",
			"America/New_York",
			"o-timed@example.org_20260316T080000Z 2026-03-16..2026-03-17", NULL},
		{"the highest SEQUENCE wins",
			EVENT("DTSTART:20260101T090000Z\nRRULE:FREQ=DAILY;COUNT=1\n")
				EVENT("RECURRENCE-ID:20260101T090000Z\nSEQUENCE:2\n"
				      "DTSTART:20260102T090000Z\n")
					EVENT("RECURRENCE-ID:20260101T090000Z\nSEQUENCE:1\n"
					      "DTSTART:20260103T090000Z\n"),
			JANUARY, NULL,
			"a_20260101T090000Z 2026-01-02T09:00:00Z..2026-01-02T09:00:00Z", NULL},
		{"a date names the instance of that day",
			EVENT("DTSTART:20260101T090000Z\nRRULE:FREQ=DAILY;COUNT=1\n")
				EVENT("RECURRENCE-ID;VALUE=DATE:20260101\n"
				      "DTSTART:20260102T090000Z\n"),
			JANUARY, NULL,
			"a_20260101T090000Z 2026-01-02T09:00:00Z..2026-01-02T09:00:00Z", NULL},
		{"a time names the day in an all-day series",
			EVENT("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY;COUNT=1\n")
				EVENT("RECURRENCE-ID:20260101T000000\n"
				      "DTSTART;VALUE=DATE:20260105\n"),
			JANUARY, NULL, "a_20260101 2026-01-05..2026-01-06", NULL},
		{"an instance stands without its series",
			EVENT("RECURRENCE-ID:20251201T090000Z\nDTSTART:20260102T090000Z\n"),
			JANUARY, NULL,
			"a_20251201T090000Z 2026-01-02T09:00:00Z..2026-01-02T09:00:00Z", NULL},
		{"a bad instance leaves the series",
			EVENT("DTSTART:20260101T090000Z\nRRULE:FREQ=DAILY;COUNT=1\n")
				EVENT("RECURRENCE-ID:20260101T090000Z\nDTSTART:20260230T090000Z\n"),
			JANUARY, NULL,
			"a_20260101T090000Z 2026-01-01T09:00:00Z..2026-01-01T09:00:00Z", "DTSTART"},
		{0},
	};

	run_cases(cases);
}

#define NEW_YORK "TZID=America/New_York"
#define DEFINED(name, offset)                                                                      \
	"BEGIN:VTIMEZONE\nTZID:" name                                                              \
	"\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:" offset "\nTZOFFSETTO:" offset   \
	"\nEND:STANDARD\nEND:VTIMEZONE\n"

/* The site is in Amsterdam, the events are in New York (UTC-5): what has no zone of its own and
 * refers to a series is in the zone of the series. */
static void test_times_that_refer_to_a_series(void)
{
#define SERIES "DTSTART;" NEW_YORK ":20260115T090000\nRRULE:FREQ=DAILY;COUNT=2\n"
#define FIRST "a_20260115T140000Z 2026-01-15T14:00:00Z..2026-01-15T14:00:00Z"
#define SECOND "a_20260116T140000Z 2026-01-16T14:00:00Z..2026-01-16T14:00:00Z"
	static const Case cases[] = {
		{"EXDATE", EVENT(SERIES "EXDATE:20260116T090000\n"), JANUARY, NULL, FIRST, NULL},
		{"EXDATE in a zone that nobody knows",
			EVENT(SERIES "EXDATE;TZID=Shire:20260116T090000\n"), JANUARY, NULL, FIRST,
			"zone of an EXDATE"},
		{"EXDATE in UTC", EVENT(SERIES "EXDATE:20260116T140000Z\n"), JANUARY, NULL, FIRST,
			NULL},
		{"EXDATE in the zone of another place",
			EVENT(SERIES "EXDATE;TZID=Europe/London:20260116T140000\n"), JANUARY, NULL,
			FIRST, NULL},
		{"EXDATE of a series in UTC",
			EVENT("DTSTART:20260115T140000Z\nRRULE:FREQ=DAILY;COUNT=2\n"
			      "EXDATE:20260116T140000\n"),
			JANUARY, NULL, FIRST, NULL},
		{"RDATE", EVENT("DTSTART;" NEW_YORK ":20260115T090000\nRDATE:20260116T090000\n"),
			JANUARY, NULL, FIRST "\n" SECOND, NULL},
		{"RDATE with its own end",
			EVENT("DTSTART;" NEW_YORK ":20260115T090000\nRDATE;VALUE=PERIOD:"
			      "20260116T090000/20260116T100000\n"),
			JANUARY, NULL,
			FIRST "\na_20260116T140000Z 2026-01-16T14:00:00Z..2026-01-16T15:00:00Z",
			NULL},
		{"UNTIL",
			EVENT("DTSTART;" NEW_YORK ":20260115T090000\n"
			      "RRULE:FREQ=DAILY;UNTIL=20260116T090000\n"),
			JANUARY, NULL, FIRST "\n" SECOND, NULL},
		{"UNTIL, too early by less than the zones differ",
			EVENT("DTSTART;" NEW_YORK ":20260115T090000\n"
			      "RRULE:FREQ=DAILY;UNTIL=20260116T080000\n"),
			JANUARY, NULL, FIRST, NULL},
		{"DTEND", EVENT("DTSTART;" NEW_YORK ":20260115T090000\nDTEND:20260115T100000\n"),
			JANUARY, NULL, "a 2026-01-15T14:00:00Z..2026-01-15T15:00:00Z", NULL},
		{"RECURRENCE-ID",
			EVENT(SERIES) EVENT("RECURRENCE-ID:20260116T090000\n"
					    "DTSTART;TZID=Asia/Tokyo:20260117T090000\n"),
			JANUARY, NULL,
			FIRST "\na_20260116T140000Z 2026-01-17T00:00:00Z..2026-01-17T00:00:00Z",
			NULL},
		{"RECURRENCE-ID before the series",
			EVENT("RECURRENCE-ID:20260116T090000\nDTSTART;" NEW_YORK
			      ":20260116T100000\n") EVENT(SERIES),
			JANUARY, NULL,
			FIRST "\na_20260116T140000Z 2026-01-16T15:00:00Z..2026-01-16T15:00:00Z",
			NULL},
		{"RECURRENCE-ID without the series",
			EVENT("RECURRENCE-ID:20260116T090000\nDTSTART;" NEW_YORK
			      ":20260116T100000\n"),
			JANUARY, NULL,
			"a_20260116T140000Z 2026-01-16T15:00:00Z..2026-01-16T15:00:00Z", NULL},
		{"RECURRENCE-ID from which on all move",
			EVENT(SERIES) EVENT("RECURRENCE-ID;RANGE=THISANDFUTURE:20260115T090000\n"
					    "DTSTART;" NEW_YORK ":20260115T100000\n"),
			JANUARY, NULL,
			"a_20260115T140000Z 2026-01-15T15:00:00Z..2026-01-15T15:00:00Z\n"
			"a_20260116T140000Z 2026-01-16T15:00:00Z..2026-01-16T15:00:00Z",
			NULL},
		{0},
	};

	run_cases(cases);
#undef SERIES
#undef FIRST
#undef SECOND
}

/* Of 2021, one a day off, and the like: the tz database knows better. */
static void test_definitions(void)
{
	static const Case cases[] = {
		{"a place beats its definition",
			DEFINED("America/New_York", "+0900")
				EVENT("DTSTART;" NEW_YORK ":20260115T040000\n"),
			JANUARY, "Asia/Kathmandu", AT_NINE "09:00:00Z", NULL},
		{"in any case, quoted, behind a prefix",
			DEFINED("/x.org/America/new_york", "+0900")
				EVENT("DTSTART;TZID=\"/x.org/America/new_york\":20260115T040000\n"),
			JANUARY, "Asia/Kathmandu", AT_NINE "09:00:00Z", NULL},
		{"a name of Windows beats its definition",
			DEFINED("Eastern Standard Time", "+0900")
				EVENT("DTSTART;TZID=Eastern Standard Time:20260115T040000\n"),
			JANUARY, "Asia/Kathmandu", AT_NINE "09:00:00Z", NULL},
		{"an abbreviation does not",
			DEFINED("EST", "-0400") EVENT("DTSTART;TZID=EST:20260115T050000\n"),
			JANUARY, "Asia/Kathmandu", AT_NINE "09:00:00Z", NULL},
		{"other names neither",
			DEFINED("Shire", "-0400") EVENT("DTSTART;TZID=Shire:20260115T050000\n"),
			JANUARY, "Asia/Kathmandu", AT_NINE "09:00:00Z", NULL},
		{"X-LIC-LOCATION is a place",
			"BEGIN:VTIMEZONE\nTZID:Shire\nX-LIC-LOCATION:America/"
			"New_York\nBEGIN:STANDARD\n"
			"DTSTART:19700101T000000\nTZOFFSETTO:+0900\nEND:STANDARD\n"
			"END:VTIMEZONE\n" EVENT("DTSTART;TZID=Shire:20260115T040000\n"),
			JANUARY, "Asia/Kathmandu", AT_NINE "09:00:00Z", NULL},
		{"X-WR-TIMEZONE is for names that mean nothing",
			"X-WR-TIMEZONE:America/New_York\n" EVENT(
				"DTSTART;TZID=Shire:20260115T040000\n"),
			JANUARY, "Asia/Kathmandu", AT_NINE "09:00:00Z", "zone is unknown"},
		{"and not for floating times",
			"X-WR-TIMEZONE:America/New_York\n" EVENT("DTSTART:20260115T180000\n"),
			JANUARY, "Asia/Tokyo", AT_NINE "09:00:00Z", NULL},
		{"each calendar defines its own",
			DEFINED("Shire", "+0100") EVENT(
				"DTSTART;TZID=Shire:20260115T100000\n") "END:VCALENDAR\nBEGIN:"
									"VCALENDAR\nBEGIN:"
									"VEVENT\nUID:b\n"
									"DTSTART;TZID=Shire:"
									"20260115T040000\nEND:"
									"VEVENT\n" DEFINED(
										"Shire", "-0500"),
			JANUARY, "Asia/Kathmandu",
			AT_NINE "09:00:00Z\nb 2026-01-15T09:00:00Z..2026-01-15T09:00:00Z", NULL},
		{0},
	};

	run_cases(cases);
}

static void test_whole_days(void)
{
#define MARKED "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\n"
	static const Case cases[] = {
		{"midnights of the site in UTC",
			EVENT("DTSTART:20260114T230000Z\nDTEND:20260116T230000Z\n" MARKED), JANUARY,
			NULL, "a 2026-01-15..2026-01-17", NULL},
		{"midnights of the calendar in UTC",
			"X-WR-TIMEZONE:America/New_York\n" EVENT(
				"DTSTART:20260115T050000Z\nDTEND:20260116T050000Z\n" MARKED),
			JANUARY, NULL, "a 2026-01-15..2026-01-16", NULL},
		{"midnights of a zone that it defines",
			DEFINED("Shire", "+0700")
				EVENT("DTSTART:20260114T170000Z\nDTEND:20260115T170000Z\n" MARKED),
			JANUARY, NULL, "a 2026-01-15..2026-01-16", NULL},
		{"no midnights anywhere",
			EVENT("DTSTART:20260115T090000Z\nDTEND:20260115T100000Z\n" MARKED), JANUARY,
			NULL, AT_NINE "10:00:00Z", NULL},
		{"midnights without the mark",
			EVENT("DTSTART:20260114T230000Z\nDTEND:20260115T230000Z\n"), JANUARY, NULL,
			"a 2026-01-14T23:00:00Z..2026-01-15T23:00:00Z", NULL},
		{0},
	};
#undef MARKED

	run_cases(cases);
}

static void test_skipped(void)
{
	static const Case cases[] = {
		{"no DTSTART", EVENT("SUMMARY:x\n"), JANUARY, NULL, "", "no DTSTART"},
		{"no UID", "BEGIN:VEVENT\nDTSTART:20260115T090000Z\nEND:VEVENT\n", JANUARY, NULL,
			"", "no UID"},
		{"30 February", EVENT("DTSTART:20260230T090000Z\n"), JANUARY, NULL, "",
			"DTSTART is no date that exists"},
		{"no time behind the T", EVENT("DTSTART:20260115T\n"), JANUARY, NULL, "",
			"DTSTART cannot be read"},
		{"a stray line changes nothing", EVENT("DTSTART:20260115T090000Z\nnonsense\n"),
			JANUARY, NULL, AT_NINE "09:00:00Z", NULL},
		{"tasks are no events", "BEGIN:VTODO\nUID:t\nDTSTART:20260115T090000Z\nEND:VTODO\n",
			JANUARY, NULL, "", NULL},
		{0},
	};

	run_cases(cases);
}

static void test_refused(void)
{
	static const struct {
		const char *name;
		const char *bytes;
		IcalError code;
	} cases[] = {
		{"empty", " \r\n", ICAL_ERROR_NOT_A_CALENDAR},
		{"web page", "<!DOCTYPE html>\n<html>", ICAL_ERROR_NOT_A_CALENDAR},
		{"no VCALENDAR", "BEGIN:VEVENT\nEND:VEVENT\n", ICAL_ERROR_NOT_A_CALENDAR},
		{"cut short", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n", ICAL_ERROR_TRUNCATED},
		{"wrong end", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VTODO\n", ICAL_ERROR_MALFORMED},
		{"two levels", "BEGIN:VCALENDAR\nBEGIN:VCALENDAR\n", ICAL_ERROR_MALFORMED},
		{"deep",
			"BEGIN:VCALENDAR\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\n"
			"BEGIN:A\nBEGIN:A\n",
			ICAL_ERROR_MALFORMED},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) events = NULL;
		g_autoptr(GPtrArray) problems = NULL;
		g_autoptr(GError) error = NULL;
		IcalOptions options = {.window = {0, 1}};

		g_test_message("%s", cases[i].name);
		g_assert_false(ical_collect(cases[i].bytes, strlen(cases[i].bytes), &options,
			&events, &problems, &error));
		g_assert_error(error, ICAL_ERROR, (int)cases[i].code);
		g_assert_null(events);
	}
}

static GPtrArray *events_of(const char *object)
{
	const Case test = {"one", object, JANUARY, NULL, NULL, NULL};
	GPtrArray *events = NULL;
	g_autoptr(GPtrArray) problems = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(collect(&test, &events, &problems, &error));
	g_assert_no_error(error);
	return events;
}

static void test_texts(void)
{
	g_autoptr(GPtrArray) events = events_of(EVENT(
		"dtstart:20260115T090000Z\nSUMMARY;LANGUAGE=de:Gr\xc3\n \xbc\xc3\x9f"
		"e\\, \\N\\x\nLOCATION:a\nwrapped \\;without\nCLASS:SECRET\nTRANSP:TRANSPARENT\n"
		"BEGIN:VALARM\nSUMMARY:alarm\nATTENDEE:mailto:alarm@example.org\nDTSTART:1\n"
		"END:VALARM\nSTATUS:CANCELLED\n"));
	const Event *event = g_ptr_array_index(events, 0);

	g_assert_cmpstr(event->summary, ==, "Grüße, \nx");
	g_assert_cmpstr(event->location, ==, "awrapped ;without");
	g_assert_null(event->description);
	g_assert_true(event->is_private);
	g_assert_true(event->is_transparent);
	g_assert_cmpint(event->status, ==, EVENT_STATUS_CANCELLED);
	g_assert_cmpuint(event->attendees->len, ==, 0);
}

/* "This and following" under a UID of its own. */
static void test_siblings(void)
{
	static const struct {
		const char *lines;
		const char *siblings;
	} cases[] = {
		{"UID:b", ""},
		{"UID:b\nRELATED-TO;RELTYPE=SIBLING:a\\,@x\nRELATED-TO;RELTYPE=sibling:c",
			"a,@x c"},
		{"UID:b\nRELATED-TO:parent\nRELATED-TO;RELTYPE=CHILD:child\n"
		 "RELATED-TO;RELTYPE=X-OWN:x",
			""},
		{"UID:abc_R20260115T090000@google.com", "abc@google.com"},
		{"UID:abc_R20260115@google.com", "abc@google.com"},
		{"UID:abc_R2026@google.com", ""},
		{"UID:_R20260115@google.com", ""},
		{"UID:abc_20260115@google.com", ""},
		{"UID:20260115@google.com", ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *object = g_strdup_printf("BEGIN:VEVENT\nDTSTART:20260115T090000Z\n"
							  "RRULE:FREQ=DAILY;COUNT=2\n%s\n"
							  "END:VEVENT\n",
			cases[i].lines);
		g_autoptr(GPtrArray) events = events_of(object);

		g_assert_cmpuint(events->len, ==, 2);
		for (guint j = 0; j < events->len; j++) {
			const Event *event = g_ptr_array_index(events, j);
			g_autofree char *siblings = event->siblings == NULL
							    ? g_strdup("")
							    : g_strjoinv(" ", event->siblings);

			g_assert_cmpstr(siblings, ==, cases[i].siblings);
		}
	}
}

/* A fold may stand between any two characters (RFC 5545, 3.1). What is private and what is
 * cancelled must not become part of the text above it. */
static void test_other_encodings(void)
{
	static const struct {
		const char *line;
		const char *summary;
	} cases[] = {
		{"SUMMARY:Gr\xfc\xdf"
		 "e \x93x\x94 caf\xe9",
			"Grüße “x” café"},
		{"SUMMARY:Grü\xff", "Grü\xef\xbf\xbd"},
		{"SUMMARY:a\x81", "a\xef\xbf\xbd"},
		{"SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=BC=\n=C3=9Fe=0D=0Aan alle",
			"Grüße\nan alle"},
		{"SUMMARY;QUOTED-PRINTABLE:1+1=3D2=", "1+1=2="},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *object =
			g_strdup_printf(EVENT("DTSTART:20260115T090000Z\n%s\n"), cases[i].line);
		g_autoptr(GPtrArray) events = events_of(object);

		g_assert_cmpstr(
			((Event *)g_ptr_array_index(events, 0))->summary, ==, cases[i].summary);
	}
}

static void test_utf_16(void)
{
	static const char text[] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n"
				   "DTSTART:20260115T090000Z\nSUMMARY:Grüße 😀\nEND:VEVENT\n"
				   "END:VCALENDAR\n";

	for (int form = 0; form < 4; form++) {
		bool big_endian = form & 1;
		bool marked = form & 2;
		glong units;
		g_autofree gunichar2 *utf16 = g_utf8_to_utf16(text, -1, NULL, &units, NULL);
		g_autoptr(GString) bytes = g_string_new(NULL);
		IcalOptions options = {.window = {INT64_C(1767225600), INT64_C(1769904000)}};
		g_autoptr(GPtrArray) events = NULL;
		g_autoptr(GPtrArray) problems = NULL;
		g_autoptr(GError) error = NULL;
		g_autofree char *uid = NULL;

		if (marked)
			g_string_append_len(bytes, big_endian ? "\xfe\xff" : "\xff\xfe", 2);
		for (glong i = 0; i < units; i++) {
			char low = (char)(utf16[i] & 0xff);
			char high = (char)(utf16[i] >> 8);

			g_string_append_c(bytes, big_endian ? high : low);
			g_string_append_c(bytes, big_endian ? low : high);
		}
		g_assert_true(
			ical_collect(bytes->str, bytes->len, &options, &events, &problems, &error));
		g_assert_cmpstr(((Event *)g_ptr_array_index(events, 0))->summary, ==, "Grüße 😀");
		uid = ical_find_uid(bytes->str, bytes->len);
		g_assert_cmpstr(uid, ==, "a");
	}
}

static void test_version_1(void)
{
	static const Case cases[] = {
		{"vcalendar-1.0", NULL, JANUARY, NULL,
			"v1_20260105T090000Z 2026-01-05T09:00:00Z..2026-01-05T10:00:00Z\n"
			"v1_20260107T090000Z 2026-01-07T09:00:00Z..2026-01-07T10:00:00Z\n"
			"v1_20260121T090000Z 2026-01-21T09:00:00Z..2026-01-21T10:00:00Z",
			"version 1.0"},
		{"a rule that we do not follow",
			"VERSION:1.0\n" EVENT("DTSTART:20260115T090000Z\nRRULE:D1 0900 1200 #5\n"),
			JANUARY, NULL, AT_NINE "09:00:00Z", "version 1.0"},
		{0},
	};

	run_cases(cases);
}

/* B2: derived from the place where the object lies. */
static void test_without_uid(void)
{
	static const char one[] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260115T090000Z\n"
				  "RRULE:FREQ=DAILY;COUNT=2\nEND:VEVENT\nBEGIN:VEVENT\n"
				  "RECURRENCE-ID:20260116T090000Z\nDTSTART:20260116T110000Z\n"
				  "END:VEVENT\nEND:VCALENDAR\n";
	static const char two[] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260115T090000Z\n"
				  "SUMMARY:x\nEND:VEVENT\nBEGIN:VEVENT\n"
				  "DTSTART:20260115T090000Z\nSUMMARY:y\n"
				  "END:VEVENT\nEND:VCALENDAR\n";
	IcalOptions options = {
		.window = {INT64_C(1767225600), INT64_C(1769904000)}, .name = "1234"};
	g_autoptr(GPtrArray) events = NULL;
	g_autoptr(GPtrArray) others = NULL;
	g_autoptr(GPtrArray) problems = NULL;
	g_autoptr(GPtrArray) other_problems = NULL;
	g_autofree char *got = NULL;

	g_assert_true(ical_collect(one, strlen(one), &options, &events, &problems, NULL));
	got = spell(events);
	g_assert_cmpstr(got, ==,
		"1234_20260115T090000Z 2026-01-15T09:00:00Z..2026-01-15T09:00:00Z\n"
		"1234_20260116T090000Z 2026-01-16T11:00:00Z..2026-01-16T11:00:00Z");
	g_assert_true(ical_collect(two, strlen(two), &options, &others, &other_problems, NULL));
	g_assert_cmpuint(others->len, ==, 2);
	g_assert_cmpstr(((Event *)g_ptr_array_index(others, 0))->uid, !=,
		((Event *)g_ptr_array_index(others, 1))->uid);
	g_assert_cmpuint(problems->len + other_problems->len, ==, 0);
}

static void test_folds_in_names(void)
{
	static const struct {
		const char *lines;
		const char *summary;
		bool is_private;
		EventStatus status;
	} cases[] = {
		{"CLASS\n :PRIVATE\nSTATUS\n :CANCELLED\n", "Plan", true, EVENT_STATUS_CANCELLED},
		{"class\n\t;X=1:Private \nstatus\n\n :cancelled \n", "Plan", true,
			EVENT_STATUS_CANCELLED},
		{"CL\n ASS:CONFIDENTIAL\nSTA\n T\n US\n :TENTATIVE\n", "Plan", true,
			EVENT_STATUS_TENTATIVE},
		{"CLASS;X:PRIVATE\nSTATUS;=:CANCELED\n", "Plan", true, EVENT_STATUS_CANCELLED},
		{"CLASS:PUBLIC\nCLASS:X-MINE\n", "Plan", true, EVENT_STATUS_NONE},
		{"CLASS:Public\n", "Plan", false, EVENT_STATUS_NONE},
		{"CLASS:\n", "Plan", false, EVENT_STATUS_NONE},
		{"agenda\n items: two\n", "Planagendaitems: two", false, EVENT_STATUS_NONE},
		{"agenda\nand\n", "Planagendaand", false, EVENT_STATUS_NONE},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *object = g_strdup_printf(
			EVENT("DTSTART:20260115T090000Z\nSUMMARY\n :Plan\n%s"), cases[i].lines);
		g_autoptr(GPtrArray) events = events_of(object);
		const Event *event = g_ptr_array_index(events, 0);

		g_test_message("%s", cases[i].lines);
		g_assert_cmpstr(event->summary, ==, cases[i].summary);
		g_assert_cmpint(event->is_private, ==, cases[i].is_private);
		g_assert_cmpint(event->status, ==, cases[i].status);
	}
}

static void test_line_ends(void)
{
	static const char *const ends[] = {"\r\n", "\n", "\r", "\r\n\r\n", " \r\n"};

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
		g_auto(GStrv) lines = g_strsplit("\xef\xbb\xbf"
						 "BEGIN:VCALENDAR|BEGIN:VEVENT|UID:a|"
						 "DTSTART:20260115T090000Z|SUMMARY:x\x01y|"
						 "END:VEVENT|END:VCALENDAR|",
			"|", -1);
		g_autofree char *text = g_strjoinv(ends[i], lines);
		IcalOptions options = {.window = {INT64_C(1767225600), INT64_C(1769904000)}};
		g_autoptr(GPtrArray) events = NULL;
		g_autoptr(GPtrArray) problems = NULL;
		g_autoptr(GError) error = NULL;

		g_assert_true(
			ical_collect(text, strlen(text), &options, &events, &problems, &error));
		g_assert_cmpuint(events->len, ==, 1);
		g_assert_true(
			g_str_has_prefix(((Event *)g_ptr_array_index(events, 0))->summary, "xy"));
	}
}

static void test_people(void)
{
	static const struct {
		const char *line;
		const char *email, *name, *status, *cutype, *role;
	} cases[] = {
		{"ATTENDEE;CN=\"Doe, J; x:y\";PARTSTAT=ACCEPTED:MAILTO:J@Example.ORG",
			"j@example.org", "Doe, J; x:y", "accepted", "individual",
			"req-participant"},
		{"ATTENDEE;CN=A ^'B^' ^^ C;ROLE=CHAIR:mailto:a%2Bb@example.org?subject=x",
			"a+b@example.org", "A \"B\" ^ C", "needsAction", "individual", "chair"},
		{"ATTENDEE;EMAIL=E@example.org;PARTSTAT=X-MAYBE:/123/principal/", "e@example.org",
			NULL, "needsAction", "individual", "req-participant"},
		{"ATTENDEE;CUTYPE=ROOM;ROLE=NON-PARTICIPANT:mailto:mailto:room@example.org",
			"room@example.org", NULL, "needsAction", "room", "non-participant"},
		{"ATTENDEE;CN=\"stray;PARTSTAT=DECLINED:mailto:s@example.org", "s@example.org",
			"stray", "declined", "individual", "req-participant"},
		{"ATTENDEE:bare@example.org", "bare@example.org", NULL, "needsAction", "individual",
			"req-participant"},
		{"ATTENDEE;CN=Last@Example.org:invalid:nomail", "last@example.org",
			"Last@Example.org", "needsAction", "individual", "req-participant"},
		{"ATTENDEE;CN=Last@Example.org;EMAIL=e@example.org:urn:uuid:1", "e@example.org",
			"Last@Example.org", "needsAction", "individual", "req-participant"},
		{"ATTENDEE;CN=Angle:mailto:\"Angle\" <A@b.example>", "a@b.example", "Angle",
			"needsAction", "individual", "req-participant"},
		{"ATTENDEE;ROLE=CHAIR:Jane Doe <jane@b.example>", "jane@b.example", NULL,
			"needsAction", "individual", "chair"},
		{"ATTENDEE;CN=User\\, Test:mailto:u@b.example", "u@b.example", "User, Test",
			"needsAction", "individual", "req-participant"},
		{"ATTENDEE;CN=\"DOM\\user\":mailto:u@b.example", "u@b.example", "DOM\\user",
			"needsAction", "individual", "req-participant"},
		{"ATTENDEE;CN=X:urn:uuid:1-2", NULL, "X", "needsAction", "individual",
			"req-participant"},
		{"ATTENDEE;CN=Y:/o=ExchangeLabs/cn=y", NULL, "Y", "needsAction", "individual",
			"req-participant"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *object =
			g_strdup_printf(EVENT("DTSTART:20260115T090000Z\n%s\n"), cases[i].line);
		g_autoptr(GPtrArray) events = events_of(object);
		cJSON *json = event_to_json(g_ptr_array_index(events, 0));
		const cJSON *person = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "attendees"), 0);

#define FIELD(name) cJSON_GetStringValue(cJSON_GetObjectItem(person, name))
		g_test_message("%s", cases[i].line);
		g_assert_cmpstr(FIELD("email"), ==, cases[i].email);
		g_assert_cmpstr(FIELD("name"), ==, cases[i].name);
		g_assert_cmpstr(FIELD("status"), ==, cases[i].status);
		g_assert_cmpstr(FIELD("cutype"), ==, cases[i].cutype);
		g_assert_cmpstr(FIELD("role"), ==, cases[i].role);
#undef FIELD
		cJSON_Delete(json);
	}
}

static void test_owner(void)
{
	g_autoptr(GPtrArray) events =
		events_of(EVENT("DTSTART:20260115T090000Z\nATTENDEE:mailto:me@example.org\n"
				"ATTENDEE;PARTSTAT=DECLINED:mailto:ME@example.org\n"));
	const Event *event = g_ptr_array_index(events, 0);
	const Attendee *attendee = g_ptr_array_index(event->attendees, 0);

	g_assert_cmpuint(event->attendees->len, ==, 1);
	g_assert_true(attendee->is_self);
	g_assert_cmpint(attendee->status, ==, ATTENDEE_DECLINED);
	g_assert_nonnull(strstr(event->raw_json, "\"owner_status\":\"declined\""));
}

static void test_meeting_url(void)
{
	static const struct {
		const char *lines;
		const char *url;
	} cases[] = {
		{"URL:https://zoom.us/j/1234567890\n"
		 "X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij\n",
			"https://meet.google.com/abc-defg-hij"},
		{"X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.example.org/1\n"
		 "CONFERENCE;VALUE=URI;FEATURE=AUDIO:https://tel.example.org/\n"
		 "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:https://conf.example.org/a,b\n",
			"https://conf.example.org/a,b"},
		{"X-GOOGLE-CONFERENCE:tel:123\n"
		 "X-MICROSOFT-ONLINEMEETINGCONFLINK:https://lync.example.org/x,y\n",
			"https://lync.example.org/x,y"},
		{"LOCATION:Room 1\nDESCRIPTION:at https://zoom.us/j/1234567890\\n\n",
			"https://zoom.us/j/1234567890"},
		{"URL:https://example.org/agenda\n", NULL},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *object =
			g_strdup_printf(EVENT("DTSTART:20260115T090000Z\n%s"), cases[i].lines);
		g_autoptr(GPtrArray) events = events_of(object);

		g_assert_cmpstr(
			((Event *)g_ptr_array_index(events, 0))->meeting_url, ==, cases[i].url);
	}
}

static void test_large(void)
{
	g_autoptr(GString) object = g_string_new("BEGIN:VEVENT\nUID:a\nATTACH;ENCODING=BASE64:");
	g_autoptr(GPtrArray) events = NULL;

	for (int i = 0; i < 400000; i++)
		g_string_append(object, "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGk=\n ");
	g_string_append(object, "\nDTSTART:20260115T090000Z\nDESCRIPTION:");
	for (int i = 0; i < 100000; i++)
		g_string_append(object, "\xc3\xa4");
	g_string_append(object, "\nEND:VEVENT\n");
	events = events_of(object->str);
	g_assert_cmpuint(events->len, ==, 1);
	g_assert_cmpuint(strlen(((Event *)g_ptr_array_index(events, 0))->raw_json), <, 16384);
	g_assert_true(g_utf8_validate(((Event *)g_ptr_array_index(events, 0))->raw_json, -1, NULL));
}

static bool ignore_event(void *data, Event *take_event, GError **error)
{
	(void)data;
	(void)error;
	event_free(take_event);
	return true;
}

static void test_last_end(void)
{
	static const struct {
		const char *lines;
		int64_t least, most;
	} cases[] = {
		{"DTSTART:20260115T090000Z\nDURATION:PT1H\n", 1768471200, 1768471200},
		{"DTSTART:20260115T090000Z\nRRULE:FREQ=DAILY\n", G_MAXINT64, G_MAXINT64},
		{"DTSTART:20260115T090000Z\nRRULE:FREQ=DAILY;COUNT=11\n", 1769331600, 1769731600},
		{"DTSTART:20260115T090000Z\nRRULE:FREQ=DAILY;UNTIL=20260125T090000Z\n", 1769331600,
			1769731600},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *object = g_strdup_printf(
			"BEGIN:VCALENDAR\n" EVENT("%s") "END:VCALENDAR\n", cases[i].lines);
		IcalOptions options = {.window = {0, 1}};
		IcalSink sink = {.event = ignore_event};
		int64_t end = 0;
		g_autoptr(GError) error = NULL;

		g_assert_true(ical_expand(object, strlen(object), &options, &sink, &end, &error));
		g_assert_cmpint(end, >=, cases[i].least);
		g_assert_cmpint(end, <=, cases[i].most);
	}
}

/* An object with so many occurrences, a minute apart, `now` in the middle of them. */
static void collect_minutes(guint count, GPtrArray **ret_events, GPtrArray **ret_problems)
{
	g_autofree char *object = g_strdup_printf(
		"BEGIN:VCALENDAR\n" EVENT("DTSTART:20260101T000000Z\nRRULE:FREQ=MINUTELY;COUNT="
					  "%u\n") "END:VCALENDAR\n",
		count);
	g_autoptr(GError) error = NULL;
	const IcalOptions options = {
		.window = {instant("2025-12-01T00:00:00Z"), instant("2026-04-01T00:00:00Z")},
		.now_utc = instant("2026-01-01T00:00:00Z") + (int64_t)count * 30,
	};

	g_assert_true(
		ical_collect(object, strlen(object), &options, ret_events, ret_problems, &error));
	for (guint i = 0; i < (*ret_events)->len; i++) {
		const Event *event = g_ptr_array_index(*ret_events, i);

		g_assert_cmpint(ABS(event->start_utc - options.now_utc), <=,
			(LIMIT_SERIES_EVENTS + 1) * 30);
	}
}

static void test_of_too_many_the_nearest_are_kept(void)
{
	static const guint counts[] = {LIMIT_SERIES_EVENTS, LIMIT_SERIES_EVENTS + 1, 100000};

	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
		g_autoptr(GPtrArray) events = NULL;
		g_autoptr(GPtrArray) problems = NULL;
		const IcalProblem *problem;

		collect_minutes(counts[i], &events, &problems);
		g_assert_cmpuint(events->len, ==, LIMIT_SERIES_EVENTS);
		g_assert_cmpuint(problems->len, ==, counts[i] > LIMIT_SERIES_EVENTS ? 1 : 0);
		if (problems->len == 0)
			continue;
		problem = g_ptr_array_index(problems, 0);
		g_assert_true(problem->skipped);
		g_assert_cmpstr(problem->uid, ==, "a");
		g_assert_nonnull(strstr(problem->text, "the 5000 nearest to now are kept"));
	}
}

/* Of an event with so many attendees. Caller frees. */
static char *crowded(guint attendees)
{
	g_autoptr(GString) text =
		g_string_new("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20260115T100000Z\n");

	for (guint i = 0; i < attendees; i++)
		g_string_append_printf(text, "ATTENDEE;CN=Guest:mailto:g%u@example.org\n", i);
	g_string_append(text, "END:VEVENT\nEND:VCALENDAR\n");
	return g_strdup(text->str);
}

static void test_of_too_many_attendees_the_first_are_kept(void)
{
	static const guint counts[] = {
		LIMIT_EVENT_ATTENDEES, LIMIT_EVENT_ATTENDEES + 1, 20 * LIMIT_EVENT_ATTENDEES};
	const IcalOptions options = {.window = {INT64_C(1767225600), INT64_C(1769904000)}};

	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
		g_autofree char *text = crowded(counts[i]);
		g_autofree char *note = g_strdup_printf(
			"it names %u attendees; the first 2000 are kept", counts[i]);
		g_autoptr(GPtrArray) events = NULL;
		g_autoptr(GPtrArray) problems = NULL;
		g_autoptr(GError) error = NULL;
		const IcalProblem *problem;

		g_assert_true(
			ical_collect(text, strlen(text), &options, &events, &problems, &error));
		g_assert_cmpuint(events->len, ==, 1);
		g_assert_cmpuint(((const Event *)g_ptr_array_index(events, 0))->attendees->len, ==,
			LIMIT_EVENT_ATTENDEES);
		g_assert_cmpuint(problems->len, ==, counts[i] > LIMIT_EVENT_ATTENDEES ? 1 : 0);
		if (problems->len == 0)
			continue;
		problem = g_ptr_array_index(problems, 0);
		g_assert_false(problem->skipped);
		g_assert_nonnull(strstr(problem->text, note));
	}
}

/* As many as an object may have in all its events, and one more. */
static void test_of_too_many_attendees_in_an_object_the_first_are_kept(void)
{
	enum { EVENTS = LIMIT_OBJECT_ATTENDEES / LIMIT_EVENT_ATTENDEES };
	const IcalOptions options = {.window = {INT64_C(1767225600), INT64_C(1769904000)}};
	g_autoptr(GString) text = g_string_new("BEGIN:VCALENDAR\n");

	G_STATIC_ASSERT(LIMIT_OBJECT_ATTENDEES % LIMIT_EVENT_ATTENDEES == 0);
	for (guint i = 0; i <= EVENTS; i++) {
		g_string_append_printf(
			text, "BEGIN:VEVENT\nUID:a%u\nDTSTART:20260115T100000Z\n", i);
		for (guint guest = 0; guest < (i < EVENTS ? LIMIT_EVENT_ATTENDEES : 1); guest++)
			g_string_append_printf(text, "ATTENDEE:mailto:g%u@example.org\n", guest);
		g_string_append(text, "END:VEVENT\n");
	}
	g_string_append(text, "END:VCALENDAR\n");
	{
		g_autoptr(GPtrArray) events = NULL;
		g_autoptr(GPtrArray) problems = NULL;
		g_autoptr(GError) error = NULL;

		g_assert_true(
			ical_collect(text->str, text->len, &options, &events, &problems, &error));
		g_assert_cmpuint(events->len, ==, EVENTS + 1);
		for (guint i = 0; i <= EVENTS; i++) {
			const Event *event = g_ptr_array_index(events, i);

			g_assert_cmpuint(event->attendees->len, ==,
				g_str_equal(event->uid, "a50") ? 0 : LIMIT_EVENT_ATTENDEES);
		}
		g_assert_cmpuint(problems->len, ==, 1);
		g_assert_cmpstr(
			((const IcalProblem *)g_ptr_array_index(problems, 0))->uid, ==, "a50");
	}
}

static void test_find_uid(void)
{
	static const char text[] = "BEGIN:VCALENDAR\nUID:calendar\nBEGIN:VEVENT\nUID;X=1: b\n";
	g_autofree char *uid = ical_find_uid(text, strlen(text));
	g_autofree char *none = ical_find_uid("<html>", 6);

	g_assert_cmpstr(uid, ==, "b");
	g_assert_null(none);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/event/ical/zones", test_zones);
	g_test_add_func("/event/ical/lengths", test_lengths);
	g_test_add_func("/event/ical/recurrence-sets", test_sets);
	g_test_add_func("/event/ical/overrides", test_overrides);
	g_test_add_func("/event/ical/what-refers-to-a-series-is-in-its-zone",
		test_times_that_refer_to_a_series);
	g_test_add_func("/event/ical/a-place-beats-its-definition", test_definitions);
	g_test_add_func("/event/ical/whole-days-in-local-midnights", test_whole_days);
	g_test_add_func("/event/ical/folds-in-names", test_folds_in_names);
	g_test_add_func("/event/ical/other-encodings", test_other_encodings);
	g_test_add_func("/event/ical/utf-16", test_utf_16);
	g_test_add_func("/event/ical/vcalendar-1.0", test_version_1);
	g_test_add_func("/event/ical/named-by-their-object", test_without_uid);
	g_test_add_func("/event/ical/bad-events-are-skipped-with-a-reason", test_skipped);
	g_test_add_func("/event/ical/what-is-no-calendar-is-refused", test_refused);
	g_test_add_func("/event/ical/texts-are-the-event's-own", test_texts);
	g_test_add_func("/event/ical/any-line-end-will-do", test_line_ends);
	g_test_add_func("/event/ical/people", test_people);
	g_test_add_func("/event/ical/owner-is-recognised-once", test_owner);
	g_test_add_func("/event/ical/meeting-link-order", test_meeting_url);
	g_test_add_func("/event/ical/attachments-and-long-texts-stay-small", test_large);
	g_test_add_func("/event/ical/last-end", test_last_end);
	g_test_add_func("/event/ical/siblings", test_siblings);
	g_test_add_func("/event/ical/of-too-many-the-nearest-are-kept",
		test_of_too_many_the_nearest_are_kept);
	g_test_add_func("/event/ical/of-too-many-attendees-the-first-are-kept",
		test_of_too_many_attendees_the_first_are_kept);
	g_test_add_func("/event/ical/of-too-many-attendees-in-an-object-the-first-are-kept",
		test_of_too_many_attendees_in_an_object_the_first_are_kept);
	g_test_add_func("/event/ical/uid-of-a-damaged-object", test_find_uid);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of Google's event objects. JSON is written with ' for ". */
#include "provider/google_item.h"

#include <string.h>

/* 2026-01-01 and 2026-02-01, midnight in Amsterdam. */
#define FROM_UTC INT64_C(1767222000)
#define TO_UTC INT64_C(1769900400)

#define TIMES                                                                                      \
	"'start':{'dateTime':'2026-01-15T10:00:00+01:00'},"                                        \
	"'end':{'dateTime':'2026-01-15T11:00:00+01:00'}"
/* 2026-01-15 09:00:00 UTC. */
#define START_UTC INT64_C(1768467600)

static GoogleItemKind read_item(const char *quoted, Event **ret_event)
{
	g_autoptr(GTimeZone) site = g_time_zone_new_identifier("Europe/Amsterdam");
	g_autoptr(GTimeZone) calendar = g_time_zone_new_identifier("America/New_York");
	const GoogleItemContext context = {
		{FROM_UTC, TO_UTC}, site, calendar, true, COPY_OF_ACCOUNT, NULL};
	const char *note;
	g_autofree char *json = g_strdelimit(g_strdup(quoted), "'", '"');
	g_autoptr(JsonValue) item = json_parse_object(json, strlen(json));

	g_assert_nonnull(item);
	return google_item_read(item, &context, ret_event, &note);
}

/* An item with an id, usual times and these members. */
static Event *read_event(const char *members)
{
	g_autofree char *json = g_strconcat("{'id':'a'," TIMES, members, "}", NULL);
	Event *event = NULL;

	g_assert_cmpint(read_item(json, &event), ==, GOOGLE_ITEM_EVENT);
	return event;
}

static const struct {
	const char *name;
	const char *times;
	GoogleItemKind kind;
	int64_t start_utc, end_utc; /* timed */
	const char *days;           /* all-day: "first end" */
} time_cases[] = {
	{"offset", TIMES, GOOGLE_ITEM_EVENT, START_UTC, START_UTC + 3600, NULL},
	{"utc",
		"'start':{'dateTime':'2026-01-15T09:00:00Z'},"
		"'end':{'dateTime':'2026-01-15T09:30:00.000Z'}",
		GOOGLE_ITEM_EVENT, START_UTC, START_UTC + 1800, NULL},
	{"no-offset-but-a-zone",
		"'start':{'dateTime':'2026-01-15T10:00:00','timeZone':'Europe/Amsterdam'},"
		"'end':{'dateTime':'2026-01-15T10:00:00','timeZone':'Europe/London'}",
		GOOGLE_ITEM_EVENT, START_UTC, START_UTC + 3600, NULL},
	{"no-offset-and-no-zone-is-the-calendars",
		"'start':{'dateTime':'2026-01-15T04:00:00'},'end':{'dateTime':'2026-01-15T05:00:00'"
		"}",
		GOOGLE_ITEM_EVENT, START_UTC, START_UTC + 3600, NULL},
	{"end-unspecified", "'endTimeUnspecified':true," TIMES, GOOGLE_ITEM_EVENT, START_UTC,
		START_UTC, NULL},
	{"no-end", "'start':{'dateTime':'2026-01-15T09:00:00Z'}", GOOGLE_ITEM_EVENT, START_UTC,
		START_UTC, NULL},
	{"end-before-start",
		"'start':{'dateTime':'2026-01-15T09:00:00Z'},"
		"'end':{'dateTime':'2026-01-15T08:00:00Z'}",
		GOOGLE_ITEM_EVENT, START_UTC, START_UTC, NULL},
	{"end-of-another-kind",
		"'start':{'dateTime':'2026-01-15T09:00:00Z'},'end':{'date':'2026-01-16'}",
		GOOGLE_ITEM_EVENT, START_UTC, START_UTC, NULL},
	{"one-day", "'start':{'date':'2026-01-31'},'end':{'date':'2026-02-01'}", GOOGLE_ITEM_EVENT,
		0, 0, "2026-01-31 2026-02-01"},
	{"five-days", "'start':{'date':'2026-01-10'},'end':{'date':'2026-01-15'}",
		GOOGLE_ITEM_EVENT, 0, 0, "2026-01-10 2026-01-15"},
	{"day-without-end", "'start':{'date':'2026-01-31'}", GOOGLE_ITEM_EVENT, 0, 0,
		"2026-01-31 2026-02-01"},
	{"day-that-ends-at-once", "'start':{'date':'2026-01-10'},'end':{'date':'2026-01-10'}",
		GOOGLE_ITEM_EVENT, 0, 0, "2026-01-10 2026-01-11"},
	{"ends-where-the-window-begins",
		"'start':{'date':'2025-12-31'},'end':{'date':'2026-01-01'}", GOOGLE_ITEM_OUTSIDE, 0,
		0, NULL},
	{"begins-where-the-window-ends", "'start':{'date':'2026-02-01'}", GOOGLE_ITEM_OUTSIDE, 0, 0,
		NULL},
	{"reaches-into-the-window",
		"'start':{'dateTime':'2025-12-31T22:00:00Z'},"
		"'end':{'dateTime':'2025-12-31T23:00:01Z'}",
		GOOGLE_ITEM_EVENT, FROM_UTC - 3600, FROM_UTC + 1, NULL},
	{"decades-ahead", "'start':{'dateTime':'2066-01-15T09:00:00Z'}", GOOGLE_ITEM_OUTSIDE, 0, 0,
		NULL},
	{"no-start", "'end':{'date':'2026-01-16'}", GOOGLE_ITEM_UNREADABLE, 0, 0, NULL},
	{"empty-start", "'start':{}", GOOGLE_ITEM_UNREADABLE, 0, 0, NULL},
	{"no-such-day", "'start':{'date':'2026-02-30'}", GOOGLE_ITEM_UNREADABLE, 0, 0, NULL},
	{"no-such-hour", "'start':{'dateTime':'2026-01-15T25:00:00Z'}", GOOGLE_ITEM_UNREADABLE, 0,
		0, NULL},
	{"start-is-a-list", "'start':['2026-01-15']", GOOGLE_ITEM_UNREADABLE, 0, 0, NULL},
};

static void test_times(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autofree char *json = g_strconcat("{'id':'a',", time_cases[i].times, "}", NULL);
	g_autoptr(Event) event = NULL;
	g_autofree char *days = NULL;

	g_assert_cmpint(read_item(json, &event), ==, time_cases[i].kind);
	if (event == NULL)
		return;
	g_assert_true(event->all_day == (time_cases[i].days != NULL));
	if (!event->all_day) {
		g_assert_cmpint(event->start_utc, ==, time_cases[i].start_utc);
		g_assert_cmpint(event->end_utc, ==, time_cases[i].end_utc);
		return;
	}
	days = g_strdup_printf("%04d-%02d-%02d %04d-%02d-%02d", event->start_date.year,
		event->start_date.month, event->start_date.day, event->end_date.year,
		event->end_date.month, event->end_date.day);
	g_assert_cmpstr(days, ==, time_cases[i].days);
}

static void test_ids(void)
{
	g_autoptr(Event) single = read_event(",'iCalUID':'u@google.com'");
	g_autoptr(Event) bare = read_event("");
	g_autoptr(Event) instance =
		read_event(",'iCalUID':'u@google.com','recurringEventId':'s',"
			   "'originalStartTime':{'dateTime':'2026-01-14T10:00:00+01:00'}");
	g_autoptr(Event) day = read_event(",'recurringEventId':'s','originalStartTime':{'date':"
					  "'2026-01-14'}");

	g_assert_cmpstr(single->event_uid, ==, "a");
	g_assert_cmpstr(single->uid, ==, "u@google.com");
	g_assert_null(single->recurrence_id);
	g_assert_cmpstr(bare->uid, ==, "a");
	g_assert_cmpstr(instance->event_uid, ==, "a");
	g_assert_cmpstr(instance->recurrence_id, ==, "20260114T090000Z");
	g_assert_cmpstr(day->recurrence_id, ==, "20260114");
}

static void test_cancelled_needs_only_its_id(void)
{
	Event *none = NULL;

	g_assert_cmpint(read_item("{'id':'a_20660115','status':'cancelled'}", &none), ==,
		GOOGLE_ITEM_CANCELLED);
	g_assert_cmpint(read_item("{'status':'cancelled'}", &none), ==, GOOGLE_ITEM_UNREADABLE);
	g_assert_cmpint(read_item("{'id':7," TIMES "}", &none), ==, GOOGLE_ITEM_UNREADABLE);
	g_assert_null(none);
}

static void test_types(void)
{
	static const struct {
		const char *type;
		GoogleItemKind kind;
	} cases[] = {
		{"default", GOOGLE_ITEM_EVENT},
		{"fromGmail", GOOGLE_ITEM_EVENT},
		{"outOfOffice", GOOGLE_ITEM_NO_MEETING},
		{"focusTime", GOOGLE_ITEM_NO_MEETING},
		{"workingLocation", GOOGLE_ITEM_NO_MEETING},
		{"birthday", GOOGLE_ITEM_NO_MEETING},
		{"somethingNew", GOOGLE_ITEM_NO_MEETING},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *json =
			g_strdup_printf("{'id':'a','eventType':'%s'," TIMES "}", cases[i].type);
		g_autoptr(Event) event = NULL;

		g_assert_cmpint(read_item(json, &event), ==, cases[i].kind);
	}
}

static void test_texts(void)
{
	g_autoptr(Event) event =
		read_event(",'summary':'Lunch','description':'<b>x</"
			   "b>','location':'Room','status':'tentative',"
			   "'htmlLink':'https://www.google.com/x','visibility':'confidential',"
			   "'transparency':'transparent'");
	g_autoptr(Event) bare = read_event(",'summary':'','htmlLink':'javascript:alert(1)'");

	g_assert_cmpstr(event->summary, ==, "Lunch");
	g_assert_cmpstr(event->description, ==, "<b>x</b>");
	g_assert_cmpstr(event->location, ==, "Room");
	g_assert_cmpstr(event->html_link, ==, "https://www.google.com/x");
	g_assert_cmpint(event->status, ==, EVENT_STATUS_TENTATIVE);
	g_assert_true(event->is_private);
	g_assert_true(event->is_transparent);
	g_assert_null(bare->summary);
	g_assert_null(bare->html_link);
	g_assert_false(bare->is_private);
	g_assert_false(bare->is_transparent);
}

static const struct {
	const char *name;
	const char *members;
	const char *link;
} link_cases[] = {
	{"hangout-first",
		",'hangoutLink':'https://meet.google.com/a','conferenceData':{'entryPoints':["
		"{'entryPointType':'video','uri':'https://zoom.us/j/1'}]}",
		"https://meet.google.com/a"},
	{"video-entry-point",
		",'location':'https://zoom.us/j/"
		"2','conferenceData':{'entryPoints':[{'entryPointType':"
		"'phone','uri':'tel:1'},{'entryPointType':'video','uri':'https://x.example/1'}]}",
		"https://x.example/1"},
	{"not-http", ",'hangoutLink':'javascript:1','location':'at https://zoom.us/j/2'",
		"https://zoom.us/j/2"},
	{"location-before-description",
		",'description':'https://zoom.us/j/3','location':'https://zoom.us/j/2'",
		"https://zoom.us/j/2"},
	{"description", ",'description':'<a href=https://zoom.us/j/3>x</a>'",
		"https://zoom.us/j/3"},
	{"odd-conference", ",'conferenceData':{'entryPoints':'video'}", NULL},
};

static void test_links(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(Event) event = read_event(link_cases[i].members);

	g_assert_cmpstr(event->meeting_url, ==, link_cases[i].link);
}

static const Attendee *guest(const Event *event, unsigned index)
{
	g_assert_cmpuint(index, <, event->attendees->len);
	return g_ptr_array_index(event->attendees, index);
}

static void test_people(void)
{
	g_autoptr(Event) event = read_event(
		",'organizer':{'email':'x1@group.calendar.google.com','displayName':'Team'},"
		"'attendees':[{'email':'Anna@Example.org','self':true,'responseStatus':'declined'},"
		"{'email':'r@resource.calendar.google.com','displayName':'Room'},"
		"{'email':'r2@example.org','resource':true},{'email':'105551234','displayName':'Id'"
		"},"
		"{'displayName':'Nameless'},{},'odd',{'email':'t@x.org','responseStatus':'new'}]");
	g_autoptr(Event) solo = read_event(",'organizer':{'email':'anna@x.org','self':true}");
	g_autoptr(Event) odd = read_event(",'organizer':'me','attendees':{'email':'a@x.org'}");

	g_assert_cmpint(event->organizer->kind, ==, ATTENDEE_GROUP);
	g_assert_cmpuint(event->attendees->len, ==, 6);
	g_assert_cmpstr(guest(event, 0)->email, ==, "anna@example.org");
	g_assert_true(guest(event, 0)->is_self);
	g_assert_cmpint(guest(event, 0)->status, ==, ATTENDEE_DECLINED);
	g_assert_cmpint(guest(event, 1)->kind, ==, ATTENDEE_RESOURCE);
	g_assert_cmpint(guest(event, 2)->kind, ==, ATTENDEE_RESOURCE);
	g_assert_null(guest(event, 3)->email);
	g_assert_cmpstr(guest(event, 3)->name, ==, "Id");
	g_assert_cmpstr(guest(event, 4)->name, ==, "Nameless");
	g_assert_cmpint(guest(event, 5)->status, ==, ATTENDEE_NEEDS_ACTION);
	g_assert_cmpuint(solo->attendees->len, ==, 0);
	g_assert_true(solo->organizer->is_self);
	g_assert_null(odd->organizer);
	g_assert_cmpuint(odd->attendees->len, ==, 0);
}

/* Invited twice, in different case: one guest, with the answer that was given. */
static void test_guests_are_told_apart_without_case(void)
{
	g_autoptr(Event) event = read_event(
		",'attendees':[{'email':'Ana@example.org','self':true},"
		"{'email':'ana@Example.org','responseStatus':'accepted'},{'displayName':'Bo'},"
		"{'displayName':'Bo'}]");
	const Attendee *ana = guest(event, 0);

	g_assert_cmpuint(event->attendees->len, ==, 3);
	g_assert_cmpstr(ana->email, ==, "ana@example.org");
	g_assert_cmpint(ana->status, ==, ATTENDEE_ACCEPTED);
	g_assert_true(ana->is_self);
}

static void test_guests_left_out_are_told(void)
{
	g_autoptr(Event) all = read_event(",'attendees':[{'email':'a@x.org'}]");
	g_autoptr(Event) some =
		read_event(",'attendees':[{'email':'a@x.org'}],'attendeesOmitted':true");

	g_assert_false(all->attendees_incomplete);
	g_assert_true(some->attendees_incomplete);
}

static void test_unknown_organizer_is_nobody(void)
{
	g_autoptr(Event) event =
		read_event(",'organizer':{'email':'unknownorganizer@calendar.google.com'}");

	g_assert_cmpint(event->organizer->kind, ==, ATTENDEE_GROUP);
}

/* What auto-logging reads back must outlive every cut. */
static void assert_raw(const Event *event)
{
	g_autoptr(JsonValue) raw = json_parse_object(event->raw_json, strlen(event->raw_json));
	const cJSON *owner = cJSON_GetArrayItem(json_member(raw, "attendees"), 0);

	g_assert_cmpuint(strlen(event->raw_json), <=, 16384);
	g_assert_cmpstr(json_string(raw, "iCalUID"), ==, "u");
	g_assert_cmpstr(json_string(raw, "visibility"), ==, "private");
	g_assert_cmpstr(json_string(owner, "responseStatus"), ==, "declined");
}

static void test_raw_is_bounded(void)
{
	static const char *const long_members[] = {"note", "description", "summary", "location"};
	g_autofree char *x = g_strnfill(20000, 'x');

	for (size_t i = 0; i < G_N_ELEMENTS(long_members); i++) {
		g_autofree char *members = g_strdup_printf(
			",'iCalUID':'u','visibility':'private','attendees':[{'email':'a@x.org',"
			"'self':true,'responseStatus':'declined'}],'%s':'%s'",
			long_members[i], i == 0 ? "short" : x);
		g_autoptr(Event) event = read_event(members);

		assert_raw(event);
	}
}

static void test_raw_of_a_crowd_keeps_the_owner(void)
{
	g_autoptr(GString) members = g_string_new(",'iCalUID':'u','visibility':'private',"
						  "'attendees':[");
	g_autoptr(Event) event = NULL;

	for (int i = 0; i < 500; i++)
		g_string_append_printf(members,
			"{'email':'guest%d@example.org','displayName':"
			"'A name of some length'},",
			i);
	g_string_append(members, "{'email':'a@x.org','self':true,'responseStatus':'declined'}]");
	event = read_event(members->str);
	g_assert_cmpuint(event->attendees->len, ==, 501);
	assert_raw(event);
}

static void test_raw_that_cannot_be_cut_is_left_out(void)
{
	g_autofree char *x = g_strnfill(20000, 'x');
	g_autofree char *members =
		g_strdup_printf(",'attendees':[{'email':'a@x.org','self':true,'comment':'%s'}]", x);
	g_autoptr(Event) event = read_event(members);

	g_assert_null(event->raw_json);
	g_assert_true(guest(event, 0)->is_self);
}

/* A zone that nobody knows counts where it is needed alone. */
static void test_a_zone_that_nobody_knows_is_told(void)
{
	static const struct {
		const char *start;
		bool has_calendar_zone;
		bool is_told;
	} cases[] = {
		{"'dateTime':'2026-01-15T10:00:00','timeZone':'Mars/Phobos'", true, true},
		{"'dateTime':'2026-01-15T10:00:00','timeZone':'Mars/Phobos'", false, true},
		{"'dateTime':'2026-01-15T10:00:00'", false, true},
		{"'dateTime':'2026-01-15 10:00:00'", false, true},
		{"'dateTime':'2026-01-15T10:00:00'", true, false},
		{"'dateTime':'2026-01-15T10:00:00','timeZone':'US/Eastern'", false, false},
		{"'dateTime':'2026-01-15T10:00:00','timeZone':'Asia/Calcutta'", false, false},
		{"'dateTime':'2026-01-15T10:00:00-05:00','timeZone':'Mars/Phobos'", true, false},
		{"'dateTime':'2026-01-15T10:00:00+0100','timeZone':'Mars/Phobos'", true, false},
		{"'dateTime':'2026-01-15T10:00:00Z','timeZone':'Mars/Phobos'", false, false},
		{"'date':'2026-01-15','timeZone':'Mars/Phobos'", false, false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GTimeZone) site = g_time_zone_new_identifier("Europe/Amsterdam");
		const GoogleItemContext context = {{FROM_UTC, TO_UTC}, site, site,
			cases[i].has_calendar_zone, COPY_OF_ACCOUNT, NULL};
		g_autofree char *json =
			g_strdup_printf("{\"id\":\"a\",\"start\":{%s}}", cases[i].start);
		g_autoptr(JsonValue) item = NULL;
		g_autoptr(Event) event = NULL;
		const char *note = NULL;

		g_test_message("%s", json);
		g_strdelimit(json, "'", '"');
		item = json_parse_object(json, strlen(json));
		g_assert_cmpint(
			google_item_read(item, &context, &event, &note), ==, GOOGLE_ITEM_EVENT);
		g_assert_true((note != NULL) == cases[i].is_told);
		g_assert_true(note == NULL || strstr(note, "its time zone is unknown") != NULL);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/provider/google-item/a-zone-that-nobody-knows-is-told",
		test_a_zone_that_nobody_knows_is_told);
	for (size_t i = 0; i < G_N_ELEMENTS(time_cases); i++) {
		g_autofree char *path =
			g_strconcat("/provider/google_item/times/", time_cases[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_times);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(link_cases); i++) {
		g_autofree char *path =
			g_strconcat("/provider/google_item/links/", link_cases[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_links);
	}
	g_test_add_func("/provider/google_item/ids", test_ids);
	g_test_add_func("/provider/google_item/cancelled-needs-only-its-id",
		test_cancelled_needs_only_its_id);
	g_test_add_func("/provider/google_item/types", test_types);
	g_test_add_func("/provider/google_item/texts", test_texts);
	g_test_add_func("/provider/google_item/people", test_people);
	g_test_add_func("/provider/google_item/guests-are-told-apart-without-case",
		test_guests_are_told_apart_without_case);
	g_test_add_func(
		"/provider/google_item/guests-left-out-are-told", test_guests_left_out_are_told);
	g_test_add_func("/provider/google_item/unknown-organizer-is-nobody",
		test_unknown_organizer_is_nobody);
	g_test_add_func("/provider/google_item/raw-is-bounded", test_raw_is_bounded);
	g_test_add_func("/provider/google_item/raw-of-a-crowd-keeps-the-owner",
		test_raw_of_a_crowd_keeps_the_owner);
	g_test_add_func("/provider/google_item/raw-that-cannot-be-cut-is-left-out",
		test_raw_that_cannot_be_cut_is_left_out);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CalDAV provider against what well-behaved servers never do: a script of requests that must
 * come, in this order, and what each is answered. */
#include <string.h>

#include "../support/collecting_sink.h"
#include "../support/dav_script.h"
#include "provider/providers.h"

typedef struct {
	const char *name;
	Step steps[MAX_STEPS];
	const char *events; /* event uids, in order, by blanks */
	const char *end;    /* what end_calendar() must say: "complete" or a part of the reason */
	const char *unreadables; /* by blanks */
} SyncCase;

static const SyncCase sync_cases[] = {
	{.name = "all-at-once",
		.steps = {PROBE, LISTING(MEMBER("/c/a.ics") MEMBER("/c/b.ics")),
			MULTIGET("<D:href>/c/a.ics</D:href><D:href>/c/b.ics</D:href>",
				OBJECT("/c/a.ics", "a") OBJECT("/c/b.ics", "b"))},
		.events = "a b",
		.end = "complete"},
	{.name = "no-members", .steps = {PROBE, LISTING("")}, .end = "complete"},
	{.name = "answers-in-any-order-twice-and-unasked",
		.steps = {PROBE, LISTING(MEMBER("/c/a") MEMBER("/c/b")),
			MULTIGET("multiget",
				OBJECT("/c/b", "b") OBJECT("/c/other", "x") OBJECT("/c/a", "a")
					OBJECT("/c/b", "y") CALENDAR("/c/", "Work"))},
		.events = "a b",
		.end = "complete"},
	{.name = "404-twice-is-deleted",
		.steps = {PROBE, LISTING(MEMBER("/c/a") MEMBER("/c/b")),
			MULTIGET("multiget", GONE("/c/a") OBJECT("/c/b", "b")),
			GET_FAILS("/c/a", 404)},
		.events = "b",
		.end = "complete"},
	{.name = "404-for-what-was-just-listed-is-not-believed-at-once",
		.steps = {PROBE, LISTING(MEMBER("/c/a") MEMBER("/c/b")),
			MULTIGET("multiget", GONE("/c/a") GONE("/c/b")), GET("/c/a", "a"),
			GET("/c/b", "b")},
		.events = "a b",
		.end = "complete"},
	{.name = "several-hrefs-share-one-404",
		.steps = {PROBE, LISTING(MEMBER("/c/a") MEMBER("/c/b")),
			MULTIGET("multiget",
				"<d:response><d:href>/c/a</d:href><d:href>/c/b</d:href><d:status>"
				"HTTP/1.1 404 Not Found</d:status></d:response>"),
			GET_FAILS("/c/a", 404), GET_FAILS("/c/b", 404)},
		.end = "complete"},
	{.name = "omitted-is-fetched-alone",
		.steps = {PROBE, LISTING(MEMBER("/c/a") MEMBER("/c/b")),
			MULTIGET("multiget", OBJECT("/c/b", "b")), GET("/c/a", "a")},
		.events = "a b",
		.end = "complete"},
	{.name = "omitted-and-then-404-is-deleted",
		.steps = {PROBE, LISTING(MEMBER("/c/a") MEMBER("/c/b")),
			MULTIGET("multiget", OBJECT("/c/b", "b")), GET_FAILS("/c/a", 404)},
		.events = "b",
		.end = "complete"},
	{.name = "omitted-and-not-to-be-had-makes-it-incomplete",
		.steps = {PROBE, LISTING(MEMBER("/c/a") MEMBER("/c/b")),
			MULTIGET("multiget", OBJECT("/c/b", "b")), GET_FAILS("/c/a", 403)},
		.events = "b",
		.end = "1 of 2 entries of the calendar could not be fetched"},
	{.name = "login-page-instead-of-an-object-makes-it-incomplete",
		.steps = {PROBE, LISTING(MEMBER("/c/a")),
			{"GET /c/a", NULL, 200, "text/html; charset=utf-8", "<html>Log in</html>"}},
		.end = "1 of 1 entries of the calendar could not be fetched"},
	{.name = "no-data-in-the-answer-is-fetched-alone",
		.steps = {PROBE, LISTING(MEMBER("/c/a") MEMBER("/c/b")),
			MULTIGET("multiget", MEMBER("/c/a") OBJECT("/c/b", "b")), GET("/c/a", "a")},
		.events = "a b",
		.end = "complete"},
	{.name = "one-object-is-fetched-alone",
		.steps = {PROBE, LISTING(MEMBER("/c/a")), GET("/c/a", "a")},
		.events = "a",
		.end = "complete"},
	{.name = "failed-multiget-is-halved",
		.steps = {PROBE, LISTING(MEMBER("/c/a") MEMBER("/c/b") MEMBER("/c/c")),
			MULTIGET_FAILS(413),
			MULTIGET("/c/b<", OBJECT("/c/a", "a") OBJECT("/c/b", "b")),
			GET("/c/c", "c")},
		.events = "a b c",
		.end = "complete"},
	{.name = "unreadable-multiget-is-halved",
		.steps = {PROBE, LISTING(MEMBER("/c/a") MEMBER("/c/b") MEMBER("/c/c")),
			{"REPORT /c/", "multiget", 207, NULL, OPEN "<d:response><d:href>/c/a</d:"},
			MULTIGET("/c/b<", OBJECT("/c/a", "a") OBJECT("/c/b", "b")),
			GET("/c/c", "c")},
		.events = "a b c",
		.end = "complete"},
	{.name = "one-poisoned-object-costs-only-itself",
		.steps = {PROBE,
			LISTING(MEMBER("/c/a") MEMBER("/c/b") MEMBER("/c/c") MEMBER("/c/d")),
			MULTIGET_FAILS(400), MULTIGET_FAILS(400), GET("/c/a", "a"),
			GET_FAILS("/c/b", 400),
			MULTIGET("/c/d<", OBJECT("/c/c", "c") OBJECT("/c/d", "d"))},
		.events = "a c d",
		.end = "1 of 4 entries of the calendar could not be fetched"},
	{.name = "busy-server-is-left-alone",
		.steps = {PROBE, LISTING(MEMBER("/c/a") MEMBER("/c/b")), MULTIGET_FAILS(429)},
		.end = "asks us to slow down"},
	{.name = "spellings-of-one-href",
		.steps = {PROBE,
			LISTING(MEMBER("/c/u%40x.ics") MEMBER("/c/sp%20ace.ics")
					MEMBER("/c/plus%2Bplus.ics") MEMBER("/c/%c3%a9.ics")
						MEMBER("/c//double.ics") MEMBER("a:b.ics")
							MEMBER("/c/p%2540q.ics")),
			MULTIGET("<D:href>/c/u%40x.ics</D:href><D:href>/c/sp%20ace.ics</D:href>"
				 "<D:href>/c/plus%2Bplus.ics</D:href><D:href>/c/%c3%a9.ics</D:href>"
				 "<D:href>/c//double.ics</D:href><D:href>/c/a:b.ics</D:href>"
				 "<D:href>/c/p%2540q.ics</D:href>",
				OBJECT("/c/u@x.ics", "at") OBJECT("/c/sp ace.ics", "space") OBJECT(
					"/c/plus+plus.ics", "plus") OBJECT("/c/%C3%A9.ics", "hex")
					OBJECT("https://other.example/c/double.ics", "double")
						OBJECT("\n/c/a%3Ab.ics\n", "colon")
							OBJECT("/c/p%2540q.ics", "twice"))},
		.events = "at space plus hex double colon twice",
		.end = "complete"},
	{.name = "one-row-for-two-spellings",
		.steps = {PROBE, LISTING(MEMBER("/c/u%40x") MEMBER("/c/u@x")),
			GET("/c/u%40x", "a")},
		.events = "a",
		.end = "complete"},
	{.name = "raw-space-is-escaped-for-get",
		.steps = {PROBE, LISTING(MEMBER("/c/sp ace")), GET("/c/sp%20ace", "a")},
		.events = "a",
		.end = "complete"},
	{.name = "what-is-no-member-is-passed-over",
		.steps = {PROBE,
			LISTING(MEMBER("") MEMBER("/other/a.ics") FOLDER("/c/folder/") GONE(
				"/c/gone") RESPONSE("/c/todo", "<d:getcontenttype>text/calendar; "
							       "component=VTODO</d:getcontenttype>")
					RESPONSE("/c/card", "<d:getcontenttype>text/vcard"
							    "</d:getcontenttype>")
						MEMBER("/c/a.EML")),
			GET("/c/a.EML", "a")},
		.events = "a",
		.end = "complete"},
	{.name = "members-of-another-path",
		.steps = {PROBE, LISTING(MEMBER("/inner/c/a.ics") MEMBER("/inner/c/b.ics")),
			MULTIGET("<D:href>/inner/c/a.ics</D:href><D:href>/inner/c/b.ics</D:href>",
				OBJECT("/inner/c/b.ics", "b") OBJECT("/inner/c/a.ics", "a"))},
		.events = "a b",
		.end = "complete"},
	{.name = "members-and-calendar-of-another-path",
		.steps = {PROBE,
			{"PROPFIND /c/", "getetag", 0, NULL,
				CALENDAR("/inner/c/", "Work") MEMBER("/inner/c/a%20b.ics")},
			GET("/c/a%20b.ics", "a")},
		.events = "a",
		.end = "complete"},
	{.name = "404-for-a-member-of-another-path-is-no-proof",
		.steps = {PROBE, LISTING(MEMBER("/inner/c/a.ics")), GET_FAILS("/c/a.ics", 404)},
		.end = "1 of 1 entries of the calendar could not be fetched"},
	{.name = "members-of-many-paths-prove-nothing",
		.steps = {PROBE, LISTING(MEMBER("/x/a.ics") MEMBER("/y/b.ics"))},
		.end = "names only entries of other places"},
	{.name = "broken-object-is-reported-and-the-rest-goes-on",
		.steps = {PROBE, LISTING(MEMBER("/c/a") MEMBER("/c/b") MEMBER("/c/c")),
			MULTIGET("multiget",
				RESPONSE("/c/a",
					"<c:calendar-data>BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n"
					"</c:calendar-data>") OBJECT("/c/b", "b")
					RESPONSE("/c/c", "<c:calendar-data>nonsense"
							 "</c:calendar-data>"))},
		.events = "b",
		.unreadables = "/c/a|a /c/c|-",
		.end = "complete"},
	{.name = "listing-fails",
		.steps = {PROBE, {"PROPFIND /c/", NULL, 503, "text/plain", "no"}},
		.end = "is busy"},
	{.name = "listing-is-a-web-page",
		.steps = {PROBE, {"PROPFIND /c/", NULL, 200, "text/html", "<!doctype html><html>"}},
		.end = "answered with a web page"},
	{.name = "listing-is-empty",
		.steps = {PROBE, {"PROPFIND /c/", NULL, 200, "application/xml", ""}},
		.end = "answered with nothing"},
	{.name = "listing-names-nothing",
		.steps = {PROBE, {"PROPFIND /c/", NULL, 0, NULL, ""}},
		.end = "empty without even the calendar itself"},
	{.name = "listing-is-cut-off",
		.steps = {PROBE, {"PROPFIND /c/", NULL, 207, NULL, OPEN MEMBER("/c/a") "<d:respo"}},
		.end = "cannot be read"},
	{.name = "listing-is-cut-short-by-the-server",
		.steps = {PROBE,
			{"PROPFIND /c/", NULL, 0, NULL,
				MEMBER("/c/a") "<d:response><d:href>/c/</d:href><d:status>HTTP/1.1 "
					       "507 "
					       "Insufficient Storage</d:status></d:response>"},
			{"REPORT /c/", "calendar-query", 501, NULL, ""}},
		.end = "(507)"},
	{.name = "refused-listing-is-a-query",
		.steps = {PROBE, {"PROPFIND /c/", "getetag", 403, NULL, ""},
			{"REPORT /c/",
				"<C:comp-filter name=\"VCALENDAR\"><C:comp-filter "
				"name=\"VEVENT\"/>",
				0, NULL, MEMBER("/c/a")},
			GET("/c/a", "a")},
		.events = "a",
		.end = "complete"},
	{.name = "refused-listing-may-be-empty",
		.steps = {PROBE, {"PROPFIND /c/", "getetag", 405, NULL, ""},
			{"REPORT /c/", "calendar-query", 0, NULL, ""}},
		.end = "complete"},
	{.name = "forbidden-listing-and-no-objects-is-not-believed",
		.steps = {PROBE, {"PROPFIND /c/", "getetag", 403, NULL, ""},
			{"REPORT /c/", "calendar-query", 0, NULL, ""}},
		.end = "(403)"},
	{.name = "troubled-server-without-objects-is-not-believed",
		.steps = {PROBE, {"PROPFIND /c/", "getetag", 507, NULL, ""},
			{"REPORT /c/", "calendar-query", 0, NULL, ""}},
		.end = "(507)"},
};

static void test_objects_of_a_calendar(const void *data)
{
	const SyncCase *expected = data;
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();
	g_autofree char *events = NULL;
	g_autofree char *unreadables = NULL;
	const char *end;

	dav_script_begin(&script, expected->steps, "/");
	script.call.ids[0] = "/c/";
	g_assert_true(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_no_error(error);
	events = joined(sink->event_uids);
	g_assert_cmpstr(events, ==, expected->events != NULL ? expected->events : "");
	unreadables = joined(sink->unreadables);
	g_assert_cmpstr(
		unreadables, ==, expected->unreadables != NULL ? expected->unreadables : "");
	g_assert_cmpuint(sink->ends->len, ==, 1);
	end = g_ptr_array_index(sink->ends, 0);
	if (strcmp(expected->end, "complete") == 0)
		g_assert_cmpstr(end, ==, "complete");
	else
		g_assert_true(strstr(end, expected->end) != NULL);
}

static void test_the_only_calendar_is_taken_when_none_is_chosen(void)
{
	static const Step steps[] = {
		{"PROPFIND /h/", NULL, 0, NULL, RESPONSE("/h/", HOME("/h/"))},
		{"PROPFIND /h/", NULL, 0, NULL,
			RESPONSE("/h/tasks/", CALENDAR_TYPE ONLY_FOR("VTODO"))
				CALENDAR("/h/a/", "A")},
		{"PROPFIND /h/a/", NULL, 0, NULL, CALENDAR("/h/a/", "A") MEMBER("/h/a/1")},
		GET("/h/a/1", "one"),
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	dav_script_begin(&script, steps, "/h/");
	g_assert_true(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(g_ptr_array_index(sink->calendars, 0), ==, "|A");
	g_assert_true(collecting_sink_got(sink, "one"));
}

static void test_a_calendar_that_moved_is_found_again(void)
{
	static const Step steps[] = {
		NOT_FOUND("PROPFIND /old/a/"),
		{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", HOME("/new/"))},
		{"PROPFIND /new/", NULL, 0, NULL,
			CALENDAR("/new/a/", "A") CALENDAR("/old/a/", "O")},
		{"PROPFIND /old/a/", NULL, 0, NULL, FOLDER("/old/a/")},
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	dav_script_begin(&script, steps, "/");
	script.call.ids[0] = "/old/a/";
	g_assert_true(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(g_ptr_array_index(sink->calendars, 0), ==, "/old/a/|O");
	g_assert_cmpstr(g_ptr_array_index(sink->ends, 0), ==, "complete");
}

static void test_no_other_calendar_takes_the_place_of_one_that_is_gone(void)
{
	static const Step steps[] = {
		NOT_FOUND("PROPFIND /c/"),
		{"PROPFIND /.well-known/caldav", NULL, 0, NULL, RESPONSE("/", HOME("/h/"))},
		{"PROPFIND /h/", NULL, 0, NULL, CALENDAR("/h/other/", "Other")},
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	dav_script_begin(&script, steps, "/c/");
	g_assert_true(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(sink->calendars->len, ==, 1);
	g_assert_true(
		g_str_has_prefix(g_ptr_array_index(sink->ends, 0), "There is no calendar at "));
	g_assert_cmpint(sink->last_end_code, ==, PROVIDER_ERROR_GONE);
	g_assert_cmpuint(sink->event_uids->len, ==, 0);
}

/* One of two homes cannot be listed: the calendar may be there. */
static void test_gone_is_not_believed_of_an_account_that_is_half_listed(void)
{
	static const Step steps[] = {
		NOT_FOUND("PROPFIND /h/gone/"),
		{"PROPFIND /", NULL, 0, NULL,
			RESPONSE("/", "<c:calendar-home-set><d:href>/h/</d:href>"
				      "<d:href>/g/</d:href></c:calendar-home-set>")},
		{"PROPFIND /h/", NULL, 0, NULL, CALENDAR("/h/other/", "Other")},
		NOT_FOUND("PROPFIND /g/"),
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	dav_script_begin(&script, steps, "/");
	script.call.ids[0] = "/h/gone/";
	g_assert_true(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_cmpint(sink->last_end_code, ==, PROVIDER_ERROR_PERMANENT);
}

static void test_a_server_without_propfind_is_queried(void)
{
	static const Step steps[] = {
		{"PROPFIND /c/w", "displayname", 501, "text/plain", "no"},
		{"PROPFIND /c/w/", "getetag", 501, "text/plain", "no"},
		{"REPORT /c/w/", "calendar-query", 0, NULL, MEMBER("/c/w/a")},
		GET("/c/w/a", "a"),
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	dav_script_begin(&script, steps, "/");
	script.call.ids[0] = "/c/w";
	g_assert_true(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(g_ptr_array_index(sink->calendars, 0), ==, "/c/w|w");
	g_assert_cmpstr(g_ptr_array_index(sink->ends, 0), ==, "complete");
	g_assert_true(collecting_sink_got(sink, "a"));
}

static void test_a_folder_is_no_calendar(void)
{
	static const Step steps[] = {
		{"PROPFIND /h/", NULL, 0, NULL, FOLDER("/h/")},
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	dav_script_begin(&script, steps, "/");
	script.call.ids[0] = "/h/";
	g_assert_true(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_no_error(error);
	g_assert_true(
		strstr(g_ptr_array_index(sink->ends, 0), "choose the calendar again") != NULL);
}

static void test_refused_credentials_end_the_connection(void)
{
	static const Step steps[] = {
		PROBE,
		{"PROPFIND /c/", NULL, 401, "text/plain", "no"},
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	dav_script_begin(&script, steps, "/");
	script.call.ids[0] = "/c/";
	script.call.ids[1] = "/d/";
	g_assert_false(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_error(error, PROVIDER_ERROR, PROVIDER_ERROR_AUTHENTICATION);
	g_assert_null(strstr(error->message, "cret"));
	g_assert_cmpuint(sink->calendars->len, ==, 1);
	g_assert_cmpuint(sink->ends->len, ==, 1);
}

static void test_a_stopped_sync_asks_nothing_more(void)
{
	static const Step steps[] = {END_OF_SCRIPT};
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();
	g_autoptr(GCancellable) cancellable = g_cancellable_new();

	g_cancellable_cancel(cancellable);
	dav_script_begin(&script, steps, "/c/");
	script.call.request.cancellable = cancellable;
	g_assert_false(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_error(error, PROVIDER_ERROR, PROVIDER_ERROR_STOPPED);
}

static void test_unusable_credentials_ask_nothing(void)
{
	static const Step steps[] = {END_OF_SCRIPT};
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	dav_script_begin(&script, steps, "/c/");
	script.call.request.credentials_json = "{\"access_token\":\"x\"}";
	g_assert_false(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_error(error, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT);
	g_assert_null(provider_find("caldav")->list_calendars(&script.call.request, NULL));
}

static void test_the_sinks_failure_is_passed_on(void)
{
	static const Step steps[] = {
		PROBE,
		LISTING(MEMBER("/c/a") MEMBER("/c/b")),
		MULTIGET("multiget", OBJECT("/c/a", "a") OBJECT("/c/b", "b")),
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	sink->fail_at_event = 1;
	dav_script_begin(&script, steps, "/");
	script.call.ids[0] = "/c/";
	script.call.ids[1] = "/d/";
	g_assert_false(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
	g_assert_cmpuint(sink->event_uids->len, ==, 1);
	g_assert_cmpuint(sink->ends->len, ==, 0);
}

static void test_a_server_without_multigets_is_asked_one_by_one(void)
{
	enum { COUNT = 60 };
	g_autoptr(GString) members = g_string_new(CALENDAR("/c/", "Work"));
	g_autoptr(GArray) steps = g_array_new(true, true, sizeof(Step));
	g_autoptr(GPtrArray) requests = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) objects = g_ptr_array_new_with_free_func(g_free);
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();
	const Step probe = PROBE;
	const Step refusal = MULTIGET_FAILS(501);
	/* Halving 50: 50 25 13 7 4 2, two GETs, 2, two GETs, 3: then it is clear. */
	static const char order[] = "MMMMMMGGMGGM";
	unsigned got = 0;

	for (unsigned i = 0; i < COUNT; i++) {
		g_ptr_array_add(requests, g_strdup_printf("GET /c/%u", i));
		g_ptr_array_add(objects, g_strdup_printf(EVENT("x%u"), i));
		g_string_append_printf(members, MEMBER("/c/%u"), i);
	}
	g_array_append_val(steps, probe);
	g_array_append_vals(steps, &(Step){"PROPFIND /c/", NULL, 0, NULL, members->str}, 1);
	for (unsigned i = 0; i < strlen(order) || got < COUNT; i++) {
		Step step = refusal;

		if (i >= strlen(order) || order[i] == 'G')
			step = (Step){g_ptr_array_index(requests, got), NULL, 200, "text/calendar",
				g_ptr_array_index(objects, got)};
		got += step.status == 200;
		g_array_append_val(steps, step);
	}
	dav_script_begin(&script, (const Step *)(void *)steps->data, "/");
	script.call.ids[0] = "/c/";
	g_assert_true(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(sink->event_uids->len, ==, COUNT);
	g_assert_cmpstr(g_ptr_array_index(sink->ends, 0), ==, "complete");
}

static void test_multigets_name_at_most_50(void)
{
	enum { COUNT = 101 };
	g_autoptr(GString) members = g_string_new(CALENDAR("/c/", "Work"));
	g_autoptr(GString) first = g_string_new(NULL);
	g_autoptr(GString) second = g_string_new(NULL);
	g_autoptr(CollectingSink) sink = collecting_sink_new();
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	Step steps[] = {
		PROBE,
		{"PROPFIND /c/", NULL, 0, NULL, NULL},
		MULTIGET("<D:href>/c/49</D:href></C:calendar-multiget>", NULL),
		MULTIGET("<D:href>/c/99</D:href></C:calendar-multiget>", NULL),
		GET("/c/100", "last"),
		END_OF_SCRIPT,
	};

	for (unsigned i = 0; i < COUNT; i++) {
		g_string_append_printf(members, MEMBER("/c/%u"), i);
		if (i < 100)
			g_string_append_printf(
				i < 50 ? first : second, OBJECT("/c/%u", "e%u"), i, i);
	}
	steps[1].body = members->str;
	steps[2].body = first->str;
	steps[3].body = second->str;
	dav_script_begin(&script, steps, "/");
	script.call.ids[0] = "/c/";
	g_assert_true(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(sink->event_uids->len, ==, COUNT);
	g_assert_cmpstr(g_ptr_array_index(sink->ends, 0), ==, "complete");
}

/* 130 objects, of which the server answers 20 at a time. */
static void test_a_server_that_answers_so_many_is_asked_for_as_many(void)
{
	enum { COUNT = 130, ANSWERED = 20, FIRST = 50 };
	g_autoptr(GString) members = g_string_new(CALENDAR("/c/", "Work"));
	g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(CollectingSink) sink = collecting_sink_new();
	g_autoptr(GArray) steps = g_array_new(true, true, sizeof(Step));
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	const Step probe = PROBE;
	unsigned first = 0;

	for (unsigned i = 0; i < COUNT; i++)
		g_string_append_printf(members, MEMBER("/c/%u"), i);
	g_array_append_val(steps, probe);
	g_array_append_vals(steps, &(Step){"PROPFIND /c/", "getetag", 0, NULL, members->str}, 1);
	while (first < COUNT) {
		/* The rest of the first 50 comes in 20 and 10. */
		unsigned end =
			first < FIRST ? MIN(first + ANSWERED, FIRST) : MIN(first + ANSWERED, COUNT);
		GString *answer = g_string_new(NULL);

		for (; first < end; first++)
			g_string_append_printf(answer, OBJECT("/c/%u", "e%u"), first, first);
		g_ptr_array_add(answers, g_string_free(answer, FALSE));
		g_array_append_vals(steps,
			&(Step)MULTIGET("multiget", g_ptr_array_index(answers, answers->len - 1)),
			1);
	}
	dav_script_begin(&script, (const Step *)(void *)steps->data, "/");
	script.call.ids[0] = "/c/";
	g_assert_true(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(sink->event_uids->len, ==, COUNT);
	g_assert_cmpstr(g_ptr_array_index(sink->ends, 0), ==, "complete");
	g_assert_cmpuint(fake_server_count(script.server, NULL), ==, 2 + 3 + 4);
}

static void add_case(const char *group, const char *name, const void *data, GTestDataFunc test)
{
	g_autofree char *path = g_strdup_printf("/provider/caldav/%s/%s", group, name);

	g_test_add_data_func(path, data, test);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(sync_cases); i++)
		add_case("objects", sync_cases[i].name, &sync_cases[i], test_objects_of_a_calendar);
	g_test_add_func("/provider/caldav/the-only-calendar-is-taken-when-none-is-chosen",
		test_the_only_calendar_is_taken_when_none_is_chosen);
	g_test_add_func("/provider/caldav/a-calendar-that-moved-is-found-again",
		test_a_calendar_that_moved_is_found_again);
	g_test_add_func("/provider/caldav/gone-is-not-replaced",
		test_no_other_calendar_takes_the_place_of_one_that_is_gone);
	g_test_add_func("/provider/caldav/gone-is-not-believed-of-a-half-listed-account",
		test_gone_is_not_believed_of_an_account_that_is_half_listed);
	g_test_add_func("/provider/caldav/a-server-without-propfind-is-queried",
		test_a_server_without_propfind_is_queried);
	g_test_add_func("/provider/caldav/a-server-that-answers-so-many-is-asked-for-as-many",
		test_a_server_that_answers_so_many_is_asked_for_as_many);
	g_test_add_func("/provider/caldav/a-folder-is-no-calendar", test_a_folder_is_no_calendar);
	g_test_add_func("/provider/caldav/refused-credentials-end-the-connection",
		test_refused_credentials_end_the_connection);
	g_test_add_func("/provider/caldav/a-stopped-sync-asks-nothing-more",
		test_a_stopped_sync_asks_nothing_more);
	g_test_add_func("/provider/caldav/unusable-credentials-ask-nothing",
		test_unusable_credentials_ask_nothing);
	g_test_add_func("/provider/caldav/the-sinks-failure-is-passed-on",
		test_the_sinks_failure_is_passed_on);
	g_test_add_func(
		"/provider/caldav/multigets-name-at-most-50", test_multigets_name_at_most_50);
	g_test_add_func("/provider/caldav/a-server-without-multigets-is-asked-one-by-one",
		test_a_server_without_multigets_is_asked_one_by_one);
	return g_test_run();
}

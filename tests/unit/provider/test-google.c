/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Google provider against scripted answers: tokens, pages, and what is told to the sink. */
#include <string.h>

#include "../support/google_call.h"
#include "provider/providers.h"

#define TOKEN "POST /token"
/* Good for five minutes less a second. */
#define STALE                                                                                      \
	"{\"access_token\":\"old\",\"refresh_token\":\"r/1\",\"expires_at\":\"1768467899\","       \
	"\"mine\":[1]}"

static void test_pages_short_and_empty(void)
{
	static const GoogleAnswer answers[] = {{200, NAMES}, {200, PAGE("p 2", ITEM("a"))},
		{200, PAGE("p3", "")}, {200, LAST(ITEM("b") ",{'start':{}}")}, {0}};
	g_auto(GoogleCall) call = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *events = NULL;
	g_autofree char *second = NULL;
	g_autofree char *bearer = NULL;

	google_call_begin(&call, answers, FRESH);
	g_assert_true(google_call_sync(&call, &error));
	g_assert_no_error(error);
	events = google_call_joined(call.sink->event_uids);
	g_assert_cmpstr(events, ==, "a b");
	g_assert_cmpuint(call.sink->unreadables->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(call.sink->calendars, 0), ==, "primary|Anna");
	g_assert_cmpstr(g_ptr_array_index(call.sink->ends, 0), ==, "complete");
	second = fake_server_request_line(call.server, 2);
	g_assert_true(g_str_has_prefix(second, "GET /v3/calendars/primary/events?"));
	g_assert_true(g_str_has_suffix(second, "&pageToken=p%202"));
	bearer = fake_server_header(call.server, 2, "authorization");
	g_assert_cmpstr(bearer, ==, "Bearer old");
	g_assert_cmpuint(call.stored->len, ==, 0);
}

static void test_times_in_a_zone_that_nobody_knows_are_told(void)
{
	static const GoogleAnswer answers[] = {{200, NAMES},
		{200, LAST(ITEM("a") ",{'id':'b','start':{'dateTime':'2026-01-15T09:00:00',"
				     "'timeZone':'Mars/Phobos'}}")},
		{0}};
	g_auto(GoogleCall) call = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *events = NULL;

	google_call_begin(&call, answers, FRESH);
	g_assert_true(google_call_sync(&call, &error));
	g_assert_no_error(error);
	events = google_call_joined(call.sink->event_uids);
	g_assert_cmpstr(events, ==, "a b");
	g_assert_cmpuint(call.sink->unreadables->len, ==, 0);
	g_assert_cmpuint(call.sink->doubts->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(call.sink->doubts, 0), ==,
		"b|its time zone is unknown: read as local time of the calendar, or of the site");
}

typedef struct {
	const char *name;
	GoogleAnswer answers[8];
	const char *end; /* what end_calendar() must say: a part of the reason */
} IncompleteCase;

static const IncompleteCase incomplete_cases[] = {
	{"later-page-fails", {{200, NAMES}, {200, PAGE("p2", ITEM("a"))}, {404, "{}"}, {0}},
		"does not find"},
	{"same-token-again",
		{{200, NAMES}, {200, PAGE("p2", ITEM("a"))}, {200, PAGE("p2", ITEM("b"))}, {0}},
		"cannot be read"},
	{"cut-off", {{200, NAMES}, {200, "{'kind':'calendar#events','items':["}, {0}},
		"cannot be read"},
	{"damaged-item", {{200, NAMES}, {200, LAST(ITEM("a") ",{'id':}")}, {0}}, "cannot be read"},
	{"web-page", {{200, NAMES}, {200, "<html>"}, {0}}, "cannot be read"},
	{"another-object", {{200, NAMES}, {200, "{'items':[]}"}, {0}}, "cannot be read"},
	{"no-items", {{200, NAMES}, {200, "{'kind':'calendar#events','nextSyncToken':'s'}"}, {0}},
		"cannot be read"},
	{"items-null",
		{{200, NAMES}, {200, "{'kind':'calendar#events','nextSyncToken':'s','items':null}"},
			{0}},
		"cannot be read"},
	{"items-an-object",
		{{200, NAMES}, {200, "{'kind':'calendar#events','nextSyncToken':'s','items':{}}"},
			{0}},
		"cannot be read"},
	{"no-items-on-the-last-page",
		{{200, NAMES}, {200, PAGE("p2", ITEM("a"))},
			{200, "{'kind':'calendar#events','nextSyncToken':'s'}"}, {0}},
		"cannot be read"},
	{"no-sync-token",
		{{200, NAMES}, {200, "{'kind':'calendar#events','items':[" ITEM("a") "]}"}, {0}},
		"has no end"},
	{"sync-token-before-the-last-page-only",
		{{200, NAMES},
			{200, "{'kind':'calendar#events','nextPageToken':'2','nextSyncToken':'s',"
			      "'items':[]}"},
			{200, "{'kind':'calendar#events','items':[]}"}, {0}},
		"has no end"},
	{"two-objects", {{200, NAMES}, {200, LAST("") LAST("")}, {0}}, "cannot be read"},
	{"names-and-all-fail", {{403, "<html>"}, {503, ""}, {0}}, "busy"},
};

static void test_incomplete(gconstpointer data)
{
	const IncompleteCase *one = data;
	g_auto(GoogleCall) call = {0};
	g_autoptr(GError) error = NULL;
	const char *end;

	google_call_begin(&call, one->answers, FRESH);
	g_assert_true(google_call_sync(&call, &error));
	g_assert_cmpuint(call.sink->ends->len, ==, 1);
	end = g_ptr_array_index(call.sink->ends, 0);
	g_test_message("%s", end);
	g_assert_nonnull(strstr(end, one->end));
	g_assert_cmpint(call.sink->last_end_code, ==, PROVIDER_ERROR_TEMPORARY);
}

static void test_a_stale_token_is_renewed_and_stored(void)
{
	static const GoogleAnswer answers[] = {
		{200, "{'access_token':'new','expires_in':3599,'scope':'s','token_type':'Bearer'}"},
		{200, NAMES}, {200, LAST("")}, {0}};
	g_auto(GoogleCall) call = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *line = NULL;
	g_autofree char *form = NULL;
	g_autofree char *bearer = NULL;

	google_call_begin(&call, answers, STALE);
	g_assert_true(google_call_sync(&call, &error));
	line = fake_server_request_line(call.server, 0);
	form = fake_server_header(call.server, 0, "body");
	bearer = fake_server_header(call.server, 1, "authorization");
	g_assert_cmpstr(line, ==, TOKEN);
	g_assert_cmpstr(form, ==,
		"client_id=id%261&client_secret=s%2B%2F%3D&refresh_token=r%2F1&"
		"grant_type=refresh_token");
	g_assert_cmpstr(bearer, ==, "Bearer new");
	g_assert_cmpuint(call.stored->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(call.stored, 0), ==,
		"{\"refresh_token\":\"r/1\",\"mine\":[1],\"access_token\":\"new\","
		"\"token_type\":\"Bearer\",\"scope\":\"s\",\"expires_at\":1768471199}");
}

static void test_newer_credentials_win(void)
{
	static const GoogleAnswer answers[] = {
		{200, "{'access_token':'new'}"}, {200, NAMES}, {200, LAST("")}, {0}};
	g_auto(GoogleCall) call = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *bearer = NULL;

	google_call_begin(&call, answers, STALE);
	call.newer = "{\"access_token\":\"theirs\",\"expires_at\":1768471200}";
	g_assert_true(google_call_sync(&call, &error));
	bearer = fake_server_header(call.server, 1, "authorization");
	g_assert_cmpstr(bearer, ==, "Bearer theirs");
}

static void test_a_short_lived_token_is_not_renewed_with_every_request(void)
{
	static const GoogleAnswer answers[] = {{200, "{'access_token':'new','expires_in':10}"},
		{200, NAMES}, {200, LAST("")}, {0}};
	g_auto(GoogleCall) call = {0};
	g_autoptr(GError) error = NULL;

	google_call_begin(&call, answers, STALE);
	g_assert_true(google_call_sync(&call, &error));
	g_assert_cmpuint(fake_server_count(call.server, "/token"), ==, 1);
}

typedef struct {
	const char *name;
	const char *credentials;
	GoogleAnswer answers[6];
	ProviderError code;
	unsigned requests;
} FailureCase;

static const FailureCase failure_cases[] = {
	{"no-json", "[]", {{500, ""}, {0}}, PROVIDER_ERROR_AUTHENTICATION, 0},
	{"no-refresh-token", "{\"access_token\":\"x\",\"expires_at\":1}", {{500, ""}, {0}},
		PROVIDER_ERROR_AUTHENTICATION, 0},
	{"invalid-grant", STALE, {{400, "{'error':'invalid_grant'}"}, {0}},
		PROVIDER_ERROR_AUTHENTICATION, 1},
	{"invalid-client", STALE, {{401, "{'error':'invalid_client'}"}, {0}}, PROVIDER_ERROR_SITE,
		1},
	{"refused-twice", FRESH,
		{{401, "{}"}, {200, "{'access_token':'new','expires_in':3600}"}, {401, "{}"}, {0}},
		PROVIDER_ERROR_AUTHENTICATION, 3},
	{"a-token-that-would-end-its-header",
		"{\"access_token\":\"x\\r\\nHost: y\",\"expires_at\":1768471200}", {{500, ""}, {0}},
		PROVIDER_ERROR_AUTHENTICATION, 0},
};

static void test_failures(gconstpointer data)
{
	const FailureCase *one = data;
	g_auto(GoogleCall) call = {0};
	g_autoptr(GError) error = NULL;

	google_call_begin(&call, one->answers, one->credentials);
	g_assert_false(google_call_sync(&call, &error));
	g_assert_error(error, PROVIDER_ERROR, (int)one->code);
	g_assert_cmpuint(fake_server_count(call.server, NULL), ==, one->requests);
	g_assert_cmpuint(call.sink->open, ==, 0);
}

static void test_the_secret_follows_no_redirect_to_a_stranger(void)
{
	static const GoogleAnswer answers[] = {
		{307, "http://localhost:{port}/elsewhere"}, {200, "{}"}, {0}};
	g_auto(GoogleCall) call = {0};
	g_autoptr(GError) error = NULL;

	google_call_begin(&call, answers, STALE);
	g_assert_true(google_call_sync(&call, &error));
	g_assert_cmpuint(fake_server_count(call.server, "/elsewhere"), ==, 0);
	g_assert_nonnull(strstr(g_ptr_array_index(call.sink->ends, 0), "elsewhere"));
}

static void test_a_full_sink_stops_it(void)
{
	static const GoogleAnswer answers[] = {
		{200, NAMES}, {200, PAGE("p2", ITEM("a") "," ITEM("b"))}, {200, LAST("")}, {0}};
	g_auto(GoogleCall) call = {0};
	g_autoptr(GError) error = NULL;

	google_call_begin(&call, answers, FRESH);
	call.sink->fail_at_event = 1;
	g_assert_false(google_call_sync(&call, &error));
	g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
	g_assert_cmpuint(fake_server_count(call.server, NULL), ==, 2);
}

static void test_calendars_are_listed(void)
{
	static const GoogleAnswer answers[] = {
		{200, "{'kind':'calendar#calendarList','nextPageToken':'2','items':[{'id':'a',"
		      "'summary':'A','summaryOverride':'Mine'},{'summary':'no id'}]}"},
		{200, "{'kind':'calendar#calendarList','items':[{'id':'b','accessRole':"
		      "'freeBusyReader'}]}"},
		{0}};
	g_auto(GoogleCall) call = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) calendars = NULL;
	const ProviderCalendar *first;
	const ProviderCalendar *second;

	google_call_begin(&call, answers, FRESH);
	calendars = provider_find("google")->list_calendars(&call.request, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(calendars->len, ==, 2);
	first = g_ptr_array_index(calendars, 0);
	second = g_ptr_array_index(calendars, 1);
	g_assert_cmpstr(first->name, ==, "Mine");
	g_assert_true(first->holds_events);
	g_assert_cmpstr(second->name, ==, "");
	g_assert_false(second->holds_events);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/provider/google/times-in-a-zone-that-nobody-knows-are-told",
		test_times_in_a_zone_that_nobody_knows_are_told);
	g_test_add_func("/provider/google/pages-short-and-empty", test_pages_short_and_empty);
	for (size_t i = 0; i < G_N_ELEMENTS(incomplete_cases); i++) {
		g_autofree char *path =
			g_strconcat("/provider/google/incomplete/", incomplete_cases[i].name, NULL);

		g_test_add_data_func(path, &incomplete_cases[i], test_incomplete);
	}
	g_test_add_func("/provider/google/a-stale-token-is-renewed-and-stored",
		test_a_stale_token_is_renewed_and_stored);
	g_test_add_func("/provider/google/newer-credentials-win", test_newer_credentials_win);
	g_test_add_func("/provider/google/a-short-lived-token-is-not-renewed-with-every-request",
		test_a_short_lived_token_is_not_renewed_with_every_request);
	for (size_t i = 0; i < G_N_ELEMENTS(failure_cases); i++) {
		g_autofree char *path =
			g_strconcat("/provider/google/fails/", failure_cases[i].name, NULL);

		g_test_add_data_func(path, &failure_cases[i], test_failures);
	}
	g_test_add_func("/provider/google/the-secret-follows-no-redirect-to-a-stranger",
		test_the_secret_follows_no_redirect_to_a_stranger);
	g_test_add_func("/provider/google/a-full-sink-stops-it", test_a_full_sink_stops_it);
	g_test_add_func("/provider/google/calendars-are-listed", test_calendars_are_listed);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the Google provider asks for and tells when it remembers a calendar (calendar-protocols C2).
 */
#include <string.h>

#include "../support/google_call.h"

#define ENDS(token, items)                                                                         \
	"{'kind':'calendar#events','summary':'S','accessRole':'owner','nextSyncToken':'" token     \
	"','items':[" items "]}"
#define GOES_ON(next, items)                                                                       \
	"{'kind':'calendar#events','summary':'S','accessRole':'owner','nextPageToken':'" next      \
	"','items':[" items "]}"
#define CANCELLED(id) "{'id':'" id "','status':'cancelled'}"
#define FAR_AWAY(id) "{'id':'" id "','start':{'dateTime':'2066-01-15T09:00:00Z'}}"
#define REFUSED(reason) "{'error':{'errors':[{'reason':'" reason "'}]}}"

/* A first run, and what the second run after it is answered. */
static void begin(GoogleCall *call, const GoogleAnswer *answers)
{
	google_call_begin(call, answers, FRESH);
	collecting_sink_free(call->sink);
	call->sink = collecting_sink_new_with_memory();
}

static void sync_again(GoogleCall *call)
{
	g_autoptr(GError) error = NULL;

	collecting_sink_rewind(call->sink);
	google_call_sync(call, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(call->sink->open, ==, 0);
}

static const char *cursor_of(const GoogleCall *call)
{
	return g_hash_table_lookup(call->sink->cursors, "primary");
}

static void assert_told(const GoogleCall *call, const char *expected)
{
	g_autofree char *told = google_call_joined(call->sink->told);

	g_assert_cmpstr(told, ==, expected);
}

static void assert_events(const GoogleCall *call, const char *expected)
{
	g_autofree char *uids = google_call_joined(call->sink->event_uids);

	g_assert_cmpstr(uids, ==, expected);
}

/* The last request but `back`. */
static char *request_line(GoogleCall *call, unsigned back)
{
	return fake_server_request_line(
		call->server, fake_server_count(call->server, NULL) - 1 - back);
}

static void test_an_unchanged_calendar_costs_one_request(void)
{
	static const GoogleAnswer answers[] = {
		{200, NAMES}, {200, ENDS("a/b=", ITEM("a"))}, {200, ENDS("other", "")}, {0}};
	g_auto(GoogleCall) call = {0};
	g_autofree char *line = NULL;
	const char *cursor;

	begin(&call, answers);
	sync_again(&call);
	assert_told(&call, "all");
	cursor = cursor_of(&call);
	g_assert_nonnull(cursor);
	sync_again(&call);
	g_assert_cmpuint(fake_server_count(call.server, NULL), ==, 3);
	assert_told(&call, "changes");
	/* The very same text: nothing has to be written. */
	g_assert_true(cursor_of(&call) == cursor);
	g_assert_cmpstr(g_ptr_array_index(call.sink->calendars, 0), ==, "primary|Anna");
	line = request_line(&call, 0);
	g_assert_nonnull(strstr(line, "?singleEvents=true&maxResults=2500&eventTypes=default"
				      "&eventTypes=fromGmail&syncToken=a%2Fb%3D&fields="));
	g_assert_null(strstr(line, "timeMin"));
}

static void test_changes_are_told(void)
{
	static const GoogleAnswer answers[] = {{200, NAMES}, {200, ENDS("1", ITEM("a"))},
		{200, GOES_ON("2", ITEM("b") "," CANCELLED("a"))}, {200, GOES_ON("3", "")},
		{200, ENDS("2", FAR_AWAY("c") ",{'id':'d','eventType':'outOfOffice'},"
					      "{'id':'e','start':{}}," CANCELLED("f_20260115"))},
		{200, ENDS("3", "")}, {0}};
	g_auto(GoogleCall) call = {0};
	g_autofree char *page = NULL;
	g_autofree char *line = NULL;

	begin(&call, answers);
	sync_again(&call);
	sync_again(&call);
	assert_events(&call, "b");
	assert_told(&call, "changes !a ?c !d !f_20260115");
	g_assert_cmpstr(g_ptr_array_index(call.sink->unreadables, 0), ==, "e|e");
	page = request_line(&call, 0);
	g_assert_true(g_str_has_suffix(page, "&pageToken=3"));
	g_assert_nonnull(strstr(page, "&syncToken=1&"));
	sync_again(&call);
	line = request_line(&call, 0);
	g_assert_nonnull(strstr(line, "&syncToken=2&"));
}

typedef struct {
	const char *name;
	GoogleAnswer answers[6]; /* of the second run */
	const char *told;
	const char *end;
} SecondCase;

#define ALL_ANEW                                                                                   \
	{200, NAMES},                                                                              \
	{                                                                                          \
		200, ENDS("new", ITEM("z"))                                                        \
	}

static const SecondCase second_cases[] = {
	{"gone-token", {{410, REFUSED("fullSyncRequired")}, ALL_ANEW}, "all", "complete"},
	{"old-token", {{410, REFUSED("updatedMinTooLongAgo")}, ALL_ANEW}, "all", "complete"},
	{"gone-without-a-reason", {{410, "<html>"}, ALL_ANEW}, "all", "complete"},
	{"refused-token", {{400, REFUSED("invalid")}, ALL_ANEW}, "all", "complete"},
	{"refused-parameters", {{400, REFUSED("syncTokenWithRequestRestrictions")}, ALL_ANEW},
		"all", "complete"},
	{"gone-on-a-later-page",
		{{200, GOES_ON("2", ITEM("b"))}, {410, REFUSED("fullSyncRequired")}, ALL_ANEW},
		"changes all", "complete complete"},
	{"other-rights",
		{{200, "{'kind':'calendar#events','accessRole':'reader','items':[]}"}, ALL_ANEW},
		"all", "complete"},
	{"gone-and-refused", {{410, REFUSED("fullSyncRequired")}, {200, NAMES}, {410, "{}"}}, "all",
		"anew"},
	{"failed-precondition", {{400, REFUSED("failedPrecondition")}}, "changes", "next sync"},
	{"later-page-fails", {{200, GOES_ON("2", CANCELLED("b"))}, {502, "<html>"}}, "changes !b",
		"(502)"},
	{"cut-off", {{200, "{'kind':'calendar#events','items':["}}, "changes", "cannot be read"},
	{"not-found-but-listed", {{404, REFUSED("notFound")}, {200, NAMES}}, "changes",
		"does not find the calendar 'primary' at the moment"},
	{"not-found-and-no-list", {{404, REFUSED("notFound")}, {403, "{}"}}, "changes",
		"does not find the calendar 'primary' at the moment"},
	{"not-found-and-not-listed",
		{{404, REFUSED("notFound")},
			{200, "{'kind':'calendar#calendarList','nextSyncToken':'n','items':[]}"}},
		"changes", "does not find the calendar 'primary' at the moment"},
	{"no-items", {{200, "{'kind':'calendar#events','accessRole':'owner','nextSyncToken':'2'}"}},
		"changes", "cannot be read"},
	{"items-null",
		{{200, "{'kind':'calendar#events','accessRole':'owner','nextSyncToken':'2','items':"
		       "null}"}},
		"changes", "cannot be read"},
	{"no-sync-token",
		{{200, "{'kind':'calendar#events','accessRole':'owner','items':[" CANCELLED(
			       "b") "]}"}},
		"changes !b", "has no end"},
	{"access-revoked", {{403, REFUSED("forbidden")}}, "changes", "does not let this account"},
};

static void test_second_run(gconstpointer data)
{
	const SecondCase *one = data;
	GoogleAnswer answers[9] = {{200, NAMES}, {200, ENDS("old", ITEM("a"))}};
	bool is_new = strstr(one->end, "complete") != NULL;
	g_auto(GoogleCall) call = {0};
	g_autofree char *ends = NULL;
	g_autofree char *before = NULL;

	memcpy(&answers[2], one->answers, sizeof(one->answers));
	begin(&call, answers);
	sync_again(&call);
	before = g_strdup(cursor_of(&call));
	sync_again(&call);
	assert_told(&call, one->told);
	ends = google_call_joined(call.sink->ends);
	g_test_message("%s", ends);
	g_assert_nonnull(strstr(ends, one->end));
	if (is_new)
		g_assert_nonnull(strstr(cursor_of(&call), "\"token\":\"new\""));
	else
		g_assert_cmpstr(cursor_of(&call), ==, before);
}

static void test_a_cursor_of_something_else_is_not_used(void)
{
	static const GoogleAnswer answers[] = {
		{200, NAMES}, {200, ENDS("1", "")}, {200, NAMES}, {200, ENDS("2", "")}, {0}};
	static const char *const texts[] = {"", "[]", "{}", "{\"version\":1,\"token\":\"x\"}",
		"{\"version\":2,\"made_for\":\"x\",\"token\":\"x\"}"};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_auto(GoogleCall) call = {0};

		begin(&call, answers);
		g_hash_table_insert(call.sink->cursors, g_strdup("primary"), g_strdup(texts[i]));
		sync_again(&call);
		assert_told(&call, "all");
	}
}

static void test_another_account_or_calendar_is_listed_whole(void)
{
	static const GoogleAnswer answers[] = {{200, NAMES}, {200, ENDS("1", "")}, {200, NAMES},
		{200, ENDS("2", "")}, {200, NAMES}, {200, ENDS("3", "")}, {0}};
	static const char *const other[] = {"anna@x.org", NULL};
	g_auto(GoogleCall) call = {0};

	begin(&call, answers);
	sync_again(&call);
	call.request.credentials_json =
		"{\"access_token\":\"old\",\"refresh_token\":\"r/2\",\"expires_at\":1768471200}";
	sync_again(&call);
	assert_told(&call, "all");
	g_hash_table_insert(call.sink->cursors, g_strdup("anna@x.org"), g_strdup(cursor_of(&call)));
	call.request.calendar_ids = other;
	sync_again(&call);
	assert_told(&call, "all");
}

static void test_all_is_listed_when_it_is_time(void)
{
	static const GoogleAnswer answers[] = {{200, NAMES}, {200, ENDS("1", ITEM("a"))},
		{200, NAMES}, {200, ENDS("2", ITEM("a"))}, {0}};
	g_auto(GoogleCall) call = {0};

	begin(&call, answers);
	sync_again(&call);
	call.sink->list_all = true;
	sync_again(&call);
	assert_told(&call, "all");
	g_assert_nonnull(strstr(cursor_of(&call), "\"token\":\"2\""));
}

/* Another calendar than the primary one, which no account is without. */
static void test_only_a_complete_list_of_calendars_proves_absence(void)
{
#define OTHERS(rest)                                                                               \
	{                                                                                          \
		200, "{'kind':'calendar#calendarList'," rest "'items':[{'id':'b@x.org'}]}"         \
	}
	static const GoogleAnswer answers[][3] = {
		{OTHERS(""), {404, "{}"}, {0}},
		{OTHERS("'nextSyncToken':'n',"), {404, "{}"}, {0}},
	};
	static const int codes[] = {PROVIDER_ERROR_TEMPORARY, PROVIDER_ERROR_GONE};
	static const char *const ids[] = {"team@x.org", NULL};

	for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_auto(GoogleCall) call = {0};

		begin(&call, answers[i]);
		call.request.calendar_ids = ids;
		sync_again(&call);
		g_assert_cmpint(call.sink->last_end_code, ==, codes[i]);
	}
}

static void test_changes_without_a_token_are_read_again(void)
{
	static const GoogleAnswer answers[] = {{200, NAMES}, {200, ENDS("1", "")},
		{200, "{'kind':'calendar#events','accessRole':'owner','items':[" ITEM("b") "]}"},
		{200, ENDS("2", "")}, {0}};
	g_auto(GoogleCall) call = {0};
	g_autofree char *line = NULL;

	begin(&call, answers);
	sync_again(&call);
	sync_again(&call);
	assert_events(&call, "b");
	sync_again(&call);
	line = request_line(&call, 0);
	g_assert_nonnull(strstr(line, "&syncToken=1&"));
}

static void test_what_a_sink_refuses_ends_it(void)
{
	static const GoogleAnswer answers[] = {{200, NAMES}, {200, ENDS("1", "")},
		{200, GOES_ON("2", ITEM("b"))}, {410, "{}"}, {0}};
	g_auto(GoogleCall) call = {0};
	g_autoptr(GError) error = NULL;

	begin(&call, answers);
	sync_again(&call);
	collecting_sink_rewind(call.sink);
	call.sink->fail_at_event = 1;
	g_assert_false(google_call_sync(&call, &error));
	g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
	g_assert_cmpuint(fake_server_count(call.server, NULL), ==, 3);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/provider/google_changes/an-unchanged-calendar-costs-one-request",
		test_an_unchanged_calendar_costs_one_request);
	g_test_add_func("/provider/google_changes/changes-are-told", test_changes_are_told);
	for (size_t i = 0; i < G_N_ELEMENTS(second_cases); i++) {
		g_autofree char *path = g_strconcat(
			"/provider/google_changes/second-run/", second_cases[i].name, NULL);

		g_test_add_data_func(path, &second_cases[i], test_second_run);
	}
	g_test_add_func("/provider/google_changes/a-cursor-of-something-else-is-not-used",
		test_a_cursor_of_something_else_is_not_used);
	g_test_add_func("/provider/google_changes/another-account-or-calendar-is-listed-whole",
		test_another_account_or_calendar_is_listed_whole);
	g_test_add_func("/provider/google_changes/all-is-listed-when-it-is-time",
		test_all_is_listed_when_it_is_time);
	g_test_add_func("/provider/google_changes/only-a-complete-list-of-calendars-proves-absence",
		test_only_a_complete_list_of_calendars_proves_absence);
	g_test_add_func("/provider/google_changes/changes-without-a-token-are-read-again",
		test_changes_without_a_token_are_read_again);
	g_test_add_func("/provider/google_changes/what-a-sink-refuses-ends-it",
		test_what_a_sink_refuses_ends_it);
	return g_test_run();
}

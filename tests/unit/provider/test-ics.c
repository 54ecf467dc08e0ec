/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the provider of published calendars asks for, tells and remembers, against scripted answers.
 */
#include "provider/ics.h"

#include <string.h>

#include "../support/collecting_sink.h"
#include "../support/fake_server.h"

#define NOW INT64_C(1768467600) /* 2026-01-15 09:00:00 UTC */
#define SECRET "secret-7f3a9c"
#define PATH "/" SECRET "/basic.ics"

#define EVENT(uid, date)                                                                           \
	"BEGIN:VEVENT\\r\\nUID:" uid "\\r\\nDTSTAMP:20260101T000000Z\\r\\nDTSTART:" date           \
	"T100000Z\\r\\nDTEND:" date "T110000Z\\r\\nSUMMARY:S\\r\\nEND:VEVENT\\r\\n"
#define CALENDAR(events)                                                                           \
	"BEGIN:VCALENDAR\\r\\nVERSION:2.0\\r\\nPRODID:-//X//X//"                                   \
	"EN\\r\\nX-WR-CALNAME:Board\\r\\n" events "END:VCALENDAR\\r\\n"
#define SERVED(headers, events)                                                                    \
	"{'status':200,'headers':{" headers "},'body':'" CALENDAR(events) "'}"
#define ONE EVENT("a", "20260116")

typedef struct {
	FakeServer *server;
	HttpShared *shared;
	HttpClient *http;
	GTimeZone *zone;
	char *credentials;
	ProviderRequest request;
	CollectingSink *sink;
} Call;

static int64_t now_utc(void)
{
	return NOW;
}

static void no_wait(void *data, unsigned msecs)
{
	(void)data, (void)msecs;
}

/* `rest` of the credentials begins with a comma, or is empty. */
static void begin(Call *call, const char *answers, const char *rest)
{
	static const char *const allowed[] = {"127.0.0.1", NULL};
	static const HttpOptions options = {
		.connect_timeout_secs = 10,
		.request_timeout_secs = 60,
		.max_response_bytes = 100000,
		.allow_http = true,
		.allow_private = allowed,
		.wait_msecs = no_wait,
	};
	g_autofree char *routes = g_strdup_printf("{'" PATH "':[%s]}", answers);
	g_autofree char *url = NULL;

	call->server = fake_server_new(routes);
	url = fake_server_url(call->server, PATH);
	call->credentials = g_strdup_printf("{\"url\":\"%s\"%s}", url, rest);
	call->shared = http_shared_new(&options);
	call->http = http_client_new(call->shared);
	call->zone = g_time_zone_new_utc();
	call->sink = collecting_sink_new_with_memory();
	call->request = (ProviderRequest){
		.http = call->http,
		.credentials_json = call->credentials,
		.window = {NOW - 86400 * 30, NOW + 86400 * 30},
		.site_zone = call->zone,
		.now_utc = now_utc,
	};
}

static void call_clear(Call *call)
{
	collecting_sink_free(call->sink);
	http_client_free(call->http);
	http_shared_free(call->shared);
	g_time_zone_unref(call->zone);
	g_free(call->credentials);
	fake_server_free(call->server);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Call, call_clear)

static bool sync_again(Call *call, GError **error)
{
	collecting_sink_rewind(call->sink);
	return ics_provider.sync(&call->request, &call->sink->sink, error);
}

static void sync_well(Call *call)
{
	g_autoptr(GError) error = NULL;

	sync_again(call, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(call->sink->open, ==, 0);
	g_assert_cmpuint(call->sink->ends->len, ==, 1);
}

static void assert_first(const GPtrArray *texts, const char *expected)
{
	g_assert_cmpuint(texts->len, >=, 1);
	g_assert_cmpstr(g_ptr_array_index(texts, 0), ==, expected);
}

static void assert_header(Call *call, unsigned index, const char *name, const char *expected)
{
	g_autofree char *value = fake_server_header(call->server, index, name);

	g_assert_cmpstr(value, ==, expected);
}

static void test_only_events_in_the_window_are_told(void)
{
	g_auto(Call) call = {0};

	begin(&call, SERVED("", ONE EVENT("far", "20280101")), "");
	sync_well(&call);
	assert_first(call.sink->calendars, "published|Board");
	assert_first(call.sink->told, "all");
	assert_first(call.sink->ends, "complete");
	g_assert_cmpuint(call.sink->event_uids->len, ==, 1);
	assert_first(call.sink->event_uids, "a");
	assert_header(&call, 0, "if-none-match", NULL);
	assert_header(&call, 0, "authorization", NULL);
}

static void test_the_chosen_id_names_the_calendar(void)
{
	static const char *const ids[] = {"mine", NULL};
	g_auto(Call) call = {0};

	begin(&call, SERVED("", ONE), "");
	call.request.calendar_ids = ids;
	sync_well(&call);
	assert_first(call.sink->calendars, "mine|Board");
}

typedef struct {
	const char *name;
	const char *first;  /* headers of the first answer */
	const char *second; /* the second answer */
	const char *if_none_match;
	const char *if_modified_since;
	const char *told;
} SecondCase;

#define TAG "'ETag':'\\\"v1\\\"'"
#define DAY "'Last-Modified':'Thu, 15 Jan 2026 08:00:00 GMT'"
#define DAY_VALUE "Thu, 15 Jan 2026 08:00:00 GMT"

static const SecondCase second_cases[] = {
	{"same-etag", TAG, "{'status':304}", "\"v1\"", NULL, "changes"},
	{"etag-before-date", TAG "," DAY, "{'status':304}", "\"v1\"", NULL, "changes"},
	{"same-date", DAY, "{'status':304}", NULL, DAY_VALUE, "changes"},
	{"same-bytes", "", SERVED("", ONE), NULL, NULL, "changes"},
	{"same-bytes-other-etag", TAG, SERVED("'ETag':'\\\"v2\\\"'", ONE), "\"v1\"", NULL,
		"changes"},
	{"same-etag-other-bytes", TAG, SERVED(TAG, EVENT("b", "20260117")), "\"v1\"", NULL, "all"},
	{"other-bytes", "", SERVED("", EVENT("b", "20260117")), NULL, NULL, "all"},
};

static void test_a_second_run(const void *data)
{
	const SecondCase *one = data;
	g_autofree char *answers =
		g_strdup_printf("{'status':200,'headers':{%s},'body':'" CALENDAR(ONE) "'},%s",
			one->first, one->second);
	g_auto(Call) call = {0};

	begin(&call, answers, "");
	sync_well(&call);
	sync_well(&call);
	g_assert_cmpuint(fake_server_count(call.server, NULL), ==, 2);
	assert_header(&call, 1, "if-none-match", one->if_none_match);
	assert_header(&call, 1, "if-modified-since", one->if_modified_since);
	assert_first(call.sink->told, one->told);
	assert_first(call.sink->ends, "complete");
	assert_first(call.sink->calendars, "published|Board");
}

static void test_all_is_listed_when_it_is_time(void)
{
	g_auto(Call) call = {0};

	begin(&call, SERVED(TAG, ONE), "");
	sync_well(&call);
	call.sink->list_all = true;
	sync_well(&call);
	assert_header(&call, 1, "if-none-match", NULL);
	assert_first(call.sink->told, "all");
}

static void test_another_user_begins_anew(void)
{
	g_auto(Call) call = {0};
	g_autofree char *url = NULL;

	begin(&call, SERVED(TAG, ONE), "");
	sync_well(&call);
	url = fake_server_url(call.server, PATH);
	g_free(call.credentials);
	call.credentials =
		g_strdup_printf("{\"url\":\"%s\",\"username\":\"ann\",\"password\":\"p\"}", url);
	call.request.credentials_json = call.credentials;
	sync_well(&call);
	assert_header(&call, 1, "if-none-match", NULL);
	assert_first(call.sink->told, "all");
}

static void test_cursors_of_others_are_not_read(void)
{
	static const char *const texts[] = {"", "{", "[]", "{\"version\":2}",
		"{\"version\":1,\"account\":\"other\",\"body\":\"x\",\"etag\":\"\\\"v1\\\"\"}"};
	g_auto(Call) call = {0};

	begin(&call, SERVED(TAG, ONE), "");
	for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_hash_table_replace(call.sink->cursors, g_strdup("published"), g_strdup(texts[i]));
		sync_well(&call);
		assert_header(&call, i, "if-none-match", NULL);
		assert_first(call.sink->told, "all");
	}
}

static void test_what_is_unreadable_is_looked_at_again(void)
{
	g_auto(Call) call = {0};

	begin(&call, SERVED(TAG, ONE EVENT("bad", "2026")), "");
	sync_well(&call);
	g_assert_cmpuint(call.sink->unreadables->len, ==, 1);
	assert_first(call.sink->unreadables, "bad|bad");
	g_assert_true(collecting_sink_got(call.sink, "a"));
	sync_well(&call);
	assert_header(&call, 1, "if-none-match", NULL);
	g_assert_cmpuint(call.sink->unreadables->len, ==, 1);
}

typedef struct {
	const char *name;
	const char *answer;
	int code;
	bool is_of_calendar; /* else of the connection */
	const char *words;
} FailureCase;

static const FailureCase failure_cases[] = {
	{"401", "{'status':401}", PROVIDER_ERROR_AUTHENTICATION, false, "asks for a user name"},
	{"403", "{'status':403}", PROVIDER_ERROR_PERMANENT, false, "may not be read"},
	{"404", "{'status':404}", PROVIDER_ERROR_GONE, true, "is not there"},
	{"410", "{'status':410}", PROVIDER_ERROR_GONE, true, "is not there"},
	{"418", "{'status':418}", PROVIDER_ERROR_PERMANENT, false, "HTTP status 418"},
	{"304-unasked", "{'status':304}", PROVIDER_ERROR_PERMANENT, false, "HTTP status 304"},
	{"500", "{'status':500}", PROVIDER_ERROR_TEMPORARY, false, "cannot answer"},
	{"page", "{'status':200,'body':'<html>Sign in</html>'}", PROVIDER_ERROR_PERMANENT, true,
		"no calendar"},
	{"empty", "{'status':200,'body':''}", PROVIDER_ERROR_PERMANENT, true, "no calendar"},
	{"half", "{'status':200,'body':'BEGIN:VCALENDAR\\r\\n" ONE "'}", PROVIDER_ERROR_TEMPORARY,
		true, "only in part"},
};

static void test_a_failure(const void *data)
{
	const FailureCase *one = data;
	g_auto(Call) call = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) listed = NULL;
	bool is_done;
	const char *said;

	begin(&call, one->answer, "");
	is_done = sync_again(&call, &error);
	g_assert_cmpuint(call.sink->open, ==, 0);
	g_assert_true(is_done == one->is_of_calendar);
	if (!is_done)
		g_assert_error(error, PROVIDER_ERROR, one->code);
	else
		g_assert_cmpint(call.sink->last_end_code, ==, one->code);
	said = is_done ? g_ptr_array_index(call.sink->ends, 0) : error->message;
	g_assert_nonnull(strstr(said, one->words));
	g_assert_null(strstr(said, SECRET));
	g_assert_null(g_hash_table_lookup(call.sink->cursors, "published"));
	g_assert_null(ics_provider.list_calendars(&call.request, &listed));
	g_assert_error(listed, PROVIDER_ERROR, one->code);
	g_assert_null(strstr(listed->message, SECRET));
}

static void test_a_password_goes_to_who_asks_for_it(void)
{
	g_auto(Call) call = {0};
	g_autoptr(GError) error = NULL;

	begin(&call, "{'status':401,'headers':{'WWW-Authenticate':'Basic realm=\\\"x\\\"'}}",
		",\"username\":\"ann\",\"password\":\"pass-word\"");
	g_assert_false(sync_again(&call, &error));
	g_assert_error(error, PROVIDER_ERROR, PROVIDER_ERROR_AUTHENTICATION);
	g_assert_nonnull(strstr(error->message, "does not accept"));
	g_assert_null(strstr(error->message, "pass-word"));
	assert_header(&call, fake_server_count(call.server, NULL) - 1, "authorization",
		"Basic YW5uOnBhc3Mtd29yZA==");
}

static void test_credentials_that_lead_nowhere(void)
{
	static const struct {
		const char *json;
		const char *words;
	} cases[] = {
		{NULL, "have no address"},
		{"", "have no address"},
		{"{}", "have no address"},
		{"{\"url\":7}", "have no address"},
		{"{\"url\":\"ftp://x.example/" SECRET "\"}", "full web address"},
	};
	g_auto(Call) call = {0};

	begin(&call, SERVED("", ONE), "");
	for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		call.request.credentials_json = cases[i].json;
		g_assert_false(sync_again(&call, &error));
		g_assert_error(error, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT);
		g_assert_nonnull(strstr(error->message, cases[i].words));
		g_assert_null(strstr(error->message, SECRET));
	}
	g_assert_cmpuint(fake_server_count(call.server, NULL), ==, 0);
}

static void test_the_account_has_one_calendar(void)
{
	g_auto(Call) call = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) calendars = NULL;
	const ProviderCalendar *only;

	begin(&call, SERVED("", ONE), "");
	calendars = ics_provider.list_calendars(&call.request, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(calendars->len, ==, 1);
	only = g_ptr_array_index(calendars, 0);
	g_assert_cmpstr(only->id, ==, "published");
	g_assert_cmpstr(only->name, ==, "Board");
	g_assert_true(only->is_primary);
	g_assert_true(only->holds_events);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ics/window", test_only_events_in_the_window_are_told);
	g_test_add_func("/ics/id", test_the_chosen_id_names_the_calendar);
	for (unsigned i = 0; i < G_N_ELEMENTS(second_cases); i++) {
		g_autofree char *name = g_strconcat("/ics/second/", second_cases[i].name, NULL);

		g_test_add_data_func(name, &second_cases[i], test_a_second_run);
	}
	g_test_add_func("/ics/list-all", test_all_is_listed_when_it_is_time);
	g_test_add_func("/ics/another-user", test_another_user_begins_anew);
	g_test_add_func("/ics/cursors-of-others", test_cursors_of_others_are_not_read);
	g_test_add_func("/ics/unreadable", test_what_is_unreadable_is_looked_at_again);
	for (unsigned i = 0; i < G_N_ELEMENTS(failure_cases); i++) {
		g_autofree char *name = g_strconcat("/ics/failure/", failure_cases[i].name, NULL);

		g_test_add_data_func(name, &failure_cases[i], test_a_failure);
	}
	g_test_add_func("/ics/password", test_a_password_goes_to_who_asks_for_it);
	g_test_add_func("/ics/credentials", test_credentials_that_lead_nowhere);
	g_test_add_func("/ics/calendars", test_the_account_has_one_calendar);
	return g_test_run();
}

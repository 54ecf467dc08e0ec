/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A definite no is an answer (calendar-protocols A2): whatever a server says to refuse the address
 * that a person typed, or the calendar that was chosen, no other calendar of the account takes its
 * place. */
#include <string.h>

#include "../support/collecting_sink.h"
#include "../support/dav_script.h"
#include "provider/providers.h"

#define PRIVATE "/h/private/"
#define PROPSTAT(props, status)                                                                    \
	"<d:propstat><d:prop>" props "</d:prop><d:status>HTTP/1.1 " status                         \
	"</d:status></d:propstat>"

/* How servers say it. "%d" is the status. */
static const struct {
	const char *name;
	bool is_multistatus;
	const char *body;
} ways[] = {
	{"status", false, "no"},
	{"status-of-the-response", true,
		"<d:response><d:href>/team/</d:href><d:status>HTTP/1.1 %d No</d:status>"
		"</d:response>"},
	{"status-of-all-properties", true,
		"<d:response><d:href>/team/</d:href>" PROPSTAT(
			"<d:resourcetype/>"
			"<d:displayname/><d:current-user-principal/><c:calendar-home-set/>",
			"%d No") "</d:response>"},
	{"status-of-the-type-alone", true,
		"<d:response><d:href>/team/</d:href>" PROPSTAT(
			"<d:displayname>Team</d:displayname>" PRINCIPAL("/p/"), "200 OK")
			PROPSTAT("<d:resourcetype/>", "%d No") "</d:response>"},
};

static const struct {
	int status;
	ProviderError code;
} refusals[] = {
	{401, PROVIDER_ERROR_AUTHENTICATION},
	{403, PROVIDER_ERROR_PERMANENT},
	{404, PROVIDER_ERROR_GONE},
	{405, PROVIDER_ERROR_PERMANENT},
	{410, PROVIDER_ERROR_GONE},
	{418, PROVIDER_ERROR_TEMPORARY},
	{451, PROVIDER_ERROR_PERMANENT},
	{500, PROVIDER_ERROR_TEMPORARY},
	{501, PROVIDER_ERROR_PERMANENT},
	{502, PROVIDER_ERROR_TEMPORARY},
	{503, PROVIDER_ERROR_TEMPORARY},
};

/* What the person told us of. */
static const struct {
	const char *name;
	const char *path; /* of the account */
	const char *id;   /* of the calendar, or NULL */
} entrances[] = {
	{"typed", "/team/", NULL},
	{"chosen", "/", "/team/"},
};

typedef struct {
	unsigned way;
	unsigned refusal;
	unsigned entrance;
	bool was_synced; /* it answered in an earlier run */
	bool lists_all;
} Refusal;

static void add_reply(cJSON *routes, const char *path, int status, const char *body)
{
	cJSON *replies = cJSON_GetObjectItem(routes, path);
	cJSON *reply = cJSON_CreateObject();

	if (replies == NULL)
		replies = cJSON_AddArrayToObject(routes, path);
	cJSON_AddItemToArray(replies, reply);
	cJSON_AddNumberToObject(reply, "status", status);
	cJSON_AddStringToObject(cJSON_AddObjectToObject(reply, "headers"), "Content-Type",
		status == 207 ? "application/xml" : "text/calendar");
	cJSON_AddStringToObject(reply, "body", body);
}

static void add_refusal(cJSON *routes, const Refusal *refusal)
{
	int status = refusals[refusal->refusal].status;
	g_autoptr(GString) said = g_string_new(ways[refusal->way].body);
	g_autofree char *number = g_strdup_printf("%d", status);
	g_autofree char *multistatus = NULL;

	g_string_replace(said, "%d", number, 0);
	multistatus = g_strconcat(OPEN, said->str, CLOSE, NULL);
	if (ways[refusal->way].is_multistatus)
		add_reply(routes, "/team/", 207, multistatus);
	else
		add_reply(routes, "/team/", status, said->str);
}

/* An account whose only calendar at home is private. */
static FakeServer *server_new(const Refusal *refusal)
{
	static const char team[] = OPEN CALENDAR("/team/", "Team") MEMBER("/team/a") CLOSE;
	/* The place (unless it was chosen), the calendar, and its list. */
	unsigned answers = entrances[refusal->entrance].id == NULL ? 3 : 2;
	cJSON *routes = cJSON_CreateObject();
	g_autoptr(GString) json = NULL;
	char *printed;

	for (unsigned i = 0; refusal->was_synced && i < answers; i++)
		add_reply(routes, "/team/", 207, team);
	add_refusal(routes, refusal);
	add_reply(routes, "/team/a", 200, EVENT("a"));
	add_reply(routes, "/", 207, OPEN RESPONSE("/", PRINCIPAL("/p/")) CLOSE);
	add_reply(routes, "/.well-known/caldav", 207, OPEN RESPONSE("/", PRINCIPAL("/p/")) CLOSE);
	add_reply(routes, "/p/", 207, OPEN RESPONSE("/p/", HOME("/h/")) CLOSE);
	add_reply(routes, "/h/", 207, OPEN FOLDER("/h/") CALENDAR(PRIVATE, "Private") CLOSE);
	add_reply(routes, PRIVATE, 207,
		OPEN CALENDAR(PRIVATE, "Private") MEMBER(PRIVATE "secret") CLOSE);
	add_reply(routes, PRIVATE "secret", 200, EVENT("secret"));
	printed = cJSON_PrintUnformatted(routes);
	json = g_string_new(printed);
	g_string_replace(json, "'", "\\u0027", 0);
	cJSON_free(printed);
	cJSON_Delete(routes);
	return fake_server_new(json->str);
}

static bool run(const CalDavCall *call, CollectingSink *sink, GError **error)
{
	collecting_sink_rewind(sink);
	return provider_find("caldav")->sync(&call->request, &sink->sink, error);
}

/* Why the calendar, or the connection, failed. Caller frees. */
static char *failure_of(const CalDavCall *call, CollectingSink *sink, ProviderError *ret_code)
{
	g_autoptr(GError) error = NULL;

	if (!run(call, sink, &error)) {
		*ret_code = (ProviderError)error->code;
		return g_strdup(error->message);
	}
	g_assert_cmpuint(sink->ends->len, ==, 1);
	*ret_code = (ProviderError)sink->last_end_code;
	return g_strdup(g_ptr_array_index(sink->ends, 0));
}

static void test_refusal(const void *data)
{
	const Refusal *refusal = data;
	int status = refusals[refusal->refusal].status;
	g_autoptr(FakeServer) server = server_new(refusal);
	g_autofree char *url = fake_server_url(server, entrances[refusal->entrance].path);
	g_autofree char *shown = g_strdup_printf("/team/ (%d)", status);
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();
	g_auto(CalDavCall) call = {0};
	g_autofree char *message = NULL;
	g_autofree char *stored = NULL;
	ProviderError code = PROVIDER_ERROR_STOPPED;

	caldav_call_begin(&call, url, "anna", "secret");
	call.ids[0] = entrances[refusal->entrance].id;
	if (refusal->was_synced) {
		g_assert_true(run(&call, sink, NULL));
		g_assert_true(collecting_sink_got(sink, "a"));
	}
	sink->list_all = refusal->lists_all;
	message = failure_of(&call, sink, &code);
	g_test_message("%s", message);
	g_assert_nonnull(strstr(message, shown));
	g_assert_cmpint(code, ==, refusals[refusal->refusal].code);
	g_assert_cmpuint(sink->event_uids->len, ==, 0);
	g_assert_cmpuint(fake_server_count(server, PRIVATE), ==, 0);
	stored = collecting_sink_stored(sink);
	g_assert_cmpstr(stored, ==, refusal->was_synced ? "a" : "");
}

/* Nor does the list of calendars speak of others as if the address had been good. */
static void test_refused_list(const void *data)
{
	const Refusal *refusal = data;
	g_autoptr(FakeServer) server = server_new(refusal);
	g_autofree char *url = fake_server_url(server, "/team/");
	g_auto(CalDavCall) call = {0};
	g_autoptr(GError) error = NULL;

	caldav_call_begin(&call, url, "anna", "secret");
	g_assert_null(provider_find("caldav")->list_calendars(&call.request, &error));
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, "/team/ ("));
}

/* The account's only calendar was synced by the address of the home. Once it refuses, what has
 * become the only one is not taken for it. */
static void test_the_next_only_calendar(const void *data)
{
	int status = GPOINTER_TO_INT(data);
	static const Step first[] = {
		{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", HOME("/h/"))},
		{"PROPFIND /h/", NULL, 0, NULL, CALENDAR("/h/team/", "Team")},
		{"PROPFIND /h/team/", NULL, 0, NULL,
			CALENDAR("/h/team/", "Team") MEMBER("/h/team/a")},
		GET("/h/team/a", "a"),
		{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", HOME("/h/"))},
		{"PROPFIND /h/", NULL, 0, NULL, CALENDAR(PRIVATE, "Private")},
	};
	const Step no = {"PROPFIND /h/team/", NULL, status, "text/plain", "no"};
	static const Step again[] = {
		{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", HOME("/h/"))},
		{"PROPFIND /h/", NULL, 0, NULL, CALENDAR(PRIVATE, "Private")},
	};
	static const Step end = END_OF_SCRIPT;
	g_autoptr(GArray) steps = g_array_new(false, false, sizeof(Step));
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *message = NULL;
	g_autofree char *shown = g_strdup_printf("/h/team/ (%d)", status);
	ProviderError code = PROVIDER_ERROR_STOPPED;

	g_array_append_vals(steps, first, G_N_ELEMENTS(first));
	g_array_append_val(steps, no);
	if (status == 404)
		g_array_append_vals(steps, again, G_N_ELEMENTS(again));
	g_array_append_val(steps, end);
	dav_script_begin(&script, (const Step *)(void *)steps->data, "/");
	g_assert_true(run(&script.call, sink, &error));
	sink->list_all = true;
	message = failure_of(&script.call, sink, &code);
	g_test_message("%s", message);
	g_assert_nonnull(strstr(message, shown));
	g_assert_cmpint(code, ==, status == 404 ? PROVIDER_ERROR_GONE : PROVIDER_ERROR_PERMANENT);
	g_assert_cmpuint(sink->event_uids->len, ==, 0);
}

static void add_refusals(const Refusal *one)
{
	static const char *const whens[] = {"at-first", "later", "at-the-daily-listing"};
	Refusal *refusal = g_memdup2(one, sizeof(*one));
	g_autofree char *path = g_strdup_printf("/provider/caldav_refusal/%s/%s/%d/%s",
		entrances[one->entrance].name, whens[one->was_synced + one->lists_all],
		refusals[one->refusal].status, ways[one->way].name);

	/* Without its PROPFIND a calendar that was chosen may still answer a query. */
	if (entrances[one->entrance].id != NULL && one->way == 0 &&
		(refusals[one->refusal].status == 405 || refusals[one->refusal].status == 501)) {
		g_free(refusal);
		return;
	}
	g_test_add_data_func_full(path, refusal, test_refusal, g_free);
}

int main(int argc, char **argv)
{
	Refusal one = {0};

	g_test_init(&argc, &argv, NULL);
	for (one.way = 0; one.way < G_N_ELEMENTS(ways); one.way++) {
		for (one.refusal = 0; one.refusal < G_N_ELEMENTS(refusals); one.refusal++) {
			g_autofree char *path =
				g_strdup_printf("/provider/caldav_refusal/list/%d/%s",
					refusals[one.refusal].status, ways[one.way].name);

			g_test_add_data_func_full(
				path, g_memdup2(&one, sizeof(one)), test_refused_list, g_free);
			for (one.entrance = 0; one.entrance < G_N_ELEMENTS(entrances);
				one.entrance++) {
				add_refusals(&one);
				one.was_synced = true;
				add_refusals(&one);
				one.lists_all = true;
				add_refusals(&one);
				one.was_synced = one.lists_all = false;
			}
			one.entrance = 0;
		}
	}
	g_test_add_data_func("/provider/caldav_refusal/the-next-only-calendar/403",
		GINT_TO_POINTER(403), test_the_next_only_calendar);
	g_test_add_data_func("/provider/caldav_refusal/the-next-only-calendar/404",
		GINT_TO_POINTER(404), test_the_next_only_calendar);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CalDAV provider against Radicale and Xandikos, as Debian ships them. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/caldav_call.h"
#include "../support/collecting_sink.h"
#include "provider/providers.h"

#define SCRIPT "tests/fake/dav_servers.py"
#define WINDOW                                                                                     \
	{                                                                                          \
		1767225600, 1769904000                                                             \
	}

/* A server that is running, and what it said about itself. */
typedef struct {
	const char *name;
	GPid pid;
	int stdin_fd;
	char *folder;
	bool is_ready;
	GHashTable *facts; /* char * -> char * */
} DavServer;

static DavServer servers[] = {{.name = "radicale"}, {.name = "xandikos"}};

static const char *fact(const DavServer *server, const char *name)
{
	const char *value = g_hash_table_lookup(server->facts, name);

	g_assert_nonnull(value);
	return value;
}

/* False when the server ended before it was ready. */
static bool read_facts(DavServer *server, int stdout_fd)
{
	g_autoptr(GIOChannel) channel = g_io_channel_unix_new(stdout_fd);

	for (;;) {
		g_autofree char *line = NULL;
		gsize end = 0;
		GIOStatus status = g_io_channel_read_line(channel, &line, NULL, &end, NULL);
		char *equals;

		if (status != G_IO_STATUS_NORMAL)
			return false;
		line[end] = '\0';
		if (strcmp(line, "ready") == 0)
			return true;
		equals = strchr(line, '=');
		g_assert_nonnull(equals);
		*equals = '\0';
		g_hash_table_insert(server->facts, g_strdup(line), g_strdup(equals + 1));
	}
}

/* Started by the first test that needs it. */
static void server_start(DavServer *server)
{
	const char *argv[] = {SCRIPT, server->name, NULL, NULL};
	g_autoptr(GError) error = NULL;
	int stdout_fd = -1;

	if (server->folder != NULL)
		return;
	server->folder = g_dir_make_tmp("prm-dav-XXXXXX", &error);
	g_assert_no_error(error);
	argv[2] = server->folder;
	g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
		&server->pid, &server->stdin_fd, &stdout_fd, NULL, &error);
	g_assert_no_error(error);
	server->facts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	server->is_ready = read_facts(server, stdout_fd);
	close(stdout_fd);
}

static void server_stop(DavServer *server)
{
	const char *argv[] = {"rm", "-rf", server->folder, NULL};

	if (server->folder == NULL)
		return;
	close(server->stdin_fd);
	waitpid(server->pid, NULL, 0);
	g_spawn_sync(
		NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
	g_hash_table_unref(server->facts);
	g_free(server->folder);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "name (events)" of all calendars, sorted, in one line. */
static char *calendars_at(const DavServer *server, const char *url)
{
	g_auto(CalDavCall) call = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) calendars = NULL;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	caldav_call_begin(&call, url, fact(server, "user"), fact(server, "password"));
	calendars = provider_find("caldav")->list_calendars(&call.request, &error);
	g_assert_no_error(error);
	for (unsigned i = 0; i < calendars->len; i++) {
		const ProviderCalendar *calendar = g_ptr_array_index(calendars, i);

		g_assert_true(g_str_has_prefix(calendar->id, "http://127.0.0.1:"));
		g_assert_cmpstr(calendar->id, ==, calendar->url);
		g_ptr_array_add(names, g_strdup_printf("%s%s", calendar->name,
					       calendar->holds_events ? "" : " (no events)"));
	}
	g_ptr_array_sort(names, compare_names);
	g_ptr_array_add(names, NULL);
	return g_strjoinv(", ", (char **)names->pdata);
}

static void test_every_entrance_leads_to_the_same_calendars(const DavServer *server)
{
	static const char *const entrances[] = {"root", "principal", "home", "calendar"};
	const char *expected = strcmp(server->name, "radicale") == 0
				       ? "Empty, Tasks (no events), Work & B\xc3\xbcro"
				       : "Empty, Work & B\xc3\xbcro, calendar";

	for (size_t i = 0; i < G_N_ELEMENTS(entrances); i++) {
		g_autofree char *found = calendars_at(server, fact(server, entrances[i]));

		g_test_message("%s", entrances[i]);
		g_assert_cmpstr(found, ==, expected);
	}
}

static void assert_all_events(const DavServer *server, const CollectingSink *sink)
{
	g_assert_cmpuint(sink->ends->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(sink->ends, 0), ==, "complete");
	g_assert_cmpuint(sink->unreadables->len, ==, 0);
	g_assert_cmpuint(
		sink->event_uids->len, ==, g_ascii_strtoull(fact(server, "events"), NULL, 10));
	g_assert_true(collecting_sink_got(sink, "e0"));
	g_assert_true(collecting_sink_got(sink, "e119"));
	g_assert_true(collecting_sink_got(sink, "n0"));
	g_assert_true(collecting_sink_got(sink, "n5"));
	g_assert_true(collecting_sink_got(sink, "weekly_20260112T090000Z"));
	g_assert_false(collecting_sink_got(sink, "past"));
}

static void test_every_spelling_of_the_calendar_brings_all_events(const DavServer *server)
{
	const char *url = fact(server, "calendar");
	const char *path = strchr(url + strlen("http://"), '/');
	g_autofree char *bare = g_strndup(path, strlen(path) - 1);
	const char *const cases[][2] = {
		{fact(server, "root"), url},
		{fact(server, "root"), path},
		{fact(server, "home"), path},
		{fact(server, "home"), bare},
		{fact(server, "home"), "work/"},
		{url, ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(CalDavCall) call = {0};
		g_autoptr(GError) error = NULL;
		g_autoptr(CollectingSink) sink = collecting_sink_new();
		g_autofree char *begun = g_strdup_printf("%s|Work & B\xc3\xbcro", cases[i][1]);

		g_test_message("%s %s", cases[i][0], cases[i][1]);
		caldav_call_begin(
			&call, cases[i][0], fact(server, "user"), fact(server, "password"));
		call.ids[0] = *cases[i][1] != '\0' ? cases[i][1] : NULL;
		g_assert_true(provider_find("caldav")->sync(&call.request, &sink->sink, &error));
		g_assert_no_error(error);
		g_assert_cmpuint(sink->calendars->len, ==, 1);
		g_assert_cmpstr(g_ptr_array_index(sink->calendars, 0), ==, begun);
		assert_all_events(server, sink);
	}
}

static void test_an_empty_calendar_is_complete(const DavServer *server)
{
	g_auto(CalDavCall) call = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	caldav_call_begin(
		&call, fact(server, "home"), fact(server, "user"), fact(server, "password"));
	call.ids[0] = "empty/";
	g_assert_true(provider_find("caldav")->sync(&call.request, &sink->sink, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(sink->event_uids->len, ==, 0);
	g_assert_cmpstr(g_ptr_array_index(sink->ends, 0), ==, "complete");
}

static void test_a_missing_calendar_does_not_stop_the_next(const DavServer *server)
{
	g_auto(CalDavCall) call = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	caldav_call_begin(
		&call, fact(server, "home"), fact(server, "user"), fact(server, "password"));
	call.ids[0] = "gone/";
	call.ids[1] = "empty/";
	g_assert_true(provider_find("caldav")->sync(&call.request, &sink->sink, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(sink->ends->len, ==, 2);
	g_assert_nonnull(strstr(g_ptr_array_index(sink->ends, 0), "There is no calendar at http"));
	g_assert_cmpstr(g_ptr_array_index(sink->ends, 1), ==, "complete");
}

static void test_several_calendars_and_no_choice_is_an_error(const DavServer *server)
{
	g_auto(CalDavCall) call = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	caldav_call_begin(
		&call, fact(server, "root"), fact(server, "user"), fact(server, "password"));
	g_assert_false(provider_find("caldav")->sync(&call.request, &sink->sink, &error));
	g_assert_error(error, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT);
	g_assert_nonnull(strstr(error->message, "\"Work & B\xc3\xbcro\""));
	g_assert_nonnull(strstr(error->message, "choose"));
	g_assert_cmpuint(sink->calendars->len, ==, 0);
}

static void test_a_wrong_password_is_said_so(const DavServer *server)
{
	g_auto(CalDavCall) call = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(CollectingSink) sink = collecting_sink_new();

	caldav_call_begin(
		&call, fact(server, "calendar"), fact(server, "user"), "not the password");
	g_assert_false(provider_find("caldav")->sync(&call.request, &sink->sink, &error));
	g_assert_error(error, PROVIDER_ERROR, PROVIDER_ERROR_AUTHENTICATION);
	g_assert_nonnull(strstr(error->message, "reconnect"));
	g_assert_null(strstr(error->message, "not the password"));
}

typedef struct {
	const char *name;
	void (*run)(const DavServer *server);
	const char *only; /* a server's name, or NULL: all */
} ServerTest;

static const ServerTest tests[] = {
	{"every-entrance-leads-to-the-same-calendars",
		test_every_entrance_leads_to_the_same_calendars, NULL},
	{"every-spelling-of-the-calendar-brings-all-events",
		test_every_spelling_of_the_calendar_brings_all_events, NULL},
	{"an-empty-calendar-is-complete", test_an_empty_calendar_is_complete, NULL},
	{"a-missing-calendar-does-not-stop-the-next",
		test_a_missing_calendar_does_not_stop_the_next, NULL},
	{"several-calendars-and-no-choice-is-an-error",
		test_several_calendars_and_no_choice_is_an_error, NULL},
	/* Xandikos asks nobody for a password. */
	{"a-wrong-password-is-said-so", test_a_wrong_password_is_said_so, "radicale"},
};

typedef struct {
	DavServer *server;
	const ServerTest *test;
} Run;

static void run_test(const void *data)
{
	const Run *run = data;

	server_start(run->server);
	if (run->server->is_ready)
		run->test->run(run->server);
	else
		g_test_skip("the calendar server does not come up (is it installed?)");
}

static void add_tests(DavServer *server)
{
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path =
			g_strdup_printf("/provider/caldav/%s/%s", server->name, tests[i].name);
		Run *run;

		if (tests[i].only != NULL && strcmp(tests[i].only, server->name) != 0)
			continue;
		run = g_new(Run, 1);
		*run = (Run){server, &tests[i]};
		g_test_add_data_func_full(path, run, run_test, g_free);
	}
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(servers); i++)
		add_tests(&servers[i]);
	result = g_test_run();
	for (size_t i = 0; i < G_N_ELEMENTS(servers); i++)
		server_stop(&servers[i]);
	return result;
}

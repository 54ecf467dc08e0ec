/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From whatever URL an account has to its calendars. */
#include <string.h>

#include "../support/dav_script.h"
#include "provider/providers.h"

typedef struct {
	const char *name;
	const char *path; /* of the account's URL */
	Step steps[MAX_STEPS];
	const char *calendars; /* "name=path", by blanks; "(name=path)" when it holds no events */
	const char *error;     /* a part of its message; NULL: none */
	ProviderError code;
} DiscoveryCase;

static const DiscoveryCase cases[] = {
	{.name = "by-principal-and-home",
		.path = "/",
		.steps = {{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", PRINCIPAL("/p/"))},
			{"PROPFIND /p/", NULL, 0, NULL, RESPONSE("/p/", HOME("/h/"))},
			{"PROPFIND /h/", NULL, 0, NULL, FOLDER("/h/") CALENDAR("/h/a/", "A")}},
		.calendars = "A=/h/a/"},
	{.name = "by-well-known",
		.path = "/",
		.steps = {{"PROPFIND /", NULL, 405, "text/plain", "no"},
			{"PROPFIND /.well-known/caldav", NULL, 301, NULL, "/dav"},
			{"PROPFIND /dav", NULL, 0, NULL, RESPONSE("/dav/", PRINCIPAL("p"))},
			{"PROPFIND /p", NULL, 0, NULL, RESPONSE("/p", HOME("/h"))},
			{"PROPFIND /h", NULL, 0, NULL, FOLDER("/h/") CALENDAR("/h/a", "A")}},
		.calendars = "A=/h/a/"},
	{.name = "wrong-path-but-the-root-knows",
		.path = "/wrong/",
		.steps = {NOT_FOUND("PROPFIND /wrong/"),
			{"PROPFIND /.well-known/caldav", NULL, 200, "text/html",
				"<html>Hello</html>"},
			{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", PRINCIPAL("/p/"))},
			{"PROPFIND /p/", NULL, 0, NULL, RESPONSE("/p/", HOME("/h/"))},
			{"PROPFIND /h/", NULL, 0, NULL, CALENDAR("/h/a/", "A")}},
		.calendars = "A=/h/a/"},
	{.name = "no-principal-the-url-is-one",
		.path = "/u/",
		.steps = {{"PROPFIND /u/", NULL, 0, NULL, FOLDER("/u/")},
			NOT_FOUND("PROPFIND /.well-known/caldav"), NOT_FOUND("PROPFIND /"),
			{"PROPFIND /u/", NULL, 0, NULL, FOLDER("/u/") CALENDAR("/u/a/", "A")}},
		.calendars = "A=/u/a/"},
	{.name = "no-home-the-principal-is-one",
		.path = "/",
		.steps = {{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", PRINCIPAL("/p/"))},
			{"PROPFIND /p/", NULL, 0, NULL, FOLDER("/p/")},
			{"PROPFIND /p/", NULL, 0, NULL, FOLDER("/p/") CALENDAR("/p/a/", "A")}},
		.calendars = "A=/p/a/"},
	{.name = "several-homes-and-one-calendar-in-both",
		.path = "/",
		.steps = {{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", PRINCIPAL("/p/"))},
			{"PROPFIND /p/", NULL, 0, NULL,
				RESPONSE("/p/",
					"<c:calendar-home-set><d:href>/h/</d:href><d:href>/i/"
					"</d:href></c:calendar-home-set>")},
			{"PROPFIND /h/", NULL, 0, NULL, CALENDAR("/h/a/", "A")},
			{"PROPFIND /i/", NULL, 0, NULL,
				CALENDAR("/h/a", "A") CALENDAR("/i/b/", "B")}},
		.calendars = "A=/h/a/ B=/i/b/"},
	{.name = "one-home-is-gone",
		.path = "/",
		.steps = {{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", PRINCIPAL("/p/"))},
			{"PROPFIND /p/", NULL, 0, NULL,
				RESPONSE("/p/",
					"<c:calendar-home-set><d:href>/h/</d:href><d:href>/i/"
					"</d:href></c:calendar-home-set>")},
			NOT_FOUND("PROPFIND /h/"),
			{"PROPFIND /i/", NULL, 0, NULL, CALENDAR("/i/b/", "B")}},
		.calendars = "B=/i/b/"},
	{.name = "calendar-that-nobody-lists",
		.path = "/c/",
		.steps = {PROBE},
		.calendars = "Work=/c/"},
	{.name = "what-holds-events",
		.path = "/h/",
		.steps = {{"PROPFIND /h/", NULL, 0, NULL, RESPONSE("/h/", HOME("/h/"))},
			{"PROPFIND /h/", NULL, 0, NULL,
				CALENDAR("/h/any/", "Any") RESPONSE("/h/empty-set/", CALENDAR_TYPE
					"<c:supported-calendar-component-set/>") RESPONSE("/h/"
											  "events/",
					CALENDAR_TYPE ONLY_FOR("vevent")) RESPONSE("/h/tasks/",
					CALENDAR_TYPE ONLY_FOR("VTODO")) RESPONSE("/h/inbox/",
					"<d:resourcetype><c:schedule-inbox/></d:resourcetype>")
					RESPONSE("/h/outbox/",
						"<d:resourcetype><c:calendar/><c:schedule-outbox/>"
						"</d:resourcetype>") FOLDER("/h/addresses/")}},
		.calendars = "Any=/h/any/ empty-set=/h/empty-set/ events=/h/events/ "
			     "(tasks=/h/tasks/) (outbox=/h/outbox/)"},
	{.name = "web-pages-everywhere",
		.path = "/blog/",
		.steps = {{"PROPFIND /blog/", NULL, 200, "text/html", "<!doctype html><html>"},
			{"PROPFIND /.well-known/caldav", NULL, 200, "text/html", "<html></html>"},
			{"PROPFIND /", NULL, 200, "text/html", "<html></html>"}},
		.error = "/blog/ answered with a web page",
		.code = PROVIDER_ERROR_PERMANENT},
	{.name = "nothing-anywhere",
		.path = "/nothing",
		.steps = {NOT_FOUND("PROPFIND /nothing"), NOT_FOUND("PROPFIND /.well-known/caldav"),
			NOT_FOUND("PROPFIND /")},
		.error = "There is no calendar at http",
		.code = PROVIDER_ERROR_PERMANENT},
	{.name = "busy-server-is-not-searched",
		.path = "/",
		.steps = {{"PROPFIND /", NULL, 503, "text/plain", "no"}},
		.error = "is busy",
		.code = PROVIDER_ERROR_TEMPORARY},
	{.name = "home-in-trouble-is-not-taken-for-empty",
		.path = "/",
		.steps = {{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", PRINCIPAL("/p/"))},
			{"PROPFIND /p/", NULL, 0, NULL, RESPONSE("/p/", HOME("/h/"))},
			{"PROPFIND /h/", NULL, 423, "text/plain", "no"}},
		.error = "lock",
		.code = PROVIDER_ERROR_TEMPORARY},
};

static void test_calendars_of_an_account(const void *data)
{
	const DiscoveryCase *expected = data;
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) calendars = NULL;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *line = NULL;

	dav_script_begin(&script, expected->steps, expected->path);
	calendars = provider_find("caldav")->list_calendars(&script.call.request, &error);
	if (expected->error != NULL) {
		g_assert_error(error, PROVIDER_ERROR, (int)expected->code);
		g_assert_true(strstr(error->message, expected->error) != NULL);
		return;
	}
	g_assert_no_error(error);
	for (unsigned i = 0; i < calendars->len; i++) {
		const ProviderCalendar *calendar = g_ptr_array_index(calendars, i);
		const char *path = strchr(calendar->url + strlen("http://"), '/');

		g_ptr_array_add(names, g_strdup_printf(calendar->holds_events ? "%s=%s" : "(%s=%s)",
					       calendar->name, path));
	}
	line = joined(names);
	g_assert_cmpstr(line, ==, expected->calendars);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path =
			g_strdup_printf("/provider/caldav_discovery/%s", cases[i].name);

		g_test_add_data_func(path, &cases[i], test_calendars_of_an_account);
	}
	return g_test_run();
}

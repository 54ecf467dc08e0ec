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

/* As SOGo 5.8 writes it. */
#define SOGO_PERSONAL                                                                              \
	"<d:response><d:href>/SOGo/dav/anna/Calendar/personal/</d:href><d:propstat><d:status>"     \
	"HTTP/1.1 200 OK</d:status><d:prop><d:resourcetype><d:collection/><calendar "              \
	"xmlns=\"urn:ietf:params:xml:ns:caldav\"/><vevent-collection "                             \
	"xmlns=\"http://groupdav.org/\"/><vtodo-collection xmlns=\"http://groupdav.org/\"/>"       \
	"<schedule-outbox xmlns=\"urn:ietf:params:xml:ns:caldav\"/></d:resourcetype>"              \
	"<d:displayname>Personal Calendar</d:displayname><n1:supported-calendar-component-set "    \
	"xmlns:n1=\"urn:ietf:params:xml:ns:caldav\"><n1:comp name=\"VEVENT\"/><n1:comp "           \
	"name=\"VFREEBUSY\"/><n1:comp name=\"VTODO\"/></n1:supported-calendar-component-set>"      \
	"</d:prop></d:propstat></d:response>"

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
	{.name = "by-the-root-when-well-known-is-a-web-page",
		.path = "/u/",
		.steps = {{"PROPFIND /u/", NULL, 0, NULL, FOLDER("/u/")},
			{"PROPFIND /.well-known/caldav", NULL, 200, "text/html",
				"<html>Hello</html>"},
			{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", PRINCIPAL("/p/"))},
			{"PROPFIND /p/", NULL, 0, NULL, RESPONSE("/p/", HOME("/h/"))},
			{"PROPFIND /h/", NULL, 0, NULL, CALENDAR("/h/a/", "A")}},
		.calendars = "A=/h/a/"},
	{.name = "wrong-path-though-the-root-knows",
		.path = "/wrong/",
		.steps = {NOT_FOUND("PROPFIND /wrong/")},
		.error = "/wrong/ (404)",
		.code = PROVIDER_ERROR_PERMANENT},
	{.name = "root-that-fails-but-well-known-knows",
		.path = "/",
		.steps = {{"PROPFIND /", NULL, 500, "text/plain", "no"},
			{"PROPFIND /", NULL, 500, "text/plain", "no"},
			{"PROPFIND /", NULL, 500, "text/plain", "no"},
			{"PROPFIND /.well-known/caldav", NULL, 0, NULL, RESPONSE("/", HOME("/h/"))},
			{"PROPFIND /h/", NULL, 0, NULL, CALENDAR("/h/a/", "A")}},
		.calendars = "A=/h/a/"},
	{.name = "wrong-password-is-not-hidden-by-the-root",
		.path = "/",
		.steps = {NOT_FOUND("PROPFIND /"),
			{"PROPFIND /.well-known/caldav", NULL, 401, "text/plain", "no"}},
		.error = "did not accept the username or password",
		.code = PROVIDER_ERROR_AUTHENTICATION},
	{.name = "one-list-of-properties-for-each-kind",
		.path = "/",
		.steps = {{"PROPFIND /",
				  "<D:prop><D:resourcetype/><D:displayname/>"
				  "<D:current-user-principal/><C:calendar-home-set/></D:prop>",
				  0, NULL, RESPONSE("/", PRINCIPAL("/p/"))},
			{"PROPFIND /p/",
				"<D:prop><D:resourcetype/><D:displayname/><C:calendar-home-set/>"
				"<C:calendar-user-address-set/></D:prop>",
				0, NULL, RESPONSE("/p/", HOME("/h/"))},
			{"PROPFIND /h/", "<CS:getctag/><D:sync-token/><D:supported-report-set/>", 0,
				NULL, CALENDAR("/h/a/", "A")}},
		.calendars = "A=/h/a/"},
	{.name = "home-that-fails-at-the-long-list",
		.path = "/",
		.steps = {{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", HOME("/h/"))},
			{"PROPFIND /h/", "sync-token", 500, "text/plain", "no"},
			{"PROPFIND /h/", "sync-token", 500, "text/plain", "no"},
			{"PROPFIND /h/", "sync-token", 500, "text/plain", "no"},
			{"PROPFIND /h/", "<C:calendar-home-set/></D:prop>", 0, NULL,
				CALENDAR("/h/a/", "A")}},
		.calendars = "A=/h/a/"},
	{.name = "home-of-somebody-else",
		.path = "/homes/team/",
		.steps = {{"PROPFIND /homes/team/", NULL, 0, NULL,
				  RESPONSE("/homes/team/", PRINCIPAL("/p/anna/"))},
			{"PROPFIND /p/anna/", NULL, 0, NULL,
				RESPONSE("/p/anna/", HOME("/homes/anna/"))},
			{"PROPFIND /homes/team/", NULL, 0, NULL, CALENDAR("/homes/team/t/", "T")}},
		.calendars = "T=/homes/team/t/"},
	{.name = "principal-of-somebody-else",
		.path = "/p/team/",
		.steps = {{"PROPFIND /p/team/", NULL, 0, NULL,
				  RESPONSE("/p/team/", PRINCIPAL("/p/anna/") HOME("/homes/team/"))},
			{"PROPFIND /homes/team/", NULL, 0, NULL, CALENDAR("/homes/team/t/", "T")}},
		.calendars = "T=/homes/team/t/"},
	{.name = "way-to-the-homes",
		.path = "/dav/",
		.steps =
			{{"PROPFIND /dav/", NULL, 0, NULL, RESPONSE("/dav/", PRINCIPAL("/dav/p/"))},
				{"PROPFIND /dav/p/", NULL, 0, NULL,
					RESPONSE("/dav/p/", HOME("/dav/h/"))},
				{"PROPFIND /dav/h/", NULL, 0, NULL, CALENDAR("/dav/h/a/", "A")}},
		.calendars = "A=/dav/h/a/"},
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
		.steps = {PROBE, PROBE},
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
						"</d:resourcetype>") RESPONSE("/h/busy/",
						"<d:resourcetype><c:calendar/>"
						"<free-busy-only "
						"xmlns=\"http://calendarserver.org/ns/\"/>"
						"</d:resourcetype>") FOLDER("/h/addresses/")}},
		.calendars = "Any=/h/any/ empty-set=/h/empty-set/ events=/h/events/ "
			     "(tasks=/h/tasks/) outbox=/h/outbox/ (busy=/h/busy/)"},
	{.name = "default-calendar-of-sogo",
		.path = "/SOGo/dav/anna/",
		.steps = {{"PROPFIND /SOGo/dav/anna/", NULL, 0, NULL,
				  RESPONSE("/SOGo/dav/anna/", HOME("/SOGo/dav/anna/Calendar/"))},
			{"PROPFIND /SOGo/dav/anna/Calendar/", NULL, 0, NULL, SOGO_PERSONAL}},
		.calendars = "Personal Calendar=/SOGo/dav/anna/Calendar/personal/"},
	{.name = "empty-answer-at-the-root",
		.path = "/",
		.steps = {{"PROPFIND /", NULL, 200, "text/html", ""},
			{"PROPFIND /.well-known/caldav", NULL, 0, NULL,
				RESPONSE("/.well-known/caldav", HOME("/h/"))},
			{"PROPFIND /h/", NULL, 0, NULL, CALENDAR("/h/any/", "Any")}},
		.calendars = "Any=/h/any/"},
	{.name = "empty-answers-everywhere",
		.path = "/",
		.steps = {{"PROPFIND /", NULL, 200, "text/html", ""},
			{"PROPFIND /.well-known/caldav", NULL, 200, "text/html", " "}},
		.error = "/ answered with nothing",
		.code = PROVIDER_ERROR_TEMPORARY},
	{.name = "web-pages-everywhere",
		.path = "/",
		.steps = {{"PROPFIND /", NULL, 200, "text/html", "<!doctype html><html>"},
			{"PROPFIND /.well-known/caldav", NULL, 200, "text/html", "<html></html>"}},
		.error = "/ answered with a web page",
		.code = PROVIDER_ERROR_PERMANENT},
	{.name = "nothing-anywhere",
		.path = "/",
		.steps = {NOT_FOUND("PROPFIND /"), NOT_FOUND("PROPFIND /.well-known/caldav")},
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

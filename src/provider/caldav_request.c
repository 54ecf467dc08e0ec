/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DAV requests: PROPFIND, REPORT and GET, and their answers read. */
#include "provider/caldav_request.h"

#include <string.h>

#include "provider/caldav_error.h"

/* The resources of a principal or a home; a calendar's members are not collected. */
#define MAX_COLLECTED 5000

/* Performs the request; NULL with CALDAV_ERROR unless the answer has a 2xx status. */
static HttpResponse *perform(
	const CalDavSession *session, const HttpRequest *request, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autoptr(HttpResponse) response = http_perform(session->http, request, &failure);

	if (response == NULL) {
		caldav_error_set_http(error, g_steal_pointer(&failure), request->url);
		return NULL;
	}
	if (response->status / 100 != 2) {
		caldav_error_set_status(error, response->status, response->url);
		return NULL;
	}
	return g_steal_pointer(&response);
}

static HttpResponse *ask(
	const CalDavSession *session, const CalDavQuestion *question, GError **error)
{
	const char *const headers[] = {question->depth == 0 ? "Depth: 0" : "Depth: 1", NULL};
	const HttpRequest request = {
		.method = question->method,
		.url = question->url,
		.auth = session->auth,
		.headers = headers,
		.content_type = "application/xml; charset=utf-8",
		.body = question->body,
		.body_bytes = strlen(question->body),
		.cancellable = session->cancellable,
	};

	return perform(session, &request, error);
}

void caldav_answer_clear(CalDavAnswer *answer)
{
	g_clear_pointer(&answer->url, g_free);
	g_clear_pointer(&answer->sync_token, g_free);
}

bool caldav_ask(const CalDavSession *session, const CalDavQuestion *question, MultistatusFunc func,
	void *data, CalDavAnswer *ret_answer, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autoptr(HttpResponse) response = ask(session, question, error);

	if (response == NULL)
		return false;
	/* Not the status (200 instead of 207) nor the Content-Type but the body tells what it is.
	 */
	if (!multistatus_read(response->body->str, response->body->len, func, data,
		    &ret_answer->sync_token, &failure)) {
		caldav_error_set_body(error, g_steal_pointer(&failure), response->url);
		return false;
	}
	ret_answer->url = g_strdup(response->url);
	return true;
}

GPtrArray *caldav_propfind(const CalDavSession *session, const char *url, unsigned depth,
	const char *body, char **ret_url, GError **error)
{
	const CalDavQuestion question = {"PROPFIND", url, depth, body};
	g_autoptr(GError) failure = NULL;
	g_autoptr(HttpResponse) response = ask(session, &question, error);
	GPtrArray *responses;

	if (response == NULL)
		return NULL;
	responses = multistatus_collect(
		response->body->str, response->body->len, MAX_COLLECTED, &failure);
	if (responses == NULL)
		caldav_error_set_body(error, g_steal_pointer(&failure), response->url);
	else
		*ret_url = g_strdup(response->url);
	return responses;
}

/* A session that ran out gets the login page with status 200. */
static bool is_web_page(const HttpResponse *response)
{
	return response->content_type != NULL &&
	       g_ascii_strncasecmp(response->content_type, "text/html", 9) == 0 &&
	       strstr(response->body->str, "BEGIN:VCALENDAR") == NULL;
}

GString *caldav_get(const CalDavSession *session, const char *url, GError **error)
{
	static const char *const headers[] = {"Accept: text/calendar, */*;q=0.5", NULL};
	const HttpRequest request = {
		.method = "GET",
		.url = url,
		.auth = session->auth,
		.headers = headers,
		.cancellable = session->cancellable,
	};
	g_autoptr(HttpResponse) response = perform(session, &request, error);

	if (response == NULL)
		return NULL;
	if (is_web_page(response)) {
		caldav_error_set_body(error,
			g_error_new_literal(MULTISTATUS_ERROR, MULTISTATUS_ERROR_NOT_DAV, ""),
			response->url);
		return NULL;
	}
	return g_steal_pointer(&response->body);
}

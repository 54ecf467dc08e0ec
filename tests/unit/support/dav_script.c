/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A DAV server that follows a script of requests that must come, in this order. */
#include "dav_script.h"

#include <string.h>

/* What the server answers when the script is over; the test fails for it anyway. */
#define OVER 404

static cJSON *step_to_reply(const Step *step)
{
	cJSON *reply = cJSON_CreateObject();
	cJSON *headers = cJSON_AddObjectToObject(reply, "headers");
	g_autofree char *multistatus = g_strconcat(OPEN, step->body, CLOSE, NULL);

	cJSON_AddNumberToObject(reply, "status", step->status != 0 ? step->status : 207);
	cJSON_AddStringToObject(
		headers, "Content-Type", step->type != NULL ? step->type : "application/xml");
	if (step->status == 301)
		cJSON_AddStringToObject(headers, "Location", step->body);
	cJSON_AddStringToObject(reply, "body", step->status == 0 ? multistatus : step->body);
	return reply;
}

/* The steps as replies to whatever path is asked for. */
static char *steps_to_routes(const Step *steps)
{
	cJSON *routes = cJSON_CreateObject();
	cJSON *replies = cJSON_AddArrayToObject(routes, "*");
	g_autoptr(GString) json = NULL;
	const Step over = {NULL, NULL, OVER, NULL, ""};
	char *printed;

	for (; steps->request != NULL; steps++)
		cJSON_AddItemToArray(replies, step_to_reply(steps));
	cJSON_AddItemToArray(replies, step_to_reply(&over));
	printed = cJSON_PrintUnformatted(routes);
	json = g_string_new(printed);
	/* fake_server_new() takes an apostrophe for a quote. */
	g_string_replace(json, "'", "\\u0027", 0);
	cJSON_free(printed);
	cJSON_Delete(routes);
	return g_strdup(json->str);
}

void dav_script_begin(DavScript *script, const Step *steps, const char *path)
{
	g_autofree char *routes = steps_to_routes(steps);
	g_autofree char *url = NULL;

	script->steps = steps;
	script->server = fake_server_new(routes);
	url = fake_server_url(script->server, path);
	caldav_call_begin(&script->call, url, "anna", "se:cret");
}

static void assert_request(FakeServer *server, unsigned index, const Step *step)
{
	g_autofree char *line = fake_server_request_line(server, index);
	g_autofree char *body = NULL;

	g_assert_cmpstr(line, ==, step->request);
	if (line == NULL || step->holds == NULL)
		return;
	body = fake_server_header(server, index, "body");
	if (strstr(body, step->holds) == NULL)
		g_test_message("%s: %s", line, body);
	g_assert_nonnull(strstr(body, step->holds));
}

void dav_script_clear(DavScript *script)
{
	const Step *step = script->steps;
	unsigned index = 0;

	for (; step->request != NULL; step++)
		assert_request(script->server, index++, step);
	assert_request(script->server, index, step);
	caldav_call_clear(&script->call);
	fake_server_free(script->server);
}

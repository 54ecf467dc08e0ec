/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the Google provider against scripted answers. */
#include "google_call.h"

#include "provider/providers.h"

static int64_t now_utc(void)
{
	return GOOGLE_NOW;
}

static void no_wait(void *data, unsigned msecs)
{
	(void)data, (void)msecs;
}

static bool store(void *data, const char *credentials_json, char **ret_newer, GError **error)
{
	GoogleCall *call = data;

	(void)error;
	g_ptr_array_add(call->stored, g_strdup(credentials_json));
	*ret_newer = g_strdup(call->newer);
	return true;
}

static char *routes_of(const GoogleAnswer *answers)
{
	cJSON *routes = cJSON_CreateObject();
	cJSON *replies = cJSON_AddArrayToObject(routes, "*");
	g_autofree char *printed = NULL;
	GString *json;

	for (; answers->status != 0; answers++) {
		g_autofree char *body = g_strdelimit(g_strdup(answers->body), "'", '"');
		cJSON *reply = cJSON_CreateObject();

		cJSON_AddItemToArray(replies, reply);
		cJSON_AddNumberToObject(reply, "status", answers->status);
		if (answers->status == 307)
			cJSON_AddStringToObject(cJSON_AddObjectToObject(reply, "headers"),
				"Location", answers->body);
		else
			cJSON_AddStringToObject(reply, "body", body);
	}
	printed = cJSON_PrintUnformatted(routes);
	cJSON_Delete(routes);
	json = g_string_new(printed);
	g_string_replace(json, "'", "\\u0027", 0);
	return g_string_free(json, FALSE);
}

void google_call_begin(GoogleCall *call, const GoogleAnswer *answers, const char *credentials)
{
	static const char *const allowed[] = {"127.0.0.1", "localhost", NULL};
	static const HttpOptions options = {
		.connect_timeout_secs = 10,
		.request_timeout_secs = 60,
		.max_response_bytes = 1000000,
		.allow_http = true,
		.allow_private = allowed,
		.wait_msecs = no_wait,
	};
	g_autofree char *routes = routes_of(answers);

	*call = (GoogleCall){.server = fake_server_new(routes)};
	call->shared = http_shared_new(&options);
	call->http = http_client_new(call->shared);
	call->zone = g_time_zone_new_utc();
	call->api_base = fake_server_url(call->server, "/v3/");
	call->token_url = fake_server_url(call->server, "/token");
	call->google = (ProviderService){
		call->api_base, call->token_url, "id&1", "s+/=", "https://auth.example/"};
	call->sink = collecting_sink_new();
	call->stored = g_ptr_array_new_with_free_func(g_free);
	call->request = (ProviderRequest){
		.http = call->http,
		.credentials_json = credentials,
		.window = {GOOGLE_NOW - 86400 * 30, GOOGLE_NOW + 86400 * 30},
		.site_zone = call->zone,
		.now_utc = now_utc,
		.google = &call->google,
		.store_credentials = store,
		.store_data = call,
	};
}

void google_call_clear(GoogleCall *call)
{
	collecting_sink_free(call->sink);
	g_ptr_array_unref(call->stored);
	http_client_free(call->http);
	http_shared_free(call->shared);
	g_time_zone_unref(call->zone);
	g_free(call->api_base);
	g_free(call->token_url);
	fake_server_free(call->server);
}
bool google_call_sync(GoogleCall *call, GError **error)
{
	return provider_find("google")->sync(&call->request, &call->sink->sink, error);
}

char *google_call_joined(const GPtrArray *texts)
{
	g_autoptr(GString) line = g_string_new(NULL);

	for (unsigned i = 0; i < texts->len; i++)
		g_string_append_printf(
			line, "%s%s", i > 0 ? " " : "", (const char *)g_ptr_array_index(texts, i));
	return g_strdup(line->str);
}

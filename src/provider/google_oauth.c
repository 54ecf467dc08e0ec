/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Google's tokens: read from the stored credentials, and renewed. */
#include "provider/google_oauth.h"

#include <string.h>

#include "provider/google_error.h"
#include "util/secret.h"

/* Far above any real credentials. */
#define CREDENTIALS_MAX_BYTES 65536

enum {
	FORM_BYTES = 8192, /* above any real one: what grows is moved, and left behind unwiped */
	EARLY_SECS = 5 * 60,
	LIFETIME_DEFAULT_SECS = 3599,
	LIFETIME_MAX_SECS = 7 * 24 * 60 * 60,
};

GoogleTokens *google_tokens_new(const char *credentials_json, GError **error)
{
	size_t length = credentials_json != NULL ? strlen(credentials_json) : 0;
	JsonSecret *json = length > 0 && length <= CREDENTIALS_MAX_BYTES
				   ? json_parse_object(credentials_json, length)
				   : NULL;
	GoogleTokens *tokens;

	if (json == NULL) {
		google_error_set_reconnect(error);
		return NULL;
	}
	tokens = g_new0(GoogleTokens, 1);
	tokens->json = json;
	return tokens;
}

void google_tokens_free(GoogleTokens *tokens)
{
	if (tokens == NULL)
		return;
	json_secret_free(tokens->json);
	g_free(tokens);
}

/* Anything beyond printable ASCII could end the header line that it is to stand in. */
static bool is_header_text(const char *text)
{
	for (; *text != '\0'; text++) {
		if (!g_ascii_isgraph(*text))
			return false;
	}
	return true;
}

const char *google_tokens_access(const GoogleTokens *tokens)
{
	const char *access = json_string(tokens->json, "access_token");

	return access != NULL && is_header_text(access) ? access : NULL;
}

/* PHP may have stored the number as a string. Zero when there is none. */
static int64_t expires_at(const GoogleTokens *tokens)
{
	const cJSON *item = json_member(tokens->json, "expires_at");
	gint64 seconds = 0;

	if (cJSON_IsNumber(item) && item->valuedouble > 0 && item->valuedouble < 1e15)
		return (int64_t)item->valuedouble;
	if (cJSON_IsString(item) &&
		!g_ascii_string_to_signed(item->valuestring, 10, 0, G_MAXINT64, &seconds, NULL))
		return 0;
	return seconds;
}

bool google_tokens_are_fresh(const GoogleTokens *tokens, int64_t now_utc)
{
	return google_tokens_access(tokens) != NULL && expires_at(tokens) - EARLY_SECS > now_utc;
}

char *google_tokens_consent(const GoogleTokens *tokens)
{
	const char *refresh_token = json_string(tokens->json, "refresh_token");

	return g_compute_checksum_for_string(
		G_CHECKSUM_SHA256, refresh_token != NULL ? refresh_token : "", -1);
}

static void append_field(GString *form, const char *name, const char *value)
{
	g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);

	g_string_append_printf(form, "%s%s=%s", form->len > 0 ? "&" : "", name, escaped);
	memset(escaped, 0, strlen(escaped));
}

static char *refresh_form(const ProviderService *service, const char *refresh_token)
{
	GString *form = g_string_sized_new(FORM_BYTES);

	append_field(form, "client_id", service->client_id);
	append_field(form, "client_secret", service->client_secret);
	append_field(form, "refresh_token", refresh_token);
	append_field(form, "grant_type", "refresh_token");
	return g_string_free(form, FALSE);
}

static HttpResponse *post_form(const ProviderRequest *request, const char *form, GError **error)
{
	/* No user: what this does is to keep the form from following a redirect to a stranger. */
	const HttpAuth auth = {.origin_url = request->google->token_url};
	const HttpRequest post = {
		.method = "POST",
		.url = request->google->token_url,
		.auth = &auth,
		.content_type = "application/x-www-form-urlencoded",
		.body = form,
		.body_bytes = strlen(form),
		.cancellable = request->cancellable,
	};
	g_autoptr(GError) failure = NULL;
	HttpResponse *response = http_perform(request->http, &post, &failure);

	if (response == NULL)
		google_error_set_http(error, g_steal_pointer(&failure));
	return response;
}

static void copy_member(cJSON *to, const cJSON *from, const char *name)
{
	const char *text = json_string(from, name);

	if (text == NULL)
		return;
	cJSON_DeleteItemFromObjectCaseSensitive(to, name);
	cJSON_AddStringToObject(to, name, text);
}

static int64_t lifetime_secs(const cJSON *answer)
{
	const cJSON *item = json_member(answer, "expires_in");

	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0))
		return LIFETIME_DEFAULT_SECS;
	return (int64_t)MIN(item->valuedouble, LIFETIME_MAX_SECS);
}

static bool take_answer(
	GoogleTokens *tokens, const HttpResponse *response, int64_t now_utc, GError **error)
{
	g_autoptr(JsonSecret) answer =
		response->status == 200
			? json_parse_object(response->body->str, response->body->len)
			: NULL;
	const char *access = json_string(answer, "access_token");

	if (access == NULL || !is_header_text(access)) {
		google_error_set_token_answer(error, response);
		return false;
	}
	copy_member(tokens->json, answer, "access_token");
	copy_member(tokens->json, answer, "refresh_token");
	copy_member(tokens->json, answer, "token_type");
	copy_member(tokens->json, answer, "scope");
	cJSON_DeleteItemFromObjectCaseSensitive(tokens->json, "expires_at");
	cJSON_AddNumberToObject(
		tokens->json, "expires_at", (double)(now_utc + lifetime_secs(answer)));
	return true;
}

bool google_client_check(const ProviderService *service, GError **error)
{
	if (service->client_id[0] != '\0' && service->client_secret[0] != '\0')
		return true;
	g_set_error_literal(error, PROVIDER_ERROR, PROVIDER_ERROR_SITE,
		"This site has no Google client, so Google calendars cannot be synced. The site's "
		"administrator has to set client_id and client_secret in [google].");
	return false;
}

static bool ask(
	GoogleTokens *tokens, const ProviderRequest *request, const char *form, GError **error)
{
	g_autoptr(HttpResponse) response = post_form(request, form, error);
	bool is_taken;

	if (response == NULL)
		return false;
	is_taken = take_answer(tokens, response, request->now_utc(), error);
	memset(response->body->str, 0, response->body->len);
	return is_taken;
}

bool google_tokens_refresh(GoogleTokens *tokens, const ProviderRequest *request, GError **error)
{
	const char *refresh_token = json_string(tokens->json, "refresh_token");
	g_auto(Secret) form = NULL;

	if (refresh_token == NULL) {
		google_error_set_reconnect(error);
		return false;
	}
	if (!google_client_check(request->google, error))
		return false;
	form = refresh_form(request->google, refresh_token);
	return ask(tokens, request, form, error);
}

static char *code_form(const ProviderService *service, const GoogleCode *code)
{
	GString *form = g_string_sized_new(FORM_BYTES);

	append_field(form, "client_id", service->client_id);
	append_field(form, "client_secret", service->client_secret);
	append_field(form, "code", code->code);
	append_field(form, "code_verifier", code->verifier);
	append_field(form, "redirect_uri", code->redirect_url);
	append_field(form, "grant_type", "authorization_code");
	return g_string_free(form, FALSE);
}

GoogleTokens *google_tokens_redeem(
	const GoogleCode *code, const ProviderRequest *request, GError **error)
{
	g_autoptr(GoogleTokens) tokens = g_new0(GoogleTokens, 1);
	g_auto(Secret) form = code_form(request->google, code);

	tokens->json = cJSON_CreateObject();
	return ask(tokens, request, form, error) ? g_steal_pointer(&tokens) : NULL;
}

char *google_tokens_to_json(const GoogleTokens *tokens)
{
	return json_to_text(tokens->json);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking Google's Calendar API as the owner of a connection. */
#include "provider/google_session.h"

#include <string.h>

#include "provider/google_error.h"
#include "provider/google_oauth.h"
#include "util/secret.h"

enum {
	MAX_RATE_LIMIT_RETRIES = 2,
	RATE_LIMIT_BASE_MSECS = 1000,
	REFRESH_PAUSE_SECS = 60, /* a token that lives shorter is not asked for with every page */
};

struct GoogleSession {
	const ProviderRequest *request;
	GoogleTokens *tokens;
	int last_status;
	int64_t refreshed_utc; /* 0: not in this run */
	GError *refusal;       /* why the tokens could not be renewed: asked once in a run */
};

GoogleSession *google_session_new(const ProviderRequest *request, GError **error)
{
	g_autoptr(GoogleTokens) tokens = google_tokens_new(request->credentials_json, error);
	GoogleSession *session;

	if (tokens == NULL)
		return NULL;
	session = g_new0(GoogleSession, 1);
	session->request = request;
	session->tokens = g_steal_pointer(&tokens);
	return session;
}

void google_session_free(GoogleSession *session)
{
	if (session == NULL)
		return;
	google_tokens_free(session->tokens);
	g_clear_error(&session->refusal);
	g_free(session);
}

/* Hands the new tokens out for storing before they are used: whatever happens next, they are not
 * lost. Another process may have stored newer ones meanwhile; these win. */
static bool store(GoogleSession *session, GError **error)
{
	const ProviderRequest *request = session->request;
	g_auto(Secret) json = google_tokens_to_json(session->tokens);
	g_auto(Secret) newer = NULL;
	GoogleTokens *others;

	if (request->store_credentials == NULL)
		return true;
	if (!request->store_credentials(request->store_data, json, &newer, error))
		return false;
	if (newer == NULL)
		return true;
	others = google_tokens_new(newer, error);
	if (others == NULL)
		return false;
	google_tokens_free(session->tokens);
	session->tokens = others;
	return true;
}

static bool may_refresh(const GoogleSession *session)
{
	return session->refreshed_utc == 0 ||
	       session->request->now_utc() - session->refreshed_utc >= REFRESH_PAUSE_SECS;
}

static bool refresh(GoogleSession *session, GError **error)
{
	if (session->refusal == NULL &&
		google_tokens_refresh(session->tokens, session->request, &session->refusal) &&
		store(session, &session->refusal)) {
		session->refreshed_utc = session->request->now_utc();
		return true;
	}
	g_propagate_error(error, g_error_copy(session->refusal));
	return false;
}

/* One request; NULL with PROVIDER_ERROR when there was no answer at all. */
static HttpResponse *ask(GoogleSession *session, const char *url, GError **error)
{
	static const char *const headers[] = {"Accept: application/json", NULL};
	const ProviderRequest *request = session->request;
	const HttpAuth auth = {
		.origin_url = request->google->api_base,
		.bearer = google_tokens_access(session->tokens),
	};
	const HttpRequest get = {
		.method = "GET",
		.url = url,
		.auth = &auth,
		.headers = headers,
		.cancellable = request->cancellable,
	};
	g_autoptr(GError) failure = NULL;
	HttpResponse *response = http_perform(request->http, &get, &failure);

	if (response == NULL)
		google_error_set_http(error, g_steal_pointer(&failure));
	return response;
}

/* Quotas count in sliding minutes: a short wait may be enough, and the next sync is never far. */
static HttpResponse *ask_patiently(GoogleSession *session, const char *url, GError **error)
{
	for (unsigned tries = 0;; tries++) {
		g_autoptr(HttpResponse) response = ask(session, url, error);
		unsigned base_msecs = RATE_LIMIT_BASE_MSECS << tries;

		if (response == NULL || tries == MAX_RATE_LIMIT_RETRIES ||
			response->retry_after_secs > 0 || !google_error_is_rate_limit(response))
			return g_steal_pointer(&response);
		http_client_wait(session->request->http,
			base_msecs + (unsigned)g_random_int_range(0, (gint32)base_msecs),
			session->request->cancellable);
	}
}

static HttpResponse *ask_as_owner(GoogleSession *session, const char *url, GError **error)
{
	g_autoptr(HttpResponse) response = NULL;
	bool is_fresh = google_tokens_are_fresh(session->tokens, session->request->now_utc());

	if (!is_fresh && may_refresh(session) && !refresh(session, error))
		return NULL;
	response = ask_patiently(session, url, error);
	if (response == NULL || response->status != 401 || !may_refresh(session))
		return g_steal_pointer(&response);
	if (!refresh(session, error))
		return NULL;
	return ask_patiently(session, url, error);
}

JsonList *google_session_get(GoogleSession *session, const char *path_and_query, const char *kind,
	const char *what, GError **error)
{
	const char *base = session->request->google->api_base;
	size_t base_bytes = strlen(base);
	g_autofree char *url = NULL;
	g_autoptr(HttpResponse) response = NULL;
	g_autoptr(JsonList) answer = NULL;

	while (base_bytes > 0 && base[base_bytes - 1] == '/')
		base_bytes--;
	url = g_strdup_printf("%.*s%s", (int)base_bytes, base, path_and_query);
	response = ask_as_owner(session, url, error);
	session->last_status = response != NULL ? response->status : 0;
	if (response == NULL)
		return NULL;
	if (response->status != 200) {
		google_error_set_answer(error, response, what);
		return NULL;
	}
	answer = json_list_parse(g_steal_pointer(&response->body), "items");
	/* Without the array it is no list, and says nothing about what is not in it. */
	if (answer != NULL && json_list_has_array(answer) &&
		g_strcmp0(json_string(json_list_head(answer), "kind"), kind) == 0)
		return g_steal_pointer(&answer);
	google_error_set_unreadable(error, what);
	return NULL;
}

int google_session_last_status(const GoogleSession *session)
{
	return session->last_status;
}

char *google_session_consent(const GoogleSession *session)
{
	return google_tokens_consent(session->tokens);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request from URL to final answer: redirects, authentication, retries, and whom to leave
 * alone. */
#include "net/http.h"

#include <curl/curl.h>
#include <string.h>

#include "net/http_auth.h"
#include "net/http_shared.h"
#include "net/http_transfer.h"
#include "net/http_url.h"
#include "net/retry_after.h"

enum {
	MAX_REDIRECTS = 5,
	MAX_RETRIES = 2,
	RETRY_BASE_MSECS = 1000,
};

/* One http_perform(). */
typedef struct Journey {
	HttpClient *client;
	const HttpRequest *request;
	HttpUrl *origin;      /* that the credentials were given for, or NULL */
	unsigned retries;     /* used so far */
	int64_t budget_msecs; /* left for waiting on servers */
} Journey;

/* What one try at one URL gave. */
typedef struct Attempt {
	HttpReply reply;
	int64_t retry_after_secs;
	bool is_broken;
} Attempt;

static void attempt_clear(Attempt *attempt)
{
	http_reply_clear(&attempt->reply);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Attempt, attempt_clear)

void http_response_free(HttpResponse *response)
{
	if (response == NULL)
		return;
	g_free(response->url);
	g_free(response->permanent_url);
	g_free(response->content_type);
	g_free(response->etag);
	g_free(response->last_modified);
	if (response->body != NULL)
		g_string_free(response->body, TRUE);
	g_free(response);
}

HttpClient *http_client_new(HttpShared *shared)
{
	HttpClient *client = g_new0(HttpClient, 1);

	client->shared = shared;
	client->curl = curl_easy_init();
	return client;
}

void http_client_free(HttpClient *client)
{
	if (client == NULL)
		return;
	if (client->curl != NULL)
		curl_easy_cleanup(client->curl);
	g_free(client->account);
	http_digest_free(client->digest);
	g_free(client->digest_account);
	g_free(client);
}

/* Names a user at an origin; a bearer token stands for its user, and is not kept. */
static char *account_name(const HttpUrl *url, const HttpAuth *auth)
{
	const char *scheme = url->is_https ? "https" : "http";

	if (auth->bearer != NULL) {
		g_autofree char *digest =
			g_compute_checksum_for_string(G_CHECKSUM_SHA256, auth->bearer, -1);

		return g_strdup_printf("%s://%s\nbearer %s", scheme, url->site, digest);
	}
	return g_strdup_printf(
		"%s://%s\n%s", scheme, url->site, auth->user != NULL ? auth->user : "");
}

/* Also of an answer that broke off: as libcurl counted it. */
static void count_bytes(HttpClient *client, const HttpReply *reply)
{
	curl_off_t received = 0;
	size_t unpacked = reply->body != NULL ? reply->body->len : 0;

	if (client->curl != NULL)
		(void)curl_easy_getinfo(client->curl, CURLINFO_SIZE_DOWNLOAD_T, &received);
	client->spent.bytes += MAX((uint64_t)received, (uint64_t)unpacked);
}

/* What is left for one exchange. */
static int64_t msecs_left(const Journey *journey)
{
	const HttpClient *client = journey->client;

	if (!client->has_allowance)
		return journey->budget_msecs;
	return MIN(
		journey->budget_msecs, client->allowance.msecs - http_client_spent(client).msecs);
}

/* What an exchange is sent for. */
typedef struct Sending {
	Journey *journey;
	Attempt *attempt;
} Sending;

static bool transfer_within_budget(void *data, const HttpExchange *exchange, GError **error)
{
	Journey *journey = ((Sending *)data)->journey;
	Attempt *attempt = ((Sending *)data)->attempt;
	HttpClient *client = journey->client;
	int64_t started_usecs = g_get_monotonic_time();
	HttpExchange timed = *exchange;
	bool is_done;

	if (!http_client_may_ask(client, error))
		return false;
	/* libcurl takes 0 for "for ever". */
	timed.timeout_msecs = (unsigned)MAX(msecs_left(journey), 1);
	http_reply_clear(&attempt->reply);
	client->spent.requests++;
	is_done = http_transfer(client, &timed, &attempt->reply, &attempt->is_broken, error);
	count_bytes(client, &attempt->reply);
	journey->budget_msecs -= (g_get_monotonic_time() - started_usecs) / 1000;
	return is_done;
}

static void note_retry_after(HttpShared *shared, const HttpUrl *url, Attempt *attempt)
{
	const HttpReply *reply = &attempt->reply;
	bool is_busy = reply->status == 429 || reply->status == 503;

	attempt->retry_after_secs = -1;
	if (reply->retry_after != NULL)
		attempt->retry_after_secs =
			retry_after_parse(reply->retry_after, http_shared_now_utc(shared));
	else if (is_busy)
		attempt->retry_after_secs = RETRY_AFTER_DEFAULT_SECS;
	if (is_busy)
		http_shared_mark_busy(shared, url->site, reply->status, attempt->retry_after_secs);
}

static bool try_once(Journey *journey, const HttpUrl *url, Attempt *attempt, GError **error)
{
	HttpShared *shared = journey->client->shared;
	const HttpAuth *auth = journey->request->auth;
	g_autofree char *account = auth != NULL ? account_name(url, auth) : NULL;
	HttpExchange exchange = {
		.request = journey->request, .url = url, .auth = auth, .account = account};
	bool is_done = true;

	attempt->is_broken = false;
	if (!http_client_may_ask(journey->client, error) ||
		!http_shared_enter(
			shared, url->site, account, journey->request->cancellable, error))
		return false;
	/* Asked behind the gate: whoever was before us may have been sent away. */
	if (http_shared_is_busy(
		    shared, url->site, &attempt->reply.status, &attempt->retry_after_secs)) {
		attempt->reply.body = g_string_new(NULL);
	} else {
		is_done = http_auth_send(journey->client, &exchange, &attempt->reply,
			transfer_within_budget, &(Sending){journey, attempt}, error);
		if (is_done)
			note_retry_after(shared, url, attempt);
	}
	http_shared_leave(shared, url->site, account);
	return is_done;
}

static bool deserves_retry(bool is_done, const Attempt *attempt)
{
	int status = attempt->reply.status;

	return is_done ? status == 500 || status == 502 || status == 504 : attempt->is_broken;
}

/* An exchange that the allowance's end cut off has met no fault of the server's. */
static void set_failure(const Journey *journey, GError *take_failure, GError **error)
{
	g_autoptr(GError) failure = take_failure;

	if (failure->code != HTTP_ERROR_TIMEOUT || http_client_may_ask(journey->client, error))
		g_propagate_error(error, g_steal_pointer(&failure));
}

static bool try_with_retries(
	Journey *journey, const HttpUrl *url, Attempt *ret_attempt, GError **error)
{
	while (true) {
		g_auto(Attempt) attempt = {0};
		g_autoptr(GError) failure = NULL;
		bool is_done = try_once(journey, url, &attempt, &failure);
		bool may_retry = http_client_may_ask(journey->client, NULL);
		unsigned base_msecs = RETRY_BASE_MSECS << journey->retries;

		if (journey->retries >= MAX_RETRIES || journey->budget_msecs <= 0 || !may_retry ||
			!deserves_retry(is_done, &attempt)) {
			if (!is_done) {
				set_failure(journey, g_steal_pointer(&failure), error);
				return false;
			}
			*ret_attempt = attempt;
			memset(&attempt, 0, sizeof(attempt));
			return true;
		}
		journey->retries++;
		http_shared_wait(journey->client->shared,
			base_msecs / 2 + (unsigned)g_random_int_range(0, (gint32)base_msecs),
			journey->request->cancellable);
	}
}

/* The rules for a URL that came from anywhere: the caller, a redirect. NULL and an error, or the
 * URL to ask. */
static HttpUrl *admit_url(const Journey *journey, HttpUrl *take_url, GError **error)
{
	g_autoptr(HttpUrl) url = take_url;
	const HttpUrl *origin = journey->origin;

	if (origin != NULL && !http_url_is_same_site(origin, url)) {
		g_set_error(error, HTTP_ERROR, HTTP_ERROR_REDIRECT,
			"%s refers to %s, where the password was not given for; if that is right, "
			"enter the URL on that host as the account's",
			origin->host, url->host);
		return NULL;
	}
	if (origin != NULL && origin->is_https && !url->is_https) {
		/* Servers behind a TLS proxy spell their own URLs so. */
		if (strcmp(origin->host, url->host) == 0)
			return http_url_move(url, origin, error);
		g_set_error(error, HTTP_ERROR, HTTP_ERROR_REDIRECT,
			"%s refers to %s without https, and the password is not sent there",
			origin->host, url->host);
		return NULL;
	}
	if (!url->is_https && !http_shared_options(journey->client->shared)->allow_http) {
		g_set_error(error, HTTP_ERROR, HTTP_ERROR_SETTINGS,
			"cannot ask %s: only https is allowed (see allow_http, section [network])",
			url->host);
		return NULL;
	}
	return g_steal_pointer(&url);
}

static HttpUrl *follow(
	const Journey *journey, const HttpUrl *from, const char *location, GError **error)
{
	g_autoptr(HttpUrl) next = http_url_resolve(from, location, error);
	HttpUrl *moved;

	if (next == NULL) {
		g_prefix_error(error, "%s redirects to nowhere: ", from->host);
		return NULL;
	}
	if (from->is_https && !next->is_https) {
		if (strcmp(from->host, next->host) != 0) {
			g_set_error(error, HTTP_ERROR, HTTP_ERROR_REDIRECT,
				"%s redirects to %s without https, and that is refused", from->host,
				next->host);
			return NULL;
		}
		moved = http_url_move(next, from, error);
		if (moved == NULL)
			return NULL;
		http_url_free(next);
		next = moved;
	}
	return admit_url(journey, g_steal_pointer(&next), error);
}

static bool is_redirect(const HttpReply *reply)
{
	int status = reply->status;

	return reply->location != NULL &&
	       (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
}

static HttpResponse *to_response(Attempt *attempt, const HttpUrl *url, bool is_permanent)
{
	HttpResponse *response = g_new0(HttpResponse, 1);

	response->status = attempt->reply.status;
	response->url = g_strdup(url->text);
	response->permanent_url = is_permanent ? g_strdup(url->text) : NULL;
	response->content_type = g_steal_pointer(&attempt->reply.content_type);
	response->etag = g_steal_pointer(&attempt->reply.etag);
	response->last_modified = g_steal_pointer(&attempt->reply.last_modified);
	response->retry_after_secs = attempt->retry_after_secs;
	response->body = g_steal_pointer(&attempt->reply.body);
	return response;
}

static HttpResponse *travel(Journey *journey, HttpUrl *take_url, GError **error)
{
	g_autoptr(HttpUrl) url = take_url;
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	bool is_permanent = true;

	while (true) {
		g_auto(Attempt) attempt = {0};
		HttpUrl *next;
		unsigned hops = g_hash_table_size(seen);

		g_hash_table_add(seen, g_strdup(url->text));
		if (!try_with_retries(journey, url, &attempt, error))
			return NULL;
		if (!is_redirect(&attempt.reply))
			return to_response(&attempt, url, is_permanent && hops > 0);
		is_permanent = is_permanent &&
			       (attempt.reply.status == 301 || attempt.reply.status == 308);
		next = follow(journey, url, attempt.reply.location, error);
		if (next == NULL)
			return NULL;
		http_url_free(url);
		url = next;
		if (hops == MAX_REDIRECTS || g_hash_table_contains(seen, url->text)) {
			g_set_error(error, HTTP_ERROR, HTTP_ERROR_REDIRECT,
				hops == MAX_REDIRECTS ? "%s redirects too many times"
						      : "%s redirects in a circle",
				url->host);
			return NULL;
		}
	}
}

HttpResponse *http_perform(HttpClient *client, const HttpRequest *request, GError **error)
{
	const HttpOptions *options = http_shared_options(client->shared);
	g_autoptr(HttpUrl) origin = NULL;
	HttpUrl *url;
	HttpResponse *response;
	Journey journey = {
		.client = client,
		.request = request,
		.budget_msecs = (int64_t)options->request_timeout_secs * 1000,
	};

	if (request->auth != NULL) {
		origin = http_url_parse(request->auth->origin_url, error);
		if (origin == NULL)
			return NULL;
		journey.origin = origin;
	}
	url = http_url_parse(request->url, error);
	if (url != NULL)
		url = admit_url(&journey, url, error);
	response = url != NULL ? travel(&journey, url, error) : NULL;
	if (response != NULL && (response->status == 429 || response->status == 503))
		client->pause_secs = MAX(client->pause_secs, response->retry_after_secs);
	return response;
}

int64_t http_client_take_pause(HttpClient *client)
{
	int64_t pause_secs = client->pause_secs;

	client->pause_secs = 0;
	return pause_secs;
}

static char *account_at(const char *url, const HttpAuth *auth)
{
	g_autoptr(HttpUrl) parsed = http_url_parse(url, NULL);

	return parsed != NULL ? account_name(parsed, auth) : NULL;
}

bool http_client_knows_basic(HttpClient *client, const char *url, const HttpAuth *auth)
{
	g_autofree char *account = account_at(url, auth);

	return account != NULL &&
	       http_shared_learned_auth(client->shared, account) == CURLAUTH_BASIC;
}

void http_client_assume_basic(HttpClient *client, const char *url, const HttpAuth *auth)
{
	g_autofree char *account = account_at(url, auth);

	if (account != NULL && http_shared_learned_auth(client->shared, account) == CURLAUTH_NONE)
		http_shared_learn_auth(client->shared, account, CURLAUTH_BASIC);
}

void http_client_wait(HttpClient *client, unsigned msecs, GCancellable *cancellable)
{
	http_shared_wait(client->shared, msecs, cancellable);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Published calendars. All is listed whenever it changed, and daily; in between, the server says
 * that nothing did (RFC 9110, 13.1), or the bytes are the same. */
#include "provider/ics.h"

#include <string.h>

#include "event/ical.h"
#include "net/http.h"
#include "provider/json.h"
#include "util/secret.h"

/* Far above any real ones. */
#define CREDENTIALS_MAX_BYTES 16384
#define CURSOR_MAX_BYTES 8192
#define VALIDATOR_MAX_BYTES 1000

/* Of other versions nothing is read: then all is listed once. */
#define CURSOR_VERSION 1

#define ONLY_CALENDAR "published"

typedef struct {
	char *url; /* https, or http where somebody typed that; a secret */
	char *username;
	char *password;
	char *what;             /* "The published calendar at HOST": what messages call it */
	char *fingerprint;      /* of address and user */
	const char *address[2]; /* the user name where it is an e-mail address; NULL-terminated */
	HttpAuth auth;          /* the first three, borrowed; without a user it is not used */
} Account;

static void account_clear(Account *account)
{
	secret_free(account->url);
	g_free(account->username);
	secret_free(account->password);
	g_free(account->what);
	g_free(account->fingerprint);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Account, account_clear)

/* What is remembered between runs. */
typedef struct {
	char *etag;          /* or NULL */
	char *last_modified; /* or NULL */
	char *body_hash;
	char *name; /* of the calendar; or NULL */
} Cursor;

static void cursor_clear(Cursor *cursor)
{
	g_free(cursor->etag);
	g_free(cursor->last_modified);
	g_free(cursor->body_hash);
	g_free(cursor->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Cursor, cursor_clear)

typedef struct {
	const ProviderRequest *request;
	ProviderSink *sink;
	const Account *account;
	const char *calendar_id;
	bool had_unreadable;
} Feed;

/* Behind "The published calendar at HOST ". */
static const struct {
	ProviderError code;
	const char *text;
} http_failures[] = {
	[HTTP_ERROR_URL] = {PROVIDER_ERROR_PERMANENT,
		"cannot be asked: its address must be a full web address that begins with https:// "
		"or webcal://, without user name and password in it. Please reconnect it."},
	[HTTP_ERROR_BLOCKED] = {PROVIDER_ERROR_SITE,
		"is on a network that this site does not connect to. The site's administrator can "
		"allow it ([network] allow_private)."},
	[HTTP_ERROR_REDIRECT] = {PROVIDER_ERROR_PERMANENT,
		"sends us on to where we may not follow. Please reconnect it with the address that "
		"it has now."},
	[HTTP_ERROR_TLS] = {PROVIDER_ERROR_PERMANENT,
		"has no valid certificate. Check the address, or ask the server's administrator."},
	[HTTP_ERROR_HANDSHAKE] = {PROVIDER_ERROR_TEMPORARY,
		"does not answer on a secure connection. The next sync tries again; if this stays, "
		"check the address."},
	[HTTP_ERROR_NETWORK] = {PROVIDER_ERROR_TEMPORARY,
		"cannot be reached. The next sync tries again; if this stays, check the address."},
	[HTTP_ERROR_TIMEOUT] = {PROVIDER_ERROR_TEMPORARY,
		"took too long to answer. The next sync tries again."},
	[HTTP_ERROR_TOO_LARGE] = {PROVIDER_ERROR_SITE,
		"sent more than this site accepts. The site's administrator can raise the limit "
		"([network] max_response_mb)."},
	[HTTP_ERROR_CANCELLED] = {PROVIDER_ERROR_STOPPED, "was not asked: the sync was stopped."},
	[HTTP_ERROR_SPENT] = {PROVIDER_ERROR_SPENT,
		"needs more than one sync may take. The next sync tries again."},
	[HTTP_ERROR_SETTINGS] = {PROVIDER_ERROR_SITE,
		"cannot be asked as this site is set up. There is nothing that you have to do: the "
		"site's administrator finds in prm-calendar's log what to change."},
};

static void set_failure(
	GError **error, const Account *account, ProviderError code, const char *text)
{
	g_set_error(error, PROVIDER_ERROR, (int)code, "%s %s", account->what, text);
}

/* In place of net's own message, but where the site's administrator needs it. */
static void set_http_failure(GError **error, const Account *account, const GError *failure)
{
	size_t index = failure->domain == HTTP_ERROR ? (size_t)failure->code : HTTP_ERROR_NETWORK;

	if (index >= G_N_ELEMENTS(http_failures) || http_failures[index].text == NULL)
		index = HTTP_ERROR_NETWORK;
	set_failure(error, account, http_failures[index].code, http_failures[index].text);
	if (index == HTTP_ERROR_SETTINGS)
		g_prefix_error(error, "%s: ", failure->message);
}

static void set_status_failure(GError **error, const Account *account, int status)
{
	g_autofree char *other = NULL;

	if (status == 401)
		set_failure(error, account, PROVIDER_ERROR_AUTHENTICATION,
			account->username != NULL
				? "does not accept the user name or password. Please reconnect it."
				: "asks for a user name and a password. Please reconnect it with "
				  "them.");
	else if (status == 404 || status == 410)
		set_failure(error, account, PROVIDER_ERROR_GONE,
			"is not there. If it got another address, or is not published any more, "
			"please reconnect it.");
	else if (status == 403)
		set_failure(error, account, PROVIDER_ERROR_PERMANENT,
			"may not be read. Check that it is still published, or reconnect it.");
	else if (status == 408 || status == 429 || status >= 500)
		set_failure(error, account, PROVIDER_ERROR_TEMPORARY,
			"cannot answer at the moment. A later sync tries again.");
	else {
		other = g_strdup_printf("answers with HTTP status %d, which is no calendar. Check "
					"its address, or reconnect it.",
			status);
		set_failure(error, account, PROVIDER_ERROR_PERMANENT, other);
	}
}

/* What answered is no whole calendar: nothing follows from it. */
static void set_object_failure(GError **error, const Account *account, const GError *failure)
{
	g_autofree char *other = NULL;

	if (g_error_matches(failure, ICAL_ERROR, ICAL_ERROR_TRUNCATED)) {
		set_failure(error, account, PROVIDER_ERROR_TEMPORARY,
			"arrived only in part. The next sync tries again.");
		return;
	}
	other = g_strdup_printf("answers with something that is no calendar (%s). If this stays, "
				"check its address, or reconnect it.",
		failure->message);
	set_failure(error, account, PROVIDER_ERROR_PERMANENT, other);
}

/* webcal:// is https://, whatever the case; an address without scheme, too. Caller frees, as a
 * secret. */
static char *address_of(const char *typed)
{
	g_auto(Secret) text = g_strstrip(g_strdup(typed));
	const char *mark = strstr(text, "://");

	if (mark == NULL)
		return g_strconcat("https://", text, NULL);
	if (g_ascii_strncasecmp(text, "webcal://", 9) == 0 ||
		g_ascii_strncasecmp(text, "webcals://", 10) == 0)
		return g_strconcat("https", mark, NULL);
	return g_steal_pointer(&text);
}

static bool account_read(Account *account, const char *credentials_json, GError **error)
{
	g_autoptr(JsonSecret) json = NULL;
	g_autofree char *host = NULL;
	g_auto(Secret) named = NULL;

	if (credentials_json != NULL && strlen(credentials_json) <= CREDENTIALS_MAX_BYTES)
		json = json_parse_object(credentials_json, strlen(credentials_json));
	if (json_string(json, "url") == NULL) {
		g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT,
			"The stored credentials have no address. Please reconnect this calendar.");
		return false;
	}
	account->url = address_of(json_string(json, "url"));
	account->username = g_strdup(json_string(json, "username"));
	account->password = g_strdup(json_string(json, "password"));
	/* Without its path: that is the secret. */
	if (!g_uri_split(account->url, G_URI_FLAGS_PARSE_RELAXED, NULL, NULL, &host, NULL, NULL,
		    NULL, NULL, NULL))
		host = NULL;
	account->what = g_strdup_printf("The published calendar%s%s",
		host != NULL && *host != '\0' ? " at " : "", host != NULL ? host : "");
	named = g_strdup_printf(
		"%s\n%s", account->url, account->username != NULL ? account->username : "");
	account->fingerprint = g_compute_checksum_for_string(G_CHECKSUM_SHA256, named, -1);
	if (account->username != NULL && strchr(account->username, '@') != NULL)
		account->address[0] = account->username;
	account->auth = (HttpAuth){
		.origin_url = account->url,
		.user = account->username,
		.password = account->password != NULL ? account->password : "",
	};
	return true;
}

/* False when there is none for this address and user. */
static bool cursor_read(Cursor *cursor, const char *text, const Account *account)
{
	g_autoptr(JsonValue) json = NULL;
	const cJSON *version;

	if (text == NULL || strlen(text) > CURSOR_MAX_BYTES)
		return false;
	json = json_parse_object(text, strlen(text));
	version = json_member(json, "version");
	if (!cJSON_IsNumber(version) || version->valueint != CURSOR_VERSION ||
		g_strcmp0(json_string(json, "account"), account->fingerprint) != 0)
		return false;
	cursor->etag = g_strdup(json_string(json, "etag"));
	cursor->last_modified = g_strdup(json_string(json, "last_modified"));
	cursor->body_hash = g_strdup(json_string(json, "body"));
	cursor->name = g_strdup(json_string(json, "name"));
	return cursor->body_hash != NULL;
}

/* What could not be sent back is not kept. */
static void add_text(cJSON *json, const char *name, const char *text)
{
	if (text == NULL || strlen(text) > VALIDATOR_MAX_BYTES || !g_utf8_validate(text, -1, NULL))
		return;
	for (const char *at = text; *at != '\0'; at++) {
		if (g_ascii_iscntrl(*at))
			return;
	}
	cJSON_AddStringToObject(json, name, text);
}

/* Caller frees. */
static char *cursor_text(const Cursor *cursor, const Account *account)
{
	g_autoptr(JsonValue) json = cJSON_CreateObject();

	cJSON_AddNumberToObject(json, "version", CURSOR_VERSION);
	add_text(json, "account", account->fingerprint);
	add_text(json, "etag", cursor->etag);
	add_text(json, "last_modified", cursor->last_modified);
	add_text(json, "body", cursor->body_hash);
	add_text(json, "name", cursor->name);
	return json_to_text(json);
}

/* The answer, 200 or, with a cursor, 304. NULL with PROVIDER_ERROR. */
static HttpResponse *fetch(const ProviderRequest *request, const Account *account,
	const Cursor *cursor, GError **error)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(HttpResponse) response = NULL;
	g_autoptr(GError) failure = NULL;
	HttpRequest get = {
		.method = "GET",
		.url = account->url,
		.auth = account->username != NULL ? &account->auth : NULL,
		.cancellable = request->cancellable,
	};

	g_ptr_array_add(headers, g_strdup("Accept: text/calendar, */*;q=0.1"));
	if (cursor != NULL && cursor->etag != NULL)
		g_ptr_array_add(headers, g_strconcat("If-None-Match: ", cursor->etag, NULL));
	else if (cursor != NULL && cursor->last_modified != NULL)
		g_ptr_array_add(
			headers, g_strconcat("If-Modified-Since: ", cursor->last_modified, NULL));
	g_ptr_array_add(headers, NULL);
	get.headers = (const char *const *)headers->pdata;
	response = http_perform(request->http, &get, &failure);
	if (response == NULL) {
		set_http_failure(error, account, failure);
		return NULL;
	}
	if (response->status == 200 || (response->status == 304 && headers->len > 2))
		return g_steal_pointer(&response);
	set_status_failure(error, account, response->status);
	return NULL;
}

static bool begin(const Feed *feed, const char *name, ProviderListing listing, GError **error)
{
	g_autoptr(ProviderCalendar) calendar = provider_calendar_new(feed->calendar_id, name, NULL);

	return feed->sink->begin_calendar(feed->sink, calendar, listing, error);
}

static bool pass_event(void *data, Event *take_event, GError **error)
{
	const Feed *feed = data;

	return feed->sink->event(feed->sink, take_event, error);
}

static void pass_problem(void *data, const char *uid, bool skipped, const char *text)
{
	Feed *feed = data;
	g_autoptr(GError) why = NULL;

	if (!skipped) {
		feed->sink->doubtful(feed->sink, uid != NULL ? uid : "an event", text);
		return;
	}
	feed->had_unreadable = true;
	why = g_error_new_literal(PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT, text);
	feed->sink->unreadable(feed->sink, uid != NULL ? uid : "an event", uid, why);
}

static void pass_cut(void *data, const char *uid, const char *text)
{
	Feed *feed = data;
	g_autoptr(GError) why = g_error_new_literal(PROVIDER_ERROR, PROVIDER_ERROR_CUT, text);

	feed->had_unreadable = true;
	feed->sink->unreadable(feed->sink, uid != NULL ? uid : "an event", uid, why);
}

/* Tells all that is in the answer. What was unreadable is looked at again by every run: then
 * nothing is remembered, so that nobody takes it for well. */
static bool tell_all(Feed *feed, const HttpResponse *response, GError **error)
{
	const GString *body = response->body;
	const IcalOptions options = {
		.window = feed->request->window,
		.floating_zone = feed->request->site_zone,
		.site_zone = feed->request->site_zone,
		.own_addresses = feed->account->address,
		.name = "event",
		.now_utc = feed->request->now_utc(),
	};
	const IcalSink sink = {
		.data = feed, .event = pass_event, .problem = pass_problem, .cut = pass_cut};
	g_auto(Cursor) next = {
		.etag = g_strdup(response->etag),
		.last_modified = g_strdup(response->last_modified),
		.body_hash = g_compute_checksum_for_data(
			G_CHECKSUM_SHA256, (const guchar *)body->str, body->len),
		.name = ical_find_name(body->str, body->len),
	};
	g_autofree char *text = cursor_text(&next, feed->account);
	g_autoptr(GError) failure = NULL;
	g_autoptr(GError) why = NULL;

	if (!begin(feed, next.name, PROVIDER_LISTING_ALL, error))
		return false;
	if (ical_expand(body->str, body->len, &options, &sink, NULL, &failure))
		return feed->sink->end_calendar(
			feed->sink, true, NULL, feed->had_unreadable ? NULL : text, error);
	if (failure->domain != ICAL_ERROR) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	set_object_failure(&why, feed->account, failure);
	return feed->sink->end_calendar(feed->sink, false, why, NULL, error);
}

/* A calendar that is gone is told of as such, so that the days of grace begin; every other failure
 * is one of the connection. Consumes the failure. */
static bool tell_failure(const Feed *feed, GError *take_failure, GError **error)
{
	g_autoptr(GError) failure = take_failure;

	if (!g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_GONE)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	return begin(feed, NULL, PROVIDER_LISTING_CHANGES, error) &&
	       feed->sink->end_calendar(feed->sink, false, failure, NULL, error);
}

static bool is_unchanged(const Cursor *cursor, const HttpResponse *response)
{
	g_autofree char *hash = NULL;

	if (response->status == 304)
		return true;
	hash = g_compute_checksum_for_data(
		G_CHECKSUM_SHA256, (const guchar *)response->body->str, response->body->len);
	return strcmp(hash, cursor->body_hash) == 0;
}

static bool ics_sync(const ProviderRequest *request, ProviderSink *sink, GError **error)
{
	const char *const *ids = request->calendar_ids;
	g_auto(Account) account = {0};
	g_auto(Cursor) cursor = {0};
	Feed feed = {
		.request = request,
		.sink = sink,
		.account = &account,
		.calendar_id = ids != NULL && ids[0] != NULL ? ids[0] : ONLY_CALENDAR,
	};
	g_autoptr(HttpResponse) response = NULL;
	g_autoptr(GError) failure = NULL;
	bool lists_all = false;
	const char *text;
	bool is_known;

	if (!account_read(&account, request->credentials_json, error))
		return false;
	text = sink->cursor(sink, feed.calendar_id, &lists_all);
	is_known = !lists_all && cursor_read(&cursor, text, &account);
	response = fetch(request, &account, is_known ? &cursor : NULL, &failure);
	if (response == NULL)
		return tell_failure(&feed, g_steal_pointer(&failure), error);
	if (!is_known || !is_unchanged(&cursor, response))
		return tell_all(&feed, response, error);
	return begin(&feed, cursor.name, PROVIDER_LISTING_CHANGES, error) &&
	       sink->end_calendar(sink, true, NULL, text, error);
}

static GPtrArray *ics_list_calendars(const ProviderRequest *request, GError **error)
{
	g_auto(Account) account = {0};
	g_autoptr(HttpResponse) response = NULL;
	g_autoptr(GError) failure = NULL;
	g_autofree char *name = NULL;
	ProviderCalendar *calendar;
	GPtrArray *calendars;
	IcalCounts counts;

	if (!account_read(&account, request->credentials_json, error))
		return NULL;
	response = fetch(request, &account, NULL, error);
	if (response == NULL)
		return NULL;
	if (!ical_count(response->body->str, response->body->len, &counts, &failure)) {
		set_object_failure(error, &account, failure);
		return NULL;
	}
	name = ical_find_name(response->body->str, response->body->len);
	calendar = provider_calendar_new(ONLY_CALENDAR, name, NULL);
	calendar->is_primary = true;
	calendars = g_ptr_array_new_with_free_func((GDestroyNotify)provider_calendar_free);
	g_ptr_array_add(calendars, calendar);
	return calendars;
}

const Provider ics_provider = {
	.name = "ics",
	.sync = ics_sync,
	.list_calendars = ics_list_calendars,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Google's answers mean for a connection, and for its owner. */
#include "provider/google_error.h"

#include <string.h>

#include "provider/json.h"
#include "provider/provider.h"

/* An error body is a few hundred bytes; more is not looked at. */
#define ERROR_BODY_MAX_BYTES 65536
/* Google's reasons are single words. */
#define REASON_MAX_BYTES 60

#define NEXT_SYNC " The next sync tries again."
#define RECONNECT_AND_ALLOW                                                                        \
	" Please reconnect your Google Calendar, and leave every box ticked that Google shows."
#define OUR_FAULT " This is a mistake of prm-calendar; please tell the site's administrator."

/* What a status and reason mean. The text follows "Google ". Without a reason: any. */
typedef struct {
	int status;
	const char *reason;
	ProviderError code;
	const char *text;
	const char *remedy; /* NULL: what goes with the code */
} Meaning;

static const Meaning meanings[] = {
	{400, "failedPrecondition", PROVIDER_ERROR_TEMPORARY, "cannot answer at the moment for",
		NULL},
	{400, NULL, PROVIDER_ERROR_PERMANENT, "does not understand our request for", OUR_FAULT},
	{403, "rateLimitExceeded", PROVIDER_ERROR_TEMPORARY, "asks us to slow down for", NULL},
	{403, "userRateLimitExceeded", PROVIDER_ERROR_TEMPORARY, "asks us to slow down for", NULL},
	{403, "quotaExceeded", PROVIDER_ERROR_TEMPORARY, "asks us to slow down for", NULL},
	{403, "dailyLimitExceeded", PROVIDER_ERROR_TEMPORARY, "gives no more answers today for",
		NULL},
	{403, "accessNotConfigured", PROVIDER_ERROR_SITE,
		"has the Calendar API switched off for this site's project", NULL},
	{403, "insufficientPermissions", PROVIDER_ERROR_AUTHENTICATION,
		"was not given your permission to show", RECONNECT_AND_ALLOW},
	{403, "domainPolicy", PROVIDER_ERROR_DENIED,
		"is forbidden by your organisation's administrator to show", NULL},
	{403, "notACalendarUser", PROVIDER_ERROR_DENIED,
		"has no Calendar service for this account, so cannot show", NULL},
	{403, "", PROVIDER_ERROR_TEMPORARY, "turned us away from", NULL},
	{403, NULL, PROVIDER_ERROR_DENIED, "does not let this account read", NULL},
	{404, NULL, PROVIDER_ERROR_PERMANENT, "does not find", NULL},
	{408, NULL, PROVIDER_ERROR_TEMPORARY, "took too long to answer for", NULL},
	{410, NULL, PROVIDER_ERROR_TEMPORARY, "wants us to begin anew with", NULL},
	{429, NULL, PROVIDER_ERROR_TEMPORARY, "asks us to slow down for", NULL},
	{503, NULL, PROVIDER_ERROR_TEMPORARY, "is busy and cannot answer for", NULL},
};

/* Without an entry above. */
static const Meaning other_refusal = {
	0, NULL, PROVIDER_ERROR_PERMANENT, "refuses our request for", NULL};
static const Meaning other_failure = {
	0, NULL, PROVIDER_ERROR_TEMPORARY, "reports a fault of its own for", NULL};

/* What the owner, or someone else, is to do. */
static const char *const remedies[] = {
	[PROVIDER_ERROR_AUTHENTICATION] = " Please reconnect your Google Calendar.",
	[PROVIDER_ERROR_DENIED] = " When that is mended, choose the calendar again or reconnect.",
	[PROVIDER_ERROR_PERMANENT] = " Check in Google Calendar that you can see it, and choose "
				     "the calendar again or reconnect.",
	[PROVIDER_ERROR_TEMPORARY] = NEXT_SYNC,
	[PROVIDER_ERROR_SITE] = " The site's administrator has to switch it on in Google's "
				"console.",
	[PROVIDER_ERROR_STOPPED] = "",
};

static cJSON *parse_error_body(const HttpResponse *response)
{
	if (response->body == NULL || response->body->len > ERROR_BODY_MAX_BYTES)
		return NULL;
	return json_parse_object(response->body->str, response->body->len);
}

/* {"error":{"errors":[{"reason":…}],"status":…}}; "" when the body is a front end's web page or
 * anything else without a reason. Caller frees. */
static char *reason_of(const HttpResponse *response)
{
	g_autoptr(JsonValue) body = parse_error_body(response);
	const cJSON *error = json_member(body, "error");
	const char *reason =
		json_string(cJSON_GetArrayItem(json_member(error, "errors"), 0), "reason");

	if (reason == NULL)
		reason = json_string(error, "status");
	if (reason == NULL || strspn(reason, G_CSET_A_2_Z G_CSET_a_2_z "_") != strlen(reason) ||
		strlen(reason) > REASON_MAX_BYTES)
		return g_strdup("");
	return g_strdup(reason);
}

static const Meaning *meaning_of(int status, const char *reason)
{
	for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++) {
		const Meaning *meaning = &meanings[i];

		if (meaning->status == status &&
			(meaning->reason == NULL || strcmp(meaning->reason, reason) == 0))
			return meaning;
	}
	return status / 100 == 4 ? &other_refusal : &other_failure;
}

void google_error_set_reconnect(GError **error)
{
	g_set_error_literal(error, PROVIDER_ERROR, PROVIDER_ERROR_AUTHENTICATION,
		"Authentication required. Please reconnect your Google Calendar.");
}

void google_error_set_answer(GError **error, const HttpResponse *response, const char *what)
{
	g_autofree char *reason = reason_of(response);
	const Meaning *meaning = meaning_of(response->status, reason);

	if (response->status == 401) {
		google_error_set_reconnect(error);
		return;
	}
	/* What is the site's fault is the same for all of its calendars, and said once. */
	if (meaning->code == PROVIDER_ERROR_SITE)
		what = "";
	g_set_error(error, PROVIDER_ERROR, (int)meaning->code, "Google %s%s%s (%d%s%s).%s",
		meaning->text, what[0] != '\0' ? " " : "", what, response->status,
		reason[0] != '\0' ? " " : "", reason,
		meaning->remedy != NULL ? meaning->remedy : remedies[meaning->code]);
}

/* What the token endpoint's "error" means (RFC 6749, 5.2; the others are Google's own). */
static const struct {
	const char *name;
	ProviderError code;
} token_errors[] = {
	{"invalid_grant", PROVIDER_ERROR_AUTHENTICATION},
	{"access_denied", PROVIDER_ERROR_AUTHENTICATION},
	{"admin_policy_enforced", PROVIDER_ERROR_AUTHENTICATION},
	{"invalid_client", PROVIDER_ERROR_SITE},
	{"unauthorized_client", PROVIDER_ERROR_SITE},
	{"deleted_client", PROVIDER_ERROR_SITE},
	{"disabled_client", PROVIDER_ERROR_SITE},
	{"org_internal", PROVIDER_ERROR_SITE},
	{"invalid_request", PROVIDER_ERROR_SITE},
	{"unsupported_grant_type", PROVIDER_ERROR_SITE},
	{"redirect_uri_mismatch", PROVIDER_ERROR_SITE},
};

/* Never for good unless the answer says so: a page of a front end, whatever its status, is no
 * verdict on anybody's token. */
static ProviderError token_error_code(const HttpResponse *response, const char **ret_name)
{
	g_autoptr(JsonValue) body = response->status / 100 == 4 && response->status != 429
					    ? parse_error_body(response)
					    : NULL;
	const char *name = json_string(body, "error");

	for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(token_errors); i++) {
		if (strcmp(token_errors[i].name, name) == 0) {
			*ret_name = token_errors[i].name;
			return token_errors[i].code;
		}
	}
	*ret_name = "";
	return PROVIDER_ERROR_TEMPORARY;
}

void google_error_set_token_answer(GError **error, const HttpResponse *response)
{
	const char *name;
	ProviderError code = token_error_code(response, &name);

	if (code == PROVIDER_ERROR_AUTHENTICATION)
		google_error_set_reconnect(error);
	else if (code == PROVIDER_ERROR_SITE)
		g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_SITE,
			"Google does not accept this site's client (%s), so Google calendars "
			"cannot be synced. The site's administrator has to check client_id and "
			"client_secret in [google].",
			name);
	else
		g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_TEMPORARY,
			"Google cannot renew the access to your calendar at the moment "
			"(%d)." NEXT_SYNC,
			response->status);
}

void google_error_set_http(GError **error, GError *take_failure)
{
	static const struct {
		ProviderError code;
		const char *text;
	} failures[] = {
		[HTTP_ERROR_URL] = {PROVIDER_ERROR_SITE,
			"cannot be asked at the address in [google]"},
		[HTTP_ERROR_BLOCKED] = {PROVIDER_ERROR_SITE,
			"is on a network that this site may not reach"},
		[HTTP_ERROR_REDIRECT] = {PROVIDER_ERROR_TEMPORARY, "sends us elsewhere." NEXT_SYNC},
		[HTTP_ERROR_TLS] = {PROVIDER_ERROR_TEMPORARY,
			"shows no valid certificate." NEXT_SYNC},
		[HTTP_ERROR_HANDSHAKE] = {PROVIDER_ERROR_TEMPORARY,
			"does not answer on a secure connection." NEXT_SYNC},
		[HTTP_ERROR_NETWORK] = {PROVIDER_ERROR_TEMPORARY, "cannot be reached." NEXT_SYNC},
		[HTTP_ERROR_TIMEOUT] = {PROVIDER_ERROR_TEMPORARY,
			"took too long to answer." NEXT_SYNC},
		[HTTP_ERROR_TOO_LARGE] = {PROVIDER_ERROR_SITE,
			"sent more than this site accepts; its administrator can raise "
			"max_response_mb in [network]"},
		[HTTP_ERROR_CANCELLED] = {PROVIDER_ERROR_STOPPED,
			"was not asked: the sync was stopped"},
		[HTTP_ERROR_SPENT] = {PROVIDER_ERROR_SPENT,
			"was not asked for more than one sync may take. The next sync goes on from "
			"there."},
		[HTTP_ERROR_SETTINGS] = {PROVIDER_ERROR_SITE,
			"cannot be asked as this site is set up. There is nothing that you have to "
			"do: the site's administrator finds in prm-calendar's log what to change."},
	};
	g_autoptr(GError) failure = take_failure;
	unsigned code = (unsigned)failure->code;

	g_assert(failure->domain == HTTP_ERROR && code < G_N_ELEMENTS(failures));
	g_set_error(error, PROVIDER_ERROR, (int)failures[code].code, "Google Calendar %s (%s)",
		failures[code].text, failure->message);
}

void google_error_set_unreadable(GError **error, const char *what)
{
	g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_TEMPORARY,
		"Google's answer for %s cannot be read." NEXT_SYNC, what);
}

void google_error_set_cut_short(GError **error, const char *what)
{
	g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_TEMPORARY,
		"Google's answer for %s has no end: a part of it is missing." NEXT_SYNC, what);
}

void google_error_set_missing(GError **error, const char *what)
{
	g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_TEMPORARY,
		"Google does not find %s at the moment (404)." NEXT_SYNC, what);
}

bool google_error_is_rate_limit(const HttpResponse *response)
{
	g_autofree char *reason = response->status == 403 ? reason_of(response) : g_strdup("");

	return strcmp(reason, "rateLimitExceeded") == 0 ||
	       strcmp(reason, "userRateLimitExceeded") == 0;
}

bool google_error_ends_connection(const GError *failure)
{
	return failure->domain != PROVIDER_ERROR ||
	       failure->code == PROVIDER_ERROR_AUTHENTICATION ||
	       failure->code == PROVIDER_ERROR_SITE || failure->code == PROVIDER_ERROR_STOPPED;
}

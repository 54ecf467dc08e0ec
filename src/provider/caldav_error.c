/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an HTTP answer or failure means for a CalDAV calendar, and for its owner. */
#include "provider/caldav_error.h"

#include <string.h>

#include "net/href.h"
#include "net/multistatus.h"
#include "provider/provider.h"

G_DEFINE_QUARK(caldav_error, caldav_error)

/* As much of a URL as a person wants to read. */
#define SHOWN_URL_BYTES 200

/* What each error means to the callers of the provider. */
static const ProviderError published[] = {
	[CALDAV_ERROR_UNAUTHORIZED] = PROVIDER_ERROR_AUTHENTICATION,
	[CALDAV_ERROR_GONE] = PROVIDER_ERROR_PERMANENT,
	[CALDAV_ERROR_ABSENT] = PROVIDER_ERROR_GONE,
	[CALDAV_ERROR_FORBIDDEN] = PROVIDER_ERROR_PERMANENT,
	[CALDAV_ERROR_UNSUPPORTED] = PROVIDER_ERROR_PERMANENT,
	[CALDAV_ERROR_NOT_DAV] = PROVIDER_ERROR_PERMANENT,
	[CALDAV_ERROR_EMPTY] = PROVIDER_ERROR_TEMPORARY,
	[CALDAV_ERROR_BUSY] = PROVIDER_ERROR_TEMPORARY,
	[CALDAV_ERROR_SERVER] = PROVIDER_ERROR_TEMPORARY,
	[CALDAV_ERROR_TOO_LARGE] = PROVIDER_ERROR_SITE,
	[CALDAV_ERROR_DAMAGED] = PROVIDER_ERROR_TEMPORARY,
	[CALDAV_ERROR_TIMEOUT] = PROVIDER_ERROR_TEMPORARY,
	[CALDAV_ERROR_NETWORK] = PROVIDER_ERROR_TEMPORARY,
	[CALDAV_ERROR_TLS] = PROVIDER_ERROR_PERMANENT,
	[CALDAV_ERROR_ADDRESS] = PROVIDER_ERROR_PERMANENT,
	[CALDAV_ERROR_BLOCKED] = PROVIDER_ERROR_SITE,
	[CALDAV_ERROR_CANCELLED] = PROVIDER_ERROR_STOPPED,
	[CALDAV_ERROR_SPENT] = PROVIDER_ERROR_SPENT,
	[CALDAV_ERROR_UNFINISHED] = PROVIDER_ERROR_SPENT,
	[CALDAV_ERROR_CHOICE] = PROVIDER_ERROR_PERMANENT,
};

/* What each failure below the status means. The text follows "The calendar server at URL ". */
static const struct {
	CalDavError code;
	const char *text;
} http_failures[] = {
	[HTTP_ERROR_URL] = {CALDAV_ERROR_ADDRESS,
		"cannot be asked: its address must be a full web address that begins with "
		"https://. Please reconnect this calendar."},
	[HTTP_ERROR_BLOCKED] = {CALDAV_ERROR_BLOCKED,
		"is on a network that this site does not connect to. The site's administrator "
		"can allow it ([network] allow_private)."},
	[HTTP_ERROR_REDIRECT] = {CALDAV_ERROR_ADDRESS,
		"sends us on to where we may not follow. Please reconnect this calendar with "
		"the address that it has now."},
	[HTTP_ERROR_TLS] = {CALDAV_ERROR_TLS,
		"has no valid certificate. Check the address, or ask the server's "
		"administrator."},
	[HTTP_ERROR_HANDSHAKE] = {CALDAV_ERROR_NETWORK,
		"does not answer on a secure connection. The next sync tries again; if this "
		"stays, check the address: perhaps its port is not the one for https://."},
	[HTTP_ERROR_NETWORK] = {CALDAV_ERROR_NETWORK,
		"cannot be reached. The next sync tries again; if this stays, check the "
		"address."},
	[HTTP_ERROR_TIMEOUT] = {CALDAV_ERROR_TIMEOUT,
		"took too long to answer. The next sync tries again."},
	[HTTP_ERROR_TOO_LARGE] = {CALDAV_ERROR_TOO_LARGE,
		"sent more than this site accepts. The site's administrator can raise the "
		"limit ([network] max_response_mb)."},
	[HTTP_ERROR_CANCELLED] = {CALDAV_ERROR_CANCELLED, "was not asked: the sync was stopped."},
	[HTTP_ERROR_SPENT] = {CALDAV_ERROR_SPENT,
		"was not asked for more than one sync may take. The next sync goes on from there."},
	[HTTP_ERROR_SETTINGS] = {CALDAV_ERROR_BLOCKED,
		"cannot be asked as this site is set up. There is nothing that you have to do: the "
		"site's administrator finds in prm-calendar's log what to change."},
};

#define NEXT_SYNC ". The next sync tries again."
#define LATER_SYNC ". A later sync tries again."
#define CHECK_ADDRESS ". Check the CalDAV address and reconnect this calendar."

/* What each status means: the text before the URL with the status, and the text behind. Those not
 * listed are decided by their first digit. */
typedef struct {
	int status;
	CalDavError code;
	const char *before;
	const char *behind;
} StatusMeaning;

static const StatusMeaning meanings[] = {
	{401, CALDAV_ERROR_UNAUTHORIZED, "The server did not accept the username or password for ",
		". Please reconnect this calendar; some services want an app password."},
	{403, CALDAV_ERROR_FORBIDDEN, "The server does not let this account read ",
		". Check that the calendar is still shared with you, or reconnect it."},
	{404, CALDAV_ERROR_GONE, "There is no calendar at ",
		". If it was moved or removed, please choose the calendar again."},
	{410, CALDAV_ERROR_GONE, "There is no longer a calendar at ",
		". Please choose another calendar."},
	{405, CALDAV_ERROR_UNSUPPORTED, "No calendar answers at ", CHECK_ADDRESS},
	{408, CALDAV_ERROR_TIMEOUT, "The server took too long to answer for ", NEXT_SYNC},
	{409, CALDAV_ERROR_SERVER, "The server is in the middle of a change at ", NEXT_SYNC},
	{412, CALDAV_ERROR_SERVER, "The server is in the middle of a change at ", NEXT_SYNC},
	{413, CALDAV_ERROR_TOO_LARGE, "The server finds our request too large for ",
		". Its administrator can raise the limit."},
	{415, CALDAV_ERROR_UNSUPPORTED, "No calendar answers at ", CHECK_ADDRESS},
	{418, CALDAV_ERROR_SERVER, "The server does not answer at the moment for ", NEXT_SYNC},
	{420, CALDAV_ERROR_BUSY, "The server asks us to slow down for ", LATER_SYNC},
	{423, CALDAV_ERROR_BUSY, "There is a lock at the moment on ", NEXT_SYNC},
	{429, CALDAV_ERROR_BUSY, "The server asks us to slow down for ", LATER_SYNC},
	{501, CALDAV_ERROR_UNSUPPORTED, "No calendar answers at ", CHECK_ADDRESS},
	{503, CALDAV_ERROR_BUSY, "The server is busy and cannot answer for ", LATER_SYNC},
	{507, CALDAV_ERROR_SERVER, "The server has not enough room to answer for ", NEXT_SYNC},
};

static const StatusMeaning meanings_by_digit[] = {
	[2] = {0, CALDAV_ERROR_NOT_DAV, "Something that is no calendar answers at ", CHECK_ADDRESS},
	[3] = {0, CALDAV_ERROR_ADDRESS, "The server sends us on, but not where to, at ",
		CHECK_ADDRESS},
	[4] = {0, CALDAV_ERROR_FORBIDDEN, "The server refuses our request for ", CHECK_ADDRESS},
	[5] = {0, CALDAV_ERROR_SERVER, "The server reports a fault of its own at ", NEXT_SYNC},
};

static char *shown_url(const char *url)
{
	g_autofree char *spelled = href_url(url, url);

	if (spelled == NULL)
		return g_strdup("the calendar's address");
	if (strlen(spelled) > SHOWN_URL_BYTES)
		spelled[SHOWN_URL_BYTES] = '\0';
	return href_shown(spelled, false);
}

/* What is the site's fault is the same for all calendars of a server, and said once. */
static void cut_path(char *url)
{
	char *authority = strstr(url, "://");
	char *path = authority != NULL ? strchr(authority + strlen("://"), '/') : NULL;

	if (path != NULL)
		*path = '\0';
}

void caldav_error_set_http(GError **error, GError *take_failure, const char *url)
{
	g_autoptr(GError) failure = take_failure;
	g_autofree char *shown = shown_url(url);
	unsigned code = (unsigned)failure->code;

	g_assert(failure->domain == HTTP_ERROR && code < G_N_ELEMENTS(http_failures));
	if (published[http_failures[code].code] == PROVIDER_ERROR_SITE)
		cut_path(shown);
	g_set_error(error, CALDAV_ERROR, (int)http_failures[code].code,
		"The calendar server at %s %s (%s)", shown, http_failures[code].text,
		failure->message);
}

static const StatusMeaning *meaning_of(int status)
{
	unsigned digit = (unsigned)status / 100;

	for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++) {
		if (meanings[i].status == status)
			return &meanings[i];
	}
	return &meanings_by_digit[digit >= 2 && digit < G_N_ELEMENTS(meanings_by_digit) ? digit
											: 5];
}

void caldav_error_set_status(GError **error, int status, const char *url)
{
	const StatusMeaning *meaning = meaning_of(status);
	g_autofree char *shown = shown_url(url);

	g_set_error(error, CALDAV_ERROR, (int)meaning->code, "%s%s (%d)%s", meaning->before, shown,
		status, meaning->behind);
}

void caldav_error_set_body(GError **error, GError *take_failure, const char *url)
{
	g_autoptr(GError) failure = take_failure;
	g_autofree char *shown = shown_url(url);

	if (failure->domain != MULTISTATUS_ERROR)
		g_propagate_error(error, g_steal_pointer(&failure));
	else if (failure->code == MULTISTATUS_ERROR_NOT_DAV)
		g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_NOT_DAV,
			"%s answered with a web page or something else that is no calendar. Check "
			"the CalDAV address and reconnect this calendar.",
			shown);
	else if (failure->code == MULTISTATUS_ERROR_EMPTY)
		/* DAViCal without its database does so. */
		g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_EMPTY,
			"%s answered with nothing: the server seems to be in trouble. The next "
			"sync tries again; if this stays, check the address.",
			shown);
	else
		g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_DAMAGED,
			"The answer of %s cannot be read: %s. The next sync tries again.", shown,
			failure->message);
}

bool caldav_error_asks_for_patience(const GError *error)
{
	static const CalDavError patient[] = {CALDAV_ERROR_UNAUTHORIZED, CALDAV_ERROR_BUSY,
		CALDAV_ERROR_NETWORK, CALDAV_ERROR_TLS, CALDAV_ERROR_BLOCKED,
		CALDAV_ERROR_CANCELLED, CALDAV_ERROR_SPENT};

	for (size_t i = 0; i < G_N_ELEMENTS(patient); i++) {
		if (g_error_matches(error, CALDAV_ERROR, (int)patient[i]))
			return true;
	}
	return false;
}

void caldav_error_publish(GError **error)
{
	g_autoptr(GError) fine = NULL;

	if (error == NULL || *error == NULL || (*error)->domain != CALDAV_ERROR)
		return;
	fine = g_steal_pointer(error);
	g_set_error_literal(
		error, PROVIDER_ERROR, (int)published[(unsigned)fine->code], fine->message);
}

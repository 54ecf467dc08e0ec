/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The provider interface: what a calendar service must do for us. A provider knows nothing of
 * WordPress; a new one is one file and one line in the table of provider.c. */
#pragma once

#include <gio/gio.h>
#include <glib.h>
#include <stdbool.h>

#include "event/event.h"
#include "net/http.h"

#define PROVIDER_ERROR provider_error_quark()
GQuark provider_error_quark(void);

/* What a caller does differently. Messages are sentences for the person who owns the calendar:
 * they become `last_error`, and never hold a password, a token or a body. */
typedef enum {
	PROVIDER_ERROR_AUTHENTICATION, /* credentials refused: stop until they change */
	PROVIDER_ERROR_PERMANENT, /* wrong URL, calendar gone, access revoked: someone must act */
	PROVIDER_ERROR_TEMPORARY, /* network, time-out, 5xx, 429, cut-off answer: try again later */
	PROVIDER_ERROR_SITE,      /* the administrator must act (invalid client, blocked address) */
	PROVIDER_ERROR_STOPPED, /* the sink failed or the run was cancelled; its error is passed on
				 */
} ProviderError;

/* One calendar of a connection. Strings are borrowed by callbacks for the length of the call. */
typedef struct ProviderCalendar {
	char *id;   /* `_calendar_id`: as configured; for discovered calendars their URL or id */
	char *name; /* as the server names it; never NULL, may be empty */
	char *url;  /* CalDAV: the collection's URL; NULL elsewhere */
	bool holds_events; /* false for task lists, inboxes, free-busy-only calendars */
	bool is_primary;   /* Google: the one that "primary" stands for */
} ProviderCalendar;

ProviderCalendar *provider_calendar_new(const char *id, const char *name, const char *url);
void provider_calendar_free(ProviderCalendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProviderCalendar, provider_calendar_free)

/* Where a provider's results go. Callbacks that return false have set the error: the provider stops
 * at once and passes it on. */
typedef struct ProviderSink ProviderSink;
struct ProviderSink {
	/* First call for each calendar, before its events. */
	bool (*begin_calendar)(
		ProviderSink *sink, const ProviderCalendar *calendar, GError **error);

	/* One occurrence that overlaps the window, in no particular order. Takes ownership of the
	 * event. Cancelled ones are passed on, with their status. */
	bool (*event)(ProviderSink *sink, Event *take_event, GError **error);

	/* One object could not be read and is skipped; the rest goes on. `uid` is its UID where
	 * that could be found, else NULL: then nobody knows which stored events it stands for.
	 * `href` names the object. */
	void (*unreadable)(
		ProviderSink *sink, const char *href, const char *uid, const GError *why);

	/* Last call for each calendar. `complete`: every page and batch of the listing succeeded,
	 * so that absence proves deletion (calendar-protocols A1.1). Otherwise `why` says what
	 * failed, and nothing may be concluded from absence. */
	bool (*end_calendar)(ProviderSink *sink, bool complete, const GError *why, GError **error);
};

/* A service that the site is registered with: where it is, and as whom the site asks (OAuth). All
 * borrowed; never NULL, may be empty. */
typedef struct ProviderService {
	const char *api_base;
	const char *token_url;
	const char *client_id;
	const char *client_secret;
} ProviderService;

/* What to fetch. All borrowed; must outlive the call. */
typedef struct ProviderRequest {
	HttpClient *http;
	const char *credentials_json;    /* decrypted credentials, a JSON object (data-model 3) */
	const char *const *calendar_ids; /* NULL-terminated; empty: the account's URL itself */
	TimeWindow window;
	GTimeZone *site_zone;      /* floating times are read in this zone */
	GCancellable *cancellable; /* or NULL */
	int64_t (*now_utc)(void);  /* unix seconds */
	const ProviderService *google;

	/* Called with the whole new credentials as soon as a token was renewed. Where someone else
	 * has stored others meanwhile, these win: nothing is stored, and they come back through
	 * `ret_newer` (the provider frees with secret_free()). False (error set) stops the
	 * provider. NULL: they are not stored. */
	bool (*store_credentials)(
		void *data, const char *credentials_json, char **ret_newer, GError **error);
	void *store_data;
} ProviderRequest;

typedef struct Provider {
	const char *name; /* as in the connections array: "caldav" */

	/* Lists the calendars of the request and passes every event in the window to the sink;
	 * holds at most one page or one batch in memory. A calendar that fails is reported through
	 * end_calendar() and the others go on; false (error set) when the connection as a whole
	 * failed, or the sink did. */
	bool (*sync)(const ProviderRequest *request, ProviderSink *sink, GError **error);

	/* All calendars of the account, as ProviderCalendar; NULL with error set. Caller unrefs. */
	GPtrArray *(*list_calendars)(const ProviderRequest *request, GError **error);
} Provider;

/* The provider of that name, or NULL. */
const Provider *provider_find(const char *name);

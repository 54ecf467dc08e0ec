/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The provider interface: what a calendar service must do for us. A provider knows nothing of
 * WordPress; a new one is one file and one line in the table of providers.c. */
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
	PROVIDER_ERROR_DENIED,    /* as whom ever we ask: stop until they or the calendars change */
	PROVIDER_ERROR_GONE,      /* the account answers, and has no such calendar (any more) */
	PROVIDER_ERROR_PERMANENT, /* wrong URL, nothing there, wrong certificate: someone must act
				   */
	PROVIDER_ERROR_TEMPORARY, /* network, time-out, 5xx, 429, cut-off answer: try again later */
	PROVIDER_ERROR_SPENT,     /* more than one sync may take: the next one goes on from there */
	PROVIDER_ERROR_CUT,       /* of what was read, something beyond a limit is left out */
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
	char *role;        /* Google: the owner's rights there (accessRole); NULL elsewhere */
} ProviderCalendar;

ProviderCalendar *provider_calendar_new(const char *id, const char *name, const char *url);
void provider_calendar_free(ProviderCalendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProviderCalendar, provider_calendar_free)

/* What a calendar is going to be told as. */
typedef enum {
	PROVIDER_LISTING_ALL,     /* all that there is: what is left out is not there */
	PROVIDER_LISTING_CHANGES, /* what differs from the last run: the rest stays as it is */
} ProviderListing;

/* What is remembered of a calendar object (CalDAV: a resource) from the run that last read it. */
typedef struct ProviderObject {
	const char *key;  /* its identity within the calendar */
	const char *path; /* as the server spells it */
	const char *etag; /* opaque bytes; NULL: it must be read again in any case */
	/* Its occurrences between these times were passed on, unix seconds; until G_MAXINT64: all
	 * that it has from then on. A clock that was ahead made the window begin too late. */
	int64_t expanded_from_utc;
	int64_t expanded_to_utc;
	const char *uids; /* which UIDs it holds, in the provider's own words (at most 64 KB); NULL:
			     unknown */
} ProviderObject;

/* Where a provider's results go, and where it finds what it left in earlier runs. Callbacks that
 * return false have set the error: the provider stops at once and passes it on. Arguments are
 * borrowed for the length of the call unless they say otherwise.
 *
 * Order: for each calendar cursor(), at any time before the rest; begin_calendar(); objects() if
 * need be; object_gone() of all that are known to be gone, so that another object may take their
 * events over; then events, alone or between begin_objects() and end_objects(), and objects that
 * turn out to be gone; end_calendar().
 */
typedef struct ProviderSink ProviderSink;
struct ProviderSink {
	/* The text that the provider gave to end_calendar() when this calendar was last complete,
	 * or NULL: then everything must be listed, and objects() tells what an interrupted run has
	 * done of that already. `*ret_list_all`: it is time to list all even though a cursor is
	 * there. Borrowed until end_calendar(). */
	const char *(*cursor)(ProviderSink *sink, const char *calendar_id, bool *ret_list_all);

	/* First call for each calendar, before its events. */
	bool (*begin_calendar)(ProviderSink *sink, const ProviderCalendar *calendar,
		ProviderListing listing, GError **error);

	/* The objects of the calendar in hand as they were remembered, by their keys
	 * (ProviderObject); those whose stored events are no longer as they were written have no
	 * etag. NULL with error set. Caller unrefs. */
	GHashTable *(*objects)(ProviderSink *sink, GError **error);

	/* The events up to end_objects() are those of one object, or of several whose events can
	 * only be told together: all that they have in the window. At the end their stored events
	 * that were not passed on have left the window; unless something was unreadable, the
	 * objects are then remembered. `keys` is NULL-terminated, `objects` in the same order. What
	 * one of them had may come from any of them from now on, for the events are remembered as
	 * those of the first: whenever one of them changes or goes, all are told again. */
	bool (*begin_objects)(ProviderSink *sink, const char *const *keys, GError **error);
	bool (*end_objects)(
		ProviderSink *sink, const ProviderObject *objects, size_t count, GError **error);

	/* The object is there, and its events can only be told together with those of objects that
	 * were told already in this run: what is stored of it stays, and all should be listed again
	 * as soon as this run has ended. It is remembered without its etag. */
	bool (*object_unsettled)(ProviderSink *sink, const ProviderObject *object, GError **error);

	/* Only in a listing of all: the object is there and as it is remembered. */
	bool (*object_kept)(ProviderSink *sink, const char *key, GError **error);
	/* The object was deleted. Unknown ones are fine. */
	bool (*object_gone)(ProviderSink *sink, const char *key, GError **error);

	/* One occurrence that overlaps the window, in no particular order. Takes ownership of the
	 * event. Cancelled ones are passed on, with their status. */
	bool (*event)(ProviderSink *sink, Event *take_event, GError **error);

	/* The event of this uid was cancelled or deleted, and if it is a series all its instances
	 * (`UID_…`). Unknown ones are fine. */
	bool (*gone)(ProviderSink *sink, const char *event_uid, GError **error);
	/* The event is there, but outside of the window. */
	bool (*outside)(ProviderSink *sink, const char *event_uid, GError **error);

	/* One object, or one item of it, could not be read and is skipped; the rest goes on. `uid`
	 * is its UID where that could be found, else NULL: then nobody knows which stored events it
	 * stands for. `href` names the object. PROVIDER_ERROR_CUT: it was read, and its owner is
	 * told that not all of it is kept. */
	void (*unreadable)(
		ProviderSink *sink, const char *href, const char *uid, const GError *why);

	/* One object, or one item of it, was not taken as it stands: `text` says to its owner what
	 * of it, and how it was read instead. What it holds is passed on all the same. */
	void (*doubtful)(ProviderSink *sink, const char *href, const char *text);

	/* Last call for each calendar. `complete`: every page and batch succeeded, so that in a
	 * listing of all absence proves deletion (calendar-protocols A1.1), and `cursor` (or NULL:
	 * none) is remembered together with the events. Otherwise `why` says what failed, nothing
	 * may be concluded from absence, and the old cursor stays, unless `cursor` is not NULL:
	 * that then takes its place, without a listing having been complete. */
	bool (*end_calendar)(ProviderSink *sink, bool complete, const GError *why,
		const char *cursor, GError **error);
};

/* A service that the site is registered with: where it is, and as whom the site asks (OAuth). All
 * borrowed; never NULL, may be empty. */
typedef struct ProviderService {
	const char *api_base;
	const char *token_url;
	const char *client_id;
	const char *client_secret;
	const char *auth_url; /* where people are asked for access */
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

	/* A connection may have several calendars, of which each event names its own; else the
	 * connection's label is the calendar's name. */
	bool names_calendars;

	/* Lists the calendars of the request and passes every event in the window to the sink;
	 * holds at most one page or one batch in memory. A calendar that fails is reported through
	 * end_calendar() and the others go on; false (error set) when the connection as a whole
	 * failed, or the sink did. */
	bool (*sync)(const ProviderRequest *request, ProviderSink *sink, GError **error);

	/* All calendars of the account, as ProviderCalendar; NULL with error set. Caller unrefs. */
	GPtrArray *(*list_calendars)(const ProviderRequest *request, GError **error);
} Provider;

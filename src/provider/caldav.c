/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CalDAV provider (RFC 4791): from a connection to the events of its calendars. */
#include "provider/caldav.h"

#include <string.h>

#include "event/ical.h"
#include "provider/caldav_account.h"
#include "provider/caldav_choice.h"
#include "provider/caldav_discovery.h"
#include "provider/caldav_error.h"
#include "provider/caldav_fetch.h"
#include "provider/caldav_listing.h"

/* One run of caldav_sync(). */
typedef struct {
	const ProviderRequest *request;
	ProviderSink *sink;
	CalDavAccount *account;
	CalDavSession session;
	GPtrArray *own_addresses; /* of char *; NULL-terminated; NULL until asked for */
	GTimeZone *calendar_zone; /* of the calendar in hand; NULL: it has none */
} Sync;

static CalDavSession session_for(const ProviderRequest *request, const CalDavAccount *account)
{
	return (CalDavSession){
		.http = request->http,
		.auth = &account->auth,
		.cancellable = request->cancellable,
	};
}

/* The owner's addresses in lower case: what the principal says, and the login where it is one. That
 * the principal cannot be had is no failure of the sync. */
static GPtrArray *own_addresses(
	const Sync *sync, const CalDavSession *session, const CalDavResource *calendar)
{
	GPtrArray *addresses = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(CalDavResource) principal = NULL;

	if (strchr(sync->account->username, '@') != NULL)
		g_ptr_array_add(addresses, g_utf8_strdown(sync->account->username, -1));
	if (calendar->principal_url != NULL)
		principal = caldav_resource_ask(session, calendar->principal_url, NULL);
	for (unsigned i = 0; principal != NULL && i < principal->addresses->len; i++)
		g_ptr_array_add(
			addresses, g_utf8_strdown(g_ptr_array_index(principal->addresses, i), -1));
	g_ptr_array_add(addresses, NULL);
	return addresses;
}

/* True when the failure of one calendar is that of all. */
static bool ends_connection(const GError *failure)
{
	return g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_UNAUTHORIZED) ||
	       g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_CANCELLED);
}

/* Ends a calendar that failed as a whole or in part. Errors that are not CALDAV_ERROR are the
 * sink's own: passed on. */
static bool end_incomplete(Sync *sync, GError *take_failure, GError **error)
{
	g_autoptr(GError) failure = take_failure;
	bool ends_all = ends_connection(failure);

	if (failure->domain != CALDAV_ERROR) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	caldav_error_publish(&failure);
	if (!sync->sink->end_calendar(sync->sink, false, failure, NULL, error))
		return false;
	if (ends_all)
		g_propagate_error(error, g_steal_pointer(&failure));
	return !ends_all;
}

static GError *missing_error(const CalDavMissing *missing, unsigned listed)
{
	return g_error_new(CALDAV_ERROR, missing->first->code,
		"%u of the calendar's %u entries could not be fetched. %s", missing->count, listed,
		missing->first->message);
}

/* Where the events of one object go. */
typedef struct {
	Sync *sync;
	const CalDavMember *member;
} ObjectSink;

static bool pass_event(void *data, Event *take_event, GError **error)
{
	ObjectSink *object = data;

	return object->sync->sink->event(object->sync->sink, take_event, error);
}

static void pass_problem(void *data, const char *uid, bool skipped, const char *text)
{
	ObjectSink *object = data;
	g_autoptr(GError) why = NULL;

	if (!skipped)
		return;
	why = g_error_new_literal(PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT, text);
	object->sync->sink->unreadable(object->sync->sink, object->member->path, uid, why);
}

/* Passes on the events of one object, or that it cannot be read. */
static bool expand_object(ObjectSink *object, const char *bytes, size_t length,
	int64_t *ret_last_end_utc, GError **error)
{
	const Sync *sync = object->sync;
	const IcalOptions options = {
		.window = sync->request->window,
		.floating_zone = sync->request->site_zone,
		.site_zone = sync->calendar_zone,
		.own_addresses = (const char *const *)sync->own_addresses->pdata,
	};
	const IcalSink sink = {.data = object, .event = pass_event, .problem = pass_problem};
	g_autoptr(GError) failure = NULL;
	g_autofree char *uid = NULL;

	if (ical_expand(bytes, length, &options, &sink, ret_last_end_utc, &failure))
		return true;
	if (failure->domain != ICAL_ERROR) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	uid = ical_find_uid(bytes, length);
	sync->sink->unreadable(sync->sink, object->member->path, uid, failure);
	return true;
}

static bool pass_object(
	void *data, const CalDavMember *member, const char *bytes, size_t length, GError **error)
{
	Sync *sync = data;
	ObjectSink sink = {sync, member};
	int64_t last_end_utc = G_MAXINT64;
	ProviderObject object = {.key = member->key, .path = member->path, .etag = member->etag};

	if (!sync->sink->begin_object(sync->sink, member->key, error) ||
		!expand_object(&sink, bytes, length, &last_end_utc, error))
		return false;
	object.expanded_to_utc = last_end_utc <= sync->request->window.to_utc
					 ? G_MAXINT64
					 : sync->request->window.to_utc;
	return sync->sink->end_object(sync->sink, &object, error);
}

/* Lists the calendar, fetches its objects, and passes their events on. */
static bool fetch_calendar(Sync *sync, const CalDavResource *calendar, GError **error)
{
	g_auto(CalDavMissing) missing = {0};
	g_autoptr(GPtrArray) members = caldav_list_members(&sync->session, calendar, error);

	if (members == NULL || !caldav_fetch(&sync->session, calendar, members, pass_object, sync,
				       &missing, error))
		return false;
	if (missing.count == 0)
		return true;
	g_propagate_error(error, missing_error(&missing, members->len));
	return false;
}

static bool sync_calendar(
	Sync *sync, const char *id, const CalDavResource *calendar, GError **error)
{
	g_autoptr(ProviderCalendar) shown =
		provider_calendar_new(id, calendar->name, calendar->url);
	g_autoptr(GTimeZone) zone = NULL;
	g_autoptr(GError) failure = NULL;

	shown->holds_events = calendar->holds_events;
	if (!sync->sink->begin_calendar(sync->sink, shown, PROVIDER_LISTING_ALL, error))
		return false;
	if (sync->own_addresses == NULL)
		sync->own_addresses = own_addresses(sync, &sync->session, calendar);
	zone = calendar->zone_name != NULL ? g_time_zone_new_identifier(calendar->zone_name) : NULL;
	sync->calendar_zone = zone;
	if (!fetch_calendar(sync, calendar, &failure))
		return end_incomplete(sync, g_steal_pointer(&failure), error);
	return sync->sink->end_calendar(sync->sink, true, NULL, NULL, error);
}

static bool sync_configured(Sync *sync, const char *id, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autoptr(CalDavResource) calendar = caldav_choice_configured(&sync->session, id, &failure);
	g_autoptr(ProviderCalendar) unknown = NULL;

	if (calendar != NULL)
		return sync_calendar(sync, id, calendar, error);
	unknown = provider_calendar_new(id, "", NULL);
	if (!sync->sink->begin_calendar(sync->sink, unknown, PROVIDER_LISTING_ALL, error))
		return false;
	return end_incomplete(sync, g_steal_pointer(&failure), error);
}

static bool sync_calendars(Sync *sync, GError **error)
{
	const char *const *ids = sync->request->calendar_ids;

	if (ids == NULL || ids[0] == NULL || (ids[0][0] == '\0' && ids[1] == NULL)) {
		g_autoptr(CalDavResource) only = caldav_choice_only(&sync->session, error);

		return only != NULL && sync_calendar(sync, "", only, error);
	}
	for (; *ids != NULL; ids++) {
		if (!sync_configured(sync, *ids, error))
			return false;
	}
	return true;
}

static bool caldav_sync(const ProviderRequest *request, ProviderSink *sink, GError **error)
{
	g_autoptr(CalDavAccount) account = caldav_account_new(request->credentials_json, error);
	Sync sync = {.request = request, .sink = sink, .account = account};
	g_autoptr(GError) failure = NULL;
	bool ok;

	if (account == NULL)
		return false;
	sync.session = session_for(request, account);
	ok = sync_calendars(&sync, &failure);
	g_clear_pointer(&sync.own_addresses, g_ptr_array_unref);
	if (!ok) {
		caldav_error_publish(&failure);
		g_propagate_error(error, g_steal_pointer(&failure));
	}
	return ok;
}

static GPtrArray *caldav_list_calendars(const ProviderRequest *request, GError **error)
{
	g_autoptr(CalDavAccount) account = caldav_account_new(request->credentials_json, error);
	g_autoptr(CalDavResource) start = NULL;
	g_autoptr(CalDavDiscovery) discovery = NULL;
	g_autoptr(GError) failure = NULL;
	GPtrArray *calendars;
	CalDavSession session;

	if (account == NULL)
		return NULL;
	session = session_for(request, account);
	start = caldav_discovery_start(&session, account->url, NULL, &failure);
	if (start != NULL)
		discovery = caldav_discover(&session, start, &failure);
	if (discovery == NULL) {
		caldav_error_publish(&failure);
		g_propagate_error(error, g_steal_pointer(&failure));
		return NULL;
	}
	calendars = g_ptr_array_new_with_free_func((GDestroyNotify)provider_calendar_free);
	for (unsigned i = 0; i < discovery->calendars->len; i++) {
		const CalDavResource *found = g_ptr_array_index(discovery->calendars, i);
		ProviderCalendar *calendar =
			provider_calendar_new(found->url, found->name, found->url);

		calendar->holds_events = found->holds_events;
		g_ptr_array_add(calendars, calendar);
	}
	return calendars;
}

const Provider caldav_provider = {
	.name = "caldav",
	.sync = caldav_sync,
	.list_calendars = caldav_list_calendars,
};

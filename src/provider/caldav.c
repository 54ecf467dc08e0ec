/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CalDAV provider (RFC 4791): from a connection to the events of its calendars. */
#include "provider/caldav.h"

#include "provider/caldav_account.h"
#include "provider/caldav_calendar.h"
#include "provider/caldav_discovery.h"
#include "provider/caldav_error.h"

static CalDavSession session_for(const ProviderRequest *request, const CalDavAccount *account)
{
	return (CalDavSession){
		.http = request->http,
		.auth = &account->auth,
		.cancellable = request->cancellable,
	};
}

static bool sync_calendars(CalDavRun *run, GError **error)
{
	const char *const *ids = run->request->calendar_ids;

	if (ids == NULL || ids[0] == NULL)
		return caldav_calendar_sync(run, "", error);
	for (; *ids != NULL; ids++) {
		if (!caldav_calendar_sync(run, *ids, error))
			return false;
	}
	return true;
}

static bool caldav_sync(const ProviderRequest *request, ProviderSink *sink, GError **error)
{
	g_autoptr(CalDavAccount) account = caldav_account_new(request->credentials_json, error);
	CalDavRun run = {.request = request, .sink = sink, .account = account};
	g_autoptr(GError) failure = NULL;
	bool ok;

	if (account == NULL)
		return false;
	run.session = session_for(request, account);
	ok = sync_calendars(&run, &failure);
	g_strfreev(run.own_addresses);
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
	start = caldav_discovery_start(&session, account->url, &failure);
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

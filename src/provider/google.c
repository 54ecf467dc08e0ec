/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Google Calendar provider: from a connection to the events of its calendars. */
#include "provider/google.h"

#include "provider/google_calendars.h"
#include "provider/google_events.h"
#include "provider/google_session.h"

static bool google_sync(const ProviderRequest *request, ProviderSink *sink, GError **error)
{
	static const char *const primary[] = {"primary", NULL};
	const char *const *ids = request->calendar_ids;
	g_autoptr(GoogleSession) session = google_session_new(request, error);
	g_autoptr(GoogleCalendars) calendars = NULL;

	if (session == NULL)
		return false;
	calendars = google_calendars_new(session);
	if (ids == NULL || ids[0] == NULL)
		ids = primary;
	for (; *ids != NULL; ids++) {
		const GoogleEventList list = {
			.session = session,
			.calendars = calendars,
			.request = request,
			.sink = sink,
			.calendar_id = *ids,
		};

		if (!google_events_list(&list, error))
			return false;
	}
	return true;
}

static GPtrArray *google_list_calendars(const ProviderRequest *request, GError **error)
{
	g_autoptr(GoogleSession) session = google_session_new(request, error);

	return session == NULL ? NULL : google_calendars_list(session, error);
}

const Provider google_provider = {
	.name = "google",
	.sync = google_sync,
	.list_calendars = google_list_calendars,
};

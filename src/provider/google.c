/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Google Calendar provider: from a connection to the events of its calendars. */
#include "provider/google.h"

#include "provider/google_calendars.h"
#include "provider/google_events.h"
#include "provider/google_session.h"

/* A calendar of the connection. */
typedef struct {
	GoogleEventList list;
	CopyHolder holder;
} Chosen;

/* Those that are most the owner's own come first, others as they were chosen: what the first one
 * says of a meeting is then mostly what counts, and the copies of the others need not be written.
 */
static bool choose(
	const GoogleEventList *common, const char *const *ids, GArray *chosen, GError **error)
{
	for (; *ids != NULL; ids++) {
		Chosen one = {.list = *common};
		guint place = chosen->len;

		one.list.calendar_id = *ids;
		if (!google_events_holder(&one.list, &one.holder, error))
			return false;
		while (place > 0 && g_array_index(chosen, Chosen, place - 1).holder < one.holder)
			place--;
		g_array_insert_val(chosen, place, one);
	}
	return true;
}

static bool google_sync(const ProviderRequest *request, ProviderSink *sink, GError **error)
{
	static const char *const primary[] = {"primary", NULL};
	const char *const *ids = request->calendar_ids;
	g_autoptr(GoogleSession) session = google_session_new(request, error);
	g_autoptr(GoogleCalendars) calendars = NULL;
	g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(Chosen));
	GoogleEventList common = {.session = session, .request = request, .sink = sink};

	if (session == NULL)
		return false;
	calendars = google_calendars_new(session);
	common.calendars = calendars;
	if (!choose(&common, ids == NULL || ids[0] == NULL ? primary : ids, chosen, error))
		return false;
	for (guint i = 0; i < chosen->len; i++) {
		if (!google_events_list(&g_array_index(chosen, Chosen, i).list, error))
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
	.names_calendars = true,
	.sync = google_sync,
	.list_calendars = google_list_calendars,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calendars that a Google account lists. */
#include "provider/google_calendars.h"

#include <string.h>

#include "provider/google_error.h"
#include "provider/google_pages.h"

#define LIST_PATH                                                                                  \
	"/users/me/calendarList?maxResults=250&showHidden=true&fields="                            \
	"kind%2CnextPageToken%2CnextSyncToken%2Citems%28id%2Csummary%2CsummaryOverride%2Cprimary%" \
	"2CaccessRole%29"

/* The list as it comes in. */
typedef struct {
	GPtrArray *calendars; /* of ProviderCalendar */
	bool is_complete;     /* the last page says that it is the last */
} Arriving;

static bool note_page(void *data, const cJSON *page, GError **error)
{
	Arriving *arriving = data;

	(void)error;
	arriving->is_complete = json_string(page, "nextSyncToken") != NULL;
	return true;
}

static bool add_calendar(void *data, const cJSON *item, GError **error)
{
	GPtrArray *calendars = ((Arriving *)data)->calendars;
	const char *id = json_string(item, "id");
	const char *name = json_string(item, "summaryOverride");
	const char *role = json_string(item, "accessRole");
	ProviderCalendar *calendar;

	(void)error;
	if (id == NULL)
		return true;
	if (name == NULL)
		name = json_string(item, "summary");
	calendar = provider_calendar_new(id, name, NULL);
	calendar->holds_events = g_strcmp0(role, "freeBusyReader") != 0;
	calendar->role = g_strdup(role);
	calendar->is_primary = json_is_true(item, "primary");
	g_ptr_array_add(calendars, calendar);
	return true;
}

/* `*ret_is_complete`: what is not listed is not there. */
static GPtrArray *list_calendars(GoogleSession *session, bool *ret_is_complete, GError **error)
{
	g_autoptr(GPtrArray) calendars =
		g_ptr_array_new_with_free_func((GDestroyNotify)provider_calendar_free);
	Arriving arriving = {.calendars = calendars};
	const GooglePages pages = {
		.session = session,
		.path_and_query = LIST_PATH,
		.kind = "calendar#calendarList",
		.what = "the list of your calendars",
		.page = note_page,
		.item = add_calendar,
		.data = &arriving,
	};

	if (!google_pages_each(&pages, error))
		return NULL;
	*ret_is_complete = arriving.is_complete;
	return g_steal_pointer(&calendars);
}

GPtrArray *google_calendars_list(GoogleSession *session, GError **error)
{
	bool is_complete;

	return list_calendars(session, &is_complete, error);
}

struct GoogleCalendars {
	GoogleSession *session;
	bool is_asked;
	GPtrArray *listed; /* NULL: not asked for, or not to be had */
	bool is_complete;
};

GoogleCalendars *google_calendars_new(GoogleSession *session)
{
	GoogleCalendars *calendars = g_new0(GoogleCalendars, 1);

	calendars->session = session;
	return calendars;
}

void google_calendars_free(GoogleCalendars *calendars)
{
	if (calendars == NULL)
		return;
	g_clear_pointer(&calendars->listed, g_ptr_array_unref);
	g_free(calendars);
}

/* Names are worth a request, but not the sync. A list that is refused with 403 says nothing of the
 * events: these have a permission of their own. */
static bool ask_once(GoogleCalendars *calendars, GError **error)
{
	g_autoptr(GError) failure = NULL;

	if (calendars->is_asked)
		return true;
	calendars->is_asked = true;
	calendars->listed = list_calendars(calendars->session, &calendars->is_complete, &failure);
	if (failure == NULL || google_session_last_status(calendars->session) == 403 ||
		!google_error_ends_connection(failure))
		return true;
	g_propagate_error(error, g_steal_pointer(&failure));
	return false;
}

const char *google_calendars_account(const GoogleCalendars *calendars)
{
	for (unsigned i = 0; calendars->listed != NULL && i < calendars->listed->len; i++) {
		const ProviderCalendar *calendar = g_ptr_array_index(calendars->listed, i);

		if (calendar->is_primary)
			return calendar->id;
	}
	return NULL;
}

bool google_calendars_find(GoogleCalendars *calendars, const char *id,
	GoogleCalendarState *ret_state, const ProviderCalendar **ret_calendar, GError **error)
{
	bool is_primary = strcmp(id, "primary") == 0;

	if (!ask_once(calendars, error))
		return false;
	/* Every account lists its primary calendar: an empty list says nothing. */
	*ret_state =
		calendars->listed == NULL || calendars->listed->len == 0 || !calendars->is_complete
			? GOOGLE_CALENDAR_NOT_KNOWN
			: GOOGLE_CALENDAR_NOT_LISTED;
	if (ret_calendar != NULL)
		*ret_calendar = NULL;
	for (unsigned i = 0; calendars->listed != NULL && i < calendars->listed->len; i++) {
		const ProviderCalendar *calendar = g_ptr_array_index(calendars->listed, i);

		if (!(is_primary && calendar->is_primary) && strcmp(calendar->id, id) != 0)
			continue;
		*ret_state = GOOGLE_CALENDAR_LISTED;
		if (ret_calendar != NULL)
			*ret_calendar = calendar;
		return true;
	}
	return true;
}

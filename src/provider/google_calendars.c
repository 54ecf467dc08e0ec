/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calendars that a Google account lists. */
#include "provider/google_calendars.h"

#include <string.h>

#include "provider/google_pages.h"

#define LIST_PATH                                                                                  \
	"/users/me/calendarList?maxResults=250&showHidden=true&fields="                            \
	"kind%2CnextPageToken%2Citems%28id%2Csummary%2CsummaryOverride%2Cprimary%2CaccessRole%29"

static bool add_page(void *data, const cJSON *page, GError **error)
{
	GPtrArray *calendars = data;
	const cJSON *item;

	(void)error;
	cJSON_ArrayForEach(item, json_member(page, "items"))
	{
		const char *id = json_string(item, "id");
		const char *name = json_string(item, "summaryOverride");
		const char *role = json_string(item, "accessRole");
		ProviderCalendar *calendar;

		if (id == NULL)
			continue;
		if (name == NULL)
			name = json_string(item, "summary");
		calendar = provider_calendar_new(id, name, NULL);
		calendar->holds_events = g_strcmp0(role, "freeBusyReader") != 0;
		calendar->is_primary = json_is_true(item, "primary");
		g_ptr_array_add(calendars, calendar);
	}
	return true;
}

GPtrArray *google_calendars_list(GoogleSession *session, GError **error)
{
	const GooglePages pages = {
		.session = session,
		.path_and_query = LIST_PATH,
		.kind = "calendar#calendarList",
		.what = "the list of your calendars",
	};
	g_autoptr(GPtrArray) calendars =
		g_ptr_array_new_with_free_func((GDestroyNotify)provider_calendar_free);

	if (!google_pages_each(&pages, add_page, calendars, error))
		return NULL;
	return g_steal_pointer(&calendars);
}

const char *google_calendars_name(const GPtrArray *calendars, const char *id)
{
	bool is_primary = strcmp(id, "primary") == 0;

	for (unsigned i = 0; calendars != NULL && i < calendars->len; i++) {
		const ProviderCalendar *calendar = g_ptr_array_index(calendars, i);

		if ((is_primary && calendar->is_primary) || strcmp(calendar->id, id) == 0)
			return calendar->name;
	}
	return NULL;
}

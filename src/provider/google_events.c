/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of one Google calendar, in a windowed full list. */
#include "provider/google_events.h"

#include "event/civil.h"
#include "provider/google_error.h"
#include "provider/google_item.h"
#include "provider/google_pages.h"

/* All-day events have the bounds of their calendar's days, which need not be the site's. */
#define MARGIN_SECS (2 * CIVIL_DAY_SECS)
/* Years that Google's time stamps can hold. */
#define BOUND_MIN_UTC INT64_C(0)
#define BOUND_MAX_UTC INT64_C(253402300799)
/* Of the calendar's name in messages. */
#define SHOWN_ID_BYTES 100

#define LIST_FIELDS "kind,nextPageToken,summary,timeZone,accessRole,items(" GOOGLE_ITEM_FIELDS ")"

typedef struct {
	const GoogleEventList *list;
	GTimeZone *calendar_zone; /* NULL until the first page came */
	GError *sink_error;
} Run;

static void run_clear(Run *run)
{
	g_clear_pointer(&run->calendar_zone, g_time_zone_unref);
	g_clear_error(&run->sink_error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static char *bound_text(int64_t utc)
{
	g_autoptr(GDateTime) time =
		g_date_time_new_from_unix_utc(CLAMP(utc, BOUND_MIN_UTC, BOUND_MAX_UTC));

	return g_date_time_format(time, "%Y-%m-%dT%H%%3A%M%%3A%SZ");
}

/* The one place that says what a calendar is asked for. A cursor would replace the window here. */
static char *list_path(const GoogleEventList *list)
{
	TimeWindow window = list->request->window;
	g_autofree char *id = g_uri_escape_string(list->calendar_id, NULL, FALSE);
	g_autofree char *from = bound_text(window.from_utc - MARGIN_SECS);
	g_autofree char *to = bound_text(window.to_utc + MARGIN_SECS);
	g_autofree char *fields = g_uri_escape_string(LIST_FIELDS, NULL, FALSE);

	return g_strdup_printf("/calendars/%s/events?singleEvents=true&maxResults=2500"
			       "&eventTypes=default&eventTypes=fromGmail&timeMin=%s&timeMax=%s"
			       "&fields=%s",
		id, from, to, fields);
}

static bool begin_calendar(Run *run, const cJSON *page, GError **error)
{
	const GoogleEventList *list = run->list;
	const char *zone = json_string(page, "timeZone");
	const char *name = list->name != NULL ? list->name : json_string(page, "summary");
	g_autoptr(ProviderCalendar) calendar = provider_calendar_new(list->calendar_id, name, NULL);

	run->calendar_zone = zone != NULL ? g_time_zone_new_identifier(zone) : NULL;
	if (run->calendar_zone == NULL)
		run->calendar_zone = g_time_zone_ref(list->request->site_zone);
	return list->sink->begin_calendar(list->sink, calendar, PROVIDER_LISTING_ALL, error);
}

static void tell_unreadable(const GoogleEventList *list, const char *id)
{
	g_autoptr(GError) why = g_error_new(PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT,
		"Google's event %s has no start or no id that can be read.",
		id != NULL ? id : "without an id");

	list->sink->unreadable(list->sink, id != NULL ? id : "an event", id, why);
}

static bool pass_item(Run *run, const cJSON *item, GError **error)
{
	const GoogleEventList *list = run->list;
	const GoogleItemContext context = {
		.window = list->request->window,
		.site_zone = list->request->site_zone,
		.calendar_zone = run->calendar_zone,
	};
	Event *event = NULL;

	switch (google_item_read(item, &context, &event)) {
	case GOOGLE_ITEM_EVENT:
		return list->sink->event(list->sink, event, error);
	case GOOGLE_ITEM_UNREADABLE:
		tell_unreadable(list, json_string(item, "id"));
		return true;
	default:
		return true;
	}
}

static bool pass_page(void *data, const cJSON *page, GError **error)
{
	Run *run = data;
	const cJSON *item;

	(void)error; /* what fails here is the sink, and that is told apart from the calendar */
	if (run->calendar_zone == NULL && !begin_calendar(run, page, &run->sink_error))
		return false;
	/* Of a calendar that shows only when its owner is busy there is nothing to keep. */
	if (g_strcmp0(json_string(page, "accessRole"), "freeBusyReader") == 0)
		return true;
	cJSON_ArrayForEach(item, json_member(page, "items"))
	{
		if (!pass_item(run, item, &run->sink_error))
			return false;
	}
	return true;
}

/* Tells the end of a calendar that could not be listed whole, also of one that had not begun. */
static bool end_incomplete(Run *run, const GError *failure, GError **error)
{
	ProviderSink *sink = run->list->sink;

	if (run->calendar_zone == NULL && !begin_calendar(run, NULL, error))
		return false;
	if (!sink->end_calendar(sink, false, failure, NULL, error))
		return false;
	if (!google_error_ends_connection(failure))
		return true;
	g_propagate_error(error, g_error_copy(failure));
	return false;
}

bool google_events_list(const GoogleEventList *list, GError **error)
{
	g_auto(Run) run = {.list = list};
	g_autofree char *path = list_path(list);
	g_autofree char *shown = g_utf8_make_valid(list->calendar_id, -1);
	g_autofree char *what = g_strdup_printf("the calendar '%.*s'", SHOWN_ID_BYTES, shown);
	const GooglePages pages = {
		.session = list->session,
		.path_and_query = path,
		.kind = "calendar#events",
		.what = what,
	};
	g_autoptr(GError) failure = NULL;

	if (google_pages_each(&pages, pass_page, &run, &failure))
		return list->sink->end_calendar(list->sink, true, NULL, NULL, error);
	if (run.sink_error != NULL) {
		g_propagate_error(error, g_steal_pointer(&run.sink_error));
		return false;
	}
	if (failure->domain != PROVIDER_ERROR) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	return end_incomplete(&run, failure, error);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Google's event objects, as events: times, texts, and whether they are kept. */
#include "provider/google_item.h"

#include <string.h>

#include "event/civil.h"
#include "event/meeting_link.h"
#include "provider/google_people.h"
#include "provider/google_raw.h"
#include "util/time_zone.h"

/* Google's own limit for ids is 1024. */
#define ID_MAX_BYTES 1024

/* One end of an event, or originalStartTime: {"date"} or {"dateTime", "timeZone"}. */
typedef struct {
	bool is_date;
	CivilDate date;
	int64_t utc;
} Moment;

static bool read_date(const char *text, CivilDate *ret_date)
{
	gint64 year, month, day;
	g_auto(GStrv) parts = g_strsplit(text, "-", 4);
	CivilDate date;

	if (g_strv_length(parts) != 3 ||
		!g_ascii_string_to_signed(parts[0], 10, 1, 9999, &year, NULL) ||
		!g_ascii_string_to_signed(parts[1], 10, 1, 12, &month, NULL) ||
		!g_ascii_string_to_signed(parts[2], 10, 1, 31, &day, NULL))
		return false;
	date = (CivilDate){(int)year, (int)month, (int)day};
	if (!civil_date_is_valid(date))
		return false;
	*ret_date = date;
	return true;
}

#define ZONE_UNKNOWN "its time zone is unknown: read as local time of the calendar, or of the site"

static bool has_offset(const char *text)
{
	const char *time = strpbrk(text, "Tt ");

	return time != NULL && strpbrk(time, "Zz+-") != NULL;
}

/* RFC 3339; where the offset is missing, the moment's zone is meant, else the calendar's. */
static bool read_time(const char *text, const char *zone_name, const GoogleItemContext *context,
	int64_t *ret_utc, const char **ret_note)
{
	g_autoptr(GTimeZone) named = zone_name != NULL ? time_zone_find(zone_name) : NULL;
	bool is_known = zone_name != NULL ? named != NULL : context->has_calendar_zone;
	g_autoptr(GDateTime) time =
		g_date_time_new_from_iso8601(text, named != NULL ? named : context->calendar_zone);

	if (time == NULL)
		return false;
	if (!is_known && !has_offset(text))
		*ret_note = ZONE_UNKNOWN;
	*ret_utc = g_date_time_to_unix(time);
	return true;
}

static bool read_moment(const cJSON *object, const GoogleItemContext *context, Moment *ret_moment,
	const char **ret_note)
{
	const char *date = json_string(object, "date");
	const char *time = json_string(object, "dateTime");

	ret_moment->is_date = time == NULL;
	if (time != NULL)
		return read_time(
			time, json_string(object, "timeZone"), context, &ret_moment->utc, ret_note);
	return date != NULL && read_date(date, &ret_moment->date);
}

static bool has_end(const cJSON *item, const GoogleItemContext *context, bool is_date, Moment *ret,
	const char **ret_note)
{
	return !json_is_true(item, "endTimeUnspecified") &&
	       read_moment(json_member(item, "end"), context, ret, ret_note) &&
	       ret->is_date == is_date;
}

/* Without an end of its own kind an event lasts a day, or no time at all. */
static bool read_times(
	const cJSON *item, const GoogleItemContext *context, Event *event, const char **ret_note)
{
	Moment start, end;
	int64_t first_day;

	if (!read_moment(json_member(item, "start"), context, &start, ret_note))
		return false;
	event->all_day = start.is_date;
	if (!start.is_date) {
		event->start_utc = start.utc;
		event->end_utc = start.utc;
		if (has_end(item, context, false, &end, ret_note))
			event->end_utc = MAX(start.utc, end.utc);
		return true;
	}
	first_day = civil_days(start.date);
	event->start_date = start.date;
	event->end_date = civil_date(first_day + 1);
	if (has_end(item, context, true, &end, ret_note) && civil_days(end.date) > first_day)
		event->end_date = end.date;
	return true;
}

static int64_t midnight(CivilDate date, GTimeZone *zone)
{
	int64_t local = civil_days(date) * CIVIL_DAY_SECS;
	int interval = g_time_zone_adjust_time(zone, G_TIME_TYPE_STANDARD, &local);

	return local - g_time_zone_get_offset(zone, interval);
}

/* Google's bounds are asked for with a margin; this is the window that is meant. */
static bool overlaps(const Event *event, const GoogleItemContext *context)
{
	TimeWindow window = context->window;
	int64_t start =
		event->all_day ? midnight(event->start_date, context->site_zone) : event->start_utc;
	int64_t end =
		event->all_day ? midnight(event->end_date, context->site_zone) : event->end_utc;

	if (start == end)
		return window.from_utc <= start && start < window.to_utc;
	return window.from_utc < end && start < window.to_utc;
}

/* originalStartTime never changes when an instance moves. */
static char *read_recurrence_id(
	const cJSON *item, const GoogleItemContext *context, const char **ret_note)
{
	Moment original;
	CivilDate date;
	int64_t time;

	if (json_string(item, "recurringEventId") == NULL ||
		!read_moment(json_member(item, "originalStartTime"), context, &original, ret_note))
		return NULL;
	date = original.is_date ? original.date : civil_date(civil_day_of(original.utc));
	if (original.is_date)
		return g_strdup_printf("%04d%02d%02d", date.year, date.month, date.day);
	time = civil_time_of_day(original.utc);
	return g_strdup_printf("%04d%02d%02dT%02d%02d%02dZ", date.year, date.month, date.day,
		(int)(time / 3600), (int)(time / 60 % 60), (int)(time % 60));
}

static EventStatus read_status(const cJSON *item)
{
	const char *status = json_string(item, "status");

	if (g_strcmp0(status, "confirmed") == 0)
		return EVENT_STATUS_CONFIRMED;
	if (g_strcmp0(status, "tentative") == 0)
		return EVENT_STATUS_TENTATIVE;
	return g_strcmp0(status, "cancelled") == 0 ? EVENT_STATUS_CANCELLED : EVENT_STATUS_NONE;
}

/* Out of office, focus time, working locations and birthdays are no meetings. */
static bool is_meeting(const cJSON *item)
{
	const char *type = json_string(item, "eventType");

	return type == NULL || strcmp(type, "default") == 0 || strcmp(type, "fromGmail") == 0;
}

static bool is_private(const cJSON *item)
{
	const char *visibility = json_string(item, "visibility");

	return visibility != NULL && strcmp(visibility, "default") != 0 &&
	       strcmp(visibility, "public") != 0;
}

static const char *video_link(const cJSON *item)
{
	const cJSON *points = json_member(json_member(item, "conferenceData"), "entryPoints");
	const cJSON *point;

	if (!cJSON_IsArray(points))
		return NULL;
	cJSON_ArrayForEach(point, points)
	{
		if (g_strcmp0(json_string(point, "entryPointType"), "video") == 0)
			return json_string(point, "uri");
	}
	return NULL;
}

/* The provider's own field first, then what people wrote (data-model 4). Caller frees. */
static char *find_meeting_url(const cJSON *item, const Event *event)
{
	const char *named[] = {json_string(item, "hangoutLink"), video_link(item)};
	const char *texts[] = {event->location, event->description};

	return meeting_link_choose(named, G_N_ELEMENTS(named), texts, G_N_ELEMENTS(texts));
}

static void read_texts(const cJSON *item, Event *event)
{
	const char *link = json_string(item, "htmlLink");

	event->summary = g_strdup(json_string(item, "summary"));
	event->description = g_strdup(json_string(item, "description"));
	event->location = g_strdup(json_string(item, "location"));
	event->meeting_url = find_meeting_url(item, event);
	if (link != NULL && meeting_link_is_http(link))
		event->html_link = g_strdup(link);
	event->is_private = is_private(item);
	event->is_transparent = g_strcmp0(json_string(item, "transparency"), "transparent") == 0;
}

GoogleItemKind google_item_read(const cJSON *item, const GoogleItemContext *context,
	Event **ret_event, const char **ret_note)
{
	g_autoptr(Event) event = event_new();
	const char *id = json_string(item, "id");
	const char *uid = json_string(item, "iCalUID");

	*ret_note = NULL;
	if (id == NULL || strlen(id) > ID_MAX_BYTES)
		return GOOGLE_ITEM_UNREADABLE;
	event->event_uid = g_strdup(id);
	event->uid = g_strdup(uid != NULL ? uid : id);
	event->status = read_status(item);
	if (event->status == EVENT_STATUS_CANCELLED)
		return GOOGLE_ITEM_CANCELLED;
	if (!is_meeting(item))
		return GOOGLE_ITEM_NO_MEETING;
	if (!read_times(item, context, event, ret_note))
		return GOOGLE_ITEM_UNREADABLE;
	if (!overlaps(event, context))
		return GOOGLE_ITEM_OUTSIDE;
	event->recurrence_id = read_recurrence_id(item, context, ret_note);
	read_texts(item, event);
	google_people_read(item, context->holder == COPY_OF_ACCOUNT, context->account, event);
	event->attendees_incomplete = json_is_true(item, "attendeesOmitted");
	event->raw_json = google_raw_new(item, context->holder == COPY_OF_ACCOUNT);
	event->worth = event_copy_worth(event, context->holder);
	*ret_event = g_steal_pointer(&event);
	return GOOGLE_ITEM_EVENT;
}

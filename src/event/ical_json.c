/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the bounded JSON that is kept beside an event. */
#include "event/ical_json.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "event/civil.h"

/* In bytes of UTF-8; JSON may double a text full of quotes. */
#define SHORT_TEXT_MAX 500
#define LONG_TEXT_MAX 4000

char *ical_json_time(int64_t utc)
{
	CivilDate date = civil_date(civil_day_of(utc));
	int64_t time = civil_time_of_day(utc);

	return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02dZ", date.year, date.month, date.day,
		(int)(time / 3600), (int)(time / 60 % 60), (int)(time % 60));
}

char *ical_json_date(CivilDate date)
{
	return g_strdup_printf("%04d-%02d-%02d", date.year, date.month, date.day);
}

static void add_text(cJSON *object, const char *name, const char *text, size_t max)
{
	size_t length = text != NULL ? strlen(text) : 0;
	g_autofree char *cut = NULL;

	if (length == 0)
		return;
	if (length > max) {
		/* The last byte kept must not be inside a character. */
		while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
			max--;
		cut = g_strndup(text, max);
	}
	cJSON_AddStringToObject(object, name, cut != NULL ? cut : text);
}

static void add_owner_status(cJSON *object, const Event *event)
{
	for (guint i = 0; i < event->attendees->len; i++) {
		const Attendee *attendee = g_ptr_array_index(event->attendees, i);

		if (attendee->is_self) {
			cJSON_AddStringToObject(
				object, "owner_status", attendee_status_name(attendee->status));
			return;
		}
	}
}

static void add_times(cJSON *object, const Event *event)
{
	g_autofree char *start = event->all_day ? ical_json_date(event->start_date)
						: ical_json_time(event->start_utc);
	g_autofree char *end =
		event->all_day ? ical_json_date(event->end_date) : ical_json_time(event->end_utc);

	cJSON_AddStringToObject(object, "start", start);
	cJSON_AddStringToObject(object, "end", end);
	cJSON_AddBoolToObject(object, "all_day", event->all_day);
}

static void add_organizer(cJSON *object, const Attendee *organizer)
{
	cJSON *person;

	if (organizer == NULL)
		return;
	person = cJSON_AddObjectToObject(object, "organizer");
	add_text(person, "email", organizer->email, SHORT_TEXT_MAX);
	add_text(person, "name", organizer->name, SHORT_TEXT_MAX);
}

char *ical_json_new(const Event *event)
{
	static const char *const statuses[] = {
		[EVENT_STATUS_NONE] = NULL,
		[EVENT_STATUS_CONFIRMED] = "confirmed",
		[EVENT_STATUS_TENTATIVE] = "tentative",
		[EVENT_STATUS_CANCELLED] = "cancelled",
	};
	cJSON *object = cJSON_CreateObject();
	char *text;
	char *json;

	add_text(object, "uid", event->uid, SHORT_TEXT_MAX);
	add_text(object, "recurrence_id", event->recurrence_id, SHORT_TEXT_MAX);
	add_text(object, "summary", event->summary, SHORT_TEXT_MAX);
	add_times(object, event);
	add_text(object, "location", event->location, SHORT_TEXT_MAX);
	add_text(object, "status", statuses[event->status], SHORT_TEXT_MAX);
	add_text(object, "class", event->is_private ? "private" : "public", SHORT_TEXT_MAX);
	add_text(object, "transparency", event->is_transparent ? "transparent" : "opaque",
		SHORT_TEXT_MAX);
	add_organizer(object, event->organizer);
	add_owner_status(object, event);
	cJSON_AddNumberToObject(object, "attendee_count", event->attendees->len);
	add_text(object, "url", event->meeting_url, SHORT_TEXT_MAX);
	add_text(object, "description", event->description, LONG_TEXT_MAX);
	text = cJSON_PrintUnformatted(object);
	cJSON_Delete(object);
	json = g_strdup(text);
	cJSON_free(text);
	return json;
}

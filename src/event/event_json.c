/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes events in the form in which calendar test cases state them. */
#include "event/event_json.h"

#include <string.h>

#include "event/ical_json.h"

static void add_text(cJSON *object, const char *name, const char *text)
{
	if (text != NULL && *text != '\0')
		cJSON_AddStringToObject(object, name, text);
	else
		cJSON_AddNullToObject(object, name);
}

static void add_taken(cJSON *object, const char *name, char *take_text)
{
	add_text(object, name, take_text);
	g_free(take_text);
}

/* "20260302T080000Z" to "2026-03-02T08:00:00Z", "20260302" to "2026-03-02"; others as they are.
 * Caller frees. */
static char *spread(const char *id)
{
	size_t length = id != NULL ? strlen(id) : 0;

	if (length == 16)
		return g_strdup_printf("%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", id, id + 4, id + 6, id + 9,
			id + 11, id + 13);
	if (length == 8)
		return g_strdup_printf("%.4s-%.2s-%.2s", id, id + 4, id + 6);
	return g_strdup(id);
}

static const char *kind_name(AttendeeKind kind)
{
	static const char *const names[] = {
		[ATTENDEE_INDIVIDUAL] = "individual",
		[ATTENDEE_GROUP] = "group",
		[ATTENDEE_RESOURCE] = "resource",
		[ATTENDEE_ROOM] = "room",
		[ATTENDEE_UNKNOWN_KIND] = "unknown",
	};

	return names[kind];
}

static const char *status_name(EventStatus status)
{
	static const char *const names[] = {
		[EVENT_STATUS_NONE] = NULL,
		[EVENT_STATUS_CONFIRMED] = "confirmed",
		[EVENT_STATUS_TENTATIVE] = "tentative",
		[EVENT_STATUS_CANCELLED] = "cancelled",
	};

	return names[status];
}

static cJSON *attendee_to_json(const Attendee *attendee)
{
	cJSON *object = cJSON_CreateObject();

	add_text(object, "email", attendee->email);
	add_text(object, "name", attendee->name);
	add_text(object, "status", attendee_status_name(attendee->status));
	add_text(object, "cutype", kind_name(attendee->kind));
	add_text(object, "role", attendee->role);
	return object;
}

static void add_times(cJSON *object, const Event *event)
{
	cJSON_AddBoolToObject(object, "all_day", event->all_day);
	if (event->all_day) {
		add_taken(object, "start_date", ical_json_date(event->start_date));
		add_taken(object, "end_date", ical_json_date(event->end_date));
	} else {
		add_taken(object, "start_utc", ical_json_time(event->start_utc));
		add_taken(object, "end_utc", ical_json_time(event->end_utc));
	}
}

static void add_people(cJSON *object, const Event *event)
{
	cJSON *list;

	if (event->organizer != NULL) {
		cJSON *organizer = cJSON_AddObjectToObject(object, "organizer");

		add_text(organizer, "email", event->organizer->email);
		add_text(organizer, "name", event->organizer->name);
	} else {
		cJSON_AddNullToObject(object, "organizer");
	}
	list = cJSON_AddArrayToObject(object, "attendees");
	for (guint i = 0; i < event->attendees->len; i++)
		cJSON_AddItemToArray(
			list, attendee_to_json(g_ptr_array_index(event->attendees, i)));
}

cJSON *event_to_json(const Event *event)
{
	cJSON *object = cJSON_CreateObject();

	add_text(object, "uid", event->uid);
	add_taken(object, "recurrence_id", spread(event->recurrence_id));
	add_times(object, event);
	add_text(object, "summary", event->summary);
	add_text(object, "location", event->location);
	add_text(object, "status", status_name(event->status));
	add_people(object, event);
	add_text(object, "event_uid", event->event_uid);
	add_text(object, "description", event->description);
	add_text(object, "meeting_url", event->meeting_url);
	add_text(object, "html_link", event->html_link);
	cJSON_AddBoolToObject(object, "is_private", event->is_private);
	cJSON_AddBoolToObject(object, "is_transparent", event->is_transparent);
	return object;
}

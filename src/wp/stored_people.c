/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `_attendees`, `_organizer_email` and what `_raw_data` adds to them. */
#include "wp/stored_people.h"

#include <string.h>

#include "php/json.h"
#include "php/value.h"

/* event_row_new() cuts lists at 256 KiB, at the element that does not fit. */
enum { LIST_BYTES_CERTAIN = 192 * 1024 };

/* Rooms, shared calendars and what else Google gives an address of its own. */
static const char google_things[] = "calendar.google.com";

static PhpValue *decode(const char *json)
{
	return json == NULL ? NULL : php_json_decode(json, strlen(json), NULL);
}

/* NULL for what is empty or no string. Caller frees. */
static char *text_of(const PhpValue *object, const char *name)
{
	const char *text = php_value_bytes(php_array_get(object, name), NULL);

	return text == NULL || text[0] == '\0' ? NULL : g_strdup(text);
}

/* As the providers read it. */
static char *email_of(const PhpValue *object)
{
	g_autofree char *text = text_of(object, "email");

	return text == NULL ? NULL : g_utf8_strdown(text, -1);
}

static AttendeeStatus status_of(const PhpValue *object)
{
	static const AttendeeStatus statuses[] = {
		ATTENDEE_ACCEPTED, ATTENDEE_DECLINED, ATTENDEE_TENTATIVE};
	const char *name = php_value_bytes(php_array_get(object, "status"), NULL);

	for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(statuses); i++) {
		if (strcmp(name, attendee_status_name(statuses[i])) == 0)
			return statuses[i];
	}
	return ATTENDEE_NEEDS_ACTION;
}

static Attendee *read_person(const PhpValue *object, const char *name_member)
{
	Attendee *attendee = attendee_new();

	attendee->email = email_of(object);
	attendee->name = text_of(object, name_member);
	attendee->status = status_of(object);
	if (attendee->email != NULL && g_str_has_suffix(attendee->email, google_things))
		attendee->kind = ATTENDEE_RESOURCE;
	return attendee;
}

/* `_organizer_email` went through sanitize_email(); the source did not. */
static Attendee *read_organizer(const PhpValue *raw, const char *stored_email)
{
	const PhpValue *object = php_array_get(raw, "organizer");
	Attendee *organizer;

	if (php_value_size(object) > 0) {
		const char *name =
			php_array_get(object, "displayName") != NULL ? "displayName" : "name";

		return read_person(object, name);
	}
	if (stored_email == NULL || stored_email[0] == '\0')
		return NULL;
	organizer = attendee_new();
	organizer->email = g_utf8_strdown(stored_email, -1);
	return organizer;
}

static void mark_by_address(Event *event, const char *email)
{
	for (guint i = 0; i < event->attendees->len; i++) {
		Attendee *attendee = event->attendees->pdata[i];

		if (g_strcmp0(attendee->email, email) == 0)
			attendee->kind = ATTENDEE_RESOURCE;
	}
}

/* Google's event object. */
static void mark_resources(Event *event, const PhpValue *raw)
{
	const PhpValue *list = php_array_get(raw, "attendees");
	size_t count = php_value_size(list);

	for (size_t i = 0; i < count; i++) {
		PhpKey key;
		const PhpValue *item = php_value_at(list, i, &key);
		g_autofree char *email = email_of(item);

		if (email != NULL && php_value_truthy(php_array_get(item, "resource")))
			mark_by_address(event, email);
	}
}

/* What event_row_new() noted. */
static void mark_places(Event *event, const PhpValue *raw)
{
	const PhpValue *list = php_array_get(raw, "no_people");
	size_t count = php_value_size(list);

	for (size_t i = 0; i < count; i++) {
		PhpKey key;
		const PhpValue *item = php_value_at(list, i, &key);
		int64_t place = php_value_to_int(item);

		if (php_value_type(item) != PHP_INT)
			continue;
		if (place == -1 && event->organizer != NULL)
			event->organizer->kind = ATTENDEE_RESOURCE;
		else if (place >= 0 && place < event->attendees->len)
			((Attendee *)event->attendees->pdata[place])->kind = ATTENDEE_RESOURCE;
	}
}

/* Rows that the theme wrote of a CalDAV event do not say who is a room. Who is called as the place
 * is one, as far as names go; an address that a contact has is still that contact's. */
static void unname_places(Event *event, const PhpValue *raw)
{
	const char *location = php_value_bytes(php_array_get(raw, "location"), NULL);
	g_autofree char *place = location == NULL ? NULL : g_utf8_casefold(location, -1);

	if (place == NULL || php_array_get(raw, "attendee_count") != NULL ||
		php_array_get(raw, "attendees") != NULL)
		return;
	g_strstrip(place);
	for (guint i = 0; i < event->attendees->len; i++) {
		Attendee *attendee = event->attendees->pdata[i];
		g_autofree char *name =
			attendee->name == NULL ? NULL : g_utf8_casefold(attendee->name, -1);

		if (name != NULL && strcmp(g_strstrip(name), place) == 0)
			g_clear_pointer(&attendee->name, g_free);
	}
}

bool stored_people_may_be_cut(const char *const metas[EVENT_META_COUNT])
{
	const char *json = metas[EVENT_META_ATTENDEES];

	return json != NULL && strlen(json) > LIST_BYTES_CERTAIN;
}

Event *stored_people_read(const char *const metas[EVENT_META_COUNT])
{
	g_autoptr(PhpValue) list = decode(metas[EVENT_META_ATTENDEES]);
	g_autoptr(PhpValue) raw = decode(metas[EVENT_META_RAW_DATA]);
	size_t count = php_value_size(list);
	Event *event;

	if (!php_value_is_array(list))
		return NULL;
	event = event_new();
	for (size_t i = 0; i < count; i++) {
		PhpKey key;

		g_ptr_array_add(event->attendees, read_person(php_value_at(list, i, &key), "name"));
	}
	event->organizer = read_organizer(raw, metas[EVENT_META_ORGANIZER_EMAIL]);
	mark_resources(event, raw);
	mark_places(event, raw);
	unname_places(event, raw);
	return event;
}

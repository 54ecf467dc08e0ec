/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Organizer and guests of Google's event objects. */
#include "provider/google_people.h"

#include "util/limits.h"

#include <string.h>

/* RFC 5321 allows 254; some servers exceed it. */
#define EMAIL_MAX_BYTES 320
/* Sometimes an id stands there instead, or nothing. Caller frees. */
static char *read_email(const cJSON *person)
{
	const char *email = json_string(person, "email");
	const char *at = email != NULL ? strrchr(email, '@') : NULL;

	if (at == NULL || at == email || at[1] == '\0' || strlen(email) > EMAIL_MAX_BYTES)
		return NULL;
	for (const char *c = email; *c != '\0'; c++) {
		if (g_ascii_isspace(*c) || g_ascii_iscntrl(*c) || strchr("<>,;\"\\", *c) != NULL)
			return NULL;
	}
	return g_utf8_strdown(email, -1);
}

/* Secondary calendars, imports and virtual ones organize in their own name; Google invents the last
 * for invitations that name nobody. */
static bool is_calendar_address(const char *email)
{
	static const char *const suffixes[] = {"@group.calendar.google.com",
		"@group.v.calendar.google.com", "@import.calendar.google.com",
		"unknownorganizer@calendar.google.com"};

	for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		if (g_str_has_suffix(email, suffixes[i]))
			return true;
	}
	return false;
}

static AttendeeKind kind_of(const cJSON *person, const char *email)
{
	if (json_is_true(person, "resource"))
		return ATTENDEE_RESOURCE;
	if (email == NULL)
		return ATTENDEE_INDIVIDUAL;
	if (g_str_has_suffix(email, "@resource.calendar.google.com"))
		return ATTENDEE_RESOURCE;
	return is_calendar_address(email) ? ATTENDEE_GROUP : ATTENDEE_INDIVIDUAL;
}

static AttendeeStatus read_status(const cJSON *person)
{
	static const AttendeeStatus statuses[] = {
		ATTENDEE_ACCEPTED, ATTENDEE_DECLINED, ATTENDEE_TENTATIVE};
	const char *name = json_string(person, "responseStatus");

	for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(statuses); i++) {
		if (strcmp(name, attendee_status_name(statuses[i])) == 0)
			return statuses[i];
	}
	return ATTENDEE_NEEDS_ACTION;
}

/* What tells who the owner is. */
typedef struct {
	bool is_own;
	const char *account; /* or NULL */
} Calendar;

static bool is_owner(const cJSON *person, const char *email, const Calendar *calendar)
{
	if (calendar->is_own)
		return json_is_true(person, "self");
	return email != NULL && calendar->account != NULL &&
	       g_ascii_strcasecmp(email, calendar->account) == 0;
}

static Attendee *read_person(const cJSON *person, const Calendar *calendar)
{
	Attendee *attendee = attendee_new();

	attendee->email = read_email(person);
	attendee->name = g_strdup(json_string(person, "displayName"));
	attendee->status = read_status(person);
	attendee->kind = kind_of(person, attendee->email);
	attendee->is_self = is_owner(person, attendee->email, calendar);
	return attendee;
}

void google_people_read(const cJSON *item, bool is_own, const char *account, Event *event)
{
	const Calendar calendar = {is_own, account};
	const cJSON *organizer = json_member(item, "organizer");
	const cJSON *attendees = json_member(item, "attendees");
	const cJSON *person;

	if (cJSON_IsObject(organizer))
		event->organizer = read_person(organizer, &calendar);
	if (!cJSON_IsArray(attendees))
		return;
	cJSON_ArrayForEach(person, attendees)
	{
		if (event->attendees->len == LIMIT_EVENT_ATTENDEES)
			return;
		if (json_string(person, "email") != NULL ||
			json_string(person, "displayName") != NULL)
			attendee_merge(event->attendees, read_person(person, &calendar));
	}
}

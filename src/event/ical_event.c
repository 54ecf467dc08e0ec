/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts, people, status and links of a VEVENT. */
#include "event/ical_event.h"

#include <string.h>

#include "event/ical_people.h"
#include "event/meeting_link.h"
#include "util/limits.h"

/* Of the series that an event names so many are kept. */
enum { SIBLINGS_MAX = 8 };

static icalproperty *first_property(const IcalComponent *component, icalproperty_kind kind)
{
	return component->others != NULL ? icalcomponent_get_first_property(component->others, kind)
					 : NULL;
}

static bool field_is(const IcalFieldLine *line, const char *value)
{
	return line != NULL && g_ascii_strcasecmp(line->value, value) == 0;
}

static EventStatus read_status(const IcalComponent *component)
{
	const IcalFieldLine *line = ical_component_field(component, ICAL_FIELD_STATUS);

	if (field_is(line, "CONFIRMED"))
		return EVENT_STATUS_CONFIRMED;
	if (field_is(line, "TENTATIVE"))
		return EVENT_STATUS_TENTATIVE;
	if (field_is(line, "CANCELLED") || field_is(line, "CANCELED"))
		return EVENT_STATUS_CANCELLED;
	return EVENT_STATUS_NONE;
}

/* An unknown class is private (RFC 5545, 3.8.1.3), and so is an event with two of which one is. */
static bool read_private(const IcalComponent *component)
{
	for (guint i = 0; i < component->fields->len; i++) {
		const IcalFieldLine *line = g_ptr_array_index(component->fields, i);

		if (line->field == ICAL_FIELD_CLASS &&
			(line->cut || (*line->value != '\0' && !field_is(line, "PUBLIC"))))
			return true;
	}
	return false;
}

static bool read_transparent(const IcalComponent *component)
{
	const IcalFieldLine *line = ical_component_field(component, ICAL_FIELD_TRANSP);

	return field_is(line, "TRANSPARENT") || field_is(line, "TRANSPARENT-NOCONFLICT") ||
	       field_is(ical_component_field(component, ICAL_FIELD_X_BUSY_STATUS), "FREE");
}

/* CONFERENCE;FEATURE=VIDEO (RFC 7986, 5.11); FEATURE is a list. */
static const char *conference_link(const IcalComponent *component)
{
	icalproperty *property = first_property(component, ICAL_CONFERENCE_PROPERTY);

	while (property != NULL) {
		icalparameter *parameter =
			icalproperty_get_first_parameter(property, ICAL_FEATURE_PARAMETER);
		g_autofree char *feature = NULL;

		if (parameter != NULL) {
			char *text = icalparameter_as_ical_string_r(parameter);

			if (text == NULL)
				g_error("out of memory");
			feature = g_ascii_strup(text, -1);
			icalmemory_free_buffer(text);
		}
		if (feature != NULL && strstr(feature, "VIDEO") != NULL)
			return icalproperty_get_conference(property);
		property = icalcomponent_get_next_property(
			component->others, ICAL_CONFERENCE_PROPERTY);
	}
	return NULL;
}

static const char *field_link(const IcalComponent *component, IcalField field)
{
	const IcalFieldLine *line = ical_component_field(component, field);

	return line != NULL ? line->value : NULL;
}

static const char *url_of(const IcalComponent *component)
{
	icalproperty *property = first_property(component, ICAL_URL_PROPERTY);

	return property != NULL ? icalproperty_get_url(property) : NULL;
}

/* The first in the order of trust; caller frees. */
static char *find_meeting_url(const IcalComponent *component, const Event *event)
{
	const char *named[] = {
		field_link(component, ICAL_FIELD_X_GOOGLE_CONFERENCE),
		conference_link(component),
		field_link(component, ICAL_FIELD_X_SKYPE_TEAMS_URL),
		field_link(component, ICAL_FIELD_X_ONLINE_MEETING_LINK),
	};
	const char *texts[] = {url_of(component), event->location, event->description};

	return meeting_link_choose(named, G_N_ELEMENTS(named), texts, G_N_ELEMENTS(texts));
}

static void read_attendees(
	const IcalComponent *component, const char *const *own_addresses, GPtrArray *attendees)
{
	icalproperty *property = first_property(component, ICAL_ATTENDEE_PROPERTY);

	for (int count = 0; property != NULL && count < LIMIT_EVENT_ATTENDEES; count++) {
		attendee_merge(attendees, ical_people_read(property, own_addresses));
		property =
			icalcomponent_get_next_property(component->others, ICAL_ATTENDEE_PROPERTY);
	}
}

/* What Google's published calendars make of "this and following": BASE_R20260115T090000@google.com
 * goes on with BASE@google.com. Caller frees; NULL for any other UID. */
static char *head_of_google_tail(const char *uid)
{
	const char *at = uid == NULL ? NULL : strrchr(uid, '@');
	const char *mark = at;

	while (mark != NULL && mark > uid && strchr("0123456789TZ", mark[-1]) != NULL)
		mark--;
	if (mark == NULL || at - mark < (ptrdiff_t)strlen("20260115") || mark - uid < 3 ||
		mark[-1] != 'R' || mark[-2] != '_')
		return NULL;
	return g_strdup_printf("%.*s%s", (int)(mark - 2 - uid), uid, at);
}

/* RELATED-TO;RELTYPE=SIBLING (RFC 5545, 3.8.4.5), which Nextcloud writes into both halves of a
 * series. Caller frees; NULL for none. */
static char **read_siblings(const IcalComponent *component)
{
	g_autoptr(GPtrArray) siblings = g_ptr_array_new_with_free_func(g_free);
	icalproperty *property = first_property(component, ICAL_RELATEDTO_PROPERTY);
	char *google = head_of_google_tail(component->uid);

	if (google != NULL)
		g_ptr_array_add(siblings, google);
	while (property != NULL && siblings->len < SIBLINGS_MAX) {
		icalparameter *parameter =
			icalproperty_get_first_parameter(property, ICAL_RELTYPE_PARAMETER);
		const char *uid = icalproperty_get_relatedto(property);

		if (parameter != NULL && uid != NULL &&
			icalparameter_get_reltype(parameter) == ICAL_RELTYPE_SIBLING)
			g_ptr_array_add(siblings, g_strdup(uid));
		property =
			icalcomponent_get_next_property(component->others, ICAL_RELATEDTO_PROPERTY);
	}
	if (siblings->len == 0)
		return NULL;
	g_ptr_array_add(siblings, NULL);
	g_ptr_array_set_free_func(siblings, NULL);
	return (char **)g_ptr_array_steal(siblings, NULL);
}

Event *ical_event_new(const IcalComponent *component, const char *const *own_addresses)
{
	Event *event = event_new();
	icalproperty *organizer = first_property(component, ICAL_ORGANIZER_PROPERTY);

	event->uid = g_strdup(component->uid);
	event->summary = ical_component_text(component, ICAL_FIELD_SUMMARY);
	event->description = ical_component_text(component, ICAL_FIELD_DESCRIPTION);
	event->location = ical_component_text(component, ICAL_FIELD_LOCATION);
	event->html_link = NULL;
	event->status = read_status(component);
	event->is_private = read_private(component);
	event->is_transparent = read_transparent(component);
	if (organizer != NULL)
		event->organizer = ical_people_read(organizer, own_addresses);
	read_attendees(component, own_addresses, event->attendees);
	event->meeting_url = find_meeting_url(component, event);
	event->siblings = read_siblings(component);
	return event;
}

static Attendee *attendee_copy(const Attendee *attendee)
{
	Attendee *copy = attendee_new();

	*copy = *attendee;
	copy->email = g_strdup(attendee->email);
	copy->name = g_strdup(attendee->name);
	copy->role = g_strdup(attendee->role);
	return copy;
}

Event *ical_event_copy(const Event *event)
{
	Event *copy = event_new();
	GPtrArray *attendees = copy->attendees;

	*copy = *event;
	copy->uid = g_strdup(event->uid);
	copy->recurrence_id = g_strdup(event->recurrence_id);
	copy->start_wall = g_strdup(event->start_wall);
	copy->event_uid = g_strdup(event->event_uid);
	copy->summary = g_strdup(event->summary);
	copy->description = g_strdup(event->description);
	copy->location = g_strdup(event->location);
	copy->meeting_url = g_strdup(event->meeting_url);
	copy->html_link = g_strdup(event->html_link);
	copy->siblings = g_strdupv(event->siblings);
	copy->raw_json = g_strdup(event->raw_json);
	copy->organizer = event->organizer != NULL ? attendee_copy(event->organizer) : NULL;
	copy->attendees = attendees;
	for (guint i = 0; i < event->attendees->len; i++)
		g_ptr_array_add(attendees, attendee_copy(g_ptr_array_index(event->attendees, i)));
	return copy;
}

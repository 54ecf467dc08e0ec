/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts, people, status and links of a VEVENT. */
#include "event/ical_event.h"

#include <string.h>

#include "event/ical_people.h"
#include "event/meeting_link.h"

/* More guests than any meeting; a hostile list would be compared with itself. */
#define ATTENDEES_MAX 2000

static icalproperty *first_property(const IcalComponent *component, icalproperty_kind kind)
{
	return component->others != NULL ? icalcomponent_get_first_property(component->others, kind)
					 : NULL;
}

static EventStatus read_status(const IcalComponent *component)
{
	icalproperty *property = first_property(component, ICAL_STATUS_PROPERTY);

	switch (property != NULL ? icalproperty_get_status(property) : ICAL_STATUS_NONE) {
	case ICAL_STATUS_CONFIRMED:
		return EVENT_STATUS_CONFIRMED;
	case ICAL_STATUS_TENTATIVE:
		return EVENT_STATUS_TENTATIVE;
	case ICAL_STATUS_CANCELLED:
		return EVENT_STATUS_CANCELLED;
	default:
		return EVENT_STATUS_NONE;
	}
}

/* An unknown class is private (RFC 5545, 3.8.1.3). */
static bool read_private(const IcalComponent *component)
{
	icalproperty *property = first_property(component, ICAL_CLASS_PROPERTY);

	return property != NULL && icalproperty_get_class(property) != ICAL_CLASS_PUBLIC;
}

static bool read_transparent(const IcalComponent *component)
{
	icalproperty *property = first_property(component, ICAL_TRANSP_PROPERTY);
	const IcalFieldLine *busy = ical_component_field(component, ICAL_FIELD_X_BUSY_STATUS);

	if (property != NULL &&
		(icalproperty_get_transp(property) == ICAL_TRANSP_TRANSPARENT ||
			icalproperty_get_transp(property) == ICAL_TRANSP_TRANSPARENTNOCONFLICT))
		return true;
	return busy != NULL && g_ascii_strcasecmp(busy->value, "FREE") == 0;
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

			feature = g_ascii_strup(text != NULL ? text : "", -1);
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

	for (int count = 0; property != NULL && count < ATTENDEES_MAX; count++) {
		ical_people_merge(attendees, ical_people_read(property, own_addresses));
		property =
			icalcomponent_get_next_property(component->others, ICAL_ATTENDEE_PROPERTY);
	}
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
	copy->event_uid = g_strdup(event->event_uid);
	copy->summary = g_strdup(event->summary);
	copy->description = g_strdup(event->description);
	copy->location = g_strdup(event->location);
	copy->meeting_url = g_strdup(event->meeting_url);
	copy->html_link = g_strdup(event->html_link);
	copy->raw_json = g_strdup(event->raw_json);
	copy->organizer = event->organizer != NULL ? attendee_copy(event->organizer) : NULL;
	copy->attendees = attendees;
	for (guint i = 0; i < event->attendees->len; i++)
		g_ptr_array_add(attendees, attendee_copy(g_ptr_array_index(event->attendees, i)));
	return copy;
}

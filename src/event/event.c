/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making and freeing of events. */
#include "event/event.h"

Attendee *attendee_new(void)
{
	return g_new0(Attendee, 1);
}

void attendee_free(Attendee *attendee)
{
	if (attendee == NULL)
		return;
	g_free(attendee->email);
	g_free(attendee->name);
	g_free(attendee->role);
	g_free(attendee);
}

void attendee_merge(GPtrArray *attendees, Attendee *take_attendee)
{
	for (guint i = 0; take_attendee->email != NULL && i < attendees->len; i++) {
		Attendee *other = g_ptr_array_index(attendees, i);
		bool is_self = other->is_self || take_attendee->is_self;

		if (g_strcmp0(other->email, take_attendee->email) != 0)
			continue;
		if (other->status != ATTENDEE_NEEDS_ACTION ||
			take_attendee->status == ATTENDEE_NEEDS_ACTION) {
			attendee_free(take_attendee);
			other->is_self = is_self;
			return;
		}
		take_attendee->is_self = is_self;
		g_ptr_array_remove_index(attendees, i);
		g_ptr_array_insert(attendees, (int)i, take_attendee);
		return;
	}
	g_ptr_array_add(attendees, take_attendee);
}

const char *attendee_status_name(AttendeeStatus status)
{
	static const char *const names[] = {
		[ATTENDEE_NEEDS_ACTION] = "needsAction",
		[ATTENDEE_ACCEPTED] = "accepted",
		[ATTENDEE_DECLINED] = "declined",
		[ATTENDEE_TENTATIVE] = "tentative",
	};

	return names[status];
}

static void attendee_destroy(gpointer attendee)
{
	attendee_free(attendee);
}

Event *event_new(void)
{
	Event *event = g_new0(Event, 1);

	event->attendees = g_ptr_array_new_with_free_func(attendee_destroy);
	return event;
}

void event_free(Event *event)
{
	if (event == NULL)
		return;
	g_free(event->uid);
	g_free(event->recurrence_id);
	g_free(event->start_wall);
	g_free(event->event_uid);
	g_free(event->summary);
	g_free(event->description);
	g_free(event->location);
	g_free(event->meeting_url);
	g_free(event->html_link);
	g_strfreev(event->siblings);
	attendee_free(event->organizer);
	g_ptr_array_unref(event->attendees);
	g_free(event->raw_json);
	g_free(event);
}

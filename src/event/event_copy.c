/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of copies. */
#include "event/event_copy.h"

typedef enum { NAMES_NOBODY, NAMES_SOME, NAMES_ALL, NAMES_COUNT } Guests;

static Guests guests_of(const Event *event)
{
	for (guint i = 0; i < event->attendees->len; i++) {
		const Attendee *attendee = g_ptr_array_index(event->attendees, i);

		if (!attendee->is_self)
			return event->attendees_incomplete ? NAMES_SOME : NAMES_ALL;
	}
	return NAMES_NOBODY;
}

static bool shows_details(const Event *event)
{
	return !event->is_private || event->summary != NULL;
}

uint8_t event_copy_worth(const Event *event, CopyHolder holder)
{
	return (uint8_t)(1 + ((int)holder * 2 + shows_details(event)) * NAMES_COUNT +
			 guests_of(event));
}

G_STATIC_ASSERT(2 * (REVISIONS_MAX + 1) * NAMES_COUNT < UINT8_MAX);

uint8_t event_copy_worth_of_revision(const Event *event, int64_t sequence)
{
	int revision = (int)CLAMP(sequence, 0, REVISIONS_MAX);

	return (uint8_t)(1 + (shows_details(event) * (REVISIONS_MAX + 1) + revision) * NAMES_COUNT +
			 guests_of(event));
}

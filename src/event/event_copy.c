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

uint8_t event_copy_worth(const Event *event, CopyHolder holder)
{
	bool shows_details = !event->is_private || event->summary != NULL;

	return (uint8_t)(1 + ((int)holder * 2 + shows_details) * NAMES_COUNT + guests_of(event));
}

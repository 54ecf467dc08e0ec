/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who takes part in a stored event, read back from its rows as far as these tell. */
#pragma once

#include <glib.h>

#include "event/event.h"
#include "wp/event_row.h"

/* An event that has attendees and organizer only, for contact_index_match(). Rows of ours say which
 * of them are no people; of the theme's, Google's event object does. NULL when the rows do not tell
 * who takes part: no list, one that nobody can read, or one so long that it may have been cut.
 * Caller frees. */
Event *stored_people_read(const char *const metas[EVENT_META_COUNT]);

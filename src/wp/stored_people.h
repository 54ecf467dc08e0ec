/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who takes part in a stored event, read back from its rows as far as these tell. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "event/event.h"
#include "wp/event_row.h"

/* An event that has attendees and organizer only, for contact_index_match(). Rows of ours say which
 * of them are no people; of the theme's, Google's event object does, and for CalDAV the location
 * names rooms. NULL when the rows do not tell who takes part: no list, or one that nobody can read.
 * Caller frees. */
Event *stored_people_read(const char *const metas[EVENT_META_COUNT]);

/* True for a list so long that its end may have been cut off when it was stored. */
bool stored_people_may_be_cut(const char *const metas[EVENT_META_COUNT]);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attendees that are stored of an event. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "event/event.h"

/* Adds to `event` those whom its post's `_attendees` has and the event has not, neither by address
 * nor, where there is none, by name: for events whose source left some out. Rooms and other things
 * stay such. What cannot be read is nobody. False with a DB_ERROR. */
bool event_attendees_add_stored(
	Db *db, int64_t post_id, Event *event, GError **error) G_GNUC_WARN_UNUSED_RESULT;

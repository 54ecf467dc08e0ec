/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: what people and plugins wrote into a post's metas. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "wp/event_write.h"

/* Metas that are not ours go to the successors, in the order of the heirs. Where a successor has
 * one of that key already, nothing is lost: what it says as well stays behind, notes that people
 * typed (`_meeting_notes`) are joined, and any other value is added as a further row, so that
 * WordPress goes on reading the successor's own. Inside a transaction. */
bool event_notes_move(
	Db *db, const EventHeir *heirs, size_t count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

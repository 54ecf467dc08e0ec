/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/wp/activities.c: rows of our own that say that a person had a meeting, whose unique key
 * lets one of several processes write an activity of it, even where row locks are not shared. They
 * stay as long as the person does: WordPress keeps the activity, too, or the row is all that says
 * that somebody deleted it, and a meeting comes back as a new post years later, when a connection
 * is made anew or its window is widened. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "wp/event_row.h"
#include "wp/past_event.h"

/* What a meeting is known by: the event itself; its iCalendar UID and which instance it is, also
 * when it was moved or comes through another connection; its iCalendar UID and its start; its title
 * and its start. Starts are instants. Earlier versions wrote wall clocks instead, which are looked
 * for where they are not ambiguous, and never written. */
enum { ACTIVITY_KEYS = 4, ACTIVITY_FORMER_KEYS = 2, ACTIVITY_KEY_BYTES = 16 };
typedef struct ActivityKeys {
	uint8_t keys[ACTIVITY_KEYS][ACTIVITY_KEY_BYTES];
	uint8_t former[ACTIVITY_FORMER_KEYS][ACTIVITY_KEY_BYTES];
	bool has_former;
} ActivityKeys;

ActivityKeys activity_keys(const PastEvent *event);

/* The same of an event as it is about to be stored. */
ActivityKeys activity_keys_of_row(const EventRow *row);

/* Whether the two have a key in common: one meeting in two calendars. */
bool activity_keys_meet(const ActivityKeys *keys, const ActivityKeys *others);

/* Adds to the `had` of each meeting that is not logged the people for whom one of its keys is
 * claimed, also when the comment is gone: the person deleted it. */
bool activity_claims_find(Db *db, const GPtrArray *meetings /* of ActivityMeeting */,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keeps everybody else from flagging these events until this transaction ends: whoever comes second
 * waits, or, on another node of a cluster that shares no locks (Galera, Group Replication), fails
 * to commit and begins again. For the flag is a row without a unique key. Call before the flags are
 * read, and activity_claims_release() at the end: the rows that collide are gone again when the
 * transaction commits. Holding again what was not released is DB_ERROR_DUPLICATE. */
bool activity_claims_hold(Db *db, const GPtrArray *meetings /* of ActivityMeeting */,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool activity_claims_release(Db *db, const GPtrArray *meetings /* of ActivityMeeting */,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Claims the keys of each meeting for everyone in `to_log`, with the ids in `comment_ids`. To be
 * called in the transaction that writes the comments. DB_ERROR_DUPLICATE when another process was
 * first: then all has to be rolled back and looked up anew. */
bool activity_claims_insert(Db *db, const GPtrArray *meetings /* of ActivityMeeting */,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An event whose post goes on as another occurrence, as activity_keys() would know it. */
typedef struct ActivityMove {
	const char *former_uid; /* borrowed */
	ActivityKeys keys;      /* of what it is now */
} ActivityMove;

/* Who had the events that were moved has what they are now: claims their new keys, too, in the
 * transaction that moves the posts. Two statements for all of `moves` (of ActivityMove). */
bool activity_claims_follow(Db *db, int64_t user_id, const char *connection_id, const GArray *moves,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets people whose posts were deleted for good, some hundreds at a time. Locks no rows but
 * those. */
bool activity_claims_prune(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

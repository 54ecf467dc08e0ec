/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calendar objects (CalDAV resources) whose events are stored, as they were when last read. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "state/hash.h"

/* All strings are owned. */
typedef struct CalendarObject {
	uint8_t calendar_hash[STATE_HASH_BYTES];
	char *key;                 /* the href in its one canonical spelling */
	char *path;                /* the href as the server spells it */
	char *etag;                /* opaque bytes, or NULL */
	int64_t expanded_from_utc; /* occurrences from here … */
	int64_t expanded_to_utc;   /* … up to here are stored; G_MAXINT64: all */
	char *uids;                /* which UIDs it holds, in the provider's own words, or NULL */
	char *problem;             /* why it, or a part of it, could not be read; or NULL */
} CalendarObject;

void calendar_object_free(CalendarObject *object);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalendarObject, calendar_object_free)

/* Those of one calendar of a connection (a row of {prm_calendar_connections}), as CalendarObject.
 * NULL with a DB_ERROR. Caller unrefs. */
GPtrArray *calendar_objects_load(Db *db, int64_t connection,
	const uint8_t calendar_hash[STATE_HASH_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes them (of CalendarObject; not empty), new or not. */
bool calendar_objects_store(Db *db, int64_t connection, const GPtrArray *objects,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Has these (by state_hash_object(); not empty) read again at the next listing of all. */
bool calendar_objects_distrust(Db *db, int64_t connection,
	const uint8_t (*object_hashes)[STATE_HASH_BYTES], size_t count,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Deletes those with the calendar and key of `objects` (of CalendarObject; not empty). */
bool calendar_objects_forget(Db *db, int64_t connection, const GPtrArray *objects,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

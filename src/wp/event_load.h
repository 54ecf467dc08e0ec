/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/wp only: reads stored events, one at a time. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "wp/event_row.h"

/* A stored event, borrowed for the length of the call. */
typedef struct LoadedEvent {
	int64_t post_id;
	int64_t user_id;
	const char *status;
	const char *columns[EVENT_COLUMN_COUNT];
	const char *metas[EVENT_META_COUNT]; /* of several rows of one key the first, as WordPress
						reads */
	const int64_t *meta_ids;             /* of these rows; 0: no row */
	bool has_extra_rows;                 /* some key of ours has several rows */
	bool is_logged;
} LoadedEvent;

typedef void (*LoadedEventFunc)(const LoadedEvent *event, void *data);

/* Calls `each` for every calendar event of the user whose `_connection_id` is this, in any status,
 * in id order. One streamed query; holds one event in memory. */
bool event_load_connection(Db *db, int64_t user_id, const char *connection_id, LoadedEventFunc each,
	void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for the events of all connections but these (NULL-terminated, not empty). */
bool event_load_other_connections(Db *db, int64_t user_id, const char *const *connection_ids,
	LoadedEventFunc each, void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for the user's published events of all connections, only with what tells who takes part:
 * `_attendees`, `_organizer_email`, `_matched_people`, `_raw_data`; no title, no content. */
bool event_load_people(Db *db, int64_t user_id, LoadedEventFunc each, void *data,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for events by their ids, with everything; their rows are locked until the end of the
 * transaction. `count` is not 0. */
bool event_load_locked(Db *db, const int64_t *ids, size_t count, LoadedEventFunc each, void *data,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for events by their ids, in any status; the content is left out. `ids` may be empty. */
bool event_load_ids(Db *db, const int64_t *ids, size_t count, LoadedEventFunc each, void *data,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same with the content, so that event_row_hash() of an event is that of its rows. */
bool event_load_whole(Db *db, const int64_t *ids, size_t count, LoadedEventFunc each, void *data,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a connection: how it fared, and how far each of its calendars was read. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "state/hash.h"

enum { CURSOR_DISTRUSTED = -1 };

/* How far a calendar was read. */
typedef struct CalendarCursor {
	char *calendar_id; /* as configured */
	uint8_t settings_hash[STATE_HASH_BYTES];
	char *text;         /* the provider's own; "" while the first listing is not complete */
	int64_t listed_utc; /* when all of it was last listed completely, unix seconds; 0: list it
			       soon; CURSOR_DISTRUSTED: and something else wrote its events */
	int64_t gone_utc;   /* since when the account has no such calendar; 0: it has one */
} CalendarCursor;

CalendarCursor *calendar_cursor_new(const char *calendar_id,
	const uint8_t settings_hash[STATE_HASH_BYTES], const char *text, int64_t listed_utc,
	int64_t gone_utc);
void calendar_cursor_free(CalendarCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalendarCursor, calendar_cursor_free)

/* Everything is owned. Unique by user and `connection_id`; a cursor is unique by its `calendar_id`.
 * - `refused_hash` and `refused_utc` mean something only when `is_refused`.
 * - `failures` is 0 after a success and before the first try; then `retry_utc` is 0, too.
 * - `last_sync_hash` means something only when `knows_last_sync`. */
typedef struct ConnectionState {
	int64_t id; /* 0: not in the table yet */
	char *connection_id;
	bool is_refused; /* credentials with the hash were refused at that time */
	uint8_t refused_hash[STATE_HASH_BYTES];
	int64_t refused_utc;
	unsigned failures;   /* in a row */
	int64_t failing_utc; /* when the first of those came that no success followed, also of the
				site's own; 0: it does not fail */
	int64_t retry_utc;   /* not to be tried by a scheduled pass before */
	unsigned problems;   /* objects that could not be read */
	char *first_problem; /* or NULL */
	unsigned span_days;  /* so many days before and after now are kept; 0: the whole window */
	GPtrArray *cursors;  /* of CalendarCursor */

	/* What tells that something else wrote the connection's events meanwhile. */
	bool knows_last_sync;
	uint8_t last_sync_hash[STATE_HASH_BYTES]; /* of its `last_sync` as we left it */
	char *rows_mark;    /* of its posts as we left them (event_counts_mark()); "": not known */
	int64_t others_utc; /* when that was last noticed; 0: never */
	unsigned others_times;  /* how often */
	unsigned others_mended; /* events that were written again after it */

	int64_t locked_until_utc; /* how long the theme's lock is held; 0: not */
} ConnectionState;

/* Id 0: it has no row yet. Caller frees. */
ConnectionState *connection_state_new(int64_t id, const char *connection_id);
void connection_state_free(ConnectionState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConnectionState, connection_state_free)

/* The cursor of a calendar, or NULL. Borrowed. */
const CalendarCursor *connection_state_cursor(
	const ConnectionState *state, const char *calendar_id);

/* Puts the cursor in the place of that calendar's former one; what is stored stays as it is. */
void connection_state_take_cursor(ConnectionState *state, CalendarCursor *take_cursor);

/* Gives the state its row, if it has none: its id is set. */
bool connection_state_create(
	Db *db, int64_t user_id, ConnectionState *state, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All that are remembered, without their cursors, by connection_state_key(): for the status. One
 * statement. Empty where the tables are missing. NULL with a DB_ERROR; caller unrefs. */
GHashTable *connection_states_load(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Caller frees. */
char *connection_state_key(int64_t user_id, const char *connection_id);

/* The hash of a connection's `last_sync`; NULL, for none, has one too. */
void connection_state_hash_last_sync(const char *last_sync, uint8_t ret_hash[STATE_HASH_BYTES]);

/* From now on nothing that is remembered of the connection's events spares looking at them: all of
 * its calendars are to be listed. In memory. */
void connection_state_distrust(ConnectionState *state);

/* The same, in memory and in the tables, since something else wrote the events: the cursors say so
 * until their calendars were listed. `last_sync` is what it left behind, or NULL. One transaction.
 */
bool connection_state_note_others(Db *db, ConnectionState *state, const char *last_sync,
	int64_t now_utc, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How the posts of the user's connections were left is not known any more. */
bool connection_states_unmark(Db *db, int64_t user_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The locks of all connections count as not held. */
bool connection_states_unlock(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes everything but the cursors and `last_sync_hash`, which is written together with the
 * connection's own row (user_meta_change()). */
bool connection_state_store(
	Db *db, const ConnectionState *state, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets all that is remembered of a connection. One transaction. */
bool connection_state_forget(Db *db, int64_t connection, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How many objects of the connection could not be read, and why the first could not, as stored. */
bool connection_state_count_problems(Db *db, int64_t connection, unsigned *ret_problems,
	char **ret_first, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes a cursor, new or not. */
bool calendar_cursor_store(Db *db, int64_t connection, const CalendarCursor *cursor,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets a calendar's objects, and writes this cursor, whose text is empty: a listing of all
 * begins. One transaction. */
bool calendar_cursor_restart(Db *db, int64_t connection, const CalendarCursor *cursor,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets a calendar whole. Runs in the caller's transaction. */
bool calendar_cursor_forget(Db *db, int64_t connection, const char *calendar_id,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes what is remembered of a connection (the sidecar's tables). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "wp/user_state.h"

/* Gives the state its row, if it has none: its id is set. */
bool connection_state_create(
	Db *db, int64_t user_id, ConnectionState *state, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes everything but the cursors. */
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

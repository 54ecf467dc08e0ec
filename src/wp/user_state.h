/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a user's connections before a sync: WordPress's own row, and how far the last
 * runs came with each (the sidecar's tables; a cache). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"
#include "wp/connection.h"
#include "wp/state_hash.h"
#include "wp/user_meta.h"

/* How far a calendar was read. */
typedef struct CalendarCursor {
	char *calendar_id; /* as configured */
	uint8_t settings_hash[STATE_HASH_BYTES];
	char *text;         /* the provider's own; "" while the first listing is not complete */
	int64_t listed_utc; /* when all of it was last listed completely, unix seconds */
	int64_t gone_utc;   /* since when the account has no such calendar; 0: it has one */
} CalendarCursor;

CalendarCursor *calendar_cursor_new(const char *calendar_id,
	const uint8_t settings_hash[STATE_HASH_BYTES], const char *text, int64_t listed_utc,
	int64_t gone_utc);
void calendar_cursor_free(CalendarCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalendarCursor, calendar_cursor_free)

typedef struct ConnectionState {
	int64_t id; /* 0: not in the table yet */
	char *connection_id;
	bool is_refused; /* credentials with the hash were refused at that time */
	uint8_t refused_hash[STATE_HASH_BYTES];
	int64_t refused_utc;
	unsigned failures;   /* in a row */
	int64_t retry_utc;   /* not to be tried by a scheduled pass before */
	unsigned problems;   /* objects that could not be read */
	char *first_problem; /* or NULL */
	GPtrArray *cursors;  /* of CalendarCursor */
} ConnectionState;

typedef struct UserState {
	UserMetaRow *row;     /* the connections row as it was read; NULL when there is none */
	ConnectionList *list; /* what it holds */
	GPtrArray *states;    /* of ConnectionState */
} UserState;

void user_state_free(UserState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UserState, user_state_free)

/* Reads both with one statement; without `has_tables` the connections row alone. NULL with a
 * DB_ERROR or CONNECTION_ERROR. Caller frees. */
UserState *user_state_read(Db *db, const WpSite *site, int64_t user_id, bool has_tables,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The state of a connection; one that nobody has tried yet is added, with id 0. Borrowed. */
ConnectionState *user_state_find(UserState *state, const char *connection_id);

/* The cursor of a calendar, or NULL. Borrowed. */
const CalendarCursor *connection_state_cursor(
	const ConnectionState *state, const char *calendar_id);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: meetings that move. A series that is moved loses all its occurrences
 * and gets others, for their uids name the start that the rule gave them. To people these are the
 * same meetings, on whose posts their notes hang: so occurrences that come wait until it is known
 * which ones of their series go, and take over the posts of those (data-model 4). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"
#include "wp/event_memory.h"
#include "wp/event_store.h"
#include "wp/event_tails.h"
#include "wp/event_write.h"

typedef struct EventMoves EventMoves;

/* Borrows both, which must outlive it. */
EventMoves *event_moves_new(Db *db, EventMemory *memory);
void event_moves_free(EventMoves *moves);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventMoves, event_moves_free)

/* Whether a new event may be a stored one that was moved: of its own series, or of one whose tail
 * it may be, if that is among the first few hundred which may. Looks at the memory as it is at the
 * first call; event_moves_look_again() after more was loaded into it. */
bool event_moves_may_be_one(EventMoves *moves, const EventRow *row);
void event_moves_look_again(EventMoves *moves);

/* The new event at this place of the memory waits. Consumes its write: most of them wait in a file,
 * should they be many. */
void event_moves_wait(EventMoves *moves, guint place, EventWrite *take_write);

/* Takes the write of the event at this place back, if it waits; else NULL. Caller frees. False with
 * a G_FILE_ERROR. */
bool event_moves_take(EventMoves *moves, guint place, EventWrite **ret_write,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* When all was told. */
typedef struct EventMovesEnd {
	EventFate fate;
	/* Gets each write, one at a time. */
	bool (*take)(EventWrite *take_write, void *data, GError **error);
	void *data;
} EventMovesEnd;

/* Ends the waiting, in groups of one series: those that come take over the posts of those that go,
 * of their own series or of the one that they were cut off from. Of the rest, those whose series
 * has events that are doubtful, or untold, are dropped (they will be told again), others are new.
 * Hands the writes out in no particular order. False with a G_FILE_ERROR or a DB_ERROR, or with the
 * error of `take`. */
bool event_moves_settle(
	EventMoves *moves, const EventMovesEnd *end, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: meetings that move. A series that is moved loses all its occurrences
 * and gets others, for their uids name the start that the rule gave them. To people these are the
 * same meetings, on whose posts their notes hang: so occurrences that come wait until it is known
 * which ones of their series go, and take over the posts of those (data-model 4). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "wp/event_memory.h"
#include "wp/event_store.h"
#include "wp/event_write.h"

typedef struct EventMoves EventMoves;

/* Borrows the memory, which must outlive it. */
EventMoves *event_moves_new(EventMemory *memory);
void event_moves_free(EventMoves *moves);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventMoves, event_moves_free)

/* Whether a new event of this uid may be a stored one that was moved. Looks at the memory as it is
 * at the first call; event_moves_look_again() after more was loaded into it. */
bool event_moves_may_be_one(EventMoves *moves, const char *uid);
void event_moves_look_again(EventMoves *moves);

/* The new event at this place of the memory waits. Consumes its write. */
void event_moves_wait(EventMoves *moves, guint place, EventWrite *take_write);

/* The write of the event at this place, if it waits; else NULL. Borrowed. */
EventWrite *event_moves_find(const EventMoves *moves, guint place);

/* What is asked of a stored event (by its place) when all was told. */
typedef bool (*EventMovesTest)(guint place, const void *data);

/* Ends the waiting, in groups of one series: those that come take over the posts of those that go.
 * Of the rest, those whose series has events that `is_doubtful` are dropped (they will be told
 * again), others are new. Returns the writes (of EventWrite) in no particular order; caller unrefs.
 */
GPtrArray *event_moves_settle(
	EventMoves *moves, EventMovesTest goes, EventMovesTest is_doubtful, const void *data);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: "this and following". Many clients end the old series where it is cut
 * and go on with another one, under a UID that nobody knows. To people it is the same meeting. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"
#include "wp/event_memory.h"
#include "wp/event_row.h"
#include "wp/event_series.h"

/* What becomes of a stored event when the listing has ended, by its place in the memory. */
typedef struct EventFate {
	bool (*goes)(guint place, const void *data);
	bool (*is_doubtful)(guint place, const void *data); /* may go; the next run will tell */
	bool (*is_untold)(guint place, const void *data);   /* its calendar broke off before it */
	const void *data;
} EventFate;

/* The series that were cut (some occurrences stay, and all that go come after these), and those of
 * which nothing was told, so that nobody knows whether they were. */
typedef struct EventTails EventTails;

/* Reads the titles and guests of these series: at most one query. Borrows all but the fate. NULL
 * with a DB_ERROR. */
EventTails *event_tails_new(Db *db, const EventMemory *memory, const EventSeriesIndex *series,
	const EventFate *fate, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void event_tails_free(EventTails *tails);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventTails, event_tails_free)

typedef enum { TAIL_OF_NONE, TAIL_OF_ONE, TAIL_NOT_TOLD } TailVerdict;

/* Of which series the one that begins with this new event is the tail: of one that it names itself
 * (EventRow.siblings) and that loses occurrences; else of one that was cut before it begins, has
 * its title, and a guest in common with it or, like it, none. `*ret_uid`: one of that series,
 * borrowed from the memory. Not told: it may be the tail of one whose calendar broke off. */
TailVerdict event_tails_find(const EventTails *tails, const EventRow *first, const char **ret_uid);

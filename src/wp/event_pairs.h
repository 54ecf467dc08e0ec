/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: of a series that was moved, which occurrence that comes is which one
 * that goes (data-model 4). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "wp/event_memory.h"

/* An occurrence that goes, or one that comes. */
typedef struct EventParty {
	guint place;    /* in the memory */
	int64_t starts; /* site time as digits */
	bool is_paired;
	int64_t post_id;        /* one that comes and is paired: the post that it gets, */
	const char *former_uid; /* and of whom; owned by the memory */
} EventParty;

/* Both are sorted by their starts. */
typedef struct EventPairs {
	GArray *going;    /* of EventParty */
	GPtrArray *come;  /* of EventParty; borrowed */
	bool has_staying; /* some occurrence of the series is where it was */
	int64_t gap_secs; /* between its closest occurrences; G_MAXINT64 for one alone */
} EventPairs;

/* The same instance first, then the same day, then as far off as most of them, then in order. Those
 * of a series that is still there are never paired over more than the gap. In the memory the post
 * of one that goes becomes that of the one that comes. */
void event_pairs_make(EventMemory *memory, EventPairs *pairs);

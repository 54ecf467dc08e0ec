/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a calendar object holds beside the occurrences that `explain` shows. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "event/ical.h"

typedef struct ExplainCounts {
	IcalCounts all;
	guint outside; /* events that have no occurrence in the window, and are not skipped either
			*/

	/* Where all are outside: the nearest occurrence within ten years; NULL: none. Of another
	 * window, so that its texts are as those of the others. */
	Event *next;
	Event *last; /* only without `next` */
} ExplainCounts;

/* Counts an object that ical_collect() has read with these options, events and problems. What
 * cannot be counted is nothing. explain_counts_clear() is due. */
void explain_counts_read(ExplainCounts *counts, const GString *bytes, const IcalOptions *options,
	const GPtrArray *events, const GPtrArray *problems);
void explain_counts_clear(ExplainCounts *counts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ExplainCounts, explain_counts_clear)

/* "1 event, none in this time", "3 events, 1 of them not in this time; 2 tasks, which are no
 * events". NULL when there is nothing to say that the occurrences do not. Caller frees. */
char *explain_counts_text(const ExplainCounts *counts);

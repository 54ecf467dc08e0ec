/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All occurrences of one UID in a window: the series, its exceptions, its changed instances. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "event/ical_part.h"

/* One occurrence. */
typedef struct {
	const IcalPart *part; /* whose texts, people and status it has */
	bool has_id;          /* false for an event that does not recur */
	bool id_is_day;
	int64_t id; /* the start that the rule gave it: unix seconds, or the midnight of a day */
	bool all_day;
	int64_t start; /* unix seconds, or the midnight of a day */
	int64_t end;
} IcalInstance;

typedef struct {
	GPtrArray *parts; /* of IcalPart: all VEVENTs of the UID */
	TimeWindow window;
	int64_t now_utc;
	guint max_instances; /* those nearest to now are given */
	int64_t *budget;     /* as for recurrence_new() */

	/* Called with a literal for what was passed over. */
	void (*note)(void *data, const char *text);
	void *note_data;
} IcalSeries;

/* The occurrences in the window, as an array of IcalInstance; caller unrefs. `ret_last_end` as
 * for ical_expand(); `ret_left_out`: how many more there are. NULL when the series asks for more
 * than we give: `ret_why` (a literal) says so. */
GArray *ical_series_expand(
	const IcalSeries *series, int64_t *ret_last_end, guint *ret_left_out, const char **ret_why);

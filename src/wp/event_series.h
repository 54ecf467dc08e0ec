/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: which series a uid names, and the stored events of one. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "wp/event_memory.h"

/* Of what names the series, without the instance. Google's "this and following" makes a series
 * `BASE_R20260115T090000`, which is the same here. */
guint32 event_series_hash(const char *uid);
bool event_series_is_same(const char *uid, const char *other);
/* What a uid says after that, "20260115T090000Z"; "" for no instance. Borrowed from `uid`. */
const char *event_series_instance(const char *uid);

/* The live stored events by their series, as the memory is now. Borrows the memory. */
typedef struct EventSeriesIndex EventSeriesIndex;

EventSeriesIndex *event_series_index_new(const EventMemory *memory);
void event_series_index_free(EventSeriesIndex *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventSeriesIndex, event_series_index_free)
bool event_series_index_is_empty(const EventSeriesIndex *series);

typedef struct EventSeriesWalk {
	const EventSeriesIndex *series;
	guint32 hash;
	const char *uid;
	guint index;
} EventSeriesWalk;

/* Goes through the events of the series of `uid`, which still have their posts. Borrows all. */
void event_series_begin(EventSeriesWalk *walk, const EventSeriesIndex *series, const char *uid);
/* The next one and its place in the memory, or NULL. */
const StoredEvent *event_series_next(EventSeriesWalk *walk, guint *ret_place);

/* A uid of each series in turn, which may have lost its post since; NULL at the end. Of series with
 * one hash only the first. `*index` begins at 0. */
const char *event_series_each(const EventSeriesIndex *series, guint *index);

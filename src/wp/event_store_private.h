/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: what its parts share. */
#pragma once

#include <glib.h>

#include "wp/event_batch.h"
#include "wp/event_memory.h"
#include "wp/event_moves.h"
#include "wp/event_store.h"

/* `db`, `site` and what `options` points to are borrowed; all else is owned.
 * - `object` is set between event_store_begin_objects() and event_store_end_objects() alone.
 * - `held_back` and `forgotten` are handed to the batch by the sweep: before it, absence of their
 *   events has not become a write yet.
 * - Nothing may be swept by absence unless `has_all`. */
struct EventStore {
	Db *db;
	const WpSite *site;
	EventStoreOptions options;
	EventBatch *batch;
	EventMemory *memory;
	EventMoves *moves;    /* new events that may be stored ones at another time */
	GHashTable *kept;     /* of uids */
	GHashTable *gone;     /* of uids whose instances are gone, too, behind their calendar */
	GPtrArray *held_back; /* of CalendarObject: remembered when their absent events are gone */
	GPtrArray *forgotten; /* of CalendarObject: deleted ones */
	int32_t object;       /* the one in hand, or NO_OBJECT */
	GArray *objects;      /* of int32_t: all that are in hand, the first of them is `object` */
	bool has_all;         /* WordPress's own rows were read */
	bool is_object_shadowed; /* an event of the objects in hand belongs to another one */
	char *object_uid;        /* of the last event put from the object in hand, or NULL */
	bool is_object_waiting;  /* an event of the object in hand may be one that was moved */
	bool wants_listing;
};

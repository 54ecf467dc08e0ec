/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event batch only: what its two halves share. */
#pragma once

#include "wp/event_batch.h"
#include "wp/event_presence.h"

struct EventBatch {
	Db *db;
	EventWriteContext context;
	char *now;
	char *now_gmt;
	EventPresence *presence;
	GPtrArray *writes; /* of EventWrite */
	size_t bytes;
	GPtrArray *objects;           /* of CalendarObject, to be remembered */
	GPtrArray *forgotten_objects; /* of CalendarObject */
	GArray *distrusted_objects;   /* of uint8_t[STATE_HASH_BYTES] */
	GPtrArray *forgotten_events;  /* of char *: uids */
	GArray *sightings;            /* of Sighting, to be remembered */
	GArray *forgotten_sightings;  /* of Sighting, of one calendar after the other */
	GArray *moved_events;         /* of KnownEvent */
	GHashTable *spoilt_objects;   /* GBytes: hashes of those with an event that was refused */
	EventStoreCounts counts;
};

/* A part of the batch, as one transaction sees it. */
typedef struct {
	const EventBatch *batch;
	size_t first;
	size_t count;
	bool is_start; /* the first part of the batch */
	bool is_end;   /* the last one */
	DbWork last;   /* or NULL */
	void *last_data;
	bool failed_in_last;
} EventBatchPart;

/* Remembers what the part wrote, and at its ends what the batch was given besides. Runs in its
 * transaction; nothing in a dry run, or where nothing is remembered. */
bool event_batch_remember(
	Db *db, const EventBatchPart *part, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: gathers writes and sends them in transactions. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"
#include "state/calendar_objects.h"
#include "state/hash.h"
#include "wp/event_store.h"

/* One event to be written or removed. */
typedef struct EventWrite {
	EventChange change; /* as the store sees it; unchanged: only its place is remembered */
	int64_t post_id;    /* 0: a new one */
	char *event_uid;
	EventRow *row; /* NULL for removals */

	/* What is remembered of it. */
	uint8_t calendar_hash[STATE_HASH_BYTES];
	bool has_object;
	uint8_t object_hash[STATE_HASH_BYTES];
	bool stays_known; /* removals: another post has the uid */

	/* The outcome of the last try: the tables may have moved on since the store was opened. */
	EventChange done;
	int64_t done_id;
	bool was_damaged; /* its JSON could not be read */
	char *title;      /* removals: as it was stored */
	char *start;
} EventWrite;

EventWrite *event_write_new(
	EventChange change, int64_t post_id, const char *event_uid, EventRow *take_row);
void event_write_free(EventWrite *write);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventWrite, event_write_free)

/* What the writers need to know. All borrowed. */
typedef struct EventWriteContext {
	const WpSite *site;
	const EventStoreOptions *options;
	const char *now; /* "Y-m-d H:i:s", site time */
	const char *now_gmt;
} EventWriteContext;

/* The writers run inside a transaction, on writes of their kinds only, and set the outcome of each.
 * They may run again after a rollback. `writes` is not empty. */
bool event_insert(Db *db, const EventWriteContext *context, GPtrArray *writes,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those whose post is gone meanwhile are moved to `missing`. */
bool event_update(Db *db, const EventWriteContext *context, GPtrArray *writes, GPtrArray *missing,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Trashes or deletes, as the options say. */
bool event_remove(Db *db, const EventWriteContext *context, GPtrArray *writes,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Only fills in title and start: what a dry run tells of removals. */
bool event_remove_preview(Db *db, GPtrArray *writes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The unique slug of an event, the same in every run. Caller frees. */
char *event_slug(const EventWriteContext *context, const char *event_uid);

typedef struct EventBatch EventBatch;

/* All borrowed; must outlive the batch. */
EventBatch *event_batch_new(Db *db, const WpSite *site, const EventStoreOptions *options);
void event_batch_free(EventBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventBatch, event_batch_free)

/* Adds a write; sends the batch when it is full. */
bool event_batch_add(
	EventBatch *batch, EventWrite *take_write, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An object whose events were added before: remembered in the same transaction as they, or later.
 */
bool event_batch_add_object(
	EventBatch *batch, CalendarObject *take_object, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An object that was deleted. */
void event_batch_forget_object(EventBatch *batch, CalendarObject *take_object);
/* An event that has no post any more, and is not put. */
void event_batch_forget_event(EventBatch *batch, const char *event_uid);

/* Sends what is left, with `last` in the same transaction. */
bool event_batch_finish(
	EventBatch *batch, DbWork last, void *last_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What was sent so far; the store adds what it knows without writing. */
EventStoreCounts *event_batch_counts(EventBatch *batch);

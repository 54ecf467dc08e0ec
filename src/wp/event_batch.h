/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: gathers writes and sends them in transactions. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"
#include "state/calendar_objects.h"
#include "state/known_events.h"
#include "state/sightings.h"
#include "wp/event_store.h"
#include "wp/event_write.h"

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
/* One (by its hash) whose events are another calendar's from now on, but may be asked of it again:
 * its content must then be read. Remembered no later than what is added after it, and after objects
 * that were added before. */
void event_batch_distrust_object(EventBatch *batch, const uint8_t object_hash[STATE_HASH_BYTES]);
/* An object that was deleted. */
void event_batch_forget_object(EventBatch *batch, CalendarObject *take_object);
/* An event that has no post any more, and is not put. */
void event_batch_forget_event(EventBatch *batch, const char *event_uid);

/* Another calendar holds an event: remembered no later than what is added after it. */
bool event_batch_add_sighting(
	EventBatch *batch, const Sighting *sighting, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* It does not any more. */
void event_batch_forget_sighting(EventBatch *batch, const Sighting *sighting);
/* A known event whose post stays as it is belongs to another calendar. Its strings are borrowed
 * until the batch is sent. */
void event_batch_move_event(EventBatch *batch, const KnownEvent *event);

/* The write of an event that was added and not yet sent, or NULL. Borrowed. */
EventWrite *event_batch_find(const EventBatch *batch, const char *event_uid);

/* Looks whether somebody else stored events that were sent; event_batch_foreign() then says where:
 * the post of such an event, or 0. */
bool event_batch_look_back(EventBatch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;
int64_t event_batch_foreign(const EventBatch *batch, const char *event_uid);

/* Sends what is left, with `last` in the same transaction. */
bool event_batch_finish(
	EventBatch *batch, DbWork last, void *last_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What was sent so far; the store adds what it knows without writing. */
EventStoreCounts *event_batch_counts(EventBatch *batch);

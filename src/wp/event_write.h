/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: one write, and the statements that send many of them. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"
#include "state/hash.h"
#include "wp/event_store.h"

/* One event to be written or removed. */
typedef struct EventWrite {
	EventChange change; /* as the store sees it; unchanged: only its place is remembered */
	int64_t post_id;    /* 0: a new one */
	char *event_uid;
	char *former_uid; /* the post was another occurrence's, which was moved; or NULL */
	EventRow *row;    /* NULL for removals */

	/* What is remembered of it. */
	uint8_t calendar_hash[STATE_HASH_BYTES];
	bool has_object;
	uint8_t object_hash[STATE_HASH_BYTES];
	bool stays_known; /* removals: another post has the uid */

	/* Removals: the meeting goes on in another post, by its id or, where it may not have one
	 * yet, by its uid. Else 0 and NULL. */
	int64_t successor_id;
	char *successor_uid;

	/* The outcome of the last try: the tables may have moved on since the store was opened. */
	EventChange done;
	int64_t done_id;
	int64_t done_successor_id;
	bool was_damaged; /* its JSON could not be read */
	char *title;      /* removals: as it was stored */
	char *start;
} EventWrite;

EventWrite *event_write_new(
	EventChange change, int64_t post_id, const char *event_uid, EventRow *take_row);
/* Another copy of the event takes the place of the one that was to be written. Consumes the row. */
void event_write_replace(EventWrite *write, EventRow *take_row);
/* Makes it as if it had not been tried. */
void event_write_forget_outcome(EventWrite *write);
void event_write_free(EventWrite *write);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventWrite, event_write_free)

/* A post that goes, and the one that what people wrote on it goes to. */
typedef struct EventHeir {
	int64_t post_id;
	int64_t successor_id;
} EventHeir;

/* What the writers need to know. All borrowed. */
typedef struct EventWriteContext {
	const WpSite *site;
	const EventStoreOptions *options;
	const char *now; /* "Y-m-d H:i:s", site time */
	const char *now_gmt;
	struct EventPresence *presence; /* what others stored meanwhile */
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
/* The same for posts whose meetings go on in others: what is not ours on them goes there first. A
 * post whose successor is named by its uid, and is not there, stays. */
bool event_replace(Db *db, const EventWriteContext *context, GPtrArray *writes,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Only fills in title and start: what a dry run tells of removals. */
bool event_remove_preview(Db *db, GPtrArray *writes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The unique slug of an event, the same in every run. Caller frees. */
char *event_slug(const EventWriteContext *context, const char *event_uid);

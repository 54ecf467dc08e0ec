/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stored events of one connection, and what a listing of its calendars does to them.
 *
 * Use: open; for each calendar say how it is told, put what it tells, and say how that ended;
 * sweep; finish. Writes are gathered and sent in batches, each in one transaction; only
 * event_store_finish() returning true means that all of them are in the tables. Freed before that,
 * the batch that was not yet full is lost, and the next run makes it again. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "event/event.h"
#include "site/site.h"
#include "state/calendar_objects.h"
#include "wp/event_row.h"

/* What happens to one stored event. */
typedef enum {
	EVENT_UNCHANGED, /* nothing is written */
	EVENT_ADDED,
	EVENT_CHANGED,
	EVENT_RESTORED, /* was in the trash */
	EVENT_ADOPTED,  /* the theme's post for a whole series becomes this occurrence */
	EVENT_REMOVED,  /* trashed or deleted: gone from the calendar */
	EVENT_FOLDED,   /* trashed or deleted: a second copy of an event that stays */
} EventChange;

/* What an event's owner reads when the database does not take it: whose words name hosts and
 * tables.
 */
#define EVENT_STORE_REFUSAL                                                                        \
	"The site's database does not take it. The site's administrator finds the reason in "      \
	"prm-calendar's log."

/* "added", "changed" and so on. */
const char *event_change_name(EventChange change);

typedef enum { EVENT_GONE_TRASH, EVENT_GONE_DELETE } EventGone;

/* One change, after it was committed (in a dry run: that would be made). Borrowed for the call. */
typedef struct EventNotice {
	EventChange change;
	int64_t post_id; /* 0: a new one in a dry run */
	const char *event_uid;
	const char *title;          /* as WordPress shows it */
	const char *start;          /* "Y-m-d H:i:s", site time */
	const struct EventRow *row; /* as it is (would be) stored; NULL where it goes, and where
				       only its people change */
} EventNotice;

/* All borrowed; must outlive the store. */
typedef struct EventStoreOptions {
	int64_t user_id;
	const char *connection_id;
	/* All that the connection names, NULL-terminated; empty: only one is told. NULL: nobody
	 * knows. What is stored of others belongs to whoever has it now: the same calendar may be
	 * named otherwise, or have moved. */
	const char *const *calendar_ids;
	/* The ids of all connections that the user has, NULL-terminated and not empty; NULL: not
	 * all of them are known. */
	const char *const *user_connections;
	int64_t state; /* row of {prm_calendar_connections}; 0: nothing is remembered */
	TimeWindow window;
	EventGone gone;
	int64_t now_utc;
	bool dry_run; /* nothing is written; changes are only told */

	/* Runs first in each transaction; false keeps it from being made. May be NULL. It has to
	 * write a row that every process writes which works for this user: nodes of a cluster
	 * share no locks, so that there SELECT … FOR UPDATE keeps nobody out, and only
	 * transactions that change the same row collide. */
	DbWork guard;
	void *guard_data;

	/* Called for each change, in no particular order. May be NULL. */
	void (*on_change)(const EventNotice *notice, void *data);
	/* The database does not take the values of one event (db_error_is_of_row()); the others go
	 * on. `why` is for the site's administrator, its owner gets EVENT_STORE_REFUSAL. May be
	 * NULL. */
	void (*on_problem)(const char *event_uid, const GError *why, void *data);
	void *data;
} EventStoreOptions;

typedef struct EventStoreCounts {
	size_t stored;    /* rows found at the start, in any status */
	size_t seen;      /* events put */
	size_t unchanged; /* of these, the rows that were right already */
	size_t added;
	size_t changed;
	size_t restored;
	size_t adopted;
	size_t removed;
	size_t folded;
	size_t repaired; /* of the changed, rows whose JSON nobody could read any more */
	size_t failed;   /* told through on_problem */
} EventStoreCounts;

typedef struct EventStore EventStore;

/* Reads which events are stored: one streamed query, some 150 bytes an event. With a state these
 * are the events that the last run knew; without, event_store_load_all() is due at once. NULL with
 * a DB_ERROR. */
EventStore *event_store_open(Db *db, const WpSite *site, const EventStoreOptions *options,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
void event_store_free(EventStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventStore, event_store_free)

/* Reads WordPress's own rows of this user and connection, in any status: one streamed query. Needed
 * before absence may prove anything. Done once, however often it is called. */
bool event_store_load_all(EventStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the events of connections that the user does not have any more: those that are put are the
 * same meetings, and their posts go on under this connection; the others stay as they are. For a
 * connection that may have been made anew. Nothing where the user's connections are not known. */
bool event_store_load_orphans(EventStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- What a calendar (`_calendar_id`) tells */

/* Only its differences are told, or not all of it could be read: what is left out stays. */
void event_store_calendar_changes(EventStore *store, const char *calendar_id);
/* All of the calendar was told: absence proves deletion. */
void event_store_calendar_complete(EventStore *store, const char *calendar_id);
/* It failed: absence proves nothing, also that of objects. */
void event_store_calendar_failed(EventStore *store, const char *calendar_id);

/* Whether the stored events of an object are as they were written; those of one that is not must be
 * read again. After event_store_load_all(). */
bool event_store_object_is_intact(
	const EventStore *store, const char *calendar_id, const char *key);
/* From which objects the events of a calendar came is forgotten: all of them will be told. */
void event_store_forget_objects(EventStore *store, const char *calendar_id);

/* The events that are put from here on belong to these objects of the calendar (NULL-terminated,
 * not empty), and are remembered as those of the first. */
void event_store_begin_objects(EventStore *store, const char *calendar_id, const char *const *keys);
/* All events of the objects were put: what else is stored of them in the window is gone. Consumes
 * the objects (of CalendarObject, in the same order), which are remembered together with their
 * events. */
bool event_store_end_objects(
	EventStore *store, GPtrArray *take_objects, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The object is there, but was not told: its events stay, and all should be listed again. Consumes
 * the object. */
bool event_store_object_unsettled(EventStore *store, const char *calendar_id,
	CalendarObject *take_object, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The object is as it was: so are its events. */
void event_store_object_kept(EventStore *store, const char *calendar_id, const char *key);
/* The object was deleted: its events go, unless they are put as those of another one. */
void event_store_object_gone(EventStore *store, const char *calendar_id, const char *key);

/* One live event. `ret_change` (or NULL) tells what is going to happen to it. An uid that was
 * already put in this run is left as the first put made it, and so is that of another object that
 * is still there; but of copies that can be told apart (EventRow.worth), the one that is worth most
 * is stored, and the others are remembered. Consumes the row, also on failure; false with a
 * DB_ERROR when a full batch could not be written at all. */
bool event_store_put(EventStore *store, const char *calendar_id, EventRow *take_row,
	EventChange *ret_change, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The post that holds this event; 0: none. */
int64_t event_store_post_id(const EventStore *store, const char *event_uid);

/* Whether an event of this uid was put in this run, in whichever calendar. */
bool event_store_was_put(const EventStore *store, const char *event_uid);

/* The calendar says that this event is cancelled or deleted: it goes, unless it is also put or
 * another calendar has it. `with_instances`: and all instances of it. */
void event_store_gone(
	EventStore *store, const char *calendar_id, const char *event_uid, bool with_instances);
/* The event is not in the window any more: it goes likewise, unless the window has left it behind.
 */
void event_store_outside(EventStore *store, const char *calendar_id, const char *event_uid);
/* An object of this UID could not be read: its stored events, single or instances, stay. */
void event_store_keep(EventStore *store, const char *uid);

/* --- The end */

/* After all calendars were told: events whose copy is gone are given to the next best one, which
 * another calendar holds. event_store_awaits() then says whether a calendar must be listed whole
 * for that, at best in this run, before the sweep. What is still awaited at the end stays as it
 * was. */
bool event_store_choose(
	EventStore *store, bool all_calendars_told, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool event_store_awaits(EventStore *store, const char *calendar_id);

/* Removes what was not put: events in the window whose calendar or object was told completely;
 * events told to be gone; second copies of one event; and, when `all_calendars_told` (the provider
 * named every calendar of the connection), events of calendars that it did not name, since these
 * were deselected. Nothing that ended before the window is touched, unless told gone. False with a
 * DB_ERROR. */
bool event_store_sweep(
	EventStore *store, bool all_calendars_told, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* True when an event may have been left out although an object has it: all should be listed again
 * soon. */
bool event_store_wants_listing(const EventStore *store);

/* Writes what is left. `last` (or NULL) runs in the transaction of the last batch, even an empty
 * one: what it stores is never ahead of the events. Not called in a dry run. */
bool event_store_finish(
	EventStore *store, DbWork last, void *last_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Counts of what was written so far (in a dry run: would be). Borrowed. */
const EventStoreCounts *event_store_counts(const EventStore *store);

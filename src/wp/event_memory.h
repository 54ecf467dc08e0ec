/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: the stored events of a connection in memory, some 150 bytes each, by
 * their uids and by the calendar objects that they came from. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "event/event.h"
#include "site/site.h"
#include "state/hash.h"
#include "wp/event_row.h"
#include "wp/event_store.h"

enum { NO_CALENDAR = -1, NO_OBJECT = -1, NO_EVENT = -1, NO_SIGHTING = -1 };

/* One post, or the place for one that is still to be made. Several may bear one uid: copies that
 * somebody else left; `by_uid` then names the one that stays.
 * - `post_id` is 0 exactly while no post holds the event: new in this run, or lost.
 * - What is lost, trashed or in need of writing spoils the object that it was loaded with.
 * - `is_put` is set once in a run, by the calendar's own word; from then on rows that are read
 *   change nothing but `post_id`, `is_logged` and `is_seen`. */
typedef struct StoredEvent {
	const char *uid; /* owned by the memory */
	int64_t post_id; /* 0: none yet, or not any more */
	int64_t starts;  /* site time as digits: 20260115090000 */
	int64_t ends;
	int32_t calendar;  /* index, or NO_CALENDAR */
	int32_t object;    /* index, or NO_OBJECT */
	int32_t next;      /* the next one that came from the same object, or NO_EVENT */
	int32_t sightings; /* the first of its further sightings, or NO_SIGHTING */
	uint8_t worth;     /* of the copy in `calendar`; 0: not known */
	uint8_t hash[EVENT_HASH_BYTES];
	bool is_known; /* has a row among the known events, as this entry says */
	bool is_lost;  /* has such a row, but its post is not there any more */
	bool is_seen;  /* found in WordPress's own rows */
	bool is_trashed;
	bool needs_writing; /* whatever the hash says: other status, extra rows */
	bool is_logged;
	bool is_orphan; /* of a connection that the user does not have any more */
	bool is_put;
	bool is_awaited; /* its row is to be made of the copy in `calendar`, which is still to come
			  */
	bool is_told_gone; /* by its calendar, as the next one */
	bool is_told_outside;
	bool is_replaced; /* a series in one post, whose occurrences are stored one by one now */
} StoredEvent;

typedef enum {
	CALENDAR_NOT_TOLD,
	CALENDAR_CHANGES_TOLD, /* only what differs was told: absence proves nothing */
	CALENDAR_COMPLETE,
	CALENDAR_FAILED,
} CalendarState;

/* Unique by its hash: that of `_calendar_id` as configured. */
typedef struct StoredCalendar {
	uint8_t hash[STATE_HASH_BYTES];
	CalendarState state;
	bool is_awaited; /* events await its copies */
} StoredCalendar;

typedef enum { OBJECT_NOT_TOLD, OBJECT_TOLD, OBJECT_GONE } ObjectState;

/* Unique by its hash: that of calendar and key. `first` begins the chain of all events that were
 * loaded as its own (StoredEvent.next); one that moved on to another object stays in the chain, but
 * its own `object` no longer says so. */
typedef struct StoredObject {
	uint8_t hash[STATE_HASH_BYTES];
	ObjectState state;
	bool is_spoilt;     /* some of its events are not stored as they were written */
	bool is_distrusted; /* some are another calendar's copies now: is to be read again */
	int32_t first;      /* event, or NO_EVENT */
} StoredObject;

/* Another calendar that holds an event, or was heard to. One of the event's own calendar means
 * nothing: the event itself says more. Unique by event and calendar. */
typedef struct StoredSighting {
	int32_t calendar;
	int32_t next; /* of the same event, or NO_SIGHTING */
	uint8_t worth;
	bool is_remembered; /* has a row with this worth */
	bool is_told;       /* in this run */
	bool is_told_gone;
} StoredSighting;

/* The window, as digits of site time. */
typedef struct EventSpan {
	int64_t from;
	int64_t to;
} EventSpan;

/* The event in which a meeting goes on whose post goes. It was put, and gives way to none. */
typedef struct Successor {
	guint place;
	int64_t rank; /* the lowest of those that were named */
} Successor;

/* Everything is owned by the memory and freed with it; nothing is ever removed, so that an index
 * stays good for its whole life, and a pointer until the next event, calendar or object is added.
 * - Every event has its uid in `by_uid`; there it names one event with that uid, or (until it is
 *   asked for by event_memory_find(), which knows the difference) one that was renamed since.
 * - An event's `calendar`, `object` and `next` are indexes into these arrays, or NO_….
 * - An event's `sightings` and a sighting's `next` are indexes into `sightings`, or NO_SIGHTING.
 * - Before event_memory_load_all(), `is_known` says all there is to say; after it, every event is
 *   seen, put, or has no post. */
typedef struct EventMemory {
	const WpSite *site;
	EventSpan span; /* absence is certain within it */
	GStringChunk *texts;
	GArray *events;              /* of StoredEvent */
	GHashTable *by_uid;          /* uid -> index in `events` of the one that stays, plus 1 */
	GArray *calendars;           /* of StoredCalendar */
	GArray *objects;             /* of StoredObject */
	GArray *sightings;           /* of StoredSighting */
	GHashTable *objects_by_hash; /* GBytes -> index, plus 1 */
	GHashTable *successors;      /* index of an event that gives way -> Successor */
	bool has_unexplained; /* WordPress holds live events in the window that no object explains
			       */
	size_t stored;        /* rows that were read, in any status */
} EventMemory;

EventMemory *event_memory_new(const WpSite *site, TimeWindow window);
void event_memory_free(EventMemory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventMemory, event_memory_free)

/* Reads the known events of the connection (a row of {prm_calendar_connections}). */
bool event_memory_load_known(EventMemory *memory, Db *db, int64_t connection, int64_t user_id,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads WordPress's own rows: events that nobody knew are added, and known ones whose rows are not
 * as they were written spoil their object. */
bool event_memory_load_all(EventMemory *memory, Db *db, int64_t user_id, const char *connection_id,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for these posts alone, which came meanwhile. `count` may be 0. */
bool event_memory_load_posts(EventMemory *memory, Db *db, const int64_t *post_ids, size_t count,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the rows of all connections but these, where no event of that uid is in memory. */
bool event_memory_load_orphans(EventMemory *memory, Db *db, int64_t user_id,
	const char *const *connection_ids, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "2026-01-15 09:00:00" as 20260115090000; 0 for what is no such time. */
#define EVENT_DIGITS_PER_DAY INT64_C(1000000)
int64_t event_time_digits(const char *time);
/* How far apart two such times are, in seconds of the wall clock. */
int64_t event_digits_distance_secs(int64_t digits, int64_t other);
/* The same with a sign: negative where `digits` is before `other`. */
int64_t event_digits_difference_secs(int64_t digits, int64_t other);

/* All borrowed, until the next event is added. */
StoredEvent *event_memory_at(const EventMemory *memory, guint index);
guint event_memory_place(const EventMemory *memory, const StoredEvent *event);
StoredEvent *event_memory_find(const EventMemory *memory, const char *uid);
/* The event that is stored under a uid, or was before it was adopted. */
StoredEvent *event_memory_find_former(const EventMemory *memory, const char *uid);
StoredEvent *event_memory_add(EventMemory *memory, const char *uid);
/* From now on the event has this uid. */
void event_memory_rename(EventMemory *memory, StoredEvent *event, const char *uid);

/* When the post of `event` goes its meeting goes on in `successor`; of several that are named the
 * first with the lowest rank. */
void event_memory_name_successor(
	EventMemory *memory, const StoredEvent *event, const StoredEvent *successor, int64_t rank);
void event_memory_forget_successor(EventMemory *memory, const StoredEvent *event);
/* NULL: nobody was named. */
StoredEvent *event_memory_successor(const EventMemory *memory, const StoredEvent *event);

/* Whether absence says anything about the event. */
bool event_memory_is_in_span(const EventMemory *memory, const StoredEvent *event);

/* Indexes, made when they are new. */
int32_t event_memory_calendar(EventMemory *memory, const uint8_t hash[STATE_HASH_BYTES]);
int32_t event_memory_object(EventMemory *memory, const uint8_t hash[STATE_HASH_BYTES]);
StoredCalendar *event_memory_calendar_at(const EventMemory *memory, int32_t index);
StoredObject *event_memory_object_at(const EventMemory *memory, int32_t index);

/* Of a remembered object. */
bool event_memory_object_is_distrusted(EventMemory *memory, const CalendarObject *object);

/* The sighting of the event in this calendar, or NULL. Borrowed, until the next is added. */
StoredSighting *event_memory_sighting(
	const EventMemory *memory, const StoredEvent *event, int32_t calendar);
/* The same, made when it is new. */
StoredSighting *event_memory_add_sighting(
	EventMemory *memory, StoredEvent *event, int32_t calendar);
/* By its index; NULL for NO_SIGHTING. */
StoredSighting *event_memory_sighting_at(const EventMemory *memory, int32_t index);

/* That the events of a calendar came from objects is forgotten. */
void event_memory_forget_objects(EventMemory *memory, int32_t calendar);

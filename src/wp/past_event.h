/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stored events as auto-logging reads them back (data-model 5). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "event/event.h"
#include "site/site.h"
#include "state/hash.h"

/* Someone whom an event was matched to. */
typedef struct PastEventMatch {
	int64_t person_id;
	int confidence_percent;
	char *attendee_email; /* lower-case; may be empty */
	char *type;           /* "email_exact" and so on, as stored; may be empty */
} PastEventMatch;

typedef struct PastEvent {
	int64_t post_id;
	int64_t user_id;
	char *post_status;
	char *title;
	char *connection_id;
	char *event_uid;
	char *ical_uid;   /* shared by the copies of one meeting in several calendars; or NULL */
	char *start;      /* "Y-m-d H:i:s", site time */
	char *start_gmt;  /* the same in UTC */
	char *start_wall; /* what its calendar's own clock showed, if not `start`; or NULL */
	char *end;
	int64_t start_utc;  /* unix seconds: what is compared and subtracted, since one hour a year
			     */
	int64_t end_utc;    /* shows twice in site time */
	bool start_repeats; /* it is in that hour */
	char *location;
	char *meeting_url;
	char *owner_email; /* the calendar's owner among the attendees, lower-case; or NULL */
	bool all_day;
	bool is_logged;
	bool is_cancelled;
	bool is_private;
	bool owner_declined;
	/* The rows are, byte for byte, what this program made of the calendar when it last read it:
	 * only then does anybody know that what they do not say (private, cancelled, declined) is
	 * not so. What others wrote may have left it out. */
	bool is_verified;
	uint8_t form[STATE_HASH_BYTES]; /* of the rows; only where it was asked whether that is so
					 */
	GPtrArray *attendees;           /* of Attendee: address and status */
	GArray *matches;                /* of PastEventMatch */
} PastEvent;

void past_event_free(PastEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PastEvent, past_event_free)

/* An event as it would be read back once this row was stored: verified, and not logged as far as
 * the row tells. `post_id` 0: it would be a new one. Caller frees. */
struct EventRow;
PastEvent *past_event_of_row(
	const struct EventRow *row, int64_t user_id, int64_t post_id, const WpSite *site);

/* The ids (int64_t) of a user's events of any status but those in the trash that begin from the one
 * time to before the other ("Y-m-d H:i:s", site time), at most so many, in order. Caller unrefs. */
GArray *past_event_ids(Db *db, int64_t user_id, const char *from, const char *to, unsigned limit,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads one event, whatever its state. `ret_event` is NULL when there is no calendar event of that
 * id. Without `has_tables`, the sidecar's own, no event is verified. */
bool past_event_load(Db *db, const WpSite *site, int64_t post_id, bool has_tables,
	PastEvent **ret_event, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads these (of int64_t) into a table of past_events_new(): post id -> PastEvent, which it owns.
 * What is no calendar event is left out. Whether they are verified is not asked. */
GHashTable *past_events_new(void);
bool past_events_load(Db *db, const WpSite *site, const GArray *post_ids, GHashTable *events,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Which events a queue walks. */
typedef struct PastEventQueueOptions {
	const int64_t *user_ids; /* borrowed for the call */
	size_t users;
	int64_t now_utc;
	bool has_tables; /* as in past_event_load() */
	/* Only those that wait among the known events (state/waiting_events.h), of whatever users:
	 * leaves out what this program never read from a calendar, and reads nothing that was
	 * settled. Some are not published, were matched to nobody, or are logged. */
	bool only_waiting;
	int64_t only_user_id; /* of these: 0 for all */
	size_t wanted;        /* so many may be enough: no more are read at first; 0: not known */
} PastEventQueueOptions;

/* Walks the events of these users that ended before now, are published, have not
 * been logged and were matched to somebody: oldest end in site time first; in the half day after
 * clocks were set back also some that have not ended yet. Reads a page at a time, so that it
 * may be left at any point, and written to in between. */
typedef struct PastEventQueue PastEventQueue;
PastEventQueue *past_event_queue_new(
	Db *db, const WpSite *site, const PastEventQueueOptions *options);
void past_event_queue_free(PastEventQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PastEventQueue, past_event_queue_free)

/* The next event, or NULL in `ret_event` at the end. Caller frees. */
bool past_event_queue_next(
	PastEventQueue *queue, PastEvent **ret_event, GError **error) G_GNUC_WARN_UNUSED_RESULT;

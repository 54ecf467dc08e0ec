/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an event looks like in WordPress's tables: the final bytes of every column and meta value
 * (data-model 4), and a hash by which an unchanged event is recognised. Pure: no database. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "site/site.h"
#include "state/hash.h"

#define EVENT_ROW_ERROR event_row_error_quark()
GQuark event_row_error_quark(void);

typedef enum {
	EVENT_ROW_ERROR_UNSTORABLE, /* no uid, or a date that the tables cannot hold */
} EventRowError;

/* The meta rows that we own, in the order in which they are written. */
typedef enum {
	EVENT_META_CONNECTION_ID,
	EVENT_META_EVENT_UID,
	EVENT_META_CALENDAR_ID,
	EVENT_META_CALENDAR_NAME,
	EVENT_META_START_TIME,
	EVENT_META_END_TIME,
	EVENT_META_ALL_DAY,
	EVENT_META_LOCATION,
	EVENT_META_MEETING_URL,
	EVENT_META_ORGANIZER_EMAIL,
	EVENT_META_ATTENDEES,
	EVENT_META_MATCHED_PEOPLE,
	EVENT_META_RAW_DATA,
	EVENT_META_HTML_LINK,
	EVENT_META_COUNT
} EventMeta;

/* "_connection_id" and so on. */
const char *event_meta_key(EventMeta meta);
/* Exact, as PHP compares keys; SQL's collations ignore case. False for keys that are not ours. */
bool event_meta_parse(const char *key, EventMeta *ret_meta);

typedef enum {
	EVENT_COLUMN_TITLE,
	EVENT_COLUMN_CONTENT,
	EVENT_COLUMN_DATE,     /* site time */
	EVENT_COLUMN_DATE_GMT, /* UTC */
	EVENT_COLUMN_COUNT
} EventColumn;

enum { EVENT_HASH_BYTES = STATE_HASH_BYTES };

typedef struct EventRow {
	char *columns[EVENT_COLUMN_COUNT];
	char *metas[EVENT_META_COUNT]; /* NULL: the event has no such row */
	char *series_uid; /* instances of a series: the UID under which the theme kept one post;
			     else NULL */
	char **siblings;  /* Event.siblings as they are stored; or NULL. No part of the hash. */
	uint8_t worth;    /* Event.worth: no part of what is stored in WordPress */
	uint8_t hash[EVENT_HASH_BYTES];
} EventRow;

/* Whose event it is; all borrowed. */
typedef struct EventRowContext {
	int64_t user_id;
	const char *connection_id;
	const char *calendar_id;
	const char *calendar_name;
	const GPtrArray *matches; /* of Match, or NULL: nobody matched */
} EventRowContext;

/* The row of an event. Invalid UTF-8 is repaired, overlong text cut at a character, four-byte
 * characters become entities where the tables need that. Caller frees; NULL with EVENT_ROW_ERROR
 * when the event cannot be stored at all. */
EventRow *event_row_new(const Event *event, const WpSite *site, const EventRowContext *context,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
void event_row_free(EventRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventRow, event_row_free)

/* `_event_uid` as event_row_new() stores a provider's uid. Caller frees. */
char *event_row_uid(const char *event_uid, const WpSite *site);

/* `_matched_people` as event_row_new() stores it. Caller frees. */
char *event_row_matched_people(const GPtrArray *matches, const WpSite *site);

/* Whether two stored titles are the same to people, with HTML entities or without. */
bool event_row_is_same_title(const char *title, const char *other);

/* The hash of a stored row's values, as in EventRow. Title and content are compared without
 * their HTML entities: WordPress stores `R&D` as `R&amp;D` under WP-Cron and as it is otherwise. */
void event_row_hash(const char *const columns[EVENT_COLUMN_COUNT],
	const char *const metas[EVENT_META_COUNT], uint8_t ret_hash[EVENT_HASH_BYTES]);

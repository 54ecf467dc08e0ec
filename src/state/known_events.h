/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which posts the events of a connection are, as the last run left them. A cache
 * of WordPress's own rows; without it they are read themselves. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "state/hash.h"

/* Strings are borrowed. */
typedef struct KnownEvent {
	const char *event_uid;
	uint8_t calendar_hash[STATE_HASH_BYTES];
	bool has_object;
	uint8_t object_hash[STATE_HASH_BYTES];
	int64_t post_id;
	uint8_t content_hash[STATE_HASH_BYTES];
	uint8_t worth;  /* Event.worth of the copy that it is made of; 0: not known */
	int64_t starts; /* site time as digits: 20260115090000 */
	int64_t ends;
	bool has_nobody;         /* whom it could be logged for; only when it is stored */
	const char *post_status; /* of the post now; NULL: there is no such post */
} KnownEvent;

typedef void (*KnownEventFunc)(const KnownEvent *event, void *data);

/* Another calendar that holds an event. Borrowed for the call. */
typedef struct KnownSighting {
	const char *event_uid;
	uint8_t calendar_hash[STATE_HASH_BYTES];
	uint8_t worth;
} KnownSighting;

typedef void (*KnownSightingFunc)(const KnownSighting *sighting, void *data);

/* Calls `each` for every event of the connection (a row of {prm_calendar_connections}), and `other`
 * for each further sighting. An event with several of these comes as often; all calls for one event
 * need not follow each other. One streamed query. */
bool known_events_load(Db *db, int64_t connection, int64_t user_id, KnownEventFunc each,
	KnownSightingFunc other, void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of a post: the hash of its rows as they were when this program last read the event from its
 * calendar (event_row_hash()). Borrowed for the call. */
typedef void (*KnownFormFunc)(
	int64_t post_id, const uint8_t content_hash[STATE_HASH_BYTES], void *data);

/* Calls `each` for those of these posts that are known, of whichever connection; for one that is
 * known twice, twice. `count` is not 0. */
bool known_events_forms(Db *db, const int64_t *post_ids, size_t count, KnownFormFunc each,
	void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Appends the posts of those of these uids that have one, in no order. `count` is not 0. */
bool known_events_posts(Db *db, int64_t connection, const char *const *event_uids, size_t count,
	GArray *post_ids, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Locks the keys of these uids until the end of the transaction: another process that stores one of
 * them waits, and then finds it. `count` is not 0. `*ret_were_known`: some of them were there. */
bool known_events_claim(Db *db, int64_t connection, const char *const *event_uids, size_t count,
	bool *ret_were_known, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes them, new or not. `count` is not 0. */
bool known_events_store(Db *db, int64_t connection, const KnownEvent *events, size_t count,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `count` is not 0. */
bool known_events_forget(Db *db, int64_t connection, const char *const *event_uids, size_t count,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

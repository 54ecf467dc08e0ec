/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the known events wait to be logged. An event waits from when it is stored, and again
 * from whenever its row is written anew, until it is logged, or what its row says keeps it from
 * that for good; with nobody to be logged for it does not wait at all. What the rules of its
 * connection keep it from (privacy, confidence, auto_log) is set aside, and waits again once these
 * rules change. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "state/hash.h"

typedef enum {
	WAITING_DONE = 0,
	WAITING = 1,
	WAITING_SET_ASIDE = 2,
} WaitingState;

/* Where a page begins: behind this event. */
typedef struct WaitingPlace {
	int64_t ends; /* site time as digits: 20260115100000 */
	int64_t post_id;
} WaitingPlace;

/* Appends the next posts (int64_t) that wait and ended before `now_digits`, oldest end first, at
 * most so many, and moves the place behind them. A post that is known twice may come twice.
 * `user_id`: 0 for all users. */
bool waiting_events_page(Db *db, int64_t user_id, int64_t now_digits, size_t events,
	WaitingPlace *place, GArray *post_ids, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A row as it was looked at. */
typedef struct WaitingForm {
	int64_t post_id;
	uint8_t content_hash[STATE_HASH_BYTES];
} WaitingForm;

/* They wait no longer, unless they were written anew since they were looked at. `count` is not 0.
 */
bool waiting_events_settle(Db *db, WaitingState state, const WaitingForm *forms, size_t count,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for posts (int64_t) that were logged, whatever else was written. Not empty. */
bool waiting_events_logged(
	Db *db, const GArray *post_ids, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The rules by which a connection's events were last set aside. Borrowed for the call. */
typedef struct WaitingRules {
	int64_t connection; /* its row of {prm_calendar_connections} */
	int64_t user_id;
	const char *connection_id;
	bool is_known;
	uint8_t hash[STATE_HASH_BYTES]; /* only where `is_known` */
} WaitingRules;

typedef void (*WaitingRulesFunc)(const WaitingRules *rules, void *data);

/* Calls `each` for every connection, or for those of one user. */
bool waiting_rules_load(Db *db, int64_t user_id, WaitingRulesFunc each, void *data,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The connection has these rules from now on; nothing was set aside yet. */
bool waiting_rules_store(Db *db, int64_t connection, const uint8_t hash[STATE_HASH_BYTES],
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same; what was set aside by others waits again. One transaction. */
bool waiting_rules_change(Db *db, int64_t connection, const uint8_t hash[STATE_HASH_BYTES],
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

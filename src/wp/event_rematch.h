/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Matches stored events again after the contacts changed. What else a calendar says of them, and
 * whether they were logged, stays. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "match/contact_index.h"
#include "site/site.h"
#include "wp/event_store.h"

/* All borrowed. */
typedef struct EventRematchOptions {
	int64_t user_id;
	const ContactIndex *contacts;
	bool match_names;
	int64_t now_utc;
	bool has_tables; /* the sidecar's own: what is remembered of the events follows */
	bool dry_run;    /* nothing is written; changes are only told */

	/* Runs first in each transaction, as in EventStoreOptions. May be NULL. */
	DbWork guard;
	void *guard_data;
	/* Runs in the transaction of the last events, even when there are none. May be NULL. */
	DbWork last;
	void *last_data;

	/* Called for each event after its new matches were committed. May be NULL. */
	void (*on_change)(const char *connection_id, const EventNotice *notice, void *data);
	void *data;
} EventRematchOptions;

typedef struct EventRematchCounts {
	size_t seen;
	size_t changed;
} EventRematchCounts;

/* Matches all published events of the user. Those whose rows do not tell who takes part
 * (stored_people_read()) keep their matches. One streamed query, and one transaction for every
 * hundred events that differ. False with a DB_ERROR, or that of a callback; `ret_counts` then tells
 * what was done. */
bool event_rematch(Db *db, const WpSite *site, const EventRematchOptions *options,
	EventRematchCounts *ret_counts, GError **error) G_GNUC_WARN_UNUSED_RESULT;

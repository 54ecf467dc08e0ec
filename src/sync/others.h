/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What something else did to a connection's events since our last sync: the theme's PHP when a
 * person clicks on "Sync now", or its WP-Cron event (design 5, "foreign hands"). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sync/connection_sync.h"

/* Compares the connection's `last_sync`, which whoever syncs it sets, with the one that we left.
 * Where it is another one, all of its calendars are listed and compared with the rows themselves,
 * now or as soon as they can be read; `report->written_by_others` is set.
 *
 * That costs no statement: both were read with the user's state. The rows are not looked at, for
 * there is no index on what a write changes: so what changes events without setting `last_sync` (a
 * person in wp-admin, a theme whose PHP was stopped half-way) is found by the daily listing of all.
 * Where the site is one of a network, `last_sync` may as well have been set by our own sync of
 * another site: only there, and only when it differs, the user's posts are counted.
 *
 * In a dry run nothing is written. False with a DB_ERROR. */
bool others_notice(const SyncWorker *worker, const Connection *connection, ConnectionState *state,
	ConnectionReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What became of the sync. */
typedef struct OthersOutcome {
	bool has_relisted; /* of calendars that were to be listed since something else wrote, some
			      were: now or in an earlier run */
	bool failed;       /* some could not be */
} OthersOutcome;

/* After the sync: says in the log what was mended, and counts it. */
bool others_settle(const SyncWorker *worker, ConnectionState *state, ConnectionReport *report,
	OthersOutcome outcome, GError **error) G_GNUC_WARN_UNUSED_RESULT;

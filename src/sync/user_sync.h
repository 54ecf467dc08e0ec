/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Syncs the connections of one user, under that user's lease. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sync/connection_sync.h"
#include "sync/report.h"
#include "user/user.h"

/* Which of the user's connections. */
typedef struct SyncSelection {
	const char *connection_id; /* NULL: every enabled one; else this one, enabled or not */
	bool only_due;             /* a scheduled pass: mind sync_frequency and refused passwords */
	bool only_match;           /* none: only match the stored events with the contacts again */
} SyncSelection;

/* Syncs the selected connections one after the other and tells the worker's listener about each;
 * then, where the contacts changed, matches the stored events again; adds to `totals`. A user whom
 * another process is at is counted as busy and left alone. False (error set) only when the run
 * cannot go on, or the connection asked for does not exist (SYNC_ERROR_NOT_FOUND). */
bool user_sync(const SyncWorker *worker, const WpUser *user, const SyncSelection *selection,
	SyncTotals *totals, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several users at the same time: threads that each have a database connection and an HTTP client.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sync/user_sync.h"

/* Syncs `users` (of WpUser) with up to `workers` of the ini at a time, one of them the calling
 * thread on `db`; with fewer where the server has no room for more connections. The first error
 * that stops the run is returned after all threads have ended. */
bool workers_sync(const SyncContext *context, Db *db, const GPtrArray *users,
	const SyncSelection *selection, SyncListener *listener, SyncTotals *ret_totals,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several users at the same time: threads that each have a database connection and an HTTP client.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sync/user_sync.h"

/* Who is told that a user is begun with, before anything is done for them: their place in the
 * array, each once and in order. Calls never overlap; `db` is the calling thread's. False (error
 * set) stops the run. */
typedef struct WorkersWatch {
	bool (*begin)(void *data, Db *db, guint place, GError **error);
	/* Each who was finished with, however it went; not whom the end of the run cut short. */
	void (*finish)(void *data, guint place);
	void *data;
} WorkersWatch;

/* Syncs `users` (of WpUser) with up to `workers` of the ini at a time, one of them the calling
 * thread on `db`; with fewer where the server has no room for more connections. `watch` may be
 * NULL. The first error that stops the run is returned after all threads have ended. */
bool workers_sync(const SyncContext *context, Db *db, const GPtrArray *users,
	const SyncSelection *selection, const WorkersWatch *watch, SyncListener *listener,
	SyncTotals *ret_totals, GError **error) G_GNUC_WARN_UNUSED_RESULT;

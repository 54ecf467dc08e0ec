/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Matching a user's stored events again after the contacts changed: the calendar need not. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "state/contact_marks.h"
#include "sync/connection_sync.h"
#include "user/user.h"

/* Which of the users' (of WpUser) contacts changed since the last run: ContactMarks by user id.
 * Empty when nothing is remembered (a dry run without tables). Caller unrefs; NULL with a DB_ERROR.
 */
GHashTable *rematch_marks(const SyncContext *context, Db *db, const GPtrArray *users,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Matches all stored events of a user with the contacts, and remembers the mark (or NULL) with the
 * last of them. `user` gives the contacts and the guard. Tells the worker's listener; adds to
 * `totals`. What the server refuses is logged and counted; false (error set) when the run cannot go
 * on. */
bool rematch_user(const SyncWorker *worker, const WpUser *owner, const SyncUser *user,
	const ContactMark *mark, SyncTotals *totals, GError **error) G_GNUC_WARN_UNUSED_RESULT;

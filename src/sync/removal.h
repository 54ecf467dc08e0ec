/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection is removed, as in the theme: its events go, what was logged stays. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "db/db.h"
#include "sync/context.h"
#include "user/user.h"

/* Removes the user's connection of that id: first its events, for good, then its entry, so that
 * what is broken off half-way is whole again after the next sync or the next try; and what is
 * remembered of it. Under the user's lease: SYNC_ERROR_BUSY while another process, or the theme,
 * syncs. `*ret_events` were deleted. Errors: DB_ERROR, CONNECTION_ERROR, SYNC_ERROR. */
bool removal_run(const SyncContext *context, Db *db, const WpUser *user, const char *connection_id,
	size_t *ret_events, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets all that our own tables hold of a user; `*ret_rows` were there. Under the user's lease:
 * SYNC_ERROR_BUSY while another process has it. Errors: DB_ERROR, SYNC_ERROR. */
bool removal_forget_user(const SyncContext *context, Db *db, int64_t user_id, uint64_t *ret_rows,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

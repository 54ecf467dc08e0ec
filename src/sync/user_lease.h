/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lease under which a user's calendars are worked on. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/lease.h"
#include "sync/context.h"

enum { USER_LEASE_SECS = 15 * 60 };

/* Takes it; `*ret_lease` is NULL when another process has it. The caller releases, then frees.
 * False with a DB_ERROR. */
bool user_lease_take(const SyncContext *context, Db *db, int64_t user_id, int64_t now_utc,
	Lease **ret_lease, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Extends it to USER_LEASE_SECS from now on. False with SYNC_ERROR_INTERRUPTED when another process
 * took it, or a DB_ERROR. */
bool user_lease_renew(const SyncContext *context, Db *db, int64_t user_id, Lease *lease,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gives it back. One that cannot be given back runs out by itself. */
void user_lease_end(Db *db, Lease *lease);

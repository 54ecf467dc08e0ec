/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nobody needs any more of what we remember. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"
#include "sync/context.h"

/* Forgets connections that were removed, also of users who have none left and so no turn; and all
 * that is remembered of users who were deleted, and of meetings of people who were. False with a
 * DB_ERROR. */
bool tidy_run(const SyncContext *context, Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

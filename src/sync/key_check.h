/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose fault it is that stored passwords do not open: a person's, or the configuration's. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"
#include "sync/context.h"

/* False with CONFIG_ERROR where AUTH_KEY opens none of several stored credentials: then it is not
 * the site's, and nobody shall be told to connect a calendar again. `users` is of PassUser; stops
 * at the first box that opens. */
bool key_check(const SyncContext *context, const GPtrArray *users,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of everybody who has connections, whom it reads; for a run of one user, whose only box
 * says nothing. What cannot be read is passed over, and no word is said of it. */
bool key_check_everybody(
	const SyncContext *context, Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections that somebody makes from the shell. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"
#include "sync/context.h"
#include "user/user.h"

/* Whether AUTH_KEY is the site's: with another one the theme could not open what we seal. False
 * with CONFIG_ERROR where it opens none of several stored credentials, or a DB_ERROR. */
bool addition_check_key(
	const SyncContext *context, Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stores new connections (of Connection) of the user, as the theme would; the next pass syncs them.
 * SYNC_ERROR_BUSY where another process works for a user who has no connections yet. Errors:
 * DB_ERROR, CONNECTION_ERROR, SYNC_ERROR. */
bool addition_run(const SyncContext *context, Db *db, const WpUser *user, const GPtrArray *added,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events that are deleted for good, as wp_delete_post() does. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

/* Deletes posts with their metas and comments; what is attached to them stays, alone. Runs in the
 * caller's transaction; at least one id. False with a DB_ERROR. */
bool event_delete(
	Db *db, const int64_t *ids, size_t count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

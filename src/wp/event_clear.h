/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All events of a connection that is removed, or of a person who is forgotten. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

/* Deletes some hundred events of a user's connection for good, also those in the trash, in one
 * transaction: as newer themes do when a connection is removed. `*ret_deleted` of them; 0: none is
 * left. Activities stay. `guard` (or NULL) runs first in the transaction, and false keeps it from
 * being made. False with a DB_ERROR. */
bool event_clear_some(Db *db, int64_t user_id, const char *connection_id, DbWork guard,
	void *guard_data, size_t *ret_deleted, GError **error) G_GNUC_WARN_UNUSED_RESULT;

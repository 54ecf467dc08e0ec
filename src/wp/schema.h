/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether WordPress's tables are such that we can write them safely. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"

/* Checks that the core tables that we use exist, have the columns that we use, are InnoDB where we
 * write, and hold Unicode. `*ret_is_utf8mb3` when one of their texts has no room for 4-byte
 * characters. DB_ERROR_SCHEMA names the table, and the statement that mends it where there is one.
 */
bool schema_check(Db *db, bool *ret_is_utf8mb3, GError **error) G_GNUC_WARN_UNUSED_RESULT;

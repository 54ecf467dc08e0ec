/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which WordPress installations a database holds, by the prefixes of their tables. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"

/* The prefixes under which all tables are that a run reads, sorted: of an installation's main site,
 * since the others of its network have no users. With `has_users` false, where users are in tables
 * of other names, those are not looked for. NULL with a DB_ERROR; caller unrefs. */
GPtrArray *schema_find_prefixes(Db *db, bool has_users, GError **error) G_GNUC_WARN_UNUSED_RESULT;

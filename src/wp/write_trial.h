/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the database would take what a run writes: a row of each kind is written as a run writes
 * it, and taken back. It sees what no look at versions, privileges and columns tells: a read-only
 * server, an id that lost its AUTO_INCREMENT in an import, a plugin's column or trigger. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"

/* A kind of row that the database refuses. */
typedef struct WriteRefusal {
	const char *what; /* "events"; static */
	GError *why;      /* of DB_ERROR */
} WriteRefusal;

/* Tries each kind in a transaction that is rolled back: nothing is left of it but gaps between ids.
 * Only where all tables are InnoDB. `has_tables`: and the sidecar's own. `keeps_posts`: events that
 * are gone go to the trash, and are not deleted. Returns the refusals (of WriteRefusal), none when
 * all is well; caller unrefs. Where the database itself is gone, that is the last of them. */
GPtrArray *write_trial(
	Db *db, const WpSite *site, bool has_tables, bool keeps_posts, int64_t now_utc);

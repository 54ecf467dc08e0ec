/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether WordPress's tables have the indexes that WordPress gave them. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

typedef struct MissingIndex {
	char *what;    /* "wp_posts (post_author)" */
	char *remedy;  /* the statement that makes it */
	bool is_vital; /* rows could be doubled without it; else it is only slow */
	int64_t rows; /* of the table, by the server's estimate: so many each lookup goes through */
} MissingIndex;

/* The indexes that our statements go by, as WordPress's wp_get_db_schema() has them; the tables
 * must be there. An array of MissingIndex; caller unrefs. NULL with a DB_ERROR. */
GPtrArray *indexes_missing(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

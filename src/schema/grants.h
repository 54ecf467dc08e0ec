/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least privileges that the database user needs; sql/grants.sql shows the same for people. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"

typedef struct GrantNeed {
	const char *table;      /* without prefix */
	const char *privileges; /* as GRANT has them: "SELECT (ID, user_login), UPDATE" */
	bool is_own;            /* the program's own: CREATE and ALTER may be left to root */
} GrantNeed;

/* What is needed of each table, as an array of GrantNeed, whose strings are static. Caller unrefs.
 */
GArray *grants_needs(void);

/* The statements that make such a user and grant it what it needs in that database, with its
 * prefixes, a line each. Caller frees. */
char *grants_sql(const DbOptions *options, const char *user, const char *host);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of people's connections cannot be understood. */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"

typedef struct ConnectionProblem {
	int64_t user_id;
	char *user_login;
	char *text; /* "entry 2 of the connections has no id"; a whole value: why it is damaged */
} ConnectionProblem;

/* All of the site's, as ConnectionProblem, by user. Caller unrefs; NULL with a DB_ERROR. */
GPtrArray *connection_problems_load(
	Db *db, const WpSite *site, GError **error) G_GNUC_WARN_UNUSED_RESULT;

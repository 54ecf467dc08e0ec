/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least privileges that the database user needs; sql/grants.sql shows the same for people. */
#pragma once

#include <glib.h>

/* The statements that make such a user and grant it what it needs, a line each. Caller frees. */
char *grants_sql(
	const char *database, const char *table_prefix, const char *user, const char *host);

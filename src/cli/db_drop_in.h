/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wp-content/db.php, which takes the place of WordPress's database class. */
#pragma once

#include "cli/site_place.h"

typedef enum {
	DB_DROP_IN_NONE,   /* or nobody knows where to look */
	DB_DROP_IN_SQLITE, /* the site's data are in no MySQL server */
	DB_DROP_IN_OTHER,  /* several servers, or only a look at the statements */
} DbDropIn;

/* `*ret_path` is the file's, NULL for none; caller frees. */
DbDropIn db_drop_in_find(const SitePlace *place, char **ret_path);

/* For people. */
#define DB_DROP_IN_SQLITE_TEXT                                                                     \
	"is the SQLite integration: the site's data are in a file, while prm-calendar needs "      \
	"MySQL or MariaDB; move the site there first, or remove that file where it is left over"
#define DB_DROP_IN_OTHER_TEXT                                                                       \
	"takes the place of WordPress's database class (HyperDB, LudicrousDB, Query Monitor …): " \
	"prm-calendar uses the one server of [database]"
#define DB_DROP_IN_OTHER_REMEDY                                                                    \
	"where the site has several, see that it is the primary, on which all tables are written"

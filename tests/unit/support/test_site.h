/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site as the program loads it. */
#pragma once

#include <glib.h>

#include "db/db.h"
#include "site/site.h"

/* As app_load_site(): the ini, the tables, the options. NULL with the first error; caller frees. */
WpSite *test_site_load(Db *db, const WpSiteOptions *options, GError **error);

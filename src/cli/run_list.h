/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shows what ran, for people and for machines. */
#pragma once

#include <glib.h>

#include "cli/output.h"
#include "site/time.h"

/* A line for each RunRecord, its times in the site's zone; prints to standard output. */
void run_list_print(const GPtrArray *records, const SiteZone *zone);

/* An object for each RunRecord, appended to a list. */
void run_list_add_json(const GPtrArray *records, const SiteZone *zone, Json *list);

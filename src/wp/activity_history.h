/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/wp/activities.c: which people have an activity of a meeting already. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "wp/past_event.h"
#include "wp/site.h"

/* Adds to `had` (a set of int64_t that owns its keys) those of the people on whom some activity, in
 * any state, is of this meeting: see activities_log(). */
bool activity_history_find(Db *db, const WpSite *site, const PastEvent *event,
	const GArray *person_ids, GHashTable *had, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/wp/activities.c: which people have an activity of a meeting already. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"
#include "site/site.h"
#include "wp/activity_rows.h"
#include "wp/past_event.h"

/* `by_person`: person id -> GPtrArray of ActivityMeeting. Adds to the `had` of each meeting those
 * of its people on whom some activity, in any state, is of it: see activities_log(). Streams the
 * activities, so that memory does not grow with them. */
bool activity_history_find(Db *db, const WpSite *site, GHashTable *by_person,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The iCalendar UID, as the copies of a meeting at all providers share it. Caller frees. */
char *activity_history_uid(const PastEvent *event);
/* The same with the instance of a series: a meeting keeps it wherever it is moved. Caller frees. */
char *activity_history_occurrence(const PastEvent *event);

/* Whether the activity that `earlier` makes of this content would count as one of `later`, too. */
bool activity_history_repeats(
	const PastEvent *earlier, const char *content, const PastEvent *later);

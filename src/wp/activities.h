/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Activities: the comments on a person that say "you met" (data-model 5). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "wp/past_event.h"
#include "wp/site.h"

typedef struct ActivityText {
	const char *author;  /* the user's display name */
	const char *content; /* template: "Meeting: {title}", also {location}, {meeting_url} */
} ActivityText;

/* The comment that an event makes: the template with its values escaped as esc_html(). Caller
 * frees. */
char *activity_content(const PastEvent *event, const char *content, const WpSite *site);

/* Writes one activity for each person who has none of this meeting yet, marks the event as logged
 * and recounts the persons' comments, in one transaction. A meeting counts as had when any activity
 * of the person, also one in the trash, is of the same event, of the same meeting in another
 * calendar (same iCalendar UID and start, or same title and start), or was entered by hand for the
 * same time. Persons that are not published posts of the user are passed over. `ret_logged` (of
 * int64_t; caller unrefs) gets the persons who got one. In a dry run nothing is written. */
bool activities_log(Db *db, const WpSite *site, const PastEvent *event, const GArray *person_ids,
	const ActivityText *text, bool dry_run, GArray **ret_logged,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

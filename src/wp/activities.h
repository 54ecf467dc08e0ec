/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Activities: the comments on a person that say "you met" (data-model 5). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"
#include "wp/past_event.h"

/* One event that shall become activities. */
typedef struct ActivityRequest {
	const PastEvent *event;
	const GArray *person_ids; /* of int64_t */
	const char *author;       /* the user's display name */
	/* Results, to be freed with activity_request_clear(). */
	GArray *logged;    /* of int64_t: the persons who got one */
	GHashTable *names; /* id (int64_t) -> name (char *) of, at least, these persons */
} ActivityRequest;

void activity_request_clear(ActivityRequest *request);

/* The comment that an event makes: the template with its values escaped as esc_html(). Caller
 * frees. */
char *activity_content(const PastEvent *event, const char *content, const WpSite *site);

/* Writes one activity for each person who has none of the meeting yet, marks the events as logged
 * and recounts the persons' comments, for all requests in one transaction and a few statements. No
 * event may be requested twice. A meeting counts as had when any activity of the
 * person, also one in the trash or of an earlier request, is of the same event, of the same meeting
 * in another calendar (same iCalendar UID and start, or same title and start), or was entered by
 * hand or by the theme for the same time by the site's clock, the event's own or UTC, with its
 * title in the text or its text in the title, or was ever made by us, though it was deleted since.
 * Several processes may log the same meeting at once, even where they do not see each other's
 * locks: each person gets one activity. Persons that are not published posts of the user are passed
 * over. `content` is the template: "Meeting: {title}", also {location}, {meeting_url}. Each
 * request's results are written on success only. In a dry run nothing is written. */
bool activities_log(Db *db, const WpSite *site, const GPtrArray *requests /* of ActivityRequest */,
	const char *content, bool dry_run, GError **error) G_GNUC_WARN_UNUSED_RESULT;

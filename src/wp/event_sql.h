/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/wp only: what the statements about events share. */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

/* The keys of EventMeta. */
#define EVENT_SQL_META_KEYS                                                                        \
	"'_connection_id', '_event_uid', '_calendar_id', '_calendar_name', '_start_time', "        \
	"'_end_time', "                                                                            \
	"'_all_day', '_location', '_meeting_url', '_organizer_email', '_attendees', "              \
	"'_matched_people', "                                                                      \
	"'_raw_data', '_html_link'"

/* What wp_trash_post() leaves behind in postmeta. */
#define EVENT_SQL_TRASH_KEYS                                                                       \
	"'_wp_trash_meta_status', '_wp_trash_meta_time', '_wp_desired_post_slug', "                \
	"'_wp_trash_meta_comments_status'"

/* WordPress escapes the guid at every save of a post but not when it makes one (vectors/README,
 * fact 5). */
#define EVENT_SQL_SAVED_GUID "REPLACE(guid, '&p=', '&#038;p=')"

/* Prepares `head` + "?, ?, …" + `tail` and binds the ids. NULL with error set. */
DbStatement *event_sql_prepare_ids(Db *db, const char *head, const int64_t *ids, size_t count,
	const char *tail, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, run at once. */
bool event_sql_run_ids(Db *db, const char *head, const int64_t *ids, size_t count, const char *tail,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

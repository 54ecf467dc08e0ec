/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many live events each connection has, and a mark that changes when one of them does. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

typedef struct EventCounts EventCounts;

/* Counts all calendar events outside the trash, in one statement. NULL with a DB_ERROR. */
EventCounts *event_counts_load(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void event_counts_free(EventCounts *counts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventCounts, event_counts_free)

/* Of one user's connection; 0 when it has none. */
int64_t event_counts_of(const EventCounts *counts, int64_t user_id, const char *connection_id);

/* A short text that is another one once a post of the connection was added, deleted, or written by
 * WordPress, which then dates `post_modified_gmt`. Looks at all events of the user. Caller frees;
 * NULL with a DB_ERROR. */
char *event_counts_mark(Db *db, int64_t user_id, const char *connection_id,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Counts the events outside the trash of one user, those of the connection and all others. */
bool event_counts_of_user(Db *db, int64_t user_id, const char *connection_id, int64_t *ret_own,
	int64_t *ret_others, GError **error) G_GNUC_WARN_UNUSED_RESULT;

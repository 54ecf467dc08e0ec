/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: the comments on events that go into the trash, come back from it, or
 * give way to other posts. All run inside a transaction, and on posts that have comments: elsewhere
 * they would cost statements for nothing. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "wp/event_write.h"

/* The key under which a post in the trash remembers what its comments were. */
#define EVENT_COMMENTS_KEY "_wp_trash_meta_comments_status"

/* What one comment was before its post went into the trash. */
typedef struct CommentStatus {
	int64_t comment_id;
	int64_t post_id;
	char status[21]; /* as the column holds it: "1", "0", "spam" … */
} CommentStatus;

/* Adds what a stored value of EVENT_COMMENTS_KEY says to `statuses` (of CommentStatus); false where
 * it cannot be understood, or says nothing. */
bool event_comments_read(const char *stored, int64_t post_id, GArray *statuses);

/* wp_untrash_post_comments(): the comments are what they were; those of other posts stay. The rows
 * that remembered it are the caller's to delete. */
bool event_comments_restore(
	Db *db, const GArray *statuses, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for posts that were taken out of the trash without their comments, as a save in the
 * theme does. */
bool event_comments_restore_left(
	Db *db, const int64_t *post_ids, size_t count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* wp_trash_post_comments(), after the posts themselves. */
bool event_comments_trash(
	Db *db, const int64_t *post_ids, size_t count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The comments of each heir's post go to its successor, and both are counted. */
bool event_comments_move(
	Db *db, const EventHeir *heirs, size_t count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the order of wp_delete_post(). Events have no terms and no revisions. */
#include "wp/event_delete.h"

#include "wp/event_sql.h"

static bool read_commented(
	Db *db, const int64_t *ids, size_t count, GArray *commented, GError **error)
{
	DbStatement *statement = event_sql_prepare_ids(db,
		"SELECT DISTINCT comment_post_ID FROM {comments} WHERE comment_post_ID IN (", ids,
		count, ")", error);

	return statement != NULL && db_query_ints(statement, commented, error);
}

/* The privilege to delete comments is only needed where there are some. */
static bool delete_comments(Db *db, const int64_t *ids, size_t count, GError **error)
{
	static const char metas_sql[] =
		"DELETE m FROM {commentmeta} m JOIN {comments} c ON c.comment_ID = m.comment_id "
		"WHERE c.comment_post_ID IN (";
	static const char comments_sql[] = "DELETE FROM {comments} WHERE comment_post_ID IN (";
	g_autoptr(GArray) commented = g_array_new(FALSE, FALSE, sizeof(int64_t));
	const int64_t *posts;

	if (!read_commented(db, ids, count, commented, error))
		return false;
	posts = (const int64_t *)(void *)commented->data;
	return commented->len == 0 ||
	       (event_sql_run_ids(db, metas_sql, posts, commented->len, ")", error) &&
		       event_sql_run_ids(db, comments_sql, posts, commented->len, ")", error));
}

bool event_delete(Db *db, const int64_t *ids, size_t count, GError **error)
{
	static const char attachments_sql[] =
		"UPDATE {posts} SET post_parent = 0 WHERE post_type = 'attachment' AND post_parent "
		"IN (";

	return event_sql_run_ids(db, attachments_sql, ids, count, ")", error) &&
	       delete_comments(db, ids, count, error) &&
	       event_sql_run_ids(
		       db, "DELETE FROM {postmeta} WHERE post_id IN (", ids, count, ")", error) &&
	       event_sql_run_ids(db, "DELETE FROM {posts} WHERE ID IN (", ids, count, ")", error);
}

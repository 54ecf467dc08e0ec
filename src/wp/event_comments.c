/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comments follow their event: into the trash, out of it, and to another post. */
#include "wp/event_comments.h"

#include <string.h>

#include "cache/object_cache.h"
#include "php/value.h"
#include "wp/comment_count.h"
#include "wp/event_sql.h"

/* So many comments at most in one statement. */
enum { CHUNK_MAX = 1000 };

static const char read_left_sql[] = "SELECT post_id, meta_value FROM {postmeta} "
				    "WHERE meta_key = '" EVENT_COMMENTS_KEY "' AND post_id IN (";

static const char read_comments_sql[] =
	"SELECT comment_ID, comment_post_ID, comment_approved FROM {comments} "
	"WHERE comment_post_ID IN (";

static const char trash_sql[] =
	"UPDATE {comments} SET comment_approved = 'post-trashed' WHERE comment_post_ID IN (";

static const char remember_sql[] = "INSERT INTO {postmeta} (post_id, meta_key, meta_value) VALUES ";

static GArray *statuses_new(void)
{
	return g_array_new(FALSE, FALSE, sizeof(CommentStatus));
}

static const CommentStatus *status_at(const GArray *statuses, guint index)
{
	return &g_array_index(statuses, CommentStatus, index);
}

/* Whatever has no place in the column is "not approved yet", as is what cannot have been. */
static void set_status(CommentStatus *comment, const PhpValue *value)
{
	g_autofree char *status = php_value_to_string(value);
	bool fits = status != NULL && status[0] != '\0' &&
		    strlen(status) < sizeof(comment->status) && g_str_is_ascii(status);

	g_strlcpy(comment->status, fits && !g_str_equal(status, "post-trashed") ? status : "0",
		sizeof(comment->status));
}

bool event_comments_read(const char *stored, int64_t post_id, GArray *statuses)
{
	g_autoptr(PhpValue) list =
		stored != NULL ? php_unserialize(stored, strlen(stored), NULL) : NULL;

	if (!php_value_is_array(list) || php_value_size(list) == 0)
		return false;
	for (size_t i = 0; i < php_value_size(list); i++) {
		CommentStatus comment = {.post_id = post_id};
		PhpKey key;
		const PhpValue *value = php_value_at(list, i, &key);

		if (!key.is_int)
			continue;
		comment.comment_id = key.number;
		set_status(&comment, value);
		g_array_append_val(statuses, comment);
	}
	return true;
}

/* clean_comment_cache() */
static void note_comments(Db *db, const GArray *statuses)
{
	for (guint i = 0; i < statuses->len; i++)
		object_cache_note_comment(db, status_at(statuses, i)->comment_id);
}

static int compare_statuses(gconstpointer a, gconstpointer b)
{
	const CommentStatus *one = a;
	const CommentStatus *other = b;
	int order = strcmp(one->status, other->status);

	if (order != 0)
		return order;
	return (one->comment_id > other->comment_id) - (one->comment_id < other->comment_id);
}

/* Those of one status. What a row says of comments on other posts is not believed. */
static bool restore_chunk(Db *db, const CommentStatus *comments, size_t count, GError **error)
{
	g_autofree char *head =
		db_repeat_sql("UPDATE {comments} SET comment_approved = ? WHERE comment_ID IN (",
			"?", count, ") AND comment_post_ID IN (");
	g_autofree char *sql = db_repeat_sql(head, "?", count, ")");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, comments[0].status);
	for (size_t i = 0; i < count; i++)
		db_bind_int(statement, comments[i].comment_id);
	for (size_t i = 0; i < count; i++)
		db_bind_int(statement, comments[i].post_id);
	return db_run(statement, NULL, error);
}

bool event_comments_restore(Db *db, const GArray *statuses, GError **error)
{
	g_autoptr(GArray) sorted = g_array_copy((GArray *)statuses);
	guint first = 0;

	g_array_sort(sorted, compare_statuses);
	while (first < sorted->len) {
		const CommentStatus *from = status_at(sorted, first);
		guint count = 1;

		while (first + count < sorted->len && count < CHUNK_MAX &&
			g_str_equal(status_at(sorted, first + count)->status, from->status))
			count++;
		if (!restore_chunk(db, from, count, error))
			return false;
		first += count;
	}
	note_comments(db, statuses);
	return true;
}

bool event_comments_restore_left(Db *db, const int64_t *post_ids, size_t count, GError **error)
{
	g_autoptr(GArray) statuses = statuses_new();
	DbStatement *statement =
		event_sql_prepare_ids(db, read_left_sql, post_ids, count, ")", error);
	bool row = true;

	if (statement == NULL || !db_query(statement, error))
		return false;
	while (row) {
		if (!db_next(statement, &row, error))
			return false;
		if (row)
			event_comments_read(db_column_text(statement, 1),
				db_column_int(statement, 0), statuses);
	}
	return event_comments_restore(db, statuses, error);
}

/* By post, then by id: the order in which WordPress finds them. */
static GArray *read_comments(Db *db, const int64_t *post_ids, size_t count, GError **error)
{
	g_autoptr(GArray) comments = statuses_new();
	DbStatement *statement = event_sql_prepare_ids(db, read_comments_sql, post_ids, count,
		") ORDER BY comment_post_ID, comment_ID", error);
	bool row;

	if (statement == NULL || !db_query(statement, error))
		return NULL;
	for (;;) {
		CommentStatus comment = {0};

		if (!db_next(statement, &row, error))
			return NULL;
		if (!row)
			return g_steal_pointer(&comments);
		comment.comment_id = db_column_int(statement, 0);
		comment.post_id = db_column_int(statement, 1);
		g_strlcpy(comment.status, db_column_text(statement, 2), sizeof(comment.status));
		g_array_append_val(comments, comment);
	}
}

/* The value for the post of the comment at `*index`, which is moved to the next post's. Caller
 * frees. */
static char *statuses_of_post(const GArray *comments, guint *index)
{
	g_autoptr(PhpValue) list = php_array_new();
	int64_t post_id = status_at(comments, *index)->post_id;

	for (; *index < comments->len && status_at(comments, *index)->post_id == post_id;
		++*index) {
		const CommentStatus *comment = status_at(comments, *index);
		const PhpKey key = {.is_int = true, .number = comment->comment_id};

		php_array_set_key(
			list, &key, php_string_new(comment->status, strlen(comment->status)));
	}
	return g_string_free(php_serialize(list), FALSE);
}

static bool remember(Db *db, const GArray *comments, GError **error)
{
	g_autoptr(GArray) posts = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *sql = NULL;
	DbStatement *statement;
	guint index = 0;

	while (index < comments->len) {
		g_array_append_val(posts, status_at(comments, index)->post_id);
		g_ptr_array_add(values, statuses_of_post(comments, &index));
	}
	sql = db_repeat_sql(remember_sql, "(?, '" EVENT_COMMENTS_KEY "', ?)", posts->len, "");
	statement = db_prepare(db, sql, error);
	if (statement == NULL)
		return false;
	for (guint i = 0; i < posts->len; i++) {
		db_bind_int(statement, g_array_index(posts, int64_t, i));
		db_bind_text(statement, values->pdata[i]);
	}
	return db_run(statement, NULL, error);
}

bool event_comments_trash(Db *db, const int64_t *post_ids, size_t count, GError **error)
{
	g_autoptr(GArray) comments = read_comments(db, post_ids, count, error);

	if (comments == NULL)
		return false;
	if (comments->len == 0)
		return true;
	note_comments(db, comments);
	return remember(db, comments, error) &&
	       event_sql_run_ids(db, trash_sql, post_ids, count, ")", error);
}

static bool move_comments(Db *db, const EventHeir *heirs, size_t count, GError **error)
{
	g_autofree char *from = db_repeat_sql(
		"UPDATE {comments} SET comment_post_ID = CAST(ELT(FIELD(comment_post_ID, ", "?",
		count, "), ");
	g_autofree char *to =
		db_repeat_sql(from, "?", count, ") AS UNSIGNED) WHERE comment_post_ID IN (");
	g_autofree char *sql = db_repeat_sql(to, "?", count, ")");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		db_bind_int(statement, heirs[i].post_id);
	for (size_t i = 0; i < count; i++)
		db_bind_int(statement, heirs[i].successor_id);
	for (size_t i = 0; i < count; i++)
		db_bind_int(statement, heirs[i].post_id);
	return db_run(statement, NULL, error);
}

bool event_comments_move(Db *db, const EventHeir *heirs, size_t count, GError **error)
{
	g_autoptr(GArray) posts = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) both = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) comments = NULL;
	const int64_t *ids;

	for (size_t i = 0; i < count; i++) {
		g_array_append_val(posts, heirs[i].post_id);
		g_array_append_val(both, heirs[i].post_id);
		g_array_append_val(both, heirs[i].successor_id);
		object_cache_note_comments(db, heirs[i].post_id);
		object_cache_note_comments(db, heirs[i].successor_id);
	}
	ids = (const int64_t *)(void *)posts->data;
	if (!event_comments_restore_left(db, ids, posts->len, error))
		return false;
	comments = read_comments(db, ids, posts->len, error);
	if (comments == NULL)
		return false;
	note_comments(db, comments);
	return comments->len == 0 ||
	       (move_comments(db, heirs, count, error) &&
		       comment_count_update(
			       db, (const int64_t *)(void *)both->data, both->len, error));
}

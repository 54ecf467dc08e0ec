/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Posts that go though their meetings stay: copies of one event, and a series that was kept in one
 * post. What people wrote on them goes to the posts that stay. */
#include <string.h>

#include "wp/event_comments.h"
#include "wp/event_notes.h"
#include "wp/event_sql.h"
#include "wp/event_write.h"

/* Starts from the author's posts, which have an index; `meta_value` has none. */
static const char find_successors_sql[] =
	"SELECT STRAIGHT_JOIN p.ID, u.meta_value, c.meta_value FROM {posts} p "
	"JOIN {postmeta} u ON u.post_id = p.ID AND u.meta_key = '_event_uid' "
	"JOIN {postmeta} c ON c.post_id = p.ID AND c.meta_key = '_connection_id' "
	"WHERE p.post_author = ? AND p.post_type = 'calendar_event' AND p.post_status <> 'trash' "
	"AND u.meta_value IN (";
enum { FOUND_ID, FOUND_UID, FOUND_CONNECTION };

/* Locked, so that none is deleted before it has got everything. */
static const char lock_sql[] = "SELECT ID FROM {posts} WHERE ID IN (";

static const char commented_sql[] =
	"SELECT DISTINCT comment_post_ID FROM {comments} WHERE comment_post_ID IN (";

/* What is found by its uid has the lowest id of several, as everywhere. */
static bool read_successors(Db *db, const EventWriteContext *context, const GPtrArray *named,
	GHashTable *ids, GError **error)
{
	g_autofree char *sql =
		db_repeat_sql(find_successors_sql, "?", named->len, ") ORDER BY p.ID DESC");
	DbStatement *statement = db_prepare(db, sql, error);
	bool row;

	if (statement == NULL)
		return false;
	db_bind_int(statement, context->options->user_id);
	for (guint i = 0; i < named->len; i++)
		db_bind_text(statement, ((const EventWrite *)named->pdata[i])->successor_uid);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		int64_t id;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		id = db_column_int(statement, FOUND_ID);
		if (g_strcmp0(db_column_text(statement, FOUND_CONNECTION),
			    context->options->connection_id) == 0)
			g_hash_table_replace(ids, g_strdup(db_column_text(statement, FOUND_UID)),
				g_memdup2(&id, sizeof(id)));
	}
}

/* What has no successor yet stays as it is. */
static bool find_successors(
	Db *db, const EventWriteContext *context, const GPtrArray *named, GError **error)
{
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	if (named->len > 0 && !read_successors(db, context, named, ids, error))
		return false;
	for (guint i = 0; i < named->len; i++) {
		EventWrite *write = named->pdata[i];
		const int64_t *id = g_hash_table_lookup(ids, write->successor_uid);

		if (id == NULL || *id == write->post_id)
			write->done = EVENT_UNCHANGED;
		else
			write->done_successor_id = *id;
	}
	return true;
}

/* Of these posts those that a query finds. NULL with error set. */
static GHashTable *read_ids(
	Db *db, const char *sql, const GArray *posts, const char *tail, GError **error)
{
	g_autoptr(GHashTable) found =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	DbStatement *statement = event_sql_prepare_ids(
		db, sql, (const int64_t *)(void *)posts->data, posts->len, tail, error);
	bool row;

	if (statement == NULL || !db_query(statement, error))
		return NULL;
	for (;;) {
		int64_t id;

		if (!db_next(statement, &row, error))
			return NULL;
		if (!row)
			return g_steal_pointer(&found);
		id = db_column_int(statement, 0);
		g_hash_table_add(found, g_memdup2(&id, sizeof(id)));
	}
}

static bool move_comments(Db *db, const GArray *heirs, GError **error)
{
	g_autoptr(GArray) posts = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) commented = g_array_new(FALSE, FALSE, sizeof(EventHeir));
	g_autoptr(GHashTable) found = NULL;

	for (guint i = 0; i < heirs->len; i++)
		g_array_append_val(posts, g_array_index(heirs, EventHeir, i).post_id);
	found = read_ids(db, commented_sql, posts, ")", error);
	if (found == NULL)
		return false;
	for (guint i = 0; i < heirs->len; i++) {
		const EventHeir *heir = &g_array_index(heirs, EventHeir, i);

		if (g_hash_table_contains(found, &heir->post_id))
			g_array_append_vals(commented, heir, 1);
	}
	return commented->len == 0 ||
	       event_comments_move(
		       db, (const EventHeir *)(void *)commented->data, commented->len, error);
}

/* Whose successor is deleted already has none: the meeting goes as a whole. */
static bool hand_over(Db *db, const GPtrArray *writes, GError **error)
{
	g_autoptr(GArray) posts = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) heirs = g_array_new(FALSE, FALSE, sizeof(EventHeir));
	g_autoptr(GHashTable) present = NULL;

	for (guint i = 0; i < writes->len; i++)
		g_array_append_val(posts, ((EventWrite *)writes->pdata[i])->done_successor_id);
	present = read_ids(db, lock_sql, posts, ") FOR UPDATE", error);
	if (present == NULL)
		return false;
	for (guint i = 0; i < writes->len; i++) {
		const EventWrite *write = writes->pdata[i];
		const EventHeir heir = {write->post_id, write->done_successor_id};

		if (g_hash_table_contains(present, &heir.successor_id))
			g_array_append_val(heirs, heir);
	}
	if (heirs->len == 0)
		return true;
	return event_notes_move(db, (const EventHeir *)(void *)heirs->data, heirs->len, error) &&
	       move_comments(db, heirs, error);
}

bool event_replace(Db *db, const EventWriteContext *context, GPtrArray *writes, GError **error)
{
	g_autoptr(GPtrArray) named = g_ptr_array_new();
	g_autoptr(GPtrArray) replaced = g_ptr_array_new();

	for (guint i = 0; i < writes->len; i++) {
		EventWrite *write = writes->pdata[i];

		if (write->done_successor_id == 0)
			g_ptr_array_add(named, write);
	}
	if (!find_successors(db, context, named, error))
		return false;
	for (guint i = 0; i < writes->len; i++) {
		EventWrite *write = writes->pdata[i];

		if (write->done_successor_id != 0)
			g_ptr_array_add(replaced, write);
	}
	return replaced->len == 0 ||
	       (hand_over(db, replaced, error) && event_remove(db, context, replaced, error));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events that are gone: to the trash as wp_trash_post() leaves it, or deleted. */
#include <string.h>

#include "text/post_slug.h"
#include "wp/event_comments.h"
#include "wp/event_delete.h"
#include "wp/event_sql.h"
#include "wp/event_write.h"

static const char read_sql[] =
	"SELECT p.ID, p.post_status, p.post_name, p.post_title, CAST(p.post_date AS CHAR), "
	"EXISTS (SELECT 1 FROM {comments} c WHERE c.comment_post_ID = p.ID) "
	"FROM {posts} p WHERE p.ID IN (";
enum { COLUMN_ID, COLUMN_STATUS, COLUMN_NAME, COLUMN_TITLE, COLUMN_DATE, COLUMN_HAS_COMMENTS };

static const char taken_sql[] =
	"SELECT ID, post_name FROM {posts} WHERE post_type = 'calendar_event' AND post_name IN (";

static const char forget_sql[] =
	"DELETE FROM {postmeta} WHERE meta_key IN (" EVENT_SQL_TRASH_KEYS ") AND post_id IN (";

/* No one has as many trashed posts of one slug. */
enum { SLUG_TRIES_MAX = 1000 };

typedef struct {
	int64_t id;
	char *status;
	char *name;
	char *trashed_name;
	bool has_comments;
} Doomed;

static void doomed_clear(gpointer data)
{
	Doomed *doomed = data;

	g_free(doomed->status);
	g_free(doomed->name);
	g_free(doomed->trashed_name);
}

static GArray *ids_of(const GPtrArray *writes)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (guint i = 0; i < writes->len; i++)
		g_array_append_val(ids, ((EventWrite *)writes->pdata[i])->post_id);
	return ids;
}

/* Reads the posts, locked when `tail` says so, into `doomed` (or NULL) and into the writes'
 * outcome. What is in the trash already, or gone, is no change any more. */
static bool read_posts(Db *db, GPtrArray *writes, const char *tail, GArray *doomed, GError **error)
{
	g_autoptr(GHashTable) by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
	g_autoptr(GArray) ids = ids_of(writes);
	DbStatement *statement = event_sql_prepare_ids(
		db, read_sql, (const int64_t *)(void *)ids->data, ids->len, tail, error);
	bool row;

	for (guint i = 0; i < writes->len; i++) {
		EventWrite *write = writes->pdata[i];

		write->done = EVENT_UNCHANGED;
		g_hash_table_insert(by_id, &write->post_id, write);
	}
	if (statement == NULL || !db_query(statement, error))
		return false;
	for (;;) {
		Doomed post = {0};
		EventWrite *write;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		post.id = db_column_int(statement, COLUMN_ID);
		write = g_hash_table_lookup(by_id, &post.id);
		if (write == NULL ||
			g_strcmp0(db_column_text(statement, COLUMN_STATUS), "trash") == 0)
			continue;
		write->done = write->change;
		write->title = g_strdup(db_column_text(statement, COLUMN_TITLE));
		write->start = g_strdup(db_column_text(statement, COLUMN_DATE));
		if (doomed == NULL)
			continue;
		post.status = g_strdup(db_column_text(statement, COLUMN_STATUS));
		post.name = g_strdup(db_column_text(statement, COLUMN_NAME));
		post.trashed_name = post_slug_trashed(post.name);
		post.has_comments = db_column_int(statement, COLUMN_HAS_COMMENTS) != 0;
		g_array_append_val(doomed, post);
	}
}

/* Which of the names that the doomed posts are to bear other events bear already; -> a post id. */
static bool read_taken(Db *db, const GArray *doomed, GHashTable *taken, GError **error)
{
	g_autofree char *sql = db_repeat_sql(taken_sql, "?", doomed->len, ")");
	DbStatement *statement = db_prepare(db, sql, error);
	bool row;

	if (statement == NULL)
		return false;
	for (guint i = 0; i < doomed->len; i++)
		db_bind_text(statement, g_array_index(doomed, Doomed, i).trashed_name);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		g_hash_table_add(taken, g_strdup(db_column_text(statement, 1)));
	}
}

static bool name_is_taken(Db *db, const char *name, bool *ret_taken, GError **error)
{
	g_autofree char *sql = db_repeat_sql(taken_sql, "?", 1, ") LIMIT 1");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, name);
	if (!db_query(statement, error) || !db_next(statement, ret_taken, error))
		return false;
	db_finish(statement);
	return true;
}

/* wp_unique_post_slug(): -2, -3 and so on. */
static bool find_free_name(Db *db, Doomed *post, GHashTable *taken, GError **error)
{
	for (unsigned n = 2; n < SLUG_TRIES_MAX; n++) {
		g_autofree char *name = post_slug_numbered(post->trashed_name, n);
		bool is_taken = true;

		if (!g_hash_table_contains(taken, name) &&
			!name_is_taken(db, name, &is_taken, error))
			return false;
		if (is_taken)
			continue;
		g_free(post->trashed_name);
		post->trashed_name = g_steal_pointer(&name);
		return true;
	}
	g_set_error(error, DB_ERROR, DB_ERROR_DATA,
		"cannot find a free slug for post %" G_GINT64_FORMAT, post->id);
	return false;
}

static bool choose_names(Db *db, GArray *doomed, GError **error)
{
	g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	if (!read_taken(db, doomed, taken, error))
		return false;
	for (guint i = 0; i < doomed->len; i++) {
		Doomed *post = &g_array_index(doomed, Doomed, i);
		bool keeps = g_str_equal(post->trashed_name, post->name);

		if (!keeps && g_hash_table_contains(taken, post->trashed_name) &&
			!find_free_name(db, post, taken, error))
			return false;
		g_hash_table_add(taken, g_strdup(post->trashed_name));
	}
	return true;
}

static GArray *doomed_ids(const GArray *doomed)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (guint i = 0; i < doomed->len; i++)
		g_array_append_val(ids, g_array_index(doomed, Doomed, i).id);
	return ids;
}

static GArray *commented_ids(const GArray *doomed)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (guint i = 0; i < doomed->len; i++) {
		const Doomed *post = &g_array_index(doomed, Doomed, i);

		if (post->has_comments)
			g_array_append_val(ids, post->id);
	}
	return ids;
}

static bool run_ids(Db *db, const char *sql, const GArray *ids, GError **error)
{
	return event_sql_run_ids(db, sql, (const int64_t *)(void *)ids->data, ids->len, ")", error);
}

typedef bool (*CommentsWork)(Db *db, const int64_t *post_ids, size_t count, GError **error);

/* Costs nothing where nobody commented. */
static bool treat_comments(Db *db, const GArray *commented, CommentsWork work, GError **error)
{
	return commented->len == 0 ||
	       work(db, (const int64_t *)(void *)commented->data, commented->len, error);
}

static void bind_meta(DbStatement *statement, int64_t post_id, const char *key, const char *value)
{
	db_bind_int(statement, post_id);
	db_bind_text(statement, key);
	db_bind_text(statement, value);
}

static bool insert_trash_metas(
	Db *db, const EventWriteContext *context, const GArray *doomed, GError **error)
{
	g_autofree char *now = g_strdup_printf("%" G_GINT64_FORMAT, context->options->now_utc);
	g_autofree char *sql =
		db_repeat_sql("INSERT INTO {postmeta} (post_id, meta_key, meta_value) VALUES ",
			"(?, ?, ?), (?, ?, ?), (?, ?, ?)", doomed->len, "");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (guint i = 0; i < doomed->len; i++) {
		const Doomed *post = &g_array_index(doomed, Doomed, i);

		bind_meta(statement, post->id, "_wp_trash_meta_status", post->status);
		bind_meta(statement, post->id, "_wp_trash_meta_time", now);
		bind_meta(statement, post->id, "_wp_desired_post_slug", post->name);
	}
	return db_run(statement, NULL, error);
}

static bool trash_posts(
	Db *db, const EventWriteContext *context, const GArray *doomed, GError **error)
{
	g_autofree char *cases =
		db_repeat_sql("UPDATE {posts} SET post_status = 'trash', post_modified = ?, "
			      "post_modified_gmt = ?, "
			      "guid = " EVENT_SQL_SAVED_GUID ", post_name = ELT(FIELD(ID, ",
			"?", doomed->len, "), ");
	g_autofree char *names = db_repeat_sql(cases, "?", doomed->len, ") WHERE ID IN (");
	g_autofree char *sql = db_repeat_sql(names, "?", doomed->len, ")");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, context->now);
	db_bind_text(statement, context->now_gmt);
	for (guint i = 0; i < doomed->len; i++)
		db_bind_int(statement, g_array_index(doomed, Doomed, i).id);
	for (guint i = 0; i < doomed->len; i++)
		db_bind_text(statement, g_array_index(doomed, Doomed, i).trashed_name);
	for (guint i = 0; i < doomed->len; i++)
		db_bind_int(statement, g_array_index(doomed, Doomed, i).id);
	return db_run(statement, NULL, error);
}

/* Rows that an earlier stay in the trash left behind are dropped first: an old time among them
 * would make WordPress empty the trash too early. */
static bool move_to_trash(Db *db, const EventWriteContext *context, GArray *doomed, GError **error)
{
	g_autoptr(GArray) ids = doomed_ids(doomed);
	g_autoptr(GArray) commented = commented_ids(doomed);

	return choose_names(db, doomed, error) &&
	       treat_comments(db, commented, event_comments_restore_left, error) &&
	       run_ids(db, forget_sql, ids, error) &&
	       insert_trash_metas(db, context, doomed, error) &&
	       trash_posts(db, context, doomed, error) &&
	       treat_comments(db, commented, event_comments_trash, error);
}

bool event_remove(Db *db, const EventWriteContext *context, GPtrArray *writes, GError **error)
{
	g_autoptr(GArray) doomed = g_array_new(FALSE, FALSE, sizeof(Doomed));
	g_autoptr(GArray) ids = NULL;

	g_array_set_clear_func(doomed, doomed_clear);
	if (!read_posts(db, writes, ") FOR UPDATE", doomed, error))
		return false;
	if (doomed->len == 0)
		return true;
	if (context->options->gone == EVENT_GONE_TRASH)
		return move_to_trash(db, context, doomed, error);
	ids = doomed_ids(doomed);
	return event_delete(db, (const int64_t *)(void *)ids->data, ids->len, error);
}

bool event_remove_preview(Db *db, GPtrArray *writes, GError **error)
{
	return read_posts(db, writes, ")", NULL, error);
}

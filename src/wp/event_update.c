/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changed events: reads what a batch of them holds now, and writes only what differs. */
#include <string.h>

#include "php/json.h"
#include "wp/event_comments.h"
#include "wp/event_sql.h"
#include "wp/event_write.h"

/* The lock keeps a person's save in the theme from slipping in between reading and writing. */
static const char read_posts_sql[] =
	"SELECT ID, post_status, post_name, post_title, post_content, CAST(post_date AS CHAR), "
	"CAST(post_date_gmt AS CHAR) FROM {posts} WHERE ID IN (";
enum {
	POST_ID,
	POST_STATUS,
	POST_NAME,
	POST_TITLE,
	POST_CONTENT,
	POST_DATE,
	POST_DATE_GMT,
};

static const char read_metas_sql[] =
	"SELECT post_id, meta_id, meta_key, meta_value FROM {postmeta} WHERE post_id IN (";
static const char read_metas_tail[] =
	") AND meta_key IN (" EVENT_SQL_META_KEYS ", " EVENT_SQL_TRASH_KEYS
	", '_wp_old_date') ORDER BY post_id, meta_id";
enum { META_POST_ID, META_ID, META_KEY, META_VALUE };

/* The posts exist: the INSERT is only a way to update many rows at once. */
static const char update_posts_sql[] =
	"INSERT INTO {posts} (ID, post_author, post_title, post_content, post_date, post_date_gmt, "
	"post_name, "
	"post_modified, post_modified_gmt, post_status, post_type, post_excerpt, to_ping, pinged, "
	"post_content_filtered) VALUES ";
static const char update_posts_row[] =
	"(?, ?, ?, ?, ?, ?, ?, ?, ?, 'publish', 'calendar_event', '', '', '', '')";
static const char update_posts_tail[] =
	" ON DUPLICATE KEY UPDATE post_title = VALUES(post_title), post_content = "
	"VALUES(post_content), "
	"post_date = VALUES(post_date), post_date_gmt = VALUES(post_date_gmt), "
	"post_name = VALUES(post_name), post_modified = VALUES(post_modified), "
	"post_modified_gmt = VALUES(post_modified_gmt), post_status = VALUES(post_status), "
	"guid = " EVENT_SQL_SAVED_GUID;

/* A NULL id makes a new row. */
static const char write_metas_sql[] =
	"INSERT INTO {postmeta} (meta_id, post_id, meta_key, meta_value) VALUES ";
static const char write_metas_tail[] = " ON DUPLICATE KEY UPDATE meta_value = VALUES(meta_value)";

typedef struct {
	int64_t meta_id;
	char *key;
	char *value; /* or NULL */
} StoredMeta;

typedef struct {
	int64_t id;
	char *status;
	char *name;
	char *columns[EVENT_COLUMN_COUNT];
	GArray *metas; /* of StoredMeta, by meta_id */
	EventWrite *write;
	char *new_name;
} StoredPost;

typedef struct {
	int64_t meta_id; /* 0: a new row */
	int64_t post_id;
	const char *key;
	char *value;
} MetaWrite;

/* What a batch comes down to. */
typedef struct {
	GPtrArray *posts;     /* of StoredPost, borrowed: those to be written */
	GArray *meta_writes;  /* of MetaWrite */
	GArray *meta_deletes; /* of int64_t */
	GArray *comments;     /* of CommentStatus: those that come back with their posts */
} Plan;

static void stored_meta_clear(gpointer data)
{
	StoredMeta *meta = data;

	g_free(meta->key);
	g_free(meta->value);
}

static void stored_post_free(gpointer data)
{
	StoredPost *post = data;

	g_free(post->status);
	g_free(post->name);
	for (size_t i = 0; i < EVENT_COLUMN_COUNT; i++)
		g_free(post->columns[i]);
	g_array_unref(post->metas);
	g_free(post->new_name);
	g_free(post);
}

static void meta_write_clear(gpointer data)
{
	g_free(((MetaWrite *)data)->value);
}

static Plan plan_new(void)
{
	Plan plan = {
		.posts = g_ptr_array_new(),
		.meta_writes = g_array_new(FALSE, FALSE, sizeof(MetaWrite)),
		.meta_deletes = g_array_new(FALSE, FALSE, sizeof(int64_t)),
		.comments = g_array_new(FALSE, FALSE, sizeof(CommentStatus)),
	};

	g_array_set_clear_func(plan.meta_writes, meta_write_clear);
	return plan;
}

static void plan_clear(Plan *plan)
{
	g_clear_pointer(&plan->posts, g_ptr_array_unref);
	g_clear_pointer(&plan->meta_writes, g_array_unref);
	g_clear_pointer(&plan->meta_deletes, g_array_unref);
	g_clear_pointer(&plan->comments, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Plan, plan_clear)

static StoredPost *stored_post_read(const DbStatement *statement)
{
	StoredPost *post = g_new0(StoredPost, 1);

	post->id = db_column_int(statement, POST_ID);
	post->status = g_strdup(db_column_text(statement, POST_STATUS));
	post->name = g_strdup(db_column_text(statement, POST_NAME));
	post->columns[EVENT_COLUMN_TITLE] = g_strdup(db_column_text(statement, POST_TITLE));
	post->columns[EVENT_COLUMN_CONTENT] = g_strdup(db_column_text(statement, POST_CONTENT));
	post->columns[EVENT_COLUMN_DATE] = g_strdup(db_column_text(statement, POST_DATE));
	post->columns[EVENT_COLUMN_DATE_GMT] = g_strdup(db_column_text(statement, POST_DATE_GMT));
	post->metas = g_array_new(FALSE, FALSE, sizeof(StoredMeta));
	g_array_set_clear_func(post->metas, stored_meta_clear);
	return post;
}

static bool read_posts(Db *db, const GArray *ids, GHashTable *posts, GError **error)
{
	DbStatement *statement = event_sql_prepare_ids(db, read_posts_sql,
		(const int64_t *)(void *)ids->data, ids->len, ") FOR UPDATE", error);
	bool row;

	if (statement == NULL || !db_query(statement, error))
		return false;
	for (;;) {
		StoredPost *post;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		post = stored_post_read(statement);
		g_hash_table_insert(posts, &post->id, post);
	}
}

static bool read_metas(Db *db, const GArray *ids, GHashTable *posts, GError **error)
{
	DbStatement *statement = event_sql_prepare_ids(db, read_metas_sql,
		(const int64_t *)(void *)ids->data, ids->len, read_metas_tail, error);
	bool row;

	if (statement == NULL || !db_query(statement, error))
		return false;
	for (;;) {
		StoredPost *post;
		StoredMeta meta;
		int64_t id;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		id = db_column_int(statement, META_POST_ID);
		post = g_hash_table_lookup(posts, &id);
		if (post == NULL)
			continue;
		meta = (StoredMeta){
			.meta_id = db_column_int(statement, META_ID),
			.key = g_strdup(db_column_text(statement, META_KEY)),
			.value = g_strdup(db_column_text(statement, META_VALUE)),
		};
		g_array_append_val(post->metas, meta);
	}
}

static const StoredMeta *find_meta(const StoredPost *post, const char *key)
{
	for (guint i = 0; i < post->metas->len; i++) {
		const StoredMeta *meta = &g_array_index(post->metas, StoredMeta, i);

		if (g_strcmp0(meta->key, key) == 0)
			return meta;
	}
	return NULL;
}

static bool has_second_row(const StoredPost *post)
{
	bool seen[EVENT_META_COUNT] = {false};

	for (guint i = 0; i < post->metas->len; i++) {
		EventMeta meta;

		if (!event_meta_parse(g_array_index(post->metas, StoredMeta, i).key, &meta))
			continue;
		if (seen[meta])
			return true;
		seen[meta] = true;
	}
	return false;
}

static bool is_json(const char *text)
{
	g_autoptr(PhpValue) value = php_json_decode(text, strlen(text), NULL);

	return value != NULL;
}

/* The theme's own writes lose backslashes, and with them whole lists. */
static bool is_damaged(const StoredPost *post)
{
	static const EventMeta lists[] = {
		EVENT_META_ATTENDEES, EVENT_META_MATCHED_PEOPLE, EVENT_META_RAW_DATA};

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		const StoredMeta *meta = find_meta(post, event_meta_key(lists[i]));

		if (meta != NULL && meta->value != NULL && meta->value[0] != '\0' &&
			!is_json(meta->value))
			return true;
	}
	return false;
}

static bool is_current(const StoredPost *post)
{
	const char *metas[EVENT_META_COUNT];
	uint8_t hash[EVENT_HASH_BYTES];

	if (!g_str_equal(post->status, "publish") || has_second_row(post))
		return false;
	for (size_t i = 0; i < EVENT_META_COUNT; i++) {
		const StoredMeta *meta = find_meta(post, event_meta_key((EventMeta)i));

		metas[i] = meta == NULL ? NULL : meta->value;
	}
	event_row_hash((const char *const *)post->columns, metas, hash);
	return memcmp(hash, post->write->row->hash, sizeof(hash)) == 0;
}

static void plan_meta(
	Plan *plan, const StoredPost *post, int64_t meta_id, const char *key, const char *value)
{
	MetaWrite write = {
		.meta_id = meta_id,
		.post_id = post->id,
		.key = key,
		.value = g_strdup(value),
	};

	g_array_append_val(plan->meta_writes, write);
}

/* The first row of a key is the one that WordPress reads; further ones go. */
static void plan_own_meta(Plan *plan, const StoredPost *post, EventMeta meta)
{
	const char *key = event_meta_key(meta);
	const char *wanted = post->write->row->metas[meta];
	bool placed = wanted == NULL;

	for (guint i = 0; i < post->metas->len; i++) {
		const StoredMeta *stored = &g_array_index(post->metas, StoredMeta, i);

		if (g_strcmp0(stored->key, key) != 0)
			continue;
		if (placed)
			g_array_append_val(plan->meta_deletes, stored->meta_id);
		else if (g_strcmp0(stored->value, wanted) != 0)
			plan_meta(plan, post, stored->meta_id, key, wanted);
		placed = true;
	}
	if (!placed)
		plan_meta(plan, post, 0, key, wanted);
}

static bool is_trash_key(const char *key)
{
	return g_str_equal(key, "_wp_trash_meta_status") ||
	       g_str_equal(key, "_wp_trash_meta_time") || g_str_equal(key, "_wp_desired_post_slug");
}

/* wp_untrash_post(). Also after a save in the theme, which publishes a trashed post but leaves
 * these rows behind, so that the next clean-up finds them. What was remembered of comments and
 * cannot be read stays, as in WordPress. */
static void plan_untrash(Plan *plan, const StoredPost *post)
{
	for (guint i = 0; i < post->metas->len; i++) {
		const StoredMeta *stored = &g_array_index(post->metas, StoredMeta, i);

		if (g_str_equal(stored->key, EVENT_COMMENTS_KEY)
				? event_comments_read(stored->value, post->id, plan->comments)
				: is_trash_key(stored->key))
			g_array_append_val(plan->meta_deletes, stored->meta_id);
	}
}

/* wp_check_for_changed_dates(): a post that moves to another day remembers the days that it had. */
static void plan_old_date(Plan *plan, const StoredPost *post)
{
	const char *old_date = post->columns[EVENT_COLUMN_DATE];
	const char *new_date = post->write->row->columns[EVENT_COLUMN_DATE];
	g_autofree char *old_day = g_strndup(old_date, strlen("2026-01-15"));
	g_autofree char *new_day = g_strndup(new_date, strlen("2026-01-15"));
	bool known = false;

	if (g_str_equal(old_day, new_day))
		return;
	for (guint i = 0; i < post->metas->len; i++) {
		const StoredMeta *stored = &g_array_index(post->metas, StoredMeta, i);

		if (!g_str_equal(stored->key, "_wp_old_date"))
			continue;
		known = known || g_strcmp0(stored->value, old_day) == 0;
		if (g_strcmp0(stored->value, new_day) == 0)
			g_array_append_val(plan->meta_deletes, stored->meta_id);
	}
	if (!known)
		plan_meta(plan, post, 0, "_wp_old_date", old_day);
}

/* A slug that we made of the uid goes with it, so that it is free for another event of that uid. */
static char *name_kept(const EventWriteContext *context, const StoredPost *post)
{
	g_autofree char *former = NULL;

	if (post->write->former_uid != NULL)
		former = event_slug(context, post->write->former_uid);
	if (g_strcmp0(former, post->name) == 0)
		return event_slug(context, post->write->event_uid);
	return g_strdup(post->name);
}

static void plan_post(Plan *plan, const EventWriteContext *context, StoredPost *post)
{
	EventWrite *write = post->write;
	const StoredMeta *slug = find_meta(post, "_wp_desired_post_slug");
	bool was_trashed = g_str_equal(post->status, "trash");

	if (is_current(post)) {
		write->done = EVENT_UNCHANGED;
		return;
	}
	if (was_trashed)
		write->done = EVENT_RESTORED;
	else
		write->done = write->change == EVENT_ADOPTED ? EVENT_ADOPTED : EVENT_CHANGED;
	write->was_damaged = is_damaged(post);
	if (was_trashed && slug != NULL && slug->value != NULL && slug->value[0] != '\0')
		post->new_name = g_strdup(slug->value);
	else if (was_trashed && g_str_has_suffix(post->name, "__trashed"))
		post->new_name = event_slug(context, write->event_uid);
	else
		post->new_name = name_kept(context, post);
	for (size_t meta = 0; meta < EVENT_META_COUNT; meta++)
		plan_own_meta(plan, post, (EventMeta)meta);
	plan_untrash(plan, post);
	plan_old_date(plan, post);
	g_ptr_array_add(plan->posts, post);
}

static void rename_to_own_slug(const EventWriteContext *context, StoredPost *post)
{
	g_free(post->new_name);
	post->new_name = event_slug(context, post->write->event_uid);
}

/* A restored event whose old slug someone else took meanwhile gets the slug of its uid. */
static bool free_slugs(Db *db, const EventWriteContext *context, const Plan *plan, GError **error)
{
	g_autoptr(GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *sql = NULL;
	DbStatement *statement;
	GHashTableIter iter;
	gpointer name;
	bool row;

	for (guint i = 0; i < plan->posts->len; i++) {
		StoredPost *post = plan->posts->pdata[i];

		if (g_str_equal(post->new_name, post->name))
			continue;
		if (g_hash_table_contains(wanted, post->new_name))
			rename_to_own_slug(context, post);
		g_hash_table_insert(wanted, post->new_name, post);
	}
	if (g_hash_table_size(wanted) == 0)
		return true;
	sql = db_repeat_sql("SELECT ID, post_name FROM {posts} WHERE post_type = 'calendar_event' "
			    "AND post_name IN (",
		"?", g_hash_table_size(wanted), ")");
	statement = db_prepare(db, sql, error);
	if (statement == NULL)
		return false;
	g_hash_table_iter_init(&iter, wanted);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		db_bind_text(statement, name);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		StoredPost *post;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		post = g_hash_table_lookup(wanted, db_column_text(statement, 1));
		if (post == NULL || post->id == db_column_int(statement, 0))
			continue;
		g_hash_table_remove(wanted, post->new_name);
		rename_to_own_slug(context, post);
	}
}

static bool write_posts(Db *db, const EventWriteContext *context, const Plan *plan, GError **error)
{
	g_autofree char *sql = db_repeat_sql(
		update_posts_sql, update_posts_row, plan->posts->len, update_posts_tail);
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (guint i = 0; i < plan->posts->len; i++) {
		const StoredPost *post = plan->posts->pdata[i];
		char *const *columns = post->write->row->columns;

		db_bind_int(statement, post->id);
		db_bind_int(statement, context->options->user_id);
		db_bind_text(statement, columns[EVENT_COLUMN_TITLE]);
		db_bind_text(statement, columns[EVENT_COLUMN_CONTENT]);
		db_bind_text(statement, columns[EVENT_COLUMN_DATE]);
		db_bind_text(statement, columns[EVENT_COLUMN_DATE_GMT]);
		db_bind_text(statement, post->new_name);
		db_bind_text(statement, context->now);
		db_bind_text(statement, context->now_gmt);
	}
	return db_run(statement, NULL, error);
}

static bool write_metas(Db *db, const GArray *writes, GError **error)
{
	g_autofree char *sql =
		db_repeat_sql(write_metas_sql, "(?, ?, ?, ?)", writes->len, write_metas_tail);
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (guint i = 0; i < writes->len; i++) {
		const MetaWrite *write = &g_array_index(writes, MetaWrite, i);

		if (write->meta_id == 0)
			db_bind_text(statement, NULL);
		else
			db_bind_int(statement, write->meta_id);
		db_bind_int(statement, write->post_id);
		db_bind_text(statement, write->key);
		db_bind_text(statement, write->value);
	}
	return db_run(statement, NULL, error);
}

static bool run_plan(Db *db, const EventWriteContext *context, const Plan *plan, GError **error)
{
	if (plan->posts->len == 0)
		return true;
	if (!free_slugs(db, context, plan, error) || !write_posts(db, context, plan, error))
		return false;
	if (plan->meta_writes->len > 0 && !write_metas(db, plan->meta_writes, error))
		return false;
	if (plan->comments->len > 0 && !event_comments_restore(db, plan->comments, error))
		return false;
	return plan->meta_deletes->len == 0 ||
	       event_sql_run_ids(db, "DELETE FROM {postmeta} WHERE meta_id IN (",
		       (const int64_t *)(void *)plan->meta_deletes->data, plan->meta_deletes->len,
		       ")", error);
}

bool event_update(Db *db, const EventWriteContext *context, GPtrArray *writes, GPtrArray *missing,
	GError **error)
{
	g_autoptr(GHashTable) posts =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, stored_post_free);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_auto(Plan) plan = plan_new();

	for (guint i = 0; i < writes->len; i++)
		g_array_append_val(ids, ((EventWrite *)writes->pdata[i])->done_id);
	if (!read_posts(db, ids, posts, error) || !read_metas(db, ids, posts, error))
		return false;
	for (guint i = 0; i < writes->len; i++) {
		EventWrite *write = writes->pdata[i];
		StoredPost *post = g_hash_table_lookup(posts, &write->done_id);

		if (post == NULL) {
			g_ptr_array_add(missing, write);
			continue;
		}
		post->write = write;
		plan_post(&plan, context, post);
	}
	return run_plan(db, context, &plan, error);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves foreign metas from posts that go to those in which their meetings go on. */
#include "wp/event_notes.h"

#include <string.h>

#include "cache/object_cache.h"
#include "wp/event_sql.h"

#define NOTES_KEY "_meeting_notes"

/* So many rows at most in one statement. */
enum { CHUNK_MAX = 1000 };

/* Longer values are neither compared nor joined, but added. */
#define VALUE_BYTES_MAX "65536"

/* Keys are compared by their bytes, as PHP does. The first are ours; then what WordPress remembers
 * of a post itself: where it was, and who edits it. */
static const char read_keys_sql[] =
	"SELECT post_id, meta_id, meta_key FROM {postmeta} WHERE CAST(meta_key AS BINARY) NOT IN "
	"(" EVENT_SQL_META_KEYS ", '_logged_as_activity', " EVENT_SQL_TRASH_KEYS
	", '_wp_old_date', '_wp_old_slug', '_edit_lock', '_edit_last') AND post_id IN (";
enum { KEY_POST_ID, KEY_META_ID, KEY_NAME };

static const char read_values_sql[] =
	"SELECT meta_id, IF(LENGTH(meta_value) <= " VALUE_BYTES_MAX ", meta_value, NULL) "
	"FROM {postmeta} WHERE meta_id IN (";

static const char join_sql[] = "UPDATE {postmeta} SET meta_value = ? WHERE meta_id = ?";

/* One meta row. */
typedef struct {
	int64_t meta_id;
	int64_t post_id; /* after the move */
	char *name;      /* unique for each successor and key */
	char *key;
	char *value; /* NULL: not read, or too long */
} Note;

/* What the moves come down to. */
typedef struct {
	GPtrArray *notes;      /* of Note: all that there are, by meta_id; owns them */
	GHashTable *by_id;     /* meta id -> Note */
	GHashTable *by_post;   /* post id -> GPtrArray of Note, by meta_id */
	GPtrArray *moved;      /* of Note */
	GPtrArray *added;      /* of Note: to be copied to their post_id */
	GHashTable *rewritten; /* of Note: their values changed */
} Plan;

static void note_free(gpointer data)
{
	Note *note = data;

	g_free(note->name);
	g_free(note->key);
	g_free(note->value);
	g_free(note);
}

static void notes_unref(gpointer notes)
{
	g_ptr_array_unref(notes);
}

static Plan plan_new(void)
{
	return (Plan){
		.notes = g_ptr_array_new_with_free_func(note_free),
		.by_id = g_hash_table_new(g_int64_hash, g_int64_equal),
		.by_post = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, notes_unref),
		.moved = g_ptr_array_new(),
		.added = g_ptr_array_new(),
		.rewritten = g_hash_table_new(NULL, NULL),
	};
}

static void plan_clear(Plan *plan)
{
	g_clear_pointer(&plan->rewritten, g_hash_table_unref);
	g_clear_pointer(&plan->added, g_ptr_array_unref);
	g_clear_pointer(&plan->moved, g_ptr_array_unref);
	g_clear_pointer(&plan->by_post, g_hash_table_unref);
	g_clear_pointer(&plan->by_id, g_hash_table_unref);
	g_clear_pointer(&plan->notes, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Plan, plan_clear)

/* Made when it is new; borrowed. */
static GPtrArray *notes_of(const Plan *plan, int64_t post_id)
{
	GPtrArray *notes = g_hash_table_lookup(plan->by_post, &post_id);

	if (notes == NULL) {
		notes = g_ptr_array_new();
		g_hash_table_insert(plan->by_post, g_memdup2(&post_id, sizeof(post_id)), notes);
	}
	return notes;
}

/* Reads the rows of the posts in `successors` (post id -> id of the one that stays). */
static bool read_keys(
	Db *db, Plan *plan, const GArray *posts, GHashTable *successors, GError **error)
{
	DbStatement *statement = event_sql_prepare_ids(db, read_keys_sql,
		(const int64_t *)(void *)posts->data, posts->len, ") ORDER BY meta_id", error);
	bool row;

	if (statement == NULL || !db_query(statement, error))
		return false;
	for (;;) {
		const int64_t *successor;
		Note *note;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		note = g_new0(Note, 1);
		note->post_id = db_column_int(statement, KEY_POST_ID);
		note->meta_id = db_column_int(statement, KEY_META_ID);
		note->key = g_strdup(db_column_text(statement, KEY_NAME));
		successor = g_hash_table_lookup(successors, &note->post_id);
		note->name = g_strdup_printf("%" G_GINT64_FORMAT "/%s", *successor, note->key);
		g_ptr_array_add(plan->notes, note);
		g_hash_table_insert(plan->by_id, &note->meta_id, note);
		g_ptr_array_add(notes_of(plan, note->post_id), note);
	}
}

static Note *find_key(const GPtrArray *notes, const char *key)
{
	for (guint i = 0; i < notes->len; i++) {
		Note *note = notes->pdata[i];

		if (g_str_equal(note->key, key))
			return note;
	}
	return NULL;
}

/* The rows whose values decide: those of keys that a successor would get from more than one post.
 */
static GArray *contested_ids(const Plan *plan)
{
	g_autoptr(GHashTable) firsts = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) contested = g_hash_table_new(g_str_hash, g_str_equal);
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (guint i = 0; i < plan->notes->len; i++) {
		Note *note = plan->notes->pdata[i];
		const Note *first = g_hash_table_lookup(firsts, note->name);

		if (first == NULL)
			g_hash_table_insert(firsts, note->name, note);
		else if (first->post_id != note->post_id)
			g_hash_table_add(contested, note->name);
	}
	for (guint i = 0; i < plan->notes->len; i++) {
		const Note *note = plan->notes->pdata[i];

		if (g_hash_table_contains(contested, note->name))
			g_array_append_val(ids, note->meta_id);
	}
	return ids;
}

/* Locked: somebody may be typing. */
static bool read_values(Db *db, const Plan *plan, const int64_t *ids, size_t count, GError **error)
{
	DbStatement *statement =
		event_sql_prepare_ids(db, read_values_sql, ids, count, ") FOR UPDATE", error);
	bool row;

	if (statement == NULL || !db_query(statement, error))
		return false;
	for (;;) {
		int64_t id;
		Note *note;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		id = db_column_int(statement, 0);
		note = g_hash_table_lookup(plan->by_id, &id);
		if (note != NULL)
			note->value = g_strdup(db_column_text(statement, 1));
	}
}

static bool read_contested(Db *db, const Plan *plan, GError **error)
{
	g_autoptr(GArray) ids = contested_ids(plan);

	for (guint first = 0; first < ids->len; first += CHUNK_MAX) {
		if (!read_values(db, plan, &g_array_index(ids, int64_t, first),
			    MIN(CHUNK_MAX, ids->len - first), error))
			return false;
	}
	return true;
}

static bool is_said(const GPtrArray *notes, const Note *note)
{
	for (guint i = 0; note->value != NULL && i < notes->len; i++) {
		const Note *other = notes->pdata[i];

		if (g_str_equal(other->key, note->key) && g_strcmp0(other->value, note->value) == 0)
			return true;
	}
	return false;
}

/* Appends what was typed to what stands there, unless the one holds the other. False when they
 * cannot stand in one row. */
static bool join(Plan *plan, Note *own, const Note *other)
{
	char *joined;

	if (!g_str_equal(own->key, NOTES_KEY) || own->value == NULL || other->value == NULL)
		return false;
	if (strstr(own->value, other->value) != NULL)
		return true;
	joined = strstr(other->value, own->value) != NULL
			 ? g_strdup(other->value)
			 : g_strconcat(own->value, "\n\n", other->value, NULL);
	g_free(own->value);
	own->value = joined;
	g_hash_table_add(plan->rewritten, own);
	return true;
}

/* `had` is what the successor had before this heir's notes came. */
static void hand_over(Plan *plan, Note *note, int64_t successor_id, guint had)
{
	GPtrArray *notes = notes_of(plan, successor_id);
	g_autoptr(GPtrArray) own = g_ptr_array_new();
	Note *first;

	for (guint i = 0; i < had; i++)
		g_ptr_array_add(own, notes->pdata[i]);
	first = find_key(own, note->key);
	if (first != NULL && (is_said(own, note) || join(plan, first, note)))
		return;
	note->post_id = successor_id;
	g_ptr_array_add(first == NULL ? plan->moved : plan->added, note);
	g_ptr_array_add(notes, note);
}

static void plan_heir(Plan *plan, const EventHeir *heir)
{
	GPtrArray *notes = notes_of(plan, heir->post_id);
	guint had = notes_of(plan, heir->successor_id)->len;

	for (guint i = 0; i < notes->len; i++)
		hand_over(plan, notes->pdata[i], heir->successor_id, had);
}

/* Runs a statement that has the ids of notes, their posts, and the ids once more, between these
 * four texts. */
static bool run_notes(Db *db, const char *const texts[4], const GPtrArray *notes, GError **error)
{
	for (guint first = 0; first < notes->len; first += CHUNK_MAX) {
		guint count = MIN(CHUNK_MAX, notes->len - first);
		const Note *const *some = (const Note *const *)notes->pdata + first;
		g_autofree char *ids = db_repeat_sql(texts[0], "?", count, texts[1]);
		g_autofree char *posts = db_repeat_sql(ids, "?", count, texts[2]);
		g_autofree char *sql = db_repeat_sql(posts, "?", count, texts[3]);
		DbStatement *statement = db_prepare(db, sql, error);

		if (statement == NULL)
			return false;
		for (guint i = 0; i < count; i++)
			db_bind_int(statement, some[i]->meta_id);
		for (guint i = 0; i < count; i++)
			db_bind_int(statement, some[i]->post_id);
		for (guint i = 0; i < count; i++)
			db_bind_int(statement, some[i]->meta_id);
		if (!db_run(statement, NULL, error))
			return false;
	}
	return true;
}

static const char *const move_sql[4] = {
	"UPDATE {postmeta} SET post_id = CAST(ELT(FIELD(meta_id, ",
	"), ",
	") AS UNSIGNED) WHERE meta_id IN (",
	")",
};

/* As new rows, behind the successor's own. */
static const char *const add_sql[4] = {
	("INSERT INTO {postmeta} (post_id, meta_key, meta_value) "
	 "SELECT CAST(ELT(FIELD(m.meta_id, "),
	"), ",
	") AS UNSIGNED), m.meta_key, m.meta_value FROM {postmeta} m WHERE m.meta_id IN (",
	") ORDER BY m.meta_id",
};

static bool join_notes(Db *db, GHashTable *rewritten, GError **error)
{
	GHashTableIter iter;
	gpointer note;

	g_hash_table_iter_init(&iter, rewritten);
	while (g_hash_table_iter_next(&iter, &note, NULL)) {
		DbStatement *statement = db_prepare(db, join_sql, error);

		if (statement == NULL)
			return false;
		db_bind_text(statement, ((const Note *)note)->value);
		db_bind_int(statement, ((const Note *)note)->meta_id);
		if (!db_run(statement, NULL, error))
			return false;
	}
	return true;
}

static bool run_plan(Db *db, const Plan *plan, GError **error)
{
	return run_notes(db, move_sql, plan->moved, error) &&
	       run_notes(db, add_sql, plan->added, error) && join_notes(db, plan->rewritten, error);
}

bool event_notes_move(Db *db, const EventHeir *heirs, size_t count, GError **error)
{
	g_auto(Plan) plan = plan_new();
	g_autoptr(GArray) posts = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GHashTable) successors = g_hash_table_new(g_int64_hash, g_int64_equal);

	for (size_t i = 0; i < count; i++) {
		g_array_append_val(posts, heirs[i].post_id);
		g_array_append_val(posts, heirs[i].successor_id);
		g_hash_table_insert(
			successors, (gpointer)&heirs[i].post_id, (gpointer)&heirs[i].successor_id);
		g_hash_table_insert(successors, (gpointer)&heirs[i].successor_id,
			(gpointer)&heirs[i].successor_id);
	}
	if (!read_keys(db, &plan, posts, successors, error) || !read_contested(db, &plan, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		plan_heir(&plan, &heirs[i]);
		object_cache_note_post_meta(db, heirs[i].successor_id);
	}
	return run_plan(db, &plan, error);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing activities: one comment a person, the events' flags and the persons' counts, all or
 * nothing. */
#include "wp/activities.h"

#include <string.h>

#include "cache/object_cache.h"
#include "site/column_text.h"
#include "text/esc.h"
#include "wp/activity_claims.h"
#include "wp/activity_history.h"
#include "wp/activity_rows.h"
#include "wp/comment_count.h"
#include "wp/event_sql.h"

/* comment_content is a text. */
enum { CONTENT_BYTES_MAX = 65535 };

/* Others would have to be quicker each time. */
enum { CLAIM_ATTEMPTS = 5 };

/* The locks make two programs that log the same meeting wait for each other, on one server: nodes
 * of a cluster do not share them, and there keys collide (activity_claims_hold()). */
static const char people_sql[] =
	"SELECT ID, post_author, post_title FROM {posts} WHERE post_type = 'person' "
	"AND post_status = 'publish' AND ID IN (";
enum { COLUMN_PERSON_ID, COLUMN_USER_ID, COLUMN_PERSON_NAME };

static const char flags_sql[] = "SELECT post_id, meta_value FROM {postmeta} WHERE "
				"meta_key = '_logged_as_activity' AND post_id IN (";
enum { COLUMN_EVENT_ID, COLUMN_FLAG };

/* The events of one transaction. */
typedef struct {
	const WpSite *site;
	bool dry_run;
	GPtrArray *meetings;   /* of ActivityMeeting */
	GHashTable *by_event;  /* post id -> ActivityMeeting */
	GHashTable *by_person; /* person id -> GPtrArray of ActivityMeeting, in order */
	GHashTable *names;     /* person id -> name */
} Batch;

static void append_value(GString *content, const PastEvent *event, const char *name)
{
	g_autofree char *value = NULL;

	if (g_str_equal(name, "title"))
		value = column_text_apply(esc_html, event->title);
	else if (g_str_equal(name, "location"))
		value = column_text_apply(esc_html, event->location);
	else if (g_str_equal(name, "meeting_url"))
		value = column_text_apply(esc_url, event->meeting_url);
	else
		value = g_strdup_printf("{%s}", name);
	g_string_append(content, value);
}

char *activity_content(const PastEvent *event, const char *content, const WpSite *site)
{
	g_autoptr(GString) filled = g_string_new(NULL);

	while (*content != '\0') {
		const char *end = *content == '{' ? strchr(content, '}') : NULL;

		if (end == NULL) {
			g_string_append_c(filled, *content++);
		} else {
			g_autofree char *name = g_strndup(content + 1, (gsize)(end - content) - 1);

			append_value(filled, event, name);
			content = end + 1;
		}
	}
	return column_text(filled->str, CONTENT_BYTES_MAX, site);
}

static GHashTable *id_set_new(void)
{
	return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static void id_set_add(GHashTable *set, int64_t id)
{
	g_hash_table_add(set, g_memdup2(&id, sizeof(id)));
}

static const int64_t *ids_of(const GArray *ids)
{
	return (const int64_t *)(const void *)ids->data;
}

static void meeting_free(gpointer data)
{
	ActivityMeeting *meeting = data;

	g_free(meeting->content);
	g_array_unref(meeting->people);
	g_hash_table_unref(meeting->had);
	g_array_unref(meeting->to_log);
	g_array_unref(meeting->comment_ids);
	g_free(meeting);
}

static void meeting_forget(ActivityMeeting *meeting)
{
	meeting->is_logged = false;
	meeting->has_flag = false;
	g_array_set_size(meeting->people, 0);
	g_hash_table_remove_all(meeting->had);
	g_array_set_size(meeting->to_log, 0);
	g_array_set_size(meeting->comment_ids, 0);
}

static void unref_array(gpointer array)
{
	g_ptr_array_unref(array);
}

static void batch_clear(Batch *batch)
{
	g_clear_pointer(&batch->meetings, g_ptr_array_unref);
	g_clear_pointer(&batch->by_event, g_hash_table_unref);
	g_clear_pointer(&batch->by_person, g_hash_table_unref);
	g_clear_pointer(&batch->names, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Batch, batch_clear)

static void batch_add(Batch *batch, ActivityRequest *request, const char *content)
{
	ActivityMeeting *meeting = g_new0(ActivityMeeting, 1);

	meeting->request = request;
	meeting->content = activity_content(request->event, content, batch->site);
	meeting->keys = activity_keys(request->event);
	meeting->place = batch->meetings->len;
	meeting->people = g_array_new(FALSE, FALSE, sizeof(int64_t));
	meeting->had = id_set_new();
	meeting->to_log = g_array_new(FALSE, FALSE, sizeof(int64_t));
	meeting->comment_ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_ptr_array_add(batch->meetings, meeting);
	g_hash_table_insert(batch->by_event,
		g_memdup2(&request->event->post_id, sizeof(request->event->post_id)), meeting);
}

/* The first row counts, as get_post_meta() reads it. */
static bool read_flags(Db *db, Batch *batch, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	DbStatement *statement;
	bool row;

	for (guint i = 0; i < batch->meetings->len; i++) {
		const ActivityMeeting *meeting = batch->meetings->pdata[i];

		g_array_append_val(ids, meeting->request->event->post_id);
	}
	statement = event_sql_prepare_ids(
		db, flags_sql, ids_of(ids), ids->len, ") ORDER BY meta_id", error);
	if (statement == NULL || !db_query(statement, error))
		return false;
	for (;;) {
		ActivityMeeting *meeting;
		const char *value;
		int64_t id;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		id = db_column_int(statement, COLUMN_EVENT_ID);
		meeting = g_hash_table_lookup(batch->by_event, &id);
		if (meeting == NULL || meeting->has_flag)
			continue;
		value = db_column_text(statement, COLUMN_FLAG);
		meeting->has_flag = true;
		meeting->is_logged =
			value != NULL && !g_str_equal(value, "") && !g_str_equal(value, "0");
	}
}

/* Everyone named by some request, each once. Caller unrefs. */
static GArray *all_person_ids(const Batch *batch)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GHashTable) seen = id_set_new();

	for (guint i = 0; i < batch->meetings->len; i++) {
		const ActivityMeeting *meeting = batch->meetings->pdata[i];
		const GArray *person_ids = meeting->request->person_ids;

		for (guint j = 0; j < person_ids->len; j++) {
			int64_t id = g_array_index(person_ids, int64_t, j);

			if (g_hash_table_contains(seen, &id))
				continue;
			id_set_add(seen, id);
			g_array_append_val(ids, id);
		}
	}
	return ids;
}

/* Fills `owners`, person id -> user id, and the names. */
static bool lock_people(Db *db, const Batch *batch, GHashTable *owners, GError **error)
{
	g_autoptr(GArray) ids = all_person_ids(batch);
	DbStatement *statement;
	bool row;

	if (ids->len == 0)
		return true;
	statement = event_sql_prepare_ids(db, people_sql, ids_of(ids), ids->len,
		batch->dry_run ? ") ORDER BY ID" : ") ORDER BY ID FOR UPDATE", error);
	if (statement == NULL || !db_query(statement, error))
		return false;
	for (;;) {
		int64_t person_id;
		int64_t user_id;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		person_id = db_column_int(statement, COLUMN_PERSON_ID);
		user_id = db_column_int(statement, COLUMN_USER_ID);
		g_hash_table_insert(owners, g_memdup2(&person_id, sizeof(person_id)),
			g_memdup2(&user_id, sizeof(user_id)));
		g_hash_table_insert(batch->names, g_memdup2(&person_id, sizeof(person_id)),
			g_strdup(db_column_text(statement, COLUMN_PERSON_NAME)));
	}
}

static void index_person(Batch *batch, int64_t person_id, ActivityMeeting *meeting)
{
	GPtrArray *meetings = g_hash_table_lookup(batch->by_person, &person_id);

	if (meetings == NULL) {
		meetings = g_ptr_array_new();
		g_hash_table_insert(
			batch->by_person, g_memdup2(&person_id, sizeof(person_id)), meetings);
	}
	g_ptr_array_add(meetings, meeting);
}

/* Each once, and only those whom the user still has. */
static void take_people(Batch *batch, ActivityMeeting *meeting, GHashTable *owners)
{
	const ActivityRequest *request = meeting->request;
	g_autoptr(GHashTable) seen = id_set_new();

	for (guint i = 0; i < request->person_ids->len; i++) {
		int64_t id = g_array_index(request->person_ids, int64_t, i);
		const int64_t *owner = g_hash_table_lookup(owners, &id);

		if (owner == NULL || *owner != request->event->user_id ||
			g_hash_table_contains(seen, &id))
			continue;
		id_set_add(seen, id);
		g_array_append_val(meeting->people, id);
		if (!meeting->is_logged)
			index_person(batch, id, meeting);
	}
}

/* The person gets an activity of this meeting: later ones of the batch may be copies of it. */
static void settle(const Batch *batch, const ActivityMeeting *meeting, int64_t person_id)
{
	const GPtrArray *meetings = g_hash_table_lookup(batch->by_person, &person_id);

	g_array_append_val(meeting->to_log, person_id);
	for (guint i = 0; i < meetings->len; i++) {
		const ActivityMeeting *later = meetings->pdata[i];

		if (later->place > meeting->place &&
			!g_hash_table_contains(later->had, &person_id) &&
			(activity_keys_meet(&meeting->keys, &later->keys) ||
				activity_history_repeats(meeting->request->event, meeting->content,
					later->request->event)))
			id_set_add(later->had, person_id);
	}
}

/* A dry run makes no tables. */
static bool find_claims(Db *db, const Batch *batch, GError **error)
{
	g_autoptr(GError) failure = NULL;

	if (activity_claims_find(db, batch->meetings, &failure))
		return true;
	if (batch->dry_run && (g_error_matches(failure, DB_ERROR, DB_ERROR_SCHEMA) ||
				      g_error_matches(failure, DB_ERROR, DB_ERROR_ACCESS)))
		return true;
	g_propagate_error(error, g_steal_pointer(&failure));
	return false;
}

static bool choose_people(Db *db, Batch *batch, GError **error)
{
	g_autoptr(GHashTable) owners =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);

	g_hash_table_remove_all(batch->by_person);
	for (guint i = 0; i < batch->meetings->len; i++)
		meeting_forget(batch->meetings->pdata[i]);
	if (!lock_people(db, batch, owners, error))
		return false;
	if (!batch->dry_run && !activity_claims_hold(db, batch->meetings, error))
		return false;
	if (!read_flags(db, batch, error))
		return false;
	for (guint i = 0; i < batch->meetings->len; i++)
		take_people(batch, batch->meetings->pdata[i], owners);
	if (!find_claims(db, batch, error) ||
		!activity_history_find(db, batch->site, batch->by_person, error))
		return false;
	for (guint i = 0; i < batch->meetings->len; i++) {
		const ActivityMeeting *meeting = batch->meetings->pdata[i];

		for (guint j = 0; j < meeting->people->len && !meeting->is_logged; j++) {
			int64_t id = g_array_index(meeting->people, int64_t, j);

			if (!g_hash_table_contains(meeting->had, &id))
				settle(batch, meeting, id);
		}
	}
	return true;
}

static bool insert_flags(Db *db, const GArray *event_ids, GError **error)
{
	g_autofree char *sql =
		db_repeat_sql("INSERT INTO {postmeta} (post_id, meta_key, meta_value) VALUES ",
			"(?, '_logged_as_activity', '1')", event_ids->len, "");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (guint i = 0; i < event_ids->len; i++)
		db_bind_int(statement, g_array_index(event_ids, int64_t, i));
	return db_run(statement, NULL, error);
}

/* update_post_meta(): all rows of the key, or a new one. */
static bool set_flags(Db *db, const Batch *batch, GError **error)
{
	g_autoptr(GArray) fresh = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) present = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (guint i = 0; i < batch->meetings->len; i++) {
		const ActivityMeeting *meeting = batch->meetings->pdata[i];

		if (!meeting->is_logged && meeting->people->len > 0)
			g_array_append_val(meeting->has_flag ? present : fresh,
				meeting->request->event->post_id);
	}
	if (present->len > 0 && !event_sql_run_ids(db,
					"UPDATE {postmeta} SET meta_value = '1' WHERE "
					"meta_key = '_logged_as_activity' AND post_id IN (",
					ids_of(present), present->len, ")", error))
		return false;
	return fresh->len == 0 || insert_flags(db, fresh, error);
}

static bool recount(Db *db, const Batch *batch, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (guint i = 0; i < batch->meetings->len; i++) {
		const ActivityMeeting *meeting = batch->meetings->pdata[i];

		g_array_append_vals(ids, meeting->to_log->data, meeting->to_log->len);
	}
	return comment_count_update(db, ids_of(ids), ids->len, error);
}

static void note_logged(Db *db, const Batch *batch)
{
	for (guint i = 0; i < batch->meetings->len; i++) {
		const ActivityMeeting *meeting = batch->meetings->pdata[i];

		object_cache_note_post_meta(db, meeting->request->event->post_id);
		for (guint j = 0; j < meeting->to_log->len; j++)
			object_cache_note_comments(db, g_array_index(meeting->to_log, int64_t, j));
	}
}

static bool log_in_transaction(Db *db, void *data, GError **error)
{
	Batch *batch = data;

	if (!choose_people(db, batch, error))
		return false;
	if (!batch->dry_run)
		note_logged(db, batch);
	return batch->dry_run || (activity_rows_insert(db, batch->site, batch->meetings, error) &&
					 activity_claims_insert(db, batch->meetings, error) &&
					 set_flags(db, batch, error) && recount(db, batch, error) &&
					 activity_claims_release(db, batch->meetings, error));
}

/* Again when another process claimed one of the meetings at the same time: its claim is then there
 * to be seen. */
static bool log_batch(Db *db, Batch *batch, GError **error)
{
	for (unsigned attempt = 1;; attempt++) {
		g_autoptr(GError) failure = NULL;

		if (db_transaction(db, log_in_transaction, batch, &failure))
			return true;
		if (attempt == CLAIM_ATTEMPTS ||
			!g_error_matches(failure, DB_ERROR, DB_ERROR_DUPLICATE)) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return false;
		}
	}
}

void activity_request_clear(ActivityRequest *request)
{
	g_clear_pointer(&request->logged, g_array_unref);
	g_clear_pointer(&request->names, g_hash_table_unref);
}

bool activities_log(Db *db, const WpSite *site, const GPtrArray *requests, const char *content,
	bool dry_run, GError **error)
{
	g_auto(Batch) batch = {
		.site = site,
		.dry_run = dry_run,
		.meetings = g_ptr_array_new_with_free_func(meeting_free),
		.by_event = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
		.by_person =
			g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, unref_array),
		.names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free),
	};

	for (guint i = 0; i < requests->len; i++)
		batch_add(&batch, requests->pdata[i], content);
	if (batch.meetings->len > 0 &&
		!(dry_run ? log_in_transaction(db, &batch, error) : log_batch(db, &batch, error)))
		return false;
	for (guint i = 0; i < batch.meetings->len; i++) {
		const ActivityMeeting *meeting = batch.meetings->pdata[i];

		meeting->request->logged = g_array_ref(meeting->to_log);
		meeting->request->names = g_hash_table_ref(batch.names);
	}
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the events whose matches differ, then writes them, batch by batch, from rows that it holds
 * locked. */
#include "wp/event_rematch.h"

#include <string.h>

#include "cache/object_cache.h"
#include "wp/event_load.h"
#include "wp/event_row.h"
#include "wp/event_sql.h"
#include "wp/stored_people.h"

enum { BATCH_EVENTS = 100 };

/* A NULL id makes a new row. */
static const char write_metas_sql[] =
	"INSERT INTO {postmeta} (meta_id, post_id, meta_key, meta_value) VALUES ";
static const char write_metas_tail[] = " ON DUPLICATE KEY UPDATE meta_value = VALUES(meta_value)";

/* A row that was not as we wrote it stays one that the next listing reads again. */
static const char known_sql[] =
	"UPDATE {prm_calendar_events} SET waits = 1, content_hash = ELT(FIELD(post_id, %s), %s) "
	"WHERE post_id IN (%s) AND content_hash = ELT(FIELD(post_id, %s), %s)";

typedef struct {
	int64_t post_id;
	int64_t meta_id; /* 0: no such row yet */
	char *matched;
	uint8_t old_hash[EVENT_HASH_BYTES];
	uint8_t new_hash[EVENT_HASH_BYTES];
	char *connection_id;
	char *event_uid;
	char *title;
	char *start;
} Change;

typedef struct {
	Db *db;
	const WpSite *site;
	const EventRematchOptions *options;
	EventRematchCounts *counts;
	GArray *ids; /* of all events that differ */
	guint first; /* of the batch in hand */
	guint count;
	GPtrArray *changes; /* of Change: what the batch comes down to */
} Run;

static void change_free(gpointer data)
{
	Change *change = data;

	g_free(change->matched);
	g_free(change->connection_id);
	g_free(change->event_uid);
	g_free(change->title);
	g_free(change->start);
	g_free(change);
}

static void run_clear(Run *run)
{
	g_clear_pointer(&run->ids, g_array_unref);
	g_clear_pointer(&run->changes, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

/* The event's new `_matched_people`, or NULL when it has them already. Caller frees. */
static char *new_matches(const Run *run, const LoadedEvent *loaded)
{
	g_autoptr(Event) event = NULL;
	g_autoptr(GPtrArray) matches = NULL;
	g_autofree char *matched = NULL;

	if (!stored_people_may_be_cut(loaded->metas))
		event = stored_people_read(loaded->metas);
	if (event == NULL)
		return NULL;
	matches = contact_index_match(run->options->contacts, event, run->options->match_names);
	matched = event_row_matched_people(matches, run->site);
	if (g_strcmp0(matched, loaded->metas[EVENT_META_MATCHED_PEOPLE]) == 0)
		return NULL;
	return g_steal_pointer(&matched);
}

static void find_one(const LoadedEvent *loaded, void *data)
{
	Run *run = data;
	g_autofree char *matched = new_matches(run, loaded);

	run->counts->seen++;
	if (matched != NULL)
		g_array_append_val(run->ids, loaded->post_id);
}

static void plan_one(const LoadedEvent *loaded, void *data)
{
	Run *run = data;
	const char *metas[EVENT_META_COUNT];
	char *matched = new_matches(run, loaded);
	Change *change;

	if (matched == NULL)
		return;
	change = g_new0(Change, 1);
	change->post_id = loaded->post_id;
	change->meta_id = loaded->meta_ids[EVENT_META_MATCHED_PEOPLE];
	change->matched = matched;
	change->connection_id = g_strdup(loaded->metas[EVENT_META_CONNECTION_ID]);
	change->event_uid = g_strdup(loaded->metas[EVENT_META_EVENT_UID]);
	change->title = g_strdup(loaded->columns[EVENT_COLUMN_TITLE]);
	change->start = g_strdup(loaded->metas[EVENT_META_START_TIME]);
	memcpy(metas, loaded->metas, sizeof(metas));
	event_row_hash(loaded->columns, metas, change->old_hash);
	metas[EVENT_META_MATCHED_PEOPLE] = matched;
	event_row_hash(loaded->columns, metas, change->new_hash);
	g_ptr_array_add(run->changes, change);
}

static const Change *change_at(const Run *run, guint index)
{
	return g_ptr_array_index(run->changes, index);
}

static bool write_metas(const Run *run, GError **error)
{
	g_autofree char *sql =
		db_repeat_sql(write_metas_sql, "(?, ?, ?, ?)", run->changes->len, write_metas_tail);
	DbStatement *statement = db_prepare(run->db, sql, error);

	if (statement == NULL)
		return false;
	for (guint i = 0; i < run->changes->len; i++) {
		const Change *change = change_at(run, i);

		if (change->meta_id == 0)
			db_bind_text(statement, NULL);
		else
			db_bind_int(statement, change->meta_id);
		db_bind_int(statement, change->post_id);
		db_bind_text(statement, event_meta_key(EVENT_META_MATCHED_PEOPLE));
		db_bind_text(statement, change->matched);
	}
	return db_run(statement, NULL, error);
}

static bool write_posts(const Run *run, GError **error)
{
	g_autofree char *now = site_zone_format(run->site->zone, run->options->now_utc);
	g_autofree char *now_gmt = site_zone_format_utc(run->options->now_utc);
	g_autofree char *sql =
		db_repeat_sql("UPDATE {posts} SET post_modified = ?, post_modified_gmt = ?, "
			      "guid = " EVENT_SQL_SAVED_GUID " WHERE ID IN (",
			"?", run->changes->len, ")");
	DbStatement *statement = db_prepare(run->db, sql, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, now);
	db_bind_text(statement, now_gmt);
	for (guint i = 0; i < run->changes->len; i++)
		db_bind_int(statement, change_at(run, i)->post_id);
	return db_run(statement, NULL, error);
}

static void bind_ids(const Run *run, DbStatement *statement)
{
	for (guint i = 0; i < run->changes->len; i++)
		db_bind_int(statement, change_at(run, i)->post_id);
}

/* What is remembered of the events follows, or the next listing would take them for spoilt. */
static bool write_known(const Run *run, GError **error)
{
	g_autofree char *marks = db_repeat_sql("", "?", run->changes->len, "");
	g_autofree char *sql = g_strdup_printf(known_sql, marks, marks, marks, marks, marks);
	DbStatement *statement;

	if (!run->options->has_tables)
		return true;
	statement = db_prepare(run->db, sql, error);
	if (statement == NULL)
		return false;
	bind_ids(run, statement);
	for (guint i = 0; i < run->changes->len; i++)
		db_bind_bytes(statement, change_at(run, i)->new_hash, EVENT_HASH_BYTES);
	bind_ids(run, statement);
	bind_ids(run, statement);
	for (guint i = 0; i < run->changes->len; i++)
		db_bind_bytes(statement, change_at(run, i)->old_hash, EVENT_HASH_BYTES);
	return db_run(statement, NULL, error);
}

static bool plan_batch(Run *run, GError **error)
{
	g_ptr_array_set_size(run->changes, 0);
	return run->count == 0 ||
	       event_load_locked(run->db, &g_array_index(run->ids, int64_t, run->first), run->count,
		       plan_one, run, error);
}

static bool write_batch(Db *db, void *data, GError **error)
{
	Run *run = data;
	const EventRematchOptions *options = run->options;
	bool is_last = run->first + run->count == run->ids->len;

	if (options->guard != NULL && !options->guard(db, options->guard_data, error))
		return false;
	if (!plan_batch(run, error))
		return false;
	if (run->changes->len > 0 &&
		(!write_metas(run, error) || !write_posts(run, error) || !write_known(run, error)))
		return false;
	for (guint i = 0; i < run->changes->len; i++)
		object_cache_note_event(db, change_at(run, i)->post_id);
	return !is_last || options->last == NULL || options->last(db, options->last_data, error);
}

/* Reads the batch in a transaction that writes nothing. */
static bool preview_batch(Db *db, void *data, GError **error)
{
	g_assert(db == ((Run *)data)->db);
	return plan_batch(data, error);
}

static void tell_batch(const Run *run)
{
	for (guint i = 0; i < run->changes->len; i++) {
		const Change *change = change_at(run, i);
		const EventNotice notice = {
			.change = EVENT_CHANGED,
			.post_id = change->post_id,
			.event_uid = change->event_uid != NULL ? change->event_uid : "",
			.title = change->title != NULL ? change->title : "",
			.start = change->start != NULL ? change->start : "",
		};

		if (run->options->on_change != NULL)
			run->options->on_change(
				change->connection_id != NULL ? change->connection_id : "", &notice,
				run->options->data);
	}
	run->counts->changed += run->changes->len;
}

bool event_rematch(Db *db, const WpSite *site, const EventRematchOptions *options,
	EventRematchCounts *ret_counts, GError **error)
{
	g_auto(Run) run = {
		.db = db,
		.site = site,
		.options = options,
		.counts = ret_counts,
		.ids = g_array_new(FALSE, FALSE, sizeof(int64_t)),
		.changes = g_ptr_array_new_with_free_func(change_free),
	};

	*ret_counts = (EventRematchCounts){0};
	if (!event_load_people(db, options->user_id, find_one, &run, error))
		return false;
	do {
		run.count = MIN(run.ids->len - run.first, BATCH_EVENTS);
		if (!db_transaction(
			    db, options->dry_run ? preview_batch : write_batch, &run, error))
			return false;
		tell_batch(&run);
		run.first += run.count;
	} while (run.first < run.ids->len);
	return true;
}

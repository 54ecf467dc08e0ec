/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Batches of event writes: one transaction each, split where one row spoils it. */
#include "wp/event_batch.h"

#include <string.h>

#include "cache/object_cache.h"
#include "state/known_events.h"
#include "wp/activity_claims.h"
#include "wp/event_memory.h"

/* A few hundred rows keep the statements few; the bytes keep them below any max_allowed_packet. */
enum { BATCH_WRITES_MAX = 256, BATCH_BYTES_MAX = 1024 * 1024 };

struct EventBatch {
	Db *db;
	EventWriteContext context;
	char *now;
	char *now_gmt;
	GPtrArray *writes; /* of EventWrite */
	size_t bytes;
	GPtrArray *objects;           /* of CalendarObject, to be remembered */
	GPtrArray *forgotten_objects; /* of CalendarObject */
	GPtrArray *forgotten_events;  /* of char *: uids */
	GHashTable *spoilt_objects;   /* GBytes: hashes of those with an event that was refused */
	EventStoreCounts counts;
};

/* A part of the batch, as one transaction sees it. */
typedef struct {
	const EventBatch *batch;
	size_t first;
	size_t count;
	bool is_end; /* the last part of the batch */
	DbWork last; /* or NULL */
	void *last_data;
	bool failed_in_last;
} Part;

static void event_write_destroy(gpointer write)
{
	event_write_free(write);
}

static void object_destroy(gpointer object)
{
	calendar_object_free(object);
}

static size_t event_write_bytes(const EventWrite *write)
{
	size_t bytes = 0;

	if (write->row == NULL || write->change == EVENT_UNCHANGED)
		return 0;
	for (size_t i = 0; i < EVENT_COLUMN_COUNT; i++)
		bytes += strlen(write->row->columns[i]);
	for (size_t i = 0; i < EVENT_META_COUNT; i++)
		bytes += write->row->metas[i] == NULL ? 0 : strlen(write->row->metas[i]);
	return bytes;
}

EventBatch *event_batch_new(Db *db, const WpSite *site, const EventStoreOptions *options)
{
	EventBatch *batch = g_new0(EventBatch, 1);

	batch->db = db;
	batch->now = site_zone_format(site->zone, options->now_utc);
	batch->now_gmt = site_zone_format_utc(options->now_utc);
	batch->context = (EventWriteContext){
		.site = site,
		.options = options,
		.now = batch->now,
		.now_gmt = batch->now_gmt,
	};
	batch->writes = g_ptr_array_new_with_free_func(event_write_destroy);
	batch->objects = g_ptr_array_new_with_free_func(object_destroy);
	batch->forgotten_objects = g_ptr_array_new_with_free_func(object_destroy);
	batch->forgotten_events = g_ptr_array_new_with_free_func(g_free);
	batch->spoilt_objects = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	return batch;
}

void event_batch_free(EventBatch *batch)
{
	if (batch == NULL)
		return;
	g_free(batch->now);
	g_free(batch->now_gmt);
	g_ptr_array_unref(batch->writes);
	g_ptr_array_unref(batch->objects);
	g_ptr_array_unref(batch->forgotten_objects);
	g_ptr_array_unref(batch->forgotten_events);
	g_hash_table_unref(batch->spoilt_objects);
	g_free(batch);
}

EventStoreCounts *event_batch_counts(EventBatch *batch)
{
	return &batch->counts;
}

/* The writes of a part by what they do. */
typedef struct {
	GPtrArray *added;
	GPtrArray *changed;
	GPtrArray *removed;
} Sorted;

static void sorted_clear(Sorted *sorted)
{
	g_clear_pointer(&sorted->added, g_ptr_array_unref);
	g_clear_pointer(&sorted->changed, g_ptr_array_unref);
	g_clear_pointer(&sorted->removed, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sorted, sorted_clear)

static Sorted sort_writes(const Part *part)
{
	Sorted sorted = {g_ptr_array_new(), g_ptr_array_new(), g_ptr_array_new()};

	for (size_t i = part->first; i < part->first + part->count; i++) {
		EventWrite *write = part->batch->writes->pdata[i];

		event_write_forget_outcome(write);
		if (write->row == NULL)
			g_ptr_array_add(sorted.removed, write);
		else if (write->change != EVENT_UNCHANGED)
			g_ptr_array_add(write->post_id == 0 ? sorted.added : sorted.changed, write);
	}
	return sorted;
}

/* Whose rows these are to be in the cache. */
static void note_writes(Db *db, const Part *part)
{
	for (size_t i = part->first; i < part->first + part->count; i++) {
		const EventWrite *write = part->batch->writes->pdata[i];

		if (write->done == EVENT_UNCHANGED)
			continue;
		object_cache_note_event(db, write->done_id);
		/* Deleted for good, its comments go with it. */
		if (write->row == NULL && part->batch->context.options->gone == EVENT_GONE_DELETE)
			object_cache_note_comments(db, write->done_id);
	}
}

/* What a person had of a meeting follows it to its new uid and start. */
static bool follow_claims(
	Db *db, const EventWriteContext *context, const GPtrArray *changed, GError **error)
{
	g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(ActivityMove));

	for (guint i = 0; i < changed->len; i++) {
		const EventWrite *write = changed->pdata[i];
		ActivityMove move = {.former_uid = write->former_uid};

		if (write->former_uid == NULL)
			continue;
		move.keys = activity_keys_of_row(write->row);
		g_array_append_val(moves, move);
	}
	return moves->len == 0 || context->options->state == 0 ||
	       activity_claims_follow(db, context->options->user_id,
		       context->options->connection_id, moves, error);
}

/* Removals first: a slug that they free may be wanted by a restored event. */
static bool send_writes(Db *db, const Part *part, GError **error)
{
	g_auto(Sorted) sorted = sort_writes(part);
	const EventWriteContext *context = &part->batch->context;

	if (context->options->dry_run)
		return sorted.removed->len == 0 || event_remove_preview(db, sorted.removed, error);
	if (sorted.removed->len > 0 && !event_remove(db, context, sorted.removed, error))
		return false;
	if (sorted.changed->len > 0 &&
		(!follow_claims(db, context, sorted.changed, error) ||
			!event_update(db, context, sorted.changed, sorted.added, error)))
		return false;
	return sorted.added->len == 0 || event_insert(db, context, sorted.added, error);
}

static KnownEvent known_of(const EventWrite *write)
{
	KnownEvent known = {
		.event_uid = write->event_uid,
		.has_object = write->has_object,
		.post_id = write->done_id,
		.starts = event_time_digits(write->row->metas[EVENT_META_START_TIME]),
		.ends = event_time_digits(write->row->metas[EVENT_META_END_TIME]),
	};

	memcpy(known.calendar_hash, write->calendar_hash, STATE_HASH_BYTES);
	memcpy(known.object_hash, write->object_hash, STATE_HASH_BYTES);
	memcpy(known.content_hash, write->row->hash, EVENT_HASH_BYTES);
	return known;
}

/* What was written is known from now on, and what was removed is not any more. */
static bool remember_writes(Db *db, const Part *part, GError **error)
{
	int64_t state = part->batch->context.options->state;
	g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(KnownEvent));
	g_autoptr(GPtrArray) forgotten = g_ptr_array_new();

	for (size_t i = part->first; i < part->first + part->count; i++) {
		const EventWrite *write = part->batch->writes->pdata[i];

		if (write->former_uid != NULL)
			g_ptr_array_add(forgotten, write->former_uid);
		if (write->row != NULL) {
			KnownEvent event = known_of(write);

			g_array_append_val(known, event);
		} else if (!write->stays_known) {
			g_ptr_array_add(forgotten, write->event_uid);
		}
	}
	if (part->is_end)
		g_ptr_array_extend(forgotten, part->batch->forgotten_events, NULL, NULL);
	if (forgotten->len > 0 &&
		!known_events_forget(
			db, state, (const char *const *)forgotten->pdata, forgotten->len, error))
		return false;
	return known->len == 0 ||
	       known_events_store(
		       db, state, (const KnownEvent *)(void *)known->data, known->len, error);
}

/* An object with an event that the database does not take is read again at each listing, and its
 * owner is told for as long. */
static void distrust_spoilt(const EventBatch *batch)
{
	for (guint i = 0; i < batch->objects->len && g_hash_table_size(batch->spoilt_objects) > 0;
		i++) {
		CalendarObject *object = batch->objects->pdata[i];
		uint8_t hash[STATE_HASH_BYTES];
		g_autoptr(GBytes) key = NULL;

		state_hash_object(object->calendar_hash, object->key, hash);
		key = g_bytes_new(hash, sizeof(hash));
		if (!g_hash_table_contains(batch->spoilt_objects, key))
			continue;
		g_clear_pointer(&object->etag, g_free);
		if (object->problem == NULL)
			object->problem = g_strdup(EVENT_STORE_REFUSAL);
	}
}

static bool remember_objects(Db *db, const EventBatch *batch, GError **error)
{
	int64_t state = batch->context.options->state;

	if (batch->forgotten_objects->len > 0 &&
		!calendar_objects_forget(db, state, batch->forgotten_objects, error))
		return false;
	distrust_spoilt(batch);
	return batch->objects->len == 0 || calendar_objects_store(db, state, batch->objects, error);
}

static bool remember(Db *db, const Part *part, GError **error)
{
	const EventStoreOptions *options = part->batch->context.options;

	if (options->dry_run || options->state == 0)
		return true;
	return remember_writes(db, part, error) &&
	       (!part->is_end || remember_objects(db, part->batch, error));
}

static bool send_part(Db *db, void *data, GError **error)
{
	Part *part = data;
	const EventStoreOptions *options = part->batch->context.options;

	part->failed_in_last = true;
	if (options->guard != NULL && !options->dry_run &&
		!options->guard(db, options->guard_data, error))
		return false;
	part->failed_in_last = false;
	if (!send_writes(db, part, error) || !remember(db, part, error))
		return false;
	note_writes(db, part);
	if (part->last == NULL || part->last(db, part->last_data, error))
		return true;
	part->failed_in_last = true;
	return false;
}

static size_t *count_of(EventStoreCounts *counts, EventChange change)
{
	switch (change) {
	case EVENT_UNCHANGED:
		return &counts->unchanged;
	case EVENT_ADDED:
		return &counts->added;
	case EVENT_CHANGED:
		return &counts->changed;
	case EVENT_RESTORED:
		return &counts->restored;
	case EVENT_ADOPTED:
		return &counts->adopted;
	case EVENT_REMOVED:
		return &counts->removed;
	case EVENT_FOLDED:
		return &counts->folded;
	}
	g_assert_not_reached();
}

static void tell_change(EventBatch *batch, const EventWrite *write)
{
	const EventStoreOptions *options = batch->context.options;
	EventNotice notice = {
		.change = write->done,
		.post_id = write->done_id,
		.event_uid = write->event_uid,
		.title =
			write->row == NULL ? write->title : write->row->columns[EVENT_COLUMN_TITLE],
		.start = write->row == NULL ? write->start : write->row->columns[EVENT_COLUMN_DATE],
	};

	++*count_of(&batch->counts, write->done);
	if (write->was_damaged)
		batch->counts.repaired++;
	if (options->on_change != NULL && write->done != EVENT_UNCHANGED)
		options->on_change(&notice, options->data);
}

static void tell_problem(EventBatch *batch, const EventWrite *write, const GError *why)
{
	const EventStoreOptions *options = batch->context.options;

	batch->counts.failed++;
	if (write->has_object)
		g_hash_table_add(
			batch->spoilt_objects, g_bytes_new(write->object_hash, STATE_HASH_BYTES));
	if (options->on_problem != NULL)
		options->on_problem(write->event_uid, why, options->data);
}

/* Sends a part of the batch. When a row's own values are refused, the part is halved until that row
 * stands alone, and is told as a problem. So the depth is that of halving a batch. Any other
 * failure may concern all rows: nothing is passed over for it. */
static bool batch_send(EventBatch *batch, size_t first, size_t count, bool is_end, DbWork last,
	void *last_data, GError **error)
{
	g_autoptr(GError) why = NULL;
	Part part = {
		.batch = batch,
		.first = first,
		.count = count,
		.is_end = is_end,
		.last = last,
		.last_data = last_data,
	};
	bool sent = batch->context.options->dry_run
			    ? send_part(batch->db, &part, &why)
			    : db_transaction(batch->db, send_part, &part, &why);

	if (sent) {
		for (size_t i = first; i < first + count; i++)
			tell_change(batch, batch->writes->pdata[i]);
		return true;
	}
	if (part.failed_in_last || count == 0 || !db_error_is_of_row(why)) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	if (count > 1)
		return batch_send(batch, first, count / 2, false, NULL, NULL, error) &&
		       batch_send(batch, first + count / 2, count - count / 2, is_end, last,
			       last_data, error);
	tell_problem(batch, batch->writes->pdata[first], why);
	return !is_end || batch_send(batch, first, 0, true, last, last_data, error);
}

static bool batch_flush(EventBatch *batch, DbWork last, void *last_data, GError **error)
{
	bool sent = batch_send(batch, 0, batch->writes->len, true, last, last_data, error);

	g_ptr_array_set_size(batch->writes, 0);
	g_ptr_array_set_size(batch->objects, 0);
	g_ptr_array_set_size(batch->forgotten_objects, 0);
	g_ptr_array_set_size(batch->forgotten_events, 0);
	batch->bytes = 0;
	return sent;
}

bool event_batch_add(EventBatch *batch, EventWrite *take_write, GError **error)
{
	batch->bytes += event_write_bytes(take_write);
	g_ptr_array_add(batch->writes, take_write);
	if (batch->writes->len < BATCH_WRITES_MAX && batch->bytes < BATCH_BYTES_MAX)
		return true;
	return batch_flush(batch, NULL, NULL, error);
}

bool event_batch_add_object(EventBatch *batch, CalendarObject *take_object, GError **error)
{
	g_ptr_array_add(batch->objects, take_object);
	if (batch->objects->len < BATCH_WRITES_MAX)
		return true;
	return batch_flush(batch, NULL, NULL, error);
}

void event_batch_forget_object(EventBatch *batch, CalendarObject *take_object)
{
	g_ptr_array_add(batch->forgotten_objects, take_object);
}

void event_batch_forget_event(EventBatch *batch, const char *event_uid)
{
	g_ptr_array_add(batch->forgotten_events, g_strdup(event_uid));
}

static bool has_work(const EventBatch *batch)
{
	if (batch->writes->len > 0)
		return true;
	return batch->context.options->state != 0 && !batch->context.options->dry_run &&
	       batch->objects->len + batch->forgotten_objects->len + batch->forgotten_events->len >
		       0;
}

bool event_batch_finish(EventBatch *batch, DbWork last, void *last_data, GError **error)
{
	if (batch->context.options->dry_run)
		last = NULL;
	if (!has_work(batch) && last == NULL)
		return true;
	return batch_flush(batch, last, last_data, error);
}

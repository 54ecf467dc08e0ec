/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Batches of event writes: one transaction each, split where one row spoils it. */
#include "wp/event_batch.h"

#include <string.h>

#include "cache/object_cache.h"
#include "wp/activity_claims.h"
#include "wp/event_batch_private.h"

/* A few hundred rows keep the statements few; the bytes keep them below any max_allowed_packet. */
enum { BATCH_WRITES_MAX = 256, BATCH_BYTES_MAX = 1024 * 1024 };

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
	batch->presence = event_presence_new();
	batch->context = (EventWriteContext){
		.site = site,
		.options = options,
		.now = batch->now,
		.now_gmt = batch->now_gmt,
		.presence = batch->presence,
	};
	batch->writes = g_ptr_array_new_with_free_func(event_write_destroy);
	batch->objects = g_ptr_array_new_with_free_func(object_destroy);
	batch->forgotten_objects = g_ptr_array_new_with_free_func(object_destroy);
	batch->distrusted_objects = g_array_new(FALSE, FALSE, STATE_HASH_BYTES);
	batch->forgotten_events = g_ptr_array_new_with_free_func(g_free);
	batch->sightings = g_array_new(FALSE, FALSE, sizeof(Sighting));
	batch->forgotten_sightings = g_array_new(FALSE, FALSE, sizeof(Sighting));
	batch->moved_events = g_array_new(FALSE, FALSE, sizeof(KnownEvent));
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
	event_presence_free(batch->presence);
	g_ptr_array_unref(batch->writes);
	g_ptr_array_unref(batch->objects);
	g_ptr_array_unref(batch->forgotten_objects);
	g_array_unref(batch->distrusted_objects);
	g_ptr_array_unref(batch->forgotten_events);
	g_array_unref(batch->sightings);
	g_array_unref(batch->forgotten_sightings);
	g_array_unref(batch->moved_events);
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
	GPtrArray *folded;   /* removed, with a successor that has an id */
	GPtrArray *replaced; /* removed, with one that may be among those added */
} Sorted;

static void sorted_clear(Sorted *sorted)
{
	g_clear_pointer(&sorted->added, g_ptr_array_unref);
	g_clear_pointer(&sorted->changed, g_ptr_array_unref);
	g_clear_pointer(&sorted->removed, g_ptr_array_unref);
	g_clear_pointer(&sorted->folded, g_ptr_array_unref);
	g_clear_pointer(&sorted->replaced, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sorted, sorted_clear)

static GPtrArray *removals_of_kind(const Sorted *sorted, const EventWrite *write)
{
	if (write->successor_id != 0)
		return sorted->folded;
	return write->successor_uid != NULL ? sorted->replaced : sorted->removed;
}

static Sorted sort_writes(const EventBatchPart *part)
{
	Sorted sorted = {g_ptr_array_new(), g_ptr_array_new(), g_ptr_array_new(), g_ptr_array_new(),
		g_ptr_array_new()};

	for (size_t i = part->first; i < part->first + part->count; i++) {
		EventWrite *write = part->batch->writes->pdata[i];

		event_write_forget_outcome(write);
		if (write->row == NULL)
			g_ptr_array_add(removals_of_kind(&sorted, write), write);
		else if (write->change != EVENT_UNCHANGED)
			g_ptr_array_add(write->post_id == 0 ? sorted.added : sorted.changed, write);
	}
	return sorted;
}

/* Whose rows these are to be in the cache. */
static void note_writes(Db *db, const EventBatchPart *part)
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

typedef bool (*Removal)(
	Db *db, const EventWriteContext *context, GPtrArray *writes, GError **error);

static bool send_removals(
	Db *db, const EventBatchPart *part, GPtrArray *writes, Removal removal, GError **error)
{
	const EventWriteContext *context = &part->batch->context;

	if (writes->len == 0)
		return true;
	return context->options->dry_run ? event_remove_preview(db, writes, error)
					 : removal(db, context, writes, error);
}

/* What goes for another post before all else: that one may go itself, with everything. Removals
 * before what is written: a slug that they free may be wanted by a restored event. */
static bool send_writes(Db *db, const EventBatchPart *part, GError **error)
{
	g_auto(Sorted) sorted = sort_writes(part);
	const EventWriteContext *context = &part->batch->context;
	bool writes = !context->options->dry_run;

	if (!send_removals(db, part, sorted.folded, event_replace, error) ||
		!send_removals(db, part, sorted.removed, event_remove, error))
		return false;
	if (writes && sorted.changed->len > 0 &&
		(!follow_claims(db, context, sorted.changed, error) ||
			!event_update(db, context, sorted.changed, sorted.added, error)))
		return false;
	if (writes && sorted.added->len > 0 && !event_insert(db, context, sorted.added, error))
		return false;
	return send_removals(db, part, sorted.replaced, event_replace, error);
}

static bool send_part(Db *db, void *data, GError **error)
{
	EventBatchPart *part = data;
	const EventStoreOptions *options = part->batch->context.options;

	part->failed_in_last = true;
	if (options->guard != NULL && !options->dry_run &&
		!options->guard(db, options->guard_data, error))
		return false;
	part->failed_in_last = false;
	if (!send_writes(db, part, error) || !event_batch_remember(db, part, error))
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
		.row = write->row,
	};

	++*count_of(&batch->counts, write->done);
	if (write->done == EVENT_ADDED && !options->dry_run)
		event_presence_note(batch->presence, write->done_id);
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

static EventBatchPart first_half(const EventBatchPart *part)
{
	EventBatchPart half = *part;

	half.count = part->count / 2;
	half.is_end = false;
	half.last = NULL;
	return half;
}

static EventBatchPart second_half(const EventBatchPart *part)
{
	EventBatchPart half = *part;

	half.first = part->first + part->count / 2;
	half.count = part->count - part->count / 2;
	half.is_start = false;
	return half;
}

/* Sends a part of the batch. When a row's own values are refused, the part is halved until that row
 * stands alone, and is told as a problem. So the depth is that of halving a batch. Any other
 * failure may concern all rows: nothing is passed over for it. */
static bool batch_send(EventBatch *batch, EventBatchPart part, GError **error)
{
	g_autoptr(GError) why = NULL;
	size_t first = part.first;
	size_t count = part.count;
	bool sent = batch->context.options->dry_run
			    ? send_part(batch->db, &part, &why)
			    : db_transaction(batch->db, send_part, &part, &why);

	if (sent) {
		for (size_t i = first; i < first + count; i++)
			tell_change(batch, batch->writes->pdata[i]);
		event_presence_advance(batch->presence);
		return true;
	}
	if (part.failed_in_last || count == 0 || !db_error_is_of_row(why)) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	if (count > 1)
		return batch_send(batch, first_half(&part), error) &&
		       batch_send(batch, second_half(&part), error);
	tell_problem(batch, batch->writes->pdata[first], why);
	part.count = 0;
	return !(part.is_start || part.is_end) || batch_send(batch, part, error);
}

static bool batch_flush(EventBatch *batch, DbWork last, void *last_data, GError **error)
{
	const EventBatchPart all = {
		.batch = batch,
		.count = batch->writes->len,
		.is_start = true,
		.is_end = true,
		.last = last,
		.last_data = last_data,
	};
	bool sent = batch_send(batch, all, error);

	g_ptr_array_set_size(batch->writes, 0);
	g_ptr_array_set_size(batch->objects, 0);
	g_ptr_array_set_size(batch->forgotten_objects, 0);
	g_array_set_size(batch->distrusted_objects, 0);
	g_ptr_array_set_size(batch->forgotten_events, 0);
	g_array_set_size(batch->sightings, 0);
	g_array_set_size(batch->forgotten_sightings, 0);
	g_array_set_size(batch->moved_events, 0);
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

void event_batch_distrust_object(EventBatch *batch, const uint8_t object_hash[STATE_HASH_BYTES])
{
	g_array_append_vals(batch->distrusted_objects, object_hash, 1);
}

void event_batch_forget_object(EventBatch *batch, CalendarObject *take_object)
{
	g_ptr_array_add(batch->forgotten_objects, take_object);
}

void event_batch_forget_event(EventBatch *batch, const char *event_uid)
{
	g_ptr_array_add(batch->forgotten_events, g_strdup(event_uid));
}

bool event_batch_add_sighting(EventBatch *batch, const Sighting *sighting, GError **error)
{
	g_array_append_vals(batch->sightings, sighting, 1);
	if (batch->sightings->len < BATCH_WRITES_MAX)
		return true;
	return batch_flush(batch, NULL, NULL, error);
}

void event_batch_forget_sighting(EventBatch *batch, const Sighting *sighting)
{
	g_array_append_vals(batch->forgotten_sightings, sighting, 1);
}

void event_batch_move_event(EventBatch *batch, const KnownEvent *event)
{
	g_array_append_vals(batch->moved_events, event, 1);
}

EventWrite *event_batch_find(const EventBatch *batch, const char *event_uid)
{
	for (guint i = batch->writes->len; i > 0; i--) {
		EventWrite *write = batch->writes->pdata[i - 1];

		if (g_str_equal(write->event_uid, event_uid))
			return write;
	}
	return NULL;
}

static bool has_work(const EventBatch *batch)
{
	if (batch->writes->len > 0)
		return true;
	return batch->context.options->state != 0 && !batch->context.options->dry_run &&
	       (batch->objects->len + batch->forgotten_objects->len + batch->forgotten_events->len >
			       0 ||
		       batch->distrusted_objects->len + batch->sightings->len +
				       batch->forgotten_sightings->len + batch->moved_events->len >
			       0);
}

bool event_batch_look_back(EventBatch *batch, GError **error)
{
	return event_presence_look_back(batch->presence, batch->db, &batch->context, error);
}

int64_t event_batch_foreign(const EventBatch *batch, const char *event_uid)
{
	return event_presence_foreign(batch->presence, event_uid);
}

bool event_batch_finish(EventBatch *batch, DbWork last, void *last_data, GError **error)
{
	if (batch->context.options->dry_run)
		last = NULL;
	if (!has_work(batch) && last == NULL)
		return true;
	return batch_flush(batch, last, last_data, error);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Batches of event writes: one transaction each, split where one row spoils it. */
#include "wp/event_batch.h"

#include <string.h>

/* A few hundred rows keep the statements few; the bytes keep them below any max_allowed_packet. */
enum { BATCH_WRITES_MAX = 256, BATCH_BYTES_MAX = 1024 * 1024 };

struct EventBatch {
	Db *db;
	EventWriteContext context;
	char *now;
	char *now_gmt;
	GPtrArray *writes; /* of EventWrite */
	size_t bytes;
	EventStoreCounts counts;
};

/* A part of the batch, as one transaction sees it. */
typedef struct {
	const EventBatch *batch;
	size_t first;
	size_t count;
	DbWork last; /* or NULL */
	void *last_data;
	bool failed_in_last;
} Part;

EventWrite *event_write_new(
	EventChange change, int64_t post_id, const char *event_uid, EventRow *take_row)
{
	EventWrite *write = g_new0(EventWrite, 1);

	write->change = change;
	write->post_id = post_id;
	write->event_uid = g_strdup(event_uid);
	write->row = take_row;
	return write;
}

static void event_write_forget_outcome(EventWrite *write)
{
	write->done = write->change;
	write->done_id = write->post_id;
	write->was_damaged = false;
	g_clear_pointer(&write->title, g_free);
	g_clear_pointer(&write->start, g_free);
}

void event_write_free(EventWrite *write)
{
	if (write == NULL)
		return;
	event_write_forget_outcome(write);
	g_free(write->event_uid);
	event_row_free(write->row);
	g_free(write);
}

static void event_write_destroy(gpointer write)
{
	event_write_free(write);
}

static size_t event_write_bytes(const EventWrite *write)
{
	size_t bytes = 0;

	if (write->row == NULL)
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
	return batch;
}

void event_batch_free(EventBatch *batch)
{
	if (batch == NULL)
		return;
	g_free(batch->now);
	g_free(batch->now_gmt);
	g_ptr_array_unref(batch->writes);
	g_free(batch);
}

EventStoreCounts *event_batch_counts(EventBatch *batch)
{
	return &batch->counts;
}

/* Removals first: a slug that they free may be wanted by a restored event. */
static bool send_writes(Db *db, const Part *part, GError **error)
{
	g_autoptr(GPtrArray) added = g_ptr_array_new();
	g_autoptr(GPtrArray) changed = g_ptr_array_new();
	g_autoptr(GPtrArray) removed = g_ptr_array_new();
	const EventWriteContext *context = &part->batch->context;

	for (size_t i = part->first; i < part->first + part->count; i++) {
		EventWrite *write = part->batch->writes->pdata[i];

		event_write_forget_outcome(write);
		if (write->row == NULL)
			g_ptr_array_add(removed, write);
		else
			g_ptr_array_add(write->post_id == 0 ? added : changed, write);
	}
	if (context->options->dry_run)
		return removed->len == 0 || event_remove_preview(db, removed, error);
	if (removed->len > 0 && !event_remove(db, context, removed, error))
		return false;
	if (changed->len > 0 && !event_update(db, context, changed, added, error))
		return false;
	return added->len == 0 || event_insert(db, context, added, error);
}

static bool send_part(Db *db, void *data, GError **error)
{
	Part *part = data;

	part->failed_in_last = false;
	if (!send_writes(db, part, error))
		return false;
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
	if (options->on_problem != NULL)
		options->on_problem(write->event_uid, why, options->data);
}

/* Sends a part of the batch. When the server refuses a statement, the part is halved until the one
 * row that it refuses stands alone; that one is told as a problem. So the depth is that of halving
 * a batch. */
static bool batch_send(
	EventBatch *batch, size_t first, size_t count, DbWork last, void *last_data, GError **error)
{
	g_autoptr(GError) why = NULL;
	Part part = {
		.batch = batch,
		.first = first,
		.count = count,
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
	if (part.failed_in_last || count == 0 || !g_error_matches(why, DB_ERROR, DB_ERROR_QUERY)) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	if (count > 1)
		return batch_send(batch, first, count / 2, NULL, NULL, error) &&
		       batch_send(
			       batch, first + count / 2, count - count / 2, last, last_data, error);
	tell_problem(batch, batch->writes->pdata[first], why);
	return last == NULL || batch_send(batch, first, 0, last, last_data, error);
}

static bool batch_flush(EventBatch *batch, DbWork last, void *last_data, GError **error)
{
	bool sent = batch_send(batch, 0, batch->writes->len, last, last_data, error);

	g_ptr_array_set_size(batch->writes, 0);
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

bool event_batch_finish(EventBatch *batch, DbWork last, void *last_data, GError **error)
{
	if (batch->context.options->dry_run)
		last = NULL;
	if (batch->writes->len == 0 && last == NULL)
		return true;
	return batch_flush(batch, last, last_data, error);
}

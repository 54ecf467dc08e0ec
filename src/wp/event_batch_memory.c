/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a batch in our own tables, in the transaction that writes it. */
#include <string.h>

#include "wp/event_batch_private.h"
#include "wp/event_memory.h"

static KnownEvent known_of(const EventWrite *write)
{
	KnownEvent known = {
		.event_uid = write->event_uid,
		.has_object = write->has_object,
		.post_id = write->done_id,
		.starts = event_time_digits(write->row->metas[EVENT_META_START_TIME]),
		.ends = event_time_digits(write->row->metas[EVENT_META_END_TIME]),
	};

	known.worth = write->row->worth;
	known.has_nobody = g_strcmp0(write->row->metas[EVENT_META_MATCHED_PEOPLE], "[]") == 0;
	memcpy(known.calendar_hash, write->calendar_hash, STATE_HASH_BYTES);
	memcpy(known.object_hash, write->object_hash, STATE_HASH_BYTES);
	memcpy(known.content_hash, write->row->hash, EVENT_HASH_BYTES);
	return known;
}

/* What was written is known from now on, and what was removed is not any more. */
static bool remember_writes(Db *db, const EventBatchPart *part, GError **error)
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
	if (part->is_end) {
		g_ptr_array_extend(forgotten, part->batch->forgotten_events, NULL, NULL);
		g_array_append_vals(
			known, part->batch->moved_events->data, part->batch->moved_events->len);
	}
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
	if (batch->objects->len > 0 && !calendar_objects_store(db, state, batch->objects, error))
		return false;
	return batch->distrusted_objects->len == 0 ||
	       calendar_objects_distrust(db, state,
		       (const uint8_t(*)[STATE_HASH_BYTES])(void *)batch->distrusted_objects->data,
		       batch->distrusted_objects->len, error);
}

/* The first from `first` on that are of one calendar. */
static bool forget_sightings_of(
	Db *db, const EventBatch *batch, guint first, guint *ret_end, GError **error)
{
	const Sighting *sightings = (const Sighting *)(void *)batch->forgotten_sightings->data;
	guint count = batch->forgotten_sightings->len;
	g_autofree uint8_t(*hashes)[STATE_HASH_BYTES] =
		g_malloc_n(count - first, sizeof(sightings->event_hash));
	guint end = first;

	while (end < count && memcmp(sightings[end].calendar_hash, sightings[first].calendar_hash,
				      STATE_HASH_BYTES) == 0) {
		memcpy(hashes[end - first], sightings[end].event_hash, STATE_HASH_BYTES);
		end++;
	}
	*ret_end = end;
	return sightings_forget(db, batch->context.options->state, sightings[first].calendar_hash,
		(const uint8_t(*)[STATE_HASH_BYTES])hashes, end - first, error);
}

/* What is new before the events that it stands behind, what is gone after them: in between there is
 * rather one too many, which the next listing finds out. */
static bool remember_sightings(Db *db, const EventBatchPart *part, GError **error)
{
	const EventBatch *batch = part->batch;
	guint first = 0;

	if (part->is_start && batch->sightings->len > 0 &&
		!sightings_store(db, batch->context.options->state,
			(const Sighting *)(void *)batch->sightings->data, batch->sightings->len,
			error))
		return false;
	while (part->is_end && first < batch->forgotten_sightings->len) {
		if (!forget_sightings_of(db, batch, first, &first, error))
			return false;
	}
	return true;
}

bool event_batch_remember(Db *db, const EventBatchPart *part, GError **error)
{
	const EventStoreOptions *options = part->batch->context.options;

	if (options->dry_run || options->state == 0)
		return true;
	return remember_writes(db, part, error) && remember_sightings(db, part, error) &&
	       (!part->is_end || remember_objects(db, part->batch, error));
}

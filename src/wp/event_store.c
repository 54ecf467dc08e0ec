/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a listing does to the stored events: matches both, decides, and hands the writes to a batch.
 */
#include "wp/event_store.h"

#include <string.h>

#include "wp/event_sightings.h"
#include "wp/event_store_private.h"

const char *event_change_name(EventChange change)
{
	static const char *const names[] = {
		[EVENT_UNCHANGED] = "unchanged",
		[EVENT_ADDED] = "added",
		[EVENT_CHANGED] = "changed",
		[EVENT_RESTORED] = "restored",
		[EVENT_ADOPTED] = "adopted",
		[EVENT_REMOVED] = "removed",
		[EVENT_FOLDED] = "folded",
	};

	return names[change];
}

static void free_object(gpointer object)
{
	calendar_object_free(object);
}

EventStore *event_store_open(
	Db *db, const WpSite *site, const EventStoreOptions *options, GError **error)
{
	g_autoptr(EventStore) store = g_new0(EventStore, 1);

	store->db = db;
	store->site = site;
	store->options = *options;
	store->batch = event_batch_new(db, site, &store->options);
	store->memory = event_memory_new(site, options->window);
	store->moves = event_moves_new(db, store->memory);
	store->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	store->gone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	store->held_back = g_ptr_array_new_with_free_func(free_object);
	store->forgotten = g_ptr_array_new_with_free_func(free_object);
	store->object = NO_OBJECT;
	store->objects = g_array_new(FALSE, FALSE, sizeof(int32_t));
	if (options->state == 0 ? !event_store_load_all(store, error)
				: !event_memory_load_known(store->memory, db, options->state,
					  options->user_id, error))
		return NULL;
	event_batch_counts(store->batch)->stored = store->memory->stored;
	return g_steal_pointer(&store);
}

void event_store_free(EventStore *store)
{
	if (store == NULL)
		return;
	event_batch_free(store->batch);
	event_moves_free(store->moves);
	event_memory_free(store->memory);
	g_hash_table_unref(store->kept);
	g_hash_table_unref(store->gone);
	g_ptr_array_unref(store->held_back);
	g_ptr_array_unref(store->forgotten);
	g_array_unref(store->objects);
	g_free(store->object_uid);
	g_free(store);
}

bool event_store_load_all(EventStore *store, GError **error)
{
	if (store->has_all)
		return true;
	/* So that what this run has added already is found among the rows. */
	if (!event_batch_finish(store->batch, NULL, NULL, error) ||
		!event_memory_load_all(store->memory, store->db, store->options.user_id,
			store->options.connection_id, error))
		return false;
	store->has_all = true;
	event_moves_look_again(store->moves);
	event_batch_counts(store->batch)->stored = store->memory->stored;
	return true;
}

bool event_store_load_orphans(EventStore *store, GError **error)
{
	if (store->options.user_connections == NULL)
		return true;
	event_moves_look_again(store->moves);
	return event_memory_load_orphans(store->memory, store->db, store->options.user_id,
		store->options.user_connections, error);
}

static int32_t calendar_index(const EventStore *store, const char *calendar_id)
{
	uint8_t hash[STATE_HASH_BYTES];

	state_hash_calendar(calendar_id, hash);
	return event_memory_calendar(store->memory, hash);
}

static void set_calendar_state(EventStore *store, const char *calendar_id, CalendarState state)
{
	event_memory_calendar_at(store->memory, calendar_index(store, calendar_id))->state = state;
}

void event_store_calendar_changes(EventStore *store, const char *calendar_id)
{
	set_calendar_state(store, calendar_id, CALENDAR_CHANGES_TOLD);
}

void event_store_calendar_complete(EventStore *store, const char *calendar_id)
{
	set_calendar_state(store, calendar_id, CALENDAR_COMPLETE);
	event_memory_calendar_at(store->memory, calendar_index(store, calendar_id))->is_awaited =
		false;
}

void event_store_calendar_failed(EventStore *store, const char *calendar_id)
{
	set_calendar_state(store, calendar_id, CALENDAR_FAILED);
}

static int32_t object_index(const EventStore *store, const char *calendar_id, const char *key)
{
	uint8_t calendar_hash[STATE_HASH_BYTES];
	uint8_t hash[STATE_HASH_BYTES];

	state_hash_calendar(calendar_id, calendar_hash);
	state_hash_object(calendar_hash, key, hash);
	return event_memory_object(store->memory, hash);
}

bool event_store_object_is_intact(const EventStore *store, const char *calendar_id, const char *key)
{
	int32_t index = object_index(store, calendar_id, key);

	return !store->memory->has_unexplained &&
	       !event_memory_object_at(store->memory, index)->is_spoilt;
}

void event_store_forget_objects(EventStore *store, const char *calendar_id)
{
	event_memory_forget_objects(store->memory, calendar_index(store, calendar_id));
}

void event_store_begin_objects(EventStore *store, const char *calendar_id, const char *const *keys)
{
	g_array_set_size(store->objects, 0);
	for (; *keys != NULL; keys++) {
		int32_t object = object_index(store, calendar_id, *keys);

		/* So that what was theirs is for the first one to write. */
		if (store->objects->len > 0)
			event_memory_object_at(store->memory, object)->state = OBJECT_TOLD;
		g_array_append_val(store->objects, object);
	}
	store->object = g_array_index(store->objects, int32_t, 0);
	store->is_object_shadowed = false;
	g_clear_pointer(&store->object_uid, g_free);
	store->is_object_waiting = false;
}

/* The next event that came from this object, still belongs to it, and was not put in this run. */
static StoredEvent *next_unput(const EventStore *store, int32_t object, int32_t *place)
{
	while (*place != NO_EVENT) {
		StoredEvent *event = event_memory_at(store->memory, (guint)*place);

		*place = event->next;
		if (event->object == object && !event->is_put)
			return event;
	}
	return NULL;
}

/* Whether the sweep will have to take an event of the object away. */
static bool has_absent_events(const EventStore *store, int32_t object)
{
	int32_t place = event_memory_object_at(store->memory, object)->first;
	const StoredEvent *event;

	while ((event = next_unput(store, object, &place)) != NULL) {
		if (event->is_lost ||
			(!event->is_trashed && event_memory_is_in_span(store->memory, event)))
			return true;
	}
	return false;
}

/* Whether the object held events of another UID until now. A name that is used again is no change
 * but another object, and perhaps all of the calendar is another one (calendar-protocols A6). */
static bool holds_another_uid(const EventStore *store, int32_t object)
{
	int32_t place = event_memory_object_at(store->memory, object)->first;
	const char *uid = store->object_uid;
	const StoredEvent *event;

	while (uid != NULL && (event = next_unput(store, object, &place)) != NULL) {
		size_t bytes = strlen(uid);

		if (!event->is_trashed &&
			(strncmp(event->uid, uid, bytes) != 0 ||
				(event->uid[bytes] != '\0' && event->uid[bytes] != '_')))
			return true;
	}
	return false;
}

/* Whether what is in hand must not be remembered yet: it would be taken for stored if this run came
 * to no end, and so would those of its events that wait. */
static bool holds_back(const EventStore *store)
{
	for (guint i = 0; i < store->objects->len; i++) {
		if (has_absent_events(store, g_array_index(store->objects, int32_t, i)))
			return true;
	}
	return store->is_object_waiting;
}

bool event_store_end_objects(EventStore *store, GPtrArray *take_objects, GError **error)
{
	g_autoptr(GPtrArray) objects = take_objects;
	int32_t first = store->object;
	bool waits;

	if (holds_another_uid(store, first))
		store->wants_listing = true;
	store->object = NO_OBJECT;
	event_memory_object_at(store->memory, first)->state = OBJECT_TOLD;
	waits = holds_back(store);
	while (objects->len > 0) {
		CalendarObject *object = g_ptr_array_steal_index(objects, 0);

		if (store->is_object_shadowed)
			g_clear_pointer(&object->etag, g_free);
		if (waits)
			g_ptr_array_add(store->held_back, object);
		else if (!event_batch_add_object(store->batch, object, error))
			return false;
	}
	return true;
}

bool event_store_object_unsettled(
	EventStore *store, const char *calendar_id, CalendarObject *take_object, GError **error)
{
	store->wants_listing = true;
	event_store_object_kept(store, calendar_id, take_object->key);
	return event_batch_add_object(store->batch, take_object, error);
}

void event_store_object_kept(EventStore *store, const char *calendar_id, const char *key)
{
	EventStoreCounts *counts = event_batch_counts(store->batch);
	int32_t object = object_index(store, calendar_id, key);
	int32_t place = event_memory_object_at(store->memory, object)->first;
	StoredEvent *event;

	event_memory_object_at(store->memory, object)->state = OBJECT_TOLD;
	while ((event = next_unput(store, object, &place)) != NULL) {
		event->is_put = true;
		if (!event_memory_is_in_span(store->memory, event))
			continue;
		counts->seen++;
		counts->unchanged++;
	}
}

void event_store_object_gone(EventStore *store, const char *calendar_id, const char *key)
{
	int32_t object = object_index(store, calendar_id, key);
	CalendarObject *forgotten = g_new0(CalendarObject, 1);

	event_memory_object_at(store->memory, object)->state = OBJECT_GONE;
	state_hash_calendar(calendar_id, forgotten->calendar_hash);
	forgotten->key = g_strdup(key);
	g_ptr_array_add(store->forgotten, forgotten);
}

/* The theme kept a whole series in one post under its bare UID. The occurrence that has its start
 * takes the post over; without one it goes at the sweep. */
static StoredEvent *store_adopt(EventStore *store, const EventRow *row, const char *uid)
{
	EventMemory *memory = store->memory;
	StoredEvent *series;

	if (row->series_uid == NULL || g_str_equal(row->series_uid, uid))
		return NULL;
	series = event_memory_find(memory, row->series_uid);
	if (series == NULL || series->is_put)
		return NULL;
	series->is_replaced = true;
	if (event_memory_find(memory, uid) != NULL ||
		series->starts != event_time_digits(row->metas[EVENT_META_START_TIME]))
		return NULL;
	/* Also when it is not known as it is: somebody else has written it since. */
	event_batch_forget_event(store->batch, series->uid);
	event_memory_rename(memory, series, uid);
	series->is_replaced = false;
	event_memory_forget_successor(memory, series);
	return series;
}

/* Of the occurrences that take the place of a series in one post, the one nearest to the post's
 * start gets what people wrote on it; of two as near the earlier. */
static void note_successor(EventStore *store, const EventRow *row, const StoredEvent *event)
{
	EventMemory *memory = store->memory;
	int64_t starts = event_time_digits(row->metas[EVENT_META_START_TIME]);
	const StoredEvent *series =
		row->series_uid == NULL ? NULL : event_memory_find(memory, row->series_uid);

	if (series == NULL || series == event || !series->is_replaced)
		return;
	event_memory_name_successor(memory, series, event,
		2 * event_digits_distance_secs(series->starts, starts) + (starts > series->starts));
}

static EventChange change_of(const StoredEvent *event, const EventRow *row)
{
	if (event->post_id == 0)
		return EVENT_ADDED;
	if (event->is_trashed)
		return EVENT_RESTORED;
	if (event->needs_writing || memcmp(event->hash, row->hash, sizeof(event->hash)) != 0)
		return EVENT_CHANGED;
	return EVENT_UNCHANGED;
}

/* Finds or makes the entry of a row, and says what happens to it. */
static EventChange store_match(EventStore *store, const EventRow *row, StoredEvent **ret_event)
{
	const char *uid = row->metas[EVENT_META_EVENT_UID];
	StoredEvent *adopted = store_adopt(store, row, uid);

	*ret_event = adopted != NULL ? adopted : event_memory_find(store->memory, uid);
	if (adopted != NULL)
		return adopted->is_trashed ? EVENT_RESTORED : EVENT_ADOPTED;
	if (*ret_event == NULL)
		*ret_event = event_memory_add(store->memory, uid);
	return change_of(*ret_event, row);
}

/* The event came from another object, which is there and has not been told without it. */
static bool belongs_elsewhere(const EventStore *store, const StoredEvent *event, int32_t in_hand)
{
	return event->object != NO_OBJECT && event->object != store->object &&
	       (event->calendar == NO_CALENDAR ||
		       event_sightings_is_selected(store, event->calendar, in_hand)) &&
	       event_memory_object_at(store->memory, event->object)->state == OBJECT_NOT_TOLD;
}

/* And of the same calendar, so that both are one copy. */
static bool is_of_other_object(const EventStore *store, const StoredEvent *event, int32_t in_hand)
{
	return (event->calendar == in_hand || event->calendar == NO_CALENDAR) &&
	       belongs_elsewhere(store, event, in_hand);
}

/* Whether its row among the known events says just this. */
static bool is_known_so(
	const EventStore *store, const StoredEvent *event, int32_t calendar, uint8_t worth)
{
	return store->options.state == 0 ||
	       (event->is_known && event->calendar == calendar && event->object == store->object &&
		       event->worth == worth);
}

/* Where the event is found from now on: in the object in hand. */
static void set_place(const EventStore *store, EventWrite *write, int32_t calendar)
{
	memcpy(write->calendar_hash, event_memory_calendar_at(store->memory, calendar)->hash,
		STATE_HASH_BYTES);
	write->has_object = store->object != NO_OBJECT;
	if (write->has_object)
		memcpy(write->object_hash,
			event_memory_object_at(store->memory, store->object)->hash,
			STATE_HASH_BYTES);
}

static EventWrite *new_write(const EventStore *store, const StoredEvent *event, EventChange change,
	int32_t calendar, EventRow *take_row)
{
	EventWrite *write = event_write_new(change, event->post_id, event->uid, take_row);

	set_place(store, write, calendar);
	return write;
}

/* Whether the event of this uid is not for the copy in hand to write. */
static bool is_taken(EventStore *store, StoredEvent *event, int32_t calendar, uint8_t worth,
	bool *ret_is_taken, GError **error)
{
	bool takes_over;

	*ret_is_taken = true;
	if (event->is_put && !event->is_awaited && event->calendar == calendar)
		return true;
	if (worth > 0 && !is_of_other_object(store, event, calendar)) {
		if (!event_sightings_takes_over(store, event, calendar, worth, &takes_over, error))
			return false;
		*ret_is_taken = !takes_over;
		return true;
	}
	*ret_is_taken =
		(event->is_put && !event->is_awaited) || belongs_elsewhere(store, event, calendar);
	if (*ret_is_taken && !event->is_put)
		store->wants_listing = true;
	return !*ret_is_taken || event->calendar == calendar ||
	       event_sightings_note(store, event, calendar, worth, error);
}

/* An event of which a copy that is worth less was put before. */
static bool put_again(
	EventStore *store, StoredEvent *event, int32_t calendar, EventRow *take_row, GError **error)
{
	guint place = event_memory_place(store->memory, event);
	EventWrite *write = event_batch_find(store->batch, event->uid);
	EventWrite *waiting = NULL;

	if (write == NULL && !event_moves_take(store->moves, place, &waiting, error)) {
		event_row_free(take_row);
		return false;
	}
	if (waiting != NULL)
		write = waiting;
	if (write == NULL)
		return event_batch_add(store->batch,
			new_write(store, event, event->post_id == 0 ? EVENT_ADDED : EVENT_CHANGED,
				calendar, take_row),
			error);
	event_write_replace(write, take_row);
	set_place(store, write, calendar);
	if (waiting != NULL)
		event_moves_wait(store->moves, place, waiting);
	return true;
}

/* The first copy of the event in this run, or one that is believed rather than those before. */
static bool put_copy(EventStore *store, StoredEvent *event, int32_t calendar, EventRow *take_row,
	EventChange *ret_change, GError **error)
{
	g_autoptr(EventRow) row = take_row;
	bool is_again = event != NULL && event->is_put;
	bool is_known_already, waits;
	EventWrite *write;

	*ret_change = store_match(store, row, &event);
	note_successor(store, row, event);
	is_known_already = is_known_so(store, event, calendar, row->worth);
	event->is_put = true;
	event->is_awaited = false;
	event->is_told_gone = false;
	event->is_told_outside = false;
	event->calendar = calendar;
	event->object = store->object;
	event->worth = row->worth;
	if (is_again)
		return put_again(store, event, calendar, g_steal_pointer(&row), error);
	if (*ret_change == EVENT_UNCHANGED && is_known_already) {
		event_batch_counts(store->batch)->unchanged++;
		return true;
	}
	waits = *ret_change == EVENT_ADDED && event_moves_may_be_one(store->moves, row);
	write = new_write(store, event, *ret_change, calendar, g_steal_pointer(&row));
	if (!waits)
		return event_batch_add(store->batch, write, error);
	store->is_object_waiting = true;
	event_moves_wait(store->moves, event_memory_place(store->memory, event), write);
	return true;
}

bool event_store_put(EventStore *store, const char *calendar_id, EventRow *take_row,
	EventChange *ret_change, GError **error)
{
	g_autoptr(EventRow) row = take_row;
	EventStoreCounts *counts = event_batch_counts(store->batch);
	EventChange change = EVENT_UNCHANGED;
	int32_t calendar = calendar_index(store, calendar_id);
	StoredEvent *event = event_memory_find(store->memory, row->metas[EVENT_META_EVENT_UID]);
	bool is_other = false;

	if (store->object != NO_OBJECT) {
		g_free(store->object_uid);
		store->object_uid =
			g_strdup(row->series_uid != NULL ? row->series_uid
							 : row->metas[EVENT_META_EVENT_UID]);
	}
	counts->seen++;
	if (ret_change != NULL)
		*ret_change = EVENT_UNCHANGED;
	if (event != NULL && !is_taken(store, event, calendar, row->worth, &is_other, error))
		return false;
	if (is_other) {
		store->is_object_shadowed |= event->object != store->object;
		counts->unchanged++;
		return true;
	}
	if (!put_copy(store, event, calendar, g_steal_pointer(&row), &change, error))
		return false;
	if (ret_change != NULL)
		*ret_change = change;
	return true;
}

int64_t event_store_post_id(const EventStore *store, const char *event_uid)
{
	g_autofree char *uid = event_row_uid(event_uid, store->site);
	const StoredEvent *event = event_memory_find(store->memory, uid);

	return event != NULL ? event->post_id : 0;
}

bool event_store_was_put(const EventStore *store, const char *event_uid)
{
	g_autofree char *uid = event_row_uid(event_uid, store->site);
	const StoredEvent *event = event_memory_find(store->memory, uid);

	return event != NULL && (event->is_put || event_sightings_is_told(store, event));
}

void event_store_gone(
	EventStore *store, const char *calendar_id, const char *event_uid, bool with_instances)
{
	g_autofree char *uid = event_row_uid(event_uid, store->site);
	int32_t calendar = calendar_index(store, calendar_id);
	StoredEvent *event = event_memory_find(store->memory, uid);

	if (event != NULL)
		event_sightings_gone(store, event, calendar);
	if (with_instances)
		event_sightings_series_gone(store, uid, calendar);
}

void event_store_outside(EventStore *store, const char *calendar_id, const char *event_uid)
{
	g_autofree char *uid = event_row_uid(event_uid, store->site);
	int32_t calendar = calendar_index(store, calendar_id);
	StoredEvent *event = event_memory_find(store->memory, uid);

	if (event != NULL)
		event_sightings_outside(store, event, calendar);
}

void event_store_keep(EventStore *store, const char *uid)
{
	g_hash_table_add(store->kept, event_row_uid(uid, store->site));
}

const EventStoreCounts *event_store_counts(const EventStore *store)
{
	return event_batch_counts(store->batch);
}

bool event_store_wants_listing(const EventStore *store)
{
	return store->wants_listing;
}

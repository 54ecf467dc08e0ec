/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a listing: which stored events it proves to be gone. */
#include <string.h>

#include "wp/event_sightings.h"
#include "wp/event_store_private.h"

/* What the listing as a whole proves. */
typedef struct {
	bool all_listed;         /* there are calendars, and all of them were listed whole */
	bool all_calendars_told; /* and none of them failed */
} Sweep;

static Sweep sweep_of(const EventStore *store, bool all_calendars_told)
{
	guint counts[] = {
		[CALENDAR_NOT_TOLD] = 0,
		[CALENDAR_CHANGES_TOLD] = 0,
		[CALENDAR_COMPLETE] = 0,
		[CALENDAR_FAILED] = 0,
	};

	for (guint i = 0; i < store->memory->calendars->len; i++)
		counts[event_memory_calendar_at(store->memory, (int32_t)i)->state]++;
	return (Sweep){
		.all_listed = counts[CALENDAR_COMPLETE] > 0 && counts[CALENDAR_FAILED] == 0 &&
			      counts[CALENDAR_CHANGES_TOLD] == 0,
		.all_calendars_told = all_calendars_told && counts[CALENDAR_FAILED] == 0 &&
				      counts[CALENDAR_COMPLETE] + counts[CALENDAR_CHANGES_TOLD] > 0,
	};
}

static bool is_absent_from_calendar(
	const EventStore *store, const StoredEvent *event, const Sweep *sweep)
{
	if (event->calendar == NO_CALENDAR)
		return sweep->all_listed && event->starts < store->memory->span.to;
	switch (event_memory_calendar_at(store->memory, event->calendar)->state) {
	case CALENDAR_COMPLETE:
		return event->starts < store->memory->span.to;
	case CALENDAR_CHANGES_TOLD:
	case CALENDAR_FAILED:
		return false;
	case CALENDAR_NOT_TOLD:
		/* Deselected. Were one of the others in trouble, this might be its former name. */
		return sweep->all_calendars_told;
	}
	return false;
}

static bool is_proven_absent(const EventStore *store, const StoredEvent *event, const Sweep *sweep)
{
	return event->ends > store->memory->span.from &&
	       (event->is_told_outside || event_sightings_is_absent_from_object(store, event) ||
		       is_absent_from_calendar(store, event, sweep));
}

/* `kept_copy` is the copy of this event that stays when there are several. */
static bool is_to_go(const EventStore *store, const StoredEvent *event,
	const StoredEvent *kept_copy, const Sweep *sweep, EventChange *ret_change)
{
	if ((event->is_put && !event->is_awaited) || event->is_trashed || event->post_id == 0 ||
		event_sightings_hold_series(store->kept, event->uid))
		return false;
	if (event != kept_copy && (kept_copy->is_put || !kept_copy->is_trashed)) {
		*ret_change = EVENT_FOLDED;
		return true;
	}
	*ret_change = EVENT_REMOVED;
	return event->is_replaced || kept_copy->is_told_gone ||
	       event_sightings_is_series_gone(store, event) ||
	       is_proven_absent(store, event, sweep);
}

/* Each event with several copies goes to the best of those that are there. */
static bool choose_copies(EventStore *store, const Sweep *sweep, GError **error)
{
	for (guint i = 0; i < store->memory->events->len; i++) {
		StoredEvent *event = event_memory_at(store->memory, i);
		const StoredEvent *kept_copy = event_memory_find(store->memory, event->uid);
		EventChange change = EVENT_UNCHANGED;
		bool is_going, is_moved;

		if (event->sightings == NO_SIGHTING || event != kept_copy || event->is_replaced)
			continue;
		is_going = is_to_go(store, event, kept_copy, sweep, &change);
		/* There is no post that could stay. */
		if (!is_going && !event->is_put && (event->is_trashed || event->post_id == 0))
			continue;
		if (!event_sightings_choose(store, event, is_going, &is_moved, error))
			return false;
	}
	return true;
}

bool event_store_choose(EventStore *store, bool all_calendars_told, GError **error)
{
	Sweep sweep = sweep_of(store, all_calendars_told);

	return choose_copies(store, &sweep, error);
}

bool event_store_awaits(EventStore *store, const char *calendar_id)
{
	uint8_t hash[STATE_HASH_BYTES];

	state_hash_calendar(calendar_id, hash);
	return event_memory_calendar_at(store->memory, event_memory_calendar(store->memory, hash))
		->is_awaited;
}

/* What the moves ask about stored events. A series in one post is no occurrence that was moved:
 * event_store_put() knows which one it is, if any. */
typedef struct {
	const EventStore *store;
	const Sweep *sweep; /* NULL: the listing came to no end, and proves nothing */
} Proof;

static bool goes(guint place, const void *data)
{
	const Proof *proof = data;
	const StoredEvent *event = event_memory_at(proof->store->memory, place);
	EventChange change;

	return proof->sweep != NULL && !event->is_replaced &&
	       is_to_go(proof->store, event,
		       event_memory_find_former(proof->store->memory, event->uid), proof->sweep,
		       &change) &&
	       change == EVENT_REMOVED;
}

/* It may go, but something failed: the next run will tell. */
static bool is_doubtful(guint place, const void *data)
{
	const EventStore *store = ((const Proof *)data)->store;
	const StoredEvent *event = event_memory_at(store->memory, place);

	if (event->is_put || event->is_replaced || !event_memory_is_in_span(store->memory, event) ||
		event_sightings_hold_series(store->kept, event->uid))
		return false;
	if (event->is_told_gone || event->is_told_outside ||
		event_sightings_is_series_gone(store, event))
		return true;
	return event->object != NO_OBJECT &&
	       event_memory_object_at(store->memory, event->object)->state != OBJECT_NOT_TOLD;
}

/* Nobody knows what becomes of it, for its calendar came to no end. */
static bool is_untold(guint place, const void *data)
{
	const Proof *proof = data;
	const EventMemory *memory = proof->store->memory;
	const StoredEvent *event = event_memory_at(memory, place);

	return !event->is_put && event_memory_is_in_span(memory, event) &&
	       (proof->sweep == NULL ||
		       (event->calendar != NO_CALENDAR &&
			       event_memory_calendar_at(memory, event->calendar)->state ==
				       CALENDAR_FAILED));
}

static bool take_settled(EventWrite *take_write, void *data, GError **error)
{
	return event_batch_add(((Proof *)data)->store->batch, take_write, error);
}

static bool settle_moves(EventStore *store, const Sweep *sweep, GError **error)
{
	Proof proof = {store, sweep};
	const EventMovesEnd end = {{goes, is_doubtful, is_untold, &proof}, take_settled, &proof};

	return event_moves_settle(store->moves, &end, error);
}

/* Where the meeting goes on whose post goes: in the copy that stays, or in what takes the place of
 * either. NULL: nowhere. */
static const StoredEvent *successor_of(const EventStore *store, const StoredEvent *event,
	const StoredEvent *kept_copy, EventChange change)
{
	const StoredEvent *stays = change == EVENT_FOLDED ? kept_copy : event;
	const StoredEvent *successor = event_memory_successor(store->memory, stays);

	if (successor != NULL && (stays->is_replaced || stays->post_id == 0))
		return successor;
	return stays == event ? NULL : stays;
}

static EventWrite *new_removal(const EventStore *store, const StoredEvent *event,
	const StoredEvent *kept_copy, EventChange change)
{
	EventWrite *write = event_write_new(change, event->post_id, event->uid, NULL);
	const StoredEvent *successor = successor_of(store, event, kept_copy, change);

	write->stays_known = change == EVENT_FOLDED;
	if (successor == NULL)
		return write;
	write->successor_id = successor->post_id;
	if (successor->post_id == 0)
		write->successor_uid = g_strdup(successor->uid);
	return write;
}

static bool sweep_events(EventStore *store, const Sweep *sweep, GError **error)
{
	for (guint i = 0; i < store->memory->events->len; i++) {
		const StoredEvent *event = event_memory_at(store->memory, i);
		const StoredEvent *kept_copy = event_memory_find_former(store->memory, event->uid);
		EventChange change;

		if (event->is_orphan)
			continue;
		if (event->sightings != NO_SIGHTING)
			event_sightings_settle(store, event);
		/* Trashed by a person, or deleted: nobody asks for it any more. */
		if (event->is_known && !event->is_put && !kept_copy->is_put &&
			(event->is_lost || event->is_trashed))
			event_batch_forget_event(store->batch, event->uid);
		if (!is_to_go(store, event, kept_copy, sweep, &change))
			continue;
		if (!event_batch_add(
			    store->batch, new_removal(store, event, kept_copy, change), error))
			return false;
	}
	return true;
}

/* True unless the calendar failed: then what was deferred is left to the next run. */
static bool is_settled(const EventStore *store, const CalendarObject *object)
{
	int32_t calendar = event_memory_calendar(store->memory, object->calendar_hash);

	return event_memory_calendar_at(store->memory, calendar)->state != CALENDAR_FAILED;
}

static bool sweep_objects(EventStore *store, GError **error)
{
	while (store->held_back->len > 0) {
		CalendarObject *object = g_ptr_array_steal_index(store->held_back, 0);

		if (event_memory_object_is_distrusted(store->memory, object))
			g_clear_pointer(&object->etag, g_free);
		if (!is_settled(store, object))
			calendar_object_free(object);
		else if (!event_batch_add_object(store->batch, object, error))
			return false;
	}
	while (store->forgotten->len > 0) {
		CalendarObject *object = g_ptr_array_steal_index(store->forgotten, 0);

		if (is_settled(store, object))
			event_batch_forget_object(store->batch, object);
		else
			calendar_object_free(object);
	}
	return true;
}

/* Of events that this run stored: the uids (borrowed) of those that somebody else stored, too, and
 * the ids of these other posts. */
static void list_copies(const EventStore *store, GPtrArray *uids, GArray *post_ids)
{
	for (guint i = 0; i < store->memory->events->len; i++) {
		const StoredEvent *event = event_memory_at(store->memory, i);
		int64_t copy = event->is_put && event->post_id == 0
				       ? event_batch_foreign(store->batch, event->uid)
				       : 0;

		if (copy == 0)
			continue;
		g_ptr_array_add(uids, (gpointer)event->uid);
		g_array_append_val(post_ids, copy);
	}
}

/* Copies that came while this run stored their events are compared with what it stored, which comes
 * first, since it is what is remembered. Those still to be written find them by themselves. */
static bool load_copies(EventStore *store, GError **error)
{
	g_autoptr(GPtrArray) uids = g_ptr_array_new();
	g_autoptr(GArray) copies = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(int64_t));

	if (store->options.state == 0 || store->options.dry_run)
		return true;
	if (!event_batch_look_back(store->batch, error))
		return false;
	list_copies(store, uids, copies);
	if (uids->len == 0)
		return true;
	if (!known_events_posts(store->db, store->options.state, (const char *const *)uids->pdata,
		    uids->len, own, error) ||
		!event_memory_load_posts(store->memory, store->db,
			(const int64_t *)(void *)own->data, own->len, error))
		return false;
	for (guint i = uids->len; i > 0; i--) {
		const StoredEvent *event = event_memory_find(store->memory, uids->pdata[i - 1]);

		if (event->post_id == 0 || event->post_id == g_array_index(copies, int64_t, i - 1))
			g_array_remove_index(copies, i - 1);
	}
	return event_memory_load_posts(store->memory, store->db,
		(const int64_t *)(void *)copies->data, copies->len, error);
}

bool event_store_sweep(EventStore *store, bool all_calendars_told, GError **error)
{
	Sweep sweep = sweep_of(store, all_calendars_told);

	if (!load_copies(store, error) || !choose_copies(store, &sweep, error))
		return false;
	sweep = sweep_of(store, all_calendars_told);
	return settle_moves(store, &sweep, error) && sweep_events(store, &sweep, error) &&
	       sweep_objects(store, error);
}

bool event_store_finish(EventStore *store, DbWork last, void *last_data, GError **error)
{
	return settle_moves(store, NULL, error) &&
	       event_batch_finish(store->batch, last, last_data, error);
}

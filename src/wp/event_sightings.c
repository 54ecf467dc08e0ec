/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of several calendars an event is believed from. */
#include "wp/event_sightings.h"

#include <string.h>

bool event_sightings_hold_series(GHashTable *uids, const char *event_uid)
{
	const char *underscore = strrchr(event_uid, '_');
	g_autofree char *uid = NULL;

	if (g_hash_table_size(uids) == 0)
		return false;
	if (g_hash_table_contains(uids, event_uid))
		return true;
	if (underscore == NULL)
		return false;
	uid = g_strndup(event_uid, (gsize)(underscore - event_uid));
	return g_hash_table_contains(uids, uid);
}

bool event_sightings_is_selected(const EventStore *store, int32_t calendar, int32_t in_hand)
{
	const char *const *id = store->options.calendar_ids;

	if (id == NULL || calendar == in_hand)
		return true;
	for (; *id != NULL; id++) {
		uint8_t hash[STATE_HASH_BYTES];

		state_hash_calendar(*id, hash);
		if (memcmp(hash, event_memory_calendar_at(store->memory, calendar)->hash,
			    sizeof(hash)) == 0)
			return true;
	}
	return false;
}

/* What this calendar says of the event holds for it: nobody else who is still asked tells it. */
static bool speaks_for(const EventStore *store, const StoredEvent *event, int32_t calendar)
{
	return event->calendar == calendar || event->calendar == NO_CALENDAR ||
	       !event_sightings_is_selected(store, event->calendar, calendar);
}

/* A series by its calendar, in the set of those that are gone. Caller frees. */
static char *series_key(int32_t calendar, const char *uid)
{
	return g_strdup_printf("%" G_GINT32_FORMAT " %s", calendar, uid);
}

static bool is_series_gone_from(const EventStore *store, const char *event_uid, int32_t calendar)
{
	g_autofree char *key = NULL;

	if (g_hash_table_size(store->gone) == 0)
		return false;
	key = series_key(calendar, event_uid);
	return event_sightings_hold_series(store->gone, key);
}

bool event_sightings_is_series_gone(const EventStore *store, const StoredEvent *event)
{
	if (g_hash_table_size(store->gone) == 0)
		return false;
	for (int32_t i = 0; i < (int32_t)store->memory->calendars->len; i++) {
		if (speaks_for(store, event, i) && is_series_gone_from(store, event->uid, i))
			return true;
	}
	return false;
}

void event_sightings_series_gone(EventStore *store, const char *uid, int32_t calendar)
{
	g_hash_table_add(store->gone, series_key(calendar, uid));
}

static void end_sighting(EventStore *store, const StoredEvent *event, int32_t calendar)
{
	StoredSighting *sighting = event_memory_sighting(store->memory, event, calendar);

	if (sighting == NULL)
		return;
	sighting->is_told = false;
	sighting->is_told_gone = true;
}

void event_sightings_gone(EventStore *store, StoredEvent *event, int32_t calendar)
{
	if (speaks_for(store, event, calendar))
		event->is_told_gone = true;
	end_sighting(store, event, calendar);
}

void event_sightings_outside(EventStore *store, StoredEvent *event, int32_t calendar)
{
	if (speaks_for(store, event, calendar))
		event->is_told_outside = true;
	end_sighting(store, event, calendar);
}

/* Whether a calendar may hold anything: it is asked, or was. */
static bool is_there(const EventStore *store, int32_t calendar)
{
	return event_memory_calendar_at(store->memory, calendar)->state != CALENDAR_NOT_TOLD ||
	       event_sightings_is_selected(store, calendar, NO_CALENDAR);
}

static bool is_complete(const EventStore *store, int32_t calendar)
{
	return event_memory_calendar_at(store->memory, calendar)->state == CALENDAR_COMPLETE;
}

static bool is_sighting_alive(
	const EventStore *store, const StoredEvent *event, const StoredSighting *sighting)
{
	if (sighting->is_told)
		return true;
	return !sighting->is_told_gone && is_there(store, sighting->calendar) &&
	       !is_complete(store, sighting->calendar) &&
	       !is_series_gone_from(store, event->uid, sighting->calendar);
}

bool event_sightings_is_absent_from_object(const EventStore *store, const StoredEvent *event)
{
	const EventMemory *memory = store->memory;

	if (event->object == NO_OBJECT ||
		(event->calendar != NO_CALENDAR &&
			event_memory_calendar_at(memory, event->calendar)->state ==
				CALENDAR_FAILED))
		return false;
	switch (event_memory_object_at(memory, event->object)->state) {
	case OBJECT_TOLD:
		return event->starts < memory->span.to;
	case OBJECT_GONE:
		return true;
	default:
		return false;
	}
}

/* The copy that the row is made of, as far as was told. */
static bool is_own_alive(const EventStore *store, const StoredEvent *event)
{
	if (event->calendar == NO_CALENDAR || event->is_orphan)
		return false;
	if (event->is_put || event->is_awaited)
		return true;
	return !event->is_told_gone && !event->is_told_outside &&
	       is_there(store, event->calendar) && !is_complete(store, event->calendar) &&
	       !event_sightings_is_absent_from_object(store, event) &&
	       !event_sightings_is_series_gone(store, event);
}

/* Equal copies are told apart by their calendars, so that no order matters. */
static bool is_better(const EventStore *store, int32_t calendar, uint8_t worth, int32_t other,
	uint8_t other_worth)
{
	if (worth != other_worth)
		return worth > other_worth;
	return memcmp(event_memory_calendar_at(store->memory, calendar)->hash,
		       event_memory_calendar_at(store->memory, other)->hash, STATE_HASH_BYTES) < 0;
}

static Sighting sighting_of(
	const EventStore *store, const StoredEvent *event, int32_t calendar, uint8_t worth)
{
	Sighting sighting = {.worth = worth};

	state_hash(event->uid, strlen(event->uid), sighting.event_hash);
	memcpy(sighting.calendar_hash, event_memory_calendar_at(store->memory, calendar)->hash,
		STATE_HASH_BYTES);
	return sighting;
}

/* `is_told`: just now, or earlier in this run. */
static bool keep_sighting(EventStore *store, StoredEvent *event, int32_t calendar, uint8_t worth,
	bool is_told, GError **error)
{
	StoredSighting *sighting = event_memory_add_sighting(store->memory, event, calendar);
	Sighting kept = sighting_of(store, event, calendar, worth);
	bool is_new = !sighting->is_remembered || sighting->worth != worth;

	sighting->is_told = is_told;
	sighting->is_told_gone = false;
	sighting->worth = worth;
	sighting->is_remembered = store->options.state != 0;
	return !is_new || store->options.state == 0 ||
	       event_batch_add_sighting(store->batch, &kept, error);
}

bool event_sightings_note(
	EventStore *store, StoredEvent *event, int32_t calendar, uint8_t worth, GError **error)
{
	return keep_sighting(store, event, calendar, worth, true, error);
}

/* The event's own copy becomes one of the others: when it is asked for again, it must be read. */
static bool keep_own(EventStore *store, StoredEvent *event, GError **error)
{
	StoredObject *object;

	if (event->object != NO_OBJECT) {
		object = event_memory_object_at(store->memory, event->object);
		object->is_spoilt = true;
		object->is_distrusted = true;
		if (store->options.state != 0)
			event_batch_distrust_object(store->batch, object->hash);
	}
	return keep_sighting(store, event, event->calendar, event->worth,
		event->is_put && !event->is_awaited, error);
}

bool event_sightings_is_told(const EventStore *store, const StoredEvent *event)
{
	const StoredSighting *one = event_memory_sighting_at(store->memory, event->sightings);

	while (one != NULL && !one->is_told)
		one = event_memory_sighting_at(store->memory, one->next);
	return one != NULL;
}

/* What was stored before copies were told apart is taken for the best one until its calendar tells.
 * A post that is in the trash, or not there, is better made of any. */
static bool is_yielding(
	const EventStore *store, const StoredEvent *event, int32_t calendar, uint8_t worth)
{
	bool has_row = event->is_put || (event->post_id != 0 && !event->is_trashed);

	return !has_row || (event->worth != 0 && is_better(store, calendar, worth, event->calendar,
							 event->worth));
}

bool event_sightings_takes_over(EventStore *store, StoredEvent *event, int32_t calendar,
	uint8_t worth, bool *ret_takes_over, GError **error)
{
	*ret_takes_over = true;
	if (event->calendar == calendar || !is_own_alive(store, event))
		return true;
	*ret_takes_over = is_yielding(store, event, calendar, worth);
	if (!*ret_takes_over)
		return event_sightings_note(store, event, calendar, worth, error);
	/* A post that we put into the trash ourselves had left that calendar. */
	if (!event->is_put && !event->is_known && (event->post_id == 0 || event->is_trashed))
		return true;
	return keep_own(store, event, error);
}

static const StoredSighting *best_other(const EventStore *store, const StoredEvent *event)
{
	const StoredSighting *best = NULL;
	const StoredSighting *one = event_memory_sighting_at(store->memory, event->sightings);

	for (; one != NULL; one = event_memory_sighting_at(store->memory, one->next)) {
		if (one->calendar == event->calendar || !is_sighting_alive(store, event, one))
			continue;
		if (best == NULL ||
			is_better(store, one->calendar, one->worth, best->calendar, best->worth))
			best = one;
	}
	return best;
}

/* Its calendar is to be listed again: what that leaves out is known only then. */
static void await(EventStore *store, StoredEvent *event, const StoredSighting *sighting)
{
	StoredCalendar *calendar = event_memory_calendar_at(store->memory, sighting->calendar);

	event->calendar = sighting->calendar;
	event->worth = sighting->worth;
	event->object = NO_OBJECT;
	/* As it was written, unless somebody else wrote meanwhile or this run has. */
	if (!event->is_known || event->is_put)
		memset(event->hash, 0, sizeof(event->hash));
	event->is_known = false;
	event->is_awaited = true;
	event->is_told_gone = false;
	event->is_told_outside = false;
	calendar->is_awaited = true;
	if (calendar->state == CALENDAR_COMPLETE)
		calendar->state = CALENDAR_CHANGES_TOLD;
}

bool event_sightings_choose(
	EventStore *store, StoredEvent *event, bool is_going, bool *ret_moved, GError **error)
{
	const StoredSighting *best = best_other(store, event);
	guint place;

	*ret_moved =
		best != NULL &&
		(is_going || (event->worth != 0 && is_better(store, best->calendar, best->worth,
							   event->calendar, event->worth)));
	if (!*ret_moved)
		return true;
	/* The next one is kept by its place: noting the other may move it. */
	place = (guint)(best - event_memory_sighting_at(store->memory, 0));
	if (!is_going && !keep_own(store, event, error))
		return false;
	await(store, event, event_memory_sighting_at(store->memory, (int32_t)place));
	return true;
}

static void move_known(EventStore *store, const StoredEvent *event)
{
	KnownEvent known = {
		.event_uid = event->uid,
		.post_id = event->post_id,
		.worth = event->worth,
		.starts = event->starts,
		.ends = event->ends,
	};

	memcpy(known.calendar_hash, event_memory_calendar_at(store->memory, event->calendar)->hash,
		STATE_HASH_BYTES);
	memcpy(known.content_hash, event->hash, STATE_HASH_BYTES);
	event_batch_move_event(store->batch, &known);
}

void event_sightings_settle(EventStore *store, const StoredEvent *event)
{
	StoredSighting *one = event_memory_sighting_at(store->memory, event->sightings);

	if (event->is_awaited && event->post_id != 0)
		move_known(store, event);
	for (; one != NULL; one = event_memory_sighting_at(store->memory, one->next)) {
		Sighting gone = sighting_of(store, event, one->calendar, one->worth);

		/* Those of calendars that the connection does not have any more go with these. */
		if (!one->is_remembered || !is_there(store, one->calendar) ||
			(one->calendar != event->calendar && is_sighting_alive(store, event, one)))
			continue;
		one->is_remembered = false;
		event_batch_forget_sighting(store->batch, &gone);
	}
}

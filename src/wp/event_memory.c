/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the stored events into memory, from the known events and from WordPress's own rows. */
#include "wp/event_memory.h"

#include <string.h>

#include "state/known_events.h"
#include "wp/event_load.h"

/* Times are compared as site time, in which one hour a year happens twice. Within an hour of the
 * window's ends it is therefore not certain whether the provider looked at an event: absence proves
 * nothing there. */
enum { WINDOW_MARGIN_SECS = 3600 };

int64_t event_time_digits(const char *time)
{
	int64_t digits = 0;

	if (time == NULL || strlen(time) != strlen("2026-01-15 09:00:00"))
		return 0;
	for (; *time != '\0'; time++) {
		if (g_ascii_isdigit(*time))
			digits = digits * 10 + g_ascii_digit_value(*time);
		else if (strchr("- :", *time) == NULL)
			return 0;
	}
	return digits;
}

/* Wall clock seconds of digits of site time; only for distances, in which an hour is nothing. */
static int64_t seconds_of(int64_t digits)
{
	int64_t day = digits / EVENT_DIGITS_PER_DAY;
	int64_t time = digits % EVENT_DIGITS_PER_DAY;
	g_autoptr(GDate) date = NULL;

	if (!g_date_valid_dmy(
		    (GDateDay)(day % 100), (GDateMonth)(day / 100 % 100), (GDateYear)(day / 10000)))
		return 0;
	date = g_date_new_dmy(
		(GDateDay)(day % 100), (GDateMonth)(day / 100 % 100), (GDateYear)(day / 10000));
	return (int64_t)g_date_get_julian(date) * 86400 + time / 10000 * 3600 +
	       time / 100 % 100 * 60 + time % 100;
}

int64_t event_digits_distance_secs(int64_t digits, int64_t other)
{
	return ABS(event_digits_difference_secs(digits, other));
}

int64_t event_digits_difference_secs(int64_t digits, int64_t other)
{
	return seconds_of(digits) - seconds_of(other);
}

static int64_t digits_of_instant(const WpSite *site, int64_t utc)
{
	g_autofree char *time = site_zone_format(site->zone, utc);

	return event_time_digits(time);
}

EventMemory *event_memory_new(const WpSite *site, TimeWindow window)
{
	EventMemory *memory = g_new0(EventMemory, 1);

	memory->site = site;
	memory->span = (EventSpan){
		.from = digits_of_instant(site, window.from_utc + WINDOW_MARGIN_SECS),
		.to = digits_of_instant(site, window.to_utc - WINDOW_MARGIN_SECS),
	};
	memory->texts = g_string_chunk_new(64 * 1024);
	memory->events = g_array_new(FALSE, FALSE, sizeof(StoredEvent));
	memory->by_uid = g_hash_table_new(g_str_hash, g_str_equal);
	memory->calendars = g_array_new(FALSE, FALSE, sizeof(StoredCalendar));
	memory->objects = g_array_new(FALSE, FALSE, sizeof(StoredObject));
	memory->sightings = g_array_new(FALSE, FALSE, sizeof(StoredSighting));
	memory->objects_by_hash = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	memory->successors = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	return memory;
}

void event_memory_free(EventMemory *memory)
{
	if (memory == NULL)
		return;
	g_hash_table_unref(memory->successors);
	g_hash_table_unref(memory->objects_by_hash);
	g_array_unref(memory->objects);
	g_array_unref(memory->sightings);
	g_array_unref(memory->calendars);
	g_hash_table_unref(memory->by_uid);
	g_array_unref(memory->events);
	g_string_chunk_free(memory->texts);
	g_free(memory);
}

StoredEvent *event_memory_at(const EventMemory *memory, guint index)
{
	return &g_array_index(memory->events, StoredEvent, index);
}

guint event_memory_place(const EventMemory *memory, const StoredEvent *event)
{
	return (guint)(event - event_memory_at(memory, 0));
}

StoredCalendar *event_memory_calendar_at(const EventMemory *memory, int32_t index)
{
	return &g_array_index(memory->calendars, StoredCalendar, index);
}

StoredObject *event_memory_object_at(const EventMemory *memory, int32_t index)
{
	return &g_array_index(memory->objects, StoredObject, index);
}

StoredEvent *event_memory_find_former(const EventMemory *memory, const char *uid)
{
	guint place = GPOINTER_TO_UINT(g_hash_table_lookup(memory->by_uid, uid));

	return place == 0 ? NULL : event_memory_at(memory, place - 1);
}

StoredEvent *event_memory_find(const EventMemory *memory, const char *uid)
{
	StoredEvent *event = event_memory_find_former(memory, uid);

	return event != NULL && g_str_equal(event->uid, uid) ? event : NULL;
}

/* A connection has a few calendars. */
int32_t event_memory_calendar(EventMemory *memory, const uint8_t hash[STATE_HASH_BYTES])
{
	StoredCalendar calendar = {.state = CALENDAR_NOT_TOLD};

	for (guint i = 0; i < memory->calendars->len; i++) {
		if (memcmp(event_memory_calendar_at(memory, (int32_t)i)->hash, hash,
			    STATE_HASH_BYTES) == 0)
			return (int32_t)i;
	}
	memcpy(calendar.hash, hash, STATE_HASH_BYTES);
	g_array_append_val(memory->calendars, calendar);
	return (int32_t)memory->calendars->len - 1;
}

int32_t event_memory_object(EventMemory *memory, const uint8_t hash[STATE_HASH_BYTES])
{
	GBytes *key = g_bytes_new(hash, STATE_HASH_BYTES);
	guint place = GPOINTER_TO_UINT(g_hash_table_lookup(memory->objects_by_hash, key));
	StoredObject object = {.state = OBJECT_NOT_TOLD, .first = NO_EVENT};

	if (place != 0) {
		g_bytes_unref(key);
		return (int32_t)place - 1;
	}
	memcpy(object.hash, hash, STATE_HASH_BYTES);
	g_array_append_val(memory->objects, object);
	g_hash_table_insert(memory->objects_by_hash, key, GUINT_TO_POINTER(memory->objects->len));
	return (int32_t)memory->objects->len - 1;
}

bool event_memory_object_is_distrusted(EventMemory *memory, const CalendarObject *object)
{
	uint8_t hash[STATE_HASH_BYTES];

	state_hash_object(object->calendar_hash, object->key, hash);
	return event_memory_object_at(memory, event_memory_object(memory, hash))->is_distrusted;
}

/* `same` is an event with that uid, or NULL. */
static StoredEvent new_event(EventMemory *memory, const char *uid, const StoredEvent *same)
{
	return (StoredEvent){
		.uid = same != NULL ? same->uid : g_string_chunk_insert(memory->texts, uid),
		.calendar = NO_CALENDAR,
		.object = NO_OBJECT,
		.next = NO_EVENT,
		.sightings = NO_SIGHTING,
	};
}

static void index_event(EventMemory *memory, guint index)
{
	g_hash_table_insert(memory->by_uid, (gpointer)event_memory_at(memory, index)->uid,
		GUINT_TO_POINTER(index + 1));
}

StoredEvent *event_memory_add(EventMemory *memory, const char *uid)
{
	StoredEvent event = new_event(memory, uid, NULL);

	g_array_append_val(memory->events, event);
	index_event(memory, memory->events->len - 1);
	return event_memory_at(memory, memory->events->len - 1);
}

void event_memory_rename(EventMemory *memory, StoredEvent *event, const char *uid)
{
	event->uid = g_string_chunk_insert(memory->texts, uid);
	event->is_known = false;
	index_event(memory, event_memory_place(memory, event));
}

StoredSighting *event_memory_sighting_at(const EventMemory *memory, int32_t index)
{
	return index == NO_SIGHTING ? NULL
				    : &g_array_index(memory->sightings, StoredSighting, index);
}

StoredSighting *event_memory_sighting(
	const EventMemory *memory, const StoredEvent *event, int32_t calendar)
{
	StoredSighting *sighting = event_memory_sighting_at(memory, event->sightings);

	while (sighting != NULL && sighting->calendar != calendar)
		sighting = event_memory_sighting_at(memory, sighting->next);
	return sighting;
}

StoredSighting *event_memory_add_sighting(EventMemory *memory, StoredEvent *event, int32_t calendar)
{
	StoredSighting *known = event_memory_sighting(memory, event, calendar);
	StoredSighting sighting = {.calendar = calendar, .next = event->sightings};

	if (known != NULL)
		return known;
	g_array_append_val(memory->sightings, sighting);
	event->sightings = (int32_t)memory->sightings->len - 1;
	return event_memory_sighting_at(memory, event->sightings);
}

void event_memory_name_successor(
	EventMemory *memory, const StoredEvent *event, const StoredEvent *successor, int64_t rank)
{
	gpointer place = GUINT_TO_POINTER(event_memory_place(memory, event));
	Successor *named = g_hash_table_lookup(memory->successors, place);

	if (named != NULL && named->rank <= rank)
		return;
	named = g_new0(Successor, 1);
	named->place = event_memory_place(memory, successor);
	named->rank = rank;
	g_hash_table_insert(memory->successors, place, named);
}

void event_memory_forget_successor(EventMemory *memory, const StoredEvent *event)
{
	g_hash_table_remove(
		memory->successors, GUINT_TO_POINTER(event_memory_place(memory, event)));
}

StoredEvent *event_memory_successor(const EventMemory *memory, const StoredEvent *event)
{
	const Successor *named = g_hash_table_lookup(
		memory->successors, GUINT_TO_POINTER(event_memory_place(memory, event)));

	return named == NULL ? NULL : event_memory_at(memory, named->place);
}

/* The event last added came from this object. */
static void chain_last(EventMemory *memory, const uint8_t hash[STATE_HASH_BYTES])
{
	int32_t index = event_memory_object(memory, hash);
	StoredObject *object = event_memory_object_at(memory, index);
	int32_t last = (int32_t)memory->events->len - 1;
	StoredEvent *event = event_memory_at(memory, (guint)last);

	event->object = index;
	event->next = object->first;
	object->first = last;
	if (event->is_lost || event->is_trashed || event->needs_writing)
		object->is_spoilt = true;
}

static void take_known(const KnownEvent *known, void *data)
{
	EventMemory *memory = data;
	StoredEvent event;

	/* Once for each of its sightings. */
	if (event_memory_find(memory, known->event_uid) != NULL)
		return;
	event = new_event(memory, known->event_uid, NULL);

	event.is_known = true;
	event.is_lost = known->post_status == NULL;
	event.post_id = event.is_lost ? 0 : known->post_id;
	event.worth = known->worth;
	event.starts = known->starts;
	event.ends = known->ends;
	event.calendar = event_memory_calendar(memory, known->calendar_hash);
	event.is_trashed = g_strcmp0(known->post_status, "trash") == 0;
	event.needs_writing = g_strcmp0(known->post_status, "publish") != 0;
	memcpy(event.hash, known->content_hash, EVENT_HASH_BYTES);
	g_array_append_val(memory->events, event);
	index_event(memory, memory->events->len - 1);
	if (known->has_object)
		chain_last(memory, known->object_hash);
	memory->stored++;
}

static void take_sighting(const KnownSighting *known, void *data)
{
	EventMemory *memory = data;
	int32_t calendar = event_memory_calendar(memory, known->calendar_hash);
	StoredEvent *event = event_memory_find(memory, known->event_uid);
	StoredSighting *sighting = event_memory_add_sighting(memory, event, calendar);

	sighting->worth = known->worth;
	sighting->is_remembered = true;
	/* Stored before copies were told apart: what it is worth is to be found out. */
	if (event->worth == 0 && event->object != NO_OBJECT)
		event_memory_object_at(memory, event->object)->is_spoilt = true;
}

bool event_memory_load_known(
	EventMemory *memory, Db *db, int64_t connection, int64_t user_id, GError **error)
{
	return known_events_load(db, connection, user_id, take_known, take_sighting, memory, error);
}

/* Of several copies the one that was logged stays, else one that is not in the trash, else the
 * oldest. They come in the order of their ids. */
static bool is_better_copy(const StoredEvent *event, const StoredEvent *other)
{
	if (other->post_id == 0)
		return true;
	if (event->is_logged != other->is_logged)
		return event->is_logged;
	return !event->is_trashed && other->is_trashed;
}

bool event_memory_is_in_span(const EventMemory *memory, const StoredEvent *event)
{
	return event->ends > memory->span.from && event->starts < memory->span.to;
}

static void spoil(EventMemory *memory, const StoredEvent *event)
{
	if (event->object != NO_OBJECT)
		event_memory_object_at(memory, event->object)->is_spoilt = true;
	else
		memory->has_unexplained = true;
}

/* A known event's own row: it is as it was written, or its object must be read again. */
static void see_known(EventMemory *memory, StoredEvent *event, const StoredEvent *row)
{
	event->is_seen = true;
	event->is_logged = row->is_logged;
	event->post_id = row->post_id;
	if (event->is_put)
		return;
	event->starts = row->starts;
	event->ends = row->ends;
	event->is_trashed = row->is_trashed;
	event->needs_writing = row->needs_writing;
	if (!row->needs_writing && !row->is_trashed &&
		memcmp(event->hash, row->hash, EVENT_HASH_BYTES) == 0)
		return;
	memcpy(event->hash, row->hash, EVENT_HASH_BYTES);
	event->is_known = false;
	if (event_memory_is_in_span(memory, row))
		spoil(memory, event);
}

/* A row that nobody knew, or a further copy of an event. */
static void see_new(EventMemory *memory, const StoredEvent *known, const StoredEvent *row)
{
	bool stays = known == NULL || (!known->is_put && is_better_copy(row, known));
	int32_t sightings = NO_SIGHTING;

	if (!row->is_trashed && event_memory_is_in_span(memory, row)) {
		if (known != NULL)
			spoil(memory, known);
		else
			memory->has_unexplained = true;
	}
	if (known != NULL)
		sightings = known->sightings;
	g_array_append_vals(memory->events, row, 1);
	if (!stays)
		return;
	event_memory_at(memory, memory->events->len - 1)->sightings = sightings;
	index_event(memory, memory->events->len - 1);
}

/* `known` is an event with that uid, or NULL. */
static StoredEvent row_of(
	EventMemory *memory, const LoadedEvent *loaded, const char *uid, const StoredEvent *known)
{
	StoredEvent row = new_event(memory, uid, known);

	row.post_id = loaded->post_id;
	row.starts = event_time_digits(loaded->metas[EVENT_META_START_TIME]);
	row.ends = event_time_digits(loaded->metas[EVENT_META_END_TIME]);
	row.is_trashed = g_strcmp0(loaded->status, "trash") == 0;
	row.needs_writing = g_strcmp0(loaded->status, "publish") != 0 || loaded->has_extra_rows;
	row.is_logged = loaded->is_logged;
	row.is_seen = true;
	event_row_hash(loaded->columns, loaded->metas, row.hash);
	return row;
}

static void take_row(const LoadedEvent *loaded, void *data)
{
	EventMemory *memory = data;
	const char *uid = loaded->metas[EVENT_META_EVENT_UID];
	const char *calendar_id = loaded->metas[EVENT_META_CALENDAR_ID];
	uint8_t calendar_hash[STATE_HASH_BYTES];
	StoredEvent row, *known;

	if (uid == NULL || uid[0] == '\0')
		return;
	known = event_memory_find(memory, uid);
	row = row_of(memory, loaded, uid, known);
	if (calendar_id != NULL && calendar_id[0] != '\0') {
		state_hash_calendar(calendar_id, calendar_hash);
		row.calendar = event_memory_calendar(memory, calendar_hash);
	}
	if (known != NULL && !known->is_seen &&
		(known->post_id == row.post_id || (known->is_put && known->post_id == 0))) {
		see_known(memory, known, &row);
		return;
	}
	memory->stored++;
	see_new(memory, known, &row);
}

bool event_memory_load_all(
	EventMemory *memory, Db *db, int64_t user_id, const char *connection_id, GError **error)
{
	guint known = memory->events->len;

	if (!event_load_connection(db, user_id, connection_id, take_row, memory, error))
		return false;
	for (guint i = 0; i < known; i++) {
		StoredEvent *event = event_memory_at(memory, i);

		if (event->is_seen || event->is_put)
			continue;
		/* The post is there, but it is not an event of this connection any more. */
		event->is_lost = event->is_known;
		event->post_id = 0;
		spoil(memory, event);
	}
	return true;
}

bool event_memory_load_posts(
	EventMemory *memory, Db *db, const int64_t *post_ids, size_t count, GError **error)
{
	return event_load_whole(db, post_ids, count, take_row, memory, error);
}

static void take_orphan(const LoadedEvent *loaded, void *data)
{
	EventMemory *memory = data;
	const char *uid = loaded->metas[EVENT_META_EVENT_UID];
	StoredEvent *other;
	StoredEvent row;

	if (uid == NULL || uid[0] == '\0')
		return;
	other = event_memory_find_former(memory, uid);
	row = row_of(memory, loaded, uid, NULL);
	row.is_orphan = true;
	if (other != NULL && !(other->is_orphan && is_better_copy(&row, other)))
		return;
	g_array_append_val(memory->events, row);
	index_event(memory, memory->events->len - 1);
}

bool event_memory_load_orphans(EventMemory *memory, Db *db, int64_t user_id,
	const char *const *connection_ids, GError **error)
{
	return event_load_other_connections(
		db, user_id, connection_ids, take_orphan, memory, error);
}

void event_memory_forget_objects(EventMemory *memory, int32_t calendar)
{
	for (guint i = 0; i < memory->events->len; i++) {
		StoredEvent *event = event_memory_at(memory, i);

		if (event->calendar == calendar && !event->is_put)
			event->object = NO_OBJECT;
	}
}

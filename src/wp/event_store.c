/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a listing does to the stored events: matches both, decides, and hands the writes to a batch.
 */
#include "wp/event_store.h"

#include <string.h>

#include "wp/event_batch.h"
#include "wp/event_load.h"

/* Times are compared as site time, in which one hour a year happens twice. Within an hour of the
 * window's ends it is therefore not certain whether the provider looked at an event: absence proves
 * nothing there. */
enum { WINDOW_MARGIN_SECS = 3600 };

enum { NO_CALENDAR = -1 };

/* What is kept of a stored event: some 60 bytes and its uid. */
typedef struct {
	const char *uid; /* in `texts` */
	int64_t post_id; /* 0: put in this run, was not stored */
	int64_t starts;  /* site time as digits: 20260115090000 */
	int64_t ends;
	int32_t calendar; /* index, or NO_CALENDAR */
	uint8_t hash[EVENT_HASH_BYTES];
	bool is_trashed;
	bool needs_writing; /* whatever the hash says: other status, extra rows */
	bool is_logged;
	bool is_put;
	bool is_told_gone;
	bool is_replaced; /* a series in one post, whose occurrences are stored one by one now */
} StoredEvent;

typedef enum { CALENDAR_NOT_TOLD, CALENDAR_COMPLETE, CALENDAR_FAILED } CalendarState;

typedef struct {
	const char *id; /* in `texts` */
	CalendarState state;
} Calendar;

struct EventStore {
	const WpSite *site;
	EventStoreOptions options;
	EventBatch *batch;
	GStringChunk *texts;
	GArray *events;     /* of StoredEvent */
	GHashTable *by_uid; /* uid -> index in `events` of the one that stays, plus 1 */
	GArray *calendars;  /* of Calendar */
	GHashTable *kept;   /* of uids */
};

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

/* "2026-01-15 09:00:00" as 20260115090000; 0 for what is no such time. */
static int64_t digits_of_time(const char *time)
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

static int32_t store_calendar(EventStore *store, const char *calendar_id)
{
	Calendar calendar = {.state = CALENDAR_NOT_TOLD};

	for (guint i = 0; i < store->calendars->len; i++) {
		if (g_str_equal(g_array_index(store->calendars, Calendar, i).id, calendar_id))
			return (int32_t)i;
	}
	calendar.id = g_string_chunk_insert(store->texts, calendar_id);
	g_array_append_val(store->calendars, calendar);
	return (int32_t)store->calendars->len - 1;
}

static StoredEvent *store_event(const EventStore *store, guint index)
{
	return &g_array_index(store->events, StoredEvent, index);
}

/* The event that is stored under a uid, or was before it was adopted. */
static StoredEvent *store_find_former(const EventStore *store, const char *uid)
{
	guint place = GPOINTER_TO_UINT(g_hash_table_lookup(store->by_uid, uid));

	return place == 0 ? NULL : store_event(store, place - 1);
}

static StoredEvent *store_find(const EventStore *store, const char *uid)
{
	StoredEvent *event = store_find_former(store, uid);

	return event != NULL && g_str_equal(event->uid, uid) ? event : NULL;
}

static void store_append(EventStore *store, const StoredEvent *event)
{
	g_array_append_vals(store->events, event, 1);
}

static void store_index_last(EventStore *store)
{
	g_hash_table_insert(store->by_uid,
		(gpointer)store_event(store, store->events->len - 1)->uid,
		GUINT_TO_POINTER(store->events->len));
}

/* Of several copies the one that was logged stays, else one that is not in the trash, else the
 * oldest. They come in the order of their ids. */
static bool is_better_copy(const StoredEvent *event, const StoredEvent *other)
{
	if (event->is_logged != other->is_logged)
		return event->is_logged;
	return !event->is_trashed && other->is_trashed;
}

static void store_take_loaded(const LoadedEvent *loaded, void *data)
{
	EventStore *store = data;
	const char *uid = loaded->metas[EVENT_META_EVENT_UID];
	const char *calendar_id = loaded->metas[EVENT_META_CALENDAR_ID];
	const StoredEvent *other;
	StoredEvent event = {
		.post_id = loaded->post_id,
		.starts = digits_of_time(loaded->metas[EVENT_META_START_TIME]),
		.ends = digits_of_time(loaded->metas[EVENT_META_END_TIME]),
		.calendar = NO_CALENDAR,
		.is_trashed = g_strcmp0(loaded->status, "trash") == 0,
		.needs_writing =
			g_strcmp0(loaded->status, "publish") != 0 || loaded->has_extra_rows,
		.is_logged = loaded->is_logged,
	};

	if (uid == NULL || uid[0] == '\0')
		return;
	event.uid = g_string_chunk_insert(store->texts, uid);
	if (calendar_id != NULL && calendar_id[0] != '\0')
		event.calendar = store_calendar(store, calendar_id);
	event_row_hash(loaded->columns, loaded->metas, event.hash);
	event_batch_counts(store->batch)->stored++;
	store_append(store, &event);
	other = store_find(store, uid);
	if (other == NULL || is_better_copy(&event, other))
		store_index_last(store);
}

EventStore *event_store_open(
	Db *db, const WpSite *site, const EventStoreOptions *options, GError **error)
{
	g_autoptr(EventStore) store = g_new0(EventStore, 1);

	store->site = site;
	store->options = *options;
	store->batch = event_batch_new(db, site, &store->options);
	store->texts = g_string_chunk_new(64 * 1024);
	store->events = g_array_new(FALSE, FALSE, sizeof(StoredEvent));
	store->by_uid = g_hash_table_new(g_str_hash, g_str_equal);
	store->calendars = g_array_new(FALSE, FALSE, sizeof(Calendar));
	store->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (!event_load_connection(
		    db, options->user_id, options->connection_id, store_take_loaded, store, error))
		return NULL;
	return g_steal_pointer(&store);
}

void event_store_free(EventStore *store)
{
	if (store == NULL)
		return;
	event_batch_free(store->batch);
	g_hash_table_unref(store->by_uid);
	g_hash_table_unref(store->kept);
	g_array_unref(store->calendars);
	g_array_unref(store->events);
	g_string_chunk_free(store->texts);
	g_free(store);
}

/* The theme kept a whole series in one post under its bare UID. The occurrence that has its start
 * takes the post over; without one it goes at the sweep. */
static StoredEvent *store_adopt(EventStore *store, const EventRow *row, const char *uid)
{
	StoredEvent *series;

	if (row->series_uid == NULL || g_str_equal(row->series_uid, uid))
		return NULL;
	series = store_find(store, row->series_uid);
	if (series == NULL || series->is_put)
		return NULL;
	series->is_replaced = true;
	if (store_find(store, uid) != NULL ||
		series->starts != digits_of_time(row->metas[EVENT_META_START_TIME]))
		return NULL;
	series->uid = g_string_chunk_insert(store->texts, uid);
	series->is_replaced = false;
	g_hash_table_insert(store->by_uid, (gpointer)series->uid,
		GUINT_TO_POINTER(series - store_event(store, 0) + 1));
	return series;
}

static EventChange change_of(const StoredEvent *event, const EventRow *row)
{
	if (event->is_trashed)
		return EVENT_RESTORED;
	if (event->needs_writing || memcmp(event->hash, row->hash, sizeof(event->hash)) != 0)
		return EVENT_CHANGED;
	return EVENT_UNCHANGED;
}

static StoredEvent *store_add(EventStore *store, const char *uid)
{
	StoredEvent event = {
		.uid = g_string_chunk_insert(store->texts, uid),
		.calendar = NO_CALENDAR,
	};

	store_append(store, &event);
	store_index_last(store);
	return store_event(store, store->events->len - 1);
}

/* Finds or makes the entry of a row, and says what happens to it. */
static EventChange store_match(EventStore *store, const EventRow *row, StoredEvent **ret_event)
{
	const char *uid = row->metas[EVENT_META_EVENT_UID];
	StoredEvent *adopted = store_adopt(store, row, uid);

	*ret_event = adopted != NULL ? adopted : store_find(store, uid);
	if (adopted != NULL)
		return adopted->is_trashed ? EVENT_RESTORED : EVENT_ADOPTED;
	if (*ret_event != NULL)
		return change_of(*ret_event, row);
	*ret_event = store_add(store, uid);
	return EVENT_ADDED;
}

bool event_store_put(EventStore *store, EventRow *take_row, EventChange *ret_change, GError **error)
{
	g_autoptr(EventRow) row = take_row;
	EventStoreCounts *counts = event_batch_counts(store->batch);
	EventChange change = EVENT_UNCHANGED;
	StoredEvent *event;

	event = store_find(store, row->metas[EVENT_META_EVENT_UID]);
	counts->seen++;
	if (event == NULL || !event->is_put) {
		change = store_match(store, row, &event);
		event->is_put = true;
	}
	if (ret_change != NULL)
		*ret_change = change;
	if (change == EVENT_UNCHANGED) {
		counts->unchanged++;
		return true;
	}
	return event_batch_add(store->batch,
		event_write_new(change, event->post_id, event->uid, g_steal_pointer(&row)), error);
}

void event_store_gone(EventStore *store, const char *event_uid)
{
	g_autofree char *uid = event_row_uid(event_uid, store->site);
	StoredEvent *event = store_find(store, uid);

	if (event != NULL)
		event->is_told_gone = true;
}

void event_store_keep(EventStore *store, const char *uid)
{
	g_hash_table_add(store->kept, event_row_uid(uid, store->site));
}

static void set_calendar_state(EventStore *store, const char *calendar_id, CalendarState state)
{
	int32_t index = store_calendar(store, calendar_id);

	g_array_index(store->calendars, Calendar, index).state = state;
}

void event_store_calendar_complete(EventStore *store, const char *calendar_id)
{
	set_calendar_state(store, calendar_id, CALENDAR_COMPLETE);
}

void event_store_calendar_failed(EventStore *store, const char *calendar_id)
{
	set_calendar_state(store, calendar_id, CALENDAR_FAILED);
}

const EventStoreCounts *event_store_counts(const EventStore *store)
{
	return event_batch_counts(store->batch);
}

/* What the listing as a whole proves. */
typedef struct {
	int64_t from; /* of the window, as digits of site time */
	int64_t to;
	bool every_calendar_complete; /* and there is one */
	bool all_calendars_told;
} Sweep;

static int64_t digits_of_instant(const EventStore *store, int64_t utc)
{
	g_autofree char *time = site_zone_format(store->site->zone, utc);

	return digits_of_time(time);
}

static bool every_calendar_complete(const EventStore *store)
{
	guint complete = 0;

	for (guint i = 0; i < store->calendars->len; i++) {
		CalendarState state = g_array_index(store->calendars, Calendar, i).state;

		if (state == CALENDAR_FAILED)
			return false;
		complete += state == CALENDAR_COMPLETE;
	}
	return complete > 0;
}

/* True for "UID_20260115T090000Z" and "UID_20260115" when the object UID is kept. */
static bool is_kept(const EventStore *store, const char *event_uid)
{
	const char *underscore = strrchr(event_uid, '_');
	g_autofree char *uid = NULL;

	if (g_hash_table_size(store->kept) == 0)
		return false;
	if (g_hash_table_contains(store->kept, event_uid))
		return true;
	if (underscore == NULL)
		return false;
	uid = g_strndup(event_uid, (gsize)(underscore - event_uid));
	return g_hash_table_contains(store->kept, uid);
}

static bool is_proven_absent(const EventStore *store, const StoredEvent *event, const Sweep *sweep)
{
	if (event->ends <= sweep->from)
		return false;
	if (event->calendar == NO_CALENDAR)
		return sweep->every_calendar_complete && event->starts < sweep->to;
	switch (g_array_index(store->calendars, Calendar, event->calendar).state) {
	case CALENDAR_COMPLETE:
		return event->starts < sweep->to;
	case CALENDAR_FAILED:
		return false;
	case CALENDAR_NOT_TOLD:
		/* Deselected. Were one of the others in trouble, this might be its former name. */
		return sweep->all_calendars_told && sweep->every_calendar_complete;
	}
	return false;
}

/* `kept_copy` is the copy of this event that stays when there are several. */
static bool is_to_go(const EventStore *store, const StoredEvent *event,
	const StoredEvent *kept_copy, const Sweep *sweep, EventChange *ret_change)
{
	if (event->is_put || event->is_trashed || is_kept(store, event->uid))
		return false;
	if (event != kept_copy && (kept_copy->is_put || !kept_copy->is_trashed)) {
		*ret_change = EVENT_FOLDED;
		return true;
	}
	*ret_change = EVENT_REMOVED;
	return event->is_replaced || kept_copy->is_told_gone ||
	       is_proven_absent(store, event, sweep);
}

bool event_store_sweep(
	EventStore *store, TimeWindow window, bool all_calendars_told, GError **error)
{
	Sweep sweep = {
		.from = digits_of_instant(store, window.from_utc + WINDOW_MARGIN_SECS),
		.to = digits_of_instant(store, window.to_utc - WINDOW_MARGIN_SECS),
		.every_calendar_complete = every_calendar_complete(store),
		.all_calendars_told = all_calendars_told,
	};

	for (guint i = 0; i < store->events->len; i++) {
		const StoredEvent *event = store_event(store, i);
		const StoredEvent *kept_copy = store_find_former(store, event->uid);
		EventChange change;

		if (!is_to_go(store, event, kept_copy, &sweep, &change))
			continue;
		if (!event_batch_add(store->batch,
			    event_write_new(change, event->post_id, event->uid, NULL), error))
			return false;
	}
	return true;
}

bool event_store_finish(EventStore *store, DbWork last, void *last_data, GError **error)
{
	return event_batch_finish(store->batch, last, last_data, error);
}

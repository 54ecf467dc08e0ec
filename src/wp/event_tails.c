/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Series that were cut off, and what goes on where. */
#include "wp/event_tails.h"

#include "event/event.h"
#include "wp/event_load.h"
#include "wp/stored_people.h"

/* So many are looked at in one sync. */
enum { CUTS_MAX = 250 };

/* A series that was cut, or may have been. */
typedef struct {
	guint place; /* of its first that goes */
	int64_t post_id;
	bool is_untold;
	int64_t stays_until; /* digits; G_MININT64 where that is not known */
	char *title;         /* NULL: not read, as the next one */
	GHashTable *guests;  /* set of addresses */
} Cut;

struct EventTails {
	const EventMemory *memory;
	const EventSeriesIndex *series;
	EventFate fate;
	GArray *cuts; /* of Cut */
};

static void cut_clear(gpointer data)
{
	Cut *cut = data;

	g_free(cut->title);
	g_clear_pointer(&cut->guests, g_hash_table_unref);
}

static bool may_go(const EventFate *fate, guint place)
{
	return fate->goes(place, fate->data) || fate->is_doubtful(place, fate->data) ||
	       fate->is_untold(place, fate->data);
}

/* Whether the series of `uid` was cut, or may have been. */
static bool is_cut(const EventTails *tails, const char *uid, Cut *ret_cut)
{
	EventSeriesWalk walk;
	const StoredEvent *event;
	int64_t goes_from = G_MAXINT64;
	guint place;

	*ret_cut = (Cut){.stays_until = G_MININT64};
	event_series_begin(&walk, tails->series, uid);
	while ((event = event_series_next(&walk, &place)) != NULL) {
		if (event->is_orphan || event->is_replaced)
			continue;
		if (!may_go(&tails->fate, place)) {
			ret_cut->stays_until = MAX(ret_cut->stays_until, event->starts);
			continue;
		}
		ret_cut->is_untold |= tails->fate.is_untold(place, tails->fate.data);
		if (event->starts < goes_from) {
			goes_from = event->starts;
			ret_cut->place = place;
			ret_cut->post_id = event->post_id;
		}
	}
	if (ret_cut->is_untold)
		ret_cut->stays_until = G_MININT64;
	return ret_cut->post_id != 0 && ret_cut->stays_until < goes_from &&
	       (ret_cut->is_untold || ret_cut->stays_until > G_MININT64);
}

static void find_cuts(EventTails *tails)
{
	const char *uid;
	guint index = 0;
	Cut cut;

	while (tails->cuts->len < CUTS_MAX &&
		(uid = event_series_each(tails->series, &index)) != NULL) {
		if (is_cut(tails, uid, &cut))
			g_array_append_val(tails->cuts, cut);
	}
}

/* Their addresses; caller unrefs. Nobody where the rows do not tell. */
static GHashTable *guests_of(const char *const metas[EVENT_META_COUNT])
{
	g_autoptr(Event) people = stored_people_read(metas);
	GHashTable *guests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; people != NULL && i < people->attendees->len; i++) {
		const Attendee *attendee = g_ptr_array_index(people->attendees, i);

		if (attendee->email != NULL)
			g_hash_table_add(guests, g_strdup(attendee->email));
	}
	return guests;
}

static void note_texts(const LoadedEvent *event, void *data)
{
	const EventTails *tails = data;

	for (guint i = 0; i < tails->cuts->len; i++) {
		Cut *cut = &g_array_index(tails->cuts, Cut, i);

		if (cut->post_id != event->post_id || cut->title != NULL)
			continue;
		cut->title = g_strdup(event->columns[EVENT_COLUMN_TITLE]);
		cut->guests = guests_of(event->metas);
	}
}

EventTails *event_tails_new(Db *db, const EventMemory *memory, const EventSeriesIndex *series,
	const EventFate *fate, GError **error)
{
	g_autoptr(EventTails) tails = g_new0(EventTails, 1);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

	tails->memory = memory;
	tails->series = series;
	tails->fate = *fate;
	tails->cuts = g_array_new(FALSE, FALSE, sizeof(Cut));
	g_array_set_clear_func(tails->cuts, cut_clear);
	find_cuts(tails);
	for (guint i = 0; i < tails->cuts->len; i++)
		g_array_append_val(ids, g_array_index(tails->cuts, Cut, i).post_id);
	if (!event_load_ids(
		    db, (const int64_t *)(void *)ids->data, ids->len, note_texts, tails, error))
		return NULL;
	return g_steal_pointer(&tails);
}

void event_tails_free(EventTails *tails)
{
	if (tails == NULL)
		return;
	g_array_unref(tails->cuts);
	g_free(tails);
}

static TailVerdict verdict_on(const EventTails *tails, guint place)
{
	return tails->fate.is_untold(place, tails->fate.data) ? TAIL_NOT_TOLD : TAIL_OF_ONE;
}

static TailVerdict find_named(const EventTails *tails, const EventRow *first, const char **ret_uid)
{
	for (char **sibling = first->siblings; sibling != NULL && *sibling != NULL; sibling++) {
		EventSeriesWalk walk;
		const StoredEvent *event;
		guint place;

		event_series_begin(&walk, tails->series, *sibling);
		while ((event = event_series_next(&walk, &place)) != NULL) {
			*ret_uid = event->uid;
			if (!event->is_orphan && !event->is_replaced && may_go(&tails->fate, place))
				return verdict_on(tails, place);
		}
	}
	return TAIL_OF_NONE;
}

static bool share_guest(GHashTable *guests, GHashTable *others)
{
	GHashTableIter iter;
	gpointer email;

	if (g_hash_table_size(guests) == 0)
		return g_hash_table_size(others) == 0;
	g_hash_table_iter_init(&iter, guests);
	while (g_hash_table_iter_next(&iter, &email, NULL)) {
		if (g_hash_table_contains(others, email))
			return true;
	}
	return false;
}

/* The first of the series that goes and still has its post; NULL: all of them go on elsewhere. */
static const StoredEvent *first_that_goes(const EventTails *tails, const Cut *cut)
{
	const char *uid = event_memory_at(tails->memory, cut->place)->uid;
	EventSeriesWalk walk;
	const StoredEvent *event;
	const StoredEvent *first = NULL;
	guint place;

	event_series_begin(&walk, tails->series, uid);
	while ((event = event_series_next(&walk, &place)) != NULL) {
		if (event->starts > cut->stays_until && !event->is_orphan &&
			(first == NULL || event->starts < first->starts))
			first = event;
	}
	return first;
}

static bool is_like(const Cut *cut, const EventRow *first, GHashTable *guests, int64_t starts)
{
	return cut->title != NULL && starts > cut->stays_until &&
	       event_row_is_same_title(cut->title, first->columns[EVENT_COLUMN_TITLE]) &&
	       share_guest(cut->guests, guests);
}

/* Of several the one that was cut nearest to where the event begins. */
static TailVerdict find_like(const EventTails *tails, const EventRow *first, const char **ret_uid)
{
	g_autoptr(GHashTable) guests = guests_of((const char *const *)first->metas);
	int64_t starts = event_time_digits(first->metas[EVENT_META_START_TIME]);
	int64_t nearest_secs = G_MAXINT64;
	TailVerdict verdict = TAIL_OF_NONE;

	for (guint i = 0; i < tails->cuts->len; i++) {
		const Cut *cut = &g_array_index(tails->cuts, Cut, i);
		const StoredEvent *event =
			is_like(cut, first, guests, starts) ? first_that_goes(tails, cut) : NULL;
		int64_t secs = event == NULL ? G_MAXINT64
					     : event_digits_distance_secs(starts, event->starts);

		if (secs < nearest_secs) {
			nearest_secs = secs;
			*ret_uid = event->uid;
			verdict = cut->is_untold ? TAIL_NOT_TOLD : TAIL_OF_ONE;
		}
	}
	return verdict;
}

TailVerdict event_tails_find(const EventTails *tails, const EventRow *first, const char **ret_uid)
{
	TailVerdict verdict = find_named(tails, first, ret_uid);

	return verdict != TAIL_OF_NONE ? verdict : find_like(tails, first, ret_uid);
}

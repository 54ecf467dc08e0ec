/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New occurrences wait until it is known which ones of their series go. */
#include "wp/event_moves.h"

#include <string.h>

#include "wp/event_aside.h"
#include "wp/event_pairs.h"
#include "wp/event_series.h"
#include "wp/event_tails.h"

/* So many wait in memory, with their rows. */
enum { IN_MEMORY_MAX = 1000 };

/* So many wait of series of which nothing is stored: these may be what was cut off from another
 * one, but most are new. They wait in memory, beside the others. */
enum { UNKNOWN_MAX = 500 };

/* An event that waits. */
typedef struct {
	EventParty party;  /* first: the pairs point to it */
	guint32 hash;      /* of the series */
	bool is_unknown;   /* nothing of its series was stored */
	EventWrite *write; /* of one that waits in memory; else NULL */
	int64_t aside;     /* where the write of any other one is */
	bool is_settled;
} Waiting;

struct EventMoves {
	Db *db;
	EventMemory *memory;
	EventSeriesIndex *series; /* NULL: to be made */
	GArray *waiting;          /* of Waiting */
	EventAside *aside;
	guint in_memory; /* writes, without those that are unknown */
	guint unknown;
};

static void waiting_clear(gpointer data)
{
	event_write_free(((Waiting *)data)->write);
}

EventMoves *event_moves_new(Db *db, EventMemory *memory)
{
	EventMoves *moves = g_new0(EventMoves, 1);

	moves->db = db;
	moves->memory = memory;
	moves->aside = event_aside_new();
	moves->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
	g_array_set_clear_func(moves->waiting, waiting_clear);
	return moves;
}

void event_moves_free(EventMoves *moves)
{
	if (moves == NULL)
		return;
	event_moves_look_again(moves);
	g_array_unref(moves->waiting);
	event_aside_free(moves->aside);
	g_free(moves);
}

void event_moves_look_again(EventMoves *moves)
{
	g_clear_pointer(&moves->series, event_series_index_free);
}

static const EventSeriesIndex *series_of(EventMoves *moves)
{
	if (moves->series == NULL)
		moves->series = event_series_index_new(moves->memory);
	return moves->series;
}

/* Whether anything of its series is stored, and whether anything of that may go. */
static bool is_stored(EventMoves *moves, const char *uid, bool *ret_may_go)
{
	EventSeriesWalk walk;
	const StoredEvent *event;
	bool is_stored = false;
	guint place;

	*ret_may_go = false;
	event_series_begin(&walk, series_of(moves), uid);
	while (!*ret_may_go && (event = event_series_next(&walk, &place)) != NULL) {
		is_stored = true;
		*ret_may_go = !event->is_put;
	}
	return is_stored;
}

bool event_moves_may_be_one(EventMoves *moves, const EventRow *row)
{
	const char *uid = row->metas[EVENT_META_EVENT_UID];
	bool may_go;

	if (is_stored(moves, uid, &may_go))
		return may_go;
	return row->series_uid != NULL && moves->unknown < UNKNOWN_MAX &&
	       !event_series_index_is_empty(moves->series);
}

static const char *uid_of(const EventMoves *moves, const Waiting *waiting)
{
	return event_memory_at(moves->memory, waiting->party.place)->uid;
}

/* Without a file to put it in, it stays in memory all the same. */
void event_moves_wait(EventMoves *moves, guint place, EventWrite *take_write)
{
	bool may_go;
	Waiting waiting = {
		.hash = event_series_hash(take_write->event_uid),
		.party.place = place,
		.party.starts = event_time_digits(take_write->row->metas[EVENT_META_START_TIME]),
		.is_unknown = !is_stored(moves, take_write->event_uid, &may_go),
		.write = take_write,
		.aside = -1,
	};

	if (waiting.is_unknown)
		moves->unknown++;
	else if (moves->in_memory >= IN_MEMORY_MAX)
		waiting.aside = event_aside_put(moves->aside, take_write);
	if (waiting.aside >= 0)
		g_clear_pointer(&waiting.write, event_write_free);
	else if (!waiting.is_unknown)
		moves->in_memory++;
	g_array_append_val(moves->waiting, waiting);
}

/* Caller frees; NULL with a G_FILE_ERROR. */
static EventWrite *take_write(EventMoves *moves, Waiting *waiting, GError **error)
{
	if (waiting->write == NULL)
		return event_aside_read(moves->aside, waiting->aside, error);
	if (waiting->is_unknown)
		moves->unknown--;
	else
		moves->in_memory--;
	return g_steal_pointer(&waiting->write);
}

bool event_moves_take(EventMoves *moves, guint place, EventWrite **ret_write, GError **error)
{
	*ret_write = NULL;
	for (guint i = 0; i < moves->waiting->len; i++) {
		Waiting *waiting = &g_array_index(moves->waiting, Waiting, i);

		if (waiting->party.place != place)
			continue;
		*ret_write = take_write(moves, waiting, error);
		g_array_remove_index_fast(moves->waiting, i);
		return *ret_write != NULL;
	}
	return true;
}

static int compare_starts(gconstpointer a, gconstpointer b)
{
	int64_t one = *(const int64_t *)a;
	int64_t other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

static int compare_parties(gconstpointer a, gconstpointer b)
{
	const EventParty *one = a;
	const EventParty *other = b;

	if (one->starts != other->starts)
		return one->starts < other->starts ? -1 : 1;
	return (one->place > other->place) - (one->place < other->place);
}

/* Those of which something is stored, then by series, then by start. */
static int compare_waiting(gconstpointer a, gconstpointer b)
{
	const Waiting *one = a;
	const Waiting *other = b;

	if (one->is_unknown != other->is_unknown)
		return one->is_unknown ? 1 : -1;
	if (one->hash != other->hash)
		return one->hash < other->hash ? -1 : 1;
	return compare_parties(&one->party, &other->party);
}

static int64_t closest_secs(GArray *starts)
{
	int64_t gap_secs = G_MAXINT64;

	g_array_sort(starts, compare_starts);
	for (guint i = 1; i < starts->len; i++)
		gap_secs = MIN(
			gap_secs, event_digits_distance_secs(g_array_index(starts, int64_t, i - 1),
					  g_array_index(starts, int64_t, i)));
	return gap_secs;
}

/* Finds out what becomes of the stored events of the series of `uid`. False: one of them is
 * doubtful. */
static bool look_at_stored(
	EventMoves *moves, const char *uid, const EventMovesEnd *end, EventPairs *pairs)
{
	g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(int64_t));
	EventSeriesWalk walk;
	const StoredEvent *event;
	EventParty party = {0};
	bool is_certain = true;

	event_series_begin(&walk, series_of(moves), uid);
	while ((event = event_series_next(&walk, &party.place)) != NULL) {
		party.starts = event->starts;
		if (end->fate.goes(party.place, end->fate.data))
			g_array_append_val(pairs->going, party);
		else if (event->is_put)
			pairs->has_staying = true;
		else if (end->fate.is_doubtful(party.place, end->fate.data))
			is_certain = false;
		else
			continue;
		g_array_append_val(starts, party.starts);
	}
	g_array_sort(pairs->going, compare_parties);
	pairs->gap_secs = closest_secs(starts);
	return is_certain;
}

/* Hands a write out as what became of it. */
static bool hand_out(EventMoves *moves, Waiting *waiting, const EventMovesEnd *end, GError **error)
{
	EventWrite *write = take_write(moves, waiting, error);

	if (write == NULL)
		return false;
	if (waiting->party.is_paired) {
		write->change = EVENT_CHANGED;
		write->post_id = waiting->party.post_id;
		write->former_uid = g_strdup(waiting->party.former_uid);
	}
	return end->take(write, end->data, error);
}

/* Those that come are occurrences of the series of `uid`. */
static bool settle_as(EventMoves *moves, GPtrArray *come, const char *uid, const EventMovesEnd *end,
	GError **error)
{
	g_autoptr(GArray) going = g_array_new(FALSE, FALSE, sizeof(EventParty));
	EventPairs pairs = {.going = going, .come = come};
	bool is_certain = look_at_stored(moves, uid, end, &pairs);

	event_pairs_make(moves->memory, &pairs);
	for (guint i = 0; i < come->len; i++) {
		Waiting *waiting = come->pdata[i];

		if ((waiting->party.is_paired || is_certain) &&
			!hand_out(moves, waiting, end, error))
			return false;
	}
	return true;
}

/* Those that wait for the same series as the one at `first`, of which the others lie behind it. */
static GPtrArray *series_from(const EventMoves *moves, guint first)
{
	GArray *waiting = moves->waiting;
	const Waiting *one = &g_array_index(waiting, Waiting, first);
	GPtrArray *come = g_ptr_array_new();

	for (guint i = first; i < waiting->len; i++) {
		Waiting *other = &g_array_index(waiting, Waiting, i);

		if (other->hash != one->hash)
			break;
		if (!other->is_settled &&
			event_series_is_same(uid_of(moves, other), uid_of(moves, one)))
			g_ptr_array_add(come, other);
	}
	return come;
}

/* Of which series those are that come, of which `first` is the first: `*ret_uid`, which at first is
 * its own. */
static bool find_series(EventMoves *moves, const Waiting *first, EventTails **tails,
	const EventMovesEnd *end, const char **ret_uid, TailVerdict *ret_verdict, GError **error)
{
	bool may_go;

	*ret_uid = uid_of(moves, first);
	*ret_verdict = TAIL_OF_NONE;
	/* More may have been loaded since it came. */
	if (!first->is_unknown || is_stored(moves, *ret_uid, &may_go))
		return true;
	if (*tails == NULL)
		*tails = event_tails_new(
			moves->db, moves->memory, series_of(moves), &end->fate, error);
	if (*tails == NULL)
		return false;
	*ret_verdict = event_tails_find(*tails, first->write->row, ret_uid);
	return true;
}

/* Those that wait for the same series as the one at `index`. */
static bool settle_from(EventMoves *moves, guint index, EventTails **tails,
	const EventMovesEnd *end, GError **error)
{
	g_autoptr(GPtrArray) come = series_from(moves, index);
	const char *uid;
	TailVerdict verdict;

	if (!find_series(moves, come->pdata[0], tails, end, &uid, &verdict, error))
		return false;
	for (guint i = 0; i < come->len; i++)
		((Waiting *)come->pdata[i])->is_settled = true;
	return verdict == TAIL_NOT_TOLD || settle_as(moves, come, uid, end, error);
}

bool event_moves_settle(EventMoves *moves, const EventMovesEnd *end, GError **error)
{
	g_autoptr(EventTails) tails = NULL;
	bool is_well = true;

	g_array_sort(moves->waiting, compare_waiting);
	for (guint i = 0; i < moves->waiting->len && is_well; i++) {
		if (!g_array_index(moves->waiting, Waiting, i).is_settled)
			is_well = settle_from(moves, i, &tails, end, error);
	}
	/* What is doubtful is not asked about again. */
	g_array_set_size(moves->waiting, 0);
	moves->in_memory = 0;
	moves->unknown = 0;
	return is_well;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pairs occurrences that come with those of the same series that go. */
#include "wp/event_moves.h"

#include <string.h>

/* So many wait at most, with their rows; of more than that the rest is new. */
enum { WAITING_MAX = 2000 };

/* A stored event by its series, to be found by binary search. */
typedef struct {
	guint32 hash;
	guint32 place;
} Member;

/* An event that waits, or one that goes. */
typedef struct {
	guint32 hash; /* of the series */
	guint place;
	int64_t starts;
	EventWrite *write; /* of one that waits; else NULL */
	bool is_paired;
} Party;

struct EventMoves {
	EventMemory *memory;
	GArray *members; /* of Member, sorted; NULL: to be made */
	GArray *waiting; /* of Party */
};

/* One series, when all was told. */
typedef struct {
	GArray *going;    /* of Party, by start */
	GPtrArray *come;  /* of Party, by start; borrowed */
	bool has_staying; /* some occurrence is where it was */
	bool is_doubtful;
	int64_t gap_secs; /* between its closest occurrences; G_MAXINT64 for one alone */
} Series;

static void party_clear(gpointer data)
{
	event_write_free(((Party *)data)->write);
}

EventMoves *event_moves_new(EventMemory *memory)
{
	EventMoves *moves = g_new0(EventMoves, 1);

	moves->memory = memory;
	moves->waiting = g_array_new(FALSE, FALSE, sizeof(Party));
	g_array_set_clear_func(moves->waiting, party_clear);
	return moves;
}

void event_moves_free(EventMoves *moves)
{
	if (moves == NULL)
		return;
	event_moves_look_again(moves);
	g_array_unref(moves->waiting);
	g_free(moves);
}

void event_moves_look_again(EventMoves *moves)
{
	g_clear_pointer(&moves->members, g_array_unref);
}

/* The length without "_" + prefix + "20260115T090000Z" or "20260115" at the end, if it is there. */
static size_t length_without_stamp(const char *uid, size_t length, const char *prefix)
{
	size_t stamp = length;

	while (stamp > 0 && strchr("0123456789TZ", uid[stamp - 1]) != NULL)
		stamp--;
	if (length - stamp < strlen("20260115") || stamp < 1 + strlen(prefix))
		return length;
	stamp -= strlen(prefix);
	if (strncmp(uid + stamp, prefix, strlen(prefix)) != 0 || uid[stamp - 1] != '_')
		return length;
	return stamp - 1;
}

/* How much of a uid names the series. Google's "this and following" makes a series of its own,
 * `BASE_R20260115T090000` (calendar-protocols C3). */
static size_t series_length(const char *uid)
{
	size_t length = length_without_stamp(uid, strlen(uid), "");

	return length_without_stamp(uid, length, "R");
}

/* FNV-1a. */
static guint32 series_hash(const char *uid)
{
	size_t length = series_length(uid);
	guint32 hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (guint8)uid[i]) * 16777619u;
	return hash;
}

static bool is_same_series(const char *uid, const char *other)
{
	size_t length = series_length(uid);

	return series_length(other) == length && strncmp(uid, other, length) == 0;
}

/* The instance of the series: what stands behind its last underscore, or "". */
static const char *instance_of(const char *uid)
{
	return uid + length_without_stamp(uid, strlen(uid), "");
}

static int compare_members(gconstpointer a, gconstpointer b)
{
	const Member *one = a;
	const Member *other = b;

	return (one->hash > other->hash) - (one->hash < other->hash);
}

static void make_members(EventMoves *moves)
{
	const EventMemory *memory = moves->memory;

	moves->members = g_array_new(FALSE, FALSE, sizeof(Member));
	for (guint i = 0; i < memory->events->len; i++) {
		const StoredEvent *event = event_memory_at(memory, i);
		Member member = {.place = i};

		if (event->post_id == 0 || event->is_trashed)
			continue;
		member.hash = series_hash(event->uid);
		g_array_append_val(moves->members, member);
	}
	g_array_sort(moves->members, compare_members);
}

/* The first member with this hash, or of a greater one. */
static guint first_member(const EventMoves *moves, guint32 hash)
{
	guint from = 0;
	guint to = moves->members->len;

	while (from < to) {
		guint middle = from + (to - from) / 2;

		if (g_array_index(moves->members, Member, middle).hash < hash)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* The next stored event of the series of `uid`, or NULL. `*index` begins at first_member(). */
static const StoredEvent *next_member(
	const EventMoves *moves, guint32 hash, const char *uid, guint *index, guint *ret_place)
{
	while (*index < moves->members->len) {
		const Member *member = &g_array_index(moves->members, Member, *index);
		const StoredEvent *event = event_memory_at(moves->memory, member->place);

		if (member->hash != hash)
			return NULL;
		++*index;
		if (event->post_id == 0 || !is_same_series(event->uid, uid))
			continue;
		*ret_place = member->place;
		return event;
	}
	return NULL;
}

bool event_moves_may_be_one(EventMoves *moves, const char *uid)
{
	guint32 hash = series_hash(uid);
	const StoredEvent *event;
	guint index;
	guint place;

	if (moves->waiting->len >= WAITING_MAX)
		return false;
	if (moves->members == NULL)
		make_members(moves);
	index = first_member(moves, hash);
	while ((event = next_member(moves, hash, uid, &index, &place)) != NULL) {
		if (!event->is_put)
			return true;
	}
	return false;
}

void event_moves_wait(EventMoves *moves, guint place, EventWrite *take_write)
{
	Party party = {
		.hash = series_hash(take_write->event_uid),
		.place = place,
		.write = take_write,
	};

	g_array_append_val(moves->waiting, party);
}

EventWrite *event_moves_find(const EventMoves *moves, guint place)
{
	for (guint i = 0; i < moves->waiting->len; i++) {
		const Party *party = &g_array_index(moves->waiting, Party, i);

		if (party->place == place)
			return party->write;
	}
	return NULL;
}

/* By series, then by start. */
static int compare_parties(gconstpointer a, gconstpointer b)
{
	const Party *one = a;
	const Party *other = b;

	if (one->hash != other->hash)
		return one->hash < other->hash ? -1 : 1;
	if (one->starts != other->starts)
		return one->starts < other->starts ? -1 : 1;
	return (one->place > other->place) - (one->place < other->place);
}

static void measure_gap(Series *series, GArray *starts)
{
	series->gap_secs = G_MAXINT64;
	for (guint i = 1; i < starts->len; i++)
		series->gap_secs = MIN(series->gap_secs,
			event_digits_distance_secs(g_array_index(starts, int64_t, i - 1),
				g_array_index(starts, int64_t, i)));
}

static int compare_starts(gconstpointer a, gconstpointer b)
{
	int64_t one = *(const int64_t *)a;
	int64_t other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

/* Finds out what becomes of the stored events of the series of `uid`. */
static void look_at_stored(const EventMoves *moves, Series *series, guint32 hash, const char *uid,
	EventMovesTest goes, EventMovesTest is_doubtful, const void *data)
{
	g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(int64_t));
	guint index = first_member(moves, hash);
	const StoredEvent *event;
	Party party = {0};

	while ((event = next_member(moves, hash, uid, &index, &party.place)) != NULL) {
		party.starts = event->starts;
		if (goes(party.place, data))
			g_array_append_val(series->going, party);
		else if (event->is_put)
			series->has_staying = true;
		else if (is_doubtful(party.place, data))
			series->is_doubtful = true;
		else
			continue;
		g_array_append_val(starts, party.starts);
	}
	g_array_sort(series->going, compare_parties);
	g_array_sort(starts, compare_starts);
	measure_gap(series, starts);
}

static void pair(const EventMoves *moves, Party *going, Party *coming)
{
	StoredEvent *from = event_memory_at(moves->memory, going->place);
	StoredEvent *to = event_memory_at(moves->memory, coming->place);
	EventWrite *write = coming->write;

	going->is_paired = true;
	coming->is_paired = true;
	to->post_id = from->post_id;
	to->is_logged = from->is_logged;
	write->change = EVENT_CHANGED;
	write->post_id = from->post_id;
	write->former_uid = g_strdup(from->uid);
	from->post_id = 0;
	from->is_known = false;
	/* Copies of the one that was moved are copies of what it is now. */
	event_memory_name_successor(moves->memory, from, to, 0);
}

typedef bool (*Likeness)(
	const EventMoves *moves, const Series *series, const Party *going, const Party *coming);

static bool is_same_instance(
	const EventMoves *moves, const Series *series, const Party *going, const Party *coming)
{
	(void)series;
	return g_str_equal(instance_of(event_memory_at(moves->memory, going->place)->uid),
		instance_of(coming->write->event_uid));
}

static bool is_same_day(
	const EventMoves *moves, const Series *series, const Party *going, const Party *coming)
{
	(void)moves;
	(void)series;
	return going->starts / EVENT_DIGITS_PER_DAY == coming->starts / EVENT_DIGITS_PER_DAY;
}

/* An occurrence that lies further off than the next one is another meeting, unless all of them were
 * moved. */
static bool is_near(
	const EventMoves *moves, const Series *series, const Party *going, const Party *coming)
{
	(void)moves;
	return !series->has_staying ||
	       event_digits_distance_secs(going->starts, coming->starts) < series->gap_secs;
}

static void pair_by(const EventMoves *moves, Series *series, Likeness is_like)
{
	for (guint i = 0; i < series->going->len; i++) {
		Party *going = &g_array_index(series->going, Party, i);

		for (guint j = 0; j < series->come->len && !going->is_paired; j++) {
			Party *coming = series->come->pdata[j];

			if (!coming->is_paired && is_like(moves, series, going, coming))
				pair(moves, going, coming);
		}
	}
}

static guint count_unpaired_coming(const Series *series)
{
	guint count = 0;

	for (guint i = 0; i < series->come->len; i++)
		count += !((const Party *)series->come->pdata[i])->is_paired;
	return count;
}

static guint count_unpaired_going(const Series *series)
{
	guint count = 0;

	for (guint i = 0; i < series->going->len; i++)
		count += !g_array_index(series->going, Party, i).is_paired;
	return count;
}

/* The next one of each that is not paired yet, from there on; NULL at the end. */
static Party *next_going(const Series *series, guint *index)
{
	while (*index < series->going->len) {
		Party *party = &g_array_index(series->going, Party, (*index)++);

		if (!party->is_paired)
			return party;
	}
	return NULL;
}

static Party *next_coming(const Series *series, guint *index)
{
	while (*index < series->come->len) {
		Party *party = series->come->pdata[(*index)++];

		if (!party->is_paired)
			return party;
	}
	return NULL;
}

/* Goes through those that lie this far from each other, both being sorted; pairs them when told to.
 * How many. */
static guint walk_distance(
	const EventMoves *moves, const Series *series, int64_t distance, bool pairs)
{
	guint i = 0;
	guint j = 0;
	guint count = 0;
	Party *going = next_going(series, &i);
	Party *coming = next_coming(series, &j);

	while (going != NULL && coming != NULL) {
		int64_t off =
			event_digits_difference_secs(coming->starts, going->starts) - distance;

		if (off == 0) {
			count++;
			if (pairs)
				pair(moves, going, coming);
		}
		if (off >= 0)
			going = next_going(series, &i);
		if (off <= 0)
			coming = next_coming(series, &j);
	}
	return count;
}

/* The distance that more have in common; of two such, the shorter. */
static void prefer(
	const EventMoves *moves, const Series *series, int64_t distance, int64_t *best, guint *most)
{
	guint count = walk_distance(moves, series, distance, false);

	if (count < *most || (count == *most && (*most == 1 || ABS(distance) >= ABS(*best))))
		return;
	*most = count;
	*best = distance;
}

/* A series that was moved while some of its occurrences were left out, or came back: their order
 * says nothing then, but most are as far away as all were moved. The first one that goes or the
 * first one that comes is among them. */
static void pair_by_distance(const EventMoves *moves, Series *series)
{
	guint i = 0;
	guint j = 0;
	Party *first_going = next_going(series, &i);
	Party *first_coming = next_coming(series, &j);
	guint most = 1; /* one alone is no distance that they have in common */
	int64_t best = 0;

	if (first_going == NULL || first_coming == NULL ||
		count_unpaired_going(series) == count_unpaired_coming(series))
		return;
	for (Party *coming = first_coming; coming != NULL; coming = next_coming(series, &j)) {
		int64_t distance =
			event_digits_difference_secs(coming->starts, first_going->starts);

		prefer(moves, series, distance, &best, &most);
	}
	for (Party *going = first_going; going != NULL; going = next_going(series, &i)) {
		int64_t distance =
			event_digits_difference_secs(first_coming->starts, going->starts);

		prefer(moves, series, distance, &best, &most);
	}
	if (most > 1)
		walk_distance(moves, series, best, true);
}

static void settle_series(EventMoves *moves, const GPtrArray *come, GPtrArray *writes,
	EventMovesTest goes, EventMovesTest is_doubtful, const void *data)
{
	Party *first = come->pdata[0];
	g_autoptr(GArray) going = g_array_new(FALSE, FALSE, sizeof(Party));
	Series series = {.going = going, .come = (GPtrArray *)come};

	look_at_stored(
		moves, &series, first->hash, first->write->event_uid, goes, is_doubtful, data);
	pair_by(moves, &series, is_same_instance);
	pair_by(moves, &series, is_same_day);
	pair_by_distance(moves, &series);
	pair_by(moves, &series, is_near);
	for (guint i = 0; i < come->len; i++) {
		Party *coming = come->pdata[i];

		if (coming->is_paired || !series.is_doubtful)
			g_ptr_array_add(writes, g_steal_pointer(&coming->write));
	}
}

/* Those that wait for the same series as the one at `first`, which is taken from the list. */
static GPtrArray *take_series(GArray *waiting, guint first)
{
	const Party *one = &g_array_index(waiting, Party, first);
	GPtrArray *come = g_ptr_array_new();

	for (guint i = first; i < waiting->len; i++) {
		Party *party = &g_array_index(waiting, Party, i);

		if (party->hash != one->hash)
			break;
		if (party->write != NULL &&
			is_same_series(party->write->event_uid, one->write->event_uid))
			g_ptr_array_add(come, party);
	}
	return come;
}

static void write_destroy(gpointer write)
{
	event_write_free(write);
}

GPtrArray *event_moves_settle(
	EventMoves *moves, EventMovesTest goes, EventMovesTest is_doubtful, const void *data)
{
	GPtrArray *writes = g_ptr_array_new_with_free_func(write_destroy);

	for (guint i = 0; i < moves->waiting->len; i++) {
		Party *party = &g_array_index(moves->waiting, Party, i);

		party->starts = event_time_digits(party->write->row->metas[EVENT_META_START_TIME]);
	}
	g_array_sort(moves->waiting, compare_parties);
	/* More may have been loaded since the last one came. */
	if (moves->waiting->len > 0 && moves->members == NULL)
		make_members(moves);
	for (guint i = 0; i < moves->waiting->len; i++) {
		g_autoptr(GPtrArray) come = NULL;

		if (g_array_index(moves->waiting, Party, i).write == NULL)
			continue;
		come = take_series(moves->waiting, i);
		settle_series(moves, come, writes, goes, is_doubtful, data);
		/* What is doubtful is not asked about again. */
		for (guint j = 0; j < come->len; j++)
			g_clear_pointer(&((Party *)come->pdata[j])->write, event_write_free);
	}
	g_array_set_size(moves->waiting, 0);
	return writes;
}

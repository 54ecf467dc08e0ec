/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pairs occurrences that come with those of the same series that go. */
#include "wp/event_moves.h"

#include <string.h>

#include "wp/event_aside.h"

/* So many wait in memory, with their rows. */
enum { IN_MEMORY_MAX = 1000 };

/* From so many of those that go, and of those that come, the distance that most have in common is
 * looked for. */
enum { MEASURED_MAX = 8 };

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
	EventWrite *write; /* of one that waits in memory; else NULL */
	int64_t aside;     /* where the write of any other one that waits is */
	bool is_paired;
	bool is_settled;
	int64_t post_id;        /* one that waits and is paired: the post that it gets, */
	const char *former_uid; /* and of whom; owned by the memory */
} Party;

struct EventMoves {
	EventMemory *memory;
	GArray *members; /* of Member, sorted; NULL: to be made */
	GArray *waiting; /* of Party */
	EventAside *aside;
	guint in_memory; /* writes */
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
	moves->aside = event_aside_new();
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
	event_aside_free(moves->aside);
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

	if (moves->members == NULL)
		make_members(moves);
	index = first_member(moves, hash);
	while ((event = next_member(moves, hash, uid, &index, &place)) != NULL) {
		if (!event->is_put)
			return true;
	}
	return false;
}

static const char *uid_of(const EventMoves *moves, const Party *party)
{
	return event_memory_at(moves->memory, party->place)->uid;
}

/* Without a file to put it in, it stays in memory all the same. */
void event_moves_wait(EventMoves *moves, guint place, EventWrite *take_write)
{
	Party party = {
		.hash = series_hash(take_write->event_uid),
		.place = place,
		.starts = event_time_digits(take_write->row->metas[EVENT_META_START_TIME]),
		.write = take_write,
		.aside = -1,
	};

	if (moves->in_memory >= IN_MEMORY_MAX)
		party.aside = event_aside_put(moves->aside, take_write);
	if (party.aside >= 0)
		g_clear_pointer(&party.write, event_write_free);
	else
		moves->in_memory++;
	g_array_append_val(moves->waiting, party);
}

/* Caller frees; NULL with a G_FILE_ERROR. */
static EventWrite *take_write(EventMoves *moves, Party *party, GError **error)
{
	if (party->write == NULL)
		return event_aside_read(moves->aside, party->aside, error);
	moves->in_memory--;
	return g_steal_pointer(&party->write);
}

bool event_moves_take(EventMoves *moves, guint place, EventWrite **ret_write, GError **error)
{
	*ret_write = NULL;
	for (guint i = 0; i < moves->waiting->len; i++) {
		Party *party = &g_array_index(moves->waiting, Party, i);

		if (party->place != place)
			continue;
		*ret_write = take_write(moves, party, error);
		g_array_remove_index_fast(moves->waiting, i);
		return *ret_write != NULL;
	}
	return true;
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
	const EventMovesEnd *end)
{
	g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(int64_t));
	guint index = first_member(moves, hash);
	const StoredEvent *event;
	Party party = {0};

	while ((event = next_member(moves, hash, uid, &index, &party.place)) != NULL) {
		party.starts = event->starts;
		if (end->goes(party.place, end->data))
			g_array_append_val(series->going, party);
		else if (event->is_put)
			series->has_staying = true;
		else if (end->is_doubtful(party.place, end->data))
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

	going->is_paired = true;
	coming->is_paired = true;
	coming->post_id = from->post_id;
	coming->former_uid = from->uid;
	to->post_id = from->post_id;
	to->is_logged = from->is_logged;
	from->post_id = 0;
	from->is_known = false;
	/* Copies of the one that was moved are copies of what it is now. */
	event_memory_name_successor(moves->memory, from, to, 0);
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

static void pair_by_instance(const EventMoves *moves, Series *series)
{
	g_autoptr(GHashTable) coming = g_hash_table_new(g_str_hash, g_str_equal);

	/* Of several the first. */
	for (guint i = series->come->len; i > 0; i--) {
		Party *party = series->come->pdata[i - 1];

		g_hash_table_insert(coming, (gpointer)instance_of(uid_of(moves, party)), party);
	}
	for (guint i = 0; i < series->going->len; i++) {
		Party *going = &g_array_index(series->going, Party, i);
		Party *party = g_hash_table_lookup(coming, instance_of(uid_of(moves, going)));

		if (party != NULL && !party->is_paired)
			pair(moves, going, party);
	}
}

static void pair_by_day(const EventMoves *moves, const Series *series)
{
	guint i = 0;
	guint j = 0;
	Party *going = next_going(series, &i);
	Party *coming = next_coming(series, &j);

	while (going != NULL && coming != NULL) {
		int64_t off = going->starts / EVENT_DIGITS_PER_DAY -
			      coming->starts / EVENT_DIGITS_PER_DAY;

		if (off == 0)
			pair(moves, going, coming);
		if (off <= 0)
			going = next_going(series, &i);
		if (off >= 0)
			coming = next_coming(series, &j);
	}
}

/* An occurrence that lies further off than the next one is another meeting, unless all of them were
 * moved. */
static bool is_near(const Series *series, const Party *going, const Party *coming)
{
	return !series->has_staying ||
	       event_digits_distance_secs(going->starts, coming->starts) < series->gap_secs;
}

static void pair_in_order(const EventMoves *moves, const Series *series)
{
	guint i = 0;
	guint j = 0;
	Party *going = next_going(series, &i);
	Party *coming = next_coming(series, &j);

	while (going != NULL && coming != NULL) {
		bool is_late = going->starts < coming->starts;
		bool is_pair = is_near(series, going, coming);

		if (is_pair)
			pair(moves, going, coming);
		/* Of two that are not near, no later one is near to the earlier of them. */
		if (is_pair || is_late)
			going = next_going(series, &i);
		if (is_pair || !is_late)
			coming = next_coming(series, &j);
	}
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
 * says nothing then, but most are as far away as all were moved. One of the first that go, or of
 * those that come, is among them. */
static void pair_by_distance(const EventMoves *moves, Series *series)
{
	const Party *going;
	const Party *coming;
	guint most = 1; /* one alone is no distance that they have in common */
	guint i = 0;
	int64_t best = 0;

	for (guint m = 0; m < MEASURED_MAX && (going = next_going(series, &i)) != NULL; m++) {
		for (guint j = 0; (coming = next_coming(series, &j)) != NULL;)
			prefer(moves, series,
				event_digits_difference_secs(coming->starts, going->starts), &best,
				&most);
	}
	i = 0;
	for (guint m = 0; m < MEASURED_MAX && (coming = next_coming(series, &i)) != NULL; m++) {
		for (guint j = 0; (going = next_going(series, &j)) != NULL;)
			prefer(moves, series,
				event_digits_difference_secs(coming->starts, going->starts), &best,
				&most);
	}
	if (most > 1)
		walk_distance(moves, series, best, true);
}

/* Hands a write out as what became of it. */
static bool hand_out(EventMoves *moves, Party *party, const EventMovesEnd *end, GError **error)
{
	EventWrite *write = take_write(moves, party, error);

	if (write == NULL)
		return false;
	if (party->is_paired) {
		write->change = EVENT_CHANGED;
		write->post_id = party->post_id;
		write->former_uid = g_strdup(party->former_uid);
	}
	return end->take(write, end->data, error);
}

static bool settle_series(
	EventMoves *moves, const GPtrArray *come, const EventMovesEnd *end, GError **error)
{
	const Party *first = come->pdata[0];
	g_autoptr(GArray) going = g_array_new(FALSE, FALSE, sizeof(Party));
	Series series = {.going = going, .come = (GPtrArray *)come};

	look_at_stored(moves, &series, first->hash, uid_of(moves, first), end);
	pair_by_instance(moves, &series);
	pair_by_day(moves, &series);
	pair_by_distance(moves, &series);
	pair_in_order(moves, &series);
	for (guint i = 0; i < come->len; i++) {
		Party *coming = come->pdata[i];

		coming->is_settled = true;
		if ((coming->is_paired || !series.is_doubtful) &&
			!hand_out(moves, coming, end, error))
			return false;
	}
	return true;
}

/* Those that wait for the same series as the one at `first`, which is taken from the list. */
static GPtrArray *take_series(const EventMoves *moves, guint first)
{
	GArray *waiting = moves->waiting;
	const Party *one = &g_array_index(waiting, Party, first);
	GPtrArray *come = g_ptr_array_new();

	for (guint i = first; i < waiting->len; i++) {
		Party *party = &g_array_index(waiting, Party, i);

		if (party->hash != one->hash)
			break;
		if (!party->is_settled && is_same_series(uid_of(moves, party), uid_of(moves, one)))
			g_ptr_array_add(come, party);
	}
	return come;
}

bool event_moves_settle(EventMoves *moves, const EventMovesEnd *end, GError **error)
{
	bool is_well = true;

	g_array_sort(moves->waiting, compare_parties);
	/* More may have been loaded since the last one came. */
	if (moves->waiting->len > 0 && moves->members == NULL)
		make_members(moves);
	for (guint i = 0; i < moves->waiting->len && is_well; i++) {
		g_autoptr(GPtrArray) come = NULL;

		if (g_array_index(moves->waiting, Party, i).is_settled)
			continue;
		come = take_series(moves, i);
		is_well = settle_series(moves, come, end, error);
	}
	/* What is doubtful is not asked about again. */
	g_array_set_size(moves->waiting, 0);
	moves->in_memory = 0;
	return is_well;
}

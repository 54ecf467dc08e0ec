/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pairs occurrences that come with those that go: data-model 4. */
#include "wp/event_pairs.h"

#include "wp/event_series.h"

/* From so many of those that go, and of those that come, the distance that most have in common is
 * looked for. */
enum { MEASURED_MAX = 8 };

static const char *instance_of(const EventMemory *memory, const EventParty *party)
{
	return event_series_instance(event_memory_at(memory, party->place)->uid);
}

static void pair(EventMemory *memory, EventParty *going, EventParty *coming)
{
	StoredEvent *from = event_memory_at(memory, going->place);
	StoredEvent *to = event_memory_at(memory, coming->place);

	going->is_paired = true;
	coming->is_paired = true;
	coming->post_id = from->post_id;
	coming->former_uid = from->uid;
	to->post_id = from->post_id;
	to->is_logged = from->is_logged;
	from->post_id = 0;
	from->is_known = false;
	/* Copies of the one that was moved are copies of what it is now. */
	event_memory_name_successor(memory, from, to, 0);
}

/* The next one of each that is not paired yet, from there on; NULL at the end. */
static EventParty *next_going(const EventPairs *pairs, guint *index)
{
	while (*index < pairs->going->len) {
		EventParty *party = &g_array_index(pairs->going, EventParty, (*index)++);

		if (!party->is_paired)
			return party;
	}
	return NULL;
}

static EventParty *next_coming(const EventPairs *pairs, guint *index)
{
	while (*index < pairs->come->len) {
		EventParty *party = pairs->come->pdata[(*index)++];

		if (!party->is_paired)
			return party;
	}
	return NULL;
}

static void pair_by_instance(EventMemory *memory, EventPairs *pairs)
{
	g_autoptr(GHashTable) coming = g_hash_table_new(g_str_hash, g_str_equal);

	/* Of several the first. */
	for (guint i = pairs->come->len; i > 0; i--) {
		EventParty *party = pairs->come->pdata[i - 1];

		g_hash_table_insert(coming, (gpointer)instance_of(memory, party), party);
	}
	for (guint i = 0; i < pairs->going->len; i++) {
		EventParty *going = &g_array_index(pairs->going, EventParty, i);
		EventParty *party = g_hash_table_lookup(coming, instance_of(memory, going));

		if (party != NULL && !party->is_paired)
			pair(memory, going, party);
	}
}

static void pair_by_day(EventMemory *memory, const EventPairs *pairs)
{
	guint i = 0;
	guint j = 0;
	EventParty *going = next_going(pairs, &i);
	EventParty *coming = next_coming(pairs, &j);

	while (going != NULL && coming != NULL) {
		int64_t off = going->starts / EVENT_DIGITS_PER_DAY -
			      coming->starts / EVENT_DIGITS_PER_DAY;

		if (off == 0)
			pair(memory, going, coming);
		if (off <= 0)
			going = next_going(pairs, &i);
		if (off >= 0)
			coming = next_coming(pairs, &j);
	}
}

/* An occurrence that lies further off than the next one is another meeting, unless all of them were
 * moved. */
static bool is_near(const EventPairs *pairs, const EventParty *going, const EventParty *coming)
{
	return !pairs->has_staying ||
	       event_digits_distance_secs(going->starts, coming->starts) < pairs->gap_secs;
}

static void pair_in_order(EventMemory *memory, const EventPairs *pairs)
{
	guint i = 0;
	guint j = 0;
	EventParty *going = next_going(pairs, &i);
	EventParty *coming = next_coming(pairs, &j);

	while (going != NULL && coming != NULL) {
		bool is_late = going->starts < coming->starts;
		bool is_pair = is_near(pairs, going, coming);

		if (is_pair)
			pair(memory, going, coming);
		/* Of two that are not near, no later one is near to the earlier of them. */
		if (is_pair || is_late)
			going = next_going(pairs, &i);
		if (is_pair || !is_late)
			coming = next_coming(pairs, &j);
	}
}

/* Goes through those that lie this far from each other, both being sorted; pairs them when told to.
 * How many. */
static guint walk_distance(
	EventMemory *memory, const EventPairs *pairs, int64_t distance, bool is_to_pair)
{
	guint i = 0;
	guint j = 0;
	guint count = 0;
	EventParty *going = next_going(pairs, &i);
	EventParty *coming = next_coming(pairs, &j);

	while (going != NULL && coming != NULL) {
		int64_t off =
			event_digits_difference_secs(coming->starts, going->starts) - distance;

		if (off == 0) {
			count++;
			if (is_to_pair)
				pair(memory, going, coming);
		}
		if (off >= 0)
			going = next_going(pairs, &i);
		if (off <= 0)
			coming = next_coming(pairs, &j);
	}
	return count;
}

/* The distance that more have in common; of two such, the shorter. */
static void prefer(
	EventMemory *memory, const EventPairs *pairs, int64_t distance, int64_t *best, guint *most)
{
	guint count = walk_distance(memory, pairs, distance, false);

	if (count < *most || (count == *most && (*most == 1 || ABS(distance) >= ABS(*best))))
		return;
	*most = count;
	*best = distance;
}

/* A series that was moved while some of its occurrences were left out, or came back: their order
 * says nothing then, but most are as far away as all were moved. One of the first that go, or of
 * those that come, is among them. */
static void pair_by_distance(EventMemory *memory, EventPairs *pairs)
{
	const EventParty *going;
	const EventParty *coming;
	guint most = 1; /* one alone is no distance that they have in common */
	guint i = 0;
	int64_t best = 0;

	for (guint m = 0; m < MEASURED_MAX && (going = next_going(pairs, &i)) != NULL; m++) {
		for (guint j = 0; (coming = next_coming(pairs, &j)) != NULL;)
			prefer(memory, pairs,
				event_digits_difference_secs(coming->starts, going->starts), &best,
				&most);
	}
	i = 0;
	for (guint m = 0; m < MEASURED_MAX && (coming = next_coming(pairs, &i)) != NULL; m++) {
		for (guint j = 0; (going = next_going(pairs, &j)) != NULL;)
			prefer(memory, pairs,
				event_digits_difference_secs(coming->starts, going->starts), &best,
				&most);
	}
	if (most > 1)
		walk_distance(memory, pairs, best, true);
}

void event_pairs_make(EventMemory *memory, EventPairs *pairs)
{
	pair_by_instance(memory, pairs);
	pair_by_day(memory, pairs);
	pair_by_distance(memory, pairs);
	pair_in_order(memory, pairs);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each name is cut into one segment more than it may have differences. A name within that distance
 * leaves at least one segment whole, hardly moved: only names that share one are compared. The
 * windows are those of Li, Deng, Wang and Feng, "Pass-Join: A Partition-based Method for Similarity
 * Joins" (2011), section 4.2. */
#include "match/fuzzy_index.h"

#include "match/levenshtein.h"

#define NAME_MAX_CHARACTERS 200
#define DISTANCE_MAX 2

typedef struct {
	gunichar *characters;
	size_t length;
	uint64_t marks;      /* one bit a character, by its value modulo 64 */
	uint64_t pair_marks; /* the same of each two neighbours */
	uint32_t number;
} Name;

struct FuzzyIndex {
	GArray *names;        /* of Name */
	GHashTable *segments; /* hash of length, place and text of a segment -> GArray of places in
				 `names` */
};

typedef struct {
	size_t distance;
	uint32_t number;
} Nearest;

static void name_clear(gpointer data)
{
	Name *name = data;

	g_free(name->characters);
}

static void array_destroy(gpointer array)
{
	g_array_unref(array);
}

FuzzyIndex *fuzzy_index_new(void)
{
	FuzzyIndex *index = g_new0(FuzzyIndex, 1);

	index->names = g_array_new(FALSE, FALSE, sizeof(Name));
	g_array_set_clear_func(index->names, name_clear);
	index->segments = g_hash_table_new_full(NULL, NULL, NULL, array_destroy);
	return index;
}

void fuzzy_index_free(FuzzyIndex *index)
{
	if (index == NULL)
		return;
	g_hash_table_unref(index->segments);
	g_array_unref(index->names);
	g_free(index);
}

/* How many differences a name of this length may have. */
static size_t allowed_distance(size_t length)
{
	return length == 0 ? 0 : MIN(DISTANCE_MAX, length - 1);
}

static Name name_read(const char *folded, uint32_t number)
{
	glong length = 0;
	Name name = {.number = number};

	name.characters = g_utf8_to_ucs4_fast(folded, -1, &length);
	name.length = (size_t)length;
	for (size_t i = 0; i < name.length; i++) {
		gunichar pair = (i > 0 ? name.characters[i - 1] * 31 : 0) + name.characters[i];

		name.marks |= UINT64_C(1) << (name.characters[i] % 64);
		name.pair_marks |= UINT64_C(1) << (pair % 64);
	}
	return name;
}

/* Segment `place` of a name of `length` characters in `count` segments: even lengths, longer ones
 * last. */
static void segment_bounds(
	size_t length, size_t count, size_t place, size_t *ret_start, size_t *ret_length)
{
	size_t shortest = length / count;
	size_t first_long = count - length % count;

	*ret_start = place * shortest + (place > first_long ? place - first_long : 0);
	*ret_length = shortest + (place >= first_long);
}

/* FNV-1a. Segments that collide cost a comparison, no more. */
static gpointer segment_key(
	size_t name_length, size_t place, const gunichar *characters, size_t length)
{
	uint64_t hash = UINT64_C(14695981039346656037) ^ (name_length * 4 + place);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ characters[i]) * UINT64_C(1099511628211);
	return GSIZE_TO_POINTER((gsize)(hash ^ hash >> 32));
}

void fuzzy_index_add(FuzzyIndex *index, const char *folded, uint32_t number)
{
	Name name = name_read(folded, number);
	size_t allowed = allowed_distance(name.length);
	uint32_t position = index->names->len;

	if (allowed == 0 || name.length > NAME_MAX_CHARACTERS) {
		name_clear(&name);
		return;
	}
	g_array_append_val(index->names, name);
	for (size_t place = 0; place <= allowed; place++) {
		size_t start;
		size_t length;
		gpointer key;
		GArray *sharing;

		segment_bounds(name.length, allowed + 1, place, &start, &length);
		key = segment_key(name.length, place, name.characters + start, length);
		sharing = g_hash_table_lookup(index->segments, key);
		if (sharing == NULL) {
			sharing = g_array_new(FALSE, FALSE, sizeof(uint32_t));
			g_hash_table_insert(index->segments, key, sharing);
		}
		g_array_append_val(sharing, position);
	}
}

/* A difference changes two marks of characters at most, and four of pairs. Most names that share a
 * segment are told apart by that. */
static bool may_be_near(const Name *wanted, const Name *name, size_t allowed)
{
	return (size_t)__builtin_popcountll(wanted->marks ^ name->marks) <= 2 * allowed &&
	       (size_t)__builtin_popcountll(wanted->pair_marks ^ name->pair_marks) <= 4 * allowed;
}

static void compare(const Name *wanted, const Name *name, Nearest *nearest)
{
	size_t allowed = MIN(allowed_distance(wanted->length), allowed_distance(name->length));
	size_t distance;

	if (name->number >= nearest->number)
		allowed = MIN(allowed, nearest->distance - 1);
	else
		allowed = MIN(allowed, nearest->distance);
	if (allowed == 0 || !may_be_near(wanted, name, allowed))
		return;
	distance = levenshtein_distance(
		wanted->characters, wanted->length, name->characters, name->length, allowed);
	if (distance == 0 || distance > allowed)
		return;
	nearest->distance = distance;
	nearest->number = name->number;
}

static void compare_sharing(
	const FuzzyIndex *index, const Name *wanted, gpointer key, Nearest *nearest)
{
	const GArray *sharing = g_hash_table_lookup(index->segments, key);

	for (guint i = 0; sharing != NULL && i < sharing->len; i++) {
		const Name *name =
			&g_array_index(index->names, Name, g_array_index(sharing, uint32_t, i));

		if (nearest->distance == 1 && name->number >= nearest->number)
			break;
		compare(wanted, name, nearest);
	}
}

/* Looks for segment `place` of names with `length` characters wherever it may have moved to. */
static void compare_segment(
	const FuzzyIndex *index, const Name *wanted, size_t length, size_t place, Nearest *nearest)
{
	long allowed = (long)allowed_distance(length);
	long before = (long)place;
	long behind = allowed - before;
	long surplus = (long)wanted->length - (long)length;
	size_t start;
	size_t segment_length;
	long from;
	long to;

	segment_bounds(length, (size_t)allowed + 1, place, &start, &segment_length);
	from = MAX(MAX((long)start - before, (long)start + surplus - behind), 0);
	to = MIN(MIN((long)start + before, (long)start + surplus + behind),
		(long)wanted->length - (long)segment_length);
	for (long at = from; at <= to; at++)
		compare_sharing(index, wanted,
			segment_key(length, place, wanted->characters + at, segment_length),
			nearest);
}

bool fuzzy_index_find(const FuzzyIndex *index, const char *folded, uint32_t *ret_number)
{
	Name wanted = name_read(folded, 0);
	Nearest nearest = {.distance = DISTANCE_MAX + 1};

	if (wanted.length > 1 && wanted.length <= NAME_MAX_CHARACTERS) {
		size_t shortest =
			wanted.length > DISTANCE_MAX + 2 ? wanted.length - DISTANCE_MAX : 2;

		for (size_t length = shortest; length <= wanted.length + DISTANCE_MAX; length++) {
			for (size_t place = 0; place <= allowed_distance(length); place++)
				compare_segment(index, &wanted, length, place, &nearest);
		}
	}
	name_clear(&wanted);
	if (nearest.distance > DISTANCE_MAX)
		return false;
	*ret_number = nearest.number;
	return true;
}

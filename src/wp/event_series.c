/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Series of stored events, as their uids tell them, sorted by a hash of what names the series. */
#include "wp/event_series.h"

#include <string.h>

/* A stored event by its series, to be found by binary search. */
typedef struct {
	guint32 hash;
	guint32 place;
} Member;

struct EventSeriesIndex {
	const EventMemory *memory;
	GArray *members; /* of Member, sorted */
};

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
guint32 event_series_hash(const char *uid)
{
	size_t length = series_length(uid);
	guint32 hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (guint8)uid[i]) * 16777619u;
	return hash;
}

bool event_series_is_same(const char *uid, const char *other)
{
	size_t length = series_length(uid);

	return series_length(other) == length && strncmp(uid, other, length) == 0;
}

/* The instance of the series: what stands behind its last underscore, or "". */
const char *event_series_instance(const char *uid)
{
	return uid + length_without_stamp(uid, strlen(uid), "");
}

static int compare_members(gconstpointer a, gconstpointer b)
{
	const Member *one = a;
	const Member *other = b;

	return (one->hash > other->hash) - (one->hash < other->hash);
}

EventSeriesIndex *event_series_index_new(const EventMemory *memory)
{
	EventSeriesIndex *series = g_new0(EventSeriesIndex, 1);

	series->memory = memory;
	series->members = g_array_new(FALSE, FALSE, sizeof(Member));
	for (guint i = 0; i < memory->events->len; i++) {
		const StoredEvent *event = event_memory_at(memory, i);
		Member member = {.place = i};

		if (event->post_id == 0 || event->is_trashed)
			continue;
		member.hash = event_series_hash(event->uid);
		g_array_append_val(series->members, member);
	}
	g_array_sort(series->members, compare_members);
	return series;
}

void event_series_index_free(EventSeriesIndex *series)
{
	if (series == NULL)
		return;
	g_array_unref(series->members);
	g_free(series);
}

/* The first member with this hash, or of a greater one. */
static guint first_member(const EventSeriesIndex *series, guint32 hash)
{
	guint from = 0;
	guint to = series->members->len;

	while (from < to) {
		guint middle = from + (to - from) / 2;

		if (g_array_index(series->members, Member, middle).hash < hash)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

bool event_series_index_is_empty(const EventSeriesIndex *series)
{
	return series->members->len == 0;
}

void event_series_begin(EventSeriesWalk *walk, const EventSeriesIndex *series, const char *uid)
{
	*walk = (EventSeriesWalk){.series = series, .hash = event_series_hash(uid), .uid = uid};
	walk->index = first_member(series, walk->hash);
}

const StoredEvent *event_series_next(EventSeriesWalk *walk, guint *ret_place)
{
	const GArray *members = walk->series->members;

	while (walk->index < members->len) {
		const Member *member = &g_array_index(members, Member, walk->index);
		const StoredEvent *event = event_memory_at(walk->series->memory, member->place);

		if (member->hash != walk->hash)
			return NULL;
		walk->index++;
		if (event->post_id == 0 || !event_series_is_same(event->uid, walk->uid))
			continue;
		*ret_place = member->place;
		return event;
	}
	return NULL;
}

const char *event_series_each(const EventSeriesIndex *series, guint *index)
{
	const GArray *members = series->members;
	guint32 former = *index > 0 ? g_array_index(members, Member, *index - 1).hash : 0;

	for (; *index < members->len; ++*index) {
		const Member *member = &g_array_index(members, Member, *index);

		if (*index > 0 && member->hash == former)
			continue;
		++*index;
		return event_memory_at(series->memory, member->place)->uid;
	}
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instances that were changed, one by one or from one on. libical 3.0.16 does nothing about
 * RANGE=THISANDFUTURE. */
#include "event/ical_overrides.h"

#include "event/civil.h"

int64_t ical_overrides_key(const IcalPart *master, const IcalTime *time, const Zone *zone)
{
	if (master->all_day)
		return ical_part_day(master, time);
	if (time->form == ICAL_TIME_DATE)
		return zone_to_utc(
			master->zone, time->local + civil_time_of_day(master->start_local));
	return ical_part_instant(time, zone);
}

int64_t ical_overrides_local(const IcalPart *master, int64_t key)
{
	return master->all_day ? key : zone_to_local(master->zone, key);
}

static int64_t key_of_part(const IcalPart *part, const IcalPart *master)
{
	const Zone *zone = part->recurrence_zone;

	if (zone == NULL)
		zone = (master != NULL ? master : part)->zone;
	if (master != NULL)
		return ical_overrides_key(master, &part->recurrence_id, zone);
	return part->recurrence_id.form == ICAL_TIME_DATE
		       ? part->recurrence_id.local
		       : ical_part_instant(&part->recurrence_id, zone);
}

static void choose_master(IcalOverrides *overrides, const GPtrArray *parts)
{
	for (guint i = 0; i < parts->len; i++) {
		const IcalPart *part = g_ptr_array_index(parts, i);

		if (!part->has_recurrence_id &&
			(overrides->master == NULL || !ical_part_is_newer(overrides->master, part)))
			overrides->master = part;
	}
}

static void add_override(IcalOverrides *overrides, IcalPart *part)
{
	int64_t key = key_of_part(part, overrides->master);
	const IcalPart *other = g_hash_table_lookup(overrides->by_key, &key);

	if (other == NULL || !ical_part_is_newer(other, part))
		g_hash_table_replace(overrides->by_key, g_memdup2(&key, sizeof(key)), part);
}

static int compare_futures(const void *left, const void *right)
{
	int64_t a = ((const IcalFuture *)left)->key;
	int64_t b = ((const IcalFuture *)right)->key;

	return (a > b) - (a < b);
}

/* The instance that a THISANDFUTURE names now starts where it says: so all later ones move. */
static void add_futures(IcalOverrides *overrides)
{
	const IcalPart *master = overrides->master;
	GHashTableIter iterator;
	gpointer key;
	gpointer value;

	g_hash_table_iter_init(&iterator, overrides->by_key);
	while (g_hash_table_iter_next(&iterator, &key, &value)) {
		IcalFuture future = {.key = *(int64_t *)key, .part = value};
		int64_t start = future.part->start_local;

		if (master == NULL || !future.part->this_and_future)
			continue;
		if (!future.part->all_day && !master->all_day)
			start = zone_to_local(master->zone, future.part->start_utc);
		future.shift = start - ical_overrides_local(master, future.key);
		g_array_append_val(overrides->futures, future);
	}
	g_array_sort(overrides->futures, compare_futures);
}

void ical_overrides_init(IcalOverrides *overrides, const GPtrArray *parts)
{
	*overrides = (IcalOverrides){
		.by_key = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
		.futures = g_array_new(FALSE, FALSE, sizeof(IcalFuture)),
	};
	choose_master(overrides, parts);
	for (guint i = 0; i < parts->len; i++) {
		IcalPart *part = g_ptr_array_index(parts, i);

		if (part->has_recurrence_id)
			add_override(overrides, part);
	}
	add_futures(overrides);
}

void ical_overrides_clear(IcalOverrides *overrides)
{
	g_clear_pointer(&overrides->by_key, g_hash_table_unref);
	g_clear_pointer(&overrides->futures, g_array_unref);
}

const IcalFuture *ical_overrides_future(const IcalOverrides *overrides, int64_t key)
{
	guint low = 0;
	guint high = overrides->futures->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(overrides->futures, IcalFuture, middle).key <= key)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &g_array_index(overrides->futures, IcalFuture, low - 1) : NULL;
}

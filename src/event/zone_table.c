/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which definition of a zone counts. */
#include "event/zone_table.h"

#include "event/zone_name.h"

/* Looking a name up takes that much of the budget (all names of ICU are compared); no honest
 * object has more names that mean nothing. */
#define LOOK_UP_COST 2000
#define UNKNOWN_MAX 50

/* VTIMEZONEs that are read; a flight around the world needs few. */
#define DEFINED_MAX 200

struct ZoneTable {
	GHashTable *zones;   /* TZID -> Zone */
	GHashTable *unknown; /* set of TZID */
	int64_t *budget;     /* borrowed */
	Zone *utc;
	Zone *floating;
	Zone *fallback;
};

static void zone_destroy(gpointer zone)
{
	zone_free(zone);
}

/* NULL when the name means nothing to `find`, or when too much was looked up. Caller frees. */
static Zone *look_up(ZoneTable *table, const char *name, GTimeZone *(*find)(const char *))
{
	g_autoptr(GTimeZone) glib = NULL;

	if (name == NULL || *table->budget < LOOK_UP_COST)
		return NULL;
	*table->budget -= LOOK_UP_COST;
	glib = find(name);
	return glib != NULL ? zone_new(glib) : NULL;
}

/* Definitions go stale, or hold only the changes around the event: a name that means a place counts
 * before them. */
static void add_component(ZoneTable *table, const IcalComponent *component)
{
	const IcalFieldLine *name = ical_component_field(component, ICAL_FIELD_TZID);
	const IcalFieldLine *place = ical_component_field(component, ICAL_FIELD_X_LIC_LOCATION);
	g_autoptr(Zone) zone = NULL;
	g_autofree char *tzid = NULL;

	if (name == NULL)
		return;
	/* The property is a text with escapes, the parameter is not. */
	tzid = ical_text_unescape(name->value);
	if (g_hash_table_contains(table->zones, tzid))
		return;
	zone = look_up(table, tzid, zone_name_find_place);
	if (zone == NULL && place != NULL)
		zone = look_up(table, place->value, zone_name_find_place);
	if (zone == NULL)
		zone = zone_new_from_component(component, table->budget);
	if (zone != NULL)
		g_hash_table_insert(table->zones, g_steal_pointer(&tzid), g_steal_pointer(&zone));
}

ZoneTable *zone_table_new(
	const IcalCalendar *calendar, GTimeZone *floating, GTimeZone *site, int64_t *budget)
{
	ZoneTable *table = g_new0(ZoneTable, 1);

	table->zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, zone_destroy);
	table->unknown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	table->budget = budget;
	table->utc = zone_new(NULL);
	table->floating = zone_new(floating);
	for (guint i = 0; i < MIN(calendar->zones->len, DEFINED_MAX); i++)
		add_component(table, g_ptr_array_index(calendar->zones, i));
	table->fallback = look_up(table, calendar->time_zone, zone_name_find);
	if (table->fallback == NULL)
		table->fallback = zone_new(site != NULL ? site : floating);
	return table;
}

void zone_table_free(ZoneTable *table)
{
	if (table == NULL)
		return;
	g_hash_table_unref(table->zones);
	g_hash_table_unref(table->unknown);
	zone_free(table->utc);
	zone_free(table->floating);
	zone_free(table->fallback);
	g_free(table);
}

const Zone *zone_table_utc(const ZoneTable *table)
{
	return table->utc;
}

const Zone *zone_table_floating(const ZoneTable *table)
{
	return table->floating;
}

const Zone *zone_table_find(ZoneTable *table, const char *tzid)
{
	Zone *zone = g_hash_table_lookup(table->zones, tzid);

	if (zone != NULL)
		return zone;
	if (g_hash_table_size(table->unknown) >= UNKNOWN_MAX ||
		g_hash_table_contains(table->unknown, tzid))
		return NULL;
	zone = look_up(table, tzid, zone_name_find);
	if (zone != NULL)
		g_hash_table_insert(table->zones, g_strdup(tzid), zone);
	else
		g_hash_table_add(table->unknown, g_strdup(tzid));
	return zone;
}

const Zone *zone_table_fallback(const ZoneTable *table)
{
	return table->fallback;
}

const Zone *zone_table_search(
	const ZoneTable *table, bool (*is_it)(const Zone *zone, const void *data), const void *data)
{
	GHashTableIter iterator;
	gpointer zone;

	if (is_it(table->floating, data))
		return table->floating;
	if (is_it(table->fallback, data))
		return table->fallback;
	g_hash_table_iter_init(&iterator, table->zones);
	while (g_hash_table_iter_next(&iterator, NULL, &zone)) {
		if (is_it(zone, data))
			return zone;
	}
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which definition of a zone counts. */
#include "event/zone_table.h"

#include "event/zone_name.h"

/* Looking a name up costs some; no honest object has more that mean nothing. */
#define UNKNOWN_MAX 50

/* VTIMEZONEs that are read; a flight around the world needs few. */
#define DEFINED_MAX 200

struct ZoneTable {
	GHashTable *zones;   /* TZID -> Zone */
	GHashTable *unknown; /* set of TZID */
	Zone *utc;
	Zone *floating;
	Zone *site;
};

static void zone_destroy(gpointer zone)
{
	zone_free(zone);
}

static void add_component(ZoneTable *table, const IcalComponent *component, int64_t *budget)
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
	zone = zone_new_from_component(component, budget);
	if (zone == NULL && place != NULL) {
		g_autoptr(GTimeZone) glib = zone_name_find(place->value);

		if (glib != NULL)
			zone = zone_new(glib);
	}
	if (zone != NULL)
		g_hash_table_insert(table->zones, g_steal_pointer(&tzid), g_steal_pointer(&zone));
}

ZoneTable *zone_table_new(
	const IcalObject *object, GTimeZone *floating, GTimeZone *site, int64_t *budget)
{
	ZoneTable *table = g_new0(ZoneTable, 1);

	table->zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, zone_destroy);
	table->unknown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	table->utc = zone_new(NULL);
	table->floating = zone_new(floating);
	table->site = zone_new(site != NULL ? site : floating);
	for (guint i = 0; i < MIN(object->zones->len, DEFINED_MAX); i++)
		add_component(table, g_ptr_array_index(object->zones, i), budget);
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
	zone_free(table->site);
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

const Zone *zone_table_find(ZoneTable *table, const char *tzid, bool *ret_known)
{
	const Zone *zone = tzid != NULL ? g_hash_table_lookup(table->zones, tzid) : table->floating;
	g_autoptr(GTimeZone) glib = NULL;

	if (ret_known != NULL)
		*ret_known = true;
	if (zone != NULL)
		return zone;
	if (g_hash_table_size(table->unknown) < UNKNOWN_MAX &&
		!g_hash_table_contains(table->unknown, tzid))
		glib = zone_name_find(tzid);
	if (glib != NULL) {
		Zone *named = zone_new(glib);

		g_hash_table_insert(table->zones, g_strdup(tzid), named);
		return named;
	}
	if (g_hash_table_size(table->unknown) < UNKNOWN_MAX)
		g_hash_table_add(table->unknown, g_strdup(tzid));
	if (ret_known != NULL)
		*ret_known = false;
	return table->site;
}

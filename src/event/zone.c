/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offsets of zones. libical 3.0.16 reads a time in a gap with the offset after it, takes the
 * second of two times, and gives a VTIMEZONE that counts from 1601 only the years that it has
 * expanded so far, in tables that all threads share. */
#include "event/zone.h"

#include "event/civil.h"
#include "event/recurrence.h"

#define OBSERVANCES_MAX 500
#define ONSETS_MAX 5000

/* VTIMEZONEs are expanded up to this year; later on their last offset holds. */
#define LAST_YEAR 2200

typedef struct {
	int64_t utc;
	int offset_from;
	int offset_to;
} Onset;

struct Zone {
	GTimeZone *glib; /* NULL where `onsets` tell */
	GArray *onsets;  /* of Onset, ascending, at least one; or NULL */
};

typedef struct {
	IcalTime start;
	int offset_from;
	int offset_to;
} Observance;

static int offset_at(const Zone *zone, int64_t utc)
{
	guint low = 0;
	guint high;

	if (zone->glib != NULL)
		return g_time_zone_get_offset(zone->glib,
			g_time_zone_find_interval(zone->glib, G_TIME_TYPE_UNIVERSAL, utc));
	high = zone->onsets->len;
	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(zone->onsets, Onset, middle).utc <= utc)
			low = middle + 1;
		else
			high = middle;
	}
	/* Before the first onset its own "from" is all that is known. */
	return low == 0 ? g_array_index(zone->onsets, Onset, 0).offset_from
			: g_array_index(zone->onsets, Onset, low - 1).offset_to;
}

int64_t zone_to_utc(const Zone *zone, int64_t local)
{
	/* A day off, both offsets are far from any change near `local`: offsets are below a day,
	 * and no two changes of one zone lie within two days. */
	int before = offset_at(zone, local - CIVIL_DAY_SECS);
	int after = offset_at(zone, local + CIVIL_DAY_SECS);

	if (before != after && offset_at(zone, local - before) != before &&
		offset_at(zone, local - after) == after)
		return local - after;
	return local - before;
}

int64_t zone_to_local(const Zone *zone, int64_t utc)
{
	return utc + offset_at(zone, utc);
}

Zone *zone_new(GTimeZone *glib)
{
	Zone *zone = g_new0(Zone, 1);

	zone->glib = glib != NULL ? g_time_zone_ref(glib) : g_time_zone_new_utc();
	return zone;
}

void zone_free(Zone *zone)
{
	if (zone == NULL)
		return;
	if (zone->glib != NULL)
		g_time_zone_unref(zone->glib);
	if (zone->onsets != NULL)
		g_array_unref(zone->onsets);
	g_free(zone);
}

static bool observance_read(const IcalComponent *component, Observance *ret_observance)
{
	const IcalFieldLine *start = ical_component_field(component, ICAL_FIELD_DTSTART);
	const IcalFieldLine *from = ical_component_field(component, ICAL_FIELD_TZOFFSETFROM);
	const IcalFieldLine *to = ical_component_field(component, ICAL_FIELD_TZOFFSETTO);
	Observance observance;

	if (start == NULL || to == NULL || !ical_time_parse(start->value, &observance.start) ||
		!ical_offset_parse(to->value, &observance.offset_to))
		return false;
	if (from == NULL || !ical_offset_parse(from->value, &observance.offset_from))
		observance.offset_from = observance.offset_to;
	*ret_observance = observance;
	return true;
}

/* Onsets are wall clock times before the change, also where a hasty writer put a Z. */
static void add_onset(GArray *onsets, const Observance *observance, int64_t local)
{
	Onset onset = {
		.utc = local - observance->offset_from,
		.offset_from = observance->offset_from,
		.offset_to = observance->offset_to,
	};

	if (onsets->len < ONSETS_MAX)
		g_array_append_val(onsets, onset);
}

static void add_rule(
	GArray *onsets, const Observance *observance, const char *text, int64_t *budget)
{
	const char *why;
	g_autoptr(RecurrenceRule) rule = recurrence_rule_parse(text, &why);
	g_autoptr(Recurrence) recurrence = NULL;
	int64_t end = civil_days((CivilDate){LAST_YEAR, 12, 31}) * CIVIL_DAY_SECS;
	int64_t local;

	if (rule == NULL)
		return;
	if (rule->has_until) {
		int64_t until = rule->until.local;

		if (rule->until.form == ICAL_TIME_UTC)
			until += observance->offset_from;
		else if (rule->until.form == ICAL_TIME_DATE)
			until += CIVIL_DAY_SECS - 1;
		end = MIN(end, until);
	}
	recurrence = recurrence_new(rule, RECURRENCE_START_BELONGS, observance->start.local, false,
		observance->start.local + 1, end, budget);
	while (onsets->len < ONSETS_MAX &&
		recurrence_next(recurrence, &local) == RECURRENCE_INSTANCE)
		add_onset(onsets, observance, local);
}

static void add_dates(GArray *onsets, const Observance *observance, const char *list)
{
	g_auto(GStrv) items = g_strsplit(list, ",", ONSETS_MAX);

	for (char **item = items; *item != NULL; item++) {
		IcalTime time;

		if (ical_time_parse(*item, &time))
			add_onset(onsets, observance, time.local);
	}
}

static void add_observance(GArray *onsets, const IcalComponent *component, int64_t *budget)
{
	Observance observance;

	if (!observance_read(component, &observance))
		return;
	add_onset(onsets, &observance, observance.start.local);
	for (guint i = 0; i < component->fields->len; i++) {
		const IcalFieldLine *line = g_ptr_array_index(component->fields, i);

		if (line->field == ICAL_FIELD_RRULE)
			add_rule(onsets, &observance, line->value, budget);
		else if (line->field == ICAL_FIELD_RDATE)
			add_dates(onsets, &observance, line->value);
	}
}

static int compare_onsets(const void *left, const void *right)
{
	const Onset *a = left;
	const Onset *b = right;

	return (a->utc > b->utc) - (a->utc < b->utc);
}

Zone *zone_new_from_component(const IcalComponent *vtimezone, int64_t *budget)
{
	g_autoptr(GArray) onsets = g_array_new(FALSE, FALSE, sizeof(Onset));
	Zone *zone;

	for (guint i = 0; i < MIN(vtimezone->children->len, OBSERVANCES_MAX); i++)
		add_observance(onsets, g_ptr_array_index(vtimezone->children, i), budget);
	if (onsets->len == 0)
		return NULL;
	g_array_sort(onsets, compare_onsets);
	zone = g_new0(Zone, 1);
	zone->onsets = g_steal_pointer(&onsets);
	return zone;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The recurrence set of RFC 5545, 3.8.5, and the overrides of 3.8.4.4. libical 3.0.16 compares
 * EXDATEs and RDATEs as text with their zones left out, and takes an RDATE's PERIOD for a start. */
#include "event/ical_series.h"

#include <string.h>

#include "event/civil.h"
#include "event/ical_overrides.h"
#include "event/recurrence.h"
#include "event/recurrence_version_1.h"

/* Instances looked at, in the window or not, and dates listed, for one UID. */
#define LOOKED_AT_MAX 200000

/* Around the window, for what zones and gaps may shift. */
#define MARGIN_SECS (2 * CIVIL_DAY_SECS)

/* Years 1 to 9999, so that sums cannot overflow. */
#define LOCAL_LIMIT (INT64_C(12000) * 366 * CIVIL_DAY_SECS)

typedef struct {
	int64_t key;
	int64_t local;
	bool has_length; /* an RDATE;VALUE=PERIOD brings its own */
	IcalDuration length;
} Slot;

typedef struct {
	const IcalSeries *series;
	IcalOverrides overrides;
	const IcalPart *master;    /* of `overrides` */
	GHashTable *excluded;      /* set of keys */
	GHashTable *excluded_days; /* set of midnights: EXDATE;VALUE=DATE in a timed series */
	GHashTable *seen;          /* set of keys */
	GArray *instances;
	int64_t from_local; /* what of the series can reach into the window */
	int64_t to_local;
	int64_t reach;    /* how much later than its key an instance may end */
	int64_t last_end; /* so far */
	guint looked_at;
	bool recurs;
	bool has_noted_zone; /* that is unknown, of an EXDATE or RDATE */
} Expansion;

static void expansion_clear(Expansion *expansion)
{
	ical_overrides_clear(&expansion->overrides);
	g_hash_table_unref(expansion->excluded);
	g_hash_table_unref(expansion->excluded_days);
	g_hash_table_unref(expansion->seen);
	g_clear_pointer(&expansion->instances, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Expansion, expansion_clear)

static GHashTable *key_set_new(void)
{
	return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static void key_set_add(GHashTable *set, int64_t key)
{
	g_hash_table_add(set, g_memdup2(&key, sizeof(key)));
}

static void note(const IcalSeries *series, const char *text)
{
	series->note(series->note_data, text);
}

/* Once, however many dates there are. */
static void note_unknown_zone(Expansion *expansion, const IcalFieldLine *line, const IcalTime *time)
{
	if (expansion->has_noted_zone || !ical_part_zone_is_unknown(expansion->master, line, time))
		return;
	expansion->has_noted_zone = true;
	note(expansion->series,
		"the time zone of an EXDATE or RDATE is unknown: read in that of its DTSTART");
}

/* RFC 4791, 9.9; days count as instants in the zone of floating times. */
static bool overlaps(const IcalSeries *series, const IcalInstance *instance)
{
	const Zone *floating = zone_table_floating(instance->part->zones);
	int64_t start = instance->start;
	int64_t end = instance->end;

	if (instance->all_day) {
		start = zone_to_utc(floating, start);
		end = zone_to_utc(floating, end);
	}
	if (start == end)
		return series->window.from_utc <= start && start < series->window.to_utc;
	return series->window.from_utc < end && start < series->window.to_utc;
}

static void add_instance(Expansion *expansion, const IcalInstance *instance)
{
	/* Of an all-day event: its midnight anywhere on earth. */
	int64_t end = instance->end + (instance->all_day ? CIVIL_DAY_SECS : 0);

	expansion->last_end = MAX(expansion->last_end, end);
	if (overlaps(expansion->series, instance))
		g_array_append_val(expansion->instances, *instance);
}

static void set_own_times(IcalInstance *instance, const IcalPart *part)
{
	instance->part = part;
	instance->all_day = part->all_day;
	if (part->all_day) {
		instance->start = part->start_local;
		instance->end = part->start_local + part->length.days * CIVIL_DAY_SECS;
	} else {
		instance->start = part->start_utc;
		instance->end = ical_part_end(
			&part->length, part->zone, part->start_local, part->start_utc);
	}
}

/* Times of an instance of the series, as the master or a THISANDFUTURE before it says. */
static void set_series_times(IcalInstance *instance, const Expansion *expansion, const Slot *slot)
{
	const IcalPart *master = expansion->master;
	const IcalFuture *future = ical_overrides_future(&expansion->overrides, slot->key);
	const IcalPart *part = future != NULL ? future->part : master;
	const Zone *zone = master->all_day ? part->zone : master->zone;
	const IcalDuration *length =
		slot->has_length && future == NULL ? &slot->length : &part->length;
	int64_t local = slot->local + (future != NULL ? future->shift : 0);

	instance->part = part;
	instance->all_day = part->all_day;
	if (part->all_day) {
		instance->start = civil_day_of(local) * CIVIL_DAY_SECS;
		instance->end = instance->start + MAX(length->days, 1) * CIVIL_DAY_SECS;
	} else {
		instance->start = future == NULL ? slot->key : zone_to_utc(zone, local);
		instance->end = ical_part_end(length, zone, local, instance->start);
	}
}

static bool is_excluded(const Expansion *expansion, const Slot *slot)
{
	int64_t day = civil_day_of(slot->local) * CIVIL_DAY_SECS;

	return g_hash_table_contains(expansion->excluded, &slot->key) ||
	       g_hash_table_contains(expansion->excluded_days, &day);
}

/* Takes one member of the recurrence set, once. */
static void add_slot(Expansion *expansion, const Slot *slot)
{
	IcalInstance instance = {
		.has_id = expansion->recurs,
		.id_is_day = expansion->master->all_day,
		.id = slot->key,
	};

	expansion->looked_at++;
	if (is_excluded(expansion, slot) ||
		g_hash_table_contains(expansion->overrides.by_key, &slot->key) ||
		g_hash_table_contains(expansion->seen, &slot->key))
		return;
	if (expansion->recurs)
		key_set_add(expansion->seen, slot->key);
	set_series_times(&instance, expansion, slot);
	add_instance(expansion, &instance);
}

static bool too_much(const Expansion *expansion)
{
	return expansion->looked_at > LOOKED_AT_MAX;
}

/* The part of the series' wall clock that can reach into the window, given all the lengths and
 * shifts that there are. */
static void set_reach(Expansion *expansion)
{
	const IcalPart *master = expansion->master;
	TimeWindow window = expansion->series->window;
	int64_t least = 0;
	int64_t most = master->length.days * CIVIL_DAY_SECS + master->length.seconds;

	for (guint i = 0; i < expansion->overrides.futures->len; i++) {
		const IcalFuture *future =
			&g_array_index(expansion->overrides.futures, IcalFuture, i);
		const IcalDuration *length = &future->part->length;

		least = MIN(least, future->shift);
		most = MAX(most, future->shift + length->days * CIVIL_DAY_SECS + length->seconds);
	}
	expansion->reach = most + MARGIN_SECS;
	expansion->from_local =
		CLAMP(window.from_utc, -LOCAL_LIMIT, LOCAL_LIMIT) - most - MARGIN_SECS;
	expansion->to_local = CLAMP(window.to_utc, -LOCAL_LIMIT, LOCAL_LIMIT) - least + MARGIN_SECS;
}

/* True when UNTIL ends the rule before this instance; inclusive. */
static bool is_past_until(const Expansion *expansion, const IcalTime *until, const Slot *slot)
{
	if (expansion->master->all_day)
		return civil_day_of(slot->local) > civil_day_of(until->local);
	if (until->form == ICAL_TIME_UTC)
		return slot->key > until->local;
	if (until->form == ICAL_TIME_DATE)
		return civil_day_of(slot->local) > civil_day_of(until->local);
	return slot->local > until->local;
}

static Slot slot_at_local(const Expansion *expansion, int64_t local)
{
	const IcalPart *master = expansion->master;

	return (Slot){
		.key = master->all_day ? local : zone_to_utc(master->zone, local),
		.local = local,
	};
}

/* Where UNTIL and COUNT end a rule, generously; G_MAXINT64 for never. */
static int64_t rule_end(
	const Expansion *expansion, const RecurrenceRule *rule, const Recurrence *recurrence)
{
	int64_t end = recurrence_last(recurrence);

	if (rule->has_until)
		end = MIN(
			end, MAX(rule->until.local + MARGIN_SECS, expansion->master->start_local));
	return end;
}

/* Expands one RRULE into the set, or an EXRULE into what is excluded. False when there is too
 * much. */
static bool expand_rule(
	Expansion *expansion, const RecurrenceRule *rule, RecurrenceStart start_is, bool excludes)
{
	const IcalPart *master = expansion->master;
	int64_t to = expansion->to_local;
	g_autoptr(Recurrence) recurrence = NULL;
	RecurrenceStep step;
	int64_t local;
	int64_t end;

	if (rule->has_until)
		to = MIN(to, rule->until.local + MARGIN_SECS);
	recurrence = recurrence_new(rule, start_is, master->start_local, master->all_day,
		expansion->from_local, to, expansion->series->budget);
	end = rule_end(expansion, rule, recurrence);
	if (!excludes)
		expansion->last_end = MAX(expansion->last_end,
			end >= LOCAL_LIMIT ? G_MAXINT64 : end + expansion->reach);
	while ((step = recurrence_next(recurrence, &local)) == RECURRENCE_INSTANCE) {
		Slot slot = slot_at_local(expansion, local);

		/* DTSTART belongs even when UNTIL lies before it. */
		if (rule->has_until &&
			(start_is != RECURRENCE_START_BELONGS || local != master->start_local) &&
			is_past_until(expansion, &rule->until, &slot))
			continue;
		if (excludes) {
			expansion->looked_at++;
			key_set_add(expansion->excluded, slot.key);
		} else {
			add_slot(expansion, &slot);
		}
		if (too_much(expansion))
			return false;
	}
	return step == RECURRENCE_END;
}

static RecurrenceRule *read_rule(const Expansion *expansion, const IcalFieldLine *line)
{
	const char *why = NULL;
	g_autofree char *version_1 = recurrence_from_version_1(line->value);
	g_autoptr(RecurrenceRule) rule =
		line->cut
			? NULL
			: recurrence_rule_parse(version_1 != NULL ? version_1 : line->value, &why);

	if (rule != NULL && expansion->master->all_day && rule->frequency < FREQUENCY_DAILY)
		g_clear_pointer(&rule, recurrence_rule_free);
	if (rule == NULL)
		note(expansion->series, "its recurrence rule cannot be read and was passed over");
	else if (why != NULL)
		note(expansion->series, why);
	return g_steal_pointer(&rule);
}

/* Reads one item of an RDATE: a time, or "start/end", or "start/duration". */
static bool read_rdate(Expansion *expansion, const IcalFieldLine *line, char *item, Slot *ret_slot)
{
	const IcalPart *master = expansion->master;
	char *slash = strchr(item, '/');
	Slot slot = {0};
	const Zone *zone;
	IcalTime time;
	IcalTime end;

	if (slash != NULL)
		*slash++ = '\0';
	if (!ical_time_parse(item, &time))
		return false;
	note_unknown_zone(expansion, line, &time);
	zone = ical_part_zone(master, line, &time);
	slot.key = ical_overrides_key(master, &time, zone);
	slot.local = ical_overrides_local(master, slot.key);
	if (slash != NULL && !master->all_day) {
		slot.has_length = true;
		if (ical_time_parse(slash, &end)) {
			int64_t end_utc =
				ical_part_instant(&end, ical_part_zone(master, line, &end));

			slot.length = (IcalDuration){0, MAX(end_utc - slot.key, 0)};
		} else if (!ical_duration_parse(slash, &slot.length) || slot.length.days < 0 ||
			   slot.length.seconds < 0) {
			return false;
		}
	}
	*ret_slot = slot;
	return true;
}

/* Calls for each item of the lists on the lines of a field. False when a list is cut or too
 * long. */
static bool for_each_date(Expansion *expansion, IcalField field,
	void (*take)(Expansion *, const IcalFieldLine *, char *item))
{
	const GPtrArray *lines = expansion->master->component->fields;
	guint count = 0;

	for (guint i = 0; i < lines->len; i++) {
		const IcalFieldLine *line = g_ptr_array_index(lines, i);
		g_auto(GStrv) items = NULL;

		if (line->field != field)
			continue;
		/* vCalendar 1.0 has semicolons. */
		items = g_strsplit_set(line->value, ",;", LOOKED_AT_MAX);
		count += g_strv_length(items);
		if (line->cut || count >= LOOKED_AT_MAX)
			return false;
		for (char **item = items; *item != NULL; item++) {
			if (**item != '\0')
				take(expansion, line, *item);
		}
	}
	return true;
}

static void take_exdate(Expansion *expansion, const IcalFieldLine *line, char *item)
{
	const IcalPart *master = expansion->master;
	IcalTime time;

	if (!ical_time_parse(item, &time)) {
		note(expansion->series, "an EXDATE cannot be read and was passed over");
		return;
	}
	note_unknown_zone(expansion, line, &time);
	if (time.form == ICAL_TIME_DATE && !master->all_day)
		key_set_add(expansion->excluded_days, time.local);
	else
		key_set_add(expansion->excluded,
			ical_overrides_key(master, &time, ical_part_zone(master, line, &time)));
}

static void take_rdate(Expansion *expansion, const IcalFieldLine *line, char *item)
{
	Slot slot;

	if (read_rdate(expansion, line, item, &slot))
		add_slot(expansion, &slot);
	else
		note(expansion->series, "an RDATE cannot be read and was passed over");
}

/* Runs all rules of one field. DTSTART is the first instance of a rule that stands alone; it is not
 * excluded by an EXRULE that does not match it (RFC 2445, 4.8.5.2), and of several RRULEs it counts
 * for the one that gives it. */
static bool expand_rules(Expansion *expansion, GPtrArray *rules, bool excludes)
{
	RecurrenceStart start_is =
		excludes || rules->len > 1 ? RECURRENCE_START_AS_MATCHED : RECURRENCE_START_BELONGS;

	for (guint i = 0; i < rules->len; i++) {
		if (!expand_rule(expansion, g_ptr_array_index(rules, i), start_is, excludes))
			return false;
	}
	return true;
}

static void rule_destroy(gpointer rule)
{
	recurrence_rule_free(rule);
}

static GPtrArray *read_rules(const Expansion *expansion, IcalField field)
{
	const GPtrArray *lines = expansion->master->component->fields;
	GPtrArray *rules = g_ptr_array_new_with_free_func(rule_destroy);

	for (guint i = 0; i < lines->len; i++) {
		const IcalFieldLine *line = g_ptr_array_index(lines, i);
		RecurrenceRule *rule = line->field == field ? read_rule(expansion, line) : NULL;

		if (rule != NULL)
			g_ptr_array_add(rules, rule);
	}
	return rules;
}

/* DTSTART, RDATE and RRULE, less EXDATE and EXRULE. */
static bool expand_master(Expansion *expansion)
{
	const IcalPart *master = expansion->master;
	g_autoptr(GPtrArray) rules = read_rules(expansion, ICAL_FIELD_RRULE);
	g_autoptr(GPtrArray) exrules = read_rules(expansion, ICAL_FIELD_EXRULE);
	Slot start = {
		.key = master->all_day ? master->start_local : master->start_utc,
		.local = master->start_local,
	};

	expansion->recurs =
		rules->len > 0 || ical_component_field(master->component, ICAL_FIELD_RDATE) != NULL;
	set_reach(expansion);
	if (!for_each_date(expansion, ICAL_FIELD_EXDATE, take_exdate) ||
		!expand_rules(expansion, exrules, true))
		return false;
	/* RDATEs first: a PERIOD knows its length, and what comes first is kept. */
	if (!for_each_date(expansion, ICAL_FIELD_RDATE, take_rdate))
		return false;
	add_slot(expansion, &start);
	return expand_rules(expansion, rules, false) && !too_much(expansion);
}

/* Overrides count where they are now, wherever their instance was, and stand without a series. */
static void add_overrides(Expansion *expansion)
{
	const IcalPart *master = expansion->master;
	GHashTableIter iterator;
	gpointer key;
	gpointer value;

	g_hash_table_iter_init(&iterator, expansion->overrides.by_key);
	while (g_hash_table_iter_next(&iterator, &key, &value)) {
		const IcalPart *part = value;
		IcalInstance instance = {
			.has_id = true,
			.id_is_day = master != NULL ? master->all_day
						    : part->recurrence_id.form == ICAL_TIME_DATE,
			.id = *(int64_t *)key,
		};

		set_own_times(&instance, part);
		add_instance(expansion, &instance);
	}
}

static int compare_distances(gconstpointer a, gconstpointer b, gpointer data)
{
	const IcalInstance *first = a;
	const IcalInstance *second = b;
	int64_t now_utc = *(const int64_t *)data;
	int64_t nearer = ABS(first->start - now_utc);
	int64_t farther = ABS(second->start - now_utc);

	if (nearer != farther)
		return nearer < farther ? -1 : 1;
	return (first->start > second->start) - (first->start < second->start);
}

/* Keeps as many as a series may have; returns how many were left out. */
static guint keep_nearest(const IcalSeries *series, GArray *instances)
{
	int64_t now_utc = series->now_utc;
	guint count = instances->len;

	if (count <= series->max_instances)
		return 0;
	g_array_sort_with_data(instances, compare_distances, &now_utc);
	g_array_set_size(instances, series->max_instances);
	return count - series->max_instances;
}

GArray *ical_series_expand(
	const IcalSeries *series, int64_t *ret_last_end, guint *ret_left_out, const char **ret_why)
{
	g_auto(Expansion) expansion = {
		.series = series,
		.excluded = key_set_new(),
		.excluded_days = key_set_new(),
		.seen = key_set_new(),
		.instances = g_array_new(FALSE, FALSE, sizeof(IcalInstance)),
		.last_end = G_MININT64,
	};

	ical_overrides_init(&expansion.overrides, series->parts);
	expansion.master = expansion.overrides.master;
	add_overrides(&expansion);
	if (expansion.master != NULL && !expand_master(&expansion)) {
		*ret_why = "its recurrence gives more occurrences than we can work through";
		return NULL;
	}
	*ret_last_end = expansion.last_end;
	*ret_left_out = keep_nearest(series, expansion.instances);
	return g_steal_pointer(&expansion.instances);
}

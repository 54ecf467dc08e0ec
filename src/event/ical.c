/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an object's components to events, one UID at a time. libical 3.0.16 parses people
 * and links for us; texts, times, zones and recurrence are our own (see the other
 * files here). */
#include "event/ical.h"
#include "event/event_copy.h"

#include <string.h>

#include "event/civil.h"
#include "event/ical_event.h"
#include "event/ical_json.h"
#include "event/ical_lex.h"
#include "event/ical_object.h"
#include "event/ical_part.h"
#include "event/ical_series.h"
#include "event/recurrence.h"
#include "event/zone_table.h"
#include "util/limits.h"

#define UID_MAX_BYTES 4096

/* What is said about one UID at most; a list of 100,000 bad dates is one story. */
#define NOTES_MAX 10

/* Lines in which a UID or name is looked for. */
#define UID_LINES_MAX 10000

typedef struct {
	const IcalOptions *options;
	const IcalSink *sink;
	GHashTable *zones; /* IcalCalendar -> ZoneTable */
	int64_t *budget;
	const char *uid; /* being worked on */
	guint notes;     /* about it, so far */
} Run;

/* `what` happened, `why`. */
static void report(const Run *run, const char *uid, bool skipped, const char *what, const char *why)
{
	g_autofree char *text = g_strconcat(what, ": ", why, NULL);

	if (run->sink->problem != NULL)
		run->sink->problem(run->sink->data, uid, skipped, text);
}

static void report_note(void *data, const char *text)
{
	Run *run = data;

	if (run->notes++ < NOTES_MAX)
		report(run, run->uid, false, "event read with a difference", text);
}

/* "20260115T090000Z" or "20260115"; caller frees. */
static char *instance_id(const IcalInstance *instance)
{
	CivilDate date = civil_date(civil_day_of(instance->id));
	int64_t time = civil_time_of_day(instance->id);

	if (instance->id_is_day)
		return g_strdup_printf("%04d%02d%02d", date.year, date.month, date.day);
	return g_strdup_printf("%04d%02d%02dT%02d%02d%02dZ", date.year, date.month, date.day,
		(int)(time / 3600), (int)(time / 60 % 60), (int)(time % 60));
}

/* "2026-01-15 09:00:00"; caller frees. */
static char *wall_clock(int64_t local)
{
	CivilDate date = civil_date(civil_day_of(local));
	int64_t time = civil_time_of_day(local);

	return g_strdup_printf("%04d-%02d-%02d %02d:%02d:%02d", date.year, date.month, date.day,
		(int)(time / 3600), (int)(time / 60 % 60), (int)(time % 60));
}

static Event *instance_event(const IcalInstance *instance, const Event *template)
{
	Event *event = ical_event_copy(template);

	event->all_day = instance->all_day;
	if (instance->all_day) {
		event->start_date = civil_date(civil_day_of(instance->start));
		event->end_date = civil_date(civil_day_of(instance->end));
	} else {
		event->start_utc = instance->start;
		event->end_utc = instance->end;
		event->start_wall =
			wall_clock(zone_to_local(instance->part->zone, instance->start));
	}
	if (instance->has_id) {
		event->recurrence_id = instance_id(instance);
		event->event_uid = g_strdup_printf("%s_%s", event->uid, event->recurrence_id);
	} else {
		event->event_uid = g_strdup(event->uid);
	}
	event->raw_json = ical_json_new(event);
	return event;
}

static void event_destroy(gpointer event)
{
	event_free(event);
}

/* One event at a time reaches the sink, so that memory does not grow with their number. */
static bool emit(const Run *run, const GArray *instances, GError **error)
{
	g_autoptr(GHashTable) templates = g_hash_table_new_full(NULL, NULL, NULL, event_destroy);

	for (guint i = 0; i < instances->len; i++) {
		const IcalInstance *instance = &g_array_index(instances, IcalInstance, i);
		const IcalPart *part = instance->part;
		Event *template = g_hash_table_lookup(templates, part);

		if (template == NULL) {
			template = ical_event_new(part->component, run->options->own_addresses);
			template->worth = event_copy_worth_of_revision(template, part->sequence);
			g_hash_table_insert(templates, (gpointer)part, template);
		}
		if (!run->sink->event(run->sink->data, instance_event(instance, template), error))
			return false;
	}
	return true;
}

static ZoneTable *zones_of(const Run *run, const IcalCalendar *calendar)
{
	ZoneTable *zones = g_hash_table_lookup(run->zones, calendar);

	if (zones == NULL) {
		zones = zone_table_new(calendar, run->options->floating_zone,
			run->options->site_zone, run->budget);
		g_hash_table_insert(run->zones, (gpointer)calendar, zones);
	}
	return zones;
}

static void report_attendees(Run *run, const IcalComponent *component)
{
	g_autofree char *note = NULL;

	if (component->attendees == component->attendees_kept)
		return;
	note = g_strdup_printf("it names %u attendees; the first %u are kept", component->attendees,
		component->attendees_kept);
	if (run->sink->cut != NULL)
		run->sink->cut(run->sink->data, run->uid, note);
	else
		report_note(run, note);
}

/* The parts of one UID that can be read. */
static GPtrArray *read_parts(Run *run, const GPtrArray *components)
{
	GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < components->len; i++) {
		const IcalComponent *component = g_ptr_array_index(components, i);
		const char *why = NULL;
		const char *note = NULL;
		IcalPart *part =
			ical_part_new(component, zones_of(run, component->calendar), &why, &note);

		if (part == NULL)
			report(run, run->uid, true, "event skipped", why);
		else
			g_ptr_array_add(parts, part);
		if (part == NULL)
			continue;
		if (note != NULL)
			report_note(run, note);
		report_attendees(run, component);
		if (component->is_windows_1252)
			report_note(run, "its texts are in Windows-1252 in place of UTF-8");
		if (component->calendar->is_version_1)
			report_note(run, "its calendar is of version 1.0 (vCalendar)");
	}
	return parts;
}

static void report_left_out(const Run *run, guint left_out, guint kept)
{
	g_autofree char *why = g_strdup_printf(
		"it has %u occurrences in this time; the %u nearest to now are kept",
		left_out + kept, kept);

	if (left_out > 0)
		report(run, run->uid, true, "occurrences left out", why);
}

static bool expand_uid(Run *run, const GPtrArray *components, int64_t *last_end, GError **error)
{
	guint max_instances = run->options->max_instances;
	g_autoptr(GPtrArray) parts = read_parts(run, components);
	IcalSeries series = {
		.parts = parts,
		.window = run->options->window,
		.max_instances = max_instances > 0 ? max_instances : LIMIT_SERIES_EVENTS,
		.now_utc = run->options->now_utc,
		.budget = run->budget,
		.note = report_note,
		.note_data = run,
	};
	const char *why;
	int64_t end;
	guint left_out = 0;
	g_autoptr(GArray) instances = ical_series_expand(&series, &end, &left_out, &why);

	if (instances == NULL) {
		report(run, run->uid, true, "event skipped", why);
		return true;
	}
	report_left_out(run, left_out, instances->len);
	*last_end = MAX(*last_end, end);
	return emit(run, instances, error);
}

static bool lacks_uid(const IcalComponent *component, bool alone)
{
	return component->uid == NULL &&
	       (!alone || ical_component_field(component, ICAL_FIELD_RECURRENCE_ID) == NULL);
}

/* A single event without UID is named by its object, so that it may move; of several, what they are
 * tells them apart, whatever their order. */
void ical_object_name_events(IcalObject *object, const char *name)
{
	guint alone = 0;

	for (guint i = 0; i < object->events->len; i++)
		alone += lacks_uid(g_ptr_array_index(object->events, i), true);
	for (guint i = 0; i < object->events->len; i++) {
		IcalComponent *component = g_ptr_array_index(object->events, i);
		const IcalFieldLine *start = ical_component_field(component, ICAL_FIELD_DTSTART);
		const IcalFieldLine *summary = ical_component_field(component, ICAL_FIELD_SUMMARY);

		if (!lacks_uid(component, false))
			continue;
		if (alone <= 1 || !lacks_uid(component, true))
			component->uid = g_strdup(name);
		else
			component->uid = g_strdup_printf("%s-%.32s-%08x", name,
				start != NULL ? start->value : "",
				g_str_hash(summary != NULL ? summary->value : ""));
	}
}

static bool is_uid(const char *uid)
{
	return uid != NULL && strlen(uid) <= UID_MAX_BYTES;
}

GPtrArray *ical_object_uids(const IcalObject *object)
{
	GPtrArray *uids = g_ptr_array_new();
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < object->events->len; i++) {
		char *uid = ((const IcalComponent *)g_ptr_array_index(object->events, i))->uid;

		if (is_uid(uid) && g_hash_table_add(seen, uid))
			g_ptr_array_add(uids, uid);
	}
	return uids;
}

static void array_destroy(gpointer array)
{
	g_ptr_array_unref(array);
}

/* Adds the VEVENTs of an object to those of their UIDs; `order`: UIDs in that of the first of each.
 */
static void add_to_groups(
	const Run *run, const IcalObject *object, GHashTable *groups, GPtrArray *order)
{
	for (guint i = 0; i < object->events->len; i++) {
		IcalComponent *component = g_ptr_array_index(object->events, i);
		const char *uid = component->uid;
		GPtrArray *components;

		if (!is_uid(uid)) {
			report(run, NULL, true, "event skipped",
				uid == NULL ? "it has no UID" : "its UID is too long");
			continue;
		}
		components = g_hash_table_lookup(groups, uid);
		if (components == NULL) {
			components = g_ptr_array_new();
			g_hash_table_insert(groups, (gpointer)uid, components);
			g_ptr_array_add(order, (gpointer)uid);
		}
		g_ptr_array_add(components, component);
	}
}

static void zones_destroy(gpointer zones)
{
	zone_table_free(zones);
}

bool ical_expand_objects(IcalObject *const *objects, size_t count, const IcalOptions *options,
	const IcalSink *sink, int64_t *ret_last_end_utc, GError **error)
{
	int64_t budget = RECURRENCE_BUDGET;
	int64_t last_end = G_MININT64;
	g_autoptr(GHashTable) zones = g_hash_table_new_full(NULL, NULL, NULL, zones_destroy);
	g_autoptr(GPtrArray) order = g_ptr_array_new();
	g_autoptr(GHashTable) groups =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, array_destroy);
	Run run = {.options = options, .sink = sink, .zones = zones, .budget = &budget};

	for (size_t i = 0; i < count; i++)
		add_to_groups(&run, objects[i], groups, order);
	for (guint i = 0; i < order->len; i++) {
		run.uid = g_ptr_array_index(order, i);
		run.notes = 0;
		if (!expand_uid(&run, g_hash_table_lookup(groups, run.uid), &last_end, error))
			return false;
	}
	if (ret_last_end_utc != NULL)
		*ret_last_end_utc = last_end;
	return true;
}

bool ical_expand(const char *bytes, size_t length, const IcalOptions *options, const IcalSink *sink,
	int64_t *ret_last_end_utc, GError **error)
{
	g_autoptr(IcalObject) object = ical_object_parse(bytes, length, error);

	if (object == NULL)
		return false;
	if (options->name != NULL)
		ical_object_name_events(object, options->name);
	return ical_expand_objects(&object, 1, options, sink, ret_last_end_utc, error);
}

void ical_problem_free(IcalProblem *problem)
{
	if (problem == NULL)
		return;
	g_free(problem->uid);
	g_free(problem->text);
	g_free(problem);
}

static void problem_destroy(gpointer problem)
{
	ical_problem_free(problem);
}

typedef struct {
	GPtrArray *events;
	GPtrArray *problems;
} Collection;

static bool collect_event(void *data, Event *take_event, GError **error)
{
	Collection *collection = data;

	(void)error;
	g_ptr_array_add(collection->events, take_event);
	return true;
}

static void collect_problem(void *data, const char *uid, bool skipped, const char *text)
{
	Collection *collection = data;
	IcalProblem *problem = g_new0(IcalProblem, 1);

	problem->uid = g_strdup(uid);
	problem->skipped = skipped;
	problem->text = g_strdup(text);
	g_ptr_array_add(collection->problems, problem);
}

bool ical_collect(const char *bytes, size_t length, const IcalOptions *options,
	GPtrArray **ret_events, GPtrArray **ret_problems, GError **error)
{
	g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(event_destroy);
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(problem_destroy);
	Collection collection = {events, problems};
	IcalSink sink = {&collection, collect_event, collect_problem, NULL};

	if (!ical_expand(bytes, length, options, &sink, NULL, error))
		return false;
	*ret_events = g_steal_pointer(&events);
	*ret_problems = g_steal_pointer(&problems);
	return true;
}

bool ical_count(const char *bytes, size_t length, IcalCounts *ret_counts, GError **error)
{
	g_autoptr(IcalObject) object = ical_object_parse(bytes, length, error);
	g_autoptr(GHashTable) uids = g_hash_table_new(g_str_hash, g_str_equal);

	if (object == NULL)
		return false;
	*ret_counts = (IcalCounts){
		.tasks = object->tasks,
		.journals = object->journals,
		.free_busy = object->free_busy,
	};
	for (guint i = 0; i < object->events->len; i++) {
		const IcalComponent *component = g_ptr_array_index(object->events, i);

		if (component->uid == NULL || g_hash_table_add(uids, component->uid))
			ret_counts->events++;
	}
	return true;
}

char *ical_find_name(const char *bytes, size_t length)
{
	static const char property[] = "X-WR-CALNAME";
	g_autoptr(GString) line = g_string_new(NULL);
	g_auto(IcalLexer) lexer = {0};
	bool cut;

	ical_lexer_init(&lexer, bytes, length);
	for (int i = 0; i < UID_LINES_MAX && ical_lexer_next(&lexer, line, &cut); i++) {
		size_t name = ical_line_name_length(line->str, line->len);
		const char *value = strchr(line->str, ':');

		if (name == strlen(property) && value != NULL &&
			g_ascii_strncasecmp(line->str, property, name) == 0)
			return g_strstrip(ical_text_unescape(value + 1));
	}
	return NULL;
}

char *ical_find_uid(const char *bytes, size_t length)
{
	g_autoptr(GString) line = g_string_new(NULL);
	bool in_event = false;
	g_auto(IcalLexer) lexer = {0};
	bool cut;

	ical_lexer_init(&lexer, bytes, length);
	for (int i = 0; i < UID_LINES_MAX && ical_lexer_next(&lexer, line, &cut); i++) {
		size_t name = ical_line_name_length(line->str, line->len);

		if (g_ascii_strncasecmp(line->str, "BEGIN:", 6) == 0)
			in_event = g_ascii_strncasecmp(line->str + 6, "VEVENT", 6) == 0;
		if (in_event && name == 3 && g_ascii_strncasecmp(line->str, "UID", 3) == 0) {
			const char *value = strchr(line->str, ':');
			g_autofree char *uid = g_strstrip(g_strdup(value != NULL ? value + 1 : ""));

			if (*uid != '\0' && strlen(uid) <= UID_MAX_BYTES)
				return g_steal_pointer(&uid);
		}
	}
	return NULL;
}

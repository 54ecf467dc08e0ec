/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DTSTART, DTEND, DURATION and RECURRENCE-ID together. */
#include "event/ical_part.h"

#include <string.h>

#include "event/civil.h"

/* One note is kept of a part: the first, which is about what weighs most. */
static void note(const char **ret_note, const char *text)
{
	if (*ret_note == NULL)
		*ret_note = text;
}

/* The zone that a time says itself, or NULL. */
static const Zone *own_zone(const IcalPart *part, const IcalFieldLine *line, const IcalTime *time)
{
	/* "Z together with TZID" is seen: UTC. */
	if (time->form == ICAL_TIME_UTC)
		return zone_table_utc(part->zones);
	if (time->form == ICAL_TIME_DATE || line->tzid == NULL)
		return NULL;
	return zone_table_find(part->zones, line->tzid);
}

const Zone *ical_part_zone(const IcalPart *part, const IcalFieldLine *line, const IcalTime *time)
{
	const Zone *zone = own_zone(part, line, time);

	return zone != NULL ? zone : part->zone;
}

bool ical_part_zone_is_unknown(
	const IcalPart *part, const IcalFieldLine *line, const IcalTime *time)
{
	const IcalFieldLine *start = ical_component_field(part->component, ICAL_FIELD_DTSTART);

	return time->form == ICAL_TIME_LOCAL && line->tzid != NULL &&
	       g_strcmp0(line->tzid, start != NULL ? start->tzid : NULL) != 0 &&
	       zone_table_find(part->zones, line->tzid) == NULL;
}

int64_t ical_part_instant(const IcalTime *time, const Zone *zone)
{
	return time->form == ICAL_TIME_UTC ? time->local : zone_to_utc(zone, time->local);
}

int64_t ical_part_day(const IcalPart *part, const IcalTime *time)
{
	int64_t local = time->local;

	if (time->form == ICAL_TIME_UTC) {
		int64_t there = zone_to_local(part->zone, time->local);

		if (civil_time_of_day(there) == 0)
			local = there;
	}
	return civil_day_of(local) * CIVIL_DAY_SECS;
}

int64_t ical_part_end(
	const IcalDuration *length, const Zone *zone, int64_t start_local, int64_t start_utc)
{
	if (length->days == 0)
		return start_utc + length->seconds;
	return zone_to_utc(zone, start_local + length->days * CIVIL_DAY_SECS) + length->seconds;
}

bool ical_part_is_newer(const IcalPart *a, const IcalPart *b)
{
	int order;

	if (a->sequence != b->sequence)
		return a->sequence > b->sequence;
	order = strcmp(a->last_modified, b->last_modified);
	if (order == 0)
		order = strcmp(a->stamp, b->stamp);
	return order != 0 ? order > 0 : a->component->digest > b->component->digest;
}

/* The length in an all-day event: at least the day itself. */
static IcalDuration day_length(const IcalPart *part, const IcalTime *end, IcalDuration duration)
{
	int64_t days = duration.days + duration.seconds / CIVIL_DAY_SECS;

	if (end != NULL)
		days = (ical_part_day(part, end) - part->start_local) / CIVIL_DAY_SECS;
	return (IcalDuration){MAX(days, 1), 0};
}

static IcalDuration timed_length(
	const IcalPart *part, const IcalTime *end, const Zone *end_zone, IcalDuration duration)
{
	int64_t end_utc;

	/* A length below zero makes no sense: nothing. */
	if (end == NULL)
		return duration.days < 0 || duration.seconds < 0 ? (IcalDuration){0, 0} : duration;
	end_utc = ical_part_instant(end, end_zone);
	return (IcalDuration){0, MAX(end_utc - part->start_utc, 0)};
}

typedef struct {
	int64_t start_utc;
	int64_t end_utc;
} Span;

static bool is_from_midnight_to_midnight(const Zone *zone, const void *data)
{
	const Span *span = data;

	return civil_time_of_day(zone_to_local(zone, span->start_utc)) == 0 &&
	       civil_time_of_day(zone_to_local(zone, span->end_utc)) == 0;
}

/* Outlook writes whole days as midnight to midnight in some zone, also in UTC what was midnight in
 * another, and says so. The zone; NULL when these are no whole days. */
static const Zone *marked_all_day_zone(
	const IcalPart *part, const IcalTime *end, const Zone *end_zone)
{
	const IcalFieldLine *line =
		ical_component_field(part->component, ICAL_FIELD_X_ALL_DAY_EVENT);
	Span span = {.start_utc = part->start_utc};

	if (line == NULL || g_ascii_strcasecmp(line->value, "TRUE") != 0 || end == NULL)
		return NULL;
	span.end_utc = ical_part_instant(end, end_zone);
	if (span.end_utc <= span.start_utc)
		return NULL;
	if (is_from_midnight_to_midnight(part->zone, &span))
		return part->zone;
	if (part->zone != zone_table_utc(part->zones))
		return NULL;
	return zone_table_search(part->zones, is_from_midnight_to_midnight, &span);
}

/* DTEND, which wins over DURATION; false when there is none that can be read. */
static bool read_end(
	const IcalPart *part, IcalTime *ret_end, const Zone **ret_zone, const char **ret_note)
{
	const IcalFieldLine *line = ical_component_field(part->component, ICAL_FIELD_DTEND);

	if (line == NULL)
		return false;
	if (line->cut || !ical_time_parse(line->value, ret_end)) {
		note(ret_note, "its DTEND cannot be read and was passed over");
		return false;
	}
	*ret_zone = ical_part_zone(part, line, ret_end);
	if (part->all_day && ret_end->form != ICAL_TIME_DATE)
		note(ret_note, "its DTEND is a time though DTSTART is a date: read as a date");
	else if (ical_part_zone_is_unknown(part, line, ret_end))
		note(ret_note,
			"the time zone of its DTEND is unknown: read in that of its DTSTART");
	return true;
}

static void read_length(IcalPart *part, const char **ret_note)
{
	const IcalFieldLine *line = ical_component_field(part->component, ICAL_FIELD_DURATION);
	IcalDuration duration = {0, 0};
	const Zone *end_zone = NULL;
	const Zone *days_zone = NULL;
	IcalTime end;
	bool has_end = read_end(part, &end, &end_zone, ret_note);

	if (line != NULL && !ical_duration_parse(line->value, &duration))
		note(ret_note, "its DURATION cannot be read and was passed over");
	if (!part->all_day)
		days_zone = marked_all_day_zone(part, has_end ? &end : NULL, end_zone);
	if (days_zone != NULL) {
		int64_t end_local = zone_to_local(days_zone, ical_part_instant(&end, end_zone));

		part->all_day = true;
		part->zone = days_zone;
		part->start_local = zone_to_local(days_zone, part->start_utc);
		part->length.days = (end_local - part->start_local) / CIVIL_DAY_SECS;
	} else if (part->all_day) {
		part->length = day_length(part, has_end ? &end : NULL, duration);
	} else {
		part->length = timed_length(part, has_end ? &end : NULL, end_zone, duration);
	}
}

static bool read_recurrence_id(IcalPart *part, const char **ret_note)
{
	const IcalFieldLine *line = ical_component_field(part->component, ICAL_FIELD_RECURRENCE_ID);

	if (line == NULL)
		return true;
	if (line->cut || !ical_time_parse(line->value, &part->recurrence_id))
		return false;
	part->has_recurrence_id = true;
	part->this_and_future = line->this_and_future;
	part->recurrence_zone = own_zone(part, line, &part->recurrence_id);
	if (ical_part_zone_is_unknown(part, line, &part->recurrence_id))
		note(ret_note, "the time zone of its RECURRENCE-ID is unknown: read in that of the "
			       "series");
	return true;
}

static void read_version(IcalPart *part)
{
	const IcalFieldLine *sequence = ical_component_field(part->component, ICAL_FIELD_SEQUENCE);
	const IcalFieldLine *modified =
		ical_component_field(part->component, ICAL_FIELD_LAST_MODIFIED);
	const IcalFieldLine *stamp = ical_component_field(part->component, ICAL_FIELD_DTSTAMP);
	gint64 number;

	if (sequence != NULL &&
		g_ascii_string_to_signed(sequence->value, 10, 0, G_MAXINT32, &number, NULL))
		part->sequence = number;
	part->last_modified = modified != NULL ? modified->value : "";
	part->stamp = stamp != NULL ? stamp->value : "";
}

static const Zone *start_zone(
	ZoneTable *zones, const IcalFieldLine *line, const IcalTime *start, const char **ret_note)
{
	const Zone *zone;

	if (start->form == ICAL_TIME_UTC)
		return zone_table_utc(zones);
	if (start->form == ICAL_TIME_DATE || line->tzid == NULL)
		return zone_table_floating(zones);
	zone = zone_table_find(zones, line->tzid);
	if (zone != NULL)
		return zone;
	*ret_note = "its time zone is unknown: read as local time of the calendar, or of the site";
	return zone_table_fallback(zones);
}

IcalPart *ical_part_new(const IcalComponent *component, ZoneTable *zones, const char **ret_why,
	const char **ret_note)
{
	const IcalFieldLine *line = ical_component_field(component, ICAL_FIELD_DTSTART);
	g_autofree IcalPart *part = g_new0(IcalPart, 1);
	IcalTime start;

	*ret_note = NULL;
	part->component = component;
	part->zones = zones;
	if (line == NULL) {
		*ret_why = "it has no DTSTART";
		return NULL;
	}
	if (line->cut || !ical_time_parse(line->value, &start)) {
		*ret_why = ical_time_is_spelled(line->value) ? "its DTSTART is no date that exists"
							     : "its DTSTART cannot be read";
		return NULL;
	}
	part->zone = start_zone(zones, line, &start, ret_note);
	part->all_day = start.form == ICAL_TIME_DATE;
	part->start_local = start.local;
	part->start_utc = ical_part_instant(&start, part->zone);
	read_length(part, ret_note);
	if (!read_recurrence_id(part, ret_note)) {
		*ret_why = "its RECURRENCE-ID is no date that exists";
		return NULL;
	}
	read_version(part);
	return g_steal_pointer(&part);
}

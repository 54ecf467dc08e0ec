/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DTSTART, DTEND, DURATION and RECURRENCE-ID together. */
#include "event/ical_part.h"

#include <string.h>

#include "event/civil.h"

const Zone *ical_part_zone(ZoneTable *zones, const IcalFieldLine *line, const IcalTime *time)
{
	/* "Z together with TZID" is seen: UTC. */
	if (time->form == ICAL_TIME_UTC)
		return zone_table_utc(zones);
	if (time->form == ICAL_TIME_DATE)
		return zone_table_floating(zones);
	return zone_table_find(zones, line->tzid, NULL);
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
	if (a->sequence != b->sequence)
		return a->sequence > b->sequence;
	return strcmp(a->last_modified, b->last_modified) > 0;
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

/* Outlook writes whole days as midnight to midnight in some zone, and says so. */
static bool is_marked_all_day(const IcalPart *part, const IcalTime *end, const Zone *end_zone)
{
	const IcalFieldLine *line =
		ical_component_field(part->component, ICAL_FIELD_X_ALL_DAY_EVENT);

	if (line == NULL || g_ascii_strcasecmp(line->value, "TRUE") != 0 || end == NULL)
		return false;
	return civil_time_of_day(part->start_local) == 0 &&
	       ical_part_instant(end, end_zone) > part->start_utc &&
	       civil_time_of_day(zone_to_local(part->zone, ical_part_instant(end, end_zone))) == 0;
}

/* DTEND, which wins over DURATION; false when there is none that can be read. */
static bool read_end(const IcalPart *part, ZoneTable *zones, IcalTime *ret_end,
	const Zone **ret_zone, const char **ret_note)
{
	const IcalFieldLine *line = ical_component_field(part->component, ICAL_FIELD_DTEND);

	if (line == NULL)
		return false;
	if (line->cut || !ical_time_parse(line->value, ret_end)) {
		*ret_note = "its DTEND cannot be read and was passed over";
		return false;
	}
	/* A date, or a time that lacks its zone, ends an event of a zone in that zone. */
	*ret_zone = ret_end->form == ICAL_TIME_UTC || line->tzid != NULL
			    ? ical_part_zone(zones, line, ret_end)
			    : part->zone;
	if (part->all_day && ret_end->form != ICAL_TIME_DATE)
		*ret_note = "its DTEND is a time though DTSTART is a date: read as a date";
	return true;
}

static void read_length(IcalPart *part, ZoneTable *zones, const char **ret_note)
{
	const IcalFieldLine *line = ical_component_field(part->component, ICAL_FIELD_DURATION);
	IcalDuration duration = {0, 0};
	const Zone *end_zone = NULL;
	IcalTime end;
	bool has_end = read_end(part, zones, &end, &end_zone, ret_note);

	if (line != NULL && !ical_duration_parse(line->value, &duration))
		*ret_note = "its DURATION cannot be read and was passed over";
	if (!part->all_day && is_marked_all_day(part, has_end ? &end : NULL, end_zone)) {
		int64_t end_local = zone_to_local(part->zone, ical_part_instant(&end, end_zone));

		part->all_day = true;
		part->length.days = (end_local - part->start_local) / CIVIL_DAY_SECS;
	} else if (part->all_day) {
		part->length = day_length(part, has_end ? &end : NULL, duration);
	} else {
		part->length = timed_length(part, has_end ? &end : NULL, end_zone, duration);
	}
}

static bool read_recurrence_id(IcalPart *part, ZoneTable *zones)
{
	const IcalFieldLine *line = ical_component_field(part->component, ICAL_FIELD_RECURRENCE_ID);

	if (line == NULL)
		return true;
	if (line->cut || !ical_time_parse(line->value, &part->recurrence_id))
		return false;
	part->has_recurrence_id = true;
	part->this_and_future = line->this_and_future;
	part->recurrence_zone = ical_part_zone(zones, line, &part->recurrence_id);
	return true;
}

static void read_version(IcalPart *part)
{
	const IcalFieldLine *sequence = ical_component_field(part->component, ICAL_FIELD_SEQUENCE);
	const IcalFieldLine *modified =
		ical_component_field(part->component, ICAL_FIELD_LAST_MODIFIED);
	gint64 number;

	if (sequence != NULL &&
		g_ascii_string_to_signed(sequence->value, 10, 0, G_MAXINT32, &number, NULL))
		part->sequence = number;
	part->last_modified = modified != NULL ? modified->value : "";
}

IcalPart *ical_part_new(const IcalComponent *component, ZoneTable *zones, const char **ret_why,
	const char **ret_note)
{
	const IcalFieldLine *line = ical_component_field(component, ICAL_FIELD_DTSTART);
	g_autofree IcalPart *part = g_new0(IcalPart, 1);
	IcalTime start;
	bool known = true;

	*ret_note = NULL;
	part->component = component;
	if (line == NULL) {
		*ret_why = "it has no DTSTART";
		return NULL;
	}
	if (line->cut || !ical_time_parse(line->value, &start)) {
		*ret_why = "its DTSTART is no date that exists";
		return NULL;
	}
	if (start.form == ICAL_TIME_LOCAL)
		(void)zone_table_find(zones, line->tzid, &known);
	if (!known)
		*ret_note = "its time zone is unknown: read as local time of the site";
	part->zone = ical_part_zone(zones, line, &start);
	part->all_day = start.form == ICAL_TIME_DATE;
	part->start_local = start.local;
	part->start_utc = ical_part_instant(&start, part->zone);
	read_length(part, zones, ret_note);
	if (!read_recurrence_id(part, zones)) {
		*ret_why = "its RECURRENCE-ID is no date that exists";
		return NULL;
	}
	read_version(part);
	return g_steal_pointer(&part);
}

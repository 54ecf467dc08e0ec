/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The properties whose values we read ourselves, and how their lines are split. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* libical 3.0.16 keeps no value as it was written: PT24H becomes P1D, INTERVAL=4294967297 becomes
 * 1, a date-time that does not exist is bent or dropped, a list of more than 500 dates is cut, a
 * text loses the spaces at its beginning and its unknown escapes, an X- value falls apart at its
 * commas, and a CLASS or STATUS with a space behind it or a parameter without value is lost. So
 * these lines never pass through it. */
typedef enum {
	ICAL_FIELD_NONE,
	ICAL_FIELD_UID,
	ICAL_FIELD_SUMMARY,
	ICAL_FIELD_DESCRIPTION,
	ICAL_FIELD_LOCATION,
	ICAL_FIELD_DTSTART,
	ICAL_FIELD_DTEND,
	ICAL_FIELD_DURATION,
	ICAL_FIELD_RRULE,
	ICAL_FIELD_EXRULE,
	ICAL_FIELD_RDATE,
	ICAL_FIELD_EXDATE,
	ICAL_FIELD_RECURRENCE_ID,
	ICAL_FIELD_CLASS,
	ICAL_FIELD_STATUS,
	ICAL_FIELD_TRANSP,
	ICAL_FIELD_SEQUENCE,
	ICAL_FIELD_LAST_MODIFIED,
	ICAL_FIELD_DTSTAMP,
	ICAL_FIELD_TZID,
	ICAL_FIELD_TZOFFSETFROM,
	ICAL_FIELD_TZOFFSETTO,
	ICAL_FIELD_X_LIC_LOCATION,
	ICAL_FIELD_VERSION,
	ICAL_FIELD_X_WR_TIMEZONE,
	ICAL_FIELD_X_GOOGLE_CONFERENCE,
	ICAL_FIELD_X_SKYPE_TEAMS_URL,
	ICAL_FIELD_X_ONLINE_MEETING_LINK,
	ICAL_FIELD_X_ALL_DAY_EVENT,
	ICAL_FIELD_X_BUSY_STATUS,
} IcalField;

/* One line, split. */
typedef struct IcalFieldLine {
	IcalField field;
	bool this_and_future;     /* RANGE=THISANDFUTURE */
	bool is_quoted_printable; /* `value` is decoded */
	bool cut;                 /* was longer than ICAL_LINE_MAX_BYTES: not whole */
	char *tzid;               /* or NULL */
	char *value;              /* as written; no spaces around it unless it is a text */
} IcalFieldLine;

/* Which of them a name is, in any case; ICAL_FIELD_NONE for all others. */
IcalField ical_field_find(const char *name, size_t length);

/* Splits a line that begins with the name of a field. Never NULL: a line that cannot be split has
 * an empty value. */
IcalFieldLine *ical_field_line_new(const char *text, bool cut);
void ical_field_line_free(IcalFieldLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IcalFieldLine, ical_field_line_free)

/* True for SUMMARY, DESCRIPTION and LOCATION, in which people write. */
bool ical_field_is_prose(IcalField field);

/* A text value with its escapes undone (RFC 5545, 3.3.11); an unknown escape is the character after
 * the backslash. Caller frees. */
char *ical_text_unescape(const char *value);

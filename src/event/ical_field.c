/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Splits the lines of times, rules and zones into parameters and value. */
#include "event/ical_field.h"

#include <string.h>

#include "event/ical_charset.h"

/* What the value is decides where it begins and whether spaces around it count. */
typedef enum { FORM_PLAIN, FORM_TIME, FORM_TEXT } Form;

static const struct {
	const char *name;
	IcalField field;
	Form form;
} names[] = {
	{"UID", ICAL_FIELD_UID, FORM_TEXT},
	{"SUMMARY", ICAL_FIELD_SUMMARY, FORM_TEXT},
	{"DESCRIPTION", ICAL_FIELD_DESCRIPTION, FORM_TEXT},
	{"LOCATION", ICAL_FIELD_LOCATION, FORM_TEXT},
	{"DTSTART", ICAL_FIELD_DTSTART, FORM_TIME},
	{"DTEND", ICAL_FIELD_DTEND, FORM_TIME},
	{"DURATION", ICAL_FIELD_DURATION, FORM_TIME},
	{"RRULE", ICAL_FIELD_RRULE, FORM_TIME},
	{"EXRULE", ICAL_FIELD_EXRULE, FORM_TIME},
	{"RDATE", ICAL_FIELD_RDATE, FORM_TIME},
	{"EXDATE", ICAL_FIELD_EXDATE, FORM_TIME},
	{"RECURRENCE-ID", ICAL_FIELD_RECURRENCE_ID, FORM_TIME},
	{"CLASS", ICAL_FIELD_CLASS, FORM_PLAIN},
	{"STATUS", ICAL_FIELD_STATUS, FORM_PLAIN},
	{"TRANSP", ICAL_FIELD_TRANSP, FORM_PLAIN},
	{"SEQUENCE", ICAL_FIELD_SEQUENCE, FORM_PLAIN},
	{"LAST-MODIFIED", ICAL_FIELD_LAST_MODIFIED, FORM_PLAIN},
	{"DTSTAMP", ICAL_FIELD_DTSTAMP, FORM_PLAIN},
	{"TZID", ICAL_FIELD_TZID, FORM_PLAIN},
	{"TZOFFSETFROM", ICAL_FIELD_TZOFFSETFROM, FORM_PLAIN},
	{"TZOFFSETTO", ICAL_FIELD_TZOFFSETTO, FORM_PLAIN},
	{"VERSION", ICAL_FIELD_VERSION, FORM_PLAIN},
	{"X-WR-TIMEZONE", ICAL_FIELD_X_WR_TIMEZONE, FORM_PLAIN},
	{"X-LIC-LOCATION", ICAL_FIELD_X_LIC_LOCATION, FORM_PLAIN},
	{"X-GOOGLE-CONFERENCE", ICAL_FIELD_X_GOOGLE_CONFERENCE, FORM_PLAIN},
	{"X-MICROSOFT-SKYPETEAMSMEETINGURL", ICAL_FIELD_X_SKYPE_TEAMS_URL, FORM_PLAIN},
	{"X-MICROSOFT-ONLINEMEETINGCONFLINK", ICAL_FIELD_X_ONLINE_MEETING_LINK, FORM_PLAIN},
	{"X-MICROSOFT-CDO-ALLDAYEVENT", ICAL_FIELD_X_ALL_DAY_EVENT, FORM_PLAIN},
	{"X-MICROSOFT-CDO-BUSYSTATUS", ICAL_FIELD_X_BUSY_STATUS, FORM_PLAIN},
};

static Form form_of(IcalField field)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (names[i].field == field)
			return names[i].form;
	}
	return FORM_PLAIN;
}

IcalField ical_field_find(const char *name, size_t length)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strlen(names[i].name) == length &&
			g_ascii_strncasecmp(names[i].name, name, length) == 0)
			return names[i].field;
	}
	return ICAL_FIELD_NONE;
}

/* Where the value begins, after its colon; NULL when there is none. No value of a time holds a
 * colon, so that it is the last one outside quotes: `TZID=GMT+05:30:20120904T020000` is seen in the
 * wild. Texts and links begin after the first. */
static const char *find_value(const char *params, bool last_colon, bool quotes)
{
	bool quoted = false;
	const char *found = NULL;

	for (const char *at = params; *at != '\0'; at++) {
		if (*at == '"' && quotes)
			quoted = !quoted;
		else if (*at == ':' && !quoted) {
			found = at + 1;
			if (!last_colon)
				break;
		}
	}
	return found;
}

/* The value of a parameter without quotes, RFC 6868 undone. */
static char *parameter_value(const char *text, size_t length)
{
	GString *value = g_string_sized_new(length);

	for (size_t i = 0; i < length; i++) {
		char next = i + 1 < length ? text[i + 1] : '\0';

		if (text[i] == '"')
			continue;
		if (text[i] == '^' && (next == '^' || next == '\'' || next == 'n')) {
			g_string_append_c(value, next == '\'' ? '"' : next == 'n' ? '\n' : '^');
			i++;
		} else {
			g_string_append_c(value, text[i]);
		}
	}
	return g_strstrip(g_string_free(value, FALSE));
}

/* VALUE is not asked: the form of a time tells, also where VALUE=DATE was forgotten. */
static void take_parameter(IcalFieldLine *line, const char *text, size_t length)
{
	static const char quoted_printable[] = "QUOTED-PRINTABLE";
	const char *equals = memchr(text, '=', length);
	size_t name = equals != NULL ? (size_t)(equals - text) : 0;
	g_autofree char *value = NULL;

	/* vCalendar 1.0 also leaves "ENCODING=" away. */
	if (length >= strlen(quoted_printable) &&
		g_ascii_strncasecmp(text + length - strlen(quoted_printable), quoted_printable,
			strlen(quoted_printable)) == 0)
		line->is_quoted_printable = true;
	if (name == 0)
		return;
	value = parameter_value(equals + 1, length - name - 1);
	if (name == 4 && g_ascii_strncasecmp(text, "TZID", 4) == 0) {
		g_free(line->tzid);
		line->tzid = g_steal_pointer(&value);
	} else if (name == 5 && g_ascii_strncasecmp(text, "RANGE", 5) == 0) {
		line->this_and_future = g_ascii_strcasecmp(value, "THISANDFUTURE") == 0;
	}
}

static void take_parameters(IcalFieldLine *line, const char *params, size_t length)
{
	bool quoted = false;
	size_t start = 0;

	for (size_t i = 0; i <= length; i++) {
		if (i < length && params[i] == '"')
			quoted = !quoted;
		if (i == length || (params[i] == ';' && !quoted)) {
			take_parameter(line, params + start, i - start);
			start = i + 1;
		}
	}
}

IcalFieldLine *ical_field_line_new(const char *text, bool cut)
{
	size_t name = strcspn(text, ":;");
	IcalField field = ical_field_find(text, name);
	Form form = form_of(field);
	bool last_colon = form == FORM_TIME;
	const char *params = text + name;
	const char *value = find_value(params, last_colon, true);
	IcalFieldLine *line = g_new0(IcalFieldLine, 1);

	/* A stray quote: the line is read as if quotes meant nothing. */
	if (value == NULL)
		value = find_value(params, last_colon, false);
	line->field = field;
	line->cut = cut;
	line->value = g_strdup(value != NULL ? value : "");
	if (form != FORM_TEXT)
		g_strstrip(line->value);
	if (value != NULL && *params == ';')
		take_parameters(line, params + 1, (size_t)(value - 1 - (params + 1)));
	if (line->is_quoted_printable) {
		char *decoded = ical_charset_quoted_printable(line->value);

		g_free(line->value);
		line->value = decoded;
	}
	return line;
}

void ical_field_line_free(IcalFieldLine *line)
{
	if (line == NULL)
		return;
	g_free(line->tzid);
	g_free(line->value);
	g_free(line);
}

bool ical_field_is_prose(IcalField field)
{
	return field == ICAL_FIELD_SUMMARY || field == ICAL_FIELD_DESCRIPTION ||
	       field == ICAL_FIELD_LOCATION;
}

char *ical_text_unescape(const char *value)
{
	GString *text = g_string_sized_new(strlen(value));

	for (; *value != '\0'; value++) {
		if (*value == '\\' && value[1] != '\0') {
			value++;
			g_string_append_c(text, *value == 'n' || *value == 'N' ? '\n' : *value);
		} else {
			g_string_append_c(text, *value);
		}
	}
	return g_string_free(text, FALSE);
}

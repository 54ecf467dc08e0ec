/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses as calendar programs write them. libical undoes quotes and RFC 6868 and knows the
 * enumerations; what an address is it leaves to us. */
#include "event/ical_people.h"

#include <string.h>

/* RFC 5321 allows 254; some servers exceed it. */
#define EMAIL_MAX_BYTES 320

static bool is_address(const char *text)
{
	const char *at = strrchr(text, '@');

	if (at == NULL || at == text || at[1] == '\0' || strlen(text) > EMAIL_MAX_BYTES)
		return false;
	for (const char *c = text; *c != '\0'; c++) {
		if (g_ascii_isspace(*c) || g_ascii_iscntrl(*c) || strchr("<>,;:/\\\"", *c) != NULL)
			return false;
	}
	return true;
}

/* The address in "mailto:A%2Bb@example.org?subject=x", " MAILTO:mailto:a@example.org" or
 * "a@example.org"; NULL when there is none. Caller frees. */
static char *address_of(const char *value)
{
	g_autofree char *text = g_strstrip(g_strdup(value));
	g_autofree char *decoded = NULL;
	const char *start = text;
	const char *angle;
	bool mailto = false;

	while (g_ascii_strncasecmp(start, "mailto:", 7) == 0) {
		mailto = true;
		start += 7;
		while (*start == ' ')
			start++;
	}
	if (mailto) {
		text[start - text + (ptrdiff_t)strcspn(start, "?")] = '\0';
		decoded = g_uri_unescape_string(start, NULL);
	}
	if (decoded == NULL || !g_utf8_validate(decoded, -1, NULL)) {
		g_free(decoded);
		decoded = g_strdup(start);
	}
	g_strstrip(decoded);
	/* "Angle" <a@example.org> */
	angle = strrchr(decoded, '<');
	if (angle != NULL && g_str_has_suffix(decoded, ">")) {
		decoded[strlen(decoded) - 1] = '\0';
		memmove(decoded, angle + 1, strlen(angle));
		g_strstrip(decoded);
	}
	return is_address(decoded) ? g_utf8_strdown(decoded, -1) : NULL;
}

static const char *parameter_text(icalproperty *property, icalparameter_kind kind)
{
	icalparameter *parameter = icalproperty_get_first_parameter(property, kind);

	if (parameter == NULL)
		return NULL;
	return kind == ICAL_CN_PARAMETER ? icalparameter_get_cn(parameter)
					 : icalparameter_get_email(parameter);
}

static AttendeeStatus read_status(icalproperty *property)
{
	icalparameter *parameter =
		icalproperty_get_first_parameter(property, ICAL_PARTSTAT_PARAMETER);

	switch (parameter != NULL ? icalparameter_get_partstat(parameter)
				  : ICAL_PARTSTAT_NEEDSACTION) {
	case ICAL_PARTSTAT_ACCEPTED:
		return ATTENDEE_ACCEPTED;
	case ICAL_PARTSTAT_TENTATIVE:
		return ATTENDEE_TENTATIVE;
	case ICAL_PARTSTAT_DECLINED:
	case ICAL_PARTSTAT_DELEGATED: /* someone else comes, and is listed */
		return ATTENDEE_DECLINED;
	default:
		return ATTENDEE_NEEDS_ACTION;
	}
}

static AttendeeKind read_kind(icalproperty *property)
{
	icalparameter *parameter =
		icalproperty_get_first_parameter(property, ICAL_CUTYPE_PARAMETER);

	switch (parameter != NULL ? icalparameter_get_cutype(parameter) : ICAL_CUTYPE_INDIVIDUAL) {
	case ICAL_CUTYPE_INDIVIDUAL:
		return ATTENDEE_INDIVIDUAL;
	case ICAL_CUTYPE_GROUP:
		return ATTENDEE_GROUP;
	case ICAL_CUTYPE_RESOURCE:
		return ATTENDEE_RESOURCE;
	case ICAL_CUTYPE_ROOM:
		return ATTENDEE_ROOM;
	default:
		return ATTENDEE_UNKNOWN_KIND;
	}
}

/* Unknown roles mean REQ-PARTICIPANT (RFC 5545, 3.2.16). */
static const char *read_role(icalproperty *property)
{
	icalparameter *parameter = icalproperty_get_first_parameter(property, ICAL_ROLE_PARAMETER);

	switch (parameter != NULL ? icalparameter_get_role(parameter) : ICAL_ROLE_REQPARTICIPANT) {
	case ICAL_ROLE_CHAIR:
		return "chair";
	case ICAL_ROLE_OPTPARTICIPANT:
		return "opt-participant";
	case ICAL_ROLE_NONPARTICIPANT:
		return "non-participant";
	default:
		return "req-participant";
	}
}

/* A parameter has no escapes with a backslash, but programs write "CN=User\\, Test". Caller frees.
 */
static char *read_name(const char *value)
{
	GString *name = g_string_new(NULL);

	for (; *value != '\0'; value++) {
		if (*value == '\\' && value[1] != '\0' && strchr(",;\\\"'", value[1]) != NULL)
			continue;
		g_string_append_c(name, *value);
	}
	return g_strstrip(g_string_free(name, FALSE));
}

Attendee *ical_people_read(icalproperty *property, const char *const *own_addresses)
{
	Attendee *attendee = attendee_new();
	const icalvalue *value = icalproperty_get_value(property);
	const char *address = value != NULL ? icalvalue_get_caladdress(value) : NULL;
	const char *email = parameter_text(property, ICAL_EMAIL_PARAMETER);
	const char *name = parameter_text(property, ICAL_CN_PARAMETER);

	if (address != NULL)
		attendee->email = address_of(address);
	if (attendee->email == NULL && email != NULL)
		attendee->email = address_of(email);
	if (name != NULL && *name != '\0')
		attendee->name = read_name(name);
	/* "CN=ana@example.org:invalid:nomail": the last resort. */
	if (attendee->email == NULL && attendee->name != NULL)
		attendee->email = address_of(attendee->name);
	attendee->status = read_status(property);
	attendee->kind = read_kind(property);
	attendee->role = g_strdup(read_role(property));
	attendee->is_self = attendee->email != NULL && own_addresses != NULL &&
			    g_strv_contains(own_addresses, attendee->email);
	return attendee;
}

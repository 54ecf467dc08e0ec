/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of zones to zones. libical 3.0.16 knows the names of the tz database only; others it reads
 * as floating times. */
#include "event/zone_name.h"

#include <stdbool.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/uenum.h>
#include <unicode/ustring.h>

#include "util/time_zone.h"

/* No name of the tz database or of Windows is longer. */
#define NAME_MAX_BYTES 100

#define ABBREVIATION_MAX_BYTES 3

static const struct {
	const char *name;
	const char *iana;
} other_names[] = {
	/* Abbreviations. ICU has ids of its own for some, which mean other places. */
	{"AEDT", "Australia/Sydney"},
	{"AEST", "Australia/Sydney"},
	{"BST", "Europe/London"},
	{"CDT", "America/Chicago"},
	{"CEST", "Europe/Berlin"},
	{"CST", "America/Chicago"},
	{"EDT", "America/New_York"},
	{"EEST", "Europe/Helsinki"},
	{"JST", "Asia/Tokyo"},
	{"MDT", "America/Denver"},
	{"MESZ", "Europe/Berlin"},
	{"MEZ", "Europe/Berlin"},
	{"PDT", "America/Los_Angeles"},
	{"PST", "America/Los_Angeles"},
	/* What Windows displays where it names no city of the tz database. */
	{"Astana", "Asia/Almaty"},
	{"Baja California", "America/Tijuana"},
	{"Brasilia", "America/Sao_Paulo"},
	{"Cape Verde Is.", "Atlantic/Cape_Verde"},
	{"Central America", "America/Guatemala"},
	{"Ekaterinburg", "Asia/Yekaterinburg"},
	{"Greenland", "America/Nuuk"},
	{"Indiana (East)", "America/Indiana/Indianapolis"},
	{"Midway Island", "Pacific/Midway"},
	{"New Caledonia", "Pacific/Noumea"},
	{"Nuku'alofa", "Pacific/Tongatapu"},
	{"Port Louis", "Indian/Mauritius"},
	{"Salvador", "America/Bahia"},
	{"Sri Jayawardenepura", "Asia/Colombo"},
	{"West Central Africa", "Africa/Lagos"},
	{"Atlantic Time", "America/Halifax"},
	{"Central Time", "America/Chicago"},
	{"Coordinated Universal Time", "Etc/UTC"},
	{"Eastern Time", "America/New_York"},
	{"Mountain Time", "America/Denver"},
	{"Pacific Time", "America/Los_Angeles"},
	/* Windows in German, French, Spanish, Italian, Dutch, Portuguese. */
	{"Mitteleuropäische Zeit", "Europe/Berlin"},
	{"Mitteleuropäische Sommerzeit", "Europe/Berlin"},
	{"Mitteleuropäische Normalzeit", "Europe/Berlin"},
	{"Westeuropäische Zeit", "Europe/London"},
	{"Osteuropäische Zeit", "Europe/Helsinki"},
	{"Europe de l’Ouest", "Europe/Berlin"},
	{"Europe de l'Ouest", "Europe/Berlin"},
	{"Paris, Madrid", "Europe/Paris"},
	{"Hora estándar romance", "Europe/Paris"},
	{"Hora de Europa central", "Europe/Madrid"},
	{"Ora solare Europa occidentale", "Europe/Berlin"},
	{"ora solare Europa occ.", "Europe/Berlin"},
	{"West-Europa (standaardtijd)", "Europe/Berlin"},
	{"Hora oficial do Brasil", "America/Sao_Paulo"},
	{"E. South America", "America/Sao_Paulo"},
	{"tzone://Microsoft/Utc", "Etc/UTC"},
	{"Z", "Etc/UTC"},
};

/* The name as the tz database writes it, by ICU's list; NULL when it is not there. GLib alone would
 * open any file below the zoneinfo folder and read "EST5" as a rule. `city`: the last part of the
 * name is enough, with spaces for underscores. Caller frees. */
static char *iana_spelling(const char *name, bool city)
{
	UErrorCode status = U_ZERO_ERROR;
	UEnumeration *zones = ucal_openTimeZones(&status);
	char *found = NULL;
	const char *candidate;

	if (U_FAILURE(status))
		return NULL;
	while (found == NULL && (candidate = uenum_next(zones, NULL, &status)) != NULL) {
		const char *slash = strrchr(candidate, '/');
		g_autofree char *spaced = g_strdup(city && slash != NULL ? slash + 1 : candidate);

		if (city)
			g_strdelimit(spaced, "_", ' ');
		if (g_ascii_strcasecmp(spaced, name) == 0)
			found = g_strdup(candidate);
	}
	uenum_close(zones);
	return found;
}

static GTimeZone *find_iana(const char *name)
{
	g_autofree char *spelling = iana_spelling(name, false);

	return spelling != NULL ? time_zone_find(spelling) : NULL;
}

/* "/citadel.org/20190914_1/America/Argentina/Salta": the longest end that is a name. */
static GTimeZone *find_behind_prefix(const char *name)
{
	const char *slash = strchr(name, '/');

	for (int parts = 0; slash != NULL && parts < 12; parts++) {
		g_autoptr(GTimeZone) zone = find_iana(slash + 1);

		if (zone != NULL)
			return g_steal_pointer(&zone);
		slash = strchr(slash + 1, '/');
	}
	return NULL;
}

/* "UTC+05:30", "GMT-0300", "+01:00": east is positive, unlike in POSIX. */
static GTimeZone *find_offset(const char *name)
{
	char sign;
	int digits = 0;
	int value = 0;

	if (g_ascii_strncasecmp(name, "UTC", 3) == 0 || g_ascii_strncasecmp(name, "GMT", 3) == 0)
		name += 3;
	sign = *name++;
	if (sign != '+' && sign != '-')
		return NULL;
	for (; *name != '\0'; name++) {
		if (*name == ':' && digits > 0)
			continue;
		if (!g_ascii_isdigit(*name) || ++digits > 4)
			return NULL;
		value = value * 10 + (*name - '0');
	}
	if (digits == 0)
		return NULL;
	if (digits <= 2)
		value *= 100;
	if (value / 100 > 14 || value % 100 > 59)
		return NULL;
	value = (value / 100 * 60 + value % 100) * 60;
	return g_time_zone_new_offset(sign == '-' ? -value : value);
}

static GTimeZone *find_windows(const char *name)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar windows[NAME_MAX_BYTES + 1];
	UChar iana[NAME_MAX_BYTES + 1];
	char ascii[NAME_MAX_BYTES + 1];
	int32_t length;

	u_strFromUTF8(windows, NAME_MAX_BYTES, &length, name, -1, &status);
	if (U_FAILURE(status))
		return NULL;
	length = ucal_getTimeZoneIDForWindowsID(
		windows, length, "001", iana, NAME_MAX_BYTES, &status);
	if (U_FAILURE(status) || length <= 0)
		return NULL;
	u_UCharsToChars(iana, ascii, length);
	ascii[length] = '\0';
	return time_zone_find(ascii);
}

static GTimeZone *find_other(const char *name)
{
	g_autofree char *folded = g_utf8_casefold(name, -1);

	for (size_t i = 0; i < G_N_ELEMENTS(other_names); i++) {
		g_autofree char *other = g_utf8_casefold(other_names[i].name, -1);

		if (g_str_equal(folded, other))
			return time_zone_find(other_names[i].iana);
	}
	return NULL;
}

/* "Eastern Standard Time 1", "W. Europe Daylight Time", "Romance (standaardtijd)". Caller frees. */
static char *windows_without_noise(const char *name)
{
	static const char *const standards[] = {
		" Daylight Time", " (standaardtijd)", " (zomertijd)", " Summer Time"};
	g_autoptr(GString) text = g_string_new(name);

	while (text->len > 0 && strchr("0123456789 ", text->str[text->len - 1]) != NULL)
		g_string_truncate(text, text->len - 1);
	for (size_t i = 0; i < G_N_ELEMENTS(standards); i++)
		g_string_replace(text, standards[i], " Standard Time", 1);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static GTimeZone *find_noisy_windows(const char *name)
{
	g_autofree char *plain = windows_without_noise(name);

	return find_windows(plain);
}

/* "Eastern Time (US & Canada)", "Amsterdam, Berlin, Bern": what Windows displays. */
static GTimeZone *find_listed(const char *list)
{
	g_autoptr(GTimeZone) whole = find_other(list);
	g_auto(GStrv) cities = NULL;

	if (whole != NULL)
		return g_steal_pointer(&whole);
	cities = g_strsplit_set(list, ",(:", 12);
	for (char **city = cities; *city != NULL; city++) {
		GTimeZone *zone = find_other(g_strstrip(*city));
		g_autofree char *spelling = zone == NULL ? iana_spelling(*city, true) : NULL;

		if (spelling != NULL)
			zone = time_zone_find(spelling);
		if (zone != NULL)
			return zone;
	}
	return NULL;
}

/* Behind "(UTC+01:00)", or a list of several, or "... Time (...)": one word may be anything. */
static GTimeZone *find_displayed(const char *name)
{
	const char *end = strchr(name, ')');

	if (*name == '(' && end != NULL)
		return find_listed(end + strspn(end, ") "));
	return strchr(name, ',') != NULL || strstr(name, " Time (") != NULL ? find_listed(name)
									    : NULL;
}

/* "Europe/Berlin", "Singapore". What is as short as "EST" or "GMT" is an abbreviation: there are
 * zones of that name, but where the object defines it, it meant that. */
static GTimeZone *find_named_place(const char *name)
{
	return strlen(name) > ABBREVIATION_MAX_BYTES ? find_iana(name) : NULL;
}

typedef GTimeZone *(*Way)(const char *name);

/* What the first of the ways finds that finds something; they end with NULL. */
static GTimeZone *find_by(const char *tzid, const Way *ways)
{
	g_autofree char *name = g_strstrip(g_strdup(tzid));

	if (*name == '\0' || strlen(name) > NAME_MAX_BYTES)
		return NULL;
	for (; *ways != NULL; ways++) {
		GTimeZone *zone = (*ways)(name);

		if (zone != NULL)
			return zone;
	}
	return NULL;
}

GTimeZone *zone_name_find_place(const char *tzid)
{
	static const Way ways[] = {find_named_place, find_windows, find_noisy_windows,
		find_behind_prefix, find_displayed, NULL};

	return find_by(tzid, ways);
}

GTimeZone *zone_name_find(const char *tzid)
{
	static const Way ways[] = {find_other, find_iana, find_windows, find_noisy_windows,
		find_offset, find_behind_prefix, find_displayed, NULL};

	return find_by(tzid, ways);
}

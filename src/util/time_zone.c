/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICU has zones in groups of names that mean the same, each with one that counts as canonical:
 * which may be an old one itself, as Asia/Calcutta is. */
#include "util/time_zone.h"

#include <stdbool.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/uenum.h>
#include <unicode/ustring.h>

/* No name of the tz database is longer. */
#define NAME_MAX_BYTES 100

/* ICU has Java's old names of three letters, too, many of which mean something else to others
 * ("IST", "BST", "ECT"), and SystemV/…: none of them was ever in the tz database, but for these. */
static bool is_tz_name(const char *name)
{
	static const char *const short_names[] = {
		"CET", "EET", "EST", "HST", "MET", "MST", "PRC", "ROC", "ROK", "UCT", "WET", NULL};

	if (strlen(name) == 3)
		return g_strv_contains(short_names, name);
	return !g_str_has_prefix(name, "SystemV/");
}

typedef struct {
	char name[NAME_MAX_BYTES + 1];
} ZoneName;

/* False for what is no zone of ICU's own. */
static bool canonical_name(const char *name, ZoneName *ret_canonical)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar from[NAME_MAX_BYTES + 1];
	UChar to[NAME_MAX_BYTES + 1];
	UBool is_system = 0;
	int32_t length;

	u_strFromUTF8(from, NAME_MAX_BYTES, &length, name, -1, &status);
	if (U_FAILURE(status))
		return false;
	length = ucal_getCanonicalTimeZoneID(from, length, to, NAME_MAX_BYTES, &is_system, &status);
	if (U_FAILURE(status) || !is_system || length <= 0)
		return false;
	u_UCharsToChars(to, ret_canonical->name, length);
	ret_canonical->name[length] = '\0';
	return true;
}

/* Calls `take` for each name that ICU knows, until it returns a zone; else NULL. */
typedef GTimeZone *(*NameTaker)(const char *name, const char *wanted);
static GTimeZone *visit_names(NameTaker take, const char *wanted)
{
	UErrorCode status = U_ZERO_ERROR;
	UEnumeration *names = ucal_openTimeZones(&status);
	GTimeZone *zone = NULL;
	const char *name;

	if (U_FAILURE(status))
		return NULL;
	while (zone == NULL && (name = uenum_next(names, NULL, &status)) != NULL)
		zone = take(name, wanted);
	uenum_close(names);
	return zone;
}

static GTimeZone *take_namesake(const char *name, const char *wanted)
{
	ZoneName canonical;

	if (!canonical_name(name, &canonical) || strcmp(canonical.name, wanted) != 0)
		return NULL;
	return g_time_zone_new_identifier(name);
}

static GTimeZone *find_by_group(const char *name)
{
	ZoneName canonical;
	GTimeZone *zone;

	if (!is_tz_name(name) || !canonical_name(name, &canonical))
		return NULL;
	zone = g_time_zone_new_identifier(canonical.name);
	return zone != NULL ? zone : visit_names(take_namesake, canonical.name);
}

static GTimeZone *take_spelling(const char *name, const char *wanted)
{
	return g_ascii_strcasecmp(name, wanted) == 0 ? find_by_group(name) : NULL;
}

GTimeZone *time_zone_find_renamed(const char *name)
{
	GTimeZone *zone;

	if (name[0] == '\0' || strlen(name) > NAME_MAX_BYTES)
		return NULL;
	zone = find_by_group(name);
	return zone != NULL ? zone : visit_names(take_spelling, name);
}

GTimeZone *time_zone_find(const char *name)
{
	GTimeZone *zone = g_time_zone_new_identifier(name);

	return zone != NULL ? zone : time_zone_find_renamed(name);
}

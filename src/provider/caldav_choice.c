/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which calendar of an account is meant. */
#include "provider/caldav_choice.h"

#include <string.h>

#include "net/href.h"
#include "provider/caldav_discovery.h"
#include "provider/caldav_error.h"

/* As many calendars as one line of error text can name. */
#define MAX_NAMES 10
#define MAX_NAME_LENGTH 60

/* Looks for a calendar that is no longer where it was: pools of hosts renumber (iCloud), accounts
 * move behind another path. NULL when it cannot be found; then `failure`, which says what its own
 * address answered, becomes CALDAV_ERROR_ABSENT if the account lists its calendars and it is none
 * of them. */
static CalDavResource *find_again(
	const CalDavSession *session, const CalDavKnown *known, const char *key, GError *failure)
{
	g_autoptr(CalDavResource) start =
		caldav_discovery_restart(session, known->principal_url, key);
	g_autoptr(CalDavDiscovery) discovery =
		start != NULL ? caldav_discover(session, start, NULL) : NULL;

	if (discovery == NULL)
		return NULL;
	for (unsigned i = 0; i < discovery->calendars->len; i++) {
		const CalDavResource *calendar = g_ptr_array_index(discovery->calendars, i);

		if (strcmp(calendar->key, key) == 0)
			return caldav_resource_copy(calendar);
	}
	if (discovery->is_complete)
		failure->code = CALDAV_ERROR_ABSENT;
	return NULL;
}

/* The calendar at `url`, or where it is now. NULL with CALDAV_ERROR: that of its own address. */
static CalDavResource *ask_calendar(
	const CalDavSession *session, const CalDavKnown *known, const char *url, GError **error)
{
	g_autofree char *key = href_key(url, url);
	g_autoptr(GError) failure = NULL;
	CalDavResource *calendar =
		caldav_resource_ask(session, url, CALDAV_KIND_CALENDAR, &failure);

	if (g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_GONE))
		calendar = find_again(session, known, key, failure);
	if (calendar == NULL)
		g_propagate_error(error, g_steal_pointer(&failure));
	return calendar;
}

static CalDavResource *no_calendar(CalDavResource *take_resource, GError **error)
{
	g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_CHOICE,
		"There is something at %s, but no calendar. Please choose the calendar again.",
		take_resource->url);
	caldav_resource_free(take_resource);
	return NULL;
}

CalDavResource *caldav_choice_configured(
	const CalDavSession *session, const CalDavKnown *known, const char *id, GError **error)
{
	g_autofree char *url = href_url(session->auth->origin_url, id);
	g_autoptr(GError) failure = NULL;
	CalDavResource *calendar;

	if (url == NULL) {
		g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_CHOICE,
			"The chosen calendar has no usable address. Please choose the calendar "
			"again.");
		return NULL;
	}
	calendar = ask_calendar(session, known, url, &failure);
	if (g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_UNSUPPORTED))
		return caldav_resource_assume_calendar(url);
	if (calendar == NULL)
		g_propagate_error(error, g_steal_pointer(&failure));
	else if (!calendar->is_calendar)
		return no_calendar(calendar, error);
	return calendar;
}

static void append_name(GString *names, const char *name)
{
	g_autofree char *shown = g_utf8_strlen(name, -1) > MAX_NAME_LENGTH
					 ? g_utf8_substring(name, 0, MAX_NAME_LENGTH)
					 : g_strdup(name);

	g_string_append_printf(names, "%s\"%s\"", names->len > 0 ? ", " : "", shown);
}

/* Says which calendars there are to choose from. */
static GError *choice_error(const GPtrArray *calendars)
{
	g_autoptr(GString) names = g_string_new(NULL);
	unsigned count = 0;

	for (unsigned i = 0; i < calendars->len; i++) {
		const CalDavResource *calendar = g_ptr_array_index(calendars, i);

		if (!calendar->holds_events)
			continue;
		if (count < MAX_NAMES)
			append_name(names, calendar->name);
		count++;
	}
	if (count > MAX_NAMES)
		g_string_append(names, " and more");
	if (count == 0)
		return g_error_new(CALDAV_ERROR, CALDAV_ERROR_CHOICE,
			"This account has no calendar that holds events. Check the CalDAV address "
			"and reconnect this calendar.");
	return g_error_new(CALDAV_ERROR, CALDAV_ERROR_CHOICE,
		"This account has %u calendars: %s. Please choose which one to sync.", count,
		names->str);
}

/* The only calendar that holds events. NULL with CALDAV_ERROR. Borrowed from the discovery. */
static const CalDavResource *only_of(const CalDavDiscovery *discovery, GError **error)
{
	const CalDavResource *only = NULL;
	unsigned count = 0;

	for (unsigned i = 0; i < discovery->calendars->len; i++) {
		const CalDavResource *calendar = g_ptr_array_index(discovery->calendars, i);

		if (calendar->holds_events) {
			only = calendar;
			count++;
		}
	}
	if (count == 1)
		return only;
	g_propagate_error(error, choice_error(discovery->calendars));
	return NULL;
}

/* What the account leads to, though a calendar may be remembered. */
static CalDavResource *choose_only(
	const CalDavSession *session, const CalDavKnown *known, GError **error)
{
	const char *address = session->auth->origin_url;
	g_autofree char *key = href_key(address, address);
	g_autoptr(GError) failure = NULL;
	g_autoptr(CalDavResource) start = caldav_discovery_start(session, address, &failure);
	g_autoptr(CalDavDiscovery) discovery = NULL;
	const CalDavResource *only;
	CalDavResource *former = NULL;

	if (start != NULL && start->is_calendar)
		return caldav_resource_ask(session, start->url, CALDAV_KIND_CALENDAR, error);
	if (start == NULL) {
		/* A calendar that was there and is not any more is looked for, but no other. */
		if (g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_GONE) &&
			strcmp(key, "/") != 0)
			former = find_again(session, known, key, failure);
		if (former == NULL)
			g_propagate_error(error, g_steal_pointer(&failure));
		return former;
	}
	discovery = caldav_discover(session, start, error);
	if (discovery == NULL)
		return NULL;
	only = only_of(discovery, error);
	return only != NULL ? caldav_resource_copy(only) : NULL;
}

/* The account leads elsewhere, or to several calendars, or to none. The one that was synced so far
 * is meant as long as it answers; what it answers is about itself (A2). */
static CalDavResource *ask_former(
	const CalDavSession *session, const CalDavKnown *known, GError **error)
{
	CalDavResource *former = ask_calendar(session, known, known->calendar_url, error);

	return former != NULL && !former->is_calendar ? no_calendar(former, error) : former;
}

CalDavResource *caldav_choice_only(
	const CalDavSession *session, const CalDavKnown *known, GError **error)
{
	const char *former_url = known->calendar_url;
	g_autofree char *key = former_url != NULL ? href_key(former_url, former_url) : NULL;
	g_autoptr(GError) failure = NULL;
	g_autoptr(GError) former_failure = NULL;
	g_autoptr(CalDavResource) only = choose_only(session, known, &failure);

	if (former_url != NULL && only != NULL && g_strcmp0(key, only->key) != 0)
		return ask_former(session, known, error);
	if (only != NULL)
		return g_steal_pointer(&only);
	/* Of several the former one is not taken, but that it is refused is worth more than a
	 * choice. */
	if (former_url != NULL && g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_CHOICE))
		caldav_resource_free(ask_former(session, known, &former_failure));
	g_propagate_error(error, former_failure != NULL ? g_steal_pointer(&former_failure)
							: g_steal_pointer(&failure));
	return NULL;
}

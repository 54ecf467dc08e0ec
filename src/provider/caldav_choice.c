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
 * of them. `start` may be NULL. */
static CalDavResource *find_again(
	const CalDavSession *session, const CalDavResource *start, const char *key, GError *failure)
{
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

CalDavResource *caldav_choice_configured(
	const CalDavSession *session, const char *id, GError **error)
{
	g_autofree char *url = href_url(session->auth->origin_url, id);
	g_autofree char *key = href_key(session->auth->origin_url, id);
	g_autoptr(GError) failure = NULL;
	g_autoptr(CalDavResource) calendar = NULL;

	if (url == NULL) {
		g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_CHOICE,
			"The chosen calendar has no usable address. Please choose the calendar "
			"again.");
		return NULL;
	}
	calendar = caldav_resource_ask(session, url, &failure);
	if (g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_GONE)) {
		g_autoptr(CalDavResource) start =
			caldav_discovery_start(session, session->auth->origin_url, NULL, NULL);

		calendar = find_again(session, start, key, failure);
	}
	if (g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_UNSUPPORTED))
		calendar = caldav_resource_assume_calendar(url);
	if (calendar == NULL) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return NULL;
	}
	if (!calendar->is_calendar) {
		g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_CHOICE,
			"There is something at %s, but no calendar. Please choose the calendar "
			"again.",
			calendar->url);
		return NULL;
	}
	return g_steal_pointer(&calendar);
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

/* "https://host/" and "https://host" name a server, anything longer may have been a calendar. */
static bool names_a_place(const char *url)
{
	g_autofree char *root = href_url(url, "/");
	g_autofree char *own_key = href_key(root, url);
	g_autofree char *root_key = href_key(root, "/");

	return g_strcmp0(own_key, root_key) != 0;
}

/* The calendar whose address the account's was. */
static CalDavResource *find_former(
	const CalDavSession *session, const CalDavResource *start, GError **error)
{
	const char *address = session->auth->origin_url;
	g_autofree char *key = href_key(address, address);
	GError *failure = NULL;
	CalDavResource *calendar;

	caldav_error_set_status(&failure, 404, address);
	calendar = find_again(session, start, key, failure);
	if (calendar != NULL)
		g_error_free(failure);
	else
		g_propagate_error(error, failure);
	return calendar;
}

CalDavResource *caldav_choice_only(const CalDavSession *session, GError **error)
{
	const char *address = session->auth->origin_url;
	bool is_gone = false;
	g_autoptr(CalDavResource) start = caldav_discovery_start(session, address, &is_gone, error);
	g_autoptr(CalDavDiscovery) discovery = NULL;
	const CalDavResource *only = NULL;
	unsigned count = 0;

	if (start == NULL)
		return NULL;
	/* A calendar that was there and is not any more: another one must not take its place, and
	 * its events with it, without a word. */
	if (is_gone && names_a_place(address))
		return find_former(session, start, error);
	if (start->is_calendar)
		return g_steal_pointer(&start);
	discovery = caldav_discover(session, start, error);
	if (discovery == NULL)
		return NULL;
	for (unsigned i = 0; i < discovery->calendars->len; i++) {
		const CalDavResource *calendar = g_ptr_array_index(discovery->calendars, i);

		if (calendar->holds_events) {
			only = calendar;
			count++;
		}
	}
	if (count == 1)
		return caldav_resource_copy(only);
	g_propagate_error(error, choice_error(discovery->calendars));
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the calendars of an account, whatever URL its owner typed. */
#include "provider/caldav_discovery.h"

#include <string.h>

#include "net/href.h"
#include "provider/caldav_error.h"

/* More homes than this are no person's. */
#define MAX_HOMES 50

void caldav_discovery_free(CalDavDiscovery *discovery)
{
	if (discovery == NULL)
		return;
	g_ptr_array_unref(discovery->calendars);
	g_ptr_array_unref(discovery->addresses);
	g_free(discovery);
}

bool caldav_discovery_leads_nowhere(const GError *error)
{
	return g_error_matches(error, CALDAV_ERROR, CALDAV_ERROR_GONE) ||
	       g_error_matches(error, CALDAV_ERROR, CALDAV_ERROR_FORBIDDEN) ||
	       g_error_matches(error, CALDAV_ERROR, CALDAV_ERROR_UNSUPPORTED) ||
	       g_error_matches(error, CALDAV_ERROR, CALDAV_ERROR_NOT_DAV) ||
	       g_error_matches(error, CALDAV_ERROR, CALDAV_ERROR_ADDRESS);
}

static bool knows_the_way(const CalDavResource *resource)
{
	return resource->is_calendar || resource->principal_url != NULL ||
	       resource->home_urls->len > 0;
}

CalDavResource *caldav_discovery_start(
	const CalDavSession *session, const char *account_url, bool *ret_is_gone, GError **error)
{
	g_autofree char *well_known = href_url(account_url, "/.well-known/caldav");
	g_autofree char *root = href_url(account_url, "/");
	const char *const places[] = {account_url, well_known, root};
	g_autoptr(CalDavResource) speaks_dav = NULL;
	g_autoptr(GError) first_failure = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		g_autoptr(GError) failure = NULL;
		g_autoptr(CalDavResource) resource = NULL;

		if (i > 0 && strcmp(places[i], account_url) == 0)
			continue;
		resource = caldav_resource_ask(session, places[i], &failure);
		if (i == 0 && ret_is_gone != NULL)
			*ret_is_gone = g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_GONE);
		if (resource != NULL && knows_the_way(resource))
			return g_steal_pointer(&resource);
		if (resource != NULL && speaks_dav == NULL)
			speaks_dav = g_steal_pointer(&resource);
		/* Once the account's own address has spoken DAV, trouble elsewhere matters little.
		 */
		if (failure != NULL && speaks_dav == NULL &&
			!caldav_discovery_leads_nowhere(failure)) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return NULL;
		}
		if (first_failure == NULL)
			first_failure = g_steal_pointer(&failure);
	}
	if (speaks_dav == NULL)
		g_propagate_error(error, g_steal_pointer(&first_failure));
	return g_steal_pointer(&speaks_dav);
}

static void add_addresses(GPtrArray *addresses, const CalDavResource *resource)
{
	for (unsigned i = 0; i < resource->addresses->len; i++)
		g_ptr_array_add(addresses, g_strdup(g_ptr_array_index(resource->addresses, i)));
}

static bool holds_calendar(const GPtrArray *calendars, const CalDavResource *calendar)
{
	for (unsigned i = 0; i < calendars->len; i++) {
		const CalDavResource *other = g_ptr_array_index(calendars, i);

		if (strcmp(other->key, calendar->key) == 0 &&
			href_same_host(other->url, calendar->url))
			return true;
	}
	return false;
}

/* Adds the calendars among the members of a home. A home that leads nowhere is passed over, and
 * `ret_why` (if still empty) says why. */
static bool add_calendars_of_home(const CalDavSession *session, const char *home_url,
	GPtrArray *calendars, GError **ret_why, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autoptr(GPtrArray) members = caldav_resource_ask_members(session, home_url, &failure);

	if (members == NULL && !caldav_discovery_leads_nowhere(failure)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	if (members == NULL) {
		if (*ret_why == NULL)
			*ret_why = g_steal_pointer(&failure);
		return true;
	}
	while (members->len > 0) {
		CalDavResource *member = g_ptr_array_steal_index(members, 0);

		if (member->is_calendar && !holds_calendar(calendars, member))
			g_ptr_array_add(calendars, member);
		else
			caldav_resource_free(member);
	}
	return true;
}

/* Asks for the principal that the start names; leaves `ret_principal` alone where it names none, or
 * one that leads nowhere. */
static bool ask_principal(const CalDavSession *session, const CalDavResource *start,
	CalDavResource **ret_principal, GError **error)
{
	g_autoptr(GError) failure = NULL;
	CalDavResource *principal;

	if (start->principal_url == NULL)
		return true;
	principal = caldav_resource_ask(session, start->principal_url, &failure);
	if (principal == NULL && !caldav_discovery_leads_nowhere(failure)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	*ret_principal = principal;
	return true;
}

/* The places whose members are calendars. The members of a calendar are its events: not listed. */
static GPtrArray *homes_of(const CalDavResource *start, const CalDavResource *principal)
{
	GPtrArray *homes = g_ptr_array_new();

	for (unsigned i = 0; i < MIN(principal->home_urls->len, MAX_HOMES); i++)
		g_ptr_array_add(homes, g_ptr_array_index(principal->home_urls, i));
	if (homes->len == 0 && !principal->is_calendar)
		g_ptr_array_add(homes, principal->url);
	if (homes->len == 0 && !start->is_calendar)
		g_ptr_array_add(homes, start->url);
	return homes;
}

static bool add_calendars(const CalDavSession *session, const CalDavResource *start,
	const CalDavResource *principal, CalDavDiscovery *discovery, GError **error)
{
	g_autoptr(GPtrArray) homes = homes_of(start, principal);
	GPtrArray *calendars = discovery->calendars;
	g_autoptr(GError) why = NULL;

	for (unsigned i = 0; i < homes->len; i++) {
		if (!add_calendars_of_home(
			    session, g_ptr_array_index(homes, i), calendars, &why, error))
			return false;
	}
	/* The owner typed someone else's home, or one that the principal does not name. */
	if (calendars->len == 0 && !start->is_calendar && start != principal &&
		!add_calendars_of_home(session, start->url, calendars, &why, error))
		return false;
	if (calendars->len == 0 && !start->is_calendar && why != NULL) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	discovery->is_complete = homes->len > 0 && why == NULL;
	return true;
}

CalDavDiscovery *caldav_discover(
	const CalDavSession *session, const CalDavResource *start, GError **error)
{
	g_autoptr(CalDavDiscovery) discovery = g_new0(CalDavDiscovery, 1);
	g_autoptr(CalDavResource) asked = NULL;
	const CalDavResource *principal = start;

	discovery->calendars = g_ptr_array_new_with_free_func((GDestroyNotify)caldav_resource_free);
	discovery->addresses = g_ptr_array_new_with_free_func(g_free);
	if (!ask_principal(session, start, &asked, error))
		return NULL;
	if (asked != NULL)
		principal = asked;
	if (!add_calendars(session, start, principal, discovery, error))
		return NULL;
	if (start->principal_url != NULL && asked == NULL)
		discovery->is_complete = false;
	if (start->is_calendar && !holds_calendar(discovery->calendars, start))
		g_ptr_array_add(discovery->calendars, caldav_resource_copy(start));
	add_addresses(discovery->addresses, principal);
	return g_steal_pointer(&discovery);
}

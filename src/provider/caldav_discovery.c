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

/* "https://host/" names a server; anything longer, one thing on it. */
static bool names_a_host(const char *url)
{
	g_autofree char *key = href_key(url, url);

	return g_strcmp0(key, "/") == 0;
}

/* The first of "/.well-known/caldav" and "/" of the host that knows the way (RFC 6764, 6); if none
 * does, the first that speaks DAV at all, or NULL. `ret_why` (or NULL) is then set when the host
 * said nothing about the places, and another request would fare no better. */
static CalDavResource *ask_host(
	const CalDavSession *session, const char *account_url, GError **ret_why)
{
	g_autofree char *well_known = href_url(account_url, "/.well-known/caldav");
	g_autofree char *root = href_url(account_url, "/");
	const char *const places[] = {well_known, root};
	g_autoptr(CalDavResource) speaks_dav = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		g_autoptr(GError) failure = NULL;
		g_autoptr(CalDavResource) resource = NULL;

		if (strcmp(places[i], account_url) == 0)
			continue;
		resource = caldav_resource_ask(session, places[i], CALDAV_KIND_PLACE, &failure);
		if (resource != NULL && knows_the_way(resource))
			return g_steal_pointer(&resource);
		if (resource != NULL && speaks_dav == NULL)
			speaks_dav = g_steal_pointer(&resource);
		if (caldav_error_asks_for_patience(failure)) {
			g_propagate_error(ret_why, g_steal_pointer(&failure));
			break;
		}
	}
	return g_steal_pointer(&speaks_dav);
}

CalDavResource *caldav_discovery_start(
	const CalDavSession *session, const char *account_url, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autoptr(GError) why = NULL;
	g_autoptr(CalDavResource) typed =
		caldav_resource_ask(session, account_url, CALDAV_KIND_PLACE, &failure);
	g_autoptr(CalDavResource) other = NULL;

	if (typed != NULL)
		typed->is_named = !names_a_host(account_url);
	if (typed != NULL && knows_the_way(typed))
		return g_steal_pointer(&typed);
	/* A definite no to what a person named is the answer: nothing else of the account may take
	 * its place (A2). A host is no more than where to ask. */
	if (typed == NULL &&
		(!names_a_host(account_url) ||
			!(caldav_discovery_leads_nowhere(failure) ||
				g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_SERVER) ||
				g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_EMPTY)))) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return NULL;
	}
	other = ask_host(session, account_url, &why);
	if (other != NULL && (typed == NULL || knows_the_way(other)))
		return g_steal_pointer(&other);
	/* Once the account's own address has spoken DAV, trouble elsewhere matters little. */
	if (typed != NULL)
		return g_steal_pointer(&typed);
	g_propagate_error(error, why != NULL ? g_steal_pointer(&why) : g_steal_pointer(&failure));
	return NULL;
}

CalDavResource *caldav_discovery_restart(
	const CalDavSession *session, const char *principal_url, const char *gone_key)
{
	const char *address = session->auth->origin_url;
	g_autofree char *key = href_key(address, address);
	g_autoptr(CalDavResource) start = NULL;

	if (principal_url != NULL)
		start = caldav_resource_ask(session, principal_url, CALDAV_KIND_PLACE, NULL);
	if (start == NULL && g_strcmp0(key, gone_key) != 0)
		start = caldav_resource_ask(session, address, CALDAV_KIND_PLACE, NULL);
	if (start == NULL || !knows_the_way(start)) {
		CalDavResource *other = ask_host(session, address, NULL);

		if (other != NULL) {
			caldav_resource_free(start);
			start = other;
		}
	}
	return g_steal_pointer(&start);
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

/* Asks for the principal that the start names, unless it is one itself; leaves `ret_principal`
 * alone where it names none, or one that leads nowhere. */
static bool ask_principal(const CalDavSession *session, const CalDavResource *start,
	CalDavResource **ret_principal, GError **error)
{
	g_autoptr(GError) failure = NULL;
	CalDavResource *principal;

	if (start->principal_url == NULL || start->home_urls->len > 0)
		return true;
	principal =
		caldav_resource_ask(session, start->principal_url, CALDAV_KIND_PRINCIPAL, &failure);
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

/* True for a folder that a person named and that is neither on the way to the homes nor one of
 * them: somebody else's home, or one that the principal does not name. What is in it is meant. */
static bool stands_apart(
	const CalDavResource *start, const CalDavResource *principal, const GPtrArray *homes)
{
	if (!start->is_named || start->is_calendar || start->home_urls->len > 0 ||
		strcmp(start->key, principal->key) == 0)
		return false;
	for (unsigned i = 0; i < homes->len; i++) {
		const char *home_url = g_ptr_array_index(homes, i);
		g_autofree char *key = href_key(home_url, home_url);

		if (strcmp(key, start->key) == 0 || href_key_is_below(key, start->key))
			return false;
	}
	return true;
}

static bool add_calendars(const CalDavSession *session, const CalDavResource *start,
	const CalDavResource *principal, CalDavDiscovery *discovery, GError **error)
{
	g_autoptr(GPtrArray) homes = homes_of(start, principal);
	GPtrArray *calendars = discovery->calendars;
	g_autoptr(GError) why = NULL;

	if (stands_apart(start, principal, homes)) {
		g_autoptr(GError) ignored = NULL;

		if (!add_calendars_of_home(session, start->url, calendars, &ignored, error))
			return false;
		/* Not all of the account: what is not here may be at home. */
		if (calendars->len > 0)
			return true;
	}
	for (unsigned i = 0; i < homes->len; i++) {
		if (!add_calendars_of_home(
			    session, g_ptr_array_index(homes, i), calendars, &why, error))
			return false;
	}
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
	if (!ask_principal(session, start, &asked, error))
		return NULL;
	if (asked != NULL)
		principal = asked;
	if (!add_calendars(session, start, principal, discovery, error))
		return NULL;
	if (start->principal_url != NULL && start->home_urls->len == 0 && asked == NULL)
		discovery->is_complete = false;
	if (start->is_calendar && !holds_calendar(discovery->calendars, start)) {
		CalDavResource *whole =
			caldav_resource_ask(session, start->url, CALDAV_KIND_CALENDAR, error);

		if (whole == NULL)
			return NULL;
		g_ptr_array_add(discovery->calendars, whole);
	}
	return g_steal_pointer(&discovery);
}

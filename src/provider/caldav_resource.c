/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a server says about one of its collections. */
#include "provider/caldav_resource.h"

#include <string.h>

#include "net/href.h"
#include "provider/caldav_error.h"

/* Longer ones are neither: what cannot be remembered is not there. */
#define MAX_MARKER_BYTES 2000
/* The longest name of the tz database has 32 letters. */
#define MAX_ZONE_NAME 64

#define PROPFIND(properties)                                                                       \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"                                             \
	"<D:propfind xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\" "                  \
	"xmlns:CS=\"http://calendarserver.org/ns/\"><D:prop>" properties                           \
	"</D:prop></D:propfind>\n"

static const char *const bodies[] = {
	[CALDAV_KIND_PLACE] = PROPFIND("<D:resourcetype/><D:displayname/>"
				       "<D:current-user-principal/><C:calendar-home-set/>"),
	[CALDAV_KIND_PRINCIPAL] = PROPFIND("<D:resourcetype/><D:displayname/>"
					   "<C:calendar-home-set/><C:calendar-user-address-set/>"),
	[CALDAV_KIND_CALENDAR] = PROPFIND("<D:resourcetype/><D:displayname/>"
					  "<D:current-user-principal/>"
					  "<C:supported-calendar-component-set/>"
					  "<C:calendar-timezone/><CS:getctag/><D:sync-token/>"
					  "<D:supported-report-set/>"),
};

/* What a calendar may be beside, and then has no events of its own to sync. Other types take
 * nothing away: SOGo's default calendar is a schedule-outbox, too (calendar-protocols A4). */
static const char *const not_for_events[] = {"free-busy-only", "deleted-calendar", "subscribed"};

void caldav_resource_free(CalDavResource *resource)
{
	if (resource == NULL)
		return;
	g_free(resource->url);
	g_free(resource->key);
	g_free(resource->name);
	g_free(resource->zone_name);
	g_free(resource->ctag);
	g_free(resource->sync_token);
	g_free(resource->principal_url);
	g_ptr_array_unref(resource->home_urls);
	g_ptr_array_unref(resource->addresses);
	g_free(resource);
}

static void *copy_string(const void *text, void *data)
{
	(void)data;
	return g_strdup(text);
}

CalDavResource *caldav_resource_copy(const CalDavResource *resource)
{
	CalDavResource *copy = g_new0(CalDavResource, 1);

	copy->url = g_strdup(resource->url);
	copy->key = g_strdup(resource->key);
	copy->name = g_strdup(resource->name);
	copy->zone_name = g_strdup(resource->zone_name);
	copy->is_named = resource->is_named;
	copy->is_calendar = resource->is_calendar;
	copy->holds_events = resource->holds_events;
	copy->ctag = g_strdup(resource->ctag);
	copy->sync_token = g_strdup(resource->sync_token);
	copy->knows_sync_report = resource->knows_sync_report;
	copy->principal_url = g_strdup(resource->principal_url);
	copy->home_urls = g_ptr_array_copy(resource->home_urls, copy_string, NULL);
	g_ptr_array_set_free_func(copy->home_urls, g_free);
	copy->addresses = g_ptr_array_copy(resource->addresses, copy_string, NULL);
	g_ptr_array_set_free_func(copy->addresses, g_free);
	return copy;
}

/* Missing and empty sets mean that everything is allowed. */
static bool allows_events(const DavResponse *response)
{
	const DavProperty *set =
		dav_response_property(response, DAV_NS_CALDAV, "supported-calendar-component-set");
	unsigned components = 0;

	for (unsigned i = 0; set != NULL && i < set->elements->len; i++) {
		const DavElement *element = g_ptr_array_index(set->elements, i);

		if (strcmp(element->name, "comp") != 0 || element->attribute == NULL)
			continue;
		if (g_ascii_strcasecmp(element->attribute, "VEVENT") == 0)
			return true;
		components++;
	}
	return components == 0;
}

static bool holds_events(const DavResponse *response, const DavProperty *type)
{
	for (size_t i = 0; i < G_N_ELEMENTS(not_for_events); i++) {
		if (dav_property_holds(type, DAV_NS_CALENDARSERVER, not_for_events[i]))
			return false;
	}
	return allows_events(response);
}

/* The URLs of the DAV:href elements in a property. */
static GPtrArray *property_urls(
	const DavResponse *response, DavNamespace ns, const char *name, const char *base_url)
{
	const DavProperty *property = dav_response_property(response, ns, name);
	GPtrArray *urls = g_ptr_array_new_with_free_func(g_free);

	for (unsigned i = 0; property != NULL && i < property->elements->len; i++) {
		const DavElement *element = g_ptr_array_index(property->elements, i);
		char *url;

		if (element->ns != DAV_NS_DAV || strcmp(element->name, "href") != 0)
			continue;
		url = href_url(base_url, element->text);
		if (url != NULL)
			g_ptr_array_add(urls, url);
	}
	return urls;
}

/* The mail addresses among the hrefs of calendar-user-address-set (RFC 6638, 2.4.1). */
static GPtrArray *user_addresses(const DavResponse *response)
{
	const DavProperty *property =
		dav_response_property(response, DAV_NS_CALDAV, "calendar-user-address-set");
	GPtrArray *addresses = g_ptr_array_new_with_free_func(g_free);

	for (unsigned i = 0; property != NULL && i < property->elements->len; i++) {
		const DavElement *element = g_ptr_array_index(property->elements, i);
		char *address;

		if (g_ascii_strncasecmp(element->text, "mailto:", 7) != 0)
			continue;
		address = g_uri_unescape_string(element->text + 7, NULL);
		if (address != NULL)
			g_ptr_array_add(addresses, address);
	}
	return addresses;
}

bool caldav_zone_name_is_plain(const char *name)
{
	return g_ascii_isalpha(*name) && strlen(name) <= MAX_ZONE_NAME &&
	       strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_+-/") == strlen(name);
}

/* The TZID in a calendar-timezone. */
static char *zone_name(const DavResponse *response)
{
	g_autofree char *zone = dav_response_text(response, DAV_NS_CALDAV, "calendar-timezone");
	const char *line = zone != NULL ? strstr(zone, "\nTZID:") : NULL;
	g_autofree char *name = NULL;

	if (line == NULL)
		return NULL;
	line += strlen("\nTZID:");
	name = g_strndup(line, strcspn(line, "\r\n"));
	return caldav_zone_name_is_plain(name) ? g_steal_pointer(&name) : NULL;
}

static char *marker(const DavResponse *response, DavNamespace ns, const char *name)
{
	g_autofree char *text = dav_response_text(response, ns, name);

	return text != NULL && strlen(text) <= MAX_MARKER_BYTES ? g_steal_pointer(&text) : NULL;
}

static char *with_slash(char *take_url)
{
	g_autofree char *url = take_url;

	return g_str_has_suffix(url, "/") ? g_steal_pointer(&url) : g_strconcat(url, "/", NULL);
}

/* What a response says of the resource at `href`. NULL when that names nothing. */
static CalDavResource *resource_new(
	const DavResponse *response, const char *base_url, const char *href)
{
	char *url = href_url(base_url, href);
	const DavProperty *type = dav_response_property(response, DAV_NS_DAV, "resourcetype");
	g_autoptr(GPtrArray) principals = NULL;
	CalDavResource *resource;

	if (url == NULL)
		return NULL;
	resource = g_new0(CalDavResource, 1);
	resource->url = with_slash(url);
	resource->key = href_key(base_url, href);
	resource->name = dav_response_text(response, DAV_NS_DAV, "displayname");
	if (resource->name == NULL)
		resource->name = href_last_segment(base_url, href);
	resource->zone_name = zone_name(response);
	resource->is_calendar = dav_property_holds(type, DAV_NS_CALDAV, "calendar");
	resource->holds_events = resource->is_calendar && holds_events(response, type);
	resource->ctag = marker(response, DAV_NS_CALENDARSERVER, "getctag");
	resource->sync_token = marker(response, DAV_NS_DAV, "sync-token");
	resource->knows_sync_report = dav_property_holds(
		dav_response_property(response, DAV_NS_DAV, "supported-report-set"), DAV_NS_DAV,
		"sync-collection");
	principals = property_urls(response, DAV_NS_DAV, "current-user-principal", base_url);
	if (principals->len > 0)
		resource->principal_url = g_strdup(g_ptr_array_index(principals, 0));
	resource->home_urls = property_urls(response, DAV_NS_CALDAV, "calendar-home-set", base_url);
	resource->addresses = user_addresses(response);
	return resource;
}

CalDavResource *caldav_resource_assume_calendar(const char *url)
{
	CalDavResource *resource = g_new0(CalDavResource, 1);

	resource->url = with_slash(g_strdup(url));
	resource->key = href_key(url, url);
	resource->name = href_last_segment(url, url);
	resource->is_calendar = true;
	resource->holds_events = true;
	resource->home_urls = g_ptr_array_new_with_free_func(g_free);
	resource->addresses = g_ptr_array_new_with_free_func(g_free);
	return resource;
}

/* One PROPFIND, and for a server that fails at it one that asks for less. The first failure is the
 * one to tell of. */
static GPtrArray *propfind_as(const CalDavSession *session, const char *url, unsigned depth,
	CalDavKind kind, char **ret_url, GError **error)
{
	g_autoptr(GError) failure = NULL;
	GPtrArray *responses =
		caldav_propfind(session, url, depth, bodies[kind], ret_url, &failure);

	if (kind != CALDAV_KIND_PLACE &&
		g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_SERVER))
		responses = caldav_propfind(
			session, url, depth, bodies[CALDAV_KIND_PLACE], ret_url, NULL);
	if (responses == NULL)
		g_propagate_error(error, g_steal_pointer(&failure));
	return responses;
}

GPtrArray *caldav_resource_ask_members(
	const CalDavSession *session, const char *url, GError **error)
{
	g_autofree char *base_url = NULL;
	g_autoptr(GPtrArray) responses =
		propfind_as(session, url, 1, CALDAV_KIND_CALENDAR, &base_url, error);
	GPtrArray *resources;

	if (responses == NULL)
		return NULL;
	resources = g_ptr_array_new_with_free_func((GDestroyNotify)caldav_resource_free);
	for (unsigned i = 0; i < responses->len; i++) {
		const DavResponse *response = g_ptr_array_index(responses, i);
		CalDavResource *resource =
			resource_new(response, base_url, dav_response_href(response));

		if (resource != NULL)
			g_ptr_array_add(resources, resource);
	}
	return resources;
}

int caldav_resource_refusal(const DavResponse *response)
{
	int type_status = dav_response_property_status(response, DAV_NS_DAV, "resourcetype");

	if (response->status / 100 > 2)
		return response->status;
	if (type_status / 100 <= 2)
		return 0;
	if (type_status == 404 && dav_property_holds(dav_response_property(response, DAV_NS_CALDAV,
							     "calendar-home-set"),
					  DAV_NS_DAV, "href"))
		return 0;
	return type_status;
}

/* Servers that answer for more than was asked put the resource itself anywhere; some spell it in a
 * way that has nothing to do with the request: then the first is meant. */
static const DavResponse *response_for(const GPtrArray *responses, const char *url)
{
	g_autofree char *key = href_key(url, url);

	for (unsigned i = 0; i < responses->len; i++) {
		const DavResponse *response = g_ptr_array_index(responses, i);
		g_autofree char *other = href_key(url, dav_response_href(response));

		if (g_strcmp0(key, other) == 0)
			return response;
	}
	return responses->len > 0 ? g_ptr_array_index(responses, 0) : NULL;
}

/* What was asked for is at the URL that answered: a server that names something else in its place
 * (or a proxy that rewrites paths) does not send us there. */
static CalDavResource *read_itself(const GPtrArray *responses, const char *base_url, GError **error)
{
	const DavResponse *response = response_for(responses, base_url);
	int refusal = response != NULL ? caldav_resource_refusal(response) : 0;

	if (refusal != 0) {
		caldav_error_set_status(error, refusal, base_url);
		return NULL;
	}
	if (response != NULL && dav_response_href(response) != NULL)
		return resource_new(response, base_url, base_url);
	caldav_error_set_body(error,
		g_error_new_literal(
			MULTISTATUS_ERROR, MULTISTATUS_ERROR_DAMAGED, "it names nothing"),
		base_url);
	return NULL;
}

CalDavResource *caldav_resource_ask(
	const CalDavSession *session, const char *url, CalDavKind kind, GError **error)
{
	g_autofree char *base_url = NULL;
	g_autoptr(GPtrArray) responses = propfind_as(session, url, 0, kind, &base_url, error);

	return responses != NULL ? read_itself(responses, base_url, error) : NULL;
}

CalDavResource *caldav_resource_ask_markers(
	const CalDavSession *session, const char *url, CalDavMarkers markers, GError **error)
{
	g_autofree char *body =
		g_strdup_printf("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
				"<D:propfind xmlns:D=\"DAV:\" "
				"xmlns:CS=\"http://calendarserver.org/ns/\"><D:prop>"
				"<D:resourcetype/><D:displayname/>%s%s</D:prop></D:propfind>\n",
			(markers & CALDAV_MARKER_CTAG) != 0 ? "<CS:getctag/>" : "",
			(markers & CALDAV_MARKER_SYNC_TOKEN) != 0 ? "<D:sync-token/>" : "");
	g_autofree char *base_url = NULL;
	g_autoptr(GPtrArray) responses = caldav_propfind(session, url, 0, body, &base_url, error);

	return responses != NULL ? read_itself(responses, base_url, error) : NULL;
}

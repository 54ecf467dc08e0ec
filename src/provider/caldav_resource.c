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

static const char properties_wanted[] =
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	"<D:propfind xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\" "
	"xmlns:CS=\"http://calendarserver.org/ns/\"><D:prop>"
	"<D:resourcetype/><D:displayname/><D:current-user-principal/>"
	"<C:calendar-home-set/><C:calendar-user-address-set/>"
	"<C:supported-calendar-component-set/><C:calendar-timezone/>"
	"<CS:getctag/><D:sync-token/><D:supported-report-set/></D:prop></D:propfind>\n";

/* Resource types whose members are no events to sync, even where "calendar" stands beside them
 * (calendar-protocols A4). */
static const struct {
	DavNamespace ns;
	const char *name;
} not_for_events[] = {
	{DAV_NS_CALDAV, "schedule-inbox"},
	{DAV_NS_CALDAV, "schedule-outbox"},
	{DAV_NS_CALENDARSERVER, "notification"},
	{DAV_NS_CALENDARSERVER, "notifications"},
	{DAV_NS_CALENDARSERVER, "dropbox-home"},
	{DAV_NS_CALENDARSERVER, "free-busy-only"},
	{DAV_NS_CALENDARSERVER, "deleted-calendar"},
	{DAV_NS_CALENDARSERVER, "trash-bin"},
	{DAV_NS_CALENDARSERVER, "subscribed"},
};

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
		if (dav_property_holds(type, not_for_events[i].ns, not_for_events[i].name))
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

/* NULL when the response names nothing. */
static CalDavResource *resource_new(const DavResponse *response, const char *base_url)
{
	const char *href = dav_response_href(response);
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

GPtrArray *caldav_resource_ask_members(
	const CalDavSession *session, const char *url, GError **error)
{
	g_autofree char *base_url = NULL;
	g_autoptr(GPtrArray) responses =
		caldav_propfind(session, url, 1, properties_wanted, &base_url, error);
	GPtrArray *resources;

	if (responses == NULL)
		return NULL;
	resources = g_ptr_array_new_with_free_func((GDestroyNotify)caldav_resource_free);
	for (unsigned i = 0; i < responses->len; i++) {
		CalDavResource *resource = resource_new(g_ptr_array_index(responses, i), base_url);

		if (resource != NULL)
			g_ptr_array_add(resources, resource);
	}
	return resources;
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

static CalDavResource *ask_itself(
	const CalDavSession *session, const char *url, const char *body, GError **error)
{
	g_autofree char *base_url = NULL;
	g_autoptr(GPtrArray) responses = caldav_propfind(session, url, 0, body, &base_url, error);
	const DavResponse *response;
	CalDavResource *resource = NULL;

	if (responses == NULL)
		return NULL;
	response = response_for(responses, base_url);
	if (response != NULL && response->status / 100 > 2) {
		caldav_error_set_status(error, response->status, base_url);
		return NULL;
	}
	if (response != NULL)
		resource = resource_new(response, base_url);
	if (resource == NULL)
		caldav_error_set_body(error,
			g_error_new_literal(
				MULTISTATUS_ERROR, MULTISTATUS_ERROR_DAMAGED, "it names nothing"),
			base_url);
	return resource;
}

CalDavResource *caldav_resource_ask(const CalDavSession *session, const char *url, GError **error)
{
	return ask_itself(session, url, properties_wanted, error);
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

	return ask_itself(session, url, body, error);
}

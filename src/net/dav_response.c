/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One DAV:response of a multistatus (RFC 4918, 14.24) and what it says about a resource. */
#include "net/dav_response.h"

#include <string.h>

DavNamespace dav_namespace(const char *uri)
{
	static const char *const uris[] = {
		[DAV_NS_OTHER] = "",
		[DAV_NS_DAV] = "DAV:",
		[DAV_NS_CALDAV] = "urn:ietf:params:xml:ns:caldav",
		[DAV_NS_CALENDARSERVER] = "http://calendarserver.org/ns/",
	};

	for (unsigned i = DAV_NS_DAV; uri != NULL && i < G_N_ELEMENTS(uris); i++) {
		if (strcmp(uri, uris[i]) == 0)
			return (DavNamespace)i;
	}
	return DAV_NS_OTHER;
}

DavElement *dav_element_new(DavNamespace ns, const char *name, char *take_attribute)
{
	DavElement *element = g_new0(DavElement, 1);

	element->ns = ns;
	element->name = g_strdup(name);
	element->attribute = take_attribute;
	element->text = g_strdup("");
	return element;
}

static void dav_element_free(void *data)
{
	DavElement *element = data;

	g_free(element->name);
	g_free(element->attribute);
	g_free(element->text);
	g_free(element);
}

DavProperty *dav_property_new(DavNamespace ns, const char *name)
{
	DavProperty *property = g_new0(DavProperty, 1);

	property->ns = ns;
	property->name = g_strdup(name);
	property->text = g_strdup("");
	property->elements = g_ptr_array_new_with_free_func(dav_element_free);
	return property;
}

static void dav_property_free(void *data)
{
	DavProperty *property = data;

	g_free(property->name);
	g_free(property->text);
	g_ptr_array_unref(property->elements);
	g_free(property);
}

DavResponse *dav_response_new(void)
{
	DavResponse *response = g_new0(DavResponse, 1);

	response->hrefs = g_ptr_array_new_with_free_func(g_free);
	response->properties = g_ptr_array_new_with_free_func(dav_property_free);
	response->errors = g_ptr_array_new_with_free_func(dav_element_free);
	return response;
}

void dav_response_free(DavResponse *response)
{
	if (response == NULL)
		return;
	g_ptr_array_unref(response->hrefs);
	g_ptr_array_unref(response->properties);
	g_ptr_array_unref(response->errors);
	g_free(response);
}

const char *dav_response_href(const DavResponse *response)
{
	return response->hrefs->len > 0 ? g_ptr_array_index(response->hrefs, 0) : NULL;
}

DavProperty *dav_response_property(const DavResponse *response, DavNamespace ns, const char *name)
{
	for (unsigned i = 0; i < response->properties->len; i++) {
		DavProperty *property = g_ptr_array_index(response->properties, i);

		if (property->ns == ns && strcmp(property->name, name) == 0 &&
			property->status / 100 == 2)
			return property;
	}
	return NULL;
}

int dav_response_property_status(const DavResponse *response, DavNamespace ns, const char *name)
{
	int status = 0;

	for (unsigned i = 0; i < response->properties->len; i++) {
		const DavProperty *property = g_ptr_array_index(response->properties, i);

		if (property->ns != ns || strcmp(property->name, name) != 0)
			continue;
		if (property->status / 100 == 2)
			return property->status;
		status = property->status;
	}
	return status;
}

char *dav_response_text(const DavResponse *response, DavNamespace ns, const char *name)
{
	const DavProperty *property = dav_response_property(response, ns, name);
	g_autofree char *text = NULL;

	if (property == NULL)
		return NULL;
	text = g_strstrip(g_strdup(property->text));
	return *text != '\0' ? g_steal_pointer(&text) : NULL;
}

bool dav_property_holds(const DavProperty *property, DavNamespace ns, const char *name)
{
	if (property == NULL)
		return false;
	for (unsigned i = 0; i < property->elements->len; i++) {
		const DavElement *element = g_ptr_array_index(property->elements, i);

		if (element->ns == ns && strcmp(element->name, name) == 0)
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One DAV:response of a multistatus (RFC 4918, 14.24) and what it says about a resource. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* The XML namespaces that we know. Elements of others are passed over with all that they hold. */
typedef enum {
	DAV_NS_OTHER,
	DAV_NS_DAV,            /* "DAV:" */
	DAV_NS_CALDAV,         /* "urn:ietf:params:xml:ns:caldav" */
	DAV_NS_CALENDARSERVER, /* "http://calendarserver.org/ns/" */
} DavNamespace;

/* The namespace of that URI; NULL is DAV_NS_OTHER. */
DavNamespace dav_namespace(const char *uri);

/* An element somewhere inside a property, in the order of the document. */
typedef struct DavElement {
	DavNamespace ns;
	char *name;      /* local name */
	char *attribute; /* of its "name" attribute (supported-calendar-component-set), or NULL */
	char *text;      /* its own text without the white space around it; never NULL */
} DavElement;

typedef struct DavProperty {
	DavNamespace ns;
	char *name;
	int status; /* of its propstat; 200 where that has none */
	char *text; /* its own text, CDATA joined, exactly as sent; never NULL */
	size_t text_bytes;
	GPtrArray *elements; /* of DavElement: everything below, flat; never NULL */
} DavProperty;

typedef struct DavResponse {
	GPtrArray *hrefs;      /* of char *: as sent; empty when the server wrote none */
	int status;            /* of the response itself; 0 when it has none */
	GPtrArray *properties; /* of DavProperty, whatever their status */
	GPtrArray *errors;     /* of DavElement: conditions in DAV:error */
} DavResponse;

/* Empty ones; `take_attribute` may be NULL. Whoever holds them frees them: the arrays of a
 * DavResponse and of a DavProperty do so. */
DavElement *dav_element_new(DavNamespace ns, const char *name, char *take_attribute);
DavProperty *dav_property_new(DavNamespace ns, const char *name);

DavResponse *dav_response_new(void);
void dav_response_free(DavResponse *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DavResponse, dav_response_free)

/* The first href, or NULL. Borrowed. */
const char *dav_response_href(const DavResponse *response);

/* The property of that name that the server has, that is with a 2xx status; or NULL. Borrowed. */
DavProperty *dav_response_property(const DavResponse *response, DavNamespace ns, const char *name);

/* The status of the property of that name, the one that the server has if there are several; 0 when
 * it is not mentioned. */
int dav_response_property_status(const DavResponse *response, DavNamespace ns, const char *name);

/* The text of dav_response_property() without the white space around it; NULL when there is no such
 * property or no text. Caller frees. */
char *dav_response_text(const DavResponse *response, DavNamespace ns, const char *name);

/* True when the property holds an element of that name at any depth. NULL holds nothing. */
bool dav_property_holds(const DavProperty *property, DavNamespace ns, const char *name);

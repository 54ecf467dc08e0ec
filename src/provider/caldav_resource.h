/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a server says about one of its collections: a calendar, a principal, a home or none of
 * these. */
#pragma once

#include "net/dav_response.h"
#include "provider/caldav_request.h"

typedef struct CalDavResource {
	char *url;       /* ends in a slash */
	char *key;       /* href_key() of the URL: its identity */
	char *name;      /* DAV:displayname, else the last segment of the path */
	char *zone_name; /* of the calendar's own time zone (RFC 4791, 5.2.2), or NULL */
	bool is_calendar;
	bool holds_events;    /* a calendar, and neither for tasks only nor an inbox and the like */
	char *principal_url;  /* current-user-principal, or NULL */
	GPtrArray *home_urls; /* of char *: calendar-home-set; never NULL */
	GPtrArray *
		addresses; /* of char *: calendar-user-address-set, without "mailto:"; never NULL */
} CalDavResource;

CalDavResource *caldav_resource_copy(const CalDavResource *resource);
void caldav_resource_free(CalDavResource *resource);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalDavResource, caldav_resource_free)

/* Asks for the collection at `url` itself. NULL with CALDAV_ERROR. Caller frees. */
CalDavResource *caldav_resource_ask(const CalDavSession *session, const char *url, GError **error);

/* What can be said about a calendar whose server answers no PROPFIND (Zoho has such). Caller frees.
 */
CalDavResource *caldav_resource_assume_calendar(const char *url);

/* Asks for the members of the collection at `url`, itself included: an array of CalDavResource.
 * NULL with CALDAV_ERROR. Caller unrefs. */
GPtrArray *caldav_resource_ask_members(
	const CalDavSession *session, const char *url, GError **error);

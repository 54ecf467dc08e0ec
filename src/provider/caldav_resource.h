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
	bool is_named;   /* discovery: a person typed its address, and that is more than a host's */
	bool is_calendar;
	bool holds_events; /* a calendar, and neither for tasks only nor an inbox and the like */
	char *ctag;        /* CS:getctag: differs once anything in it changed; or NULL */
	char *sync_token;  /* DAV:sync-token: the same, and what changed can be asked; or NULL */
	bool knows_sync_report; /* sync-collection is among its supported reports */
	char *principal_url;    /* current-user-principal, or NULL */
	GPtrArray *home_urls;   /* of char *: calendar-home-set; never NULL */
	GPtrArray *
		addresses; /* of char *: calendar-user-address-set, without "mailto:"; never NULL */
} CalDavResource;

/* True for what can be a name of the tz database: GLib would open any path that it is given. */
bool caldav_zone_name_is_plain(const char *name);

CalDavResource *caldav_resource_copy(const CalDavResource *resource);
void caldav_resource_free(CalDavResource *resource);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalDavResource, caldav_resource_free)

/* What a resource is asked as: only for what its kind has, because some servers fail at the rest
 * (calendar-protocols A4). What was not asked for stays empty. */
typedef enum {
	CALDAV_KIND_PLACE,     /* whatever a person typed: its type, and whither it leads */
	CALDAV_KIND_PRINCIPAL, /* its homes and addresses */
	CALDAV_KIND_CALENDAR,  /* all that a calendar has */
} CalDavKind;

/* The status by which the server refuses a collection within a whole answer, or 0. Where it does
 * not even tell the type that it was asked for (sabre/dav), what else it tells of every address
 * counts for nothing; only a principal, whose own the homes are, may do without one. */
int caldav_resource_refusal(const DavResponse *response);

/* Asks for the collection at `url` itself. A server that fails at a long list of properties is
 * asked again as for a place. A refusal is an error in each of the ways in which servers word it:
 * the status of the answer, of its response, or of the resource's type in it. The resource is the
 * one at the URL that answered, however the server spells it. NULL with CALDAV_ERROR. Caller frees.
 */
CalDavResource *caldav_resource_ask(
	const CalDavSession *session, const char *url, CalDavKind kind, GError **error);

/* Asks the calendar at `url` itself whether it changed: its type, its name, and what `markers`
 * wants to know; the rest stays empty. NULL with CALDAV_ERROR. Caller frees. */
typedef enum {
	CALDAV_MARKER_CTAG = 1 << 0,
	CALDAV_MARKER_SYNC_TOKEN = 1 << 1,
} CalDavMarkers;
CalDavResource *caldav_resource_ask_markers(
	const CalDavSession *session, const char *url, CalDavMarkers markers, GError **error);

/* What can be said about a calendar whose server answers no PROPFIND (Zoho has such). Caller frees.
 */
CalDavResource *caldav_resource_assume_calendar(const char *url);

/* Asks for the members of the collection at `url`, itself included, as calendars: an array of
 * CalDavResource.
 * NULL with CALDAV_ERROR. Caller unrefs. */
GPtrArray *caldav_resource_ask_members(
	const CalDavSession *session, const char *url, GError **error);

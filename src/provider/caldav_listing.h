/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The objects of one calendar: their names and etags, without their contents. */
#pragma once

#include "provider/caldav_resource.h"

/* Bounds the memory that a hostile listing costs. */
#define CALDAV_MAX_MEMBERS 200000

/* The properties that tell a member from others, for a request in which D is "DAV:". */
#define CALDAV_MEMBER_PROPERTIES                                                                   \
	"<D:getetag/><D:getlastmodified/><D:resourcetype/><D:getcontenttype/>"

/* One object as the server lists it. */
typedef struct CalDavMember {
	char *key;         /* href_key(): its identity */
	char *path;        /* as the server spells it: what multigets must name */
	char *etag;        /* opaque bytes, with the time of the last change where the server tells
			      it, or NULL; says nothing without the key (A10) */
	bool is_elsewhere; /* listed under another path than the calendar's, as behind some
			      proxies; the key is that of its name in the calendar */
} CalDavMember;

/* The member of that href that a response describes; NULL when it holds no events: a
 * sub-collection, a task, a page. Where the server gives no etag, the time of the last change
 * stands in (A10). Caller frees. */
CalDavMember *caldav_member_new(
	const CalDavResource *calendar, const char *href, const DavResponse *response);
void caldav_member_free(CalDavMember *member);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalDavMember, caldav_member_free)

/* The error for a calendar of more than CALDAV_MAX_MEMBERS. */
void caldav_listing_set_too_many(const CalDavResource *calendar, GError **error);

/* All objects of the calendar that may hold events, each once, as CalDavMember; sub-collections
 * and the calendar itself left out. What lies elsewhere is left out too, unless the whole list does
 * (proxies that rewrite paths): then its last segments are the names of the members (A6). Listed by
 * PROPFIND, or by calendar-query where the server refuses that. NULL with CALDAV_ERROR: then
 * nothing is known, least of all that anything is gone. Caller unrefs. */
GPtrArray *caldav_list_members(
	const CalDavSession *session, const CalDavResource *calendar, GError **error);

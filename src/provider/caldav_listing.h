/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The objects of one calendar: their names and etags, without their contents. */
#pragma once

#include "provider/caldav_resource.h"

/* One object as the server lists it. */
typedef struct CalDavMember {
	char *key;  /* href_key(): its identity */
	char *path; /* as the server spells it: what multigets must name */
	char *etag; /* opaque bytes, or NULL; says nothing without the key (A10) */
} CalDavMember;

void caldav_member_free(CalDavMember *member);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalDavMember, caldav_member_free)

/* All objects of the calendar that may hold events, each once, as CalDavMember; sub-collections,
 * the calendar itself and what lies elsewhere left out. Listed by PROPFIND, or by calendar-query
 * where the server refuses that. NULL with CALDAV_ERROR: then nothing is known, least of all that
 * anything is gone. Caller unrefs. */
GPtrArray *caldav_list_members(
	const CalDavSession *session, const CalDavResource *calendar, GError **error);

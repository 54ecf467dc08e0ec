/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the calendars of an account, whatever URL its owner typed (RFC 6764; calendar-protocols
 * A2). */
#pragma once

#include "provider/caldav_resource.h"

typedef struct CalDavDiscovery {
	GPtrArray *calendars; /* of CalDavResource: every calendar, also those without events */
	GPtrArray *addresses; /* of char *: the owner's, as far as the server knows them */
	bool is_complete;     /* no place was passed over: what is not listed is not there */
} CalDavDiscovery;

void caldav_discovery_free(CalDavDiscovery *discovery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalDavDiscovery, caldav_discovery_free)

/* The first of the account's URL, "/.well-known/caldav" and "/" of its host that is a calendar or
 * knows the way to the account's calendars; if none does, the first that speaks DAV at all. NULL
 * with CALDAV_ERROR: that of the account's URL. `ret_is_gone` (or NULL): that URL itself answered
 * 404 or 410. Caller frees. */
CalDavResource *caldav_discovery_start(
	const CalDavSession *session, const char *account_url, bool *ret_is_gone, GError **error);

/* Goes from there by principal and calendar homes to the calendars. Without a principal the start
 * is one (Synology, DavMail, Zoho); a principal without a home is one (GMX); a calendar that nobody
 * lists stands for itself. NULL with CALDAV_ERROR. Caller frees. */
CalDavDiscovery *caldav_discover(
	const CalDavSession *session, const CalDavResource *start, GError **error);

/* True when an answer says that nothing is to be found there, rather than that the server could not
 * or would not say: then the next place may be tried. */
bool caldav_discovery_leads_nowhere(const GError *error);

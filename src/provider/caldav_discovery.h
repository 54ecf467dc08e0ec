/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the calendars of an account, whatever URL its owner typed (RFC 6764; calendar-protocols
 * A2). */
#pragma once

#include "provider/caldav_resource.h"

typedef struct CalDavDiscovery {
	GPtrArray *calendars; /* of CalDavResource: every calendar, also those without events */
	bool is_complete;     /* no place was passed over: what is not listed is not there */
} CalDavDiscovery;

void caldav_discovery_free(CalDavDiscovery *discovery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalDavDiscovery, caldav_discovery_free)

/* Where discovery begins: the account's URL, if it speaks DAV; "/.well-known/caldav" or "/" of its
 * host only where it knows no way to the account's calendars, or is no more than the name of a
 * host. NULL with CALDAV_ERROR: that of the account's URL. Caller frees. */
CalDavResource *caldav_discovery_start(
	const CalDavSession *session, const char *account_url, GError **error);

/* Where to look whether the account still lists a calendar that answered 404, of that key: at the
 * principal that is remembered (or NULL), the account's URL if that is not the calendar's own, or
 * the host. NULL when nothing answers. Caller frees. */
CalDavResource *caldav_discovery_restart(
	const CalDavSession *session, const char *principal_url, const char *gone_key);

/* Goes from there by principal and calendar homes to the calendars. Without a principal the start
 * is one (Synology, DavMail, Zoho); a principal without a home is one (GMX); a folder of calendars
 * that is not on the way to the homes stands for itself, and so does a calendar that nobody lists.
 * NULL with CALDAV_ERROR. Caller frees. */
CalDavDiscovery *caldav_discover(
	const CalDavSession *session, const CalDavResource *start, GError **error);

/* True when an answer says that nothing is to be found there, rather than that the server could not
 * or would not say: then the next place may be tried. */
bool caldav_discovery_leads_nowhere(const GError *error);

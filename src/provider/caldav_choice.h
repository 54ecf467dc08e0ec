/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which calendar of an account is meant; the account's URL is where the session's credentials
 * belong. */
#pragma once

#include "provider/caldav_resource.h"

/* What is remembered from earlier runs; any may be NULL. */
typedef struct CalDavKnown {
	const char *calendar_url;  /* of the calendar that was synced */
	const char *principal_url; /* that it named */
} CalDavKnown;

/* The calendar that a configured id stands for: an href, an absolute path or a URL. One that is no
 * longer there is looked for in the account's list; no other ever takes its place. NULL with
 * CALDAV_ERROR: that of its own address. Caller frees. */
CalDavResource *caldav_choice_configured(
	const CalDavSession *session, const CalDavKnown *known, const char *id, GError **error);

/* The calendar of an account for which none was chosen: the account's URL itself, else the only
 * calendar that holds events. What refuses to answer has no substitute: neither the account's URL
 * nor the calendar that was synced so far. NULL with CALDAV_ERROR; when there are several, its
 * message lists them. Caller frees. */
CalDavResource *caldav_choice_only(
	const CalDavSession *session, const CalDavKnown *known, GError **error);

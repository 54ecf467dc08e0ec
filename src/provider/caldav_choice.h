/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which calendar of an account is meant; the account's URL is where the session's credentials
 * belong. */
#pragma once

#include "provider/caldav_resource.h"

/* The calendar that a configured id stands for: an href, an absolute path or a URL. One that is no
 * longer there is looked for in the account's list. NULL with CALDAV_ERROR. Caller frees. */
CalDavResource *caldav_choice_configured(
	const CalDavSession *session, const char *id, GError **error);

/* The calendar of an account for which none was chosen: the account's URL itself, else the only
 * calendar that holds events. NULL with CALDAV_ERROR; when there are several, its message lists
 * them. Caller frees. */
CalDavResource *caldav_choice_only(const CalDavSession *session, GError **error);

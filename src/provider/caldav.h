/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CalDAV provider (RFC 4791), for any of the servers of this world. */
#pragma once

#include "provider/provider.h"

/* Credentials are `{"url","username","password"}`. The URL may be a site's root, a DAV context
 * path, a principal, a calendar home, a calendar or a bare domain.
 *
 * A calendar id is an href, an absolute path or a URL; it is resolved against the account's URL.
 * When no id is given, the account's URL itself is the calendar; when that is no calendar, and the
 * account has exactly one calendar that holds events, that one is meant. With several, nobody can
 * know which: the sync fails with PROVIDER_ERROR_PERMANENT and a message that lists them. In both
 * cases ProviderCalendar.id is "", as configured. */
extern const Provider caldav_provider;

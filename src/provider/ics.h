/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Published calendars: one address that answers with all of a calendar (RFC 5545). */
#pragma once

#include "provider/provider.h"

/* Credentials are `{"url"}`, with "username" and "password" where the address asks for them. The
 * URL begins with https:// or webcal://, and is a secret of its own: whoever knows it reads the
 * calendar. So it is in no message, no name and no cursor.
 *
 * A connection has one calendar, whose id is as configured, or "published". */
extern const Provider ics_provider;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calendars that a Google account lists (calendar-protocols C1). */
#pragma once

#include <glib.h>

#include "provider/google_session.h"

/* All of them, hidden ones too, as ProviderCalendar: the primary one under its own id. NULL with
 * PROVIDER_ERROR. Caller unrefs. */
GPtrArray *google_calendars_list(GoogleSession *session, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The owner's own name for calendar `id` ("primary" too) in such a list; NULL when it is not there.
 * Borrowed. */
const char *google_calendars_name(const GPtrArray *calendars, const char *id);

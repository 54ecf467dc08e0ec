/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of one Google calendar (calendar-protocols C2). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "provider/google_session.h"

/* What to list, and where it goes; all borrowed. */
typedef struct GoogleEventList {
	GoogleSession *session;
	const ProviderRequest *request;
	ProviderSink *sink;
	const char *calendar_id; /* as configured */
	const char *name;        /* the owner's own for it; NULL: as the calendar calls itself */
} GoogleEventList;

/* Lists the calendar's window page by page, from begin_calendar() to end_calendar(). A failure that
 * concerns this calendar is told there; false (PROVIDER_ERROR) when it ends the connection, or with
 * the sink's own error. */
bool google_events_list(const GoogleEventList *list, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of one Google calendar (calendar-protocols C2). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "provider/google_calendars.h"
#include "provider/google_session.h"

/* What to list, and where it goes; all borrowed. */
typedef struct GoogleEventList {
	GoogleSession *session;
	GoogleCalendars *calendars;
	const ProviderRequest *request;
	ProviderSink *sink;
	const char *calendar_id; /* as configured */
} GoogleEventList;

/* Lists what changed since the last run, or where that cannot be had the calendar's whole window,
 * page by page, from cursor() to end_calendar(). A failure that concerns this calendar is told
 * there; false (PROVIDER_ERROR) when it ends the connection, or with the sink's own error. */
bool google_events_list(const GoogleEventList *list, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of one Google calendar (calendar-protocols C2). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "event/event_copy.h"
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

/* Whose calendar it is, as far as that is known before it is listed: what was remembered, else what
 * the list of calendars says, which would be asked for anyway. False (PROVIDER_ERROR) when that
 * ends the connection. */
bool google_events_holder(const GoogleEventList *list, CopyHolder *ret_holder,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lists what changed since the last run, or where that cannot be had the calendar's whole window,
 * page by page, from cursor() to end_calendar(). A failure that concerns this calendar is told
 * there; false (PROVIDER_ERROR) when it ends the connection, or with the sink's own error. */
bool google_events_list(const GoogleEventList *list, GError **error) G_GNUC_WARN_UNUSED_RESULT;

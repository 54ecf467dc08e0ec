/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calendars that a Google account lists (calendar-protocols C1). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "provider/google_session.h"

/* All of them, hidden ones too, as ProviderCalendar: the primary one under its own id. NULL with
 * PROVIDER_ERROR. Caller unrefs. */
GPtrArray *google_calendars_list(GoogleSession *session, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, asked for when it is first needed, and once in a run. */
typedef struct GoogleCalendars GoogleCalendars;

/* The session must outlive it. Caller frees. */
GoogleCalendars *google_calendars_new(GoogleSession *session);
void google_calendars_free(GoogleCalendars *calendars);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GoogleCalendars, google_calendars_free)

/* Whether the account lists calendar `id` ("primary" too). */
typedef enum {
	GOOGLE_CALENDAR_LISTED,
	GOOGLE_CALENDAR_NOT_LISTED,
	GOOGLE_CALENDAR_NOT_KNOWN, /* the list cannot be had (the owner may have allowed events
				      alone), or is not complete */
} GoogleCalendarState;

/* `ret_calendar` (or NULL) is its entry where it is listed, by the owner's own name; else NULL.
 * Borrowed. False (PROVIDER_ERROR) when the failure ends the connection. */
bool google_calendars_find(GoogleCalendars *calendars, const char *id,
	GoogleCalendarState *ret_state, const ProviderCalendar **ret_calendar,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The id of the primary calendar, which is the owner's address, as far as google_calendars_find()
 * had an answer; or NULL. Borrowed. */
const char *google_calendars_account(const GoogleCalendars *calendars);

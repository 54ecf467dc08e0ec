/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An event as a JSON object, for people and tests: `explain --json`. */
#pragma once

#include <cjson/cJSON.h>

#include "event/event.h"

/* uid, recurrence_id ("2026-03-02T08:00:00Z", "2026-03-02" in an all-day series, or null), all_day,
 * start_date and end_date or start_utc and end_utc, summary, location, status, organizer,
 * attendees; then event_uid, description, meeting_url, html_link, is_private, is_transparent.
 * What is absent is null. Caller frees with cJSON_Delete(). */
cJSON *event_to_json(const Event *event);

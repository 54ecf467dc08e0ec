/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source of an event as JSON, for `_raw_data`. */
#pragma once

#include "event/event.h"

/* An object with uid, recurrence_id, summary, description, location, start, end, all_day, status,
 * class, transparency, organizer, owner_status (the PARTSTAT of the attendee who is_self), url and
 * attendee_count; what is absent is left out. Compact, Unicode and slashes unescaped. At most about
 * 16 KiB: long texts are cut at a character. Caller frees. */
char *ical_json_new(const Event *event);

/* "2026-03-02T08:00:00Z"; caller frees. */
char *ical_json_time(int64_t utc);

/* "2026-03-02"; caller frees. */
char *ical_json_date(CivilDate date);

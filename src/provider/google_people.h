/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Organizer and guests of Google's event objects (calendar-protocols C3). */
#pragma once

#include <stdbool.h>

#include "event/event.h"
#include "provider/json.h"

/* Fills in the organizer and the attendees of `event`. Rooms and calendars that stand where people
 * do become resources and groups, which are never matched. Google marks as `self` whose calendar it
 * is. That is the owner only in a calendar that `is_own`; elsewhere it is who bears the address
 * `account` (or NULL: nobody knows). */
void google_people_read(const cJSON *item, bool is_own, const char *account, Event *event);

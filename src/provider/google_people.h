/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Organizer and guests of Google's event objects (calendar-protocols C3). */
#pragma once

#include "event/event.h"
#include "provider/json.h"

/* Fills in the organizer and the attendees of `event`. Rooms and calendars that stand where people
 * do become resources and groups, which are never matched. */
void google_people_read(const cJSON *item, Event *event);

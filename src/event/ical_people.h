/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Organizers and attendees of iCalendar objects. */
#pragma once

#include <libical/ical.h>

#include "event/event.h"

/* Reads an ATTENDEE or ORGANIZER. The address is the target of a mailto, or what stands bare, else
 * the EMAIL parameter (RFC 7986), else a CN that is one; without a usable one the email is NULL.
 * `own_addresses` as in IcalOptions. Caller frees. */
Attendee *ical_people_read(icalproperty *property, const char *const *own_addresses);

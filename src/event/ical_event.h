/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a VEVENT says about an event, apart from its times. */
#pragma once

#include "event/event.h"
#include "event/ical_object.h"

/* An event with everything but times, identity and raw_json. `own_addresses` as in IcalOptions.
 * Caller frees. */
Event *ical_event_new(const IcalComponent *component, const char *const *own_addresses);

/* A copy for one occurrence. Caller frees. */
Event *ical_event_copy(const Event *event);

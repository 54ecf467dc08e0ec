/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A time zone: when its clocks show what. Local times are seconds as in event/civil.h. */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "event/ical_object.h"

typedef struct Zone Zone;

/* A zone of the tz database or a fixed offset; keeps a reference. NULL: UTC. */
Zone *zone_new(GTimeZone *glib);

/* The zone that a VTIMEZONE defines; NULL when it has no observance that can be read. `budget` as
 * for recurrence_new(). */
Zone *zone_new_from_component(const IcalComponent *vtimezone, int64_t *budget);

void zone_free(Zone *zone);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zone, zone_free)

/* RFC 5545, 3.3.5: a local time that does not exist is read with the offset before the gap; of one
 * that happens twice the first is meant. */
int64_t zone_to_utc(const Zone *zone, int64_t local);

int64_t zone_to_local(const Zone *zone, int64_t utc);

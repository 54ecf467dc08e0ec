/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which VEVENT of a UID speaks for which instance (RFC 5545, 3.8.4.4). */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "event/ical_part.h"

/* RANGE=THISANDFUTURE: from the instance `key` on. */
typedef struct {
	int64_t key;
	int64_t shift; /* what the wall clock of the series is moved by */
	const IcalPart *part;
} IcalFuture;

/* Keys name instances by the start that the rule gave them: unix seconds in a timed series, the
 * midnight of the day in an all-day one. */
typedef struct IcalOverrides {
	const IcalPart *master; /* NULL: instances without their series */
	GHashTable *by_key;     /* key (int64_t) -> IcalPart */
	GArray *futures;        /* of IcalFuture, ascending */
} IcalOverrides;

/* Sorts the parts (of IcalPart, borrowed) out: of two for the same instance the newer counts. */
void ical_overrides_init(IcalOverrides *overrides, const GPtrArray *parts);
void ical_overrides_clear(IcalOverrides *overrides);

/* Which instance of the series a RECURRENCE-ID, EXDATE or RDATE names. A date in a timed series
 * means the time of day of DTSTART; a time in an all-day series its day. */
int64_t ical_overrides_key(const IcalPart *master, const IcalTime *time, const Zone *zone);

/* What the series' clock shows at an instance. */
int64_t ical_overrides_local(const IcalPart *master, int64_t key);

/* The last THISANDFUTURE at or before an instance, or NULL. */
const IcalFuture *ical_overrides_future(const IcalOverrides *overrides, int64_t key);

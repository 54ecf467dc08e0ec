/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of more events than are kept, those nearest to now: how many days that is. */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

/* How many events happen how many days from now. */
typedef struct SpanCount SpanCount;
SpanCount *span_count_new(int64_t now_utc);
void span_count_free(SpanCount *count);

void span_count_add(SpanCount *count, const Event *event);

/* The most days before and after now that have no more than `events_max` of the events counted; 0
 * when one day has more. */
unsigned span_count_days(const SpanCount *count, size_t events_max);

/* The part of a window that is so many days from now; all of it for 0 days. */
TimeWindow span_window(TimeWindow window, unsigned days, int64_t now_utc);

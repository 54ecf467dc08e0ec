/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expands a recurrence rule in wall clock time (RFC 5545, 3.3.10). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "event/recurrence_rule.h"

/* The work that one object may cost; each period or day that is looked at takes one. About half a
 * second. */
#define RECURRENCE_BUDGET INT64_C(20000000)

typedef struct Recurrence Recurrence;

typedef enum {
	RECURRENCE_INSTANCE,
	RECURRENCE_END,       /* no more instances before `to` or the year 10000 */
	RECURRENCE_EXHAUSTED, /* the budget is used up: nobody knows what would follow */
} RecurrenceStep;

/* What DTSTART is to a rule. */
typedef enum {
	RECURRENCE_START_BELONGS, /* an instance, and counted, whether the rule gives it or not */
	RECURRENCE_START_AS_MATCHED, /* an instance when the rule gives it */
} RecurrenceStart;

/* Prepares the instances in `from` .. `to`, inclusive: those before are passed over without being
 * counted one by one, and the search ends behind. `start` is DTSTART; in a
 * series of days (`is_date`) the parts of the rule below a day mean nothing. All are local times.
 * UNTIL is left to the caller, who knows the zone; COUNT is observed. `rule` and `budget` are
 * borrowed and must live longer; the budget is used up by the work. Caller frees. */
Recurrence *recurrence_new(const RecurrenceRule *rule, RecurrenceStart start_is, int64_t start,
	bool is_date, int64_t from, int64_t to, int64_t *budget);
void recurrence_free(Recurrence *recurrence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Recurrence, recurrence_free)

/* The next instance, in ascending order, each once; written with RECURRENCE_INSTANCE only. */
RecurrenceStep recurrence_next(Recurrence *recurrence, int64_t *ret_local);

/* The last instance of a rule with COUNT; G_MAXINT64 without COUNT, or when it is not known. */
int64_t recurrence_last(const Recurrence *recurrence);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares what a calendar holds with what is remembered of it (calendar-protocols A1.6, A6). */
#pragma once

#include "provider/caldav_changes.h"
#include "provider/caldav_objects.h"

/* What is known beside the two lists. */
typedef struct CalDavReconcile {
	bool may_keep;     /* objects with the same etag need not be read again */
	bool is_unchanged; /* the server says so: then a list of nothing at all is not believed */
	const CalDavChanges *changes; /* reported by the server, or NULL: such objects are read
					 again whatever their etags (A10) */
} CalDavReconcile;

/* Passes on what differs between `members` (all that the calendar holds, of CalDavMember) and what
 * the sink remembers; in a listing of all, also what does not. False with CALDAV_ERROR, or with the
 * error of the sink. */
bool caldav_reconcile(const CalDavTarget *target, const GPtrArray *members,
	const CalDavReconcile *reconcile, GError **error);

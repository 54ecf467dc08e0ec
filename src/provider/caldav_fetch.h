/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fetches calendar objects: many at once where the server can, one by one where it cannot. */
#pragma once

#include "provider/caldav_listing.h"

/* Gets one object's bytes. Returning false (error set) ends the fetching. */
typedef bool (*CalDavObjectFunc)(
	void *data, const CalDavMember *member, const char *bytes, size_t length, GError **error);

/* What could not be fetched. */
typedef struct CalDavMissing {
	unsigned count;
	GError *first; /* CALDAV_ERROR: why the first of them could not; NULL when count is 0 */
} CalDavMissing;

void caldav_missing_clear(CalDavMissing *missing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CalDavMissing, caldav_missing_clear)

/* Fetches the `members` (of CalDavMember) of the calendar and passes each to `func`; holds one
 * batch in memory. Multigets of 50, halved when they fail; a lone object is asked for by GET, and
 * so is whatever a multiget leaves out: only 404 and 410 say that an object was deleted meanwhile,
 * and such objects are passed over. Others that cannot be had are counted in `ret_missing`, and the
 * rest goes on. False with CALDAV_ERROR when it makes no sense to go on (credentials refused,
 * server away or busy, one object after another failing), or with the error of `func`. */
bool caldav_fetch(const CalDavSession *session, const CalDavResource *calendar,
	const GPtrArray *members, CalDavObjectFunc func, void *data, CalDavMissing *ret_missing,
	GError **error);

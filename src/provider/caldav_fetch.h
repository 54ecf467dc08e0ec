/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fetches calendar objects: many at once where the server can, one by one where it cannot. */
#pragma once

#include "provider/caldav_listing.h"

/* Where objects go. Returning false (error set) ends the fetching. */
typedef struct CalDavObjectSink {
	void *data; /* passed to both */

	/* One object's bytes. */
	bool (*object)(void *data, const CalDavMember *member, const char *bytes, size_t length,
		GError **error);
	/* The object was deleted since it was listed. */
	bool (*gone)(void *data, const CalDavMember *member, GError **error);
} CalDavObjectSink;

/* What could not be fetched. */
typedef struct CalDavMissing {
	unsigned count;
	GError *first; /* CALDAV_ERROR: why the first of them could not; NULL when count is 0 */
} CalDavMissing;

void caldav_missing_clear(CalDavMissing *missing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CalDavMissing, caldav_missing_clear)

/* Fetches the `members` (of CalDavMember) of the calendar and passes each to the sink; holds one
 * batch in memory. Multigets of 50, halved when they fail, and as small as what the server
 * answers of one; a lone object is asked for by GET, and
 * so is whatever a multiget leaves out: only 404 and 410 to a GET say that an object was deleted
 * meanwhile. Others that cannot be had are counted in `ret_missing`, and the rest goes on. False
 * with CALDAV_ERROR when it makes no sense to go on (credentials refused, server away or busy, one
 * object after another failing), or with the error of the sink. */
bool caldav_fetch(const CalDavSession *session, const CalDavResource *calendar,
	const GPtrArray *members, const CalDavObjectSink *sink, CalDavMissing *ret_missing,
	GError **error);

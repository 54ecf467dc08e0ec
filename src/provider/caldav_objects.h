/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calendar objects on their way to the provider's sink: fetched, read, expanded into events. */
#pragma once

#include "provider/caldav_listing.h"
#include "provider/provider.h"

/* The calendar in hand, and where what is found in it goes. All borrowed. */
typedef struct CalDavTarget {
	const CalDavSession *session;
	const ProviderRequest *request;
	ProviderSink *sink;
	ProviderListing listing; /* as which the calendar was begun */
	const CalDavResource *calendar;
	GTimeZone *zone;                  /* the calendar's own, or NULL */
	const char *const *own_addresses; /* the owner's, in lower case; NULL-terminated */
} CalDavTarget;

/* Fetches the `members` (of CalDavMember) and passes each on as an object with its events. False
 * with CALDAV_ERROR when any could not be had, after as many others as possible were passed on; or
 * with the error of the sink. */
bool caldav_pass_objects(const CalDavTarget *target, const GPtrArray *members, GError **error);

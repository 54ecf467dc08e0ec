/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calendar objects on their way to the provider's sink: fetched, read, and expanded into events
 * together with those that share their UIDs. */
#pragma once

#include "provider/caldav_holders.h"
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

/* What is there of the calendar. `known` and `listed` are borrowed. */
typedef struct CalDavStock {
	GHashTable *known;      /* key -> ProviderObject: as remembered */
	GHashTable *listed;     /* key -> CalDavMember: all that there is; NULL: not listed, what
				   is known is there as far as it is not told gone */
	CalDavHolders *holders; /* who holds which UID, without what is gone */
	GHashTable *wanted;     /* key -> CalDavMember: to be fetched */
	GPtrArray *order;       /* of CalDavMember: in which they came to be wanted; some are not
				   wanted any more, or under another member */
	GHashTable *told;       /* set of keys of objects that the sink was told to be there */
	GPtrArray *made;        /* of CalDavMember: owned, for those that were not listed */
} CalDavStock;

void caldav_stock_init(CalDavStock *stock, GHashTable *known, GHashTable *listed);
void caldav_stock_clear(CalDavStock *stock);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CalDavStock, caldav_stock_clear)

/* Tells the sink that the object is gone; those that shared a UID with it are wanted. Before
 * anything else is told. */
bool caldav_stock_gone(
	CalDavStock *stock, const CalDavTarget *target, const char *key, GError **error);
/* The member (borrowed) is wanted, and so are those that share a UID with it. */
void caldav_stock_want(CalDavStock *stock, const CalDavMember *member);

/* The object of that key as it is to be fetched; NULL: there is none. Borrowed from the stock. */
const CalDavMember *caldav_stock_member(CalDavStock *stock, const char *key);

/* Fetches what is wanted and passes it on with its events. What turns out to share a UID with what
 * was told already is left to the next listing (ProviderSink.object_unsettled). False with
 * CALDAV_ERROR when any could not be had, after as many others as possible were passed on; or with
 * the error of the sink. */
bool caldav_pass_objects(const CalDavTarget *target, CalDavStock *stock, GError **error);

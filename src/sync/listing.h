/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries what a provider yields into the event store, and what it left in earlier runs back to it:
 * the sink of one connection. The stored events are read when something differs, not before. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "match/contact_index.h"
#include "provider/provider.h"
#include "site/site.h"
#include "user/user_state.h"
#include "wp/event_store.h"

/* All borrowed; must outlive the listing. */
typedef struct ListingOptions {
	Db *db;
	const WpSite *site;
	const EventStoreOptions *store; /* but its `state`, which the listing finds out */
	bool match_names;
	/* Events name no calendar: the theme shows the connection's label in its place, as it is
	 * at the time. */
	bool has_label;

	ConnectionState *state; /* gets a row when it needs one */
	bool has_tables;        /* else nothing is remembered, and all is listed each time */
	uint8_t settings_hash[STATE_HASH_BYTES]; /* of what events depend on besides the calendar */
	bool forgets;                            /* list all as if nothing were remembered */
	int64_t full_every_secs;                 /* all is listed at least this often */
	size_t events_max;                       /* of this connection */
	size_t events_max_per_user;              /* of all connections of its user */

	/* Called before stored events are read and written: keeps others from doing the same; false
	 * stops the listing. */
	bool (*claim)(void *data, GError **error);
	/* The user's contacts; NULL with error set. Asked for when the first event arrives. */
	const ContactIndex *(*contacts)(void *data, GError **error);
	/* One object is skipped; the rest goes on. */
	void (*on_unreadable)(const char *href, const GError *why, void *data);
	/* One object, or an item of it, was not taken as it stands. */
	void (*on_doubtful)(const char *href, const char *text, void *data);
	/* Called now and then while events arrive, to keep a lease alive; false stops the listing.
	 */
	bool (*on_progress)(void *data, GError **error);
	void *data;
} ListingOptions;

typedef struct Listing Listing;
Listing *listing_new(const ListingOptions *options);
void listing_free(Listing *listing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listing, listing_free)

/* Has the provider tell what the request asks for, and then list those calendars whole whose copies
 * of some events are the best ones now that others are gone: so no meeting is lost that another
 * calendar holds, not even for a pass. False with PROVIDER_ERROR, or with the sink's own error. */
bool listing_tell(Listing *listing, const Provider *provider, const ProviderRequest *request,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After the provider came to its end: removes what is gone, writes what is left, and stores the
 * cursors with it. False with a DB_ERROR. */
bool listing_finish(Listing *listing, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After the provider failed: writes what arrived before, which is right; absence proves nothing,
 * and the cursors stay. */
bool listing_abandon(Listing *listing, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Why the first calendar that failed did, or NULL when all were told completely. Borrowed. */
const GError *listing_failure(const Listing *listing);

/* True when more events were told than may be kept. What came first is stored, nothing was
 * concluded from absence, and the cursors stay. `ret_span_days`: how many days before and
 * after now have no more than that, of what was told; 0: not even one has. */
bool listing_is_overfull(const Listing *listing, unsigned *ret_span_days);

/* Whether all there is of each calendar was told, by each event or as objects that are as they are
 * remembered; and whether by each event. */
bool listing_told_all(const Listing *listing);
bool listing_is_whole(const Listing *listing);

/* Whether something was left to the next listing, which should follow at once: it knows more. */
bool listing_is_unsettled(const Listing *listing);

/* Whether any calendar was told completely, whatever became of the others. */
bool listing_has_complete(const Listing *listing);

/* Whether all was told of a calendar that was to be listed since something else wrote its events.
 */
bool listing_has_relisted(const Listing *listing);

/* What was counted so far. */
EventStoreCounts listing_counts(const Listing *listing);

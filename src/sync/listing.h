/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries what a provider yields into the event store: the sink of one connection's listing. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "match/contact_index.h"
#include "provider/provider.h"
#include "wp/event_store.h"
#include "wp/site.h"

typedef struct ListingOptions {
	const WpSite *site;
	EventStore *store;
	const ContactIndex *contacts;
	int64_t user_id;
	const char *connection_id;
	bool match_names;

	/* One object is skipped; the rest goes on. */
	void (*on_unreadable)(const char *href, const GError *why, void *data);
	/* Called now and then while events arrive, to keep a lease alive; false stops the listing.
	 */
	bool (*on_progress)(void *data, GError **error);
	void *data;
} ListingOptions;

typedef struct Listing Listing;
/* Borrows everything in the options; they must outlive the listing. */
Listing *listing_new(const ListingOptions *options);
void listing_free(Listing *listing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listing, listing_free)

ProviderSink *listing_sink(Listing *listing);

/* Why the first calendar that failed did, or NULL when all were listed completely. Borrowed. */
const GError *listing_failure(const Listing *listing);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sink: each event becomes a row with its matches; each calendar's end is told to the store. */
#include "sync/listing.h"

struct Listing {
	ProviderSink sink; /* first: the provider hands back a pointer to it */
	const ListingOptions *options;
	char *calendar_id;
	char *calendar_name;
	bool is_certain; /* no object of unknown UID was unreadable in this calendar */
	GError *failure;
};

static Listing *listing_of(ProviderSink *sink)
{
	return (Listing *)(void *)sink;
}

static bool on_begin_calendar(ProviderSink *sink, const ProviderCalendar *calendar, GError **error)
{
	Listing *listing = listing_of(sink);

	g_free(listing->calendar_id);
	g_free(listing->calendar_name);
	listing->calendar_id = g_strdup(calendar->id);
	listing->calendar_name = g_strdup(calendar->name);
	listing->is_certain = true;
	return listing->options->on_progress(listing->options->data, error);
}

static void skip_event(Listing *listing, const Event *event, const GError *why)
{
	/* What is stored of it stays: an event that we cannot write is not one that is gone. */
	if (event->event_uid != NULL)
		event_store_keep(listing->options->store, event->event_uid);
	listing->options->on_unreadable(event->event_uid != NULL ? event->event_uid : event->uid,
		why, listing->options->data);
}

static bool on_event(ProviderSink *sink, Event *take_event, GError **error)
{
	Listing *listing = listing_of(sink);
	const ListingOptions *options = listing->options;
	g_autoptr(Event) event = take_event;
	g_autoptr(GPtrArray) matches = NULL;
	g_autoptr(EventRow) row = NULL;
	g_autoptr(GError) row_error = NULL;

	if (event->status == EVENT_STATUS_CANCELLED) {
		event_store_gone(options->store, event->event_uid);
		return true;
	}
	matches = contact_index_match(options->contacts, event, options->match_names);
	row = event_row_new(event, options->site,
		&(EventRowContext){
			.user_id = options->user_id,
			.connection_id = options->connection_id,
			.calendar_id = listing->calendar_id,
			.calendar_name = listing->calendar_name,
			.matches = matches,
		},
		&row_error);
	if (row == NULL) {
		skip_event(listing, event, row_error);
		return true;
	}
	return event_store_put(options->store, g_steal_pointer(&row), NULL, error) &&
	       options->on_progress(options->data, error);
}

static void on_unreadable(ProviderSink *sink, const char *href, const char *uid, const GError *why)
{
	Listing *listing = listing_of(sink);

	if (uid != NULL)
		event_store_keep(listing->options->store, uid);
	else
		listing->is_certain = false;
	listing->options->on_unreadable(href, why, listing->options->data);
}

static bool on_end_calendar(ProviderSink *sink, bool complete, const GError *why, GError **error)
{
	Listing *listing = listing_of(sink);
	EventStore *store = listing->options->store;

	if (complete && listing->is_certain)
		event_store_calendar_complete(store, listing->calendar_id);
	else
		event_store_calendar_failed(store, listing->calendar_id);
	if (!complete && listing->failure == NULL)
		listing->failure = g_error_copy(why);
	return listing->options->on_progress(listing->options->data, error);
}

Listing *listing_new(const ListingOptions *options)
{
	Listing *listing = g_new0(Listing, 1);

	listing->sink = (ProviderSink){
		.begin_calendar = on_begin_calendar,
		.event = on_event,
		.unreadable = on_unreadable,
		.end_calendar = on_end_calendar,
	};
	listing->options = options;
	return listing;
}

void listing_free(Listing *listing)
{
	if (listing == NULL)
		return;
	g_free(listing->calendar_id);
	g_free(listing->calendar_name);
	g_clear_error(&listing->failure);
	g_free(listing);
}

ProviderSink *listing_sink(Listing *listing)
{
	return &listing->sink;
}

const GError *listing_failure(const Listing *listing)
{
	return listing->failure;
}

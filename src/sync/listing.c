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

static const char *on_cursor(ProviderSink *sink, const char *calendar_id, bool *ret_list_all)
{
	(void)sink;
	(void)calendar_id;
	(void)ret_list_all;
	return NULL;
}

static GHashTable *on_objects(ProviderSink *sink, GError **error)
{
	(void)sink;
	(void)error;
	return g_hash_table_new(g_str_hash, g_str_equal);
}

static bool on_object_key(ProviderSink *sink, const char *key, GError **error)
{
	(void)sink;
	(void)key;
	(void)error;
	return true;
}

static bool on_end_object(ProviderSink *sink, const ProviderObject *object, GError **error)
{
	(void)sink;
	(void)object;
	(void)error;
	return true;
}

static bool on_gone(ProviderSink *sink, const char *event_uid, GError **error)
{
	(void)error;
	event_store_gone(listing_of(sink)->options->store, event_uid);
	return true;
}

static bool on_begin_calendar(
	ProviderSink *sink, const ProviderCalendar *calendar, ProviderListing kind, GError **error)
{
	Listing *listing = listing_of(sink);

	(void)kind;

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

static bool on_end_calendar(
	ProviderSink *sink, bool complete, const GError *why, const char *cursor, GError **error)
{
	Listing *listing = listing_of(sink);

	(void)cursor;
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
		.cursor = on_cursor,
		.begin_calendar = on_begin_calendar,
		.objects = on_objects,
		.begin_object = on_object_key,
		.end_object = on_end_object,
		.object_kept = on_object_key,
		.object_gone = on_object_key,
		.gone = on_gone,
		.outside = on_gone,
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many events there is room for. */
#include "sync/listing_private.h"
#include "wp/event_counts.h"

/* Fewer events are not worth asking for what the user has besides. */
enum { FEW_EVENTS = 1000 };

static bool tells_all(const Listing *listing)
{
	for (guint i = 0; i < listing->told->len; i++) {
		const Told *told = g_ptr_array_index(listing->told, i);

		if (told->kind != PROVIDER_LISTING_ALL)
			return false;
	}
	return true;
}

/* What is stored already counts only where it is not told again. */
static bool find_room(Listing *listing, GError **error)
{
	const ListingOptions *options = listing->options;
	int64_t per_user = (int64_t)options->events_max_per_user;
	int64_t room = (int64_t)options->events_max;
	int64_t own, others;

	if (!event_counts_of_user(options->db, options->store->user_id,
		    options->store->connection_id, &own, &others, error))
		return false;
	room = MIN(room, per_user - others) - (tells_all(listing) ? 0 : own);
	listing->events_max = (size_t)MAX(room, 0);
	listing->knows_room = true;
	return true;
}

static bool is_told_before(const Listing *listing, const Event *event)
{
	const Told *told = g_ptr_array_index(listing->told, listing->told->len - 1);

	/* Also one that another calendar has told: it takes one place. */
	return event_store_was_put(listing->store, event->event_uid) ||
	       ((told->kind == PROVIDER_LISTING_CHANGES || listing->is_again) &&
		       event_store_post_id(listing->store, event->event_uid) != 0);
}

bool listing_count(Listing *listing, const Event *event, GError **error)
{
	const ListingOptions *options = listing->options;
	size_t few = MIN(FEW_EVENTS, MIN(options->events_max, options->events_max_per_user));

	if (event->event_uid == NULL || is_told_before(listing, event))
		return true;
	if (listing->told_times == NULL)
		listing->told_times = span_count_new(options->store->now_utc);
	span_count_add(listing->told_times, event);
	listing->told_events++;
	if (listing->told_events + listing->kept_events < few)
		return true;
	if (!listing->knows_room && !find_room(listing, error))
		return false;
	if (listing->told_events + listing->kept_events > listing->events_max)
		listing->is_overfull = true;
	return true;
}

bool listing_is_overfull(const Listing *listing, unsigned *ret_span_days)
{
	if (!listing->is_overfull)
		return false;
	*ret_span_days = span_count_days(listing->told_times, listing->events_max);
	return true;
}

bool listing_told_all(const Listing *listing)
{
	return tells_all(listing) && listing->failure == NULL;
}

bool listing_is_whole(const Listing *listing)
{
	return listing_told_all(listing) && listing->kept_events == 0;
}

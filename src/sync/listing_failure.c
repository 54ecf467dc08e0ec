/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calendars that could not be told, and those among them that are gone for good. */
#include "sync/listing_private.h"

/* "Gone" may be a mistake of the server, or of whoever shared the calendar: a week is enough to
 * mend it, and not so long that meetings which do not take place any more are logged for months. */
enum { GRACE_DAYS = 7 };
#define GRACE_SECS (INT64_C(24) * 60 * 60 * GRACE_DAYS)

int64_t listing_gone_utc(const Listing *listing, const char *calendar_id)
{
	const CalendarCursor *cursor =
		listing->options->has_tables
			? connection_state_cursor(listing->options->state, calendar_id)
			: NULL;

	return cursor != NULL ? MIN(cursor->gone_utc, listing->options->store->now_utc) : 0;
}

/* Whether there is anything here that could stay or go. */
static bool may_have_events(const Listing *listing)
{
	return listing->store == NULL || event_store_counts(listing->store)->stored > 0;
}

/* What becomes of the events, behind the sentences of the provider. Caller frees. */
static char *describe_gone(const Listing *listing, const Told *told, const GError *why)
{
	const SiteZone *zone = listing->options->site->zone;
	g_autofree char *until = site_zone_format_iso(zone, told->gone_utc + GRACE_SECS);

	if (!may_have_events(listing))
		return g_strdup(why->message);
	if (told->is_given_up)
		return g_strdup_printf(
			"%s It has been gone for %d days; its events were removed here.",
			why->message, GRACE_DAYS);
	return g_strdup_printf(
		"%s Its events stay until %.10s, in case it comes back.", why->message, until);
}

static bool note_gone(Listing *listing, Told *told, GError **error)
{
	int64_t now_utc = listing->options->store->now_utc;
	int64_t since_utc = listing_gone_utc(listing, told->id);

	told->gone_utc = since_utc != 0 ? since_utc : now_utc;
	told->is_given_up = now_utc - told->gone_utc >= GRACE_SECS;
	/* All stored events are needed, to see which are its. */
	return !told->is_given_up ||
	       (listing_need_store(listing, error) && event_store_load_all(listing->store, error));
}

bool listing_note_failure(Listing *listing, Told *told, const GError *why, GError **error)
{
	bool is_gone = g_error_matches(why, PROVIDER_ERROR, PROVIDER_ERROR_GONE);
	g_autofree char *text = NULL;

	if (is_gone && !note_gone(listing, told, error))
		return false;
	if (listing->failure != NULL)
		return true;
	text = is_gone ? describe_gone(listing, told, why) : g_strdup(why->message);
	listing->failure = g_error_new_literal(why->domain, why->code, text);
	return true;
}

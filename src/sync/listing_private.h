/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the listing only: what its two halves share. */
#pragma once

#include "sync/listing.h"
#include "sync/span.h"

/* How one calendar is told. */
typedef struct {
	char *id;
	char *name;
	ProviderListing kind;
	bool is_restarted; /* nothing of it counts that is remembered … */
	GPtrArray *former; /* … but which UIDs these objects held (of CalendarObject); or NULL */
	bool is_certain;   /* no object of unknown UID was unreadable */
	bool is_complete;
	char *cursor;     /* new one, or NULL */
	int64_t gone_utc; /* since when the account has no such calendar; 0: it has one */
	bool is_given_up; /* for so long that its events go */
} Told;

struct Listing {
	ProviderSink sink; /* first: the provider hands back a pointer to it */
	const ListingOptions *options;
	EventStoreOptions store_options;
	EventStore *store; /* NULL until something differs */
	GPtrArray *told;   /* of Told; the last one is the calendar in hand. A calendar that is
			      listed again has several; the last one counts */
	bool is_again;     /* calendars are listed whole whose copies are awaited */
	bool is_in_object;
	char *object_problem; /* of the objects in hand: why something of them is unreadable, or
				 left out */
	bool is_object_read;  /* left out is only what is beyond a limit */
	bool had_problems;
	bool is_unsettled; /* some objects were left to the next listing of all */
	GError *failure;

	SpanCount *told_times; /* of the events told */
	size_t told_events;    /* in a calendar of which all is told each, else the new ones */
	size_t kept_events;    /* of objects that were as they are remembered */
	bool knows_room;
	size_t events_max; /* what there is room for, when that is known */
	bool is_overfull;  /* nothing is stored any more, only counted */
};

/* Counts an event that was told, and says whether the listing is overfull with it. False with a
 * DB_ERROR. */
bool listing_count(Listing *listing, const Event *event, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether anything is to be remembered of this run. */
bool listing_remembers(const Listing *listing);

/* The remembered calendars that the connection does not have any more, as borrowed ids; none where
 * some calendar failed. Caller unrefs. */
GPtrArray *listing_deselected(const Listing *listing);

/* Opens the store, once. */
bool listing_need_store(Listing *listing, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Since when the account has no such calendar, as far as was remembered; 0: it has one. */
int64_t listing_gone_utc(const Listing *listing, const char *calendar_id);

/* A calendar could not be told. When the account has it no longer, its events are kept for a week
 * (calendar-protocols A2, C4); false with a DB_ERROR. */
bool listing_note_failure(
	Listing *listing, Told *told, const GError *why, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The cursor of a calendar as far as it is good for these settings; NULL otherwise. Borrowed. */
const CalendarCursor *listing_valid_cursor(const Listing *listing, const char *calendar_id);

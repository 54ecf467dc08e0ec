/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A provider's sink that notes what it is told, and remembers it for the next run. */
#pragma once

#include "provider/provider.h"

typedef struct CollectingSink {
	ProviderSink sink;      /* first: callbacks get its address */
	GPtrArray *calendars;   /* of char *: "id|name" in order of begin_calendar() */
	GPtrArray *event_uids;  /* of char *: Event.event_uid in order */
	GPtrArray *unreadables; /* of char *: "href|uid" */
	GPtrArray *doubts;      /* of char *: "href|text" */
	GPtrArray *ends;        /* of char *: "complete", or why not */
	int last_end_code;      /* PROVIDER_ERROR of the last end that was not "complete" */
	GPtrArray *told;        /* of char *: "all" or "changes", then "-key", "=key" and "+key" for
				   objects that are gone, kept or passed on, "&key" for those passed
				   on together with the one before, "~key" for unsettled ones, "!uid" and
				   "?uid" for        events that are gone or outside, in order */
	unsigned open;          /* calendars begun and not ended */
	unsigned fail_at_event; /* event(): this one fails; 0: none does */

	/* The memory: as long as it is switched on, it follows what is told. Tests may change it.
	 */
	bool has_memory;
	bool list_all;        /* cursor(): it is time to list all */
	GHashTable *cursors;  /* calendar id -> text */
	GHashTable *objects;  /* key -> CollectedObject */
	GHashTable *begun;    /* set of keys: those that the listing in hand has told of */
	char *calendar_id;    /* in hand */
	char *key;            /* of the object in hand, or NULL */
	ProviderListing kind; /* of the listing in hand */
} CollectingSink;

/* An object that is remembered, and the events that are stored of it. */
typedef struct CollectedObject {
	char *calendar_id;
	char *path;
	char *etag;
	char *uids;
	int64_t expanded_from_utc;
	int64_t expanded_to_utc;
	GPtrArray *event_uids;   /* of char * */
	ProviderObject borrowed; /* the same, as the provider wants it */
} CollectedObject;

CollectingSink *collecting_sink_new(void);
CollectingSink *collecting_sink_new_with_memory(void);
void collecting_sink_free(CollectingSink *sink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CollectingSink, collecting_sink_free)

/* Forgets what was noted, but not what is remembered: for another run. */
void collecting_sink_rewind(CollectingSink *sink);

/* True when an event of that event_uid came exactly once. */
bool collecting_sink_got(const CollectingSink *sink, const char *event_uid);

/* What is stored in the memory: event uids, sorted, with blanks between them. Caller frees. */
char *collecting_sink_stored(const CollectingSink *sink);

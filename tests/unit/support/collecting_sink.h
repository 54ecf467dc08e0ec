/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A provider's sink that remembers what it was told. */
#pragma once

#include "provider/provider.h"

typedef struct CollectingSink {
	ProviderSink sink;      /* first: callbacks get its address */
	GPtrArray *calendars;   /* of char *: "id|name" in order of begin_calendar() */
	GPtrArray *event_uids;  /* of char *: Event.event_uid in order */
	GPtrArray *unreadables; /* of char *: "href|uid" */
	GPtrArray *ends;        /* of char *: "complete", or why not */
	unsigned open;          /* calendars begun and not ended */
	unsigned fail_at_event; /* event(): this one fails; 0: none does */
} CollectingSink;

CollectingSink *collecting_sink_new(void);
void collecting_sink_free(CollectingSink *sink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CollectingSink, collecting_sink_free)

/* True when an event of that event_uid came exactly once. */
bool collecting_sink_got(const CollectingSink *sink, const char *event_uid);

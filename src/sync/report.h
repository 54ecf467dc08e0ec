/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run tells about each connection, and in sum. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/log.h"
#include "wp/event_store.h"

typedef enum {
	SYNC_DONE,
	SYNC_FAILED,
	SYNC_SKIPPED, /* nothing was tried: unknown provider, not due, busy elsewhere */
} SyncOutcome;

typedef struct ConnectionReport {
	int64_t user_id;
	char *user_login;
	char *connection_id;
	char *name; /* the owner's label; may be empty */
	char *provider;
	SyncOutcome outcome;
	char *message; /* why it failed or was skipped, or what of it could not be read; or NULL */
	size_t unreadable;      /* objects that were skipped */
	size_t doubtful;        /* entries that were not taken as they stand */
	bool written_by_others; /* something else wrote its events since our last sync */
	EventStoreCounts events;
	double elapsed_secs;
} ConnectionReport;

void connection_report_clear(ConnectionReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ConnectionReport, connection_report_clear)

/* For log lines about it; borrows from the report. */
LogAbout connection_report_about(const ConnectionReport *report);

/* True when the run changed (in a dry run: would change) a row. */
bool connection_report_has_changes(const ConnectionReport *report);

/* Who wants to know. Calls never overlap, whichever thread they come from; all arguments are
 * borrowed. */
typedef struct SyncListener SyncListener;
struct SyncListener {
	void (*connection)(SyncListener *listener, const ConnectionReport *report);
	void (*change)(
		SyncListener *listener, const ConnectionReport *report, const EventNotice *notice);
	/* Now and then while a connection is being listed: so many events up to now. */
	void (*progress)(SyncListener *listener, const ConnectionReport *report, size_t events);
	/* It is this user's turn; so many of all that the run is about are done with. */
	void (*user)(SyncListener *listener, const char *login, size_t done, size_t all);
};

/* A run in sum. */
typedef struct SyncTotals {
	size_t done;
	size_t failed;
	size_t skipped;
	size_t busy;          /* users that another process was at */
	size_t matched_again; /* events that have other people, since the contacts changed */
	EventStoreCounts events;
} SyncTotals;

void sync_totals_add(SyncTotals *totals, const ConnectionReport *report);
void sync_totals_sum(SyncTotals *totals, const SyncTotals *more);

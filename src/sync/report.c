/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run tells about each connection, and in sum. */
#include "sync/report.h"

void connection_report_clear(ConnectionReport *report)
{
	g_clear_pointer(&report->user_login, g_free);
	g_clear_pointer(&report->connection_id, g_free);
	g_clear_pointer(&report->name, g_free);
	g_clear_pointer(&report->provider, g_free);
	g_clear_pointer(&report->message, g_free);
}

LogAbout connection_report_about(const ConnectionReport *report)
{
	return (LogAbout){
		.user_id = report->user_id,
		.user_login = report->user_login,
		.connection_id = report->connection_id,
	};
}

bool connection_report_has_changes(const ConnectionReport *report)
{
	const EventStoreCounts *events = &report->events;

	return events->added + events->changed + events->restored + events->adopted +
		       events->removed + events->folded >
	       0;
}

static void add_counts(EventStoreCounts *sum, const EventStoreCounts *more)
{
	sum->stored += more->stored;
	sum->seen += more->seen;
	sum->unchanged += more->unchanged;
	sum->added += more->added;
	sum->changed += more->changed;
	sum->restored += more->restored;
	sum->adopted += more->adopted;
	sum->removed += more->removed;
	sum->folded += more->folded;
	sum->repaired += more->repaired;
	sum->failed += more->failed;
}

void sync_totals_add(SyncTotals *totals, const ConnectionReport *report)
{
	switch (report->outcome) {
	case SYNC_DONE:
		totals->done++;
		break;
	case SYNC_FAILED:
		totals->failed++;
		break;
	case SYNC_SKIPPED:
		totals->skipped++;
		break;
	}
	add_counts(&totals->events, &report->events);
}

void sync_totals_sum(SyncTotals *totals, const SyncTotals *more)
{
	totals->done += more->done;
	totals->failed += more->failed;
	totals->skipped += more->skipped;
	totals->busy += more->busy;
	totals->matched_again += more->matched_again;
	add_counts(&totals->events, &more->events);
}

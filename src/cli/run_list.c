/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shows what ran, for people and for machines. */
#include "cli/run_list.h"

#include <stdio.h>

#include "cli/interruption.h"
#include "cli/options.h"
#include "state/run_history.h"

static const char *const state_words[] = {
	[RUN_ENDED] = "ended",
	[RUN_INTERRUPTED] = "interrupted",
	[RUN_OPEN] = "open",
	[RUN_LOST] = "lost",
};

static bool has_ended(const RunRecord *record)
{
	return record->state == RUN_ENDED || record->state == RUN_INTERRUPTED;
}

static void print_ended(const RunRecord *record)
{
	const RunCounts *counts = &record->counts;

	if (record->exit_status == EXIT_PAUSED) {
		fputs("paused: the site has another theme; nothing was done", stdout);
		return;
	}
	if (record->state == RUN_INTERRUPTED)
		printf("interrupted by %s; ",
			interruption_name(record->exit_status - EXIT_SIGNALLED));
	printf("%zu connections synced, %zu failed, %zu skipped; events: %zu added, %zu changed, "
	       "%zu removed; %zu meetings logged; %" G_GINT64_FORMAT " s",
		counts->connections_done, counts->connections_failed, counts->connections_skipped,
		counts->events_added, counts->events_changed, counts->events_removed,
		counts->meetings_logged, MAX(record->ended_utc - record->started_utc, 0));
	if (record->state == RUN_ENDED && record->exit_status != 0)
		printf("; exit status %d", record->exit_status);
}

void run_list_print(const GPtrArray *records, const SiteZone *zone)
{
	for (guint i = 0; i < records->len; i++) {
		const RunRecord *record = records->pdata[i];
		g_autofree char *started = site_zone_format_iso(zone, record->started_utc);
		g_autofree char *host = printable(record->host);
		g_autofree char *command = printable(record->command);

		printf("  %s  %s on %s: ", started, command, host);
		if (has_ended(record))
			print_ended(record);
		else
			fputs(record->state == RUN_LOST
					? "ended without saying so"
					: "still at work, or ended without saying so",
				stdout);
		putchar('\n');
	}
}

static void add_number(Json *object, const char *name, size_t number)
{
	json_set_int(object, name, (int64_t)number);
}

static void add_record(const RunRecord *record, const SiteZone *zone, Json *object)
{
	const RunCounts *counts = &record->counts;
	g_autofree char *started = site_zone_format_iso(zone, record->started_utc);
	g_autofree char *ended =
		has_ended(record) ? site_zone_format_iso(zone, record->ended_utc) : NULL;

	json_set_text(object, "command", record->command);
	json_set_text(object, "host", record->host);
	json_set_text(object, "state", state_words[record->state]);
	json_set_text(object, "started_at", started);
	json_set_text(object, "ended_at", ended);
	if (has_ended(record))
		json_set_int(object, "exit_status", record->exit_status);
	else
		json_set_text(object, "exit_status", NULL);
	add_number(object, "connections_done", counts->connections_done);
	add_number(object, "connections_failed", counts->connections_failed);
	add_number(object, "connections_skipped", counts->connections_skipped);
	add_number(object, "events_added", counts->events_added);
	add_number(object, "events_changed", counts->events_changed);
	add_number(object, "events_removed", counts->events_removed);
	add_number(object, "meetings_logged", counts->meetings_logged);
}

void run_list_add_json(const GPtrArray *records, const SiteZone *zone, Json *list)
{
	for (guint i = 0; i < records->len; i++)
		add_record(records->pdata[i], zone, json_append_object(list));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints what `run`, `sync`, `log` and `rematch` do: as it happens for people, as one object for
 * machines. */
#include "cli/printer.h"

#include <stdio.h>
#include <string.h>

#include "cli/person_summary.h"
#include "util/log.h"

enum { PROGRESS_USECS = 100 * 1000, SECONDS_PER_MINUTE = 60 };

/* Before the first sync all that the theme stored is waiting. */
enum { WAITING_LINES_MAX = 10 };

static const char *const outcome_names[] = {
	[SYNC_DONE] = "done",
	[SYNC_FAILED] = "failed",
	[SYNC_SKIPPED] = "skipped",
};

static Printer *printer_of(SyncListener *listener)
{
	return (Printer *)(void *)listener;
}

static void json_set_counts(Json *object, const EventStoreCounts *counts)
{
	json_set_int(object, "seen", (int64_t)counts->seen);
	json_set_int(object, "unchanged", (int64_t)counts->unchanged);
	json_set_int(object, "added", (int64_t)counts->added);
	json_set_int(object, "changed", (int64_t)counts->changed);
	json_set_int(object, "restored", (int64_t)counts->restored);
	json_set_int(object, "adopted", (int64_t)counts->adopted);
	json_set_int(object, "removed", (int64_t)counts->removed);
	json_set_int(object, "duplicates_folded", (int64_t)counts->folded);
	json_set_int(object, "repaired", (int64_t)counts->repaired);
	json_set_int(object, "failed", (int64_t)counts->failed);
}

/* "3 new, 1 changed", or "nothing changed"; caller frees. */
static char *describe_counts(const EventStoreCounts *counts)
{
	const struct {
		size_t count;
		const char *word;
	} parts[] = {
		{counts->added, "new"},
		{counts->changed, "changed"},
		{counts->restored, "restored"},
		{counts->adopted, "taken over from the theme"},
		{counts->removed, "removed"},
		{counts->folded, "duplicates removed"},
	};
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (parts[i].count > 0)
			g_string_append_printf(text, "%s%" G_GSIZE_FORMAT " %s",
				text->len == 0 ? "" : ", ", parts[i].count, parts[i].word);
	}
	return text->len == 0 ? g_strdup("nothing changed") : g_strdup(text->str);
}

static void print_change(const EventNotice *notice)
{
	g_autofree char *title = printable(notice->title);

	printf("  %-9s %s  %s\n", event_change_name(notice->change), notice->start, title);
}

static void on_change(
	SyncListener *listener, const ConnectionReport *report, const EventNotice *notice)
{
	Printer *printer = printer_of(listener);
	Json *object;

	if (printer->forecast != NULL)
		forecast_note(printer->forecast, report->user_id, notice);
	if (!printer->options->dry_run && !printer->options->verbose)
		return;
	log_progress(NULL);
	if (printer->root == NULL) {
		print_change(notice);
		return;
	}
	object = json_append_object(printer->changes);
	json_set_text(object, "connection", report->connection_id);
	json_set_text(object, "change", event_change_name(notice->change));
	json_set_int(object, "event_id", notice->post_id);
	json_set_text(object, "event_uid", notice->event_uid);
	json_set_text(object, "title", notice->title);
	json_set_text(object, "start", notice->start);
}

/* "3 of 12 users, 4512 events, 850/s, 2 min left"; caller frees. */
static char *describe_progress(const Printer *printer, size_t events)
{
	double secs = (double)(g_get_monotonic_time() - printer->began) / G_USEC_PER_SEC;
	GString *text = g_string_new(NULL);

	g_string_append_printf(text,
		"%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " %s, %" G_GSIZE_FORMAT " events",
		printer->users_done, printer->users, printer->users == 1 ? "user" : "users",
		events);
	if (secs >= 1)
		g_string_append_printf(text, ", %.0f/s", (double)events / secs);
	if (printer->users_done > 0 && secs >= 1)
		g_string_append_printf(text, ", %.0f min left",
			secs / (double)printer->users_done *
				(double)(printer->users - printer->users_done) /
				SECONDS_PER_MINUTE);
	return g_string_free(text, FALSE);
}

static void show_progress(Printer *printer, size_t events, const char *login, const char *name)
{
	g_autofree char *sum = describe_progress(printer, events);
	g_autofree char *text =
		g_strdup_printf("%s: %s%s%s", sum, login, name[0] != '\0' ? ": " : "", name);

	printer->progress_shown = g_get_monotonic_time();
	log_progress(text);
}

static void on_progress(SyncListener *listener, const ConnectionReport *report, size_t events)
{
	Printer *printer = printer_of(listener);

	if (!printer->options->quiet &&
		g_get_monotonic_time() - printer->progress_shown >= PROGRESS_USECS)
		show_progress(printer, printer->events + events, report->user_login, report->name);
}

/* At once, however long its first calendar takes. */
static void on_user(SyncListener *listener, const char *login, size_t done, size_t all)
{
	Printer *printer = printer_of(listener);
	bool is_first = printer->users == 0;

	printer->users_done = done;
	printer->users = all;
	if (!printer->options->quiet &&
		(is_first || g_get_monotonic_time() - printer->progress_shown >= PROGRESS_USECS))
		show_progress(printer, printer->events, login, "");
}

/* The label is its owner's own words. */
static char *shown_name(const Printer *printer, const ConnectionReport *report)
{
	if (printer->names_nobody || report->name[0] == '\0')
		return g_strdup("a calendar");
	return printable(report->name);
}

static void print_connection(const Printer *printer, const ConnectionReport *report)
{
	g_autofree char *name = shown_name(printer, report);
	g_autofree char *login = printable(report->user_login);
	g_autofree char *changes = describe_counts(&report->events);
	g_autofree char *message = report->message == NULL ? NULL : printable(report->message);

	printf("%s: %s (%s, %s): ", login, name, report->provider, report->connection_id);
	switch (report->outcome) {
	case SYNC_DONE:
		/* Where nothing changed the events are not even looked at: their number is not 0.
		 */
		if (report->events.seen > 0)
			printf("%" G_GSIZE_FORMAT " events, ", report->events.seen);
		printf("%s (%.1f s)\n", changes, report->elapsed_secs);
		if (report->written_by_others)
			printf("  something else had written these events, as the theme's \"Sync "
			       "now\" does\n");
		if (message != NULL)
			printf("  %s\n", message);
		break;
	case SYNC_FAILED:
		printf("failed: %s\n", message);
		break;
	case SYNC_SKIPPED:
		printf("skipped: %s\n", message);
		break;
	}
}

static void on_connection(SyncListener *listener, const ConnectionReport *report)
{
	Printer *printer = printer_of(listener);
	Json *object;

	log_progress(NULL);
	printer->events += report->events.seen;
	if (printer->root == NULL) {
		if (!printer->options->quiet)
			print_connection(printer, report);
		return;
	}
	object = json_append_object(printer->connections);
	json_set_int(object, "user_id", report->user_id);
	json_set_text(object, "user_login", report->user_login);
	json_set_text(object, "connection", report->connection_id);
	json_set_text(object, "name", report->name);
	json_set_text(object, "provider", report->provider);
	json_set_text(object, "outcome", outcome_names[report->outcome]);
	json_set_text(object, "message", report->message);
	json_set_int(object, "unreadable", (int64_t)report->unreadable);
	json_set_int(object, "doubtful", (int64_t)report->doubtful);
	json_set_bool(object, "written_by_others", report->written_by_others);
	json_set_counts(json_add_object(object, "events"), &report->events);
}

static void print_activity(const Printer *printer, const AutoLogNotice *notice)
{
	g_autofree char *title = printable(notice->event->title);
	g_autofree char *name = printable(notice->person_name);

	printf("%s  %s  %s, with %s (%" G_GINT64_FORMAT ")\n",
		printer->options->dry_run ? "would log" : "logged", notice->event->start, title,
		name[0] != '\0' ? name : "a person without a name", notice->person_id);
}

static void on_activity(const AutoLogNotice *notice, void *data)
{
	Printer *printer = data;
	const PastEvent *event = notice->event;
	Json *object;

	log_progress(NULL);
	if (printer->options->dry_run)
		person_summaries_add(printer->people, notice);
	if (printer->root == NULL) {
		if (!printer->options->quiet && !printer->names_nobody)
			print_activity(printer, notice);
		return;
	}
	object = json_append_object(printer->logged);
	json_set_int(object, "event_id", event->post_id);
	json_set_int(object, "person_id", notice->person_id);
	json_set_text(object, "person_name", notice->person_name);
	json_set_int(object, "user_id", event->user_id);
	json_set_text(object, "title", event->title);
	json_set_text(object, "start", event->start);
}

static void on_waiting(const PastEvent *event, const char *why, void *data)
{
	Printer *printer = data;
	g_autofree char *title = NULL;
	Json *object;

	if (!printer->options->dry_run)
		return;
	if (printer->root == NULL) {
		if (printer->options->quiet || printer->waiting_told++ >= WAITING_LINES_MAX)
			return;
		title = printable(event->title);
		printf("would not log  %s  %s (event %" G_GINT64_FORMAT "): %s\n", event->start,
			title, event->post_id, why);
		return;
	}
	object = json_append_object(printer->waiting);
	json_set_int(object, "event_id", event->post_id);
	json_set_int(object, "user_id", event->user_id);
	json_set_text(object, "title", event->title);
	json_set_text(object, "start", event->start);
	json_set_text(object, "reason", why);
}

static void on_log_problem(int64_t user_id, int64_t event_id, const GError *why, void *data)
{
	const LogAbout about = {.user_id = user_id};

	(void)data;
	if (event_id == 0)
		log_line(LOG_WARNING, &about, "cannot log meetings: %s; skipping this user",
			why->message);
	else
		log_line(LOG_WARNING, &about,
			"cannot log event %" G_GINT64_FORMAT ": %s; skipping it", event_id,
			why->message);
}

static void on_overruled(const PastEvent *event, const char *rule, void *data)
{
	Printer *printer = data;
	Json *object;

	if (printer->root == NULL) {
		if (!printer->options->quiet)
			printf("event %" G_GINT64_FORMAT
			       " would not be logged by itself: %s; passed over, since you asked\n",
				event->post_id, rule);
		return;
	}
	object = json_append_object(printer->overruled);
	json_set_int(object, "event_id", event->post_id);
	json_set_text(object, "rule", rule);
}

void printer_init(Printer *printer, const CliOptions *options, bool is_pass)
{
	*printer = (Printer){
		.listener = {on_connection, on_change, on_progress, on_user},
		.began = g_get_monotonic_time(),
		.activities = {on_activity, on_waiting, on_log_problem, on_overruled, printer},
		.options = options,
		.names_nobody = is_pass && !options->verbose,
	};
	printer->people = person_summaries_new();
	if (!options->json)
		return;
	printer->root = json_object_new();
	json_set_bool(printer->root, "dry_run", options->dry_run);
	printer->connections = json_add_list(printer->root, "connections");
	printer->changes = json_add_list(printer->root, "changes");
	printer->logged = json_add_list(printer->root, "activities");
	printer->overruled = json_add_list(printer->root, "rules_passed_over");
	printer->waiting = json_add_list(printer->root, "waiting");
}

void printer_clear(Printer *printer)
{
	g_clear_pointer(&printer->root, json_free);
	g_clear_pointer(&printer->people, g_hash_table_unref);
}

static void print_matched(const SyncTotals *totals, const char *would_be)
{
	printf("%" G_GSIZE_FORMAT " %s %smatched again", totals->matched_again,
		totals->matched_again == 1 ? "event" : "events", would_be);
}

static void print_totals(
	const SyncTotals *totals, const AutoLogCounts *log_counts, const char *would_be)
{
	if (totals != NULL && log_counts == NULL) {
		print_matched(totals, would_be);
	} else if (totals != NULL) {
		g_autofree char *changes = describe_counts(&totals->events);

		printf("%" G_GSIZE_FORMAT " %s %ssynced, %" G_GSIZE_FORMAT
		       " failed, %" G_GSIZE_FORMAT " skipped; %s",
			totals->done, totals->done == 1 ? "connection" : "connections", would_be,
			totals->failed, totals->skipped, changes);
		if (totals->matched_again > 0) {
			fputs(", ", stdout);
			print_matched(totals, would_be);
		}
	}
	if (log_counts != NULL)
		printf("%s%" G_GSIZE_FORMAT " %s %slogged", totals == NULL ? "" : "; ",
			log_counts->activities,
			log_counts->activities == 1 ? "activity" : "activities", would_be);
	if (log_counts != NULL && would_be[0] != '\0' && log_counts->waiting > 0)
		printf(", %" G_GSIZE_FORMAT " %s", log_counts->waiting,
			log_counts->waiting == 1 ? "meeting waits for its calendar to be read"
						 : "meetings wait for their calendars to be read");
	putchar('\n');
}

static void finish_json(Printer *printer, const SyncTotals *totals, const AutoLogCounts *log_counts)
{
	json_set_bool(printer->root, "interrupted", printer->is_interrupted);
	if (printer->options->dry_run && log_counts != NULL)
		person_summaries_add_json(
			printer->people, json_add_list(printer->root, "activities_by_person"));
	if (totals != NULL) {
		Json *object = json_add_object(printer->root, "totals");

		json_set_int(object, "done", (int64_t)totals->done);
		json_set_int(object, "failed", (int64_t)totals->failed);
		json_set_int(object, "skipped", (int64_t)totals->skipped);
		json_set_int(object, "busy", (int64_t)totals->busy);
		json_set_int(object, "matched_again", (int64_t)totals->matched_again);
		json_set_counts(json_add_object(object, "events"), &totals->events);
	}
	if (log_counts != NULL) {
		Json *object = json_add_object(printer->root, "log");

		json_set_int(object, "events", (int64_t)log_counts->events);
		json_set_int(object, "activities", (int64_t)log_counts->activities);
		json_set_int(object, "passed_over", (int64_t)log_counts->passed_over);
		json_set_int(object, "failed", (int64_t)log_counts->failed);
	}
	json_print(printer->root);
}

void printer_finish(Printer *printer, const SyncTotals *totals, const AutoLogCounts *log_counts)
{
	log_progress(NULL);
	if (printer->root != NULL) {
		finish_json(printer, totals, log_counts);
	} else if (!printer->options->quiet) {
		if (printer->options->dry_run)
			person_summaries_print(printer->people);
		print_totals(totals, log_counts, printer->options->dry_run ? "would be " : "");
	}
}

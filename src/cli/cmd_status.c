/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar status`: whose turn it is, what ran, and how each connection fares. */
#include <stdio.h>
#include <string.h>

#include "cli/app.h"
#include "cli/commands.h"
#include "cli/connection_problems.h"
#include "cli/output.h"
#include "cli/run_list.h"
#include "cli/status_view.h"
#include "cli/usage.h"

enum {
	PAGE_LENGTH = 50, /* connections, for people; machines get all */
	RUNS_MAX = 10000,
};

static const CliOption status_options[] = {
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",
		"only this user's connections: id, login or e-mail address"},
	{"failing", 0, CLI_OPTION_FLAG, offsetof(CliOptions, failing), NULL,
		"only connections that fail or were refused"},
	{"stale", 0, CLI_OPTION_NUMBER, offsetof(CliOptions, stale), "HOURS",
		"only connections that were not synced for so long"},
	{"runs", 0, CLI_OPTION_NUMBER, offsetof(CliOptions, runs), "N", "show the last N runs (5)"},
	{"limit", 0, CLI_OPTION_NUMBER, offsetof(CliOptions, limit), "N",
		"at most N connections on a page (50, all with --json); 0: all"},
	{"page", 0, CLI_OPTION_NUMBER, offsetof(CliOptions, page), "N",
		"show page N of the connections"},
	{0},
};

static char *next_pass_text(const StatusView *view)
{
	if (view->next_pass_utc == 0)
		return NULL;
	return site_zone_format_iso(view->app->site->zone, view->next_pass_utc);
}

/* NULL for 0; caller frees. */
static char *time_text(const StatusView *view, int64_t utc)
{
	return utc == 0 ? NULL : site_zone_format_iso(view->app->site->zone, utc);
}

static char *others_text(const StatusView *view, const ConnectionState *state)
{
	if (state == NULL || state->others_utc == 0)
		return NULL;
	return site_zone_format_iso(view->app->site->zone, state->others_utc);
}

/* What else wrote the connection's events. */
static void add_json_others(const StatusView *view, const ConnectionState *state, Json *object)
{
	g_autofree char *last = others_text(view, state);

	json_set_int(object, "times", state != NULL ? state->others_times : 0);
	json_set_text(object, "last", last);
	json_set_int(object, "events_mended", state != NULL ? state->others_mended : 0);
}

static void print_others(const StatusView *view, const ConnectionState *state)
{
	g_autofree char *last = others_text(view, state);

	if (last != NULL)
		printf("  by others   written %u %s by something else, last noticed %s; "
		       "%u events mended\n",
			state->others_times, state->others_times == 1 ? "time" : "times", last,
			state->others_mended);
}

/* A refused connection is tried once more even if nobody does anything. */
static void add_json_entry(const StatusView *view, const StatusEntry *entry, Json *list)
{
	const Connection *connection = entry->connection;
	const ConnectionState *state = entry->state;
	g_autofree char *due = time_text(view, entry->due_utc);
	g_autofree char *since = time_text(view, state != NULL ? state->failing_utc : 0);
	Json *object = json_append_object(list);

	json_set_int(object, "user_id", entry->user->id);
	json_set_text(object, "user_login", entry->user->login);
	json_set_text(object, "connection", connection->id);
	json_set_text(object, "name", connection->name);
	json_set_text(object, "provider", connection->provider);
	json_set_text(object, "state", health_name(entry->health));
	json_set_text(object, "failing_since", since);
	json_set_int(object, "failures", state != NULL ? state->failures : 0);
	json_set_bool(object, "sync_enabled", connection->sync_enabled);
	json_set_bool(object, "auto_log", connection->auto_log);
	json_set_text(object, "last_sync", connection->last_sync);
	json_set_text(object, "last_error", connection->last_error);
	json_set_int(object, "events", entry->events);
	json_set_text(object, "next_due", due);
	add_json_others(view, state, json_add_object(object, "written_by_others"));
}

static void add_json_problems(const StatusView *view, Json *list)
{
	for (guint i = 0; i < view->problems->len; i++) {
		const ConnectionProblem *problem = g_ptr_array_index(view->problems, i);
		Json *object = json_append_object(list);

		json_set_int(object, "user_id", problem->user_id);
		json_set_text(object, "user_login", problem->user_login);
		json_set_text(object, "problem", problem->text);
	}
}

static void print_problems(const StatusView *view)
{
	for (guint i = 0; i < view->problems->len; i++) {
		const ConnectionProblem *problem = g_ptr_array_index(view->problems, i);
		g_autofree char *login = printable(problem->user_login);
		g_autofree char *text = printable(problem->text);

		printf("\n%s (user %" G_GINT64_FORMAT "): not understood, and left as it is: %s\n",
			login, problem->user_id, text);
	}
}

static void add_json_summary(const StatusView *view, Json *root)
{
	const HealthSummary *summary = &view->summary;
	g_autofree char *oldest = time_text(view, summary->oldest_sync_utc);
	Json *states = json_add_object(root, "states");

	for (Health health = 0; health < HEALTH_STATES; health++)
		json_set_int(states, health_name(health), summary->count[health]);
	json_set_int(root, "late", summary->late);
	json_set_text(root, "oldest_last_sync", oldest);
	json_set_text(root, "paused", view->pause);
}

static void print_json_status(const StatusView *view)
{
	g_autoptr(Json) root = json_object_new();
	g_autofree char *next = next_pass_text(view);
	/* The theme's name for its own is of this form. */
	g_autofree char *schedule =
		g_strdup_printf("every_%d_minutes", view->app->config->sync_interval_minutes);
	Json *list;

	json_set_text(root, "next_scheduled", next);
	json_set_bool(root, "is_scheduled", next != NULL);
	json_set_text(root, "cron_schedule", schedule);
	json_set_int(root, "total_users_with_connections", view->users->len);
	json_set_int(root, "current_user_index", view->turn.theme_index);
	json_set_int(root, "estimated_full_cycle", status_view_cycle_minutes(view));
	add_json_summary(view, root);
	run_list_add_json(view->runs, view->app->site->zone, json_add_list(root, "runs"));
	json_set_int(root, "connections_chosen", (int64_t)view->chosen);
	list = json_add_list(root, "connections");
	for (guint i = 0; i < view->entries->len; i++)
		add_json_entry(view, &g_array_index(view->entries, StatusEntry, i), list);
	add_json_problems(view, json_add_list(root, "problems"));
	json_print(root);
}

/* "refused since …: its owner has to connect it again", in one line. */
static void print_state(const StatusView *view, const StatusEntry *entry)
{
	const ConnectionState *state = entry->state;
	g_autofree char *since = time_text(view, state != NULL ? state->failing_utc : 0);

	printf("  state       %s%s%s", health_name(entry->health), since != NULL ? " since " : "",
		since != NULL ? since : "");
	switch (entry->health) {
	case HEALTH_REFUSED:
		fputs("; waits for its owner, who has to connect it again or choose other "
		      "calendars",
			stdout);
		break;
	case HEALTH_FAILING:
		if (state != NULL && state->failures > 1)
			printf("; %u times in a row", state->failures);
		break;
	case HEALTH_PAUSED:
		fputs(entry->connection->sync_enabled ? "; see above"
						      : "; its owner switched it off",
			stdout);
		break;
	default:
		break;
	}
	putchar('\n');
}

static void print_entry(const StatusView *view, const StatusEntry *entry)
{
	const Connection *connection = entry->connection;
	g_autofree char *login = printable(entry->user->login);
	g_autofree char *name = printable(connection->name);
	g_autofree char *due = time_text(view, entry->due_utc);

	printf("\n%s: %s (%s, %s)%s\n", login, name, connection->provider, connection->id,
		connection->sync_enabled ? "" : ", switched off");
	print_state(view, entry);
	printf("  last sync   %s\n",
		connection->last_sync == NULL ? "never" : connection->last_sync);
	if (connection->last_error != NULL) {
		g_autofree char *message = printable(connection->last_error);

		printf("  last error  %s\n", message);
	}
	printf("  events      %" G_GINT64_FORMAT "\n", entry->events);
	print_others(view, entry->state);
	if (due != NULL)
		printf("  %s    %s\n", entry->health == HEALTH_REFUSED ? "tried    " : "next due ",
			due);
}

/* "3 ok, 1 refused"; caller frees. */
static char *states_text(const HealthSummary *summary)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (Health health = 0; health < HEALTH_STATES; health++) {
		if (summary->count[health] > 0)
			g_string_append_printf(text, "%s%u %s", text->len == 0 ? "" : ", ",
				summary->count[health], health_name(health));
	}
	if (summary->late > 0)
		g_string_append_printf(text, "; %u late", summary->late);
	return text->len == 0 ? g_strdup("none") : g_strdup(text->str);
}

static void print_summary(const StatusView *view)
{
	g_autofree char *next = next_pass_text(view);
	g_autofree char *states = states_text(&view->summary);
	g_autofree char *oldest = time_text(view, view->summary.oldest_sync_utc);

	if (view->pause != NULL)
		printf("PAUSED: nothing is synced, for %s\n", view->pause);
	printf("Next run                 %s\n",
		next == NULL ? "not known: no pass has begun within the last day" : next);
	printf("Users with connections   %u\n", view->users->len);
	printf("Current user index       %" G_GINT64_FORMAT "\n", view->turn.theme_index);
	printf("Estimated full cycle     %" G_GINT64_FORMAT " minutes\n",
		status_view_cycle_minutes(view));
	printf("Connections              %s\n", states);
	printf("Oldest last sync         %s\n", oldest == NULL ? "none yet" : oldest);
}

/* Where not all is shown: how to see the rest. */
static void print_rest(const StatusView *view, const CliOptions *options)
{
	int page = MAX(options->page, 1);

	if (view->chosen == 0 && health_total(&view->summary) > 0)
		puts("\nNo connection is like that.");
	if (view->pages > 1)
		printf("\nPage %d of %" G_GSIZE_FORMAT " (%" G_GSIZE_FORMAT
		       " connections); see --page, --failing, --user and --stale\n",
			page, view->pages, view->chosen);
}

static void print_status(const StatusView *view, const CliOptions *options)
{
	print_summary(view);
	printf("Last runs%s\n", view->runs->len == 0 ? "                none is remembered" : "");
	run_list_print(view->runs, view->app->site->zone);
	for (guint i = 0; i < view->entries->len; i++)
		print_entry(view, &g_array_index(view->entries, StatusEntry, i));
	print_rest(view, options);
	print_problems(view);
}

/* What is wrong with a number among the options, or NULL. -1 stands for one that is not given. */
static const char *problem_of(const CliOptions *options)
{
	if (options->limit < -1)
		return "--limit must not be negative";
	if (options->page == 0 || options->page < -1)
		return "--page counts from 1";
	if (options->stale < -1)
		return "--stale must not be negative";
	if (options->runs < -1 || options->runs > RUNS_MAX)
		return "--runs is a number from 0 to 10000";
	return NULL;
}

static size_t page_length(const CliOptions *options)
{
	if (options->limit >= 0)
		return (size_t)options->limit;
	return options->json && options->page < 0 ? 0 : PAGE_LENGTH;
}

static ExitStatus run_status(const CliOptions *options)
{
	g_auto(App) app = {0};
	g_auto(StatusView) view = {0};
	g_autoptr(GError) error = NULL;
	const char *problem = problem_of(options);
	ExitStatus status;

	if (problem != NULL)
		return usage_fail(options, problem);
	status = app_open(&app, options);
	if (status != EXIT_ALL_WELL)
		return status;
	if (!status_view_load(&view, &app, options, page_length(options), &error))
		return app_fail(options, error);
	if (options->json)
		print_json_status(&view);
	else
		print_status(&view, options);
	return EXIT_ALL_WELL;
}

const Command command_status = {
	.name = "status",
	.arguments = "",
	.summary = "whose turn it is, what ran, and how each connection fares",
	.details = "Shows what the theme's status page shows (next run, users with connections, "
		   "current\n"
		   "user index, estimated full cycle), how many connections are ok, waiting, "
		   "failing,\n"
		   "refused or paused, what the last runs did, and for each connection its state "
		   "and\n"
		   "since when, its last sync, its last error, its events, what else wrote them,\n"
		   "and when it is due.\n\n"
		   "Example: prm-calendar status --failing",
	.options = status_options,
	.run = run_status,
};

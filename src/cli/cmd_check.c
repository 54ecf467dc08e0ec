/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar check`: one line and an exit status for monitors, as Nagios's plugins have it. */
#include <stdio.h>

#include "cli/app.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/pass_streak.h"
#include "site/theme_detect.h"
#include "state/run_history.h"
#include "sync/health.h"

enum { SECONDS_PER_MINUTE = 60, OVERDUE_FACTOR = 3 /* of the time between two passes */ };

/* Of Nagios's plugins; these are the exit statuses. */
typedef enum { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN } CheckStatus;

static const CliOption check_options[] = {{0}};

/* What was found: the worst status, and the reasons of all, the worst first. */
typedef struct {
	CheckStatus status;
	GPtrArray *reasons; /* of char* */
	HealthSummary summary;
	int64_t now_utc;
	int64_t last_pass_utc; /* began; 0: none is remembered */
	int64_t last_good_utc; /* ended; 0: none is remembered */
	unsigned failed_passes;
} Check;

static void check_clear(Check *check)
{
	g_clear_pointer(&check->reasons, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Check, check_clear)

static void G_GNUC_PRINTF(3, 4)
	add_reason(Check *check, CheckStatus status, const char *format, ...)
{
	va_list arguments;
	char *reason;

	va_start(arguments, format);
	reason = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_ptr_array_insert(check->reasons, status > check->status ? 0 : -1, reason);
	check->status = MAX(check->status, status);
}

static void judge_connections(Check *check)
{
	const HealthSummary *summary = &check->summary;
	unsigned refused = summary->count[HEALTH_REFUSED];
	unsigned failing = summary->count[HEALTH_FAILING];
	unsigned active = health_total(summary) - summary->count[HEALTH_PAUSED];
	CheckStatus status = refused + failing == active ? CHECK_CRITICAL : CHECK_WARNING;

	if (refused > 0)
		add_reason(check, status, "%u of %u connections refused", refused, active);
	if (failing > 0)
		add_reason(check, status, "%u of %u connections failing", failing, active);
	if (summary->late > 0)
		add_reason(check, summary->late == active ? CHECK_CRITICAL : CHECK_WARNING,
			"%u of %u connections not synced when it was their turn", summary->late,
			active);
}

static void judge_passes(Check *check, const App *app)
{
	int64_t interval_secs = (int64_t)app->config->sync_interval_minutes * SECONDS_PER_MINUTE;
	int64_t age_secs = check->now_utc - check->last_pass_utc;

	if (check->last_pass_utc == 0)
		add_reason(check, CHECK_CRITICAL, "no pass has ever run");
	else if (age_secs > OVERDUE_FACTOR * interval_secs)
		add_reason(check, CHECK_CRITICAL,
			"no pass for %" G_GINT64_FORMAT " minutes, where one is due every %d",
			age_secs / SECONDS_PER_MINUTE, app->config->sync_interval_minutes);
	if (check->failed_passes > 0)
		add_reason(check,
			check->failed_passes < PASS_STREAK_BAD ? CHECK_WARNING : CHECK_CRITICAL,
			"the last %u passes failed", check->failed_passes);
}

static bool read_passes(Check *check, const App *app, GError **error)
{
	g_autoptr(GPtrArray) records =
		run_history_load(app->db, "run", check->now_utc, PASS_STREAK_READ, error);
	PassStreak streak;

	if (records == NULL)
		return false;
	streak = pass_streak_of(records);
	check->failed_passes = streak.failed;
	if (records->len > 0)
		check->last_pass_utc = ((const RunRecord *)records->pdata[0])->started_utc;
	if (streak.good != NULL)
		check->last_good_utc = streak.good->ended_utc;
	return true;
}

/* Nobody to sync, and all looks well: perhaps they are under another name. */
static bool judge_nobody(Check *check, const App *app, GError **error)
{
	g_autofree char *objection = NULL;
	ThemeTraces traces;

	if (!theme_detect(app->db, &traces, error))
		return false;
	objection = theme_traces_objection(&traces, app->site->theme_prefix);
	if (objection != NULL)
		add_reason(check, CHECK_CRITICAL, "%s", objection);
	return true;
}

static bool judge(Check *check, const App *app, const CliOptions *options, GError **error)
{
	const SyncContext context = app_sync_context(app, options);
	g_autofree char *pause = health_pause_reason(app->config, app->site);

	check->now_utc = context.now_utc();
	if (!health_summarise(&context, app->db, &check->summary, error) ||
		!read_passes(check, app, error))
		return false;
	if (pause != NULL)
		add_reason(check, CHECK_WARNING, "paused: %s", pause);
	judge_passes(check, app);
	if (health_total(&check->summary) == 0)
		return judge_nobody(check, app, error);
	if (health_total(&check->summary) > check->summary.count[HEALTH_PAUSED])
		judge_connections(check);
	return true;
}

/* "2 of 9 connections refused; no pass …"; what a monitor shows first. Caller frees. */
static char *message_of(const Check *check)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < check->reasons->len; i++)
		g_string_append_printf(
			text, "%s%s", i == 0 ? "" : "; ", (const char *)check->reasons->pdata[i]);
	if (text->len == 0)
		g_string_append_printf(text, "%u connections, %u ok", health_total(&check->summary),
			check->summary.count[HEALTH_OK]);
	/* This sign divides a plugin's line. */
	g_strdelimit(text->str, "|", '/');
	return g_string_free(text, FALSE);
}

static const char *const status_names[] = {
	[CHECK_OK] = "ok",
	[CHECK_WARNING] = "warning",
	[CHECK_CRITICAL] = "critical",
	[CHECK_UNKNOWN] = "unknown",
};

/* Since then, for performance data: -1 where nothing is known. */
static int64_t age_of(const Check *check, int64_t utc)
{
	return utc == 0 ? -1 : MAX(check->now_utc - utc, 0);
}

static void print_age(const Check *check, const char *label, int64_t utc)
{
	if (utc != 0)
		printf(" %s=%" G_GINT64_FORMAT "s;;;0", label, age_of(check, utc));
}

static void print_line(const Check *check)
{
	g_autofree char *message = message_of(check);
	g_autofree char *shown = printable(message);
	g_autofree char *status = g_ascii_strup(status_names[check->status], -1);
	unsigned total = health_total(&check->summary);

	printf("PRM-CALENDAR %s - %s |", status, shown);
	for (Health health = 0; health < HEALTH_STATES; health++)
		printf(" %s=%u;;;0;%u", health_name(health), check->summary.count[health], total);
	printf(" late=%u;;;0;%u failed_passes=%u;1;%d;0", check->summary.late, total,
		check->failed_passes, PASS_STREAK_BAD);
	print_age(check, "last_pass", check->last_pass_utc);
	print_age(check, "last_good_pass", check->last_good_utc);
	print_age(check, "oldest_sync", check->summary.oldest_sync_utc);
	putchar('\n');
}

static void set_age(Json *object, const Check *check, const char *name, int64_t utc)
{
	if (utc != 0)
		json_set_int(object, name, age_of(check, utc));
	else
		json_set_text(object, name, NULL);
}

static void print_json(const Check *check)
{
	g_autoptr(Json) root = json_object_new();
	g_autofree char *message = message_of(check);
	Json *states;
	Json *reasons;

	json_set_text(root, "status", status_names[check->status]);
	json_set_text(root, "message", message);
	reasons = json_add_list(root, "reasons");
	for (guint i = 0; i < check->reasons->len; i++)
		json_set_text(json_append_object(reasons), "reason", check->reasons->pdata[i]);
	states = json_add_object(root, "states");
	for (Health health = 0; health < HEALTH_STATES; health++)
		json_set_int(states, health_name(health), check->summary.count[health]);
	json_set_int(root, "late", check->summary.late);
	json_set_int(root, "failed_passes", check->failed_passes);
	set_age(root, check, "last_pass_age_seconds", check->last_pass_utc);
	set_age(root, check, "last_good_pass_age_seconds", check->last_good_utc);
	set_age(root, check, "oldest_sync_age_seconds", check->summary.oldest_sync_utc);
	json_print(root);
}

/* What keeps passes from running is no question of the monitor's; a configuration that the monitor
 * may not read is. */
static ExitStatus fail(const CliOptions *options, const GError *error)
{
	CheckStatus status =
		app_status_of(error) == EXIT_NO_DATABASE ? CHECK_CRITICAL : CHECK_UNKNOWN;

	if (options->json) {
		g_autoptr(Json) root = json_object_new();

		json_set_text(root, "error", error->message);
		json_set_text(root, "status", status_names[status]);
		json_print(root);
	} else {
		g_autofree char *name = g_ascii_strup(status_names[status], -1);
		g_autofree char *line = g_strdelimit(g_strdup(error->message), "|\n", ' ');
		g_autofree char *shown = printable(line);

		printf("PRM-CALENDAR %s - %s\n", name, shown);
	}
	return (ExitStatus)status;
}

static ExitStatus run_check(const CliOptions *options)
{
	g_auto(App) app = {0};
	g_auto(Check) check = {.reasons = g_ptr_array_new_with_free_func(g_free)};
	g_autoptr(GError) error = NULL;

	if (!app_try_open(&app, options, &error) || !judge(&check, &app, options, &error))
		return fail(options, error);
	if (options->json)
		print_json(&check);
	else
		print_line(&check);
	return (ExitStatus)check.status;
}

const Command command_check = {
	.name = "check",
	.arguments = "",
	.summary = "one line and Nagios's exit status, for monitors",
	.details =
		"0 ok; 1 warning: connections are refused, failing or late, the site has another "
		"theme,\n"
		"or a pass failed; 2 critical: no passes run, three failed in a row, no "
		"connection is\n"
		"well, or the database cannot be reached; 3 unknown: the configuration cannot be "
		"used.\n"
		"Behind | stands performance data. Reads the database only.\n\n"
		"Example: prm-calendar check",
	.options = check_options,
	.run = run_check,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar log`: past meetings become activities now. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/job.h"

static const CliOption log_options[] = {
	{"limit", 0, CLI_OPTION_NUMBER, offsetof(CliOptions, limit), "N",
		"at most N meetings (default: limit in [log])"},
	{"dry-run", 0, CLI_OPTION_FLAG, offsetof(CliOptions, dry_run), NULL,
		"say what would be logged and write nothing"},
	{0},
};

static bool read_event_id(const CliOptions *options, int64_t *ret_event_id)
{
	const char *text = options->arguments[0];
	gint64 event_id = 0;

	if (text != NULL && !g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, &event_id, NULL)) {
		fprintf(stderr,
			"prm-calendar: '%s' is no event id: a number such as 4711 is wanted; see "
			"prm-calendar log --help\n",
			text);
		return false;
	}
	if (options->limit < -1) {
		fputs("prm-calendar: --limit must not be negative; see prm-calendar log --help\n",
			stderr);
		return false;
	}
	*ret_event_id = event_id;
	return true;
}

static ExitStatus run_log(const CliOptions *options)
{
	g_auto(App) app = {0};
	g_auto(Printer) printer = {0};
	g_autoptr(GError) error = NULL;
	SyncContext context;
	AutoLogOptions chosen;
	AutoLogCounts counts = {0};
	int64_t event_id = 0;
	ExitStatus status;

	if (!read_event_id(options, &event_id))
		return EXIT_USAGE;
	status = app_open(&app, options);
	if (status != EXIT_ALL_WELL || job_is_paused(&app))
		return status;
	if (!app_open_tables(&app, options, &error))
		return app_fail(options, error);
	context = app_sync_context(&app, options);
	chosen = job_log_options(&context);
	chosen.limit = options->limit >= 0 ? (size_t)options->limit : (size_t)app.config->log_limit;
	chosen.event_id = event_id;
	printer_init(&printer, options);
	if (!auto_log_run(app.db, app.site, &chosen, &printer.activities, &counts, &error))
		return app_fail(options, error);
	printer_finish(&printer, NULL, &counts);
	return job_status(NULL, &counts);
}

const Command command_log = {
	.name = "log",
	.arguments = "[EVENT_ID]",
	.summary = "write past meetings as activities on the people who were there",
	.details = "Without an id: the oldest meetings that qualify and were not logged yet. With "
		   "the\n"
		   "id of a calendar event: that one, as the theme's \"Log as activity\" does.\n\n"
		   "Example: prm-calendar log --limit=100 --dry-run",
	.options = log_options,
	.arguments_max = 1,
	.run = run_log,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar run`: one scheduled pass. */
#include "cli/commands.h"
#include "cli/job.h"

static const CliOption run_options[] = {{0}};

static ExitStatus run_pass(const CliOptions *options)
{
	g_auto(App) app = {0};
	g_auto(Printer) printer = {0};
	g_autoptr(GError) error = NULL;
	SyncContext context;
	AutoLogOptions log_options;
	SyncTotals totals = {0};
	AutoLogCounts counts = {0};
	ExitStatus status = app_open(&app, options);

	if (status != EXIT_ALL_WELL || job_is_paused(&app))
		return status;
	if (!app_open_tables(&app, options, &error))
		return app_fail(options, error);
	context = app_sync_context(&app, options);
	printer_init(&printer, options);
	if (!pass_run(&context, app.db, &printer.listener, &totals, &error))
		return app_fail(options, error);
	log_options = job_log_options(&context);
	log_options.limit = (size_t)app.config->log_limit;
	if (!auto_log_run(app.db, app.site, &log_options, &printer.activities, &counts, &error))
		return app_fail(options, error);
	printer_finish(&printer, &totals, &counts);
	return job_status(&totals, &counts);
}

const Command command_run = {
	.name = "run",
	.arguments = "",
	.summary = "one scheduled pass: the next user in turn, then activities",
	.details =
		"What the timer calls every 15 minutes. Syncs the connections of the user whose\n"
		"turn it is (or of users_per_pass users) and logs up to `limit` past meetings.\n\n"
		"Example: prm-calendar run -v",
	.options = run_options,
	.run = run_pass,
};

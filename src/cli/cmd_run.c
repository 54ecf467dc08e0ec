/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar run`: one scheduled pass. */
#include "cli/commands.h"
#include "cli/job.h"

static const CliOption run_options[] = {{0}};

static bool sync_and_log(Job *job, GError **error)
{
	App *app = &job->app;
	AutoLogOptions log_options;

	if (!pass_run(&job->context, app->db, &job->printer.listener, &job->totals, error))
		return false;
	log_options = job_log_options(&job->context);
	log_options.limit = (size_t)app->config->log_limit;
	return job_log_meetings(job, &log_options, error);
}

static ExitStatus run_pass(const CliOptions *options)
{
	static const JobKind kind = {"run", JOB_SYNCS, true, sync_and_log};

	return job_run(options, &kind);
}

const Command command_run = {
	.name = "run",
	.arguments = "",
	.summary = "one scheduled pass: the next user in turn, then activities",
	.details =
		"What the timer calls every 15 minutes. Syncs the connections of the user whose\n"
		"turn it is (or of users_per_pass users) and logs up to `limit` past meetings.\n"
		"Its output stands in the system's journal: only -v names meetings and people.\n\n"
		"Example: prm-calendar run -v",
	.options = run_options,
	.run = run_pass,
};

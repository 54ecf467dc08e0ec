/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar log`: past meetings become activities now. */

#include "cli/commands.h"
#include "cli/job.h"
#include "cli/usage.h"

static const CliOption log_options[] = {
	{"limit", 0, CLI_OPTION_NUMBER, offsetof(CliOptions, limit), "N",
		"at most N meetings (default: limit in [log])"},
	{"dry-run", 0, CLI_OPTION_FLAG, offsetof(CliOptions, dry_run), NULL,
		"say what would be logged and write nothing"},
	{0},
};

/* 0 where none is given, -1 where it is no id. */
static int64_t event_id_of(const CliOptions *options)
{
	const char *text = options->arguments[0];
	gint64 event_id = 0;

	if (text != NULL && !g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, &event_id, NULL))
		return -1;
	return event_id;
}

static bool has_good_options(const CliOptions *options)
{
	if (event_id_of(options) < 0) {
		usage_fail_about(options, "'%s' is no event id: a number such as 4711 is wanted",
			options->arguments[0]);
		return false;
	}
	if (options->limit < -1) {
		usage_fail(options, "--limit must not be negative");
		return false;
	}
	return true;
}

static bool log_meetings(Job *job, GError **error)
{
	const CliOptions *options = job->options;
	const App *app = &job->app;
	AutoLogOptions chosen = job_log_options(&job->context);

	chosen.limit = (size_t)(options->limit >= 0 ? options->limit : app->config->log_limit);
	chosen.event_id = event_id_of(options);
	return job_log_meetings(job, &chosen, error);
}

static ExitStatus run_log(const CliOptions *options)
{
	static const JobKind kind = {"log", JOB_LOGS, false, log_meetings};

	return has_good_options(options) ? job_run(options, &kind) : EXIT_USAGE;
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar sync`: a catch-up by hand. */

#include "cli/commands.h"
#include "cli/job.h"
#include "cli/usage.h"

static const CliOption sync_options[] = {
	{"all", 0, CLI_OPTION_FLAG, offsetof(CliOptions, all), NULL,
		"every user who has an enabled connection"},
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",
		"one user: id, login or e-mail address"},
	{"connection", 0, CLI_OPTION_TEXT, offsetof(CliOptions, connection), "ID",
		"only this connection of the user, even if it is not enabled"},
	{"full", 0, CLI_OPTION_FLAG, offsetof(CliOptions, full), NULL,
		"read everything again, as if nothing were remembered of earlier runs"},
	{"dry-run", 0, CLI_OPTION_FLAG, offsetof(CliOptions, dry_run), NULL,
		"say what would change, line by line, and write nothing"},
	{0},
};

/* Without an option it is what `wp prm calendar sync` is: one pass. */
static bool is_pass(const CliOptions *options)
{
	return !options->all && options->user == NULL && options->connection == NULL &&
	       !options->full && !options->dry_run;
}

static bool has_good_options(const CliOptions *options)
{
	const char *problem = NULL;

	if (is_pass(options))
		return true;
	if (options->all == (options->user != NULL))
		problem = "say whom to sync: --all or --user=USER";
	else if (options->connection != NULL && options->user == NULL)
		problem = "--connection needs --user=USER";
	if (problem != NULL)
		usage_fail(options, problem);
	return problem == NULL;
}

/* A user's meetings are logged after that user's sync; no limit holds in a catch-up. */
static bool log_meetings(Job *job, GError **error)
{
	AutoLogOptions log_options = job_log_options(&job->context);
	const char *who = job->options->user;

	if (who != NULL) {
		WpUser *user = NULL;

		if (!wp_user_find(job->app.db, who, &user, error))
			return false;
		log_options.only_user_id = user == NULL ? -1 : user->id;
		wp_user_free(user);
	}
	log_options.forecast = job->forecast;
	return job_log_meetings(job, &log_options, error);
}

static bool sync_and_log(Job *job, GError **error)
{
	const CliOptions *options = job->options;

	return pass_catch_up(&job->context, job->app.db, options->user, options->connection,
		       &job->printer.listener, &job->totals, error) &&
	       log_meetings(job, error);
}

static ExitStatus run_sync(const CliOptions *options)
{
	static const JobKind kind = {"sync", JOB_SYNCS, false, sync_and_log};

	if (!has_good_options(options))
		return EXIT_USAGE;
	return is_pass(options) ? command_run.run(options) : job_run(options, &kind);
}

const Command command_sync = {
	.name = "sync",
	.arguments = "",
	.summary = "sync calendars now and log past meetings, for one user or for all",
	.details =
		"Fetches the calendars of the chosen connections at once, whoever's turn it is,\n"
		"and then logs all past meetings that qualify. Of a calendar that was read before\n"
		"only what changed since is fetched; what has not changed is not written.\n"
		"Without any option it is one scheduled pass, as run.\n\n"
		"Example: prm-calendar sync --user=anna@example.org --dry-run",
	.options = sync_options,
	.run = run_sync,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar rematch`: who of the attendees is a contact, asked again. */
#include "cli/commands.h"
#include "cli/job.h"

static const CliOption rematch_options[] = {
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",
		"one user: id, login or e-mail address (default: all who have connections)"},
	{"dry-run", 0, CLI_OPTION_FLAG, offsetof(CliOptions, dry_run), NULL,
		"say which events would get other people and write nothing"},
	{0},
};

static bool match_again(Job *job, GError **error)
{
	return pass_rematch(&job->context, job->app.db, job->options->user, &job->printer.listener,
		&job->totals, error);
}

static ExitStatus run_rematch(const CliOptions *options)
{
	static const JobKind kind = {"rematch", JOB_MATCHES, false, match_again};

	return job_run(options, &kind);
}

const Command command_rematch = {
	.name = "rematch",
	.arguments = "",
	.summary = "match stored events with the contacts again",
	.details =
		"Looks for the attendees of all stored events among the contacts, as a sync does\n"
		"with new events; asks no calendar. `run` and `sync` do the same by themselves "
		"for\n"
		"users whose contacts changed. Past meetings are then logged by the next of "
		"these.\n\n"
		"Example: prm-calendar rematch --user=anna --dry-run",
	.options = rematch_options,
	.run = run_rematch,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `run`, `sync` and `log` have in common. */
#include "cli/job.h"

#include <string.h>

#include "util/log.h"

AutoLogOptions job_log_options(const SyncContext *context)
{
	const Config *config = context->config;

	return (AutoLogOptions){
		.limit = G_MAXSIZE,
		.min_confidence_percent = config->log_min_confidence,
		.content = config->log_content,
		.log_private = config->log_log_private,
		.log_self = config->log_log_self,
		.log_declined = config->log_log_declined,
		.dry_run = context->dry_run,
		.now_utc = context->now_utc(),
	};
}

bool job_is_paused(const App *app)
{
	const char *wanted = app->config->theme_stylesheet;

	if (wanted[0] == '\0' || g_strcmp0(app->site->stylesheet, wanted) == 0 ||
		g_strcmp0(app->site->template_name, wanted) == 0)
		return false;
	log_line(LOG_WARNING, NULL,
		"paused: the site's active theme is '%s', not '%s'; activate it again or change "
		"stylesheet in [theme]",
		app->site->stylesheet, wanted);
	return true;
}

ExitStatus job_status(const SyncTotals *totals, const AutoLogCounts *log_counts)
{
	if (totals != NULL && totals->failed > 0)
		return EXIT_SOME_FAILED;
	if (log_counts != NULL && log_counts->failed > 0)
		return EXIT_SOME_FAILED;
	if (totals != NULL && totals->busy > 0)
		return EXIT_BUSY;
	return EXIT_ALL_WELL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar takeover` and `handback`: which of the two syncs a site's calendars. */
#include <stdio.h>
#include <time.h>

#include "cli/app.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "site/cron.h"

static const CliOption no_options[] = {{0}};

static void print_outcome(const App *app, const CliOptions *options, bool scheduled, bool changed)
{
	const char *state = scheduled ? "scheduled" : "not scheduled";

	if (options->json) {
		g_autoptr(Json) root = json_object_new();

		json_set_text(root, "hook", app->site->cron_hook);
		json_set_bool(root, "scheduled", scheduled);
		json_set_bool(root, "changed", changed);
		json_print(root);
	} else if (!options->quiet) {
		printf("The theme's own sync (%s) is %s %s.\n", app->site->cron_hook,
			changed ? "now" : "already", state);
	}
}

static ExitStatus change(const CliOptions *options, bool scheduled)
{
	g_auto(App) app = {0};
	g_autoptr(GError) error = NULL;
	bool changed = false;
	bool ok;
	ExitStatus status = app_open(&app, options);

	if (status != EXIT_ALL_WELL)
		return status;
	ok = scheduled ? cron_hand_back(app.db, app.site, (int64_t)time(NULL), &changed, &error)
		       : cron_take_over(app.db, app.site, &changed, &error);
	if (!ok)
		return app_fail(options, error);
	print_outcome(&app, options, scheduled, changed);
	return EXIT_ALL_WELL;
}

static ExitStatus run_takeover(const CliOptions *options)
{
	return change(options, false);
}

static ExitStatus run_handback(const CliOptions *options)
{
	return change(options, true);
}

const Command command_takeover = {
	.name = "takeover",
	.arguments = "",
	.summary = "unschedule the theme's own calendar sync",
	.details = "Takes the theme's event out of WP-Cron and changes nothing else there. A theme "
		   "that\n"
		   "schedules its event again at each request has it back then: two syncs do the "
		   "work\n"
		   "twice, but no harm.\n\n"
		   "Example: prm-calendar takeover",
	.options = no_options,
	.run = run_takeover,
};

const Command command_handback = {
	.name = "handback",
	.arguments = "",
	.summary = "schedule the theme's own calendar sync again",
	.details =
		"Puts the theme's event back into WP-Cron, as often and at the same minutes as it "
		"was\n"
		"when takeover took it out, else every 15 minutes from now on: for when this "
		"program\n"
		"is not used any more.\n\n"
		"Example: prm-calendar handback",
	.options = no_options,
	.run = run_handback,
};

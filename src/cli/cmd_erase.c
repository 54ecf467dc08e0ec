/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar erase`: what is remembered of one person is forgotten. */
#include <stdio.h>

#include "cli/app.h"
#include "cli/ask.h"
#include "cli/chosen.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/usage.h"
#include "sync/removal.h"
#include "user/connections_row.h"

static const CliOption erase_options[] = {
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",
		"whose records: id, login or e-mail address"},
	{"yes", 0, CLI_OPTION_FLAG, offsetof(CliOptions, yes), NULL, "do not ask"},
	{0},
};

/* Connections that passes would read again; 0 also where they cannot be read. */
static unsigned count_enabled(const App *app, const WpUser *user)
{
	g_autoptr(ConnectionList) list = connections_row_read(app->db, app->site, user->id, NULL);
	unsigned count = 0;

	for (guint i = 0; list != NULL && i < list->connections->len; i++)
		count += ((const Connection *)g_ptr_array_index(list->connections, i))->sync_enabled
				 ? 1
				 : 0;
	return count;
}

static char *name_of(const WpUser *user)
{
	return user->login != NULL ? printable(user->login)
				   : g_strdup_printf("user %" G_GINT64_FORMAT, user->id);
}

static bool consents(const CliOptions *options, const WpUser *user)
{
	g_autofree char *name = name_of(user);
	g_autofree char *prompt = g_strdup_printf(
		"Forget all that prm-calendar remembers of %s? WordPress's own rows stay. [y/N] ",
		name);

	return options->yes || ask_yes(prompt);
}

static void tell(const CliOptions *options, const WpUser *user, uint64_t rows, unsigned enabled)
{
	g_autofree char *name = name_of(user);
	g_autoptr(Json) root = NULL;

	if (options->json) {
		root = json_object_new();
		json_set_int(root, "user_id", user->id);
		json_set_text(root, "user_login", user->login);
		json_set_int(root, "rows_erased", (int64_t)rows);
		json_set_int(root, "enabled_connections", enabled);
		json_print(root);
		return;
	}
	if (options->quiet)
		return;
	printf("%s: %" G_GUINT64_FORMAT " %s forgotten\n", name, rows,
		rows == 1 ? "row is" : "rows are");
	if (enabled > 0)
		printf("The next pass reads %u %s of theirs again: disable or disconnect %s first, "
		       "for nothing to be remembered anew.\n",
			enabled, enabled == 1 ? "connection" : "connections",
			enabled == 1 ? "it" : "them");
}

static ExitStatus run_erase(const CliOptions *options)
{
	g_auto(App) app = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(WpUser) user = NULL;
	SyncContext context;
	uint64_t rows = 0;
	ExitStatus status;

	if (options->user == NULL)
		return usage_fail(options, "say whose records: --user=USER");
	if (!options->yes && !ask_can())
		return usage_fail(options, "nobody can be asked here: say --yes");
	status = app_open(&app, options);
	if (status != EXIT_ALL_WELL)
		return status;
	user = chosen_person(app.db, options->user, &error);
	if (user == NULL)
		return app_fail(options, error);
	if (!consents(options, user)) {
		fputs("prm-calendar: nothing was forgotten\n", stderr);
		return EXIT_SOME_FAILED;
	}
	context = app_sync_context(&app, options);
	if (!removal_forget_user(&context, app.db, user->id, &rows, &error))
		return chosen_fail(options, error);
	tell(options, user, rows, count_enabled(&app, user));
	return EXIT_ALL_WELL;
}

const Command command_erase = {
	.name = "erase",
	.arguments = "",
	.summary = "forget all that is remembered of one person",
	.details =
		"Deletes every row about a user from the program's own tables, as export shows "
		"them.\n"
		"WordPress's rows (connections, events, activities) are the theme's, and stay: "
		"disconnect\n"
		"removes them. Whoever still has a connection that is switched on is read again by "
		"the\n"
		"next pass. What is kept of users who were deleted goes by itself. Asks first; "
		"--yes\n"
		"does not.\n\n"
		"Example: prm-calendar erase --user=anna",
	.options = erase_options,
	.run = run_erase,
};

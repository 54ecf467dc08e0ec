/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar disconnect`: a connection is removed, with its events. */
#include <stdio.h>

#include "cli/ask.h"
#include "cli/chosen.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/usage.h"
#include "sync/removal.h"
#include "wp/event_counts.h"

static const CliOption disconnect_options[] = {
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",
		"whose connection: id, login or e-mail address"},
	{"connection", 0, CLI_OPTION_TEXT, offsetof(CliOptions, connection), "ID",
		"which, where the user has several"},
	{"yes", 0, CLI_OPTION_FLAG, offsetof(CliOptions, yes), NULL, "do not ask"},
	{0},
};

/* True when it may go. */
static bool consents(const Chosen *chosen, const Connection *connection, int64_t events)
{
	g_autofree char *name = printable(connection->name);
	g_autofree char *login = printable(chosen->user->login);
	g_autofree char *prompt = g_strdup_printf(
		"Remove the connection %s (%s) of %s and delete its %" G_GINT64_FORMAT " %s?\n"
		"What was logged on contacts stays. [y/N] ",
		name, connection->id, login, events, events == 1 ? "event" : "events");

	return chosen->options->yes || ask_yes(prompt);
}

static void tell(const Chosen *chosen, const Connection *connection, size_t events)
{
	g_autofree char *login = printable(chosen->user->login);
	g_autofree char *name = printable(connection->name);
	g_autoptr(Json) root = NULL;

	if (!chosen->options->json) {
		if (!chosen->options->quiet)
			printf("%s: %s (%s) is disconnected, %zu %s deleted\n", login, name,
				connection->id, events, events == 1 ? "event was" : "events were");
		return;
	}
	root = json_object_new();
	json_set_int(root, "user_id", chosen->user->id);
	json_set_text(root, "user_login", chosen->user->login);
	json_set_text(root, "connection", connection->id);
	json_set_int(root, "events_deleted", (int64_t)events);
	json_print(root);
}

static ExitStatus run_disconnect(const CliOptions *options)
{
	g_auto(Chosen) chosen = {0};
	g_autoptr(GError) error = NULL;
	const Connection *connection;
	int64_t events = 0;
	int64_t others;
	size_t deleted = 0;
	ExitStatus status;

	if (!options->yes && !ask_can())
		return usage_fail(options, "nobody can be asked here: say --yes");
	status = chosen_open(&chosen, options);
	if (status != EXIT_ALL_WELL)
		return status;
	connection = chosen_connection(&chosen, &error);
	if (connection == NULL || !event_counts_of_user(chosen.app.db, chosen.user->id,
					  connection->id, &events, &others, &error))
		return chosen_fail(options, error);
	if (!consents(&chosen, connection, events)) {
		fputs("prm-calendar: nothing was removed\n", stderr);
		return EXIT_SOME_FAILED;
	}
	if (!removal_run(
		    &chosen.context, chosen.app.db, chosen.user, connection->id, &deleted, &error))
		return chosen_fail(options, error);
	tell(&chosen, connection, deleted);
	return EXIT_ALL_WELL;
}

const Command command_disconnect = {
	.name = "disconnect",
	.arguments = "",
	.summary = "remove a connection and its events",
	.details = "Removes a connection as the theme does: its credentials go, and its events "
		   "are deleted\n"
		   "for good, with what was written on them. What was logged on contacts stays, "
		   "and is\n"
		   "not logged again when the calendar is connected anew. Asks first; --yes does "
		   "not.\n\n"
		   "Example: prm-calendar disconnect --user=anna --connection=conn_65a4f0c1d2e01",
	.options = disconnect_options,
	.run = run_disconnect,
};

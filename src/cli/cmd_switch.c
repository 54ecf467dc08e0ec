/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar enable` and `disable`: what the switch on the theme's page does. */
#include <stdio.h>

#include "cli/chosen.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "site/theme_lock.h"
#include "user/connections_row.h"

#define OF_WHOM                                                                                    \
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",                           \
		"whose connection: id, login or e-mail address"},                                  \
		{"connection", 0, CLI_OPTION_TEXT, offsetof(CliOptions, connection), "ID",         \
			"which, where the user has several"},

static const CliOption switch_options[] = {OF_WHOM{0}};

static void tell(const Chosen *chosen, const Connection *connection, bool is_on)
{
	g_autofree char *login = printable(chosen->user->login);
	g_autofree char *name = printable(connection->name);
	g_autoptr(Json) root = NULL;
	bool has_changed = connection->sync_enabled != is_on;

	if (!chosen->options->json) {
		if (!chosen->options->quiet)
			printf("%s: %s (%s) is %s switched %s\n", login, name, connection->id,
				has_changed ? "now" : "already", is_on ? "on" : "off");
		return;
	}
	root = json_object_new();
	json_set_int(root, "user_id", chosen->user->id);
	json_set_text(root, "user_login", chosen->user->login);
	json_set_text(root, "connection", connection->id);
	json_set_bool(root, "sync_enabled", is_on);
	json_set_bool(root, "changed", has_changed);
	json_print(root);
}

/* What is switched off is the theme's, also on a site that was taken over. */
static bool switch_connection(
	const Chosen *chosen, const Connection *connection, bool is_on, GError **error)
{
	const ConnectionChange change = {.set_sync_enabled = true, .sync_enabled = is_on};
	const App *app = &chosen->app;
	bool was_held;

	if (connection->sync_enabled != is_on &&
		!connections_row_update(
			app->db, app->site, chosen->user->id, connection->id, &change, NULL, error))
		return false;
	return is_on || theme_lock_end(app->db, app->site, chosen->user->id, connection->id,
				chosen->context.now_utc(), &was_held, error);
}

static ExitStatus switch_to(const CliOptions *options, bool is_on)
{
	g_auto(Chosen) chosen = {0};
	g_autoptr(GError) error = NULL;
	const Connection *connection;
	ExitStatus status = chosen_open(&chosen, options);

	if (status != EXIT_ALL_WELL)
		return status;
	connection = chosen_connection(&chosen, &error);
	if (connection == NULL || !switch_connection(&chosen, connection, is_on, &error))
		return chosen_fail(options, error);
	tell(&chosen, connection, is_on);
	return EXIT_ALL_WELL;
}

static ExitStatus run_enable(const CliOptions *options)
{
	return switch_to(options, true);
}

static ExitStatus run_disable(const CliOptions *options)
{
	return switch_to(options, false);
}

const Command command_enable = {
	.name = "enable",
	.arguments = "",
	.summary = "let a connection be synced again",
	.details = "Switches a connection on, as its owner does in the theme: passes sync it "
		   "again.\n\n"
		   "Example: prm-calendar enable --user=anna --connection=conn_65a4f0c1d2e01",
	.options = switch_options,
	.run = run_enable,
};

const Command command_disable = {
	.name = "disable",
	.arguments = "",
	.summary = "let a connection not be synced any more",
	.details = "Switches a connection off, as its owner does in the theme: passes leave it "
		   "alone.\n"
		   "Its events and its credentials stay.\n\n"
		   "Example: prm-calendar disable --user=anna --connection=conn_65a4f0c1d2e01",
	.options = switch_options,
	.run = run_disable,
};

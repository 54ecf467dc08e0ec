/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar reconnect`: a connection gets new credentials, and stays what it is. */
#include <stdio.h>
#include <string.h>

#include "cli/account_trial.h"
#include "cli/commands.h"
#include "cli/connect.h"
#include "cli/output.h"
#include "cli/usage.h"
#include "sync/addition.h"
#include "sync/connection_sync.h"
#include "user/connection_account.h"
#include "user/connections_row.h"

static const CliOption reconnect_options[] = {
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",
		"whose connection: id, login or e-mail address"},
	{"connection", 0, CLI_OPTION_TEXT, offsetof(CliOptions, connection), "ID",
		"which, where the user has several"},
	{"url", 0, CLI_OPTION_TEXT, offsetof(CliOptions, url), "URL",
		"caldav: another address than before"},
	{"username", 0, CLI_OPTION_TEXT, offsetof(CliOptions, username), "NAME",
		"caldav: another user name than before"},
	{"password-file", 0, CLI_OPTION_TEXT, offsetof(CliOptions, password_file), "FILE",
		"caldav: read the password there, not from standard input"},
	{"port", 0, CLI_OPTION_NUMBER, offsetof(CliOptions, port), "PORT",
		"google: where the browser comes back to (default: 8765)"},
	{"dry-run", 0, CLI_OPTION_FLAG, offsetof(CliOptions, dry_run), NULL,
		"try the account, and write nothing"},
	{0},
};

/* The options win over what is stored. Caller frees both. */
static bool find_account(const Chosen *chosen, const Connection *connection, char **ret_url,
	char **ret_username, GError **error)
{
	const CliOptions *options = chosen->options;
	g_autofree char *url = NULL;
	g_autofree char *username = NULL;
	bool is_known = account_trial_known(chosen, connection, &url, &username);

	if (!is_known && (options->url == NULL || options->username == NULL)) {
		g_set_error_literal(error, SYNC_ERROR, SYNC_ERROR_REFUSED,
			"the stored credentials cannot be opened: say --url=URL and "
			"--username=NAME");
		return false;
	}
	*ret_url = options->url != NULL ? connection_account_url(options->url) : g_strdup(url);
	*ret_username = g_strdup(options->username != NULL ? options->username : username);
	return true;
}

static char *new_box(const Chosen *chosen, const Connection *connection, GError **error)
{
	g_autofree char *url = NULL;
	g_autofree char *username = NULL;

	if (strcmp(connection->provider, "google") == 0)
		return connect_google_box(chosen, error);
	if (strcmp(connection->provider, "caldav") != 0) {
		g_set_error(error, SYNC_ERROR, SYNC_ERROR_REFUSED,
			"a connection of the provider '%s' is made anew in the theme",
			connection->provider);
		return NULL;
	}
	return find_account(chosen, connection, &url, &username, error)
		       ? account_trial_caldav(chosen, url, username, error)
		       : NULL;
}

/* As a sync would use it from now on. */
static bool try(const Chosen *chosen, const Connection *connection, const char *box, GError **error)
{
	g_autoptr(Connection) renewed = connection_new(connection->provider, connection->name, box,
		(const char *const *)connection->calendar_ids, 0);

	return account_trial_read(chosen, renewed, error);
}

static bool reconnect(const Chosen *chosen, const Connection *connection, GError **error)
{
	const App *app = &chosen->app;
	g_autofree char *box = NULL;
	ConnectionChange change = {.set_last_error = true};

	if (!addition_check_key(&chosen->context, app->db, error))
		return false;
	box = new_box(chosen, connection, error);
	if (box == NULL || !try(chosen, connection, box, error))
		return false;
	change.credentials = box;
	return chosen->options->dry_run ||
	       connections_row_update(
		       app->db, app->site, chosen->user->id, connection->id, &change, NULL, error);
}

static void tell(const Chosen *chosen, const Connection *connection)
{
	bool is_written = !chosen->options->dry_run;
	g_autofree char *login = printable(chosen->user->login);
	g_autofree char *name = printable(connection->name);
	g_autoptr(Json) root = NULL;

	if (!chosen->options->json) {
		if (!chosen->options->quiet)
			printf("%s: %s (%s) %s\n", login, name, connection->id,
				is_written ? "is connected again; the next pass syncs it"
					   : "could be connected again");
		return;
	}
	root = json_object_new();
	json_set_int(root, "user_id", chosen->user->id);
	json_set_text(root, "user_login", chosen->user->login);
	json_set_text(root, "connection", connection->id);
	json_set_bool(root, "written", is_written);
	json_print(root);
}

static ExitStatus run_reconnect(const CliOptions *options)
{
	g_auto(Chosen) chosen = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *url = options->url != NULL ? connection_account_url(options->url) : NULL;
	const Connection *connection;
	ExitStatus status;

	if (usage_port_problem(options) != NULL)
		return usage_fail(options, usage_port_problem(options));
	if (options->url != NULL && url == NULL)
		return usage_fail(options, "--url is no address, or holds a password");
	status = chosen_open(&chosen, options);
	if (status != EXIT_ALL_WELL)
		return status;
	connection = chosen_connection(&chosen, &error);
	if (connection == NULL || !reconnect(&chosen, connection, &error))
		return chosen_fail(options, error);
	tell(&chosen, connection);
	return EXIT_ALL_WELL;
}

const Command command_reconnect = {
	.name = "reconnect",
	.arguments = "",
	.summary = "give a connection a new password, or access to Google anew",
	.details = "Tries the account with the password that is read from standard input, unseen "
		   "on a\n"
		   "terminal, or from a file, and stores it in the connection, whose last error "
		   "is\n"
		   "cleared. Google asks in a browser, as for connect. Events, calendars and "
		   "settings stay.\n\n"
		   "Example: prm-calendar reconnect --user=anna < password.txt",
	.options = reconnect_options,
	.run = run_reconnect,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar connect`: a calendar account is tried, and becomes a connection as the theme's. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/connect.h"
#include "cli/output.h"
#include "cli/usage.h"
#include "sync/addition.h"
#include "sync/connection_sync.h"
#include "user/connection_account.h"
#include "util/limits.h"

static const CliOption connect_options[] = {
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",
		"whose connection: id, login or e-mail address"},
	{"url", 0, CLI_OPTION_TEXT, offsetof(CliOptions, url), "URL",
		"caldav: address of the server or calendar"},
	{"username", 0, CLI_OPTION_TEXT, offsetof(CliOptions, username), "NAME",
		"caldav: user name of the account"},
	{"password-file", 0, CLI_OPTION_TEXT, offsetof(CliOptions, password_file), "FILE",
		"caldav: read the password there, not from standard input"},
	{"calendar", 0, CLI_OPTION_TEXTS, offsetof(CliOptions, calendars), "CALENDAR",
		"name, id or path of a calendar to sync; may be repeated"},
	{"port", 0, CLI_OPTION_NUMBER, offsetof(CliOptions, port), "PORT",
		"google: where the browser comes back to (default: 8765)"},
	{"name", 0, CLI_OPTION_TEXT, offsetof(CliOptions, name), "LABEL",
		"what the theme calls the connection"},
	{"dry-run", 0, CLI_OPTION_FLAG, offsetof(CliOptions, dry_run), NULL,
		"try the account, and write nothing"},
	{0},
};

static void add_json(const Connection *connection, Json *list)
{
	Json *object = json_append_object(list);

	json_set_text(object, "connection", connection->id);
	json_set_text(object, "provider", connection->provider);
	json_set_text(object, "name", connection->name);
	json_set_text(object, "calendar", connection->calendar_ids[0]);
}

static void print_json(const Chosen *chosen, const GPtrArray *made)
{
	g_autoptr(Json) root = json_object_new();
	Json *list;

	json_set_int(root, "user_id", chosen->user->id);
	json_set_text(root, "user_login", chosen->user->login);
	json_set_bool(root, "written", !chosen->options->dry_run);
	list = json_add_list(root, "connections");
	for (guint i = 0; i < made->len; i++)
		add_json(g_ptr_array_index(made, i), list);
	json_print(root);
}

static void print_text(const Chosen *chosen, const GPtrArray *made)
{
	g_autofree char *login = printable(chosen->user->login);

	for (guint i = 0; i < made->len; i++) {
		const Connection *connection = g_ptr_array_index(made, i);
		g_autofree char *name = printable(connection->name);
		g_autofree char *calendar = printable(connection->calendar_ids[0]);

		if (chosen->options->dry_run)
			printf("%s: %s could be connected (%s)\n", login, name, calendar);
		else
			printf("%s: %s is connected as %s (%s)\n", login, name, connection->id,
				calendar);
	}
	if (!chosen->options->dry_run)
		printf("The next pass syncs it; at once: prm-calendar sync --user=%s\n", login);
}

static bool check_room(const Chosen *chosen, const GPtrArray *made, GError **error)
{
	if (chosen->list->connections->len + made->len <= LIMIT_USER_CONNECTIONS)
		return true;
	g_set_error(error, SYNC_ERROR, SYNC_ERROR_REFUSED,
		"only %d connections of a user are synced, and %s has %u; disconnect those that "
		"are not used",
		LIMIT_USER_CONNECTIONS, chosen->user->login, chosen->list->connections->len);
	return false;
}

static GPtrArray *make_and_store(Chosen *chosen, GError **error)
{
	g_autoptr(GPtrArray) made = NULL;

	if (!addition_check_key(&chosen->context, chosen->app.db, error))
		return NULL;
	made = strcmp(chosen->options->arguments[0], "google") == 0 ? connect_google(chosen, error)
								    : connect_caldav(chosen, error);
	if (made == NULL || !check_room(chosen, made, error))
		return NULL;
	if (!chosen->options->dry_run &&
		!addition_run(&chosen->context, chosen->app.db, chosen->user, made, error))
		return NULL;
	return g_steal_pointer(&made);
}

/* NULL when all is there. */
static const char *missing(const CliOptions *options)
{
	const char *service = options->arguments[0];
	g_autofree char *url = options->url != NULL ? connection_account_url(options->url) : NULL;

	if (g_strcmp0(service, "google") == 0)
		return options->url == NULL && options->username == NULL &&
				       options->password_file == NULL
			       ? usage_port_problem(options)
			       : "google takes no address, user name or password: its owner signs "
				 "in in a browser";
	if (g_strcmp0(service, "caldav") != 0)
		return "say which service: caldav or google";
	if (options->url == NULL || options->username == NULL || options->username[0] == '\0')
		return "caldav needs --url=URL and --username=NAME";
	if (url == NULL)
		return "--url is no address, or holds a password, which everybody on this machine "
		       "could read: the password belongs on standard input";
	return NULL;
}

static ExitStatus run_connect(const CliOptions *options)
{
	g_auto(Chosen) chosen = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) made = NULL;
	ExitStatus status;

	if (missing(options) != NULL)
		return usage_fail(options, missing(options));
	status = chosen_open(&chosen, options);
	if (status != EXIT_ALL_WELL)
		return status;
	made = make_and_store(&chosen, &error);
	if (made == NULL)
		return chosen_fail(options, error);
	if (options->json)
		print_json(&chosen, made);
	else if (!options->quiet)
		print_text(&chosen, made);
	return EXIT_ALL_WELL;
}

const Command command_connect = {
	.name = "connect",
	.arguments = "caldav|google",
	.summary = "connect a user's calendar account from the shell",
	.details =
		"Tries the account, lists its calendars, and stores a connection for each that\n"
		"--calendar names, as if its owner had made it in the theme, where it appears. "
		"Without\n"
		"--calendar the only one is taken, or one is asked for on a terminal. The password "
		"is\n"
		"read from standard input, unseen on a terminal, or from a file, and never from "
		"the\n"
		"command line. Google asks the calendar's owner in a browser, which may be on "
		"another\n"
		"machine (ssh -L).\n\n"
		"Example: prm-calendar connect caldav --user=anna --url=https://dav.example.org "
		"\\\n"
		"           --username=anna --calendar=Work < password.txt",
	.options = connect_options,
	.arguments_max = 1,
	.run = run_connect,
};

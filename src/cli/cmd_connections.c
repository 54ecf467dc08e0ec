/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar connections`: which connections there are. No server is asked. */
#include <stdio.h>
#include <string.h>

#include "cli/chosen.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "user/connections_row.h"

static const CliOption connections_options[] = {
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",
		"only this user's: id, login or e-mail address"},
	{0},
};

/* One run of the command. */
typedef struct {
	Json *list; /* with --json */
	size_t shown;
	size_t problems;
} ConnectionsRun;

static void add_json(ConnectionsRun *run, const WpUser *user, const Connection *connection)
{
	Json *object = json_append_object(run->list);
	Json *calendars;

	json_set_int(object, "user_id", user->id);
	json_set_text(object, "user_login", user->login);
	json_set_text(object, "connection", connection->id);
	json_set_text(object, "provider", connection->provider);
	json_set_text(object, "name", connection->name);
	calendars = json_add_list(object, "calendars");
	for (char **id = connection->calendar_ids; *id != NULL; id++)
		json_append_text(calendars, *id);
	json_set_bool(object, "sync_enabled", connection->sync_enabled);
	json_set_bool(object, "auto_log", connection->auto_log);
	json_set_text(object, "last_sync", connection->last_sync);
	json_set_text(object, "last_error", connection->last_error);
}

static void print_connection(const WpUser *user, const Connection *connection)
{
	g_autofree char *login = printable(user->login);
	g_autofree char *name = printable(connection->name);
	g_autofree char *joined = g_strjoinv(", ", connection->calendar_ids);
	g_autofree char *calendars = printable(joined);

	printf("%s: %s (%s, %s)%s\n", login, name, connection->provider, connection->id,
		connection->sync_enabled ? "" : ", switched off");
	printf("  calendar    %s\n", calendars[0] != '\0' ? calendars : "the account's own");
	printf("  last sync   %s\n",
		connection->last_sync != NULL ? connection->last_sync : "never");
	if (connection->last_error != NULL) {
		g_autofree char *message = printable(connection->last_error);

		printf("  last error  %s\n", message);
	}
}

static void tell_problem(ConnectionsRun *run, const WpUser *user, const char *text)
{
	g_autofree char *problem = printable(text);
	g_autofree char *login = printable(user->login);

	run->problems++;
	fprintf(stderr, "prm-calendar: %s (user %" G_GINT64_FORMAT "): not understood: %s\n", login,
		user->id, problem);
}

static void show(ConnectionsRun *run, const UserConnections *row)
{
	size_t length = 0;
	const char *stored = g_bytes_get_data(row->stored, &length);
	g_autoptr(GError) error = NULL;
	g_autoptr(ConnectionList) list =
		connections_parse(stored != NULL ? stored : "", length, &error);

	if (list == NULL) {
		tell_problem(run, row->user, error->message);
		return;
	}
	for (guint i = 0; i < list->connections->len; i++) {
		const Connection *connection = g_ptr_array_index(list->connections, i);

		run->shown++;
		if (run->list != NULL)
			add_json(run, row->user, connection);
		else
			print_connection(row->user, connection);
	}
	for (guint i = 0; i < list->problems->len; i++)
		tell_problem(run, row->user, g_ptr_array_index(list->problems, i));
}

static bool show_all(const App *app, const CliOptions *options, ConnectionsRun *run, GError **error)
{
	g_autoptr(WpUser) only = NULL;
	g_autoptr(GPtrArray) rows = NULL;

	if (options->user != NULL) {
		only = chosen_user(app->db, options->user, error);
		if (only == NULL)
			return false;
	}
	rows = connections_rows_load(app->db, app->site, NULL, error);
	if (rows == NULL)
		return false;
	for (guint i = 0; i < rows->len; i++) {
		const UserConnections *row = g_ptr_array_index(rows, i);

		if (only == NULL || row->user->id == only->id)
			show(run, row);
	}
	return true;
}

static ExitStatus run_connections(const CliOptions *options)
{
	g_auto(App) app = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(Json) root = NULL;
	ConnectionsRun run = {0};
	ExitStatus status = app_open(&app, options);

	if (status != EXIT_ALL_WELL)
		return status;
	if (options->json) {
		root = json_object_new();
		run.list = json_add_list(root, "connections");
	}
	if (!show_all(&app, options, &run, &error))
		return app_fail(options, error);
	if (root != NULL)
		json_print(root);
	else if (run.shown == 0 && run.problems == 0)
		puts("No connections.");
	return run.problems > 0 ? EXIT_SOME_FAILED : EXIT_ALL_WELL;
}

const Command command_connections = {
	.name = "connections",
	.arguments = "",
	.summary = "list the users' connections",
	.details = "Shows each connection that users made in the theme or that `connect` made: "
		   "whose it\n"
		   "is, its id, its calendars, its last sync and its last error. No calendar "
		   "server is\n"
		   "asked; `calendars` does.\n\n"
		   "Example: prm-calendar connections --user=anna",
	.options = connections_options,
	.run = run_connections,
};

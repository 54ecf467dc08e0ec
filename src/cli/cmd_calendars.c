/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar calendars`: which calendars a connection's account has, by id and name. */
#include <stdio.h>
#include <string.h>

#include "cli/chosen.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "provider/provider.h"
#include "sync/account.h"

static const CliOption calendars_options[] = {
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",
		"whose connections: id, login or e-mail address"},
	{"connection", 0, CLI_OPTION_TEXT, offsetof(CliOptions, connection), "ID",
		"only this connection of the user"},
	{0},
};

/* One run of the command. */
typedef struct {
	const Chosen *chosen;
	Json *connections; /* with --json */
	size_t failed;
} CalendarsRun;

/* True for a calendar that the connection syncs; "primary" stands for one of them, and CalDAV's may
 * be given by their path. */
static bool is_chosen(const Connection *connection, const ProviderCalendar *calendar)
{
	for (char **id = connection->calendar_ids; *id != NULL; id++) {
		if (strcmp(*id, calendar->id) == 0 ||
			(calendar->is_primary && strcmp(*id, "primary") == 0) ||
			((*id)[0] == '/' && g_str_has_suffix(calendar->id, *id)))
			return true;
	}
	return connection->calendar_ids[0] == NULL && calendar->is_primary;
}

static void add_json(
	Json *list, const Connection *connection, const GPtrArray *calendars, const GError *failure)
{
	Json *object = json_append_object(list);
	Json *items;

	json_set_text(object, "connection", connection->id);
	json_set_text(object, "name", connection->name);
	json_set_text(object, "provider", connection->provider);
	json_set_text(object, "error", failure != NULL ? failure->message : NULL);
	items = json_add_list(object, "calendars");
	for (guint i = 0; calendars != NULL && i < calendars->len; i++) {
		const ProviderCalendar *calendar = g_ptr_array_index(calendars, i);
		Json *item = json_append_object(items);

		json_set_text(item, "id", calendar->id);
		json_set_text(item, "name", calendar->name);
		json_set_bool(item, "holds_events", calendar->holds_events);
		json_set_bool(item, "chosen", is_chosen(connection, calendar));
	}
}

static void print_calendar(const Connection *connection, const ProviderCalendar *calendar)
{
	g_autofree char *id = printable(calendar->id);
	g_autofree char *name = printable(calendar->name);

	printf("  %s %s%s\n    %s\n", is_chosen(connection, calendar) ? "*" : " ",
		name[0] != '\0' ? name : "(no name)",
		calendar->holds_events ? "" : "  (without events)", id);
}

static void print_text(
	const Connection *connection, const GPtrArray *calendars, const GError *failure)
{
	g_autofree char *name = printable(connection->name);

	printf("%s (%s, %s)\n", name, connection->provider, connection->id);
	for (guint i = 0; calendars != NULL && i < calendars->len; i++)
		print_calendar(connection, g_ptr_array_index(calendars, i));
	if (failure != NULL) {
		g_autofree char *message = printable(failure->message);

		printf("  cannot be listed: %s\n", message);
	}
}

static void show(CalendarsRun *run, const Connection *connection)
{
	const Chosen *chosen = run->chosen;
	g_autoptr(GError) failure = NULL;
	g_autoptr(GPtrArray) calendars = account_calendars(&chosen->context, chosen->app.db,
		chosen->http, chosen->user->id, connection, &failure);

	if (calendars == NULL)
		run->failed++;
	if (run->connections != NULL)
		add_json(run->connections, connection, calendars, failure);
	else
		print_text(connection, calendars, failure);
}

/* The one that is named, or all. */
static bool show_chosen(CalendarsRun *run, GError **error)
{
	const GPtrArray *all = run->chosen->list->connections;

	if (run->chosen->options->connection != NULL || all->len == 0) {
		const Connection *connection = chosen_connection(run->chosen, error);

		if (connection == NULL)
			return false;
		show(run, connection);
		return true;
	}
	for (guint i = 0; i < all->len; i++)
		show(run, g_ptr_array_index(all, i));
	return true;
}

static ExitStatus run_calendars(const CliOptions *options)
{
	g_auto(Chosen) chosen = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(Json) root = NULL;
	CalendarsRun run = {.chosen = &chosen};
	ExitStatus status = chosen_open(&chosen, options);

	if (status != EXIT_ALL_WELL)
		return status;
	if (options->json) {
		root = json_object_new();
		run.connections = json_add_list(root, "connections");
	}
	if (!show_chosen(&run, &error))
		return app_fail(options, error);
	if (root != NULL)
		json_print(root);
	return run.failed > 0 ? EXIT_SOME_FAILED : EXIT_ALL_WELL;
}

const Command command_calendars = {
	.name = "calendars",
	.arguments = "",
	.summary = "list the calendars that a user's connections could sync",
	.details =
		"Asks each connection's server which calendars the account has, and shows "
		"their names\n"
		"and ids. Those that the connection syncs are marked with *. Nothing is written, "
		"but a\n"
		"Google access token that has run out is renewed.\n\n"
		"Example: prm-calendar calendars --user=anna --connection=conn_65a4f0c1d2e01",
	.options = calendars_options,
	.run = run_calendars,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/chosen.h"

#include <string.h>

#include "cli/usage.h"
#include "state/schema.h"
#include "sync/connection_sync.h"
#include "user/connections_row.h"

WpUser *chosen_user(Db *db, const char *who, GError **error)
{
	WpUser *user = NULL;

	if (wp_user_find(db, who, &user, error) && user == NULL)
		g_set_error(error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
			"no user has the id, login or e-mail address '%s'", who);
	return user;
}

WpUser *chosen_person(Db *db, const char *who, GError **error)
{
	g_autoptr(GError) why = NULL;
	WpUser *user = chosen_user(db, who, &why);
	gint64 id;

	if (user != NULL)
		return user;
	if (g_error_matches(why, SYNC_ERROR, SYNC_ERROR_NOT_FOUND) &&
		g_ascii_string_to_signed(who, 10, 1, G_MAXINT64, &id, NULL)) {
		user = g_new0(WpUser, 1);
		user->id = id;
		return user;
	}
	g_propagate_error(error, g_steal_pointer(&why));
	return NULL;
}

static bool find(Chosen *chosen, GError **error)
{
	const App *app = &chosen->app;

	chosen->user = chosen_user(app->db, chosen->options->user, error);
	if (chosen->user == NULL)
		return false;
	chosen->list = connections_row_read(app->db, app->site, chosen->user->id, error);
	return chosen->list != NULL;
}

ExitStatus chosen_open(Chosen *chosen, const CliOptions *options)
{
	g_autoptr(GError) error = NULL;
	ExitStatus status;

	chosen->options = options;
	if (options->user == NULL)
		return usage_fail(options, "say whose calendars: --user=USER");
	status = app_open(&chosen->app, options);
	if (status != EXIT_ALL_WELL)
		return status;
	if (!state_schema_is_current(chosen->app.db, &chosen->app.has_tables, &error) ||
		!find(chosen, &error))
		return app_fail(options, error);
	chosen->context = app_sync_context(&chosen->app, options);
	chosen->http = http_client_new(chosen->app.http);
	return EXIT_ALL_WELL;
}

void chosen_clear(Chosen *chosen)
{
	g_clear_pointer(&chosen->list, connection_list_free);
	g_clear_pointer(&chosen->user, wp_user_free);
	g_clear_pointer(&chosen->http, http_client_free);
	app_clear(&chosen->app);
}

const Connection *chosen_connection(const Chosen *chosen, GError **error)
{
	const GPtrArray *connections = chosen->list->connections;
	const char *wanted = chosen->options->connection;

	if (wanted == NULL && connections->len == 1)
		return g_ptr_array_index(connections, 0);
	for (guint i = 0; wanted != NULL && i < connections->len; i++) {
		const Connection *connection = g_ptr_array_index(connections, i);

		if (strcmp(connection->id, wanted) == 0)
			return connection;
	}
	if (connections->len == 0)
		g_set_error(error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND, "user %s has no connections",
			chosen->user->login);
	else if (wanted != NULL)
		g_set_error(error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
			"user %s has no connection %s; prm-calendar connections --user=%s lists "
			"them",
			chosen->user->login, wanted, chosen->user->login);
	else
		g_set_error(error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
			"user %s has %u connections: say which by --connection=ID; prm-calendar "
			"connections --user=%s lists them",
			chosen->user->login, connections->len, chosen->user->login);
	return NULL;
}

ExitStatus chosen_fail(const CliOptions *options, const GError *error)
{
	ExitStatus status = app_fail(options, error);

	return g_error_matches(error, SYNC_ERROR, SYNC_ERROR_BUSY) ? EXIT_BUSY : status;
}

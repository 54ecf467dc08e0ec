/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar status`: whose turn it is, what ran, and how each connection fares. */
#include <stdio.h>
#include <string.h>

#include "cli/app.h"
#include "cli/commands.h"
#include "cli/connection_problems.h"
#include "cli/output.h"
#include "cli/run_list.h"
#include "state/connection_state.h"
#include "state/run_history.h"
#include "sync/due.h"
#include "sync/pass.h"
#include "sync/patience.h"
#include "sync/turn.h"
#include "user/connection.h"
#include "util/log.h"
#include "wp/event_counts.h"

enum { SECONDS_PER_MINUTE = 60, RUNS_SHOWN = 5 };

static const CliOption status_options[] = {{0}};

typedef struct {
	const App *app;
	GPtrArray *users; /* of PassUser: those who take turns */
	EventCounts *events;
	GPtrArray *runs;     /* of RunRecord: the last ones */
	GHashTable *states;  /* of ConnectionState */
	GPtrArray *problems; /* of ConnectionProblem */
	PassTurn turn;
	int64_t now_utc;
	int64_t next_pass_utc; /* 0 when no pass has begun within the last day */
	size_t next_index;     /* in users: whose turn it will be */
} StatusView;

static void status_view_clear(StatusView *view)
{
	g_clear_pointer(&view->users, g_ptr_array_unref);
	g_clear_pointer(&view->events, event_counts_free);
	g_clear_pointer(&view->runs, g_ptr_array_unref);
	g_clear_pointer(&view->states, g_hash_table_unref);
	g_clear_pointer(&view->problems, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StatusView, status_view_clear)

static size_t users_per_pass(const StatusView *view)
{
	size_t wanted = (size_t)view->app->config->sync_users_per_pass;

	return wanted == 0 ? view->users->len : wanted;
}

static int64_t interval_secs(const StatusView *view)
{
	return (int64_t)view->app->config->sync_interval_minutes * SECONDS_PER_MINUTE;
}

/* Minutes until everyone had a turn. */
static int64_t full_cycle_minutes(const StatusView *view)
{
	size_t each = MAX(users_per_pass(view), 1);
	size_t passes = (view->users->len + each - 1) / each;

	return (int64_t)passes * view->app->config->sync_interval_minutes;
}

static size_t index_of_next(const StatusView *view)
{
	g_autofree int64_t *ids = g_new(int64_t, MAX(view->users->len, 1));

	for (guint i = 0; i < view->users->len; i++)
		ids[i] = ((const PassUser *)g_ptr_array_index(view->users, i))->user->id;
	return view->users->len == 0 ? 0
				     : turn_next(ids, view->users->len, view->turn.last_user_id);
}

static bool status_view_load(
	StatusView *view, const App *app, const SyncContext *context, GError **error)
{
	*view = (StatusView){.app = app, .now_utc = context->now_utc()};
	view->users = pass_users(context, app->db, NULL, error);
	if (view->users == NULL || !pass_turn_load(context, app->db, &view->turn, error))
		return false;
	view->events = event_counts_load(app->db, error);
	if (view->events == NULL)
		return false;
	view->runs = run_history_load(app->db, NULL, view->now_utc, RUNS_SHOWN, error);
	if (view->runs == NULL)
		return false;
	view->states = connection_states_load(app->db, error);
	if (view->states == NULL)
		return false;
	view->problems = connection_problems_load(app->db, app->site, error);
	if (view->problems == NULL)
		return false;
	view->next_index = index_of_next(view);
	if (view->turn.began_utc > 0)
		view->next_pass_utc = view->turn.began_utc + interval_secs(view);
	return true;
}

/* What is remembered of a connection, or NULL. */
static const ConnectionState *state_of(
	const StatusView *view, const WpUser *user, const Connection *connection)
{
	g_autofree char *key = connection_state_key(user->id, connection->id);

	return g_hash_table_lookup(view->states, key);
}

/* Until when passes leave a connection alone that failed; 0: they do not. */
static int64_t patience_utc(
	const StatusView *view, const WpUser *user, const Connection *connection)
{
	const PatienceSubject subject = patience_subject(view->app->site, connection);
	const ConnectionState *state = state_of(view, user, connection);

	return state == NULL ? 0 : patience_until_utc(state, &subject, view->now_utc);
}

/* The pass that will sync this connection: one of its user's turns, and none before its time. */
static int64_t due_utc(const StatusView *view, size_t user_index, const Connection *connection)
{
	const PassUser *user = g_ptr_array_index(view->users, user_index);
	size_t ahead = (user_index + view->users->len - view->next_index) % view->users->len;
	int64_t turn_utc = MAX(view->next_pass_utc, view->now_utc) +
			   (int64_t)(ahead / MAX(users_per_pass(view), 1)) * interval_secs(view);
	int64_t from_utc = MAX(due_from_utc(connection, interval_secs(view), view->now_utc),
		patience_utc(view, user->user, connection));

	return due_turn_utc(turn_utc, full_cycle_minutes(view) * SECONDS_PER_MINUTE, from_utc);
}

static char *next_pass_text(const StatusView *view)
{
	if (view->next_pass_utc == 0)
		return NULL;
	return site_zone_format_iso(view->app->site->zone, view->next_pass_utc);
}

typedef void (*ConnectionVisitor)(const StatusView *view, const WpUser *user,
	const Connection *connection, const char *due, void *data);

static void visit_connections(const StatusView *view, ConnectionVisitor visit, void *data)
{
	for (guint i = 0; i < view->users->len; i++) {
		const PassUser *user = g_ptr_array_index(view->users, i);
		const GPtrArray *connections = user->list->connections;

		for (guint j = 0; j < connections->len; j++) {
			const Connection *connection = g_ptr_array_index(connections, j);
			g_autofree char *due = NULL;

			if (connection->sync_enabled)
				due = site_zone_format_iso(
					view->app->site->zone, due_utc(view, i, connection));
			visit(view, user->user, connection, due, data);
		}
	}
}

static char *others_text(const StatusView *view, const ConnectionState *state)
{
	if (state == NULL || state->others_utc == 0)
		return NULL;
	return site_zone_format_iso(view->app->site->zone, state->others_utc);
}

/* What else wrote the connection's events. */
static void add_json_others(const StatusView *view, const ConnectionState *state, Json *object)
{
	g_autofree char *last = others_text(view, state);

	json_set_int(object, "times", state != NULL ? state->others_times : 0);
	json_set_text(object, "last", last);
	json_set_int(object, "events_mended", state != NULL ? state->others_mended : 0);
}

static void print_others(const StatusView *view, const ConnectionState *state)
{
	g_autofree char *last = others_text(view, state);

	if (last != NULL)
		printf("  by others   written %u %s by something else, last noticed %s; "
		       "%u events mended\n",
			state->others_times, state->others_times == 1 ? "time" : "times", last,
			state->others_mended);
}

static void add_json_connection(const StatusView *view, const WpUser *user,
	const Connection *connection, const char *due, void *data)
{
	Json *object = json_append_object(data);

	json_set_int(object, "user_id", user->id);
	json_set_text(object, "user_login", user->login);
	json_set_text(object, "connection", connection->id);
	json_set_text(object, "name", connection->name);
	json_set_text(object, "provider", connection->provider);
	json_set_bool(object, "sync_enabled", connection->sync_enabled);
	json_set_bool(object, "auto_log", connection->auto_log);
	json_set_text(object, "last_sync", connection->last_sync);
	json_set_text(object, "last_error", connection->last_error);
	json_set_int(object, "events", event_counts_of(view->events, user->id, connection->id));
	json_set_text(object, "next_due", due);
	add_json_others(view, state_of(view, user, connection),
		json_add_object(object, "written_by_others"));
}

static void add_json_problems(const StatusView *view, Json *list)
{
	for (guint i = 0; i < view->problems->len; i++) {
		const ConnectionProblem *problem = g_ptr_array_index(view->problems, i);
		Json *object = json_append_object(list);

		json_set_int(object, "user_id", problem->user_id);
		json_set_text(object, "user_login", problem->user_login);
		json_set_text(object, "problem", problem->text);
	}
}

static void print_problems(const StatusView *view)
{
	for (guint i = 0; i < view->problems->len; i++) {
		const ConnectionProblem *problem = g_ptr_array_index(view->problems, i);
		g_autofree char *login = printable(problem->user_login);
		g_autofree char *text = printable(problem->text);

		printf("\n%s (user %" G_GINT64_FORMAT "): not understood, and left as it is: %s\n",
			login, problem->user_id, text);
	}
}

static void print_json_status(const StatusView *view)
{
	g_autoptr(Json) root = json_object_new();
	g_autofree char *next = next_pass_text(view);
	/* The theme's name for its own is of this form. */
	g_autofree char *schedule =
		g_strdup_printf("every_%d_minutes", view->app->config->sync_interval_minutes);

	json_set_text(root, "next_scheduled", next);
	json_set_bool(root, "is_scheduled", next != NULL);
	json_set_text(root, "cron_schedule", schedule);
	json_set_int(root, "total_users_with_connections", view->users->len);
	json_set_int(root, "current_user_index", view->turn.theme_index);
	json_set_int(root, "estimated_full_cycle", full_cycle_minutes(view));
	run_list_add_json(view->runs, view->app->site->zone, json_add_list(root, "runs"));
	visit_connections(view, add_json_connection, json_add_list(root, "connections"));
	add_json_problems(view, json_add_list(root, "problems"));
	json_print(root);
}

static void print_connection(const StatusView *view, const WpUser *user,
	const Connection *connection, const char *due, void *data)
{
	g_autofree char *login = printable(user->login);
	g_autofree char *name = printable(connection->name);

	(void)data;
	printf("\n%s: %s (%s, %s)%s\n", login, name, connection->provider, connection->id,
		connection->sync_enabled ? "" : ", switched off");
	printf("  last sync   %s\n",
		connection->last_sync == NULL ? "never" : connection->last_sync);
	if (connection->last_error != NULL) {
		g_autofree char *message = printable(connection->last_error);

		printf("  last error  %s\n", message);
	}
	printf("  events      %" G_GINT64_FORMAT "\n",
		event_counts_of(view->events, user->id, connection->id));
	print_others(view, state_of(view, user, connection));
	if (due != NULL)
		printf("  next due    %s\n", due);
}

static void print_status(const StatusView *view)
{
	g_autofree char *next = next_pass_text(view);

	printf("Next run                 %s\n",
		next == NULL ? "not known: no pass has begun within the last day" : next);
	printf("Users with connections   %u\n", view->users->len);
	printf("Current user index       %" G_GINT64_FORMAT "\n", view->turn.theme_index);
	printf("Estimated full cycle     %" G_GINT64_FORMAT " minutes\n", full_cycle_minutes(view));
	printf("Last runs%s\n", view->runs->len == 0 ? "                none is remembered" : "");
	run_list_print(view->runs, view->app->site->zone);
	visit_connections(view, print_connection, NULL);
	print_problems(view);
}

static ExitStatus run_status(const CliOptions *options)
{
	g_auto(App) app = {0};
	g_auto(StatusView) view = {0};
	g_autoptr(GError) error = NULL;
	SyncContext context;
	ExitStatus status = app_open(&app, options);

	if (status != EXIT_ALL_WELL)
		return status;
	context = app_sync_context(&app, options);
	if (!status_view_load(&view, &app, &context, &error))
		return app_fail(options, error);
	if (options->json)
		print_json_status(&view);
	else
		print_status(&view);
	return EXIT_ALL_WELL;
}

const Command command_status = {
	.name = "status",
	.arguments = "",
	.summary = "whose turn it is, what ran, and how each connection fares",
	.details = "Shows what the theme's status page shows (next run, users with connections, "
		   "current\n"
		   "user index, estimated full cycle), what the last runs did, and for each\n"
		   "connection its last sync, its last error, its events, what else wrote them,\n"
		   "and when it is due.\n\n"
		   "Example: prm-calendar status --json",
	.options = status_options,
	.run = run_status,
};

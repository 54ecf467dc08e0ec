/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything is read in a few statements; the events of single connections only where few are
 * shown. */
#include "cli/status_view.h"

#include "cli/connection_problems.h"
#include "state/run_history.h"
#include "sync/due.h"
#include "sync/patience.h"
#include "sync/turn.h"
#include "wp/event_counts.h"

enum {
	SECONDS_PER_MINUTE = 60,
	SECONDS_PER_HOUR = 60 * 60,
	RUNS_SHOWN = 5,
	COUNTED_SINGLY = 200, /* connections: beyond, one statement counts all events of the site */
};

void status_view_clear(StatusView *view)
{
	g_clear_pointer(&view->pause, g_free);
	g_clear_pointer(&view->entries, g_array_unref);
	g_clear_pointer(&view->users, g_ptr_array_unref);
	g_clear_pointer(&view->runs, g_ptr_array_unref);
	g_clear_pointer(&view->states, g_hash_table_unref);
	g_clear_pointer(&view->problems, g_ptr_array_unref);
}

static size_t users_per_pass(const StatusView *view)
{
	size_t wanted = (size_t)view->app->config->sync_users_per_pass;

	return wanted == 0 ? view->users->len : wanted;
}

static int64_t interval_secs(const StatusView *view)
{
	return (int64_t)view->app->config->sync_interval_minutes * SECONDS_PER_MINUTE;
}

int64_t status_view_cycle_minutes(const StatusView *view)
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

/* Until when passes leave a connection alone that failed; 0: they do not. */
static int64_t patience_utc(const StatusView *view, const StatusEntry *entry)
{
	const PatienceSubject subject = patience_subject(view->app->site, entry->connection);

	return entry->state == NULL ? 0 : patience_until_utc(entry->state, &subject, view->now_utc);
}

/* The pass that will sync this connection: one of its user's turns, and none before its time. */
static int64_t due_utc(const StatusView *view, const StatusEntry *entry)
{
	size_t users = view->users->len;
	size_t ahead = (entry->user_index + users - view->next_index) % users;
	int64_t turn_utc = MAX(view->next_pass_utc, view->now_utc) +
			   (int64_t)(ahead / MAX(users_per_pass(view), 1)) * interval_secs(view);
	int64_t from_utc = MAX(due_from_utc(entry->connection, interval_secs(view), view->now_utc),
		patience_utc(view, entry));

	return entry->health == HEALTH_PAUSED
		       ? 0
		       : due_turn_utc(turn_utc,
				 status_view_cycle_minutes(view) * SECONDS_PER_MINUTE, from_utc);
}

/* What the options ask for. */
typedef struct {
	int64_t user_id; /* 0: everybody */
	bool failing;
	int64_t stale_before_utc; /* not synced since; 0: all */
} Choice;

static bool is_stale(const Connection *connection, int64_t before_utc)
{
	int64_t last_utc;

	return connection->last_sync == NULL ||
	       !site_time_parse_iso(connection->last_sync, &last_utc) || last_utc < before_utc;
}

static bool is_chosen(const StatusEntry *entry, const Choice *choice)
{
	if (choice->user_id != 0 && entry->user->id != choice->user_id)
		return false;
	if (choice->failing && entry->health != HEALTH_FAILING && entry->health != HEALTH_REFUSED)
		return false;
	return choice->stale_before_utc == 0 ||
	       (entry->health != HEALTH_PAUSED &&
		       is_stale(entry->connection, choice->stale_before_utc));
}

static void add_user(
	StatusView *view, const HealthRules *rules, guint user_index, const Choice *choice)
{
	const PassUser *user = g_ptr_array_index(view->users, user_index);

	for (guint i = 0; i < user->list->connections->len; i++) {
		StatusEntry entry = {
			.user = user->user,
			.user_index = user_index,
			.connection = g_ptr_array_index(user->list->connections, i),
		};
		g_autofree char *key = connection_state_key(user->user->id, entry.connection->id);

		entry.state = g_hash_table_lookup(view->states, key);
		entry.health = health_of(rules, entry.connection, entry.state);
		health_add(&view->summary, rules, entry.connection, entry.state);
		if (!is_chosen(&entry, choice))
			continue;
		entry.due_utc = due_utc(view, &entry);
		g_array_append_val(view->entries, entry);
	}
}

/* Keeps the entries of one page, counted from 1. */
static void cut_page(StatusView *view, size_t page, size_t length)
{
	size_t first;

	view->chosen = view->entries->len;
	view->pages = length == 0 ? 1 : MAX((view->chosen + length - 1) / length, 1);
	if (length == 0)
		return;
	first = MIN((page - 1) * length, view->chosen);
	g_array_remove_range(view->entries, 0, (guint)first);
	if (view->entries->len > length)
		g_array_set_size(view->entries, (guint)length);
}

static bool count_singly(const StatusView *view, GError **error)
{
	for (guint i = 0; i < view->entries->len; i++) {
		StatusEntry *entry = &g_array_index(view->entries, StatusEntry, i);
		int64_t others;

		if (!event_counts_of_user(view->app->db, entry->user->id, entry->connection->id,
			    &entry->events, &others, error))
			return false;
	}
	return true;
}

static bool count_events(const StatusView *view, GError **error)
{
	g_autoptr(EventCounts) counts = NULL;

	if (view->entries->len <= COUNTED_SINGLY)
		return count_singly(view, error);
	counts = event_counts_load(view->app->db, error);
	if (counts == NULL)
		return false;
	for (guint i = 0; i < view->entries->len; i++) {
		StatusEntry *entry = &g_array_index(view->entries, StatusEntry, i);

		entry->events = event_counts_of(counts, entry->user->id, entry->connection->id);
	}
	return true;
}

static bool make_choice(
	const StatusView *view, const CliOptions *options, Choice *ret_choice, GError **error)
{
	g_autoptr(WpUser) user = NULL;

	*ret_choice = (Choice){
		.failing = options->failing,
		.stale_before_utc = options->stale < 0 ? 0
						       : view->now_utc - (int64_t)options->stale *
										 SECONDS_PER_HOUR,
	};
	if (options->user == NULL)
		return true;
	if (!wp_user_find(view->app->db, options->user, &user, error))
		return false;
	if (user == NULL) {
		g_set_error(error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
			"no user has the id, login or e-mail address '%s'", options->user);
		return false;
	}
	ret_choice->user_id = user->id;
	return true;
}

static bool read_all(StatusView *view, const SyncContext *context, unsigned runs, GError **error)
{
	Db *db = view->app->db;

	view->users = pass_users(context, db, NULL, error);
	if (view->users == NULL || !pass_turn_load(context, db, &view->turn, error))
		return false;
	view->runs = run_history_load(db, NULL, view->now_utc, runs, error);
	if (view->runs == NULL)
		return false;
	view->states = connection_states_load(db, error);
	if (view->states == NULL)
		return false;
	view->problems = connection_problems_load(db, view->app->site, error);
	return view->problems != NULL;
}

bool status_view_load(StatusView *view, const App *app, const CliOptions *options,
	size_t page_length, GError **error)
{
	const SyncContext context = app_sync_context(app, options);
	HealthRules rules;
	Choice choice;

	*view = (StatusView){
		.app = app,
		.now_utc = context.now_utc(),
		.pause = health_pause_reason(app->config, app->site),
		.entries = g_array_new(FALSE, FALSE, sizeof(StatusEntry)),
	};
	if (!make_choice(view, options, &choice, error) ||
		!read_all(view, &context, options->runs < 0 ? RUNS_SHOWN : (unsigned)options->runs,
			error))
		return false;
	view->next_index = index_of_next(view);
	if (view->turn.began_utc > 0)
		view->next_pass_utc = view->turn.began_utc + interval_secs(view);
	rules = health_rules(&context, view->users->len);
	for (guint i = 0; i < view->users->len; i++)
		add_user(view, &rules, i, &choice);
	cut_page(view, options->page < 1 ? 1 : (size_t)options->page, page_length);
	return count_events(view, error);
}

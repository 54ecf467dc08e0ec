/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One row of each kind, written by the functions that a run writes with, and rolled back. */
#include "wp/write_trial.h"

#include <string.h>

#include "site/transient.h"
#include "state/connection_state.h"
#include "state/run_history.h"
#include "user/connections_row.h"
#include "wp/activity_rows.h"
#include "wp/event_store.h"

/* No connection of the theme's has this id, no calendar this event. */
#define TRIAL_ID "prm-calendar-trial"
#define TRIAL_TITLE "Trial"
enum { HOUR_SECS = 3600, DAY_SECS = 24 * HOUR_SECS, TRANSIENT_SECS = 60 };

typedef struct {
	const WpSite *site;
	int64_t user_id; /* 0: nobody has connections yet */
	bool keeps_posts;
	int64_t now_utc;
} Trial;

static const char find_user_sql[] =
	"SELECT user_id FROM {usermeta} WHERE meta_key = ? AND user_id > 0 LIMIT 1";

static bool find_user(Db *db, Trial *trial, GError **error)
{
	DbStatement *statement = db_prepare(db, find_user_sql, error);
	bool row;

	if (statement == NULL)
		return false;
	db_bind_text(statement, trial->site->connections_key);
	if (!db_query(statement, error) || !db_next(statement, &row, error))
		return false;
	trial->user_id = row ? db_column_int(statement, 0) : 0;
	db_finish(statement);
	return true;
}

static EventRow *trial_row(const Trial *trial, const char *title, GError **error)
{
	const EventRowContext context = {
		.user_id = trial->user_id,
		.connection_id = TRIAL_ID,
		.calendar_id = TRIAL_ID,
		.calendar_name = TRIAL_ID,
	};
	g_autoptr(Event) event = event_new();

	event->uid = g_strdup(TRIAL_ID);
	event->event_uid = g_strdup(TRIAL_ID);
	event->summary = g_strdup(title);
	event->start_utc = trial->now_utc - 2 * HOUR_SECS;
	event->end_utc = trial->now_utc - HOUR_SECS;
	return event_row_new(event, trial->site, &context, error);
}

/* One sync of a calendar that holds the event of this title; NULL: that holds none. */
static bool sync_event(Db *db, const Trial *trial, const char *title, GError **error)
{
	const EventStoreOptions options = {
		.user_id = trial->user_id,
		.connection_id = TRIAL_ID,
		.window = {trial->now_utc - DAY_SECS, trial->now_utc + DAY_SECS},
		.gone = trial->keeps_posts ? EVENT_GONE_TRASH : EVENT_GONE_DELETE,
		.now_utc = trial->now_utc,
	};
	g_autoptr(EventStore) store = event_store_open(db, trial->site, &options, error);
	EventRow *row = NULL;

	if (store == NULL)
		return false;
	if (title != NULL) {
		row = trial_row(trial, title, error);
		if (row == NULL || !event_store_put(store, TRIAL_ID, row, NULL, error))
			return false;
	}
	event_store_calendar_complete(store, TRIAL_ID);
	return event_store_sweep(store, true, error) &&
	       event_store_finish(store, NULL, NULL, error);
}

/* Added, changed, removed. */
static bool try_events(Db *db, void *data, GError **error)
{
	const Trial *trial = data;

	return sync_event(db, trial, TRIAL_TITLE, error) &&
	       sync_event(db, trial, TRIAL_TITLE " 2", error) && sync_event(db, trial, NULL, error);
}

static bool try_activities(Db *db, void *data, GError **error)
{
	const Trial *trial = data;
	const int64_t start_utc = trial->now_utc - 2 * HOUR_SECS;
	const int64_t nobody = 0;
	g_autofree char *start = site_zone_format(trial->site->zone, start_utc);
	g_autofree char *start_gmt = site_zone_format_utc(start_utc);
	const PastEvent event = {
		.user_id = trial->user_id,
		.title = TRIAL_TITLE,
		.connection_id = TRIAL_ID,
		.event_uid = TRIAL_ID,
		.start = start,
		.start_gmt = start_gmt,
		.start_utc = start_utc,
		.end_utc = start_utc + HOUR_SECS,
	};
	ActivityRequest request = {.event = &event, .author = TRIAL_TITLE};
	g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) comment_ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	ActivityMeeting meeting = {
		.request = &request,
		.content = TRIAL_TITLE,
		.people = people,
		.to_log = people,
		.comment_ids = comment_ids,
	};
	g_autoptr(GPtrArray) meetings = g_ptr_array_new();

	g_array_append_val(people, nobody);
	g_ptr_array_add(meetings, &meeting);
	return activity_rows_insert(db, trial->site, meetings, error);
}

/* The entry is written as after a sync that went well. */
static bool try_connections(Db *db, void *data, GError **error)
{
	const Trial *trial = data;
	g_autofree char *now = site_zone_format_iso(trial->site->zone, trial->now_utc);
	const ConnectionChange change = {.last_sync = now, .set_last_error = true};
	g_autoptr(GError) unreadable = NULL;
	g_autoptr(ConnectionList) list = NULL;
	const Connection *connection;

	if (trial->user_id == 0)
		return true;
	list = connections_row_read(db, trial->site, trial->user_id, &unreadable);
	if (list == NULL && unreadable->domain == DB_ERROR) {
		g_propagate_error(error, g_steal_pointer(&unreadable));
		return false;
	}
	/* What nobody can read is not written either. */
	if (list == NULL || list->connections->len == 0)
		return true;
	connection = list->connections->pdata[0];
	return connections_row_update(
		db, trial->site, trial->user_id, connection->id, &change, NULL, error);
}

static bool try_options(Db *db, void *data, GError **error)
{
	const Trial *trial = data;

	return transient_set(
		       db, trial->site, TRIAL_ID, "1", trial->now_utc, TRANSIENT_SECS, error) &&
	       transient_set(
		       db, trial->site, TRIAL_ID, "2", trial->now_utc, TRANSIENT_SECS, error) &&
	       transient_delete(db, TRIAL_ID, error);
}

static bool try_state(Db *db, void *data, GError **error)
{
	const Trial *trial = data;
	ConnectionState state = {.connection_id = TRIAL_ID};
	g_autoptr(GPtrArray) cursors = g_ptr_array_new();
	int64_t run;

	state.cursors = cursors;
	return run_history_begin(db, "trial", trial->now_utc, &run, error) &&
	       connection_state_create(db, trial->user_id, &state, error);
}

static const struct {
	const char *what;
	DbWork work;
	bool needs_tables;
} kinds[] = {
	{"events", try_events, false},
	{"activities", try_activities, false},
	{"connections", try_connections, false},
	{"options", try_options, false},
	{"rows of its own tables", try_state, true},
};

static void refusal_free(gpointer data)
{
	WriteRefusal *refusal = data;

	g_error_free(refusal->why);
	g_free(refusal);
}

static void add_refusal(GPtrArray *refusals, const char *what, GError *take_why)
{
	WriteRefusal *refusal = g_new(WriteRefusal, 1);

	*refusal = (WriteRefusal){what, take_why};
	g_ptr_array_add(refusals, refusal);
}

GPtrArray *write_trial(
	Db *db, const WpSite *site, bool has_tables, bool keeps_posts, int64_t now_utc)
{
	Trial trial = {site, 0, keeps_posts, now_utc};
	GPtrArray *refusals = g_ptr_array_new_with_free_func(refusal_free);
	GError *error = NULL;

	if (!find_user(db, &trial, &error)) {
		add_refusal(refusals, kinds[0].what, error);
		return refusals;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		bool is_gone;

		if (kinds[i].needs_tables && !has_tables)
			continue;
		if (db_trial(db, kinds[i].work, &trial, &error))
			continue;
		is_gone = db_error_ends_all(error) &&
			  !g_error_matches(error, DB_ERROR, DB_ERROR_ACCESS);
		add_refusal(refusals, kinds[i].what, g_steal_pointer(&error));
		if (is_gone)
			break;
	}
	return refusals;
}

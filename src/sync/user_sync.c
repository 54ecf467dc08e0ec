/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Syncs the connections of one user, under that user's lease. */
#include "sync/user_sync.h"

#include <string.h>

#include "provider/providers.h"
#include "state/connection_state.h"
#include "sync/allowance.h"
#include "sync/cut_off.h"
#include "sync/due.h"
#include "sync/patience.h"
#include "sync/rematch.h"
#include "sync/turn.h"
#include "sync/user_lease.h"
#include "user/connection.h"
#include "user/connections_row.h"
#include "user/people.h"
#include "util/limits.h"
#include "util/log.h"

enum {
	LEASE_RENEW_SECS = 60,
	SECONDS_PER_MINUTE = 60,
};

typedef struct {
	const SyncWorker *worker;
	const WpUser *user;
	Lease *lease;
	int64_t renewed_utc;
	ContactIndex *contacts; /* loaded when the first event needs it */
	UserState *state;       /* as it was read under the lease */
	HttpAllowance left;     /* to be spent on its connections */
	Outcomes *outcomes;     /* of its connections, until they are written */
	bool is_careful;        /* its last sync was killed: each connection is noted at once */
	bool is_taken_over;     /* another process has the lease */
} UserRun;

static void user_run_clear(UserRun *run)
{
	g_clear_pointer(&run->lease, lease_free);
	g_clear_pointer(&run->contacts, contact_index_free);
	g_clear_pointer(&run->outcomes, outcomes_free); /* before the states that it borrows */
	g_clear_pointer(&run->state, user_state_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(UserRun, user_run_clear)

/* Renews the lease; false when another process has it. */
static bool renew_lease(UserRun *run, GError **error)
{
	const SyncContext *context = run->worker->context;
	int64_t now_utc = context->now_utc();
	GError *why = NULL;

	if (!user_lease_renew(context, run->worker->db, run->user->id, run->lease, &why)) {
		run->is_taken_over = g_error_matches(why, SYNC_ERROR, SYNC_ERROR_INTERRUPTED);
		g_propagate_error(error, why);
		return false;
	}
	run->renewed_utc = now_utc;
	return true;
}

/* Within the transaction that writes events: a process that was stalled for long must not write
 * over what its successor wrote. On nodes of a cluster, which share no locks, this row is where the
 * two collide. That it has the same text within a second harms nothing: its lock is enough for the
 * node to stop us when a successor's row arrives. */
static bool guard_lease(Db *db, void *data, GError **error)
{
	UserRun *run = data;

	g_assert(db == run->worker->db);
	return run->lease == NULL || renew_lease(run, error);
}

static bool keep_lease(void *data, GError **error)
{
	UserRun *run = data;
	const SyncContext *context = run->worker->context;
	int64_t now_utc = context->now_utc();

	if (!sync_goes_on(context, error))
		return false;
	return run->lease == NULL || now_utc - run->renewed_utc < LEASE_RENEW_SECS ||
	       renew_lease(run, error);
}

/* Why this connection is not tried now, or NULL. Caller frees. */
static char *skip_reason(UserRun *run, const Connection *connection, const SyncSelection *selection)
{
	int64_t now_utc = run->worker->context->now_utc();
	int64_t interval_secs =
		(int64_t)run->worker->context->config->sync_interval_minutes * SECONDS_PER_MINUTE;
	const PatienceSubject subject = patience_subject(run->worker->context->site, connection);

	if (provider_find(connection->provider) == NULL)
		return g_strdup_printf(
			"the provider '%s' is not supported by this version; leaving it as it is",
			connection->provider);
	if (allowance_is_spent(&run->left))
		return g_strdup("the user's other connections took all that one sync may take; "
				"leaving it for the next pass, which begins with it");
	if (!selection->only_due)
		return NULL;
	if (due_from_utc(connection, interval_secs, now_utc) > now_utc)
		return g_strdup_printf(
			"synced less than %d minutes ago", connection->sync_frequency_minutes);
	return patience_reason(user_state_find(run->state, connection->id), &subject, now_utc);
}

static const ContactIndex *contacts_of(void *data, GError **error)
{
	UserRun *run = data;

	if (run->contacts == NULL)
		run->contacts = people_load_contacts(
			run->worker->db, run->worker->context->site, run->user->id, error);
	return run->contacts;
}

static void tell(UserRun *run, const ConnectionReport *report, SyncTotals *totals)
{
	SyncListener *listener = run->worker->listener;

	sync_totals_add(totals, report);
	if (listener != NULL)
		listener->connection(listener, report);
}

static SyncUser sync_user_of(UserRun *run)
{
	return (SyncUser){
		.state = run->state,
		.left = &run->left,
		.outcomes = run->outcomes,
		.contacts = contacts_of,
		.guard = guard_lease,
		.data = run,
	};
}

static ConnectionReport report_of(const UserRun *run, const Connection *connection)
{
	return (ConnectionReport){
		.user_id = run->user->id,
		.user_login = g_strdup(run->user->login),
		.connection_id = g_strdup(connection->id),
		.name = g_strdup(connection->name),
		.provider = g_strdup(connection->provider),
	};
}

/* Whose sync it was, should the program be killed: written with the lease when that is renewed,
 * with the first events at the latest, or after a minute; at once where it was killed before, as
 * nobody knew then. */
static bool note_in_hand(UserRun *run, const Connection *connection, GError **error)
{
	if (run->lease == NULL)
		return true;
	lease_note(run->lease, connection->id);
	return !run->is_careful || renew_lease(run, error);
}

static bool sync_one(UserRun *run, const Connection *connection, const SyncSelection *selection,
	SyncTotals *totals, GError **error)
{
	const SyncHeartbeat heartbeat = {keep_lease, run};
	const SyncUser user = sync_user_of(run);
	g_auto(ConnectionReport) report = report_of(run, connection);
	const LogAbout about = connection_report_about(&report);

	if (!note_in_hand(run, connection, error))
		return false;
	report.message = skip_reason(run, connection, selection);
	if (report.message != NULL) {
		log_line(provider_find(connection->provider) == NULL ? LOG_WARNING : LOG_DEBUG,
			&about, "%s", report.message);
		report.outcome = SYNC_SKIPPED;
		tell(run, &report, totals);
		return true;
	}
	if (!connection_sync(run->worker, connection, &user, &heartbeat, &report, error))
		return false;
	tell(run, &report, totals);
	return true;
}

static bool is_selected(const Connection *connection, const SyncSelection *selection)
{
	if (selection->connection_id != NULL)
		return strcmp(connection->id, selection->connection_id) == 0;
	return connection->sync_enabled;
}

/* Entries that nobody can read are left as they are; whoever keeps the site should know. */
static void warn_of_problems(const UserRun *run, const ConnectionList *list)
{
	const LogAbout about = {.user_id = run->user->id, .user_login = run->user->login};

	for (guint i = 0; i < list->problems->len; i++)
		log_line(LOG_WARNING, &about, "%s",
			(const char *)g_ptr_array_index(list->problems, i));
}

static bool has_connection(const ConnectionList *list, const char *connection_id)
{
	for (guint i = 0; i < list->connections->len; i++) {
		const Connection *connection = g_ptr_array_index(list->connections, i);

		if (strcmp(connection->id, connection_id) == 0)
			return true;
	}
	return false;
}

/* Nothing needs to be remembered of connections that their owner removed. One that cannot be read
 * at present may be among those that seem to be missing. */
static bool forget_removed(UserRun *run, GError **error)
{
	const UserState *state = run->state;

	if (run->worker->context->dry_run || state->list->problems->len > 0)
		return true;
	for (guint i = 0; i < state->states->len; i++) {
		const ConnectionState *connection = g_ptr_array_index(state->states, i);

		if (!has_connection(state->list, connection->connection_id) &&
			!connection_state_forget(run->worker->db, connection->id, error))
			return false;
	}
	return true;
}

static bool settle_cut_off(UserRun *run, GError **error)
{
	const char *left = run->lease != NULL ? lease_left(run->lease) : NULL;

	run->is_careful = left != NULL;
	return left == NULL ||
	       cut_off_settle(run->worker, run->user, left, run->state, run->outcomes, error);
}

/* An owner's other connections go on; this one is told why it does not. */
static void refuse_surplus(UserRun *run, const Connection *connection, SyncTotals *totals)
{
	g_auto(ConnectionReport) report = report_of(run, connection);
	const LogAbout about = connection_report_about(&report);

	report.outcome = SYNC_FAILED;
	report.message = g_strdup_printf(
		"Only %d calendar connections of a person are synced, and this is one more. Remove "
		"those that are not used.",
		LIMIT_USER_CONNECTIONS);
	log_line(LOG_WARNING, &about, "%s", report.message);
	if (!run->worker->context->dry_run)
		outcomes_add(run->outcomes, &(ConnectionOutcome){.connection_id = connection->id,
						    .last_error = report.message});
	tell(run, &report, totals);
}

/* The connections to be synced, borrowed, as they are stored; but what failed comes last, so that
 * one that takes all that a user's sync may take does so once, and then the others have their turn.
 * `surplus` gets those beyond LIMIT_USER_CONNECTIONS. Caller unrefs. */
static GPtrArray *connections_in_turn(
	UserRun *run, const SyncSelection *selection, GPtrArray *surplus)
{
	const ConnectionList *list = run->state->list;
	GPtrArray *connections = g_ptr_array_new();

	for (guint i = 0; i < list->connections->len; i++) {
		Connection *connection = g_ptr_array_index(list->connections, i);

		if (is_selected(connection, selection))
			g_ptr_array_add(
				connections->len < LIMIT_USER_CONNECTIONS ? connections : surplus,
				connection);
	}
	turn_sort_connections(connections, run->state);
	return connections;
}

static bool sync_each(
	UserRun *run, const SyncSelection *selection, SyncTotals *totals, GError **error)
{
	g_autoptr(GPtrArray) surplus = g_ptr_array_new();
	g_autoptr(GPtrArray) connections = connections_in_turn(run, selection, surplus);

	if (connections->len == 0 && selection->connection_id != NULL) {
		g_set_error(error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
			"user %s has no connection %s; prm-calendar status lists them",
			run->user->login, selection->connection_id);
		return false;
	}
	for (guint i = 0; i < surplus->len; i++)
		refuse_surplus(run, g_ptr_array_index(surplus, i), totals);
	for (guint i = 0; i < connections->len; i++) {
		if (!sync_goes_on(run->worker->context, error) ||
			!sync_one(run, g_ptr_array_index(connections, i), selection, totals, error))
			return false;
	}
	return true;
}

/* Also when the sync was stopped half-way: some may be done. Not when another process is at it, or
 * the database is gone. False with what ends the run. */
static bool write_outcomes(
	UserRun *run, const GError *stopped_by, SyncTotals *totals, GError **error)
{
	const LogAbout about = {.user_id = run->user->id, .user_login = run->user->login};
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) failure = NULL;

	if (run->is_taken_over || db_error_ends_all(stopped_by))
		return true;
	if (!outcomes_write(run->outcomes, run->worker->db, run->worker->context->site,
		    run->user->id, run->state->row, problems, &failure)) {
		if (db_error_ends_all(failure)) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return false;
		}
		g_ptr_array_add(problems, g_strdup(failure->message));
	}
	for (guint i = 0; i < problems->len; i++)
		log_line(LOG_ERROR, &about, "cannot store when the calendars were synced: %s",
			(const char *)g_ptr_array_index(problems, i));
	totals->failed += problems->len;
	return true;
}

static bool sync_selected(
	UserRun *run, const SyncSelection *selection, SyncTotals *totals, GError **error)
{
	const SyncContext *context = run->worker->context;
	g_autoptr(GError) stopped_by = NULL;

	/* Read under the lease: another pass may just have finished with this user. */
	run->state = user_state_read(
		run->worker->db, context->site, run->user->id, context->has_tables, error);
	if (run->state == NULL || !forget_removed(run, error) || !settle_cut_off(run, error))
		return false;
	warn_of_problems(run, run->state->list);
	sync_each(run, selection, totals, &stopped_by);
	if (!write_outcomes(run, stopped_by, totals, stopped_by == NULL ? error : NULL))
		return false;
	if (stopped_by == NULL)
		return true;
	g_propagate_error(error, g_steal_pointer(&stopped_by));
	return false;
}

/* After the sync, whose events have the right people already; before they are logged. */
static bool match_again(
	UserRun *run, const SyncSelection *selection, SyncTotals *totals, GError **error)
{
	const SyncUser user = sync_user_of(run);
	const ContactMark *mark = g_hash_table_lookup(run->worker->marks, &run->user->id);

	if (!selection->only_match && (mark == NULL || !mark->has_changed))
		return true;
	return rematch_user(run->worker, run->user, &user, mark, totals, error);
}

static bool sync_and_match(
	UserRun *run, const SyncSelection *selection, SyncTotals *totals, GError **error)
{
	return (selection->only_match || sync_selected(run, selection, totals, error)) &&
	       match_again(run, selection, totals, error);
}

/* Syncs under the lease; in a dry run, which writes nothing, without one. */
static bool sync_leased(
	UserRun *run, const SyncSelection *selection, SyncTotals *totals, GError **error)
{
	Db *db = run->worker->db;
	g_autoptr(GError) sync_error = NULL;

	if (run->worker->context->dry_run)
		return sync_and_match(run, selection, totals, error);
	if (!sync_and_match(run, selection, totals, &sync_error)) {
		user_lease_end(db, run->lease);
		g_propagate_error(error, g_steal_pointer(&sync_error));
		return false;
	}
	return lease_release(db, run->lease, error);
}

static bool take_lease(UserRun *run, bool *ret_is_busy, GError **error)
{
	const SyncContext *context = run->worker->context;

	*ret_is_busy = false;
	if (context->dry_run)
		return true;
	if (!user_lease_take(
		    context, run->worker->db, run->user->id, run->renewed_utc, &run->lease, error))
		return false;
	*ret_is_busy = run->lease == NULL;
	return true;
}

/* What concerns this user alone is logged and counted; false for what ends the run. */
static bool settle_failure(const SyncContext *context, const WpUser *user, SyncTotals *totals,
	GError *take_failure, GError **error)
{
	const LogAbout about = {.user_id = user->id, .user_login = user->login};
	g_autoptr(GError) failure = take_failure;

	if (!sync_goes_on(context, error))
		return false;
	if (g_error_matches(failure, SYNC_ERROR, SYNC_ERROR_INTERRUPTED)) {
		log_line(LOG_WARNING, &about, "%s", failure->message);
		totals->busy++;
		return true;
	}
	if (failure->domain == CONNECTION_ERROR)
		log_line(LOG_ERROR, &about,
			"cannot read the calendar connections (%s); leaving them as they are; the "
			"user has to connect the calendars again",
			failure->message);
	else if (failure->domain == DB_ERROR && !db_error_ends_all(failure))
		log_line(LOG_ERROR, &about, "cannot sync this user: %s; the next run tries again",
			failure->message);
	else {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	totals->failed++;
	return true;
}

bool user_sync(const SyncWorker *worker, const WpUser *user, const SyncSelection *selection,
	SyncTotals *totals, GError **error)
{
	const LogAbout about = {.user_id = user->id, .user_login = user->login};
	g_auto(UserRun) run = {
		.worker = worker,
		.user = user,
		.renewed_utc = worker->context->now_utc(),
		.left = allowance_of_user(worker->context->config),
		.outcomes = outcomes_new(),
	};
	GError *failure = NULL;
	bool is_busy;

	if (!take_lease(&run, &is_busy, &failure))
		return settle_failure(worker->context, user, totals, failure, error);
	if (is_busy) {
		log_line(LOG_WARNING, &about, "another process is syncing this user; skipping");
		totals->busy++;
		return true;
	}
	if (sync_leased(&run, selection, totals, &failure))
		return true;
	return settle_failure(worker->context, user, totals, failure, error);
}

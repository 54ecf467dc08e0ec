/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses the past meetings to log, and those of their people who get an activity. */
#include "sync/auto_log.h"

#include <string.h>

#include "sync/log_owner.h"
#include "sync/log_reasons.h"
#include "sync/log_settling.h"
#include "wp/activities.h"

/* A statement has room for 65,535 parameters. */
enum { USERS_PER_QUEUE = 10000 };

/* What is written in one transaction: the events, and the people of all of them. A single event may
 * have more people. */
enum { BATCH_EVENTS_MAX = 100, BATCH_PEOPLE_MAX = 500 };

/* An event that qualifies, and its people. */
typedef struct {
	ActivityRequest request; /* of what follows */
	PastEvent *event;
	GArray *people;
} Candidate;

typedef struct {
	Db *db;
	const WpSite *site;
	const AutoLogOptions *options;
	const AutoLogCallbacks *callbacks;
	GPtrArray *batch; /* of Candidate: to be written next */
	size_t batch_people;
	LogSettling *settling; /* NULL: nothing is written */
	AutoLogCounts counts;
} Run;

static void candidate_free(gpointer data)
{
	Candidate *candidate = data;

	past_event_free(candidate->event);
	g_array_unref(candidate->people);
	activity_request_clear(&candidate->request);
	g_free(candidate);
}

static void run_clear(Run *run)
{
	g_clear_pointer(&run->batch, g_ptr_array_unref);
	g_clear_pointer(&run->settling, log_settling_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static void tell_problem(Run *run, int64_t user_id, int64_t event_id, const GError *why)
{
	run->counts.failed++;
	if (run->callbacks->on_problem != NULL)
		run->callbacks->on_problem(user_id, event_id, why, run->callbacks->data);
}

static void tell_activities(Run *run, const ActivityRequest *request)
{
	const GArray *logged = request->logged;

	if (logged->len == 0) {
		run->counts.already++;
		return;
	}
	run->counts.events++;
	run->counts.activities += logged->len;
	for (guint i = 0; i < logged->len && run->callbacks->on_activity != NULL; i++) {
		int64_t person_id = g_array_index(logged, int64_t, i);
		const char *name = g_hash_table_lookup(request->names, &person_id);
		const AutoLogNotice notice = {
			.event = request->event,
			.person_id = person_id,
			.person_name = name != NULL ? name : "",
		};

		run->callbacks->on_activity(&notice, run->callbacks->data);
	}
}

/* `user` is borrowed until the batch is sent. */
static void batch_add(Run *run, PastEvent *take_event, GArray *take_people, const WpUser *user)
{
	Candidate *candidate = g_new0(Candidate, 1);

	candidate->event = take_event;
	candidate->people = take_people;
	candidate->request = (ActivityRequest){
		.event = take_event,
		.person_ids = take_people,
		.author = user->display_name,
	};
	g_ptr_array_add(run->batch, candidate);
	run->batch_people += take_people->len;
}

static bool log_candidates(Run *run, guint first, guint count, GError **error)
{
	g_autoptr(GPtrArray) requests = g_ptr_array_new();

	for (guint i = first; i < first + count; i++)
		g_ptr_array_add(requests, &((Candidate *)run->batch->pdata[i])->request);
	if (!activities_log(run->db, run->site, requests, run->options->content,
		    run->options->dry_run, error))
		return false;
	for (guint i = first; i < first + count; i++) {
		const Candidate *candidate = run->batch->pdata[i];

		tell_activities(run, &candidate->request);
		if (run->settling != NULL &&
			!log_settling_add_logged(run->settling, candidate->event->post_id, error))
			return false;
	}
	return true;
}

/* What another event may do without: its values are refused, or somebody else kept claiming it. Any
 * other refusal may meet them all, and they stay in the queue. */
static bool concerns_rows(const GError *why)
{
	return db_error_is_of_row(why) || g_error_matches(why, DB_ERROR, DB_ERROR_DUPLICATE);
}

/* What concerns one event alone does not stop the others. */
static bool log_each(Run *run, GError **error)
{
	for (guint i = 0; i < run->batch->len; i++) {
		const PastEvent *event = ((Candidate *)run->batch->pdata[i])->event;
		g_autoptr(GError) why = NULL;

		if (log_candidates(run, i, 1, &why))
			continue;
		if (!concerns_rows(why)) {
			g_propagate_error(error, g_steal_pointer(&why));
			return false;
		}
		tell_problem(run, event->user_id, event->post_id, why);
	}
	return true;
}

/* All at once; where the server refuses that, one after the other, which finds the bad one. */
static bool batch_send(Run *run, GError **error)
{
	g_autoptr(GError) why = NULL;
	bool sent = log_candidates(run, 0, run->batch->len, &why);

	if (!sent && concerns_rows(why))
		sent = log_each(run, error);
	else if (!sent)
		g_propagate_error(error, g_steal_pointer(&why));
	g_ptr_array_set_size(run->batch, 0);
	run->batch_people = 0;
	return sent;
}

/* No more events than the limit has room for: each may get an activity. */
static bool batch_is_full(const Run *run)
{
	return run->batch->len >= BATCH_EVENTS_MAX || run->batch_people >= BATCH_PEOPLE_MAX ||
	       run->batch->len >= run->options->limit - run->counts.events;
}

static bool batch_contains(const Run *run, const PastEvent *event)
{
	/* Those that a dry run would store have none yet. */
	for (guint i = 0; i < run->batch->len && event->post_id != 0; i++) {
		if (((const Candidate *)run->batch->pdata[i])->event->post_id == event->post_id)
			return true;
	}
	return false;
}

/* What nobody would expect among the events that did not qualify. */
static bool is_no_candidate(const PastEvent *event)
{
	return event->is_logged || event->matches->len == 0;
}

/* Not looked at again before something has changed. */
static bool settle(Run *run, const PastEvent *event, WaitingState until, GError **error)
{
	if (!is_no_candidate(event))
		run->counts.passed_over++;
	if (run->settling == NULL)
		return true;
	return event->is_logged ? log_settling_add_logged(run->settling, event->post_id, error)
				: log_settling_add(run->settling, event, until, error);
}

/* One event of the queue, which names those twice that have two rows of the end. `owner` may be
 * NULL: none of the user's connections logs by itself. */
static bool consider(Run *run, PastEvent *take_event, const LogOwner *owner, GError **error)
{
	g_autoptr(PastEvent) event = take_event;
	g_autoptr(GArray) people = NULL;
	const LogQuestion question = {.options = run->options, .event = event, .owner = owner};
	const char *reason;
	WaitingState until;

	if (owner == NULL)
		return run->settling == NULL ||
		       log_settling_add(run->settling, event, WAITING_SET_ASIDE, error);
	if (!g_hash_table_contains(owner->connection_ids, event->connection_id))
		return settle(run, event, WAITING_SET_ASIDE, error);
	people = log_reasons_people(&question);
	reason = log_reasons_against(&question, people, &until);
	if ((reason != NULL && !log_reasons_is_unverified(reason)) || batch_contains(run, event))
		return settle(run, event, reason != NULL ? until : WAITING, error);
	if (reason != NULL) {
		run->counts.waiting++;
		if (run->callbacks->on_waiting != NULL)
			run->callbacks->on_waiting(event, reason, run->callbacks->data);
		return true;
	}
	batch_add(run, g_steal_pointer(&event), g_steal_pointer(&people), owner->user);
	return true;
}

/* Between two events; those that wait for their batch wait for the next run. */
static bool goes_on(const Run *run, GError **error)
{
	if (!g_cancellable_is_cancelled(run->options->cancellable))
		return true;
	g_set_error_literal(error, AUTO_LOG_ERROR, AUTO_LOG_ERROR_STOPPED, "asked to stop");
	return false;
}

/* The sync that a dry run foretells would leave another row in its place. */
static bool is_replaced(const Run *run, const PastEvent *event)
{
	const Forecast *forecast = run->options->forecast;

	return forecast != NULL && forecast_replaces(forecast, event->post_id);
}

/* What the sync before would have stored. */
static bool run_forecast(Run *run, const LogOwners *owners, GError **error)
{
	g_autoptr(GPtrArray) events = forecast_take(run->options->forecast);

	if (events->len == 0)
		return true;
	if (!run->options->log_self &&
		!log_owners_learn_people(owners, run->db, run->site, 0, owners->ids->len, error))
		return false;
	for (guint i = 0; i < events->len && run->counts.events < run->options->limit; i++) {
		PastEvent *event = events->pdata[i];
		const LogOwner *owner = g_hash_table_lookup(owners->by_id, &event->user_id);

		if (!goes_on(run, error))
			return false;
		if (owner == NULL)
			continue;
		events->pdata[i] = NULL;
		if (!consider(run, event, owner, error) ||
			(batch_is_full(run) && !batch_send(run, error)))
			return false;
	}
	return batch_send(run, error);
}

/* What waits is asked for without naming its users. */
static guint users_at_once(const Run *run, guint users)
{
	return run->settling != NULL ? users : MIN(users, USERS_PER_QUEUE);
}

static bool run_queue(Run *run, const LogOwners *owners, guint first, GError **error)
{
	guint count = users_at_once(run, owners->ids->len - first);
	const PastEventQueueOptions options = {
		.user_ids = &g_array_index(owners->ids, int64_t, first),
		.users = count,
		.now_utc = run->options->now_utc,
		.has_tables = run->options->has_tables,
		/* Who asks what would be logged wants to hear of the others, too. */
		.only_waiting = run->settling != NULL,
		.only_user_id = run->options->only_user_id,
		.wanted = run->options->limit,
	};
	g_autoptr(PastEventQueue) queue = past_event_queue_new(run->db, run->site, &options);
	bool knows_own_people = run->options->log_self;

	while (run->counts.events < run->options->limit) {
		g_autoptr(PastEvent) event = NULL;
		const LogOwner *owner;

		if (!goes_on(run, error) || !past_event_queue_next(queue, &event, error))
			return false;
		if (event == NULL)
			break;
		/* Only when there is something to log: most runs find nothing. */
		if (!knows_own_people &&
			!log_owners_learn_people(owners, run->db, run->site, first, count, error))
			return false;
		knows_own_people = true;
		owner = g_hash_table_lookup(owners->by_id, &event->user_id);
		if (!is_replaced(run, event) &&
			!consider(run, g_steal_pointer(&event), owner, error))
			return false;
		if (batch_is_full(run) && !batch_send(run, error))
			return false;
	}
	return batch_send(run, error) &&
	       (run->settling == NULL || log_settling_flush(run->settling, error));
}

typedef struct {
	const AutoLogOptions *options;
	const LogOwners *owners;
} RulesNow;

static LogRules rules_of(int64_t user_id, const char *connection_id, void *data)
{
	const RulesNow *now = data;
	const LogOwner *owner = g_hash_table_lookup(now->owners->by_id, &user_id);
	bool is_auto_log =
		owner != NULL && g_hash_table_contains(owner->connection_ids, connection_id);

	return (LogRules){
		.options = now->options,
		.is_auto_log = is_auto_log,
		.email = is_auto_log ? owner->user->email : NULL,
	};
}

static void skip_user(int64_t user_id, const GError *why, void *data)
{
	tell_problem(data, user_id, 0, why);
}

static bool log_queue(Run *run, GError **error)
{
	g_autoptr(LogOwners) owners = log_owners_new();
	int64_t only_user_id = run->options->only_user_id;
	RulesNow now = {run->options, owners};
	guint users;

	if (!log_owners_find(owners, run->db, run->site, only_user_id, skip_user, run, error))
		return false;
	if (run->settling != NULL &&
		!log_settling_take_back(run->db, only_user_id, rules_of, &now, error))
		return false;
	users = owners->ids->len;
	for (guint first = 0; first < users; first += users_at_once(run, users - first)) {
		if (!run_queue(run, owners, first, error))
			return false;
	}
	return run->options->forecast == NULL || run_forecast(run, owners, error);
}

static bool log_one(Run *run, GError **error)
{
	const AutoLogCallbacks *callbacks = run->callbacks;
	LogQuestion question = {.options = run->options, .is_asked_for = true};
	g_autoptr(PastEvent) event = NULL;
	g_autoptr(LogOwner) owner = NULL;
	g_autoptr(GArray) people = NULL;
	const char *reason;
	WaitingState until;

	if (!log_owner_of_event(run->db, run->site, run->options, &event, &owner, error))
		return false;
	question.event = event;
	question.owner = owner;
	people = log_reasons_people(&question);
	reason = log_reasons_against(&question, people, &until);
	if (reason != NULL)
		return log_owner_refuse(run->options, AUTO_LOG_ERROR_REFUSED, reason, error);
	if (callbacks->on_overruled != NULL)
		log_reasons_overruled(&question, callbacks->on_overruled, callbacks->data);
	batch_add(run, g_steal_pointer(&event), g_steal_pointer(&people), owner->user);
	return log_candidates(run, 0, 1, error);
}

bool auto_log_run(Db *db, const WpSite *site, const AutoLogOptions *options,
	const AutoLogCallbacks *callbacks, AutoLogCounts *ret_counts, GError **error)
{
	g_auto(Run) run = {
		.db = db,
		.site = site,
		.options = options,
		.callbacks = callbacks,
		.batch = g_ptr_array_new_with_free_func(candidate_free),
		/* The one that is asked for is settled by the next run that looks at it. */
		.settling = options->dry_run || !options->has_tables || options->event_id != 0
				    ? NULL
				    : log_settling_new(db),
	};
	bool is_done = options->event_id != 0 ? log_one(&run, error) : log_queue(&run, error);

	*ret_counts = run.counts;
	return is_done;
}

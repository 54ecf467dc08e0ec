/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses the past meetings to log, and those of their people who get an activity. */
#include "sync/auto_log.h"

#include <string.h>

#include "sync/log_settling.h"
#include "user/connection.h"
#include "user/connections_row.h"
#include "user/user.h"
#include "wp/activities.h"

G_DEFINE_QUARK(auto - log - error - quark, auto_log_error)

/* A statement has room for 65,535 parameters. */
enum { USERS_PER_QUEUE = 10000 };

/* What is written in one transaction: the events, and the people of all of them. A single event may
 * have more people. */
enum { BATCH_EVENTS_MAX = 100, BATCH_PEOPLE_MAX = 500 };

/* A user some of whose connections log by themselves. */
typedef struct {
	WpUser *user;
	GHashTable *connection_ids; /* set of strings */
	int64_t person_id;          /* who this user is among the contacts; 0: not known */
} Owner;

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
	bool is_asked_for; /* one event, by a person: what else stops it is only told */
	GPtrArray *batch;  /* of Candidate: to be written next */
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

static void owner_free(Owner *owner)
{
	wp_user_free(owner->user);
	g_hash_table_unref(owner->connection_ids);
	g_free(owner);
}

static void owner_destroy(gpointer owner)
{
	owner_free(owner);
}

static Owner *owner_new(WpUser *take_user)
{
	Owner *owner = g_new0(Owner, 1);

	owner->user = take_user;
	owner->connection_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return owner;
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Owner, owner_free)

static void tell_problem(Run *run, int64_t user_id, int64_t event_id, const GError *why)
{
	run->counts.failed++;
	if (run->callbacks->on_problem != NULL)
		run->callbacks->on_problem(user_id, event_id, why, run->callbacks->data);
}

static bool is_own_address(const char *email, const PastEvent *event, const WpUser *user)
{
	return email[0] != '\0' && (g_ascii_strcasecmp(email, user->email) == 0 ||
					   g_strcmp0(email, event->owner_email) == 0);
}

static bool owner_declined(const PastEvent *event, const WpUser *user)
{
	if (event->owner_declined)
		return true;
	for (guint i = 0; i < event->attendees->len; i++) {
		const Attendee *attendee = event->attendees->pdata[i];

		if (attendee->status == ATTENDEE_DECLINED &&
			is_own_address(attendee->email, event, user))
			return true;
	}
	return false;
}

static bool contains_id(const GArray *ids, int64_t id)
{
	for (guint i = 0; i < ids->len; i++) {
		if (g_array_index(ids, int64_t, i) == id)
			return true;
	}
	return false;
}

/* Who of the matched is the owner: the contact that the user named, and those who came under an
 * address of the owner's, whatever else they came under. Caller unrefs. */
static GArray *find_own_people(const PastEvent *event, const Owner *owner)
{
	GArray *people = g_array_new(FALSE, FALSE, sizeof(int64_t));

	if (owner->person_id != 0)
		g_array_append_val(people, owner->person_id);
	for (guint i = 0; i < event->matches->len; i++) {
		const PastEventMatch *match = &g_array_index(event->matches, PastEventMatch, i);

		if (is_own_address(match->attendee_email, event, owner->user))
			g_array_append_val(people, match->person_id);
	}
	return people;
}

/* The people of the event who get an activity when their match is above this, each once. Caller
 * unrefs. */
static GArray *choose_people_above(
	const Run *run, int min_percent, const PastEvent *event, const Owner *owner)
{
	GArray *people = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) own = find_own_people(event, owner);

	for (guint i = 0; i < event->matches->len; i++) {
		const PastEventMatch *match = &g_array_index(event->matches, PastEventMatch, i);

		if (match->confidence_percent <= min_percent ||
			(!run->options->log_self && contains_id(own, match->person_id)))
			continue;
		if (!contains_id(people, match->person_id))
			g_array_append_val(people, match->person_id);
	}
	return people;
}

/* Caller unrefs. */
static GArray *choose_people(const Run *run, const PastEvent *event, const Owner *owner)
{
	int min_percent = run->is_asked_for ? -1 : run->options->min_confidence_percent;

	return choose_people_above(run, min_percent, event, owner);
}

static bool is_to_come(const Run *run, const PastEvent *event, const Owner *owner)
{
	(void)owner;
	return event->end_utc >= run->options->now_utc;
}

static bool is_cancelled(const Run *run, const PastEvent *event, const Owner *owner)
{
	(void)run;
	(void)owner;
	return event->is_cancelled;
}

static bool is_declined(const Run *run, const PastEvent *event, const Owner *owner)
{
	return !run->options->log_declined && owner_declined(event, owner->user);
}

static bool is_private(const Run *run, const PastEvent *event, const Owner *owner)
{
	(void)owner;
	return !run->options->log_private && event->is_private;
}

static bool has_weak_match(const Run *run, const PastEvent *event, const Owner *owner)
{
	g_autoptr(GArray) strong =
		choose_people_above(run, run->options->min_confidence_percent, event, owner);
	g_autoptr(GArray) all = choose_people(run, event, owner);

	return strong->len < all->len;
}

/* What keeps a meeting from being logged by itself, though a person may wish it. */
typedef struct {
	bool (*holds)(const Run *run, const PastEvent *event, const Owner *owner);
	const char *text;
	WaitingState until; /* when it is looked at again: with time, or the event, or the rules */
} Rule;

static const Rule rules[] = {
	{is_to_come, "it has not ended yet", WAITING},
	{is_cancelled, "it was cancelled", WAITING_DONE},
	{is_declined,
		"the calendar's owner declined it (log_declined = yes in [log] logs such "
		"events)",
		WAITING_SET_ASIDE},
	{is_private, "it is private (log_private = yes in [log] logs such events)",
		WAITING_SET_ASIDE},
	{has_weak_match,
		"not everyone was recognised with enough confidence (min_confidence in "
		"[log])",
		WAITING_SET_ASIDE},
};

/* What nobody has read from the calendar says nothing by what it leaves out (design 6). */
static const char not_verified[] =
	"not yet: its row was written by something else than this program, or changed since, so "
	"that nobody knows whether it is private, cancelled or declined; the next sync of its "
	"connection reads it from the calendar";

/* Why an event does not become activities, or NULL; and when to look at it again. */
static const char *reason_against(const Run *run, const PastEvent *event, const Owner *owner,
	const GArray *people, WaitingState *ret_until)
{
	*ret_until = WAITING;
	if (!g_str_equal(event->post_status, "publish") &&
		!g_str_equal(event->post_status, "future"))
		return "it is in the trash or not published";
	if (event->is_logged)
		return "it has been logged already";
	for (size_t i = 0; i < G_N_ELEMENTS(rules) && !run->is_asked_for; i++) {
		*ret_until = rules[i].until;
		if (rules[i].holds(run, event, owner))
			return rules[i].text;
	}
	*ret_until = WAITING_DONE;
	if (event->matches->len == 0)
		return "none of its attendees is a contact";
	*ret_until = WAITING_SET_ASIDE;
	if (people->len == 0 && run->is_asked_for)
		return "no attendee other than the owner is a contact (log_self = yes in [log] "
		       "logs on the owner's own contact, too)";
	if (people->len == 0)
		return "no attendee other than the owner was recognised with enough confidence "
		       "(min_confidence in [log])";
	*ret_until = WAITING;
	if (!event->is_verified)
		return not_verified;
	return NULL;
}

static void tell_overruled(const Run *run, const PastEvent *event, const Owner *owner)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
		if (run->callbacks->on_overruled != NULL && rules[i].holds(run, event, owner))
			run->callbacks->on_overruled(event, rules[i].text, run->callbacks->data);
	}
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
static bool consider(Run *run, PastEvent *take_event, const Owner *owner, GError **error)
{
	g_autoptr(PastEvent) event = take_event;
	g_autoptr(GArray) people = NULL;
	const char *reason;
	WaitingState until;

	if (owner == NULL)
		return run->settling == NULL ||
		       log_settling_add(run->settling, event, WAITING_SET_ASIDE, error);
	if (!g_hash_table_contains(owner->connection_ids, event->connection_id))
		return settle(run, event, WAITING_SET_ASIDE, error);
	people = choose_people(run, event, owner);
	reason = reason_against(run, event, owner, people, &until);
	if ((reason != NULL && reason != not_verified) || batch_contains(run, event))
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

static bool learn_own_people_of(
	Run *run, GHashTable *owners, const int64_t *user_ids, guint count, GError **error)
{
	g_autoptr(GHashTable) people =
		wp_users_own_people(run->db, run->site, user_ids, count, error);

	if (people == NULL)
		return false;
	for (guint i = 0; i < count; i++) {
		Owner *owner = g_hash_table_lookup(owners, &user_ids[i]);
		const int64_t *person_id = g_hash_table_lookup(people, &user_ids[i]);

		if (person_id != NULL)
			owner->person_id = *person_id;
	}
	return true;
}

/* Asked for only when there is something to log: most runs find nothing. */
static bool learn_own_people(
	Run *run, GHashTable *owners, const int64_t *user_ids, guint count, GError **error)
{
	for (guint first = 0; first < count; first += USERS_PER_QUEUE) {
		if (!learn_own_people_of(run, owners, user_ids + first,
			    MIN(count - first, USERS_PER_QUEUE), error))
			return false;
	}
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
static bool run_forecast(Run *run, GHashTable *owners, const GArray *user_ids, GError **error)
{
	g_autoptr(GPtrArray) events = forecast_take(run->options->forecast);

	if (events->len == 0)
		return true;
	if (!run->options->log_self &&
		!learn_own_people(
			run, owners, (const int64_t *)(void *)user_ids->data, user_ids->len, error))
		return false;
	for (guint i = 0; i < events->len && run->counts.events < run->options->limit; i++) {
		PastEvent *event = events->pdata[i];
		const Owner *owner = g_hash_table_lookup(owners, &event->user_id);

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

static bool run_queue(
	Run *run, GHashTable *owners, const GArray *user_ids, guint first, GError **error)
{
	const int64_t *ids = &g_array_index(user_ids, int64_t, first);
	guint count = users_at_once(run, user_ids->len - first);
	const PastEventQueueOptions options = {
		.user_ids = ids,
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
		const Owner *owner;

		if (!goes_on(run, error) || !past_event_queue_next(queue, &event, error))
			return false;
		if (event == NULL)
			break;
		if (!knows_own_people && !learn_own_people(run, owners, ids, count, error))
			return false;
		knows_own_people = true;
		owner = g_hash_table_lookup(owners, &event->user_id);
		if (!is_replaced(run, event) &&
			!consider(run, g_steal_pointer(&event), owner, error))
			return false;
		if (batch_is_full(run) && !batch_send(run, error))
			return false;
	}
	return batch_send(run, error) &&
	       (run->settling == NULL || log_settling_flush(run->settling, error));
}

/* Takes the user when some connection logs by itself. */
static void add_owner(
	GHashTable *owners, GArray *user_ids, WpUser *take_user, const ConnectionList *list)
{
	g_autoptr(Owner) owner = owner_new(take_user);

	for (guint i = 0; i < list->connections->len; i++) {
		const Connection *connection = list->connections->pdata[i];

		if (connection->auto_log)
			g_hash_table_add(owner->connection_ids, g_strdup(connection->id));
	}
	if (g_hash_table_size(owner->connection_ids) == 0)
		return;
	g_array_append_val(user_ids, owner->user->id);
	g_hash_table_insert(owners, &owner->user->id, owner);
	(void)g_steal_pointer(&owner);
}

static bool find_all_owners(Run *run, GHashTable *owners, GArray *user_ids, GError **error)
{
	g_autoptr(GPtrArray) rows = connections_rows_load(run->db, run->site, NULL, error);

	if (rows == NULL)
		return false;
	for (guint i = 0; i < rows->len; i++) {
		UserConnections *row = rows->pdata[i];
		g_autoptr(ConnectionList) list = NULL;
		g_autoptr(GError) why = NULL;
		gsize bytes;
		const char *stored = g_bytes_get_data(row->stored, &bytes);

		list = connections_parse(stored, bytes, &why);
		if (list == NULL)
			tell_problem(run, row->user->id, 0, why);
		else
			add_owner(owners, user_ids, g_steal_pointer(&row->user), list);
	}
	return true;
}

static bool find_user(const Run *run, int64_t user_id, WpUser **ret_user, GError **error)
{
	g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, user_id);

	return wp_user_find(run->db, id, ret_user, error);
}

static bool find_one_owner(Run *run, GHashTable *owners, GArray *user_ids, GError **error)
{
	int64_t user_id = run->options->only_user_id;
	g_autoptr(ConnectionList) list = NULL;
	g_autoptr(GError) why = NULL;
	g_autoptr(WpUser) user = NULL;

	if (!find_user(run, user_id, &user, error))
		return false;
	list = connections_row_read(run->db, run->site, user_id, &why);
	if (list == NULL && why->domain == CONNECTION_ERROR) {
		tell_problem(run, user_id, 0, why);
		return true;
	}
	if (list == NULL) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	if (user != NULL)
		add_owner(owners, user_ids, g_steal_pointer(&user), list);
	return true;
}

typedef struct {
	const Run *run;
	GHashTable *owners;
} RulesNow;

static LogRules rules_of(int64_t user_id, const char *connection_id, void *data)
{
	const RulesNow *now = data;
	const Owner *owner = g_hash_table_lookup(now->owners, &user_id);
	bool is_auto_log =
		owner != NULL && g_hash_table_contains(owner->connection_ids, connection_id);

	return (LogRules){
		.options = now->run->options,
		.is_auto_log = is_auto_log,
		.email = is_auto_log ? owner->user->email : NULL,
	};
}

static bool log_queue(Run *run, GError **error)
{
	g_autoptr(GHashTable) owners =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, owner_destroy);
	g_autoptr(GArray) user_ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	bool found = run->options->only_user_id != 0
			     ? find_one_owner(run, owners, user_ids, error)
			     : find_all_owners(run, owners, user_ids, error);
	RulesNow now = {run, owners};

	if (!found)
		return false;
	if (run->settling != NULL &&
		!log_settling_take_back(run->db, run->options->only_user_id, rules_of, &now, error))
		return false;
	for (guint first = 0; first < user_ids->len;
		first += users_at_once(run, user_ids->len - first)) {
		if (!run_queue(run, owners, user_ids, first, error))
			return false;
	}
	return run->options->forecast == NULL || run_forecast(run, owners, user_ids, error);
}

static bool refuse(const Run *run, AutoLogError code, const char *why, GError **error)
{
	g_set_error(error, AUTO_LOG_ERROR, code, "cannot log event %" G_GINT64_FORMAT ": %s",
		run->options->event_id, why);
	return false;
}

/* `ret_owner` is NULL when there is no such user. */
static bool find_owner(const Run *run, int64_t user_id, Owner **ret_owner, GError **error)
{
	g_autoptr(WpUser) user = NULL;
	g_autoptr(GHashTable) people = NULL;
	const int64_t *person_id;

	*ret_owner = NULL;
	if (!find_user(run, user_id, &user, error))
		return false;
	if (user == NULL)
		return true;
	people = wp_users_own_people(run->db, run->site, &user_id, 1, error);
	if (people == NULL)
		return false;
	person_id = g_hash_table_lookup(people, &user_id);
	*ret_owner = owner_new(g_steal_pointer(&user));
	(*ret_owner)->person_id = person_id != NULL ? *person_id : 0;
	return true;
}

static bool log_one(Run *run, GError **error)
{
	g_autoptr(PastEvent) event = NULL;
	g_autoptr(Owner) owner = NULL;
	g_autoptr(GArray) people = NULL;
	const char *reason;
	WaitingState until;

	if (!past_event_load(run->db, run->site, run->options->event_id, run->options->has_tables,
		    &event, error))
		return false;
	if (event == NULL)
		return refuse(run, AUTO_LOG_ERROR_NOT_FOUND,
			"there is no calendar event of this id", error);
	if (!find_owner(run, event->user_id, &owner, error))
		return false;
	if (owner == NULL)
		return refuse(
			run, AUTO_LOG_ERROR_REFUSED, "its user does not exist any more", error);
	people = choose_people(run, event, owner);
	reason = reason_against(run, event, owner, people, &until);
	if (reason != NULL)
		return refuse(run, AUTO_LOG_ERROR_REFUSED, reason, error);
	tell_overruled(run, event, owner);
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
		.is_asked_for = options->event_id != 0,
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

void auto_log_judgement_clear(AutoLogJudgement *judgement)
{
	g_clear_pointer(&judgement->event, past_event_free);
	g_clear_pointer(&judgement->missing, g_array_unref);
	g_clear_pointer(&judgement->names, g_hash_table_unref);
}

/* Whom these people's activities lack the meeting of, and what all of them are called. */
static bool ask_activities(const Run *run, const PastEvent *event, const GArray *people,
	GArray **ret_missing, GHashTable **ret_names, GError **error)
{
	ActivityRequest request = {.event = event, .person_ids = people, .author = ""};
	g_autoptr(GPtrArray) requests = g_ptr_array_new();

	g_ptr_array_add(requests, &request);
	if (!activities_log(run->db, run->site, requests, run->options->content, true, error))
		return false;
	if (ret_missing != NULL)
		*ret_missing = g_array_ref(request.logged);
	if (ret_names != NULL)
		*ret_names = g_hash_table_ref(request.names);
	activity_request_clear(&request);
	return true;
}

static bool find_logs_by_itself(
	const Run *run, const PastEvent *event, bool *ret_logs, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autoptr(ConnectionList) list =
		connections_row_read(run->db, run->site, event->user_id, &failure);

	*ret_logs = false;
	if (list == NULL && failure->domain != CONNECTION_ERROR) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	for (guint i = 0; list != NULL && i < list->connections->len; i++) {
		const Connection *connection = list->connections->pdata[i];

		if (strcmp(connection->id, event->connection_id) == 0)
			*ret_logs = connection->auto_log;
	}
	return true;
}

/* Everyone whom the event matched, however weakly. Caller unrefs. */
static GArray *all_people(const PastEvent *event)
{
	GArray *people = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (guint i = 0; i < event->matches->len; i++) {
		int64_t id = g_array_index(event->matches, PastEventMatch, i).person_id;

		if (!contains_id(people, id))
			g_array_append_val(people, id);
	}
	return people;
}

static bool judge_event(
	const Run *run, const Owner *owner, AutoLogJudgement *judgement, GError **error)
{
	const PastEvent *event = judgement->event;
	g_autoptr(GArray) people = choose_people(run, event, owner);
	g_autoptr(GArray) all = all_people(event);
	WaitingState until;

	judgement->reason = reason_against(run, event, owner, people, &until);
	if (!find_logs_by_itself(run, event, &judgement->logs_by_itself, error) ||
		!ask_activities(run, event, all, NULL, &judgement->names, error))
		return false;
	if (judgement->reason == NULL && judgement->logs_by_itself)
		return ask_activities(run, event, people, &judgement->missing, NULL, error);
	judgement->missing = g_array_new(FALSE, FALSE, sizeof(int64_t));
	return true;
}

bool auto_log_judge(Db *db, const WpSite *site, const AutoLogOptions *options,
	AutoLogJudgement *ret_judgement, GError **error)
{
	const Run run = {.db = db, .site = site, .options = options};
	g_autoptr(Owner) owner = NULL;

	*ret_judgement = (AutoLogJudgement){0};
	if (!past_event_load(
		    db, site, options->event_id, options->has_tables, &ret_judgement->event, error))
		return false;
	if (ret_judgement->event == NULL)
		return refuse(&run, AUTO_LOG_ERROR_NOT_FOUND,
			"there is no calendar event of this id", error);
	if (!find_owner(&run, ret_judgement->event->user_id, &owner, error))
		return false;
	if (owner == NULL)
		return refuse(
			&run, AUTO_LOG_ERROR_REFUSED, "its user does not exist any more", error);
	return judge_event(&run, owner, ret_judgement, error);
}

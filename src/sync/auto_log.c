/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses the past meetings to log, and those of their people who get an activity. */
#include "sync/auto_log.h"

#include <string.h>

#include "wp/activities.h"
#include "wp/connection.h"
#include "wp/connections_row.h"
#include "wp/user.h"

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
	GPtrArray *batch; /* of Candidate: to be written next */
	size_t batch_people;
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
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static void owner_free(gpointer data)
{
	Owner *owner = data;

	wp_user_free(owner->user);
	g_hash_table_unref(owner->connection_ids);
	g_free(owner);
}

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

/* The people of the event who get an activity, each once. Caller unrefs. */
static GArray *choose_people(const Run *run, const PastEvent *event, const WpUser *user)
{
	GArray *people = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (guint i = 0; i < event->matches->len; i++) {
		const PastEventMatch *match = &g_array_index(event->matches, PastEventMatch, i);

		if (match->confidence_percent <= run->options->min_confidence_percent)
			continue;
		if (!run->options->log_self && is_own_address(match->attendee_email, event, user))
			continue;
		if (!contains_id(people, match->person_id))
			g_array_append_val(people, match->person_id);
	}
	return people;
}

/* Why an event does not become activities, or NULL. */
static const char *reason_against(
	const Run *run, const PastEvent *event, const WpUser *user, const GArray *people)
{
	if (!g_str_equal(event->post_status, "publish") &&
		!g_str_equal(event->post_status, "future"))
		return "it is in the trash or not published";
	if (event->is_logged)
		return "it has been logged already";
	if (event->end_utc >= run->options->now_utc)
		return "it has not ended yet";
	if (event->is_cancelled)
		return "it was cancelled";
	if (!run->options->log_declined && owner_declined(event, user))
		return "the calendar's owner declined it (log_declined = yes in [log] logs such "
		       "events)";
	if (!run->options->log_private && event->is_private)
		return "it is private (log_private = yes in [log] logs such events)";
	if (event->matches->len == 0)
		return "none of its attendees is a contact";
	if (people->len == 0)
		return "no attendee other than the owner was recognised with enough confidence "
		       "(min_confidence in [log])";
	return NULL;
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
	for (guint i = 0; i < run->batch->len; i++) {
		if (((const Candidate *)run->batch->pdata[i])->event->post_id == event->post_id)
			return true;
	}
	return false;
}

/* One event of the queue, which names those twice that have two rows of the end. */
static void consider(Run *run, PastEvent *take_event, const Owner *owner)
{
	g_autoptr(PastEvent) event = take_event;
	g_autoptr(GArray) people = choose_people(run, event, owner->user);

	if (!g_hash_table_contains(owner->connection_ids, event->connection_id) ||
		reason_against(run, event, owner->user, people) != NULL ||
		batch_contains(run, event)) {
		run->counts.passed_over++;
		return;
	}
	batch_add(run, g_steal_pointer(&event), g_steal_pointer(&people), owner->user);
}

static bool run_queue(
	Run *run, GHashTable *owners, const GArray *user_ids, guint first, GError **error)
{
	guint count = MIN(user_ids->len - first, USERS_PER_QUEUE);
	g_autoptr(PastEventQueue) queue = past_event_queue_new(run->db, run->site,
		&g_array_index(user_ids, int64_t, first), count, run->options->now_utc);

	while (run->counts.events < run->options->limit) {
		g_autoptr(PastEvent) event = NULL;
		const Owner *owner;

		if (!past_event_queue_next(queue, &event, error))
			return false;
		if (event == NULL)
			return batch_send(run, error);
		owner = g_hash_table_lookup(owners, &event->user_id);
		if (owner != NULL)
			consider(run, g_steal_pointer(&event), owner);
		if (batch_is_full(run) && !batch_send(run, error))
			return false;
	}
	return true;
}

/* Takes the user when some connection logs by itself. */
static void add_owner(
	GHashTable *owners, GArray *user_ids, WpUser *take_user, const ConnectionList *list)
{
	Owner *owner = g_new0(Owner, 1);

	owner->user = take_user;
	owner->connection_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < list->connections->len; i++) {
		const Connection *connection = list->connections->pdata[i];

		if (connection->auto_log)
			g_hash_table_add(owner->connection_ids, g_strdup(connection->id));
	}
	if (g_hash_table_size(owner->connection_ids) == 0) {
		owner_free(owner);
		return;
	}
	g_array_append_val(user_ids, owner->user->id);
	g_hash_table_insert(owners, &owner->user->id, owner);
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

static bool log_queue(Run *run, GError **error)
{
	g_autoptr(GHashTable) owners =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, owner_free);
	g_autoptr(GArray) user_ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	bool found = run->options->only_user_id != 0
			     ? find_one_owner(run, owners, user_ids, error)
			     : find_all_owners(run, owners, user_ids, error);

	if (!found)
		return false;
	for (guint first = 0; first < user_ids->len; first += USERS_PER_QUEUE) {
		if (!run_queue(run, owners, user_ids, first, error))
			return false;
	}
	return true;
}

static bool refuse(const Run *run, AutoLogError code, const char *why, GError **error)
{
	g_set_error(error, AUTO_LOG_ERROR, code, "cannot log event %" G_GINT64_FORMAT ": %s",
		run->options->event_id, why);
	return false;
}

static bool log_one(Run *run, GError **error)
{
	g_autoptr(PastEvent) event = NULL;
	g_autoptr(WpUser) user = NULL;
	g_autoptr(GArray) people = NULL;
	const char *reason;

	if (!past_event_load(run->db, run->site, run->options->event_id, &event, error))
		return false;
	if (event == NULL)
		return refuse(run, AUTO_LOG_ERROR_NOT_FOUND,
			"there is no calendar event of this id", error);
	if (!find_user(run, event->user_id, &user, error))
		return false;
	if (user == NULL)
		return refuse(
			run, AUTO_LOG_ERROR_REFUSED, "its user does not exist any more", error);
	people = choose_people(run, event, user);
	reason = reason_against(run, event, user, people);
	if (reason != NULL)
		return refuse(run, AUTO_LOG_ERROR_REFUSED, reason, error);
	batch_add(run, g_steal_pointer(&event), g_steal_pointer(&people), user);
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
	};
	bool is_done = options->event_id != 0 ? log_one(&run, error) : log_queue(&run, error);

	*ret_counts = run.counts;
	return is_done;
}

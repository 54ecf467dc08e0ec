/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several users at the same time: threads that each have a database connection and an HTTP client.
 */
#include "sync/workers.h"

#include "sync/rematch.h"
#include "util/log.h"

/* What the threads share. The users and the context do not change; the mutex guards the rest. */
typedef struct {
	const SyncContext *context;
	const GPtrArray *users;
	const SyncSelection *selection;
	GHashTable *marks;         /* ContactMarks of the users */
	const WorkersWatch *watch; /* or NULL */
	GMutex mutex;
	guint next_user;
	guint finished_users;
	SyncListener *listener;
	SyncTotals totals;
	bool is_smaller; /* than the configuration says */
	GError *error;   /* the first one; nobody begins with another user after it */
} Crew;

/* Passes calls on, one at a time. */
typedef struct {
	SyncListener base; /* first: the worker hands back a pointer to it */
	Crew *crew;
} CrewListener;

static void crew_connection(SyncListener *base, const ConnectionReport *report)
{
	Crew *crew = ((CrewListener *)(void *)base)->crew;

	g_mutex_lock(&crew->mutex);
	crew->listener->connection(crew->listener, report);
	g_mutex_unlock(&crew->mutex);
}

static void crew_change(
	SyncListener *base, const ConnectionReport *report, const EventNotice *notice)
{
	Crew *crew = ((CrewListener *)(void *)base)->crew;

	g_mutex_lock(&crew->mutex);
	crew->listener->change(crew->listener, report, notice);
	g_mutex_unlock(&crew->mutex);
}

static void crew_progress(SyncListener *base, const ConnectionReport *report, size_t events)
{
	Crew *crew = ((CrewListener *)(void *)base)->crew;

	g_mutex_lock(&crew->mutex);
	crew->listener->progress(crew->listener, report, events);
	g_mutex_unlock(&crew->mutex);
}

/* With the mutex held. */
static void tell_user(Crew *crew, const WpUser *user)
{
	if (crew->listener != NULL)
		crew->listener->user(
			crew->listener, user->login, crew->finished_users, crew->users->len);
}

static const WpUser *crew_next_user(Crew *crew, Db *db, guint *ret_place)
{
	const WorkersWatch *watch = crew->watch;
	const WpUser *user = NULL;

	g_mutex_lock(&crew->mutex);
	if (crew->error == NULL && crew->next_user < crew->users->len &&
		sync_goes_on(crew->context, &crew->error) &&
		(watch == NULL || watch->begin(watch->data, db, crew->next_user, &crew->error))) {
		*ret_place = crew->next_user++;
		user = g_ptr_array_index(crew->users, *ret_place);
		tell_user(crew, user);
	}
	g_mutex_unlock(&crew->mutex);
	return user;
}

static void crew_fail(Crew *crew, GError *take_error)
{
	g_mutex_lock(&crew->mutex);
	if (crew->error == NULL)
		crew->error = take_error;
	else
		g_error_free(take_error);
	g_mutex_unlock(&crew->mutex);
}

/* The others do the work of one who finds no room on the server. */
static void crew_shrink(Crew *crew, GError *take_error)
{
	bool is_first;

	g_mutex_lock(&crew->mutex);
	is_first = !crew->is_smaller;
	crew->is_smaller = true;
	g_mutex_unlock(&crew->mutex);
	if (is_first)
		log_line(LOG_WARNING, NULL, "fewer workers than configured: %s",
			take_error->message);
	g_error_free(take_error);
}

static void crew_add(Crew *crew, guint place, bool is_finished, const SyncTotals *totals)
{
	g_mutex_lock(&crew->mutex);
	if (is_finished && crew->watch != NULL)
		crew->watch->finish(crew->watch->data, place);
	sync_totals_sum(&crew->totals, totals);
	crew->finished_users++;
	g_mutex_unlock(&crew->mutex);
}

static void work(Crew *crew, Db *db)
{
	g_autoptr(HttpClient) http = http_client_new(crew->context->http);
	CrewListener listener = {{crew_connection, crew_change, crew_progress, NULL}, crew};
	const SyncWorker worker = {
		.context = crew->context,
		.db = db,
		.http = http,
		.listener = crew->listener == NULL ? NULL : &listener.base,
		.marks = crew->marks,
	};
	const WpUser *user;
	guint place;

	while ((user = crew_next_user(crew, db, &place)) != NULL) {
		SyncTotals totals = {0};
		GError *error = NULL;
		bool is_finished = user_sync(&worker, user, crew->selection, &totals, &error);

		if (!is_finished)
			crew_fail(crew, error);
		crew_add(crew, place, is_finished, &totals);
	}
}

static gpointer thread_main(gpointer data)
{
	Crew *crew = data;
	GError *error = NULL;
	g_autoptr(Db) db = db_open(crew->context->db_options, &error);

	if (db == NULL) {
		if (g_error_matches(error, DB_ERROR, DB_ERROR_FULL))
			crew_shrink(crew, error);
		else
			crew_fail(crew, error);
		return NULL;
	}
	object_cache_attach(crew->context->cache, db);
	work(crew, db);
	return NULL;
}

/* This thread works, too: whatever room there is on the server, one does. */
static void work_in_threads(Crew *crew, Db *db, unsigned others)
{
	g_autofree GThread **threads = g_new0(GThread *, others);
	unsigned begun = 0;

	for (GError *error = NULL; begun < others && error == NULL;) {
		threads[begun] = g_thread_try_new("sync", thread_main, crew, &error);
		if (error == NULL)
			begun++;
		else
			crew_shrink(crew, error);
	}
	work(crew, db);
	for (unsigned i = 0; i < begun; i++)
		g_thread_join(threads[i]);
}

bool workers_sync(const SyncContext *context, Db *db, const GPtrArray *users,
	const SyncSelection *selection, const WorkersWatch *watch, SyncListener *listener,
	SyncTotals *ret_totals, GError **error)
{
	g_autoptr(GHashTable) marks = rematch_marks(context, db, users, error);
	unsigned count = MIN((unsigned)context->config->sync_workers, users->len);
	Crew crew = {
		.context = context,
		.users = users,
		.selection = selection,
		.marks = marks,
		.watch = watch,
		.listener = listener,
	};

	if (marks == NULL)
		return false;
	g_mutex_init(&crew.mutex);
	work_in_threads(&crew, db, MAX(count, 1) - 1);
	g_mutex_clear(&crew.mutex);
	*ret_totals = crew.totals;
	if (crew.error == NULL)
		return true;
	g_propagate_error(error, crew.error);
	return false;
}

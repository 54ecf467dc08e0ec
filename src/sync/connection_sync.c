/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Syncs one connection: fetch, compare, write, say how it went (design 5). */
#include "sync/connection_sync.h"

#include <string.h>

#include "provider/provider.h"
#include "sync/account.h"
#include "sync/listing.h"
#include "sync/refusal.h"
#include "wp/connections_row.h"

enum { SECONDS_PER_DAY = 24 * 60 * 60 };

typedef struct {
	const SyncWorker *worker;
	const Connection *connection;
	const SyncHeartbeat *heartbeat;
	ConnectionReport *report;
	Account account;
	const EventStore *store; /* while it is open; borrowed */
	char *first_unreadable;  /* in words for the calendar's owner */
} ConnectionRun;

static void run_clear(ConnectionRun *run)
{
	account_clear(&run->account);
	g_clear_pointer(&run->first_unreadable, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ConnectionRun, run_clear)

G_DEFINE_QUARK(prm - sync - error, sync_error)

/* The run cannot go on without its database or its lease; anything else concerns this connection
 * alone. */
static bool is_fatal(const GError *error)
{
	if (error->domain == SYNC_ERROR)
		return true;
	return error->domain == DB_ERROR &&
	       (error->code == DB_ERROR_UNAVAILABLE || error->code == DB_ERROR_ACCESS ||
		       error->code == DB_ERROR_LOST);
}

static void note_unreadable(ConnectionRun *run, const char *what, const GError *why)
{
	const LogAbout about = connection_report_about(run->report);

	run->report->unreadable++;
	log_line(LOG_WARNING, &about, "cannot read %s: %s; skipping it, the rest goes on",
		what != NULL ? what : "an object", why->message);
	if (run->first_unreadable == NULL)
		run->first_unreadable = g_strdup(why->message);
}

static void on_unreadable(const char *href, const GError *why, void *data)
{
	note_unreadable(data, href, why);
}

static void on_store_problem(const char *event_uid, const GError *why, void *data)
{
	note_unreadable(data, event_uid, why);
}

static void on_change(const EventNotice *notice, void *data)
{
	ConnectionRun *run = data;
	const LogAbout about = connection_report_about(run->report);
	SyncListener *listener = run->worker->listener;

	log_line(LOG_DEBUG, &about, "%s: %s, %s", event_change_name(notice->change), notice->title,
		notice->start);
	if (listener != NULL)
		listener->change(listener, run->report, notice);
}

static bool on_progress(void *data, GError **error)
{
	ConnectionRun *run = data;
	SyncListener *listener = run->worker->listener;

	if (listener != NULL)
		listener->progress(listener, run->report, event_store_counts(run->store)->seen);
	return run->heartbeat->beat(run->heartbeat->data, error);
}

static TimeWindow window_of(const Connection *connection, int64_t now_utc)
{
	return (TimeWindow){
		.from_utc = now_utc - (int64_t)connection->sync_from_days * SECONDS_PER_DAY,
		.to_utc = now_utc + (int64_t)connection->sync_to_days * SECONDS_PER_DAY,
	};
}

/* The listing, from the provider's first request to the last committed batch. */
static bool list_and_store(ConnectionRun *run, const Provider *provider,
	const ContactIndex *contacts, EventStore *store, TimeWindow window, GError **error)
{
	const SyncContext *context = run->worker->context;
	const ListingOptions options = {
		.site = context->site,
		.store = store,
		.contacts = contacts,
		.user_id = run->report->user_id,
		.connection_id = run->report->connection_id,
		.match_names = context->config->match_names,
		.on_unreadable = on_unreadable,
		.on_progress = on_progress,
		.data = run,
	};
	g_autoptr(Listing) listing = listing_new(&options);
	const ProviderRequest request = account_request(&run->account, window);
	g_autoptr(GError) provider_error = NULL;

	if (!provider->sync(&request, listing_sink(listing), &provider_error)) {
		/* What arrived before the failure is right, and is kept; absence proves nothing. */
		if (provider_error->domain == PROVIDER_ERROR &&
			!event_store_finish(store, NULL, NULL, error))
			return false;
		g_propagate_error(error, g_steal_pointer(&provider_error));
		return false;
	}
	if (!event_store_sweep(store, window, listing_failure(listing) == NULL, error) ||
		!event_store_finish(store, NULL, NULL, error))
		return false;
	if (listing_failure(listing) != NULL) {
		g_propagate_error(error, g_error_copy(listing_failure(listing)));
		return false;
	}
	return true;
}

static bool sync_events(
	ConnectionRun *run, const Provider *provider, const ContactIndex *contacts, GError **error)
{
	const SyncContext *context = run->worker->context;
	int64_t now_utc = context->now_utc();
	const EventStoreOptions options = {
		.user_id = run->report->user_id,
		.connection_id = run->report->connection_id,
		.gone = context->config->sync_gone == CONFIG_GONE_DELETE ? EVENT_GONE_DELETE
									 : EVENT_GONE_TRASH,
		.now_utc = now_utc,
		.dry_run = context->dry_run,
		.on_change = on_change,
		.on_problem = on_store_problem,
		.data = run,
	};
	g_autoptr(EventStore) store =
		event_store_open(run->worker->db, context->site, &options, error);
	bool is_synced;

	if (store == NULL)
		return false;
	run->store = store;
	is_synced = list_and_store(
		run, provider, contacts, store, window_of(run->connection, now_utc), error);
	run->report->events = *event_store_counts(store);
	run->store = NULL;
	return is_synced;
}

/* Opens the credentials and hands over to the provider. */
static bool fetch(ConnectionRun *run, const ContactIndex *contacts, GError **error)
{
	const SyncWorker *worker = run->worker;

	return account_open(&run->account, worker->context, worker->db, worker->http,
		       run->report->user_id, run->connection, error) &&
	       sync_events(run, provider_find(run->connection->provider), contacts, error);
}

/* What the calendar's owner reads in the theme; NULL when all went well. Caller frees. */
static char *last_error_of(const ConnectionRun *run, const GError *failure)
{
	if (failure != NULL && failure->domain != PROVIDER_ERROR)
		return g_strdup("The events could not be saved. The site's administrator finds the "
				"reason in prm-calendar's log.");
	if (failure != NULL)
		return g_strdup(failure->message);
	if (run->report->unreadable == 0)
		return NULL;
	return g_strdup_printf(
		"%" G_GSIZE_FORMAT
		" calendar entries could not be read and were skipped; the first: %s",
		run->report->unreadable, run->first_unreadable);
}

static bool record_outcome(ConnectionRun *run, const GError *failure, GError **error)
{
	const SyncContext *context = run->worker->context;
	g_autofree char *now = site_zone_format_iso(context->site->zone, context->now_utc());
	const ConnectionChange change = {
		.last_sync = failure == NULL ? now : NULL,
		.set_last_error = true,
		.last_error = run->report->message,
	};

	if (context->dry_run)
		return true;
	return connections_row_update(run->worker->db, context->site, run->report->user_id,
		run->report->connection_id, &change, error);
}

static bool record_refusal(ConnectionRun *run, const GError *failure, GError **error)
{
	const SyncContext *context = run->worker->context;
	Connection refused = *run->connection;

	if (context->dry_run ||
		!g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_AUTHENTICATION))
		return true;
	/* Tokens that were renewed and then refused are others than those that were read. */
	refused.credentials = run->account.box;
	return refusal_remember(run->worker->db, context->site, run->report->user_id, &refused,
		context->now_utc(), error);
}

/* What the site's administrator must mend is said once, however many connections it stops. */
static void log_failure(const ConnectionRun *run, const GError *failure)
{
	const LogAbout about = connection_report_about(run->report);

	bool is_known = g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_SITE) &&
			!notices_is_new(run->worker->context->notices, failure->message);

	log_line(is_known ? LOG_DEBUG : LOG_ERROR, &about, "%s", failure->message);
}

bool connection_sync(const SyncWorker *worker, const Connection *connection,
	const ContactIndex *contacts, const SyncHeartbeat *heartbeat, ConnectionReport *report,
	GError **error)
{
	g_auto(ConnectionRun) run = {
		.worker = worker,
		.connection = connection,
		.heartbeat = heartbeat,
		.report = report,
	};
	const LogAbout about = connection_report_about(report);
	int64_t started = g_get_monotonic_time();
	g_autoptr(GError) failure = NULL;
	g_autoptr(GError) record_error = NULL;

	report->outcome = fetch(&run, contacts, &failure) ? SYNC_DONE : SYNC_FAILED;
	report->elapsed_secs = (double)(g_get_monotonic_time() - started) / G_USEC_PER_SEC;
	if (failure != NULL && is_fatal(failure)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	report->message = last_error_of(&run, failure);
	if (failure != NULL)
		log_failure(&run, failure);
	if (record_refusal(&run, failure, &record_error) &&
		record_outcome(&run, failure, &record_error))
		return true;
	if (is_fatal(record_error)) {
		g_propagate_error(error, g_steal_pointer(&record_error));
		return false;
	}
	log_line(LOG_ERROR, &about, "cannot store when it was synced: %s", record_error->message);
	report->outcome = SYNC_FAILED;
	return true;
}

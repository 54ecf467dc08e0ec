/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Syncs one connection: fetch, compare, write, say how it went (design 5). */
#include "sync/connection_sync.h"

#include <string.h>

#include "net/href.h"
#include "provider/providers.h"
#include "state/connection_state.h"
#include "sync/account.h"
#include "sync/allowance.h"
#include "sync/claim.h"
#include "sync/listing.h"
#include "sync/others.h"
#include "sync/patience.h"
#include "sync/span.h"
#include "sync/turn.h"
#include "user/connections_row.h"

enum { SECONDS_PER_HOUR = 60 * 60, SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR };

typedef struct {
	const SyncWorker *worker;
	const Connection *connection;
	const SyncUser *user;
	const SyncHeartbeat *heartbeat;
	ConnectionReport *report;
	int64_t began_utc;
	Account account;
	ConnectionState *state;
	const Listing *listing; /* while it is open; borrowed */
	Claim claim;
	bool has_complete;    /* a calendar was told completely */
	bool is_first;        /* nothing was remembered of the connection */
	bool has_relisted;    /* one that something else had written */
	GPtrArray *calendars; /* the ids in turn, borrowed, NULL-terminated; or NULL */
	bool forgets;         /* all is listed as if nothing were remembered */
	bool settles;         /* the listing in hand goes on from one that was not settled */
	EventStoreCounts written_before; /* by listings of this run that another one followed */
	char *first_unreadable;          /* in words for the calendar's owner */
	char *first_doubtful;            /* in words for the log */
} ConnectionRun;

static void run_clear(ConnectionRun *run)
{
	account_clear(&run->account);
	claim_clear(&run->claim);
	g_clear_pointer(&run->first_unreadable, g_free);
	g_clear_pointer(&run->first_doubtful, g_free);
	g_clear_pointer(&run->calendars, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ConnectionRun, run_clear)

G_DEFINE_QUARK(prm - sync - error, sync_error)

bool sync_goes_on(const SyncContext *context, GError **error)
{
	if (!g_cancellable_is_cancelled(context->cancellable))
		return true;
	g_set_error_literal(error, SYNC_ERROR, SYNC_ERROR_STOPPED, "asked to stop");
	return false;
}

/* The run cannot go on without its database or its lease; anything else concerns this connection
 * alone. */
static bool is_fatal(const GError *error)
{
	if (error->domain == SYNC_ERROR)
		return error->code != SYNC_ERROR_BUSY;
	return db_error_ends_all(error);
}

static void note_unreadable(ConnectionRun *run, const char *why)
{
	run->report->unreadable++;
	if (run->first_unreadable == NULL)
		run->first_unreadable = g_strdup(why);
}

static void on_unreadable(const char *href, const GError *why, void *data)
{
	ConnectionRun *run = data;
	const LogAbout about = connection_report_about(run->report);
	g_autofree char *shown = href != NULL ? href_shown(href, true) : NULL;

	if (g_error_matches(why, PROVIDER_ERROR, PROVIDER_ERROR_CUT))
		log_line(LOG_WARNING, &about, "not all of %s is kept: %s",
			shown != NULL ? shown : "an object", why->message);
	else
		log_line(LOG_WARNING, &about, "cannot read %s: %s; skipping it, the rest goes on",
			shown != NULL ? shown : "an object", why->message);
	note_unreadable(run, why->message);
}

/* Told once for all of a connection's: log_doubts(). */
static void on_doubtful(const char *href, const char *text, void *data)
{
	ConnectionRun *run = data;
	g_autofree char *shown = run->first_doubtful == NULL ? href_shown(href, true) : NULL;

	run->report->doubtful++;
	if (run->first_doubtful == NULL)
		run->first_doubtful = g_strdup_printf("%s: %s", shown, text);
}

static void log_doubts(const ConnectionRun *run)
{
	const LogAbout about = connection_report_about(run->report);

	if (run->report->doubtful > 0)
		log_line(LOG_WARNING, &about,
			"%" G_GSIZE_FORMAT " calendar %s not taken as %s; the first, %s",
			run->report->doubtful,
			run->report->doubtful == 1 ? "entry was" : "entries were",
			run->report->doubtful == 1 ? "it stands" : "they stand",
			run->first_doubtful);
}

/* The database's own words, which name hosts and users, are for the log. */
static void on_store_problem(const char *event_uid, const GError *why, void *data)
{
	ConnectionRun *run = data;
	const LogAbout about = connection_report_about(run->report);

	log_line(LOG_WARNING, &about, "cannot store %s: %s; skipping it, the rest goes on",
		event_uid, why->message);
	note_unreadable(run, EVENT_STORE_REFUSAL);
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
		listener->progress(listener, run->report, listing_counts(run->listing).seen);
	return run->heartbeat->beat(run->heartbeat->data, error) && claim_keep(&run->claim, error);
}

static bool claim(void *data, GError **error)
{
	ConnectionRun *run = data;
	bool is_busy;

	if (!claim_take(&run->claim, &is_busy, error))
		return false;
	if (!is_busy)
		return true;
	g_set_error_literal(error, SYNC_ERROR, SYNC_ERROR_BUSY,
		"the theme is syncing this connection right now; leaving it for the next pass");
	return false;
}

static TimeWindow window_of(const Connection *connection, int64_t now_utc)
{
	return (TimeWindow){
		.from_utc = now_utc - (int64_t)connection->sync_from_days * SECONDS_PER_DAY,
		.to_utc = now_utc + (int64_t)connection->sync_to_days * SECONDS_PER_DAY,
	};
}

/* The theme shows it where an event names no calendar. */
static bool has_label(const Connection *connection)
{
	return !provider_find(connection->provider)->names_calendars && connection->name[0] != '\0';
}

/* Of all that an event's rows depend on besides the calendar: when it changes, all is read again.
 */
static void hash_settings(const ConnectionRun *run, uint8_t ret_hash[STATE_HASH_BYTES])
{
	const WpSite *site = run->worker->context->site;
	g_autoptr(GString) settings = g_string_new(NULL);

	g_string_append_printf(settings, "%s %s %d %d %s %d", PRM_CALENDAR_VERSION,
		run->connection->provider, run->connection->sync_from_days,
		run->connection->sync_to_days, site_zone_name(site->zone), site->is_utf8mb3);
	if (run->state->span_days > 0)
		g_string_append_printf(settings, " %u", run->state->span_days);
	if (!provider_find(run->connection->provider)->names_calendars)
		g_string_append(settings, has_label(run->connection) ? " label" : " no label");
	state_hash(settings->str, settings->len, ret_hash);
}

static const ContactIndex *contacts_of(void *data, GError **error)
{
	ConnectionRun *run = data;

	return run->user->contacts(run->user->data, error);
}

/* What a listing came to. */
typedef struct {
	bool is_overfull; /* more events than there is room for: see listing_is_overfull() */
	unsigned span_days;
	bool told_all;
	bool is_whole;
	bool is_unsettled; /* see listing_is_unsettled() */
} ListingResult;

/* What was written by a listing and by those before it; the rest is as the last one found it. */
static EventStoreCounts sum_counts(const EventStoreCounts *before, EventStoreCounts counts)
{
	counts.added += before->added;
	counts.changed += before->changed;
	counts.restored += before->restored;
	counts.adopted += before->adopted;
	counts.removed += before->removed;
	counts.folded += before->folded;
	counts.repaired += before->repaired;
	return counts;
}

/* The listing, from the provider's first request to the last committed batch. */
static bool list_and_store(ConnectionRun *run, const Provider *provider,
	const ListingOptions *options, ListingResult *ret_result, GError **error)
{
	g_autoptr(Listing) listing = listing_new(options);
	const TimeWindow window =
		span_window(options->store->window, run->state->span_days, options->store->now_utc);
	ProviderRequest request = account_request(&run->account, window);
	g_autoptr(GError) provider_error = NULL;
	bool is_told;
	bool is_stored;

	if (run->calendars != NULL)
		request.calendar_ids = (const char *const *)run->calendars->pdata;
	run->listing = listing;
	is_told = listing_tell(listing, provider, &request, &provider_error);
	ret_result->is_overfull = listing_is_overfull(listing, &ret_result->span_days);
	ret_result->told_all = listing_told_all(listing);
	ret_result->is_whole = listing_is_whole(listing);
	ret_result->is_unsettled = listing_is_unsettled(listing);
	if (is_told && !ret_result->is_overfull)
		is_stored = listing_finish(listing, error);
	else
		is_stored = (!is_told && provider_error->domain != PROVIDER_ERROR) ||
			    listing_abandon(listing, error);
	run->report->events = sum_counts(&run->written_before, listing_counts(listing));
	run->has_complete = listing_has_complete(listing);
	run->has_relisted = run->has_relisted || listing_has_relisted(listing);
	run->listing = NULL;
	if (!is_stored)
		return false;
	if (provider_error != NULL) {
		g_propagate_error(error, g_steal_pointer(&provider_error));
		return false;
	}
	if (listing_failure(listing) == NULL)
		return true;
	g_propagate_error(error, g_error_copy(listing_failure(listing)));
	return false;
}

static bool remember_span(ConnectionRun *run, unsigned days, GError **error)
{
	Db *db = run->worker->db;

	run->state->span_days = days;
	return !run->worker->context->has_tables || run->worker->context->dry_run ||
	       (connection_state_create(db, run->report->user_id, run->state, error) &&
		       connection_state_store(db, run->state, error));
}

/* After an overfull listing: how the next one is to be made, so that the nearest events are kept.
 */
static bool make_room(ConnectionRun *run, const ListingResult *result, GError **error)
{
	if (!result->is_whole) {
		run->forgets = true;
		return true;
	}
	if (result->span_days > 0)
		return remember_span(run, result->span_days, error);
	g_set_error_literal(error, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT,
		"There are more events in a single day than this site keeps. Choose fewer "
		"calendars, or ask the site's administrator about max_events and "
		"max_events_per_user.");
	return false;
}

/* A connection that fills no more than half of its room is given more days. */
static bool widen(ConnectionRun *run, const ListingResult *result, const EventStoreOptions *store,
	GError **error)
{
	unsigned days = run->state->span_days;
	int64_t now_utc = store->now_utc;
	const Config *config = run->worker->context->config;
	size_t half = (size_t)MIN(config->sync_max_events, config->sync_max_events_per_user) / 2;
	TimeWindow window = span_window(store->window, 2 * days, now_utc);

	if (days == 0 || !result->told_all || run->report->events.seen > half)
		return true;
	return remember_span(run,
		window.from_utc == store->window.from_utc && window.to_utc == store->window.to_utc
			? 0
			: 2 * days,
		error);
}

/* Another listing follows, that reads again what this one could not. */
static void go_on_from(ConnectionRun *run)
{
	run->written_before = run->report->events;
	run->report->unreadable = 0;
	g_clear_pointer(&run->first_unreadable, g_free);
	run->report->doubtful = 0;
	g_clear_pointer(&run->first_doubtful, g_free);
}

/* At most: what changed, all, what belongs together, and what there is room for. */
enum { ROUNDS_MAX = 5 };

static bool list_until_it_fits(
	ConnectionRun *run, const Provider *provider, ListingOptions *options, GError **error)
{
	for (unsigned round = 0; round < ROUNDS_MAX; round++) {
		ListingResult result = {0};

		options->forgets = (run->worker->context->forgets || run->forgets) && !run->settles;
		hash_settings(run, options->settings_hash);
		if (!list_and_store(run, provider, options, &result, error))
			return false;
		if (!result.is_overfull && (!result.is_unsettled || run->settles))
			return widen(run, &result, options->store, error);
		run->settles = !result.is_overfull;
		if (run->settles)
			go_on_from(run);
		else if (!make_room(run, &result, error))
			return false;
	}
	g_set_error_literal(error, PROVIDER_ERROR, PROVIDER_ERROR_TEMPORARY,
		"The calendars have more events than this site keeps, and changed while they were "
		"read.");
	return false;
}

/* The ids of all that the user has, borrowed; NULL when some entry could not be understood. */
static GPtrArray *connection_ids(const ConnectionRun *run)
{
	const ConnectionList *list = run->user->state->list;
	GPtrArray *ids;

	if (list->problems->len > 0)
		return NULL;
	ids = g_ptr_array_new();
	for (guint i = 0; i < list->connections->len; i++)
		g_ptr_array_add(ids, ((const Connection *)list->connections->pdata[i])->id);
	g_ptr_array_add(ids, NULL);
	return ids;
}

static bool sync_events(ConnectionRun *run, const Provider *provider, GError **error)
{
	g_autoptr(GPtrArray) user_connections = connection_ids(run);
	const SyncContext *context = run->worker->context;
	const Config *config = context->config;
	int64_t now_utc = context->now_utc();
	const EventStoreOptions store_options = {
		.user_id = run->report->user_id,
		.connection_id = run->report->connection_id,
		.calendar_ids = (const char *const *)run->connection->calendar_ids,
		.user_connections = user_connections == NULL
					    ? NULL
					    : (const char *const *)user_connections->pdata,
		.window = window_of(run->connection, now_utc),
		.gone = config->sync_gone == CONFIG_GONE_DELETE ? EVENT_GONE_DELETE
								: EVENT_GONE_TRASH,
		.now_utc = now_utc,
		.dry_run = context->dry_run,
		.guard = run->user->guard,
		.guard_data = run->user->data,
		.on_change = on_change,
		.on_problem = on_store_problem,
		.data = run,
	};
	ListingOptions options = {
		.db = run->worker->db,
		.site = context->site,
		.store = &store_options,
		.match_names =
			dialect_matches_names(context->site->dialect, context->config->match_names),
		.has_label = has_label(run->connection),
		.state = run->state,
		.has_tables = context->has_tables,
		.full_every_secs = (int64_t)config->sync_full_every_hours * SECONDS_PER_HOUR,
		.events_max = (size_t)config->sync_max_events,
		.events_max_per_user = (size_t)config->sync_max_events_per_user,
		.claim = claim,
		.contacts = contacts_of,
		.on_unreadable = on_unreadable,
		.on_doubtful = on_doubtful,
		.on_progress = on_progress,
		.data = run,
	};

	run->calendars = turn_calendars(run->state, run->connection->calendar_ids);
	return list_until_it_fits(run, provider, &options, error);
}

/* In words for the owner, where the sync had too little of something. Consumes the failure. */
static GError *explain_spent(
	const ConnectionRun *run, const HttpAllowance *spent, GError *take_failure)
{
	g_autoptr(GError) failure = take_failure;
	g_autofree char *complaint = NULL;

	if (g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_SPENT))
		complaint =
			allowance_complaint(run->worker->context->config, run->user->left, spent);
	return complaint == NULL
		       ? g_steal_pointer(&failure)
		       : g_error_new_literal(PROVIDER_ERROR, PROVIDER_ERROR_SPENT, complaint);
}

/* Looks at who else is at it, opens the credentials and hands over to the provider. */
static bool fetch_allowed(ConnectionRun *run, GError **error)
{
	const SyncWorker *worker = run->worker;

	return others_notice(worker, run->connection, run->state, run->report, error) &&
	       claim_stand(&run->claim, run->state, error) &&
	       account_open(&run->account, worker->context, worker->db, worker->http,
		       run->report->user_id, run->connection, error) &&
	       sync_events(run, provider_find(run->connection->provider), error);
}

static bool fetch(ConnectionRun *run, GError **error)
{
	HttpClient *http = run->worker->http;
	HttpAllowance *left = run->user->left;
	const HttpAllowance allowance = allowance_of_connection(run->worker->context->config, left);
	HttpAllowance spent;
	GError *failure = NULL;
	bool is_done;

	http_client_allow(http, &allowance);
	is_done = fetch_allowed(run, &failure);
	spent = http_client_spent(http);
	http_client_allow(http, NULL);
	if (!is_done)
		g_propagate_error(error, explain_spent(run, &spent, failure));
	allowance_take(left, &spent);
	return is_done;
}

/* What an earlier run could not read, and this one had no reason to look at, is still unreadable.
 */
static void recall_problems(ConnectionRun *run)
{
	if (run->state->problems <= run->report->unreadable)
		return;
	run->report->unreadable = run->state->problems;
	if (run->first_unreadable == NULL)
		run->first_unreadable = g_strdup(run->state->first_problem);
}

/* What the calendar's owner reads in the theme; NULL when all went well. Caller frees. */
static char *last_error_of(const ConnectionRun *run, const GError *failure)
{
	if (failure != NULL && failure->domain != PROVIDER_ERROR)
		return g_strdup("The events could not be saved. The site's administrator finds the "
				"reason in prm-calendar's log.");
	if (failure != NULL)
		return g_strdup(failure->message);
	if (run->state->span_days > 0)
		return g_strdup_printf(
			"There are more events than this site keeps: those of %u days before and "
			"after now are here. Choose fewer calendars, or ask the site's "
			"administrator about max_events and max_events_per_user.",
			run->state->span_days);
	if (run->report->unreadable == 0)
		return NULL;
	return g_strdup_printf(
		"%" G_GSIZE_FORMAT
		" calendar entries could not be read, or not as a whole; the first: %s",
		run->report->unreadable, run->first_unreadable);
}

/* One calendar that is gone or closed does not hold up the others of its connection. */
static bool is_held_against(const ConnectionRun *run, const GError *failure)
{
	return failure != NULL &&
	       (!run->has_complete ||
		       !(g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_DENIED) ||
			       g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_GONE) ||
			       g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT)));
}

/* When a scheduled pass tries it again. False when nothing changes about that. */
static bool note_patience(ConnectionRun *run, const GError *failure)
{
	const SyncContext *context = run->worker->context;
	PatienceSubject subject = patience_subject(context->site, run->connection);
	int64_t pause_secs = http_client_take_pause(run->worker->http);
	bool has_changed;

	/* Tokens that were renewed and then refused are others than those that were read. */
	if (run->account.box != NULL)
		subject.credentials = run->account.box;
	has_changed = patience_note(run->state, is_held_against(run, failure) ? failure : NULL,
		&subject, pause_secs, context->now_utc());
	has_changed |= patience_note_since(run->state, failure, context->now_utc());
	return context->has_tables && has_changed;
}

/* What its owner and later passes are to be told. */
static void record_outcome(ConnectionRun *run, const GError *failure)
{
	const SyncContext *context = run->worker->context;
	/* A second before it began: what the theme writes when a sync of its own ends, however soon
	 * after ours, is another text, by which it is noticed (others.h). */
	g_autofree char *began = site_zone_format_iso(context->site->zone, run->began_utc - 1);
	const ConnectionOutcome outcome = {
		.connection_id = run->report->connection_id,
		.last_sync = failure == NULL ? began : NULL,
		.known_last_sync = run->connection->last_sync,
		.last_error = run->report->message,
		.state = run->state,
		.has_new_patience = note_patience(run, failure),
		.is_first = run->is_first,
	};

	if (!context->dry_run)
		outcomes_add(run->user->outcomes, &outcome);
}

/* What the site's administrator must mend is said once, however many connections it stops. */
static void log_failure(const ConnectionRun *run, const GError *failure)
{
	const LogAbout about = connection_report_about(run->report);

	bool is_known = g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_SITE) &&
			!notices_is_new(run->worker->context->notices, failure->message);

	log_line(is_known ? LOG_DEBUG : LOG_ERROR, &about, "%s", failure->message);
}

/* Tells how it went: the log at once, its owner and later passes when all of the user's are done.
 */
static bool conclude(ConnectionRun *run, const GError *failure, GError **error)
{
	const LogAbout about = connection_report_about(run->report);
	const OthersOutcome outcome = {run->has_relisted, failure != NULL};
	g_autoptr(GError) settle_error = NULL;

	if (failure == NULL)
		recall_problems(run);
	run->report->message = last_error_of(run, failure);
	if (failure != NULL)
		log_failure(run, failure);
	log_doubts(run);
	if (others_settle(run->worker, run->state, run->report, outcome, &settle_error)) {
		record_outcome(run, failure);
		return true;
	}
	if (is_fatal(settle_error)) {
		g_propagate_error(error, g_steal_pointer(&settle_error));
		return false;
	}
	log_line(LOG_ERROR, &about, "cannot store when it was synced: %s", settle_error->message);
	run->report->outcome = SYNC_FAILED;
	return true;
}

/* Somebody else is at it: not a failure, and nothing to be remembered. */
static bool leave_alone(ConnectionRun *run, const GError *why)
{
	const LogAbout about = connection_report_about(run->report);

	run->report->outcome = SYNC_SKIPPED;
	run->report->message = g_strdup(why->message);
	log_line(LOG_DEBUG, &about, "%s", why->message);
	return true;
}

bool connection_sync(const SyncWorker *worker, const Connection *connection, const SyncUser *user,
	const SyncHeartbeat *heartbeat, ConnectionReport *report, GError **error)
{
	g_auto(ConnectionRun) run = {
		.worker = worker,
		.connection = connection,
		.user = user,
		.heartbeat = heartbeat,
		.report = report,
		.began_utc = worker->context->now_utc(),
		.claim = {.worker = worker, .report = report},
		.state = user_state_find(user->state, connection->id),
	};
	int64_t started = g_get_monotonic_time();
	g_autoptr(GError) failure = NULL;

	run.is_first = run.state->cursors->len == 0;
	report->outcome = fetch(&run, &failure) ? SYNC_DONE : SYNC_FAILED;
	report->elapsed_secs = (double)(g_get_monotonic_time() - started) / G_USEC_PER_SEC;
	claim_release(&run.claim);
	/* What was broken off for this says nothing of the calendar. */
	if (failure != NULL && !sync_goes_on(worker->context, error))
		return false;
	if (failure != NULL && is_fatal(failure)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	if (failure != NULL && g_error_matches(failure, SYNC_ERROR, SYNC_ERROR_BUSY))
		return leave_alone(&run, failure);
	return conclude(&run, failure, error);
}

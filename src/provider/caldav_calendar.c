/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Syncs one calendar: finds out whether it changed, and how what changed is to be had. */
#include "provider/caldav_calendar.h"

#include <string.h>

#include "provider/caldav_choice.h"
#include "provider/caldav_cursor.h"
#include "provider/caldav_discovery.h"
#include "provider/caldav_error.h"
#include "provider/caldav_reconcile.h"
#include "util/time_zone.h"

/* For so long a server that failed at sync-collection is not asked again (A6). */
#define REPORT_PAUSE_SECS (24 * 3600)

typedef struct {
	CalDavRun *run;
	const char *id;
	const char *text;         /* of the cursor, or NULL */
	CalDavCursor *old;        /* what it says, or NULL */
	CalDavCursor *next;       /* what is to be remembered */
	CalDavResource *calendar; /* as it is now */
	GPtrArray *members;       /* where it was listed to see whether it changed; else NULL */
	GTimeZone *zone;          /* its own, or NULL */
	bool is_unfinished;       /* `next` leads on, though not from the end */
} Calendar;

static void calendar_clear(Calendar *self)
{
	caldav_cursor_free(self->old);
	caldav_cursor_free(self->next);
	caldav_resource_free(self->calendar);
	g_clear_pointer(&self->members, g_ptr_array_unref);
	g_clear_pointer(&self->zone, g_time_zone_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Calendar, calendar_clear)

/* True when the failure of one calendar is that of all. */
static bool ends_connection(const GError *failure)
{
	return g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_UNAUTHORIZED) ||
	       g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_CANCELLED);
}

static bool begin(const Calendar *self, ProviderListing listing, GError **error)
{
	const CalDavResource *calendar = self->calendar;
	g_autoptr(ProviderCalendar) shown = provider_calendar_new(self->id,
		calendar != NULL ? calendar->name : "", calendar != NULL ? calendar->url : NULL);

	shown->holds_events = calendar != NULL && calendar->holds_events;
	return self->run->sink->begin_calendar(self->run->sink, shown, listing, error);
}

static bool is_gone(const GError *failure)
{
	return g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_GONE) ||
	       g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_ABSENT);
}

/* What is remembered of a calendar that is not there: that it was not. NULL when nothing changes.
 * Caller frees. */
static char *cursor_of_gone(Calendar *self, const GError *failure)
{
	if (!is_gone(failure) || self->old == NULL || self->old->was_gone)
		return NULL;
	self->old->was_gone = true;
	return caldav_cursor_to_text(self->old, self->run->account);
}

/* What is remembered of a calendar that was not told completely. NULL when nothing changes. Caller
 * frees. */
static char *cursor_of_incomplete(Calendar *self, const GError *failure)
{
	if (self->is_unfinished)
		return caldav_cursor_to_text(self->next, self->run->account);
	if (!g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_SPENT))
		return cursor_of_gone(self, failure);
	if (self->old == NULL || self->old->was_cut)
		return NULL;
	self->old->was_cut = true;
	return caldav_cursor_to_text(self->old, self->run->account);
}

/* Ends a calendar that failed as a whole or in part. Errors that are not CALDAV_ERROR are the
 * sink's own: passed on. */
static bool end_incomplete(Calendar *self, GError *take_failure, GError **error)
{
	ProviderSink *sink = self->run->sink;
	g_autoptr(GError) failure = take_failure;
	bool ends_all = ends_connection(failure);
	g_autofree char *text = cursor_of_incomplete(self, failure);

	if (failure->domain != CALDAV_ERROR) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	caldav_error_publish(&failure);
	if (!sink->end_calendar(sink, false, failure, text, error))
		return false;
	if (ends_all)
		g_propagate_error(error, g_steal_pointer(&failure));
	return !ends_all;
}

static bool end_complete(Calendar *self, GError **error)
{
	ProviderSink *sink = self->run->sink;
	const CalDavSession *session = &self->run->session;
	g_autofree char *text = NULL;

	self->next->takes_basic =
		http_client_knows_basic(session->http, self->next->url, session->auth);
	text = caldav_cursor_to_text(self->next, self->run->account);

	return sink->end_calendar(sink, true, NULL, text, error);
}

static CalDavTarget target_of(const Calendar *self, ProviderListing listing)
{
	return (CalDavTarget){
		.session = &self->run->session,
		.request = self->run->request,
		.sink = self->run->sink,
		.listing = listing,
		.calendar = self->calendar,
		.zone = self->zone,
		.own_addresses = (const char *const *)self->next->own_addresses,
	};
}

static void open_zone(Calendar *self)
{
	const char *name = self->next->zone_name;

	self->zone = name != NULL ? time_zone_find(name) : NULL;
}

/* The owner's addresses in lower case: what the principal says, and the login where it is one. */
static char **addresses_of(const CalDavAccount *account, const CalDavResource *principal)
{
	g_autoptr(GStrvBuilder) addresses = g_strv_builder_new();

	if (strchr(account->username, '@') != NULL) {
		g_autofree char *login = g_utf8_strdown(account->username, -1);

		g_strv_builder_add(addresses, login);
	}
	for (unsigned i = 0; principal != NULL && i < principal->addresses->len; i++) {
		g_autofree char *address =
			g_utf8_strdown(g_ptr_array_index(principal->addresses, i), -1);

		g_strv_builder_add(addresses, address);
	}
	return g_strv_builder_end(addresses);
}

/* That the principal cannot be had is no failure of the sync: then those of the last time count. */
static char **own_addresses(const Calendar *self)
{
	CalDavRun *run = self->run;
	const char *url = self->calendar->principal_url;
	g_autoptr(CalDavResource) principal = NULL;

	if (run->own_addresses == NULL && url != NULL)
		principal = caldav_resource_ask(&run->session, url, CALDAV_KIND_PRINCIPAL, NULL);
	if (principal != NULL)
		run->own_addresses = addresses_of(run->account, principal);
	if (run->own_addresses != NULL)
		return g_strdupv(run->own_addresses);
	return self->old != NULL ? g_strdupv(self->old->own_addresses)
				 : addresses_of(run->account, NULL);
}

/* Asks the server where it stands now, to begin anew from there: when it cannot tell, it is left
 * alone for a while. False when it cannot be asked anything at the moment. */
static bool ask_fresh_token(Calendar *self, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autoptr(CalDavChanges) all =
		caldav_changes_ask(&self->run->session, self->calendar, NULL, &failure);

	if (all != NULL && !all->is_unfinished)
		self->next->sync_token = g_steal_pointer(&all->sync_token);
	else
		self->next->no_reports_until_utc =
			self->run->request->now_utc() + REPORT_PAUSE_SECS;
	if (!caldav_error_asks_for_patience(failure))
		return true;
	g_propagate_error(error, g_steal_pointer(&failure));
	return false;
}

static bool has_markers(const CalDavCursor *cursor)
{
	return cursor->ctag != NULL || cursor->sync_token != NULL;
}

/* A token that moved is one that is neither as it was, nor where the last report left us. */
static bool token_moved(const CalDavCursor *cursor, const char *token)
{
	return g_strcmp0(token, cursor->sync_token) != 0 &&
	       g_strcmp0(token, cursor->token_seen) != 0;
}

/* Some servers move one of the two alone (A6): where both are told, both must be as they were. */
static bool is_unchanged(const CalDavCursor *cursor, const CalDavResource *calendar)
{
	const char *token = calendar->sync_token;

	if (cursor->ctag != NULL)
		return g_strcmp0(cursor->ctag, calendar->ctag) == 0 &&
		       (cursor->token_seen == NULL || token == NULL || !token_moved(cursor, token));
	return cursor->sync_token != NULL && token != NULL && !token_moved(cursor, token);
}

static CalDavResource *remembered_calendar(const CalDavCursor *cursor)
{
	CalDavResource *calendar = caldav_resource_assume_calendar(cursor->url);

	g_free(calendar->name);
	calendar->name = g_strdup(cursor->name);
	return calendar;
}

static CalDavCursor *next_of(const CalDavCursor *old, const CalDavResource *calendar)
{
	CalDavCursor *next = g_new0(CalDavCursor, 1);

	next->url = g_strdup(old->url);
	next->name = g_strdup(old->name);
	next->zone_name = g_strdup(old->zone_name);
	next->principal_url = g_strdup(old->principal_url);
	next->own_addresses = g_strdupv(old->own_addresses);
	next->ctag = g_strdup(calendar->ctag);
	next->token_seen =
		g_strdup(calendar->sync_token != NULL ? calendar->sync_token : old->token_seen);
	next->no_reports_until_utc = old->no_reports_until_utc;
	return next;
}

/* The one request of an unchanged calendar. `ret_is_there` is false when it is not there any more,
 * or not as it was. False when it cannot be asked at the moment. */
static bool look(Calendar *self, bool *ret_is_there, GError **error)
{
	const CalDavSession *session = &self->run->session;
	const CalDavCursor *old = self->old;
	g_autoptr(CalDavResource) found = NULL;
	g_autoptr(GError) failure = NULL;

	self->calendar = remembered_calendar(old);
	if (has_markers(old))
		found = caldav_resource_ask_markers(session, old->url,
			(old->ctag != NULL ? CALDAV_MARKER_CTAG : 0) |
				(old->ctag == NULL || old->token_seen != NULL
						? CALDAV_MARKER_SYNC_TOKEN
						: 0),
			&failure);
	else
		self->members = caldav_list_members(session, self->calendar, &failure);
	if (failure != NULL && !caldav_discovery_leads_nowhere(failure)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	*ret_is_there = failure == NULL;
	if (found == NULL)
		return true;
	*ret_is_there = found->is_calendar && strcmp(found->url, old->url) == 0 &&
			strcmp(found->name, old->name) == 0;
	caldav_resource_free(self->calendar);
	self->calendar = g_steal_pointer(&found);
	return true;
}

/* What the server says changed. `ret_changes` stays NULL where it cannot tell: then the token is
 * anew, or gone. False when it cannot be asked at the moment. */
static bool ask_changes(Calendar *self, CalDavChanges **ret_changes, GError **error)
{
	g_autoptr(GError) failure = NULL;
	CalDavChanges *changes = caldav_changes_ask(
		&self->run->session, self->calendar, self->old->sync_token, &failure);

	if (changes != NULL) {
		self->next->sync_token = g_strdup(changes->sync_token);
		*ret_changes = changes;
		return true;
	}
	if (caldav_error_asks_for_patience(failure) ||
		g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_TIMEOUT)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	return ask_fresh_token(self, error);
}

/* Leaves out what the run before this one has read, which did not come to the end of these changes.
 * Otherwise all that is told is read: it may have been deleted and made anew with the same etag.
 * And a date in place of an etag is not fine enough to tell. */
static void leave_out_read(CalDavChanges *changes, GHashTable *known)
{
	for (unsigned i = changes->changed->len; i > 0; i--) {
		const CalDavMember *member = g_ptr_array_index(changes->changed, i - 1);
		const ProviderObject *object = g_hash_table_lookup(known, member->key);
		const char *etag = member->etag;

		if (object != NULL && etag != NULL && g_strcmp0(object->etag, etag) == 0 &&
			(etag[0] == '"' || g_str_has_prefix(etag, "W/\"")))
			g_ptr_array_remove_index(changes->changed, i - 1);
	}
}

/* Servers that no longer know a token tell of everything, without what is gone (DAViCal, SOGo), or
 * of nothing for ever (sabre/dav after a backup was restored). Everything: almost all that is
 * known, or mostly objects that are as they were. */
static bool is_credible(const CalDavChanges *changes, GHashTable *known)
{
	unsigned known_count = g_hash_table_size(known);
	unsigned told = 0;
	unsigned same = 0;

	for (unsigned i = 0; i < changes->changed->len; i++) {
		const CalDavMember *member = g_ptr_array_index(changes->changed, i);
		const ProviderObject *object = g_hash_table_lookup(known, member->key);

		if (object == NULL)
			continue;
		told++;
		if (object->etag != NULL && g_strcmp0(object->etag, member->etag) == 0)
			same++;
	}
	return changes->changed->len + changes->gone->len > 0 &&
	       (known_count == 0 || told < known_count - known_count / 10) &&
	       same <= changes->changed->len / 2;
}

static bool pass_changes(
	const CalDavTarget *target, const CalDavChanges *changes, GHashTable *known, GError **error)
{
	g_auto(CalDavStock) stock = {0};

	caldav_stock_init(&stock, known, NULL);
	for (unsigned i = 0; i < changes->gone->len; i++) {
		if (!caldav_stock_gone(&stock, target, g_ptr_array_index(changes->gone, i), error))
			return false;
	}
	for (unsigned i = 0; i < changes->changed->len; i++)
		caldav_stock_want(&stock, g_ptr_array_index(changes->changed, i));
	return caldav_pass_objects(target, &stock, error);
}

/* Lists and compares, unless the calendar was just listed. */
static bool pass_differences(Calendar *self, const CalDavTarget *target,
	const CalDavReconcile *reconcile, GError **error)
{
	if (self->members == NULL)
		self->members = caldav_list_members(target->session, target->calendar, error);
	return self->members != NULL && caldav_reconcile(target, self->members, reconcile, error);
}

/* Reports that told nothing before they were given up lead nowhere: they are left alone for a
 * while. */
static void note_endless(Calendar *self)
{
	g_clear_pointer(&self->next->sync_token, g_free);
	self->next->no_reports_until_utc = self->run->request->now_utc() + REPORT_PAUSE_SECS;
}

/* What was told up to here is whole, and its token leads on from there; but the calendar's markers
 * are those of its end, where nobody has come yet. */
static void set_unfinished(Calendar *self, GError **error)
{
	CalDavCursor *next = self->next;

	g_free(next->ctag);
	next->ctag = g_strdup(self->old->ctag);
	g_free(next->token_seen);
	next->token_seen = g_strdup(self->old->token_seen);
	self->is_unfinished = true;
	g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_UNFINISHED,
		"The server has more changes in %s than are asked for in one sync. The next sync "
		"goes on from there.",
		self->calendar->url);
}

static bool pass_credible_changes(Calendar *self, const CalDavTarget *target,
	const CalDavChanges *changes, GHashTable *known, GError **error)
{
	if (!pass_changes(target, changes, known, error))
		return false;
	if (!changes->is_unfinished)
		return true;
	set_unfinished(self, error);
	return false;
}

static bool find_changes(Calendar *self, GError **error)
{
	const CalDavTarget target = target_of(self, PROVIDER_LISTING_CHANGES);
	g_autoptr(CalDavChanges) changes = NULL;
	g_autoptr(GHashTable) known = NULL;
	CalDavReconcile reconcile = {.may_keep = true};

	if (self->old->sync_token != NULL && !ask_changes(self, &changes, error))
		return false;
	if (changes != NULL) {
		known = target.sink->objects(target.sink, error);
		if (known == NULL)
			return false;
		if (self->old->was_cut)
			leave_out_read(changes, known);
		if (is_credible(changes, known))
			return pass_credible_changes(self, &target, changes, known, error);
		if (changes->is_unfinished)
			note_endless(self);
	}
	/* From a token of its future (a backup was restored) the server would tell of nothing until
	 * it gets there, and then of too little: what is listed now is where its own one stands. */
	if (changes != NULL && !changes->is_unfinished &&
		changes->changed->len + changes->gone->len == 0 &&
		self->calendar->sync_token != NULL) {
		g_free(self->next->sync_token);
		self->next->sync_token = g_strdup(self->calendar->sync_token);
	}
	reconcile.changes = changes;
	return pass_differences(self, &target, &reconcile, error);
}

static bool sync_changes(Calendar *self, GError **error)
{
	ProviderSink *sink = self->run->sink;
	g_autoptr(GError) failure = NULL;

	if (!begin(self, PROVIDER_LISTING_CHANGES, error))
		return false;
	if (is_unchanged(self->old, self->calendar))
		return sink->end_calendar(sink, true, NULL, self->text, error);
	self->next = next_of(self->old, self->calendar);
	open_zone(self);
	if (!find_changes(self, &failure))
		return end_incomplete(self, g_steal_pointer(&failure), error);
	return end_complete(self, error);
}

static CalDavCursor *first_of(const CalDavResource *calendar)
{
	CalDavCursor *next = g_new0(CalDavCursor, 1);

	next->url = g_strdup(calendar->url);
	next->name = g_strdup(calendar->name);
	next->zone_name = g_strdup(calendar->zone_name);
	next->principal_url = g_strdup(calendar->principal_url);
	next->ctag = g_strdup(calendar->ctag);
	next->token_seen = g_strdup(calendar->sync_token);
	return next;
}

/* Whether stored events would be the same if they were read again from the same objects. */
static bool may_keep(const Calendar *self)
{
	const CalDavCursor *old = self->old;
	const CalDavCursor *next = self->next;

	if (old == NULL)
		return self->text == NULL;
	if (old->was_gone)
		return false;
	return strcmp(old->url, next->url) == 0 && strcmp(old->name, next->name) == 0 &&
	       g_strcmp0(old->zone_name, next->zone_name) == 0 &&
	       g_strv_equal((const char *const *)old->own_addresses,
		       (const char *const *)next->own_addresses);
}

/* Where the next run goes on from: taken before anything is listed. */
static bool take_token(Calendar *self, GError **error)
{
	const CalDavCursor *old = self->old;

	int64_t pause_secs =
		old != NULL ? old->no_reports_until_utc - self->run->request->now_utc() : 0;

	/* One that is further away comes from a clock that was wrong. */
	if (pause_secs > 0 && pause_secs <= REPORT_PAUSE_SECS) {
		self->next->no_reports_until_utc = old->no_reports_until_utc;
		return true;
	}
	self->next->sync_token = g_strdup(self->calendar->sync_token);
	return self->next->sync_token != NULL || !self->calendar->knows_sync_report ||
	       ask_fresh_token(self, error);
}

static bool pass_all(Calendar *self, GError **error)
{
	CalDavTarget target;
	CalDavReconcile reconcile;

	self->next = first_of(self->calendar);
	self->next->own_addresses = own_addresses(self);
	open_zone(self);
	if (!take_token(self, error))
		return false;
	target = target_of(self, PROVIDER_LISTING_ALL);
	reconcile = (CalDavReconcile){
		.may_keep = may_keep(self),
		.is_unchanged = self->old != NULL && !self->old->was_gone &&
				is_unchanged(self->old, self->calendar),
	};
	return pass_differences(self, &target, &reconcile, error);
}

/* Whether it is the calendar that is gone, rather than the way to it. */
static bool is_told_gone(const Calendar *self, const GError *failure)
{
	return g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_ABSENT) ||
	       (self->old != NULL && is_gone(failure));
}

static bool sync_all(Calendar *self, GError **error)
{
	const CalDavSession *session = &self->run->session;
	const CalDavKnown known = {
		.calendar_url = self->old != NULL ? self->old->url : NULL,
		.principal_url = self->old != NULL ? self->old->principal_url : NULL,
	};
	g_autoptr(GError) failure = NULL;

	g_clear_pointer(&self->calendar, caldav_resource_free);
	g_clear_pointer(&self->members, g_ptr_array_unref);
	self->calendar = *self->id == '\0'
				 ? caldav_choice_only(session, &known, &failure)
				 : caldav_choice_configured(session, &known, self->id, &failure);
	/* Without a calendar of its own the connection is the account. */
	if (self->calendar == NULL && *self->id == '\0' && !is_told_gone(self, failure)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	if (!begin(self, PROVIDER_LISTING_ALL, error))
		return false;
	if (self->calendar == NULL || !pass_all(self, &failure))
		return end_incomplete(self, g_steal_pointer(&failure), error);
	return end_complete(self, error);
}

bool caldav_calendar_sync(CalDavRun *run, const char *id, GError **error)
{
	g_auto(Calendar) self = {.run = run, .id = id};
	g_autoptr(GError) failure = NULL;
	bool list_all = false;
	bool is_there = false;

	self.text = run->sink->cursor(run->sink, id, &list_all);
	if (self.text != NULL)
		self.old = caldav_cursor_parse(self.text, run->account);
	if (self.old != NULL && self.old->takes_basic)
		http_client_assume_basic(run->session.http, self.old->url, run->session.auth);
	if (self.old == NULL || self.old->was_gone || list_all)
		return sync_all(&self, error);
	if (!look(&self, &is_there, &failure))
		return begin(&self, PROVIDER_LISTING_CHANGES, error) &&
		       end_incomplete(&self, g_steal_pointer(&failure), error);
	return is_there ? sync_changes(&self, error) : sync_all(&self, error);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed in a calendar since a sync token. */
#include "provider/caldav_changes.h"

#include <string.h>

#include "net/href.h"
#include "provider/caldav_error.h"
#include "util/limits.h"

#define MAX_TOKEN_BYTES 2000

/* The last word of the server on one object. */
typedef struct {
	char *key;
	CalDavMember *member; /* NULL: gone */
} Change;

typedef struct {
	const CalDavResource *calendar;
	GPtrArray *changes; /* of Change, in order */
	GHashTable *by_key; /* the same; borrowed */
	bool is_cut_short;  /* this round */
	int status;         /* of the calendar itself, if that is a failure; else 0 */
	bool saw_own;       /* an href that is the calendar's or below it */
	bool saw_others;    /* any other */
} Report;

static void change_free(Change *change)
{
	g_free(change->key);
	caldav_member_free(change->member);
	g_free(change);
}

void caldav_changes_free(CalDavChanges *changes)
{
	if (changes == NULL)
		return;
	g_ptr_array_unref(changes->changed);
	g_ptr_array_unref(changes->gone);
	g_free(changes->sync_token);
	g_free(changes);
}

static bool add_change(Report *report, const char *key, CalDavMember *take_member, GError **error)
{
	g_autoptr(CalDavMember) member = take_member;
	Change *change = g_hash_table_lookup(report->by_key, key);

	if (change == NULL && report->changes->len >= CALDAV_MAX_MEMBERS) {
		caldav_listing_set_too_many(report->calendar, error);
		return false;
	}
	if (change == NULL) {
		change = g_new0(Change, 1);
		change->key = g_strdup(key);
		g_ptr_array_add(report->changes, change);
		g_hash_table_insert(report->by_key, change->key, change);
	}
	caldav_member_free(change->member);
	change->member = g_steal_pointer(&member);
	return true;
}

/* A member that is no longer one that holds events is as good as gone; of one with any other
 * status, its own answer will tell. */
static bool add_href(Report *report, const char *href, const DavResponse *response, GError **error)
{
	g_autofree char *key = href_key(report->calendar->url, href);
	CalDavMember *member = NULL;

	if (key == NULL)
		return true;
	if (strcmp(key, report->calendar->key) == 0) {
		report->saw_own = true;
		if (response->status == 507)
			report->is_cut_short = true;
		else if (caldav_resource_refusal(response) != 0)
			report->status = caldav_resource_refusal(response);
		return true;
	}
	if (!href_key_is_below(key, report->calendar->key)) {
		report->saw_others = true;
		return true;
	}
	report->saw_own = true;
	if (response->status != 404 && response->status != 410)
		member = caldav_member_new(report->calendar, href, response);
	return add_change(report, key, member, error);
}

/* Several hrefs may share one status. */
static bool add_response(void *data, DavResponse *take_response, GError **error)
{
	g_autoptr(DavResponse) response = take_response;

	for (unsigned i = 0; i < response->hrefs->len; i++) {
		if (!add_href(data, g_ptr_array_index(response->hrefs, i), response, error))
			return false;
	}
	return true;
}

static char *report_body(const char *sync_token)
{
	g_autofree char *escaped = g_markup_escape_text(sync_token != NULL ? sync_token : "", -1);

	return g_strdup_printf("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
			       "<D:sync-collection xmlns:D=\"DAV:\"><D:sync-token>%s</D:sync-token>"
			       "<D:sync-level>1</D:sync-level><D:prop>" CALDAV_MEMBER_PROPERTIES
			       "</D:prop></D:sync-collection>\n",
		escaped);
}

static void set_useless(const Report *report, const char *why, GError **error)
{
	g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_DAMAGED,
		"The server's answer about changes in %s %s. The next sync tries again.",
		report->calendar->url, why);
}

/* One round; replaces the token by the next. */
static bool ask_round(
	const CalDavSession *session, Report *report, char **sync_token, GError **error)
{
	g_autofree char *body = report_body(*sync_token);
	g_auto(CalDavAnswer) answer = {0};
	const CalDavQuestion question = {"REPORT", report->calendar->url, 0, body};

	report->is_cut_short = false;
	if (!caldav_ask(session, &question, add_response, report, &answer, error))
		return false;
	if (report->status != 0) {
		caldav_error_set_status(error, report->status, answer.url);
		return false;
	}
	/* Behind a proxy that rewrites paths a list can be understood, tombstones cannot. */
	if (report->saw_others && !report->saw_own) {
		set_useless(report, "names only entries of other places", error);
		return false;
	}
	if (answer.sync_token == NULL || *answer.sync_token == '\0' ||
		strlen(answer.sync_token) > MAX_TOKEN_BYTES) {
		set_useless(report, "has no sync token", error);
		return false;
	}
	if (report->is_cut_short && g_strcmp0(answer.sync_token, *sync_token) == 0) {
		set_useless(report, "is cut short, and leads no further", error);
		return false;
	}
	g_free(*sync_token);
	*sync_token = g_steal_pointer(&answer.sync_token);
	return true;
}

static CalDavChanges *changes_new(const Report *report, char *take_sync_token)
{
	CalDavChanges *changes = g_new0(CalDavChanges, 1);

	changes->changed = g_ptr_array_new_with_free_func((GDestroyNotify)caldav_member_free);
	changes->gone = g_ptr_array_new_with_free_func(g_free);
	changes->sync_token = take_sync_token;
	changes->is_unfinished = report->is_cut_short;
	for (unsigned i = 0; i < report->changes->len; i++) {
		Change *change = g_ptr_array_index(report->changes, i);

		if (change->member != NULL)
			g_ptr_array_add(changes->changed, g_steal_pointer(&change->member));
		else
			g_ptr_array_add(changes->gone, g_steal_pointer(&change->key));
	}
	return changes;
}

CalDavChanges *caldav_changes_ask(const CalDavSession *session, const CalDavResource *calendar,
	const char *sync_token, GError **error)
{
	g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func((GDestroyNotify)change_free);
	g_autoptr(GHashTable) by_key = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *token = g_strdup(sync_token);
	Report report = {.calendar = calendar, .changes = changes, .by_key = by_key};

	for (unsigned round = 1;; round++) {
		if (!ask_round(session, &report, &token, error))
			return NULL;
		if (!report.is_cut_short || round == LIMIT_CUT_REPORTS ||
			http_client_is_half_spent(session->http))
			return changes_new(&report, g_steal_pointer(&token));
	}
}

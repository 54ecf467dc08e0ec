/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync/others.h"

#include <string.h>

#include "util/log.h"
#include "wp/event_counts.h"

static bool is_last_sync_ours(const Connection *connection, const ConnectionState *state)
{
	uint8_t hash[STATE_HASH_BYTES];

	connection_state_hash_last_sync(connection->last_sync, hash);
	return state->knows_last_sync && memcmp(hash, state->last_sync_hash, sizeof(hash)) == 0;
}

typedef enum {
	ROWS_WRITTEN,
	ROWS_UNKNOWN,   /* nobody can tell: they are compared, and nobody is blamed */
	ROWS_UNTOUCHED, /* another site's sync set the time */
} Rows;

static bool look_at_rows(const SyncWorker *worker, const ConnectionState *state,
	const ConnectionReport *report, Rows *ret_rows, GError **error)
{
	g_autofree char *mark = NULL;

	*ret_rows = state->knows_last_sync ? ROWS_WRITTEN : ROWS_UNKNOWN;
	if (!worker->context->site->is_network || !state->knows_last_sync)
		return true;
	if (state->rows_mark[0] == '\0') {
		*ret_rows = ROWS_UNKNOWN;
		return true;
	}
	mark = event_counts_mark(worker->db, report->user_id, report->connection_id, error);
	if (mark == NULL)
		return false;
	if (strcmp(mark, state->rows_mark) == 0)
		*ret_rows = ROWS_UNTOUCHED;
	return true;
}

bool others_notice(const SyncWorker *worker, const Connection *connection, ConnectionState *state,
	ConnectionReport *report, GError **error)
{
	const SyncContext *context = worker->context;
	Rows rows;

	/* Without a cursor all is listed anyway, and the rows are what the theme left to us. */
	if (!context->has_tables || state->cursors->len == 0)
		return true;
	if (is_last_sync_ours(connection, state))
		return true;
	if (!look_at_rows(worker, state, report, &rows, error))
		return false;
	if (rows == ROWS_UNTOUCHED)
		return true;
	report->written_by_others = rows == ROWS_WRITTEN;
	if (rows == ROWS_WRITTEN && !context->dry_run)
		return connection_state_note_others(
			worker->db, state, connection->last_sync, context->now_utc(), error);
	connection_state_distrust(state);
	return true;
}

static size_t written(const EventStoreCounts *events)
{
	return events->added + events->changed + events->restored + events->adopted +
	       events->removed + events->folded;
}

/* "3 added, 1 changed". Caller frees. */
static char *describe(const EventStoreCounts *events)
{
	const struct {
		EventChange change;
		size_t count;
	} parts[] = {
		{EVENT_ADDED, events->added},
		{EVENT_CHANGED, events->changed},
		{EVENT_RESTORED, events->restored},
		{EVENT_ADOPTED, events->adopted},
		{EVENT_REMOVED, events->removed},
		{EVENT_FOLDED, events->folded},
	};
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (parts[i].count > 0)
			g_string_append_printf(text, "%s%" G_GSIZE_FORMAT " %s",
				text->len == 0 ? "" : ", ", parts[i].count,
				event_change_name(parts[i].change));
	}
	return text->len == 0 ? g_strdup("all are as they should be") : g_strdup(text->str);
}

static void tell(const SyncContext *context, const ConnectionReport *report, bool failed)
{
	const LogAbout about = connection_report_about(report);
	g_autofree char *done = describe(&report->events);

	log_line(LOG_WARNING, &about,
		"something else wrote these events since the last sync, as the theme's \"Sync "
		"now\" does: compared with the calendar, %s%s; %s",
		done, failed ? ", the rest when it can be read" : "",
		context->site->is_taken_over
			? "the theme's lock is held, but an older theme does not ask for it"
			: "prm-calendar takeover keeps newer themes from it");
}

/* Counted anew where we wrote; elsewhere nobody asks for it. */
static bool renew_mark(const SyncWorker *worker, ConnectionState *state,
	const ConnectionReport *report, bool *ret_is_new, GError **error)
{
	g_autofree char *mark = NULL;

	*ret_is_new = false;
	if (!worker->context->site->is_network ||
		(state->rows_mark[0] != '\0' && written(&report->events) == 0))
		return true;
	mark = event_counts_mark(worker->db, report->user_id, report->connection_id, error);
	if (mark == NULL)
		return false;
	*ret_is_new = strcmp(mark, state->rows_mark) != 0;
	g_free(state->rows_mark);
	state->rows_mark = g_steal_pointer(&mark);
	return true;
}

bool others_settle(const SyncWorker *worker, ConnectionState *state, ConnectionReport *report,
	OthersOutcome outcome, GError **error)
{
	const SyncContext *context = worker->context;
	bool is_marked = false;

	/* Noticed now, or earlier, when the calendar could not be read. */
	report->written_by_others = report->written_by_others || outcome.has_relisted;
	if (report->written_by_others)
		tell(context, report, outcome.failed);
	if (context->dry_run || state->id == 0)
		return true;
	if (!renew_mark(worker, state, report, &is_marked, error))
		return false;
	if (report->written_by_others)
		state->others_mended += (unsigned)written(&report->events);
	return (!is_marked && !report->written_by_others) ||
	       connection_state_store(worker->db, state, error);
}

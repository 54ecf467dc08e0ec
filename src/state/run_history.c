/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ran: a row of our own for each run that may have written something. */
#include "state/run_history.h"

#include <string.h>

#include "util/process_mark.h"

enum {
	SECONDS_PER_DAY = 24 * 60 * 60,
	KEPT_DAYS = 90,
	PRUNED_EVERY = 50,      /* runs */
	STATUS_SIGNALLED = 128, /* and more, as shells count: by a signal */
};

static const char insert_sql[] =
	"INSERT INTO {prm_calendar_runs} (command, host, started_at) VALUES (?, ?, ?)";

static const char prune_sql[] = "DELETE FROM {prm_calendar_runs} WHERE started_at < ?";

static const char update_sql[] =
	"UPDATE {prm_calendar_runs} SET ended_at = ?, exit_status = ?, connections_done = ?, "
	"connections_failed = ?, connections_skipped = ?, events_added = ?, events_changed = ?, "
	"events_removed = ?, meetings_logged = ? WHERE id = ?";

static const char load_sql[] =
	"SELECT command, host, started_at, ended_at, exit_status, connections_done, "
	"connections_failed, connections_skipped, events_added, events_changed, events_removed, "
	"meetings_logged FROM {prm_calendar_runs} WHERE ? IN ('', command) "
	"ORDER BY id DESC LIMIT ?";
enum {
	COLUMN_COMMAND,
	COLUMN_HOST,
	COLUMN_STARTED_AT,
	COLUMN_ENDED_AT,
	COLUMN_EXIT_STATUS,
	COLUMN_CONNECTIONS_DONE,
	COLUMN_CONNECTIONS_FAILED,
	COLUMN_CONNECTIONS_SKIPPED,
	COLUMN_EVENTS_ADDED,
	COLUMN_EVENTS_CHANGED,
	COLUMN_EVENTS_REMOVED,
	COLUMN_MEETINGS_LOGGED,
};

static const char success_sql[] = "SELECT COALESCE(MAX(ended_at), 0) FROM {prm_calendar_runs} "
				  "WHERE command = ? AND exit_status = 0 AND ended_at <= ?";

static bool prune(Db *db, int64_t now_utc, GError **error)
{
	DbStatement *statement = db_prepare(db, prune_sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, now_utc - (int64_t)KEPT_DAYS * SECONDS_PER_DAY);
	return db_run(statement, NULL, error);
}

bool run_history_begin(
	Db *db, const char *command, int64_t now_utc, int64_t *ret_id, GError **error)
{
	/* The column takes 255: host names have at most 64 on Linux. */
	g_autofree char *mark = process_mark_own();
	DbStatement *statement = db_prepare(db, insert_sql, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, command);
	db_bind_text(statement, mark);
	db_bind_int(statement, now_utc);
	if (!db_run(statement, NULL, error))
		return false;
	*ret_id = (int64_t)db_insert_id(db);
	return true;
}

bool run_history_end(Db *db, int64_t id, int64_t now_utc, int exit_status, const RunCounts *counts,
	GError **error)
{
	const size_t numbers[] = {counts->connections_done, counts->connections_failed,
		counts->connections_skipped, counts->events_added, counts->events_changed,
		counts->events_removed, counts->meetings_logged};
	DbStatement *statement = db_prepare(db, update_sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, now_utc);
	db_bind_int(statement, exit_status);
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		db_bind_int(statement, (int64_t)MIN(numbers[i], G_MAXUINT32));
	db_bind_int(statement, id);
	return db_run(statement, NULL, error) &&
	       (id % PRUNED_EVERY != 0 || prune(db, now_utc, error));
}

static void record_free(gpointer data)
{
	RunRecord *record = data;

	g_free(record->command);
	g_free(record->host);
	g_free(record);
}

/* Its process is gone; or, where that cannot be seen, by what is known: the timer begins no pass
 * before the last one ended, and nothing takes a day. */
static bool is_lost(
	const RunRecord *record, const char *mark, const GPtrArray *later, int64_t now_utc)
{
	if (process_mark_is_dead(mark) || record->started_utc < now_utc - SECONDS_PER_DAY)
		return true;
	for (guint i = 0; i < later->len && g_str_equal(record->command, "run"); i++) {
		const RunRecord *other = later->pdata[i];

		if (g_str_equal(other->command, "run") && g_str_equal(other->host, record->host))
			return true;
	}
	return false;
}

static size_t number(const DbStatement *statement, unsigned column)
{
	return (size_t)MAX(db_column_int(statement, column), 0);
}

static RunRecord *read_record(const DbStatement *statement, const GPtrArray *later, int64_t now_utc)
{
	const char *host = db_column_text(statement, COLUMN_HOST);
	const char *mark = host != NULL ? host : "";
	RunRecord *record = g_new(RunRecord, 1);

	*record = (RunRecord){
		.command = g_strdup(db_column_text(statement, COLUMN_COMMAND)),
		.host = g_strndup(mark, strcspn(mark, ":")),
		.started_utc = db_column_int(statement, COLUMN_STARTED_AT),
		.ended_utc = db_column_int(statement, COLUMN_ENDED_AT),
		.exit_status = (int)db_column_int(statement, COLUMN_EXIT_STATUS),
		.counts =
			{
				.connections_done = number(statement, COLUMN_CONNECTIONS_DONE),
				.connections_failed = number(statement, COLUMN_CONNECTIONS_FAILED),
				.connections_skipped =
					number(statement, COLUMN_CONNECTIONS_SKIPPED),
				.events_added = number(statement, COLUMN_EVENTS_ADDED),
				.events_changed = number(statement, COLUMN_EVENTS_CHANGED),
				.events_removed = number(statement, COLUMN_EVENTS_REMOVED),
				.meetings_logged = number(statement, COLUMN_MEETINGS_LOGGED),
			},
	};
	if (db_column_is_null(statement, COLUMN_ENDED_AT))
		record->state = is_lost(record, mark, later, now_utc) ? RUN_LOST : RUN_OPEN;
	else if (record->exit_status > STATUS_SIGNALLED)
		record->state = RUN_INTERRUPTED;
	return record;
}

static bool read_records(Db *db, const char *command, int64_t now_utc, unsigned limit,
	GPtrArray *records, GError **error)
{
	DbStatement *statement = db_prepare(db, load_sql, error);
	bool row;

	if (statement == NULL)
		return false;
	db_bind_text(statement, command != NULL ? command : "");
	db_bind_int(statement, limit);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		g_ptr_array_add(records, read_record(statement, records, now_utc));
	}
}

GPtrArray *run_history_load(
	Db *db, const char *command, int64_t now_utc, unsigned limit, GError **error)
{
	g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(record_free);
	g_autoptr(GError) failure = NULL;

	if (read_records(db, command, now_utc, limit, records, &failure))
		return g_steal_pointer(&records);
	if (g_error_matches(failure, DB_ERROR, DB_ERROR_SCHEMA) ||
		g_error_matches(failure, DB_ERROR, DB_ERROR_ACCESS))
		return g_steal_pointer(&records);
	g_propagate_error(error, g_steal_pointer(&failure));
	return NULL;
}

bool run_history_last_success(
	Db *db, const char *command, int64_t now_utc, int64_t *ret_ended_utc, GError **error)
{
	DbStatement *statement = db_prepare(db, success_sql, error);
	bool row = false;

	if (statement == NULL)
		return false;
	db_bind_text(statement, command);
	db_bind_int(statement, now_utc);
	if (!db_query(statement, error) || !db_next(statement, &row, error))
		return false;
	*ret_ended_utc = row ? db_column_int(statement, 0) : 0;
	db_finish(statement);
	return true;
}

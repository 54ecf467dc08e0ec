/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements on the tables of connections and cursors. */
#include "state/connection_state.h"

#include <string.h>

CalendarCursor *calendar_cursor_new(const char *calendar_id,
	const uint8_t settings_hash[STATE_HASH_BYTES], const char *text, int64_t listed_utc,
	int64_t gone_utc)
{
	CalendarCursor *cursor = g_new0(CalendarCursor, 1);

	cursor->calendar_id = g_strdup(calendar_id);
	memcpy(cursor->settings_hash, settings_hash, STATE_HASH_BYTES);
	cursor->text = g_strdup(text);
	cursor->listed_utc = listed_utc;
	cursor->gone_utc = gone_utc;
	return cursor;
}

void calendar_cursor_free(CalendarCursor *cursor)
{
	if (cursor == NULL)
		return;
	g_free(cursor->calendar_id);
	g_free(cursor->text);
	g_free(cursor);
}

ConnectionState *connection_state_new(int64_t id, const char *connection_id)
{
	ConnectionState *state = g_new0(ConnectionState, 1);

	state->id = id;
	state->connection_id = g_strdup(connection_id);
	state->rows_mark = g_strdup("");
	state->cursors = g_ptr_array_new_with_free_func((GDestroyNotify)calendar_cursor_free);
	return state;
}

void connection_state_free(ConnectionState *state)
{
	if (state == NULL)
		return;
	g_free(state->connection_id);
	g_free(state->first_problem);
	g_free(state->rows_mark);
	g_ptr_array_unref(state->cursors);
	g_free(state);
}

const CalendarCursor *connection_state_cursor(const ConnectionState *state, const char *calendar_id)
{
	for (guint i = 0; i < state->cursors->len; i++) {
		const CalendarCursor *cursor = g_ptr_array_index(state->cursors, i);

		if (strcmp(cursor->calendar_id, calendar_id) == 0)
			return cursor;
	}
	return NULL;
}

void connection_state_take_cursor(ConnectionState *state, CalendarCursor *take_cursor)
{
	for (guint i = 0; i < state->cursors->len; i++) {
		const CalendarCursor *cursor = g_ptr_array_index(state->cursors, i);

		if (strcmp(cursor->calendar_id, take_cursor->calendar_id) != 0)
			continue;
		g_ptr_array_remove_index(state->cursors, i);
		break;
	}
	g_ptr_array_add(state->cursors, take_cursor);
}

/* LAST_INSERT_ID(id) makes the id of a row that was there already known, too. */
static const char create_sql[] =
	"INSERT INTO {prm_calendar_connections} (user_id, connection_hash, connection_id) "
	"VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)";

bool connection_state_create(Db *db, int64_t user_id, ConnectionState *state, GError **error)
{
	uint8_t hash[STATE_HASH_BYTES];
	DbStatement *statement;

	if (state->id != 0)
		return true;
	statement = db_prepare(db, create_sql, error);
	if (statement == NULL)
		return false;
	state_hash(state->connection_id, strlen(state->connection_id), hash);
	db_bind_int(statement, user_id);
	db_bind_bytes(statement, hash, sizeof(hash));
	db_bind_text(statement, state->connection_id);
	if (!db_run(statement, NULL, error))
		return false;
	state->id = (int64_t)db_insert_id(db);
	return true;
}

char *connection_state_key(int64_t user_id, const char *connection_id)
{
	return g_strdup_printf("%" G_GINT64_FORMAT "/%s", user_id, connection_id);
}

static const char load_sql[] =
	"SELECT id, user_id, connection_id, refused_hash, refused_at, failures, retry_at, "
	"problems, first_problem, span_days, others_at, others_times, others_mended, failing_at "
	"FROM {prm_calendar_connections}";
enum {
	COLUMN_ID,
	COLUMN_USER,
	COLUMN_CONNECTION,
	COLUMN_REFUSED_HASH,
	COLUMN_REFUSED_AT,
	COLUMN_FAILURES,
	COLUMN_RETRY_AT,
	COLUMN_PROBLEMS,
	COLUMN_FIRST_PROBLEM,
	COLUMN_SPAN_DAYS,
	COLUMN_OTHERS_AT,
	COLUMN_OTHERS_TIMES,
	COLUMN_OTHERS_MENDED,
	COLUMN_FAILING_AT,
};

static ConnectionState *read_state(const DbStatement *statement)
{
	ConnectionState *state = connection_state_new(
		db_column_int(statement, COLUMN_ID), db_column_text(statement, COLUMN_CONNECTION));

	state->is_refused = db_column_bytes(statement, COLUMN_REFUSED_HASH) == STATE_HASH_BYTES;
	if (state->is_refused)
		memcpy(state->refused_hash, db_column_text(statement, COLUMN_REFUSED_HASH),
			STATE_HASH_BYTES);
	state->refused_utc = db_column_int(statement, COLUMN_REFUSED_AT);
	state->failures = (unsigned)db_column_int(statement, COLUMN_FAILURES);
	state->retry_utc = db_column_int(statement, COLUMN_RETRY_AT);
	state->problems = (unsigned)db_column_int(statement, COLUMN_PROBLEMS);
	state->first_problem = g_strdup(db_column_text(statement, COLUMN_FIRST_PROBLEM));
	state->span_days = (unsigned)db_column_int(statement, COLUMN_SPAN_DAYS);
	state->others_utc = db_column_int(statement, COLUMN_OTHERS_AT);
	state->others_times = (unsigned)db_column_int(statement, COLUMN_OTHERS_TIMES);
	state->others_mended = (unsigned)db_column_int(statement, COLUMN_OTHERS_MENDED);
	state->failing_utc = db_column_int(statement, COLUMN_FAILING_AT);
	return state;
}

static bool read_states(Db *db, GHashTable *states, GError **error)
{
	DbStatement *statement = db_prepare(db, load_sql, error);
	bool row;

	if (statement == NULL || !db_query(statement, error))
		return false;
	for (;;) {
		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		g_hash_table_insert(states,
			connection_state_key(db_column_int(statement, COLUMN_USER),
				db_column_text(statement, COLUMN_CONNECTION)),
			read_state(statement));
	}
}

GHashTable *connection_states_load(Db *db, GError **error)
{
	g_autoptr(GHashTable) states = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)connection_state_free);
	g_autoptr(GError) failure = NULL;

	if (read_states(db, states, &failure) ||
		g_error_matches(failure, DB_ERROR, DB_ERROR_SCHEMA) ||
		g_error_matches(failure, DB_ERROR, DB_ERROR_ACCESS))
		return g_steal_pointer(&states);
	g_propagate_error(error, g_steal_pointer(&failure));
	return NULL;
}

static const char store_sql[] =
	"UPDATE {prm_calendar_connections} SET refused_hash = ?, refused_at = ?, failures = ?, "
	"retry_at = ?, problems = ?, first_problem = ?, span_days = ?, rows_mark = ?, "
	"others_mended = ?, locked_until = ?, failing_at = ? WHERE id = ?";

bool connection_state_store(Db *db, const ConnectionState *state, GError **error)
{
	DbStatement *statement = db_prepare(db, store_sql, error);

	if (statement == NULL)
		return false;
	if (state->is_refused)
		db_bind_bytes(statement, state->refused_hash, STATE_HASH_BYTES);
	else
		db_bind_text(statement, NULL);
	db_bind_int(statement, state->refused_utc);
	db_bind_int(statement, state->failures);
	db_bind_int(statement, state->retry_utc);
	db_bind_int(statement, state->problems);
	db_bind_text(statement, state->first_problem);
	db_bind_int(statement, state->span_days);
	db_bind_text(statement, state->rows_mark);
	db_bind_int(statement, state->others_mended);
	db_bind_int(statement, state->locked_until_utc);
	db_bind_int(statement, state->failing_utc);
	db_bind_int(statement, state->id);
	return db_run(statement, NULL, error);
}

void connection_state_hash_last_sync(const char *last_sync, uint8_t ret_hash[STATE_HASH_BYTES])
{
	state_hash(last_sync == NULL ? "" : last_sync, last_sync == NULL ? 0 : strlen(last_sync),
		ret_hash);
}

static void set_listed(ConnectionState *state, int64_t listed_utc)
{
	for (guint i = 0; i < state->cursors->len; i++)
		((CalendarCursor *)g_ptr_array_index(state->cursors, i))->listed_utc = listed_utc;
}

void connection_state_distrust(ConnectionState *state)
{
	set_listed(state, 0);
}

static const char note_others_sql[] =
	"UPDATE {prm_calendar_connections} SET last_sync_hash = ?, others_at = ?, "
	"others_times = ? WHERE id = ?";

static const char distrust_sql[] =
	"UPDATE {prm_calendar_cursors} SET listed_at = ? WHERE connection = ?";

static bool store_others(Db *db, void *data, GError **error)
{
	const ConnectionState *state = data;
	DbStatement *statement = db_prepare(db, note_others_sql, error);

	if (statement == NULL)
		return false;
	db_bind_bytes(statement, state->last_sync_hash, STATE_HASH_BYTES);
	db_bind_int(statement, state->others_utc);
	db_bind_int(statement, state->others_times);
	db_bind_int(statement, state->id);
	if (!db_run(statement, NULL, error))
		return false;
	statement = db_prepare(db, distrust_sql, error);
	if (statement == NULL)
		return false;
	db_bind_int(statement, CURSOR_DISTRUSTED);
	db_bind_int(statement, state->id);
	return db_run(statement, NULL, error);
}

bool connection_state_note_others(
	Db *db, ConnectionState *state, const char *last_sync, int64_t now_utc, GError **error)
{
	set_listed(state, CURSOR_DISTRUSTED);
	connection_state_hash_last_sync(last_sync, state->last_sync_hash);
	state->knows_last_sync = true;
	state->others_utc = now_utc;
	state->others_times++;
	return db_transaction(db, store_others, state, error);
}

static const char unmark_sql[] =
	"UPDATE {prm_calendar_connections} SET rows_mark = '' WHERE user_id = ?";

bool connection_states_unmark(Db *db, int64_t user_id, GError **error)
{
	DbStatement *statement = db_prepare(db, unmark_sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, user_id);
	return db_run(statement, NULL, error);
}

static const char unlock_sql[] =
	"UPDATE {prm_calendar_connections} SET locked_until = 0 WHERE locked_until <> 0";

bool connection_states_unlock(Db *db, GError **error)
{
	DbStatement *statement = db_prepare(db, unlock_sql, error);

	return statement != NULL && db_run(statement, NULL, error);
}

static bool forget(Db *db, void *data, GError **error)
{
	static const char *const statements[] = {
		"DELETE FROM {prm_calendar_sightings} WHERE connection = ?",
		"DELETE FROM {prm_calendar_events} WHERE connection = ?",
		"DELETE FROM {prm_calendar_objects} WHERE connection = ?",
		"DELETE FROM {prm_calendar_cursors} WHERE connection = ?",
		"DELETE FROM {prm_calendar_connections} WHERE id = ?",
	};
	const int64_t *connection = data;

	for (size_t i = 0; i < G_N_ELEMENTS(statements); i++) {
		DbStatement *statement = db_prepare(db, statements[i], error);

		if (statement == NULL)
			return false;
		db_bind_int(statement, *connection);
		if (!db_run(statement, NULL, error))
			return false;
	}
	return true;
}

bool connection_state_forget(Db *db, int64_t connection, GError **error)
{
	return db_transaction(db, forget, &connection, error);
}

static const char count_sql[] = "SELECT COUNT(*), MIN(problem) FROM {prm_calendar_objects} "
				"WHERE connection = ? AND problem IS NOT NULL";

bool connection_state_count_problems(
	Db *db, int64_t connection, unsigned *ret_problems, char **ret_first, GError **error)
{
	DbStatement *statement = db_prepare(db, count_sql, error);
	bool row;

	if (statement == NULL)
		return false;
	db_bind_int(statement, connection);
	if (!db_query(statement, error) || !db_next(statement, &row, error))
		return false;
	*ret_problems = row ? (unsigned)db_column_int(statement, 0) : 0;
	*ret_first = row ? g_strdup(db_column_text(statement, 1)) : NULL;
	db_finish(statement);
	return true;
}

static const char store_cursor_sql[] =
	"INSERT INTO {prm_calendar_cursors} (connection, calendar_hash, calendar_id, "
	"settings_hash, cursor_text, listed_at, gone_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
	"ON DUPLICATE KEY UPDATE settings_hash = VALUES(settings_hash), "
	"cursor_text = VALUES(cursor_text), listed_at = VALUES(listed_at), "
	"gone_at = VALUES(gone_at)";

bool calendar_cursor_store(Db *db, int64_t connection, const CalendarCursor *cursor, GError **error)
{
	DbStatement *statement = db_prepare(db, store_cursor_sql, error);
	uint8_t hash[STATE_HASH_BYTES];

	if (statement == NULL)
		return false;
	state_hash_calendar(cursor->calendar_id, hash);
	db_bind_int(statement, connection);
	db_bind_bytes(statement, hash, sizeof(hash));
	db_bind_text(statement, cursor->calendar_id);
	db_bind_bytes(statement, cursor->settings_hash, STATE_HASH_BYTES);
	db_bind_text(statement, cursor->text);
	db_bind_int(statement, cursor->listed_utc);
	db_bind_int(statement, cursor->gone_utc);
	return db_run(statement, NULL, error);
}

static bool delete_of_calendar(
	Db *db, const char *sql, int64_t connection, const char *calendar_id, GError **error)
{
	DbStatement *statement = db_prepare(db, sql, error);
	uint8_t hash[STATE_HASH_BYTES];

	if (statement == NULL)
		return false;
	state_hash_calendar(calendar_id, hash);
	db_bind_int(statement, connection);
	db_bind_bytes(statement, hash, sizeof(hash));
	return db_run(statement, NULL, error);
}

static bool forget_objects(Db *db, int64_t connection, const char *calendar_id, GError **error)
{
	return delete_of_calendar(db,
		"DELETE FROM {prm_calendar_objects} WHERE connection = ? AND calendar_hash = ?",
		connection, calendar_id, error);
}

typedef struct {
	int64_t connection;
	const CalendarCursor *cursor;
} Restart;

static bool restart(Db *db, void *data, GError **error)
{
	const Restart *work = data;

	return forget_objects(db, work->connection, work->cursor->calendar_id, error) &&
	       calendar_cursor_store(db, work->connection, work->cursor, error);
}

bool calendar_cursor_restart(
	Db *db, int64_t connection, const CalendarCursor *cursor, GError **error)
{
	Restart work = {connection, cursor};

	return db_transaction(db, restart, &work, error);
}

bool calendar_cursor_forget(Db *db, int64_t connection, const char *calendar_id, GError **error)
{
	return forget_objects(db, connection, calendar_id, error) &&
	       delete_of_calendar(db,
		       "DELETE FROM {prm_calendar_sightings} WHERE connection = ? AND "
		       "calendar_hash = ?",
		       connection, calendar_id, error) &&
	       delete_of_calendar(db,
		       "DELETE FROM {prm_calendar_cursors} WHERE connection = ? AND calendar_hash "
		       "= ?",
		       connection, calendar_id, error);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One query over the connections row and our own tables. */
#include "user/user_state.h"

#include <string.h>

#include "user/connections_row.h"

void user_state_free(UserState *state)
{
	if (state == NULL)
		return;
	user_meta_row_free(state->row);
	connection_list_free(state->list);
	g_ptr_array_unref(state->states);
	g_free(state);
}

/* In the order of the rows of one key: WordPress reads the first. */
static const char read_sql[] =
	"SELECT m.umeta_id, m.meta_key, m.meta_value, k.id, k.connection_id, k.refused_hash, "
	"k.refused_at, k.failures, k.retry_at, k.problems, k.first_problem, k.span_days, "
	"k.last_sync_hash, k.rows_mark, k.others_at, k.others_times, k.others_mended, "
	"k.locked_until, k.failing_at, c.calendar_id, "
	"c.settings_hash, c.cursor_text, c.listed_at, c.gone_at FROM {usermeta} m "
	"LEFT JOIN {prm_calendar_connections} k ON k.user_id = m.user_id "
	"LEFT JOIN {prm_calendar_cursors} c ON c.connection = k.id "
	"WHERE m.user_id = ? AND m.meta_key = ? ORDER BY m.umeta_id, k.id";
enum {
	COLUMN_UMETA_ID,
	COLUMN_KEY,
	COLUMN_VALUE,
	COLUMN_ID,
	COLUMN_CONNECTION_ID,
	COLUMN_REFUSED_HASH,
	COLUMN_REFUSED_AT,
	COLUMN_FAILURES,
	COLUMN_RETRY_AT,
	COLUMN_PROBLEMS,
	COLUMN_FIRST_PROBLEM,
	COLUMN_SPAN_DAYS,
	COLUMN_LAST_SYNC_HASH,
	COLUMN_ROWS_MARK,
	COLUMN_OTHERS_AT,
	COLUMN_OTHERS_TIMES,
	COLUMN_OTHERS_MENDED,
	COLUMN_LOCKED_UNTIL,
	COLUMN_FAILING_AT,
	COLUMN_CALENDAR_ID,
	COLUMN_SETTINGS_HASH,
	COLUMN_CURSOR_TEXT,
	COLUMN_LISTED_AT,
	COLUMN_GONE_AT,
};

static bool read_hash(const DbStatement *statement, unsigned column, uint8_t *ret_hash)
{
	if (db_column_bytes(statement, column) != STATE_HASH_BYTES)
		return false;
	memcpy(ret_hash, db_column_text(statement, column), STATE_HASH_BYTES);
	return true;
}

static UserMetaRow *read_row(const DbStatement *statement, int64_t user_id)
{
	UserMetaRow *row = g_new0(UserMetaRow, 1);

	row->user_id = user_id;
	row->umeta_id = db_column_int(statement, COLUMN_UMETA_ID);
	if (!db_column_is_null(statement, COLUMN_VALUE)) {
		row->length = db_column_bytes(statement, COLUMN_VALUE);
		row->value = g_memdup2(db_column_text(statement, COLUMN_VALUE), row->length + 1);
	}
	return row;
}

static ConnectionState *read_connection(const DbStatement *statement)
{
	ConnectionState *state = connection_state_new(db_column_int(statement, COLUMN_ID),
		db_column_text(statement, COLUMN_CONNECTION_ID));

	state->is_refused = read_hash(statement, COLUMN_REFUSED_HASH, state->refused_hash);
	state->refused_utc = db_column_int(statement, COLUMN_REFUSED_AT);
	state->failures = (unsigned)db_column_int(statement, COLUMN_FAILURES);
	state->retry_utc = db_column_int(statement, COLUMN_RETRY_AT);
	state->problems = (unsigned)db_column_int(statement, COLUMN_PROBLEMS);
	state->first_problem = g_strdup(db_column_text(statement, COLUMN_FIRST_PROBLEM));
	state->span_days = (unsigned)db_column_int(statement, COLUMN_SPAN_DAYS);
	state->knows_last_sync = read_hash(statement, COLUMN_LAST_SYNC_HASH, state->last_sync_hash);
	g_free(state->rows_mark);
	state->rows_mark = g_strdup(db_column_text(statement, COLUMN_ROWS_MARK));
	state->others_utc = db_column_int(statement, COLUMN_OTHERS_AT);
	state->others_times = (unsigned)db_column_int(statement, COLUMN_OTHERS_TIMES);
	state->others_mended = (unsigned)db_column_int(statement, COLUMN_OTHERS_MENDED);
	state->locked_until_utc = db_column_int(statement, COLUMN_LOCKED_UNTIL);
	state->failing_utc = db_column_int(statement, COLUMN_FAILING_AT);
	return state;
}

static void take_row(UserState *state, const DbStatement *statement)
{
	ConnectionState *connection = NULL;
	uint8_t settings_hash[STATE_HASH_BYTES];

	if (db_column_is_null(statement, COLUMN_ID))
		return;
	if (state->states->len > 0)
		connection = g_ptr_array_index(state->states, state->states->len - 1);
	if (connection == NULL || connection->id != db_column_int(statement, COLUMN_ID)) {
		connection = read_connection(statement);
		g_ptr_array_add(state->states, connection);
	}
	if (db_column_is_null(statement, COLUMN_CALENDAR_ID) ||
		!read_hash(statement, COLUMN_SETTINGS_HASH, settings_hash))
		return;
	g_ptr_array_add(connection->cursors,
		calendar_cursor_new(db_column_text(statement, COLUMN_CALENDAR_ID), settings_hash,
			db_column_text(statement, COLUMN_CURSOR_TEXT),
			db_column_int(statement, COLUMN_LISTED_AT),
			db_column_int(statement, COLUMN_GONE_AT)));
}

/* SQL compares keys without case and accents. */
static bool read_rows(
	DbStatement *statement, const char *key, int64_t user_id, UserState *state, GError **error)
{
	bool row;

	for (;;) {
		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		if (strcmp(db_column_text(statement, COLUMN_KEY), key) != 0)
			continue;
		if (state->row == NULL)
			state->row = read_row(statement, user_id);
		if (state->row->umeta_id == db_column_int(statement, COLUMN_UMETA_ID))
			take_row(state, statement);
	}
}

static bool read_all(Db *db, const WpSite *site, int64_t user_id, UserState *state, GError **error)
{
	DbStatement *statement = db_prepare(db, read_sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, user_id);
	db_bind_text(statement, site->connections_key);
	return db_query(statement, error) &&
	       read_rows(statement, site->connections_key, user_id, state, error);
}

UserState *user_state_read(
	Db *db, const WpSite *site, int64_t user_id, bool has_tables, GError **error)
{
	g_autoptr(UserState) state = g_new0(UserState, 1);

	state->states = g_ptr_array_new_with_free_func((GDestroyNotify)connection_state_free);
	if (has_tables ? !read_all(db, site, user_id, state, error)
		       : !user_meta_read(db, user_id, site->connections_key, &state->row, error))
		return NULL;
	state->list = connections_row_parse(state->row, error);
	return state->list != NULL ? g_steal_pointer(&state) : NULL;
}

ConnectionState *user_state_find(UserState *state, const char *connection_id)
{
	ConnectionState *added;

	for (guint i = 0; i < state->states->len; i++) {
		ConnectionState *connection = g_ptr_array_index(state->states, i);

		if (strcmp(connection->connection_id, connection_id) == 0)
			return connection;
	}
	added = connection_state_new(0, connection_id);
	g_ptr_array_add(state->states, added);
	return added;
}

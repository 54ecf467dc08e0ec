/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements on the usermeta table. */
#include "user/user_meta.h"

#include <string.h>

#include "cache/object_cache.h"

/* A person clicks and a sync ends a few times a minute at most: losing this often in a row means
 * that something is wrong. */
#define CHANGE_ATTEMPTS 10

void user_meta_row_free(UserMetaRow *row)
{
	if (row == NULL)
		return;
	g_free(row->login);
	g_free(row->display_name);
	g_free(row->email);
	g_free(row->value);
	g_free(row);
}

#define ROW_SQL                                                                                    \
	"SELECT m.user_id, m.umeta_id, m.meta_key, m.meta_value, u.user_login, u.display_name, "   \
	"u.user_email FROM {usermeta} m LEFT JOIN {users} u ON u.ID = m.user_id "
enum {
	COLUMN_USER_ID,
	COLUMN_UMETA_ID,
	COLUMN_KEY,
	COLUMN_VALUE,
	COLUMN_LOGIN,
	COLUMN_DISPLAY_NAME,
	COLUMN_EMAIL
};

static UserMetaRow *new_row(const DbStatement *statement)
{
	UserMetaRow *row = g_new0(UserMetaRow, 1);

	row->user_id = db_column_int(statement, COLUMN_USER_ID);
	row->umeta_id = db_column_int(statement, COLUMN_UMETA_ID);
	row->login = g_strdup(db_column_text(statement, COLUMN_LOGIN));
	row->display_name = g_strdup(db_column_text(statement, COLUMN_DISPLAY_NAME));
	row->email = g_strdup(db_column_text(statement, COLUMN_EMAIL));
	if (!db_column_is_null(statement, COLUMN_VALUE)) {
		row->length = db_column_bytes(statement, COLUMN_VALUE);
		row->value = g_memdup2(db_column_text(statement, COLUMN_VALUE), row->length + 1);
	}
	return row;
}

/* Gives the next row whose key is exactly ours (SQL compares without case and accents), the first
 * of a user after `after_user_id`; NULL in `*ret_row` at the end. */
static bool next_row(DbStatement *statement, const char *key, int64_t after_user_id,
	UserMetaRow **ret_row, GError **error)
{
	bool row = true;

	while (row) {
		if (!db_next(statement, &row, error))
			return false;
		if (row && strcmp(db_column_text(statement, COLUMN_KEY), key) == 0 &&
			db_column_int(statement, COLUMN_USER_ID) > after_user_id) {
			*ret_row = new_row(statement);
			return true;
		}
	}
	*ret_row = NULL;
	return true;
}

static const char each_sql[] = ROW_SQL "WHERE m.meta_key = ? ORDER BY m.user_id, m.umeta_id";

bool user_meta_each(Db *db, const char *key, UserMetaFunc func, void *data, GError **error)
{
	DbStatement *statement = db_prepare(db, each_sql, error);
	int64_t last_user_id = 0;

	if (statement == NULL)
		return false;
	db_bind_text(statement, key);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		g_autoptr(UserMetaRow) row = NULL;

		if (!next_row(statement, key, last_user_id, &row, error))
			return false;
		if (row == NULL)
			return true;
		last_user_id = row->user_id;
		if (!func(row, data, error)) {
			db_finish(statement);
			return false;
		}
	}
}

static const char read_sql[] = ROW_SQL "WHERE m.user_id = ? AND m.meta_key = ? ORDER BY m.umeta_id";

bool user_meta_read(Db *db, int64_t user_id, const char *key, UserMetaRow **ret_row, GError **error)
{
	DbStatement *statement = db_prepare(db, read_sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, user_id);
	db_bind_text(statement, key);
	if (!db_query(statement, error) || !next_row(statement, key, 0, ret_row, error))
		return false;
	db_finish(statement);
	return true;
}

static const char add_sql[] =
	"INSERT INTO {usermeta} (user_id, meta_key, meta_value) SELECT u.ID, ?, ? FROM {users} u "
	"WHERE u.ID = ? AND NOT EXISTS (SELECT 1 FROM {usermeta} m WHERE m.user_id = u.ID "
	"AND CAST(m.meta_key AS BINARY) = ?)";

bool user_meta_add(Db *db, int64_t user_id, const char *key, const char *value, size_t length,
	bool *ret_added, GError **error)
{
	DbStatement *statement = db_prepare(db, add_sql, error);
	uint64_t affected = 0;

	if (statement == NULL)
		return false;
	db_bind_text(statement, key);
	db_bind_bytes(statement, value, length);
	db_bind_int(statement, user_id);
	db_bind_bytes(statement, key, strlen(key));
	object_cache_note_user_meta(db, user_id);
	if (!db_run(statement, &affected, error))
		return false;
	*ret_added = affected > 0;
	return true;
}

/* The column's collation takes "a" and "A" for equal; bytes do not. */
#define IS_UNCHANGED_SQL "WHERE m.umeta_id = ? AND CAST(m.meta_value AS BINARY) = ?"

static const char swap_sql[] = "UPDATE {usermeta} m SET m.meta_value = ? " IS_UNCHANGED_SQL;

static const char remember_sql[] =
	"UPDATE {prm_calendar_connections} SET last_sync_hash = ? WHERE id = ?";

bool user_meta_remember(Db *db, const UserMetaMemory *memory, GError **error)
{
	DbStatement *statement = db_prepare(db, remember_sql, error);

	if (statement == NULL)
		return false;
	db_bind_bytes(statement, memory->last_sync_hash, STATE_HASH_BYTES);
	db_bind_int(statement, memory->connection);
	return db_run(statement, NULL, error);
}

/* A connection that was forgotten meanwhile keeps nobody from writing the row itself. */
static const char swap_all_sql[] =
	"UPDATE {usermeta} m LEFT JOIN {prm_calendar_connections} k ON k.id IN (";
static const char swap_all_tail_sql[] =
	" ELSE k.last_sync_hash END, m.meta_value = ? " IS_UNCHANGED_SQL;

/* A row, and the value that it gets. */
typedef struct {
	const UserMetaRow *row;
	const char *value;
	size_t length;
	const GArray *memories; /* of UserMetaMemory; or NULL */
} Swap;

static size_t count_memories(const Swap *swap)
{
	return swap->memories == NULL ? 0 : swap->memories->len;
}

static DbStatement *prepare_swap(Db *db, const Swap *swap, GError **error)
{
	size_t count = count_memories(swap);
	g_autofree char *ids =
		db_repeat_sql(swap_all_sql, "?", count, ") SET k.last_sync_hash = CASE k.id");
	g_autofree char *sql = NULL;
	GString *text;

	if (count == 0)
		return db_prepare(db, swap_sql, error);
	text = g_string_new(ids);
	for (size_t i = 0; i < count; i++)
		g_string_append(text, " WHEN ? THEN ?");
	g_string_append(text, swap_all_tail_sql);
	sql = g_string_free(text, FALSE);
	return db_prepare(db, sql, error);
}

static void bind_memories(DbStatement *statement, const Swap *swap)
{
	size_t count = count_memories(swap);

	for (size_t i = 0; i < count; i++)
		db_bind_int(statement, g_array_index(swap->memories, UserMetaMemory, i).connection);
	for (size_t i = 0; i < count; i++) {
		const UserMetaMemory *memory = &g_array_index(swap->memories, UserMetaMemory, i);

		db_bind_int(statement, memory->connection);
		db_bind_bytes(statement, memory->last_sync_hash, STATE_HASH_BYTES);
	}
}

static bool swap_value(Db *db, const Swap *swap, bool *ret_swapped, GError **error)
{
	DbStatement *statement = prepare_swap(db, swap, error);
	uint64_t affected = 0;

	if (statement == NULL)
		return false;
	bind_memories(statement, swap);
	db_bind_bytes(statement, swap->value, swap->length);
	db_bind_int(statement, swap->row->umeta_id);
	db_bind_bytes(statement, swap->row->value, swap->row->length);
	object_cache_note_user_meta(db, swap->row->user_id);
	if (!db_run(statement, &affected, error))
		return false;
	*ret_swapped = affected > 0;
	return true;
}

typedef enum { CHANGE_WRITTEN, CHANGE_NEEDLESS, CHANGE_AGAIN } ChangeResult;

/* What is to be done with a row. */
typedef struct {
	UserMetaChangeFunc change;
	void *data;
	const GArray *memories; /* or NULL */
} Change;

/* One try; the row's value follows what was written. */
static bool change_row(
	Db *db, UserMetaRow *row, const Change *change, ChangeResult *ret_result, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autofree char *value = NULL;
	size_t length = 0;
	bool is_swapped = false;

	if (!change->change(row->value, row->length, change->data, &value, &length, error))
		return false;
	if (value == NULL || (length == row->length && memcmp(value, row->value, length) == 0)) {
		*ret_result = CHANGE_NEEDLESS;
		return true;
	}
	if (!swap_value(db, &(Swap){row, value, length, change->memories}, &is_swapped, &failure)) {
		/* The answer was lost: the row itself tells whether it was written. */
		if (g_error_matches(failure, DB_ERROR, DB_ERROR_UNKNOWN)) {
			*ret_result = CHANGE_AGAIN;
			return true;
		}
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	if (is_swapped) {
		g_free(row->value);
		row->value = g_steal_pointer(&value);
		row->length = length;
	}
	*ret_result = is_swapped ? CHANGE_WRITTEN : CHANGE_AGAIN;
	return true;
}

static bool read_and_change(Db *db, int64_t user_id, const char *key, const Change *change,
	ChangeResult *ret_result, GError **error)
{
	g_autoptr(UserMetaRow) row = NULL;

	if (!user_meta_read(db, user_id, key, &row, error))
		return false;
	if (row == NULL || row->value == NULL) {
		*ret_result = CHANGE_NEEDLESS;
		return true;
	}
	return change_row(db, row, change, ret_result, error);
}

bool user_meta_change(Db *db, int64_t user_id, const char *key, UserMetaChangeFunc change,
	void *data, UserMetaRow *known, const GArray *memories, bool *ret_written, GError **error)
{
	const Change all = {change, data, memories};
	ChangeResult result = CHANGE_AGAIN;

	if (known != NULL && known->value != NULL && !change_row(db, known, &all, &result, error))
		return false;
	for (unsigned attempt = 0; attempt < CHANGE_ATTEMPTS && result == CHANGE_AGAIN; attempt++) {
		/* Out of step with the other writer. */
		if (attempt > 0)
			g_usleep((gulong)g_random_int_range(1000, 10000));
		if (!read_and_change(db, user_id, key, &all, &result, error))
			return false;
	}
	if (result == CHANGE_AGAIN) {
		g_set_error(error, DB_ERROR, DB_ERROR_CONFLICT,
			"cannot write '%s' of user %" G_GINT64_FORMAT
			": other programs changed it %d times meanwhile",
			key, user_id, CHANGE_ATTEMPTS);
		return false;
	}
	if (ret_written != NULL)
		*ret_written = result == CHANGE_WRITTEN;
	return true;
}

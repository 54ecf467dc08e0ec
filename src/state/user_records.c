/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables themselves say which of their columns tell whose a row is, so that none is forgotten
 * when a table is added. */
#include "state/user_records.h"

#include <string.h>

#include "state/schema.h"

/* What a row is found by. */
#define BY_USER "user_id"
#define BY_CONNECTION "connection" /* a row of {prm_calendar_connections} */
#define CONNECTIONS_TABLE "prm_calendar_connections"

typedef struct {
	char *name;
	bool is_number;
	bool is_binary;
} Column;

static void column_free(gpointer pointer)
{
	Column *column = pointer;

	g_free(column->name);
	g_free(column);
}

static const char columns_sql[] =
	"SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS "
	"WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION";

/* In their order, of Column; none where the table is missing. */
static GPtrArray *read_columns(Db *db, const char *table, GError **error)
{
	g_autoptr(GPtrArray) columns = g_ptr_array_new_with_free_func(column_free);
	g_autofree char *name = db_table_name(db, table);
	DbStatement *statement = db_prepare(db, columns_sql, error);
	bool row = true;

	if (statement == NULL)
		return NULL;
	db_bind_text(statement, db_name(db));
	db_bind_text(statement, name);
	if (!db_query(statement, error))
		return NULL;
	while (row) {
		const char *type;
		Column *column;

		if (!db_next(statement, &row, error))
			return NULL;
		if (!row)
			break;
		type = db_column_text(statement, 1);
		column = g_new0(Column, 1);
		column->name = g_strdup(db_column_text(statement, 0));
		column->is_number = g_str_has_suffix(type, "int");
		column->is_binary =
			g_str_has_suffix(type, "binary") || g_str_has_suffix(type, "blob");
		g_ptr_array_add(columns, column);
	}
	return g_steal_pointer(&columns);
}

static bool has_column(const GPtrArray *columns, const char *name)
{
	for (guint i = 0; i < columns->len; i++) {
		if (strcmp(((const Column *)g_ptr_array_index(columns, i))->name, name) == 0)
			return true;
	}
	return false;
}

/* The end of a statement about the rows of one user; NULL for a table that holds nothing of users.
 * Static. */
static const char *where_of(const GPtrArray *columns)
{
	if (has_column(columns, BY_USER))
		return " WHERE " BY_USER " = ?";
	if (has_column(columns, BY_CONNECTION))
		return " WHERE " BY_CONNECTION " IN (SELECT k.id FROM {" CONNECTIONS_TABLE
		       "} k WHERE k." BY_USER " = ?)";
	return NULL;
}

GPtrArray *user_records_tables(Db *db, GError **error)
{
	g_autoptr(GPtrArray) tables = g_ptr_array_new();

	for (const char *const *table = state_schema_tables; *table != NULL; table++) {
		g_autoptr(GPtrArray) columns = read_columns(db, *table, error);

		if (columns == NULL)
			return NULL;
		if (where_of(columns) != NULL)
			g_ptr_array_add(tables, (char *)*table);
	}
	return g_steal_pointer(&tables);
}

static char *read_sql(const char *table, const GPtrArray *columns)
{
	GString *sql = g_string_new("SELECT ");

	for (guint i = 0; i < columns->len; i++) {
		const Column *column = g_ptr_array_index(columns, i);

		g_string_append_printf(sql, column->is_binary ? "%sLOWER(HEX(%s))" : "%s%s",
			i == 0 ? "" : ", ", column->name);
	}
	g_string_append_printf(sql, " FROM {%s}%s", table, where_of(columns));
	return g_string_free(sql, FALSE);
}

bool user_records_read(
	Db *db, const char *table, int64_t user_id, UserRecordFunc func, void *data, GError **error)
{
	g_autoptr(GPtrArray) columns = read_columns(db, table, error);
	g_autofree char *sql = NULL;
	g_autofree UserRecordField *fields = NULL;
	DbStatement *statement;

	if (columns == NULL)
		return false;
	sql = read_sql(table, columns);
	statement = db_prepare(db, sql, error);
	if (statement == NULL)
		return false;
	db_bind_int(statement, user_id);
	fields = g_new0(UserRecordField, columns->len);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		bool row;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		for (guint i = 0; i < columns->len; i++) {
			const Column *column = g_ptr_array_index(columns, i);

			fields[i] = (UserRecordField){
				column->name, column->is_number, db_column_text(statement, i)};
		}
		func(table, fields, columns->len, data);
	}
}

typedef struct {
	int64_t user_id;
	GPtrArray *statements; /* of char * */
	uint64_t rows;
} Erasure;

/* What is found by a connection goes before the connections do. */
static bool collect_statements(Db *db, GPtrArray *statements, GError **error)
{
	g_autoptr(GPtrArray) tables = user_records_tables(db, error);

	for (guint i = 0; tables != NULL && i < tables->len; i++) {
		const char *table = g_ptr_array_index(tables, i);
		g_autoptr(GPtrArray) columns = read_columns(db, table, error);

		if (columns == NULL)
			return false;
		g_ptr_array_insert(statements, has_column(columns, BY_USER) ? -1 : 0,
			g_strdup_printf("DELETE FROM {%s}%s", table, where_of(columns)));
	}
	return tables != NULL;
}

static bool erase(Db *db, void *data, GError **error)
{
	Erasure *erasure = data;

	erasure->rows = 0;
	for (guint i = 0; i < erasure->statements->len; i++) {
		DbStatement *statement =
			db_prepare(db, g_ptr_array_index(erasure->statements, i), error);
		uint64_t affected = 0;

		if (statement == NULL)
			return false;
		db_bind_int(statement, erasure->user_id);
		if (!db_run(statement, &affected, error))
			return false;
		erasure->rows += affected;
	}
	return true;
}

bool user_records_erase(Db *db, int64_t user_id, uint64_t *ret_rows, GError **error)
{
	g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);
	Erasure erasure = {.user_id = user_id, .statements = statements};

	if (!collect_statements(db, statements, error) ||
		!db_transaction(db, erase, &erasure, error))
		return false;
	*ret_rows = erasure.rows;
	return true;
}

/* Ids, not rows: none is named twice. */
static const char orphans_sql[] =
	"SELECT k.user_id FROM {prm_calendar_connections} k "
	"LEFT JOIN {users} u ON u.ID = k.user_id WHERE u.ID IS NULL "
	"UNION SELECT k.user_id FROM {prm_calendar_users} k "
	"LEFT JOIN {users} u ON u.ID = k.user_id WHERE u.ID IS NULL "
	"UNION SELECT k.user_id FROM {prm_calendar_activities} k "
	"LEFT JOIN {users} u ON u.ID = k.user_id WHERE u.ID IS NULL LIMIT 100";

bool user_records_orphans(Db *db, GArray **ret_ids, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	DbStatement *statement = db_prepare(db, orphans_sql, error);

	if (statement == NULL || !db_query_ints(statement, ids, error))
		return false;
	*ret_ids = g_steal_pointer(&ids);
	return true;
}

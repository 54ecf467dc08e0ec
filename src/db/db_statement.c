/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prepared statements: the cache, binding, running, and reading rows one at a time. */
#include <errmsg.h>
#include <mysqld_error.h>
#include <string.h>

#include "db/db_handle.h"
#include "db/db_private.h"
#include "db/db_sql.h"

/* Statements kept, and parameters in all of them (a multi-row INSERT has thousands, at some 250
 * bytes each), but never fewer statements than db.h promises. */
#define CACHE_STATEMENTS 64
#define CACHE_PARAMETERS 16384
#define CACHE_STATEMENTS_MIN 9

/* Most values fit; a column that meets a longer one grows and stays so. */
#define COLUMN_BYTES 256

/* Parameters of this size make the server's max_allowed_packet a likely cause of a lost connection.
 */
#define LARGE_BYTES (1024 * 1024)

static bool is_integer_type(enum enum_field_types type)
{
	switch (type) {
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_YEAR:
		return true;
	default:
		return false;
	}
}

static void point_column(MYSQL_BIND *bind, DbColumn *column)
{
	bind->buffer_type = column->is_integer ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_STRING;
	bind->buffer = column->is_integer ? (void *)&column->integer : column->text;
	bind->buffer_length = column->is_integer ? sizeof(column->integer) : column->capacity;
	bind->length = &column->length;
	bind->is_null = &column->is_null;
}

static void grow_column(DbColumn *column, unsigned long capacity)
{
	column->capacity = capacity;
	column->text = g_realloc(column->text, capacity + 1);
}

/* Only an execution tells for certain: MySQL prepares SHOW GRANTS with no column and answers with
 * one. */
static bool make_columns(DbStatement *statement)
{
	MYSQL_RES *result = mysql_stmt_result_metadata(statement->handle);
	unsigned count = result != NULL ? mysql_num_fields(result) : 0;

	/* None where there are some: it found no memory. */
	if (result == NULL && mysql_stmt_field_count(statement->handle) != 0)
		return false;
	db_statement_free_columns(statement);
	statement->column_count = count;
	statement->columns = g_new0(DbColumn, count);
	statement->column_binds = g_new0(MYSQL_BIND, count);
	for (unsigned i = 0; i < count; i++) {
		const MYSQL_FIELD *field = mysql_fetch_field_direct(result, i);
		DbColumn *column = &statement->columns[i];

		column->is_integer = is_integer_type(field->type);
		grow_column(column, COLUMN_BYTES);
		point_column(&statement->column_binds[i], column);
		statement->column_binds[i].is_unsigned = (field->flags & UNSIGNED_FLAG) != 0;
	}
	if (result != NULL)
		mysql_free_result(result);
	statement->has_columns = true;
	return true;
}

/* Returns the error number; the message is then the handle's, or where there is none, the
 * connection's. */
static unsigned prepare_handle(DbStatement *statement)
{
	Db *db = statement->db;
	const DbTableNames names = {
		db->table_prefix, db->base_prefix, db->users_table, db->usermeta_table};
	g_autofree char *sql = NULL;
	unsigned count;

	if (statement->handle != NULL)
		return 0;
	sql = db_sql_expand(statement->sql, &names);
	statement->handle = mysql_stmt_init(db->mysql);
	if (statement->handle == NULL)
		return db_failure_number(mysql_errno(db->mysql));
	db->last_used_usecs = g_get_monotonic_time();
	if (mysql_stmt_prepare(statement->handle, sql, strlen(sql)) != 0)
		return db_failure_number(mysql_stmt_errno(statement->handle));
	count = (unsigned)mysql_stmt_param_count(statement->handle);
	/* Prepared again after a reconnect, it keeps what was bound. */
	g_assert(statement->parameters == NULL || count == statement->parameter_count);
	if (statement->parameters == NULL) {
		statement->parameter_count = count;
		statement->parameters = g_new0(MYSQL_BIND, MAX(count, 1));
		statement->integers = g_new0(int64_t, MAX(count, 1));
	}
	statement->has_columns = false;
	return 0;
}

/* Sets the error for what the handle last reported, and acts on it. The handle of a failed
 * preparation is of no further use. */
static void handle_failure(DbStatement *statement, bool is_prepare, GError **error)
{
	Db *db = statement->db;
	DbErrorPlace place = db_place(db);
	/* Connector/C notes what breaks off a result while its rows are read on the connection, and
	 * leaves the statement's number 0. */
	bool is_on_statement =
		statement->handle != NULL && mysql_stmt_errno(statement->handle) != 0;
	unsigned number = db_failure_number(
		is_on_statement ? mysql_stmt_errno(statement->handle) : mysql_errno(db->mysql));
	const char *reason =
		is_on_statement ? mysql_stmt_error(statement->handle) : mysql_error(db->mysql);
	const char *why = *reason != '\0' ? reason : "its client library does not say why";
	const char *hint =
		statement->bound_bytes > LARGE_BYTES
			? " (values above the server's max_allowed_packet end like this, too)"
			: "";
	g_autofree char *message =
		g_strconcat(why, db_failure_kind(number) == FAILURE_LOST ? hint : "", NULL);

	if (number == ER_LOCK_WAIT_TIMEOUT && db_is_locked_out(db)) {
		const DbTableNames names = {
			db->table_prefix, db->base_prefix, db->users_table, db->usermeta_table};
		g_autofree char *tables = db_sql_tables(statement->sql, &names);

		db_error_set_locked(error, &place, tables);
	} else {
		db_error_set_statement(error, &place, number, message);
	}
	if (is_prepare)
		db_statement_forget(statement);
	db_note_failure(db, number);
}

static bool may_prepare_again(const Db *db, DbFailureKind kind)
{
	if (db_is_stopped(db))
		return false;
	return kind == FAILURE_LOST || (kind == FAILURE_CONFLICT && !db_is_locked_out(db));
}

/* Connects and prepares where need be; again after a lost connection or a lock, as nothing can have
 * happened yet. */
static bool ensure_prepared(DbStatement *statement, GError **error)
{
	for (unsigned attempt = 1;; attempt++) {
		Db *db = statement->db;
		int64_t began_usecs;
		unsigned number;

		if (!db_ready(db, error))
			return false;
		began_usecs = g_get_monotonic_time();
		number = prepare_handle(statement);
		if (number == 0)
			return true;
		db_note_lock_wait(db, number, began_usecs);
		if (db->in_transaction || attempt == DB_ATTEMPTS ||
			!may_prepare_again(db, db_failure_kind(number))) {
			handle_failure(statement, true, error);
			return false;
		}
		handle_failure(statement, true, NULL);
	}
}

/* Makes room, but not for the statements that callers may still hold. */
static void trim_cache(Db *db)
{
	size_t parameters = 0;
	unsigned position = 0;
	GList *next = NULL;

	for (GList *link = db->recent.head; link != NULL; link = next) {
		DbStatement *statement = link->data;

		next = link->next;
		position++;
		parameters += statement->parameter_count;
		if (position <= CACHE_STATEMENTS_MIN ||
			(position <= CACHE_STATEMENTS && parameters <= CACHE_PARAMETERS))
			continue;
		parameters -= statement->parameter_count;
		g_queue_delete_link(&db->recent, link);
		g_hash_table_remove(db->statements, statement->sql);
		db_statement_free(statement);
	}
}

static DbStatement *cached_statement(Db *db, const char *sql)
{
	DbStatement *statement = g_hash_table_lookup(db->statements, sql);

	if (statement != NULL) {
		g_queue_remove(&db->recent, statement);
	} else {
		statement = g_new0(DbStatement, 1);
		statement->db = db;
		statement->sql = g_strdup(sql);
		g_hash_table_insert(db->statements, statement->sql, statement);
	}
	g_queue_push_head(&db->recent, statement);
	return statement;
}

DbStatement *db_prepare(Db *db, const char *sql, GError **error)
{
	DbStatement *statement = cached_statement(db, sql);

	if (db->open == statement)
		db_finish(statement);
	statement->bound = 0;
	statement->bound_bytes = 0;
	statement->result = DB_RESULT_NONE;
	if (statement->handle != NULL)
		return statement;
	if (!ensure_prepared(statement, error))
		return NULL;
	trim_cache(db);
	return statement;
}

static MYSQL_BIND *next_parameter(DbStatement *statement)
{
	MYSQL_BIND *bind;

	g_assert(statement->bound < statement->parameter_count);
	bind = &statement->parameters[statement->bound];
	*bind = (MYSQL_BIND){0};
	statement->bound++;
	return bind;
}

void db_bind_int(DbStatement *statement, int64_t value)
{
	MYSQL_BIND *bind = next_parameter(statement);
	int64_t *integer = &statement->integers[statement->bound - 1];

	*integer = value;
	bind->buffer_type = MYSQL_TYPE_LONGLONG;
	bind->buffer = integer;
}

static void bind_data(
	DbStatement *statement, enum enum_field_types type, const void *data, size_t length)
{
	MYSQL_BIND *bind = next_parameter(statement);

	bind->buffer_type = data != NULL ? type : MYSQL_TYPE_NULL;
	bind->buffer = (void *)data; /* the library does not write to a parameter */
	bind->buffer_length = length;
	statement->bound_bytes += length;
}

void db_bind_text(DbStatement *statement, const char *text)
{
	bind_data(statement, MYSQL_TYPE_STRING, text, text != NULL ? strlen(text) : 0);
}

void db_bind_bytes(DbStatement *statement, const void *bytes, size_t length)
{
	bind_data(statement, MYSQL_TYPE_BLOB, bytes != NULL ? bytes : "", length);
}

static unsigned execute_handle(DbStatement *statement)
{
	Db *db = statement->db;

	if (mysql_stmt_bind_param(statement->handle, statement->parameters) != 0)
		return db_failure_number(mysql_stmt_errno(statement->handle));
	db->statement_count++;
	db->last_used_usecs = g_get_monotonic_time();
	if (mysql_stmt_execute(statement->handle) != 0)
		return db_failure_number(mysql_stmt_errno(statement->handle));
	return 0;
}

/* Outside of a transaction: what the server rolled back, or has not begun, may be sent again. A
 * write whose answer was lost may not, as it may have happened. */
static bool may_send_again(const Db *db, DbFailureKind kind, bool is_read)
{
	if (kind == FAILURE_STALE)
		return true;
	if (db->in_transaction || db_is_stopped(db))
		return false;
	return (kind == FAILURE_CONFLICT && !db_is_locked_out(db)) ||
	       (kind == FAILURE_LOST && is_read);
}

/* False when the server has ended the transaction, unseen: what comes would not be part of it. */
static bool is_within(Db *db, GError **error)
{
	DbErrorPlace place;

	if (!db->in_transaction || !db->shows_transactions ||
		(db->mysql->server_status & SERVER_STATUS_IN_TRANS) != 0)
		return true;
	place = db_place(db);
	db_error_set_statement(
		error, &place, ER_LOCK_DEADLOCK, "the server has rolled the transaction back");
	db->doom = FAILURE_CONFLICT;
	return false;
}

static bool execute(DbStatement *statement, bool is_read, GError **error)
{
	Db *db = statement->db;

	g_assert(statement->bound == statement->parameter_count);
	for (unsigned attempt = 1;; attempt++) {
		g_autoptr(GError) failure = NULL;
		DbFailureKind kind;
		int64_t began_usecs;
		unsigned number;

		if (!ensure_prepared(statement, error))
			return false;
		began_usecs = g_get_monotonic_time();
		number = execute_handle(statement);
		kind = db_failure_kind(number);
		if (kind == FAILURE_NONE)
			return is_within(db, error);
		db_note_lock_wait(db, number, began_usecs);
		if (attempt == DB_ATTEMPTS || !may_send_again(db, kind, is_read)) {
			handle_failure(statement, false, &failure);
			if (kind == FAILURE_LOST && !is_read && !db->in_transaction) {
				failure->code = DB_ERROR_UNKNOWN;
				g_prefix_error(
					&failure, "the write may or may not have happened: ");
			}
			g_propagate_error(error, g_steal_pointer(&failure));
			return false;
		}
		handle_failure(statement, false, NULL);
		if (kind == FAILURE_STALE)
			db_statement_forget(statement);
		if (kind == FAILURE_CONFLICT)
			db_pause(attempt);
	}
}

bool db_run(DbStatement *statement, uint64_t *ret_affected, GError **error)
{
	g_autoptr(GError) failure = NULL;
	bool is_done = execute(statement, false, &failure);

	if (!statement->db->in_transaction)
		db_tell_watcher(statement->db, failure == NULL, failure);
	if (!is_done) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	if (!statement->db->in_transaction)
		statement->db->lock_wait_usecs = 0;
	statement->db->insert_id = mysql_stmt_insert_id(statement->handle);
	if (ret_affected != NULL)
		*ret_affected = mysql_stmt_affected_rows(statement->handle);
	mysql_stmt_free_result(statement->handle);
	return true;
}

bool db_query(DbStatement *statement, GError **error)
{
	if (!execute(statement, true, error))
		return false;
	if ((!statement->has_columns ||
		    statement->column_count != mysql_stmt_field_count(statement->handle)) &&
		!make_columns(statement)) {
		handle_failure(statement, false, error);
		return false;
	}
	if (statement->column_count == 0)
		return true;
	/* From here on whatever ends the statement also takes the rows from the connection. */
	statement->has_grown = false;
	statement->result = DB_RESULT_OPEN;
	statement->db->open = statement;
	if (mysql_stmt_bind_result(statement->handle, statement->column_binds) == 0)
		return true;
	handle_failure(statement, false, error);
	db_finish(statement);
	return false;
}

/* Reads a value again that was longer than its buffer, and keeps the larger buffer for later rows.
 */
static bool refetch_column(DbStatement *statement, unsigned index, GError **error)
{
	DbColumn *column = &statement->columns[index];
	MYSQL_BIND *bind = &statement->column_binds[index];

	grow_column(column, column->length);
	point_column(bind, column);
	statement->has_grown = true;
	if (mysql_stmt_fetch_column(statement->handle, bind, index, 0) == 0)
		return true;
	handle_failure(statement, false, error);
	return false;
}

static bool complete_row(DbStatement *statement, GError **error)
{
	for (unsigned i = 0; i < statement->column_count; i++) {
		DbColumn *column = &statement->columns[i];

		if (column->is_null || column->is_integer)
			continue;
		if (column->length > column->capacity && !refetch_column(statement, i, error))
			return false;
		column->text[column->length] = '\0';
	}
	return true;
}

/* Columns that have grown are bound anew only now: binding makes the library forget where the last
 * row's values are, and some releases (Connector/C 3.3.19) clear its lengths, too. */
static int fetch(DbStatement *statement)
{
	if (statement->has_grown &&
		mysql_stmt_bind_result(statement->handle, statement->column_binds) != 0)
		return 1;
	statement->has_grown = false;
	return mysql_stmt_fetch(statement->handle);
}

bool db_next(DbStatement *statement, bool *ret_row, GError **error)
{
	int status;

	if (statement->result == DB_RESULT_ENDED) {
		g_set_error_literal(error, DB_ERROR, DB_ERROR_QUERY,
			"cannot read the next row: another statement ended this result");
		return false;
	}
	if (statement->result == DB_RESULT_NONE) {
		*ret_row = false;
		return true;
	}
	status = fetch(statement);
	if (status == MYSQL_NO_DATA) {
		db_finish(statement);
		statement->result = DB_RESULT_NONE;
		*ret_row = false;
		return true;
	}
	if (status != 0 && status != MYSQL_DATA_TRUNCATED) {
		handle_failure(statement, false, error);
		db_finish(statement);
		return false;
	}
	if (!complete_row(statement, error)) {
		db_finish(statement);
		return false;
	}
	*ret_row = true;
	return true;
}

bool db_column_is_null(const DbStatement *statement, unsigned column)
{
	g_assert(column < statement->column_count);
	return statement->columns[column].is_null;
}

int64_t db_column_int(const DbStatement *statement, unsigned column)
{
	const DbColumn *at = &statement->columns[column];

	if (db_column_is_null(statement, column))
		return 0;
	return at->is_integer ? at->integer : g_ascii_strtoll(at->text, NULL, 10);
}

const char *db_column_text(const DbStatement *statement, unsigned column)
{
	DbColumn *at = &statement->columns[column];

	if (db_column_is_null(statement, column))
		return NULL;
	if (at->is_integer) {
		g_snprintf(at->text, at->capacity + 1, "%" G_GINT64_FORMAT, at->integer);
		at->length = strlen(at->text);
	}
	return at->text;
}

size_t db_column_bytes(const DbStatement *statement, unsigned column)
{
	return db_column_text(statement, column) != NULL ? statement->columns[column].length : 0;
}

bool db_query_ints(DbStatement *statement, GArray *values, GError **error)
{
	bool row;

	if (!db_query(statement, error))
		return false;
	for (;;) {
		int64_t value;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		value = db_column_int(statement, 0);
		g_array_append_val(values, value);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/db only: a prepared statement, its memory and its side on the server. */
#pragma once

#include <mysql.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "db/db_private.h"

typedef struct {
	char *text; /* capacity + 1 bytes */
	unsigned long capacity;
	unsigned long length;
	int64_t integer;
	DbFlag is_null;
	bool is_integer;
} DbColumn;

typedef enum {
	DB_RESULT_NONE,  /* not run, or run to its end */
	DB_RESULT_OPEN,  /* rows follow */
	DB_RESULT_ENDED, /* another statement came in between */
} DbResultState;

/* `bound` of `parameter_count` parameters are set; it is run when all are. Integers that are bound
 * live in `integers`, texts with the caller. `result` is DB_RESULT_OPEN exactly while db->open is
 * this statement. */
struct DbStatement {
	Db *db;
	char *sql;          /* as db_prepare() got it: the key in the cache */
	MYSQL_STMT *handle; /* NULL: not prepared on this connection */
	unsigned parameter_count;
	unsigned bound;
	size_t bound_bytes;
	MYSQL_BIND *parameters;
	int64_t *integers; /* where parameters point to */
	bool has_columns;  /* those of this handle's executions are known */
	unsigned column_count;
	DbColumn *columns;
	MYSQL_BIND *column_binds;
	bool has_grown; /* columns have moved since they were bound */
	DbResultState result;
};

/* Drops the server's side of the statement; what was bound stays. */
void db_statement_forget(DbStatement *statement);
void db_statement_free_columns(DbStatement *statement);
void db_statement_free(DbStatement *statement);

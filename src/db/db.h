/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One MySQL connection: prepared statements, streaming results, transactions with retry. */
#pragma once

#include <gio/gio.h>
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DB_ERROR db_error_quark()
GQuark db_error_quark(void);

typedef enum {
	DB_ERROR_UNAVAILABLE, /* cannot connect: server down, unknown host, time-out */
	DB_ERROR_FULL,        /* cannot connect: the server, or this user, has all it may have */
	DB_ERROR_ACCESS,      /* wrong password, missing privilege, unknown database */
	DB_ERROR_SCHEMA,      /* a table or column is missing, or not InnoDB */
	DB_ERROR_CONFLICT,    /* deadlock, lock-wait time-out, statement stopped; retries used up */
	DB_ERROR_LOCKED,      /* a lock was waited for longer than DB_LOCK_SECS, at each try */
	DB_ERROR_LOST,        /* connection lost before COMMIT was sent: nothing was written */
	DB_ERROR_UNKNOWN,     /* connection lost during COMMIT: the write may have happened */
	DB_ERROR_EXISTS,      /* what was to be made is there, or what was to be dropped is not */
	DB_ERROR_DUPLICATE,   /* a row with this unique key is there already */
	DB_ERROR_DATA,        /* the row's own values: too long, no such character, out of range */
	DB_ERROR_QUERY, /* anything else the server refused: syntax, a trigger, ids used up … */
} DbErrorCode;

/* Whether nothing can be read or written any more, whatever it is about: the database is gone, lets
 * us in no longer, or is locked. NULL is false. */
bool db_error_ends_all(const GError *error);

/* Whether the row alone is at fault, so that others may go on without it. All that is not known to
 * be so is false: a refusal may concern every row, and what is passed over then is lost. NULL is
 * false. */
bool db_error_is_of_row(const GError *error);

/* After so long altogether a lock that somebody else holds is waited for no more. */
#define DB_LOCK_SECS 20

typedef enum { DB_TLS_PREFERRED, DB_TLS_REQUIRED, DB_TLS_OFF } DbTls;

typedef struct DbOptions {
	const char *host;
	unsigned port;
	const char *socket; /* or NULL; wins over host */
	const char *name;
	const char *user;
	const char *password;
	DbTls tls;
	const char *tls_ca;       /* or NULL */
	const char *table_prefix; /* of this blog's tables: "wp_", "wp_2_"; [A-Za-z0-9_]+ */
	const char *base_prefix;  /* of users and usermeta: "wp_" */
	const char *users_table;  /* whole names, where these two have others; or NULL */
	const char *usermeta_table;
	unsigned connect_timeout_secs;
	/* For a run that is asked to stop, from any thread; both may be NULL. Once `stop` is
	 * cancelled nothing is tried again. `break_off` breaks off what is being waited for (the
	 * error is that of a lost connection); connections made after that wait for a second at
	 * most, to give back what is held. */
	GCancellable *stop;
	GCancellable *break_off;
} DbOptions;

typedef struct Db Db;

/* Connects; a Db belongs to one thread. The options are copied, and the cancellables referenced.
 * The session talks utf8mb4 in READ COMMITTED (REPEATABLE READ on a server that logs statements)
 * and accepts WordPress's zero dates, but is strict where WordPress's is not: a value that does not
 * fit its column is an error (DB_ERROR_DATA) and never cut, as WordPress itself refuses it in PHP.
 * So an INSERT names every column that has no default. With `tls_ca` the server must show a
 * certificate of that authority (unless tls is off); without, TLS encrypts but does not
 * authenticate. A socket is only encrypted when required. A connection that the server closed while
 * it was idle is opened again unseen, outside of transactions. Locks of rows and tables that others
 * hold are waited for: see DB_ERROR_LOCKED. */
Db *db_open(const DbOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void db_free(Db *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Db, db_free)

/* A prepared statement, owned and cached by the Db (by its text); all bindings are cleared. It is
 * valid until 8 other texts have been prepared after it. In `sql`, "{posts}" becomes the blog's
 * table of that name, "{users}" and "{usermeta}" the network's. One result at a time may be open
 * per Db: whatever is sent next ends it, and its db_next() then fails. NULL with error set. */
typedef struct DbStatement DbStatement;
DbStatement *db_prepare(Db *db, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Binds the next parameter, in order. Text and bytes are borrowed until the statement has run; NULL
 * text is SQL NULL. */
void db_bind_int(DbStatement *statement, int64_t value);
void db_bind_text(DbStatement *statement, const char *text);
void db_bind_bytes(DbStatement *statement, const void *bytes, size_t length);

/* Runs INSERT, UPDATE, DELETE. `ret_affected` (or NULL) gets the rows changed (not: matched).
 * Outside of a transaction a deadlock or a stopped statement is retried, and a connection lost
 * meanwhile is DB_ERROR_UNKNOWN. */
bool db_run(
	DbStatement *statement, uint64_t *ret_affected, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* AUTO_INCREMENT id of the last db_run(); of a multi-row INSERT that of its first row. */
uint64_t db_insert_id(const Db *db);

/* Runs a SELECT and streams its rows: while db_next() sets *ret_row, the columns are readable. The
 * result ends by itself after the last row or an error; db_finish() ends it early. */
bool db_query(DbStatement *statement, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool db_next(DbStatement *statement, bool *ret_row, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void db_finish(DbStatement *statement);
/* The same to the end: appends the first column of every row (int64_t), in their order. */
bool db_query_ints(
	DbStatement *statement, GArray *values, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool db_column_is_null(const DbStatement *statement, unsigned column);
/* 0 for SQL NULL and for text that is no number. */
int64_t db_column_int(const DbStatement *statement, unsigned column);
/* Borrowed until the next db_next(); NULL for SQL NULL; NUL-terminated. */
const char *db_column_text(const DbStatement *statement, unsigned column);
/* Length of db_column_text(). */
size_t db_column_bytes(const DbStatement *statement, unsigned column);

/* The database's name; borrowed. */
const char *db_name(const Db *db);

/* The name that "{table}" stands for, for looking into information_schema: "wp_posts". Caller
 * frees. */
char *db_table_name(const Db *db, const char *table);

/* Text of a multi-row statement: `head`, then `row` written `rows` times with commas, then `tail`.
 * Caller frees. */
char *db_repeat_sql(const char *head, const char *row, size_t rows, const char *tail);

/* Runs `work` between BEGIN and COMMIT. After a deadlock, a lock-wait time-out, a statement that
 * somebody or a time limit stopped, or a connection that was lost before COMMIT, everything is
 * rolled back, the connection reopened if need be, and `work` runs again (a few times, with
 * jitter): it must start from its inputs each time. Once one of its statements met such an error,
 * all further ones fail too, and the rest of `work` cannot be committed by accident. Transactions
 * do not nest. */
typedef bool (*DbWork)(Db *db, void *data, GError **error);
bool db_transaction(Db *db, DbWork work, void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same between BEGIN and ROLLBACK: whether the server would take it, without leaving anything
 * behind but gaps between ids. Transactions within `work` are parts of it. Only for tables that can
 * roll back, and no statement that makes or drops tables: those commit. */
bool db_trial(Db *db, DbWork work, void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Somebody who is told what became of the writes of a Db. Each call is about all that happened
 * since the one before: `committed` when it is in the tables, or may be, as the answer to COMMIT
 * was lost; `rolled_back` when it is not. A write outside of a transaction is a transaction of its
 * own. May not use the Db. */
typedef struct DbWatcher DbWatcher;
struct DbWatcher {
	void (*committed)(DbWatcher *watcher);
	void (*rolled_back)(DbWatcher *watcher);
	void (*free)(DbWatcher *watcher);
};
/* One for a Db; to be called once at most. */
void db_watch(Db *db, DbWatcher *take_watcher);
/* NULL when nobody watches. Borrowed. */
DbWatcher *db_watcher(const Db *db);

/* Statements sent since db_open(), prepared executions and plain ones. */
uint64_t db_statement_count(const Db *db);

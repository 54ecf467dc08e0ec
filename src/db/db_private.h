/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/db only: what the files of this room share. */
#pragma once

#include <gio/gio.h>
#include <glib.h>
#include <mysql.h>
#include <stdbool.h>

#include "db/db.h"
#include "db/db_error.h"

/* my_bool of MariaDB, bool of MySQL 8. */
typedef __typeof__(((MYSQL_BIND *)NULL)->error_value) DbFlag;

/* A connection as its server knows it. */
typedef struct {
	unsigned long id; /* CONNECTION_ID(); 0: none */
	unsigned port;    /* of this end; 0: a UNIX socket */
} DbServerThread;

/* What another thread may do to a connection: shut its socket. The mutex guards the rest. */
typedef struct {
	GMutex mutex;
	int descriptor; /* of the open connection, or -1 */
	bool is_broken; /* it was shut */
	DbServerThread open;
	DbServerThread left; /* shut, and perhaps still at work over there; only its thread's own */
	gulong handler;
} DbWire;

/* Belongs to one thread, and owns all that it points to but `open`, which is one of its statements.
 * - `statements` and `recent` hold the same statements; none outlives the Db, but each may lose its
 *   side on the server when the connection goes, and gets it back when it is next used.
 * - At most one result is open: whatever is sent first ends it.
 * - `doom` is FAILURE_NONE outside of transactions; once set, nothing more is sent in this one. */
struct Db {
	MYSQL *mysql; /* NULL while there is no connection */
	char *host;
	unsigned port;
	char *socket;
	char *name;
	char *user;
	char *password;
	DbTls tls;
	char *tls_ca;
	char *table_prefix;
	char *base_prefix;
	char *users_table; /* or NULL */
	char *usermeta_table;
	unsigned connect_timeout_secs;
	GCancellable *stop; /* or NULL, as in DbOptions */
	GCancellable *break_off;
	DbWire wire;
	char *server; /* for messages */

	GHashTable *statements; /* text → DbStatement, owned */
	GQueue recent;          /* the same, last prepared first */
	DbStatement *open;      /* whose result is being read */

	DbWatcher *watcher; /* or NULL */
	bool in_transaction;
	bool shows_transactions; /* the server says with each answer whether it is in one */
	bool is_trial;           /* nothing is committed */
	bool has_statement_log;  /* of the server, as it refused a write because of it */
	bool is_isolated;        /* the session has the isolation that goes with that */
	int64_t lock_wait_usecs; /* in vain since the last write that went well */
	DbFailureKind doom;      /* why the transaction can no longer be committed */
	int64_t last_used_usecs;
	uint64_t statement_count;
	uint64_t insert_id;
};

/* Makes sure that a statement can be sent: connects again where the connection is gone or was idle
 * for long. Inside a transaction nothing is reconnected; a doomed one refuses. */
bool db_ready(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Closes the connection; every prepared statement has to be prepared again. */
void db_disconnect(Db *db);

/* Sends a statement without parameters or rows. Returns the error number, 0 for success; the
 * server's message is then mysql_error(db->mysql). */
unsigned db_send_plain(Db *db, const char *sql);

/* Acts on a failure: closes a lost connection, dooms the transaction. Call after the message was
 * used.
 */
void db_note_failure(Db *db, unsigned number);

/* Counts a statement that failed with `number` after it had begun at `began_usecs` (monotonic),
 * when it had waited for a lock. */
void db_note_lock_wait(Db *db, unsigned number, int64_t began_usecs);

/* Whether locks have been waited for long enough. */
bool db_is_locked_out(const Db *db);

DbErrorPlace db_place(const Db *db);

/* The wire of a Db whose options are set: to begin with; to end with; after a connection was made,
 * whose session may be used; before it is closed; whether its
 * socket was shut meanwhile. */
void db_wire_init(Db *db);
void db_wire_clear(Db *db);
void db_wire_open(Db *db);
void db_wire_close(Db *db);
bool db_wire_is_broken(Db *db);

/* Whether nothing is to be tried again; and whether nothing is to be waited for either. */
bool db_is_stopped(const Db *db);
bool db_is_broken_off(const Db *db);

/* Waits 10 to 320 milliseconds, more with each attempt (from 1), so that two programs that collided
 * do not collide again. */
void db_pause(unsigned attempt);

/* Attempts in all at what may go well the next time. */
#define DB_ATTEMPTS 5

/* Tells the watcher how a transaction, or a write outside of any, ended: with a COMMIT that was
 * answered, or how it failed (NULL: it was taken back on purpose). */
void db_tell_watcher(Db *db, bool is_committed, const GError *failure);

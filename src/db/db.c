/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection: opening it, its session, opening it again. */
#include "db/db.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <string.h>

#include "db/db_handle.h"
#include "db/db_private.h"
#include "db/db_sql.h"
#include "util/secret.h"

/* Longer than any of our statements takes, and than the lock-wait time-out below. */
#define READ_TIMEOUT_SECS 120
#define WRITE_TIMEOUT_SECS 120
#define CONNECT_TIMEOUT_SECS 15
/* When everything is to end soon. */
#define BROKEN_OFF_TIMEOUT_SECS 1

/* Hosters close connections after as little as 30 seconds, and a slow calendar server easily takes
 * that long: after this time a ping comes first. */
#define IDLE_USECS (5 * G_USEC_PER_SEC)

/* Largest row that a server may send us. */
#define MAX_PACKET_BYTES (64UL * 1024 * 1024)

/* WordPress takes strict mode off; we keep it on, so that nothing is ever cut without a word (it
 * checks lengths in PHP instead). NO_ZERO_DATE and NO_ZERO_IN_DATE are absent, as in WordPress: its
 * rows hold zero dates. Locks of rows are waited for 10 instead of 50 seconds, and those of tables
 * 10 seconds instead of a day: then it is better to begin again. A server's sql_select_limit would
 * cut results without a word, and its max_join_size refuse joins: both are for people who type
 * queries.
 */
#define SESSION_SQL                                                                                \
	"SET NAMES utf8mb4 COLLATE utf8mb4_unicode_520_ci, autocommit = 1, time_zone = '+00:00', " \
	"innodb_lock_wait_timeout = 10, lock_wait_timeout = 10, sql_select_limit = "               \
	"18446744073709551615, "                                                                   \
	"sql_big_selects = 1, "                                                                    \
	"sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
#define ISOLATION_SQL "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
/* Where the server's binary log holds statements, InnoDB refuses to write in READ COMMITTED. */
#define STATEMENT_LOG_ISOLATION_SQL "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"

static void end_thread(gpointer unused)
{
	(void)unused;
	mysql_thread_end();
}

/* The client library keeps memory per thread; the destructor runs when the thread ends. */
static GPrivate thread_marker = G_PRIVATE_INIT(end_thread);

static void library_init(void)
{
	static gsize done = 0;

	if (g_once_init_enter(&done)) {
		mysql_library_init(0, NULL, NULL);
		g_once_init_leave(&done, 1);
	}
	if (g_private_get(&thread_marker) == NULL) {
		mysql_thread_init();
		g_private_set(&thread_marker, &thread_marker);
	}
}

DbErrorPlace db_place(const Db *db)
{
	return (DbErrorPlace){
		.server = db->server,
		.name = db->name,
		.user = db->user,
		.table_prefix = db->table_prefix,
	};
}

static bool prefix_is_valid(const char *prefix)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	return prefix != NULL && prefix[0] != '\0' && prefix[strspn(prefix, allowed)] == '\0';
}

/* A table of another database, "other.wp_users", is reached through a view of ours. */
static bool check_table_name(const char *name, const char *key, GError **error)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$-";

	if (name == NULL || (name[0] != '\0' && name[strspn(name, allowed)] == '\0'))
		return true;
	g_set_error(error, DB_ERROR, DB_ERROR_SCHEMA,
		"%s '%s' is no table of this database: make a view of it here, and set %s in "
		"section [wordpress] to its name",
		key, name, key);
	return false;
}

static char *server_name(const DbOptions *options)
{
	if (options->socket != NULL)
		return g_strdup_printf("socket %s", options->socket);
	/* The client library itself takes "localhost" to mean its default socket, as PHP does. */
	return g_strdup_printf("%s:%u", options->host != NULL ? options->host : "localhost",
		options->port != 0 ? options->port : 3306);
}

#define IS_SET(mysql, option, value) (mysql_options(mysql, option, value) == 0)

static bool set_tls(const Db *db, MYSQL *mysql)
{
	bool is_local = db->socket != NULL;

	if (db->tls == DB_TLS_OFF || (is_local && db->tls == DB_TLS_PREFERRED)) {
#ifndef MARIADB_PACKAGE_VERSION_ID
		enum mysql_ssl_mode mode = SSL_MODE_DISABLED;

		return IS_SET(mysql, MYSQL_OPT_SSL_MODE, &mode);
#else
		return true;
#endif
	}
#ifdef MARIADB_PACKAGE_VERSION_ID
	{
		DbFlag enforce = 1;
		DbFlag verify = db->tls_ca != NULL;

		if (!IS_SET(mysql, MYSQL_OPT_SSL_ENFORCE, &enforce) ||
			!IS_SET(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify))
			return false;
	}
#else
	{
		enum mysql_ssl_mode mode = db->tls_ca != NULL ? SSL_MODE_VERIFY_IDENTITY
					   : db->tls == DB_TLS_REQUIRED ? SSL_MODE_REQUIRED
									: SSL_MODE_PREFERRED;

		if (!IS_SET(mysql, MYSQL_OPT_SSL_MODE, &mode))
			return false;
	}
#endif
	return db->tls_ca == NULL || IS_SET(mysql, MYSQL_OPT_SSL_CA, db->tls_ca);
}

static bool set_options(const Db *db, MYSQL *mysql)
{
	unsigned connect_timeout =
		db->connect_timeout_secs != 0 ? db->connect_timeout_secs : CONNECT_TIMEOUT_SECS;
	unsigned read_timeout = READ_TIMEOUT_SECS;
	unsigned write_timeout = WRITE_TIMEOUT_SECS;
	unsigned local_infile = 0;
	unsigned long max_packet = MAX_PACKET_BYTES;

	if (db_is_broken_off(db))
		connect_timeout = read_timeout = write_timeout = BROKEN_OFF_TIMEOUT_SECS;
	if (!IS_SET(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout) ||
		!IS_SET(mysql, MYSQL_OPT_READ_TIMEOUT, &read_timeout) ||
		!IS_SET(mysql, MYSQL_OPT_WRITE_TIMEOUT, &write_timeout) ||
		!IS_SET(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &max_packet) ||
		!IS_SET(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4") ||
		/* A hostile server could otherwise ask for our files. */
		!IS_SET(mysql, MYSQL_OPT_LOCAL_INFILE, &local_infile))
		return false;
#ifndef MARIADB_PACKAGE_VERSION_ID
	{
		/* Without TLS caching_sha2_password encrypts the password with the server's key.
		 * MariaDB's connector asks for it by itself. */
		DbFlag get_key = 1;

		if (!IS_SET(mysql, MYSQL_OPT_GET_SERVER_PUBLIC_KEY, &get_key))
			return false;
	}
#endif
	return set_tls(db, mysql);
}

static bool connect_error(Db *db, GError **error)
{
	DbErrorPlace place = db_place(db);

	db_error_set_connect(
		error, &place, db_failure_number(mysql_errno(db->mysql)), mysql_error(db->mysql));
	db_disconnect(db);
	return false;
}

static bool set_isolation(Db *db)
{
	if (db_send_plain(
		    db, db->has_statement_log ? STATEMENT_LOG_ISOLATION_SQL : ISOLATION_SQL) != 0)
		return false;
	db->is_isolated = true;
	return true;
}

static bool db_connect(Db *db, GError **error)
{
	DbErrorPlace place = db_place(db);

	db->mysql = mysql_init(NULL);
	if (db->mysql == NULL || !set_options(db, db->mysql)) {
		db_error_set_connect(error, &place, CR_UNKNOWN_ERROR,
			"the client library cannot be set up, or does not know an option");
		db_disconnect(db);
		return false;
	}
	/* No flags: several statements in one text stay forbidden. */
	if (mysql_real_connect(db->mysql, db->socket != NULL ? NULL : db->host, db->user,
		    db->password, db->name, db->port, db->socket, 0) == NULL)
		return connect_error(db, error);
	/* The client library goes on without encryption where the server offers none. */
	if (db->tls == DB_TLS_REQUIRED && mysql_get_ssl_cipher(db->mysql) == NULL) {
		db_error_set_connect(error, &place, CR_SSL_CONNECTION_ERROR,
			"TLS is required, but the server does not offer it");
		db_disconnect(db);
		return false;
	}
	if (db_send_plain(db, SESSION_SQL) != 0 || !set_isolation(db))
		return connect_error(db, error);
	db_wire_open(db);
	return true;
}

Db *db_open(const DbOptions *options, GError **error)
{
	g_autoptr(Db) db = NULL;
	const char *base_prefix =
		options->base_prefix != NULL ? options->base_prefix : options->table_prefix;

	if (!prefix_is_valid(options->table_prefix) || !prefix_is_valid(base_prefix)) {
		g_set_error(error, DB_ERROR, DB_ERROR_SCHEMA,
			"table prefix '%s' is not made of letters, digits and underscores; "
			"check table_prefix in section [wordpress]",
			prefix_is_valid(options->table_prefix) ? base_prefix
							       : options->table_prefix);
		return NULL;
	}
	if (!check_table_name(options->users_table, "users_table", error) ||
		!check_table_name(options->usermeta_table, "usermeta_table", error))
		return NULL;
	library_init();
	db = g_new0(Db, 1);
	db->host = g_strdup(options->host);
	db->port = options->port;
	db->socket = g_strdup(options->socket);
	db->name = g_strdup(options->name);
	db->user = g_strdup(options->user);
	db->password = g_strdup(options->password);
	db->tls = options->tls;
	db->tls_ca = g_strdup(options->tls_ca);
	db->table_prefix = g_strdup(options->table_prefix);
	db->base_prefix = g_strdup(base_prefix);
	db->users_table = g_strdup(options->users_table);
	db->usermeta_table = g_strdup(options->usermeta_table);
	db->connect_timeout_secs = options->connect_timeout_secs;
	g_set_object(&db->stop, options->stop);
	g_set_object(&db->break_off, options->break_off);
	db_wire_init(db);
	db->server = server_name(options);
	db->statements = g_hash_table_new(g_str_hash, g_str_equal);
	g_queue_init(&db->recent);
	if (!db_connect(db, error))
		return NULL;
	return g_steal_pointer(&db);
}

void db_free(Db *db)
{
	if (db == NULL)
		return;
	if (db->watcher != NULL)
		db->watcher->free(db->watcher);
	db_disconnect(db);
	db_wire_clear(db);
	g_clear_object(&db->stop);
	g_clear_object(&db->break_off);
	g_hash_table_destroy(db->statements);
	g_queue_clear_full(&db->recent, (GDestroyNotify)db_statement_free);
	g_free(db->host);
	g_free(db->socket);
	g_free(db->name);
	g_free(db->user);
	secret_free(db->password);
	g_free(db->tls_ca);
	g_free(db->table_prefix);
	g_free(db->base_prefix);
	g_free(db->users_table);
	g_free(db->usermeta_table);
	g_free(db->server);
	g_free(db);
}

void db_disconnect(Db *db)
{
	if (db->open != NULL)
		db_finish(db->open);
	for (GList *link = db->recent.head; link != NULL; link = link->next)
		db_statement_forget(link->data);
	db_wire_close(db);
	if (db->mysql != NULL)
		mysql_close(db->mysql);
	db->mysql = NULL;
}

bool db_ready(Db *db, GError **error)
{
	bool was_idle = g_get_monotonic_time() - db->last_used_usecs > IDLE_USECS;

	if (db->open != NULL)
		db_finish(db->open);
	if (db->in_transaction) {
		DbErrorPlace place = db_place(db);

		if (db->doom == FAILURE_NONE)
			return true;
		db_error_set_statement(error, &place,
			db->doom == FAILURE_LOST ? CR_SERVER_LOST : ER_LOCK_DEADLOCK,
			"the transaction was rolled back before this statement");
		return false;
	}
	if (db_wire_is_broken(db) || (db->mysql != NULL && was_idle && mysql_ping(db->mysql) != 0))
		db_disconnect(db);
	if (db->mysql == NULL)
		return db_connect(db, error);
	return db->is_isolated || set_isolation(db) || connect_error(db, error);
}

void db_note_failure(Db *db, unsigned number)
{
	DbFailureKind kind = db_failure_kind(number);
	bool is_passing = kind == FAILURE_CONFLICT || kind == FAILURE_LOST;

	if (number == ER_BINLOG_STMT_MODE_AND_ROW_ENGINE) {
		db->has_statement_log = true;
		db->is_isolated = false;
	}
	if (kind == FAILURE_LOST)
		db_disconnect(db);
	if (is_passing && db->in_transaction)
		db->doom = kind;
}

void db_note_lock_wait(Db *db, unsigned number, int64_t began_usecs)
{
	if (number == ER_LOCK_WAIT_TIMEOUT)
		db->lock_wait_usecs += g_get_monotonic_time() - began_usecs;
}

bool db_is_locked_out(const Db *db)
{
	return db->lock_wait_usecs >= DB_LOCK_SECS * (int64_t)G_USEC_PER_SEC;
}

void db_pause(unsigned attempt)
{
	unsigned most_msecs = 20U << MIN(attempt, 4);

	g_usleep(1000 * (gulong)g_random_int_range(10, (gint32)most_msecs));
}

uint64_t db_insert_id(const Db *db)
{
	return db->insert_id;
}

const char *db_name(const Db *db)
{
	return db->name;
}

char *db_table_name(const Db *db, const char *table)
{
	const DbTableNames names = {
		db->table_prefix, db->base_prefix, db->users_table, db->usermeta_table};

	return db_sql_table(table, &names);
}

uint64_t db_statement_count(const Db *db)
{
	return db->statement_count;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MySQL error numbers become error codes that a caller can act on, and messages with a remedy. */
#include "db/db_error.h"

#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <string.h>

/* Either server may answer, whichever library we are built with, and neither header has all names:
 * MySQL 9 has dropped the first two. */
enum {
	SERVER_DISK_FULL = 1021,
	SERVER_NORMAL_SHUTDOWN = 1077,
	/* MariaDB's. */
	MARIADB_CONNECTION_KILLED = 1927,
	MARIADB_STATEMENT_TIMEOUT = 1969, /* max_statement_time */
	MARIADB_CANNOT_CONVERT_CHARACTER = 1977,
	MARIADB_ACCOUNT_HAS_BEEN_LOCKED = 4151,
	/* MySQL's. */
	MYSQL_QUERY_TIMEOUT = 3024, /* max_execution_time */
	MYSQL_SERVER_OFFLINE_MODE = 3032,
	MYSQL_RUN_HOOK_ERROR = 3100,
	MYSQL_TRANSACTION_ROLLBACK_DURING_COMMIT = 3101,
	MYSQL_ACCOUNT_HAS_BEEN_LOCKED = 3118,
	MYSQL_SECURE_TRANSPORT_REQUIRED = 3159,
	MYSQL_CANNOT_CONVERT_STRING = 3854,
	MYSQL_CLIENT_INTERACTION_TIMEOUT = 4031,
};

/* A server's message may quote data; more than this helps nobody. */
#define MESSAGE_MAX_BYTES 400

typedef struct {
	unsigned number;
	DbErrorCode code;
	DbFailureKind kind;
	const char *remedy; /* or NULL */
} ErrorRule;

G_DEFINE_QUARK(prm_calendar_db_error, db_error)

#define CHECK_LOGIN "check user and password in section [database]"
#define CHECK_NAME "check name in section [database]"
#define CHECK_SERVER "check host, port and socket in section [database], and that the server runs"
#define CHECK_GRANTS "give this user the privileges in sql/grants.sql"
#define CHECK_PREFIX "check table_prefix in section [wordpress]"
#define CHECK_LIMITS                                                                               \
	"an administrator or a time limit (max_statement_time, max_execution_time) stopped it"
#define CHECK_PACKET "raise max_allowed_packet on the server"
#define RENEW_PASSWORD                                                                             \
	"the password has expired: let root run ALTER USER … IDENTIFIED BY … PASSWORD EXPIRE " \
	"NEVER, then set it in section [database]"
#define UNLOCK_ACCOUNT "let root of the database run ALTER USER … ACCOUNT UNLOCK"
#define OTHER_PLUGIN                                                                               \
	"server and client library share no way to prove this user's password: let root run "      \
	"ALTER USER … IDENTIFIED WITH caching_sha2_password (MySQL) or mysql_native_password "   \
	"(MariaDB)"
/* Which library we are built with decides: Oracle's has lost mysql_native_password, MariaDB's
 * default. */
#define LIBRARY_LACKS_PLUGIN                                                                       \
	"the client library has no plugin to prove this user's password (SHOW CREATE USER names "  \
	"it): on MySQL let root run ALTER USER … IDENTIFIED WITH caching_sha2_password; on "     \
	"MariaDB use a prm-calendar that is built with MariaDB Connector/C, as the Debian "        \
	"package is, and a user whose plugin that library has"
#define NO_COMMIT "the server, or its cluster, does not take the transaction: look at its error log"
#define MISSING_DEFAULT                                                                            \
	"if it is the ID, the table lost its AUTO_INCREMENT in an import (ALTER TABLE … MODIFY " \
	"… BIGINT UNSIGNED NOT NULL AUTO_INCREMENT gives it back), if it is a plugin's column, " \
	"it needs a default (ALTER TABLE … ALTER COLUMN … SET DEFAULT …)"
#define MISSING_DEFINER                                                                            \
	"a trigger or view has a definer who is no user of this server any more: make it anew "    \
	"with one who is (SHOW TRIGGERS)"
#define NO_IDS "the table's ids are used up, or its AUTO_INCREMENT is wrong: SHOW TABLE STATUS"
#define CHECK_BUSY                                                                                 \
	"all connections are taken; try again later, or raise max_connections of the server or "   \
	"max_user_connections of this user"

static const ErrorRule rules[] = {
	{ER_LOCK_DEADLOCK, DB_ERROR_CONFLICT, FAILURE_CONFLICT, NULL},
	{ER_LOCK_WAIT_TIMEOUT, DB_ERROR_CONFLICT, FAILURE_CONFLICT,
		"another program holds a lock for long: look at SHOW PROCESSLIST"},
	{ER_CHECKREAD, DB_ERROR_CONFLICT, FAILURE_CONFLICT, NULL},
	{ER_XA_RBDEADLOCK, DB_ERROR_CONFLICT, FAILURE_CONFLICT, NULL},
	{MYSQL_TRANSACTION_ROLLBACK_DURING_COMMIT, DB_ERROR_CONFLICT, FAILURE_CONFLICT, NULL},
	/* Again in another isolation (db_note_failure()). */
	{ER_BINLOG_STMT_MODE_AND_ROW_ENGINE, DB_ERROR_CONFLICT, FAILURE_CONFLICT,
		"set binlog_format = MIXED or ROW on the server"},
	/* Perhaps a backup held a lock meanwhile. */
	{ER_QUERY_INTERRUPTED, DB_ERROR_CONFLICT, FAILURE_CONFLICT, CHECK_LIMITS},
	{MARIADB_STATEMENT_TIMEOUT, DB_ERROR_CONFLICT, FAILURE_CONFLICT, CHECK_LIMITS},
	{MYSQL_QUERY_TIMEOUT, DB_ERROR_CONFLICT, FAILURE_CONFLICT, CHECK_LIMITS},

	{CR_SERVER_GONE_ERROR, DB_ERROR_LOST, FAILURE_LOST, NULL},
	{CR_SERVER_LOST, DB_ERROR_LOST, FAILURE_LOST, NULL},
	{MARIADB_CONNECTION_KILLED, DB_ERROR_LOST, FAILURE_LOST, NULL},
	{ER_SERVER_SHUTDOWN, DB_ERROR_LOST, FAILURE_LOST, NULL},
	{SERVER_NORMAL_SHUTDOWN, DB_ERROR_LOST, FAILURE_LOST, NULL},
	/* Nobody knows what has happened on the connection: it is made anew. */
	{CR_UNKNOWN_ERROR, DB_ERROR_LOST, FAILURE_LOST, NULL},
	{MYSQL_CLIENT_INTERACTION_TIMEOUT, DB_ERROR_LOST, FAILURE_LOST, NULL},

	{ER_NEED_REPREPARE, DB_ERROR_QUERY, FAILURE_STALE, NULL},
	{ER_UNKNOWN_STMT_HANDLER, DB_ERROR_QUERY, FAILURE_STALE, NULL},

	{ER_ACCESS_DENIED_ERROR, DB_ERROR_ACCESS, FAILURE_REFUSED, CHECK_LOGIN},
	{ER_ACCESS_DENIED_NO_PASSWORD_ERROR, DB_ERROR_ACCESS, FAILURE_REFUSED, CHECK_LOGIN},
	{ER_MUST_CHANGE_PASSWORD, DB_ERROR_ACCESS, FAILURE_REFUSED, RENEW_PASSWORD},
	{ER_MUST_CHANGE_PASSWORD_LOGIN, DB_ERROR_ACCESS, FAILURE_REFUSED, RENEW_PASSWORD},
	{MYSQL_ACCOUNT_HAS_BEEN_LOCKED, DB_ERROR_ACCESS, FAILURE_REFUSED, UNLOCK_ACCOUNT},
	{MARIADB_ACCOUNT_HAS_BEEN_LOCKED, DB_ERROR_ACCESS, FAILURE_REFUSED, UNLOCK_ACCOUNT},
	{MYSQL_SECURE_TRANSPORT_REQUIRED, DB_ERROR_ACCESS, FAILURE_REFUSED,
		"the server lets nobody in without TLS: set tls = required in section [database]"},
	{ER_PLUGIN_IS_NOT_LOADED, DB_ERROR_ACCESS, FAILURE_REFUSED, OTHER_PLUGIN},
	{ER_NOT_SUPPORTED_AUTH_MODE, DB_ERROR_ACCESS, FAILURE_REFUSED, OTHER_PLUGIN},
	{CR_AUTH_PLUGIN_CANNOT_LOAD, DB_ERROR_ACCESS, FAILURE_REFUSED, LIBRARY_LACKS_PLUGIN},
	{CR_AUTH_PLUGIN_ERR, DB_ERROR_ACCESS, FAILURE_REFUSED,
		"this user's password cannot be proved without encryption: set tls = required or "
		"socket in section [database]"},
	{ER_HOST_NOT_PRIVILEGED, DB_ERROR_ACCESS, FAILURE_REFUSED,
		"allow this user to log in from this machine (CREATE USER 'user'@'host')"},
	{ER_DBACCESS_DENIED_ERROR, DB_ERROR_ACCESS, FAILURE_REFUSED,
		CHECK_NAME ", or " CHECK_GRANTS},
	{ER_TABLEACCESS_DENIED_ERROR, DB_ERROR_ACCESS, FAILURE_REFUSED, CHECK_GRANTS},
	{ER_COLUMNACCESS_DENIED_ERROR, DB_ERROR_ACCESS, FAILURE_REFUSED, CHECK_GRANTS},
	{ER_SPECIFIC_ACCESS_DENIED_ERROR, DB_ERROR_ACCESS, FAILURE_REFUSED, CHECK_GRANTS},
	{ER_BAD_DB_ERROR, DB_ERROR_ACCESS, FAILURE_REFUSED, CHECK_NAME},

	{ER_NO_SUCH_TABLE, DB_ERROR_SCHEMA, FAILURE_REFUSED, CHECK_PREFIX},
	{ER_BAD_FIELD_ERROR, DB_ERROR_SCHEMA, FAILURE_REFUSED,
		"let WordPress upgrade its tables (wp-admin/upgrade.php)"},

	{ER_TABLE_EXISTS_ERROR, DB_ERROR_EXISTS, FAILURE_REFUSED, NULL},
	{ER_DUP_FIELDNAME, DB_ERROR_EXISTS, FAILURE_REFUSED, NULL},
	{ER_DUP_KEYNAME, DB_ERROR_EXISTS, FAILURE_REFUSED, NULL},
	{ER_CANT_DROP_FIELD_OR_KEY, DB_ERROR_EXISTS, FAILURE_REFUSED, NULL},

	{ER_DUP_ENTRY, DB_ERROR_DUPLICATE, FAILURE_REFUSED, NULL},

	{ER_NO_DEFAULT_FOR_FIELD, DB_ERROR_QUERY, FAILURE_REFUSED, MISSING_DEFAULT},
	{ER_NO_SUCH_USER, DB_ERROR_QUERY, FAILURE_REFUSED, MISSING_DEFINER},
	{ER_AUTOINC_READ_FAILED, DB_ERROR_QUERY, FAILURE_REFUSED, NO_IDS},

	{CR_CONNECTION_ERROR, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, CHECK_SERVER},
	{CR_CONN_HOST_ERROR, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, CHECK_SERVER},
	{CR_IPSOCK_ERROR, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, CHECK_SERVER},
	{CR_UNKNOWN_HOST, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, CHECK_SERVER},
	{CR_SSL_CONNECTION_ERROR, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED,
		"check tls and tls_ca in section [database]"},
	{ER_CON_COUNT_ERROR, DB_ERROR_FULL, FAILURE_REFUSED, CHECK_BUSY},
	{ER_TOO_MANY_USER_CONNECTIONS, DB_ERROR_FULL, FAILURE_REFUSED, CHECK_BUSY},
	{ER_USER_LIMIT_REACHED, DB_ERROR_FULL, FAILURE_REFUSED, CHECK_BUSY},
	{ER_HOST_IS_BLOCKED, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED,
		"run FLUSH HOSTS on the server"},
	{ER_OPTION_PREVENTS_STATEMENT, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED,
		"the server is read-only; point [database] at the primary"},
	/* What a Galera node says that is not in sync with its cluster. */
	{ER_UNKNOWN_COM_ERROR, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED,
		"the server is not ready; try again later"},
	{MYSQL_SERVER_OFFLINE_MODE, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED,
		"the server is offline for all but administrators (offline_mode); try again later"},
	{ER_READ_ONLY_MODE, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED,
		"the server is read-only; point [database] at the primary"},
	/* Galera's for a write set that it does not take; Group Replication's. */
	{ER_ERROR_DURING_COMMIT, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, NO_COMMIT},
	{MYSQL_RUN_HOOK_ERROR, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, NO_COMMIT},
	/* One row that is larger; several in one statement are tried one by one. */
	{ER_NET_PACKET_TOO_LARGE, DB_ERROR_DATA, FAILURE_REFUSED, CHECK_PACKET},
	{ER_WARN_ALLOWED_PACKET_OVERFLOWED, DB_ERROR_DATA, FAILURE_REFUSED, CHECK_PACKET},
	{ER_DATA_TOO_LONG, DB_ERROR_DATA, FAILURE_REFUSED, NULL},
	{ER_TRUNCATED_WRONG_VALUE_FOR_FIELD, DB_ERROR_DATA, FAILURE_REFUSED, NULL},
	{ER_WARN_DATA_OUT_OF_RANGE, DB_ERROR_DATA, FAILURE_REFUSED, NULL},
	{ER_TRUNCATED_WRONG_VALUE, DB_ERROR_DATA, FAILURE_REFUSED, NULL},
	{WARN_DATA_TRUNCATED, DB_ERROR_DATA, FAILURE_REFUSED, NULL},
	{ER_INVALID_CHARACTER_STRING, DB_ERROR_DATA, FAILURE_REFUSED, NULL},
	{MARIADB_CANNOT_CONVERT_CHARACTER, DB_ERROR_DATA, FAILURE_REFUSED, NULL},
	{MYSQL_CANNOT_CONVERT_STRING, DB_ERROR_DATA, FAILURE_REFUSED, NULL},
	{ER_TOO_BIG_ROWSIZE, DB_ERROR_DATA, FAILURE_REFUSED, NULL},
	{SERVER_DISK_FULL, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, "free space on the server"},
	{ER_RECORD_FILE_FULL, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, "free space on the server"},
};

static const ErrorRule *error_rule(unsigned number)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
		if (rules[i].number == number)
			return &rules[i];
	}
	return NULL;
}

unsigned db_failure_number(unsigned number)
{
	return number != 0 ? number : CR_UNKNOWN_ERROR;
}

DbFailureKind db_failure_kind(unsigned number)
{
	const ErrorRule *rule = error_rule(number);

	if (number == 0)
		return FAILURE_NONE;
	return rule != NULL ? rule->kind : FAILURE_REFUSED;
}

bool db_error_ends_all(const GError *error)
{
	return g_error_matches(error, DB_ERROR, DB_ERROR_UNAVAILABLE) ||
	       g_error_matches(error, DB_ERROR, DB_ERROR_FULL) ||
	       g_error_matches(error, DB_ERROR, DB_ERROR_ACCESS) ||
	       g_error_matches(error, DB_ERROR, DB_ERROR_LOCKED) ||
	       g_error_matches(error, DB_ERROR, DB_ERROR_LOST);
}

bool db_error_is_of_row(const GError *error)
{
	return g_error_matches(error, DB_ERROR, DB_ERROR_DATA);
}

/* "…: remedy", or nothing. */
static char *remedy_text(const ErrorRule *rule)
{
	if (rule == NULL || rule->remedy == NULL)
		return g_strdup("");
	return g_strconcat("; ", rule->remedy, NULL);
}

static char *bounded_message(const char *server_message)
{
	g_autofree char *valid = g_utf8_make_valid(server_message, -1);
	const char *end;

	if (strlen(valid) <= MESSAGE_MAX_BYTES)
		return g_steal_pointer(&valid);
	end = g_utf8_find_prev_char(valid, valid + MESSAGE_MAX_BYTES);
	return g_strdup_printf("%.*s…", (int)(end - valid), valid);
}

void db_error_set_connect(
	GError **error, const DbErrorPlace *place, unsigned number, const char *server_message)
{
	const ErrorRule *rule = error_rule(number);
	DbErrorCode code = rule != NULL ? rule->code : DB_ERROR_UNAVAILABLE;
	g_autofree char *remedy = remedy_text(rule);
	g_autofree char *message = bounded_message(server_message);

	/* Cut off while connecting: the server is there but does not serve us. */
	if (code == DB_ERROR_LOST)
		code = DB_ERROR_UNAVAILABLE;
	g_set_error(error, DB_ERROR, code,
		"cannot connect to database '%s' at %s as user '%s': %s (error %u)%s", place->name,
		place->server, place->user, message, number, remedy);
}

void db_error_set_locked(GError **error, const DbErrorPlace *place, const char *tables)
{
	g_set_error(error, DB_ERROR, DB_ERROR_LOCKED,
		"waited %d seconds for a lock on %s in database '%s' at %s, which another program "
		"holds: a backup, LOCK TABLES, ALTER TABLE, or a transaction that was left open; "
		"nothing was written: let it end, or find it with SHOW FULL PROCESSLIST and KILL "
		"it",
		DB_LOCK_SECS, *tables != '\0' ? tables : "a table", place->name, place->server);
}

void db_error_set_statement(
	GError **error, const DbErrorPlace *place, unsigned number, const char *server_message)
{
	const ErrorRule *rule = error_rule(number);
	DbErrorCode code = rule != NULL ? rule->code : DB_ERROR_QUERY;
	g_autofree char *remedy = remedy_text(rule);
	g_autofree char *message = bounded_message(server_message);

	if (code == DB_ERROR_LOST) {
		g_set_error(error, DB_ERROR, code,
			"the connection to database '%s' at %s was lost: %s (error %u)",
			place->name, place->server, message, number);
		return;
	}
	g_set_error(error, DB_ERROR, code,
		"database '%s' at %s (user '%s', table prefix '%s') refused a statement: %s (error "
		"%u)%s",
		place->name, place->server, place->user, place->table_prefix, message, number,
		remedy);
}

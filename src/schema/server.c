/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the database server says of itself. */
#include "schema/server.h"

#include <string.h>

enum { MARIADB_OLDEST = 1005, MYSQL_OLDEST = 800 }; /* major * 100 + minor */

static const char facts_sql[] = "SELECT VERSION(), UNIX_TIMESTAMP()";
enum { COLUMN_VERSION, COLUMN_CLOCK };

static const char cipher_sql[] = "SHOW SESSION STATUS LIKE 'Ssl_cipher'";
enum { COLUMN_CIPHER = 1 };

/* MariaDB says so; MySQL and what is made of it does not name itself. */
static bool is_mariadb(const char *version)
{
	return strstr(version, "MariaDB") != NULL;
}

bool server_is_older(const char *version)
{
	g_auto(GStrv) parts = g_strsplit(version, ".", 3);
	guint64 major;
	guint64 minor;

	if (g_strv_length(parts) < 2 ||
		!g_ascii_string_to_unsigned(parts[0], 10, 0, 10000, &major, NULL) ||
		!g_ascii_string_to_unsigned(parts[1], 10, 0, 99, &minor, NULL))
		return false;
	return major * 100 + minor < (is_mariadb(version) ? MARIADB_OLDEST : MYSQL_OLDEST);
}

static bool load_version(Db *db, ServerFacts *facts, GError **error)
{
	DbStatement *statement = db_prepare(db, facts_sql, error);
	const char *version;
	bool row = false;

	if (statement == NULL || !db_query(statement, error) || !db_next(statement, &row, error))
		return false;
	version = row ? db_column_text(statement, COLUMN_VERSION) : NULL;
	facts->version = g_strdup(version != NULL ? version : "unknown");
	facts->is_mariadb = is_mariadb(facts->version);
	facts->is_older = server_is_older(facts->version);
	facts->clock_utc = row ? db_column_int(statement, COLUMN_CLOCK) : 0;
	db_finish(statement);
	return true;
}

static bool load_cipher(Db *db, ServerFacts *facts, GError **error)
{
	DbStatement *statement = db_prepare(db, cipher_sql, error);
	const char *cipher;
	bool row = false;

	if (statement == NULL || !db_query(statement, error) || !db_next(statement, &row, error))
		return false;
	cipher = row ? db_column_text(statement, COLUMN_CIPHER) : NULL;
	facts->tls_cipher = cipher != NULL && cipher[0] != '\0' ? g_strdup(cipher) : NULL;
	if (row)
		db_finish(statement);
	return true;
}

/* Both servers answer with what they know of these. */
static const char variables_sql[] =
	"SHOW GLOBAL VARIABLES WHERE Variable_name IN ('log_bin', 'binlog_format', 'read_only', "
	"'wsrep_on', 'group_replication_group_name')";
static const char states_sql[] =
	"SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_cluster_status', "
	"'wsrep_cluster_size', 'wsrep_local_state_comment')";
enum { COLUMN_VARIABLE, COLUMN_VALUE };

/* Adds name → value, names in lower case. */
static bool load_variables(Db *db, const char *sql, GHashTable *values, GError **error)
{
	DbStatement *statement = db_prepare(db, sql, error);
	bool row = true;

	if (statement == NULL || !db_query(statement, error))
		return false;
	while (row) {
		if (!db_next(statement, &row, error))
			return false;
		if (row)
			g_hash_table_insert(values,
				g_ascii_strdown(db_column_text(statement, COLUMN_VARIABLE), -1),
				g_strdup(db_column_text(statement, COLUMN_VALUE)));
	}
	return true;
}

static bool is_on(GHashTable *values, const char *name)
{
	const char *value = g_hash_table_lookup(values, name);

	return value != NULL && (g_ascii_strcasecmp(value, "ON") == 0 || strcmp(value, "1") == 0);
}

/* NULL where it is empty, too. */
static char *text_of(GHashTable *values, const char *name)
{
	const char *value = g_hash_table_lookup(values, name);

	return value == NULL || value[0] == '\0' ? NULL : g_strdup(value);
}

static const char members_sql[] =
	"SELECT MEMBER_ID = @@GLOBAL.server_uuid, MEMBER_STATE, MEMBER_ROLE "
	"FROM performance_schema.replication_group_members";
enum { COLUMN_IS_SELF, COLUMN_STATE, COLUMN_ROLE };

static bool read_members(DbStatement *statement, ServerFacts *facts, GError **error)
{
	bool row = true;

	while (row) {
		const char *state;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		state = db_column_text(statement, COLUMN_STATE);
		facts->group_members++;
		if (g_strcmp0(state, "ONLINE") == 0)
			facts->group_online++;
		if (db_column_int(statement, COLUMN_IS_SELF) == 0 || facts->group_state != NULL)
			continue;
		facts->group_state = g_strdup(state);
		facts->group_role = g_strdup(db_column_text(statement, COLUMN_ROLE));
	}
	return true;
}

/* This table is not for everyone; what nobody may see is not known. A member that does not take
 * part sees itself alone, without its id. */
static bool load_group(Db *db, ServerFacts *facts, GError **error)
{
	g_autoptr(GError) failure = NULL;
	DbStatement *statement = db_prepare(db, members_sql, &failure);

	if (statement != NULL && db_query(statement, &failure) &&
		read_members(statement, facts, &failure)) {
		if (facts->group_state == NULL)
			facts->group_state = g_strdup("OFFLINE");
		return true;
	}
	if (g_error_matches(failure, DB_ERROR, DB_ERROR_ACCESS))
		return true;
	g_propagate_error(error, g_steal_pointer(&failure));
	return false;
}

static bool load_role(Db *db, ServerFacts *facts, GError **error)
{
	g_autoptr(GHashTable) values =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	const char *format;
	const char *nodes;

	if (!load_variables(db, variables_sql, values, error) ||
		!load_variables(db, states_sql, values, error))
		return false;
	format = g_hash_table_lookup(values, "binlog_format");
	facts->has_statement_log = is_on(values, "log_bin") && format != NULL &&
				   g_ascii_strcasecmp(format, "STATEMENT") == 0;
	facts->is_read_only = is_on(values, "read_only");
	facts->replica_group = text_of(values, "group_replication_group_name");
	facts->is_galera = is_on(values, "wsrep_on");
	if (facts->replica_group != NULL)
		return load_group(db, facts, error);
	if (!facts->is_galera)
		return true;
	nodes = g_hash_table_lookup(values, "wsrep_cluster_size");
	facts->is_ready = is_on(values, "wsrep_ready");
	facts->galera_status = text_of(values, "wsrep_cluster_status");
	facts->galera_state = text_of(values, "wsrep_local_state_comment");
	facts->galera_nodes = nodes == NULL ? 0 : g_ascii_strtoll(nodes, NULL, 10);
	return true;
}

bool server_facts_load(Db *db, ServerFacts *ret_facts, GError **error)
{
	ServerFacts facts = {0};

	if (!load_version(db, &facts, error) || !load_cipher(db, &facts, error) ||
		!load_role(db, &facts, error)) {
		server_facts_clear(&facts);
		return false;
	}
	*ret_facts = facts;
	return true;
}

void server_facts_clear(ServerFacts *facts)
{
	g_clear_pointer(&facts->version, g_free);
	g_clear_pointer(&facts->tls_cipher, g_free);
	g_clear_pointer(&facts->galera_status, g_free);
	g_clear_pointer(&facts->galera_state, g_free);
	g_clear_pointer(&facts->replica_group, g_free);
}

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

bool server_facts_load(Db *db, ServerFacts *ret_facts, GError **error)
{
	ServerFacts facts = {0};

	if (!load_version(db, &facts, error) || !load_cipher(db, &facts, error)) {
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
}

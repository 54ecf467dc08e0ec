/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "schema/new_user.h"

#include <sodium.h>
#include <string.h>

#include "schema/grants.h"
#include "schema/server.h"
#include "util/config.h"
#include "util/secret.h"

enum { SHA1_BYTES = 20, RANDOM_BYTES = 24 };

/* What is prepended pleases servers that ask for letters, digits and others. */
#define PASSWORD_HEAD "aA1-"

void new_user_clear(NewUser *user)
{
	g_clear_pointer(&user->name, g_free);
	g_clear_pointer(&user->host, g_free);
	secret_free(g_steal_pointer(&user->password));
}

static char *random_password(void)
{
	unsigned char bytes[RANDOM_BYTES];
	char text[sodium_base64_ENCODED_LEN(
		RANDOM_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
	char *password;

	if (sodium_init() < 0)
		g_error("cannot make a password: this system gives no random numbers");
	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(
		text, sizeof(text), bytes, sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	password = g_strconcat(PASSWORD_HEAD, text, NULL);
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(text, sizeof(text));
	return password;
}

static void sha1(const unsigned char *bytes, size_t length, unsigned char ret_hash[SHA1_BYTES])
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA1);
	gsize size = SHA1_BYTES;

	g_checksum_update(checksum, bytes, (gssize)length);
	g_checksum_get_digest(checksum, ret_hash, &size);
}

/* What MariaDB stores: '*' and SHA1(SHA1(password)). Given like that, the password stands in no log
 * of the server's; MySQL, which knows no such statement any more, takes it out of its logs itself.
 */
static char *identified_by(const char *password, bool is_mariadb)
{
	unsigned char once[SHA1_BYTES];
	unsigned char twice[SHA1_BYTES];
	GString *text;

	if (!is_mariadb)
		return g_strdup_printf("IDENTIFIED BY '%s'", password);
	sha1((const unsigned char *)password, strlen(password), once);
	sha1(once, sizeof(once), twice);
	sodium_memzero(once, sizeof(once));
	text = g_string_new("IDENTIFIED BY PASSWORD '*");
	for (size_t i = 0; i < sizeof(twice); i++)
		g_string_append_printf(text, "%02X", twice[i]);
	g_string_append_c(text, '\'');
	return g_string_free(text, FALSE);
}

static bool run(Db *db, const char *sql, GError **error)
{
	DbStatement *statement = db_prepare(db, sql, error);

	return statement != NULL && db_run(statement, NULL, error);
}

/* "root@localhost": the part that a user made for this machine needs. */
static const char own_host_sql[] = "SELECT SUBSTRING_INDEX(USER(), '@', -1)";

static char *read_own_host(Db *db, GError **error)
{
	DbStatement *statement = db_prepare(db, own_host_sql, error);
	g_autofree char *host = NULL;
	bool row = false;

	if (statement == NULL || !db_query(statement, error) || !db_next(statement, &row, error))
		return NULL;
	host = g_strdup(row ? db_column_text(statement, 0) : NULL);
	db_finish(statement);
	if (host != NULL && host[0] != '\0' &&
		strspn(host, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".:-_") == strlen(host))
		return g_steal_pointer(&host);
	g_set_error_literal(error, DB_ERROR, DB_ERROR_DATA,
		"the database does not tell from which host this machine comes");
	return NULL;
}

static const char known_sql[] = "SELECT 1 FROM mysql.user WHERE User = ? LIMIT 1";

/* Another site's program may be that user: its password must not change. */
static bool check_unknown(Db *db, const char *name, GError **error)
{
	DbStatement *statement = db_prepare(db, known_sql, error);
	bool is_known = false;

	if (statement == NULL)
		return false;
	db_bind_text(statement, name);
	if (!db_query(statement, error) || !db_next(statement, &is_known, error))
		return false;
	db_finish(statement);
	if (!is_known)
		return true;
	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
		"the database has a user '%s' already, and leaves it as it is: without "
		"--create-user init shows the GRANT statements; or drop that user first",
		name);
	return false;
}

static bool create(Db *db, const NewUser *user, bool is_mariadb, GError **error)
{
	g_auto(Secret) identified = identified_by(user->password, is_mariadb);
	g_auto(Secret) sql =
		g_strdup_printf("CREATE USER '%s'@'%s' %s", user->name, user->host, identified);

	return run(db, sql, error);
}

/* All but the first line, which makes the user. */
static bool grant(Db *db, const DbOptions *options, const NewUser *user, GError **error)
{
	g_autofree char *sql = grants_sql(options, user->name, user->host);
	g_auto(GStrv) lines = g_strsplit(sql, ";\n", -1);

	for (char **line = lines + 1; *line != NULL; line++) {
		if (**line != '\0' && !run(db, *line, error))
			return false;
	}
	return true;
}

static void drop(Db *db, const NewUser *user)
{
	g_autofree char *sql = g_strdup_printf("DROP USER '%s'@'%s'", user->name, user->host);

	if (!run(db, sql, NULL))
		g_debug("the user %s is left behind", user->name);
}

static bool make(Db *db, const DbOptions *admin, NewUser *user, GError **error)
{
	g_auto(ServerFacts) facts = {0};

	if (!server_facts_load(db, &facts, error) || !check_unknown(db, user->name, error))
		return false;
	user->host = read_own_host(db, error);
	if (user->host == NULL || !create(db, user, facts.is_mariadb, error))
		return false;
	if (grant(db, admin, user, error))
		return true;
	drop(db, user);
	return false;
}

bool new_user_make(const DbOptions *admin, const char *name, NewUser *ret_user, GError **error)
{
	g_autoptr(Db) db = db_open(admin, error);
	g_auto(NewUser) user = {.name = g_strdup(name), .password = random_password()};

	if (db == NULL || !make(db, admin, &user, error))
		return false;
	*ret_user = user;
	user = (NewUser){0};
	return true;
}

void new_user_drop(const DbOptions *admin, const NewUser *user)
{
	g_autoptr(Db) db = db_open(admin, NULL);

	if (db != NULL)
		drop(db, user);
}

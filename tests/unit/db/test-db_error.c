/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the numbers of MariaDB, MySQL and their clusters mean, whichever library we are built with.
 */
#include <glib.h>
#include <string.h>

#include "db/db_error.h"
#include "db/db_sql.h"

typedef struct {
	const char *name;
	unsigned number;
	DbErrorCode code;
	DbFailureKind kind;
	const char *says;
} NumberCase;

static const NumberCase cases[] = {
	{"disk-full", 1021, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, "free space"},
	{"normal-shutdown", 1077, DB_ERROR_LOST, FAILURE_LOST, "was lost"},
	{"mariadb-killed", 1927, DB_ERROR_LOST, FAILURE_LOST, "was lost"},
	{"mysql-idle", 4031, DB_ERROR_LOST, FAILURE_LOST, "was lost"},
	{"galera-commit", 1180, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, "cluster"},
	{"group-replication-commit", 3100, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, "cluster"},
	{"group-replication-rollback", 3101, DB_ERROR_CONFLICT, FAILURE_CONFLICT, ""},
	{"galera-not-ready", 1047, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, "try again later"},
	{"mysql-expired", 1862, DB_ERROR_ACCESS, FAILURE_REFUSED, "PASSWORD EXPIRE NEVER"},
	{"mysql-locked", 3118, DB_ERROR_ACCESS, FAILURE_REFUSED, "ACCOUNT UNLOCK"},
	{"mariadb-locked", 4151, DB_ERROR_ACCESS, FAILURE_REFUSED, "ACCOUNT UNLOCK"},
	{"mysql-wants-tls", 3159, DB_ERROR_ACCESS, FAILURE_REFUSED, "tls = required"},
	{"no-proof-without-tls", 2061, DB_ERROR_ACCESS, FAILURE_REFUSED, "tls = required"},
	{"unknown-plugin", 1524, DB_ERROR_ACCESS, FAILURE_REFUSED, "caching_sha2_password"},
	{"mysql-offline", 3032, DB_ERROR_UNAVAILABLE, FAILURE_REFUSED, "offline_mode"},
	{"no-default", 1364, DB_ERROR_QUERY, FAILURE_REFUSED, "AUTO_INCREMENT"},
	{"no-definer", 1449, DB_ERROR_QUERY, FAILURE_REFUSED, "SHOW TRIGGERS"},
	{"no-more-ids", 1467, DB_ERROR_QUERY, FAILURE_REFUSED, "used up"},
	{"server-full", 1040, DB_ERROR_FULL, FAILURE_REFUSED, "max_connections"},
	{"user-full", 1203, DB_ERROR_FULL, FAILURE_REFUSED, "max_user_connections"},
	{"user-limit", 1226, DB_ERROR_FULL, FAILURE_REFUSED, "max_user_connections"},
	{"mysql-slow", 3024, DB_ERROR_CONFLICT, FAILURE_CONFLICT, "max_execution_time"},
	{"mariadb-slow", 1969, DB_ERROR_CONFLICT, FAILURE_CONFLICT, "max_statement_time"},
};

static void test_number(gconstpointer data)
{
	const NumberCase *at = data;
	const DbErrorPlace place = {"db:3306", "shop", "sync", "wp_"};
	g_autoptr(GError) error = NULL;

	db_error_set_statement(&error, &place, at->number, "the server's words");
	g_test_message("%s", error->message);
	g_assert_error(error, DB_ERROR, (int)at->code);
	g_assert_nonnull(strstr(error->message, "the server's words"));
	g_assert_nonnull(strstr(error->message, at->says));
	g_assert_cmpint(db_failure_kind(at->number), ==, at->kind);
}

/* Oracle's library has no mysql_native_password: to ask for it would end in the same error. */
static void test_plugin_that_the_library_lacks(void)
{
	const DbErrorPlace place = {"db:3306", "shop", "sync", "wp_"};
	g_autoptr(GError) error = NULL;

	db_error_set_statement(&error, &place, 2059, "the library's words");
	g_test_message("%s", error->message);
	g_assert_error(error, DB_ERROR, DB_ERROR_ACCESS);
	g_assert_nonnull(strstr(error->message, "IDENTIFIED WITH caching_sha2_password"));
	g_assert_nonnull(strstr(error->message, "MariaDB Connector/C"));
	g_assert_null(strstr(error->message, "mysql_native_password"));
}

static void test_locked(void)
{
	const DbErrorPlace place = {"db:3306", "shop", "sync", "wp_"};
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) unnamed = NULL;

	db_error_set_locked(&error, &place, "wp_posts, wp_users");
	g_assert_error(error, DB_ERROR, DB_ERROR_LOCKED);
	g_assert_nonnull(strstr(error->message, "a lock on wp_posts, wp_users in database 'shop'"));
	g_assert_nonnull(strstr(error->message, "SHOW FULL PROCESSLIST"));
	g_assert_true(db_error_ends_all(error));
	g_assert_false(db_error_is_of_row(error));
	db_error_set_locked(&unnamed, &place, "");
	g_assert_nonnull(strstr(unnamed->message, "a lock on a table in"));
}

static void assert_tables(const char *sql, const char *expected)
{
	const DbTableNames names = {"wp_2_", "wp_", NULL, "meta_of_users"};
	g_autofree char *tables = db_sql_tables(sql, &names);

	g_assert_cmpstr(tables, ==, expected);
}

static void test_tables_of_a_statement(void)
{
	assert_tables("SELECT 1", "");
	assert_tables("SELECT * FROM {posts}", "wp_2_posts");
	assert_tables("SELECT {x FROM {posts} p JOIN {users} JOIN {posts} q JOIN {usermeta}",
		"wp_2_posts, wp_users, meta_of_users");
	assert_tables("{", "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
		"/db/db_error/plugin-that-the-library-lacks", test_plugin_that_the_library_lacks);
	g_test_add_func("/db/db_error/locked", test_locked);
	g_test_add_func("/db/db_error/tables-of-a-statement", test_tables_of_a_statement);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/db/db_error/", cases[i].name, NULL);

		g_test_add_data_func(path, &cases[i], test_number);
	}
	return g_test_run();
}

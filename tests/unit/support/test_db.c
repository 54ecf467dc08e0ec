/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts a MariaDB server in a temporary folder, and makes and drops databases in it. */
#include "test_db.h"

#include <glib/gstdio.h>
#include <mysql.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "state/schema.h"

#define SCHEMA_FILE "tests/data/wordpress-schema.sql"

/* Strict, with WordPress's zero dates, whatever the server's default is. */
#define ROOT_SQL                                                                                   \
	"SET SESSION sql_mode = "                                                                  \
	"'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"

/* The shell outlives the test program by the moment that it takes to stop the server and to remove
 * the folder: `cat` ends when the program does, even when it crashes. */
static const char server_script[] =
	"trap '' HUP INT TERM\n"
	"folder=$1\n"
	"mariadb-install-db --no-defaults --user=$(id -un) --datadir=$folder/data "
	"  --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve "
	"  >$folder/install.log 2>&1 </dev/null\n"
	"mariadbd --no-defaults --user=$(id -un) --datadir=$folder/data --tmpdir=$folder/data "
	"--socket=$folder/socket "
	"  --pid-file=$folder/pid --skip-networking --skip-name-resolve --skip-log-bin "
	"  --innodb-buffer-pool-size=32M --innodb-log-file-size=16M "
	"  --innodb-flush-log-at-trx-commit=2 --max-allowed-packet=64M "
	"  >$folder/server.log 2>&1 </dev/null &\n"
	"server=$!\n"
	"cat >/dev/null\n"
	"kill -KILL $server\n"
	"wait $server 2>/dev/null\n"
	"rm -rf \"$folder\"\n";

static struct {
	char *socket;
	int keep_alive_fd; /* closing it ends the server */
	GPid shell;
} server = {.keep_alive_fd = -1};

static void stop_server(void)
{
	if (server.keep_alive_fd >= 0) {
		close(server.keep_alive_fd);
		waitpid(server.shell, NULL, 0);
	}
	g_clear_pointer(&server.socket, g_free);
}

static MYSQL *root_connection(const char *database)
{
	MYSQL *mysql = mysql_init(NULL);

	mysql_options(mysql, MYSQL_INIT_COMMAND, ROOT_SQL);
	if (mysql_real_connect(mysql, NULL, "root", NULL, database, 0, server.socket,
		    CLIENT_MULTI_STATEMENTS) != NULL) {
		mysql_set_character_set(mysql, "utf8mb4");
		return mysql;
	}
	mysql_close(mysql);
	return NULL;
}

/* A condition with a deadline: the server takes about three seconds to come up. */
static void wait_for_server(const char *folder)
{
	gint64 deadline = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
	MYSQL *mysql = NULL;

	while (mysql == NULL && g_get_monotonic_time() < deadline) {
		g_usleep(50 * 1000);
		mysql = root_connection(NULL);
	}
	if (mysql == NULL)
		g_error("MariaDB does not start; see the logs in %s", folder);
	mysql_close(mysql);
}

static void start_server(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("prm-test-db-XXXXXX", &error);
	char *arguments[] = {"sh", "-c", (char *)server_script, "sh", folder, NULL};

	g_assert_no_error(error);
	g_spawn_async_with_pipes(NULL, arguments, NULL,
		G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CLOEXEC_PIPES, NULL, NULL,
		&server.shell, &server.keep_alive_fd, NULL, NULL, &error);
	g_assert_no_error(error);
	server.socket = g_build_filename(folder, "socket", NULL);
	wait_for_server(folder);
}

static bool ensure_server(void)
{
	const char *running = g_getenv("PRM_TEST_MYSQL_SOCKET");
	g_autofree char *installed = NULL;

	if (server.socket != NULL)
		return true;
	if (running == NULL) {
		installed = g_find_program_in_path("mariadbd");
		if (installed == NULL)
			return false;
	}
	atexit(stop_server);
	if (running != NULL)
		server.socket = g_strdup(running);
	else
		start_server();
	return true;
}

static void run_all(MYSQL *mysql, const char *sql)
{
	int status = mysql_query(mysql, sql);

	while (status == 0) {
		MYSQL_RES *result = mysql_store_result(mysql);

		if (result != NULL)
			mysql_free_result(result);
		status = mysql_next_result(mysql);
	}
	if (status > 0)
		g_error("%s\nin: %.500s", mysql_error(mysql), sql);
}

static void run_as_root(const char *database, const char *sql)
{
	MYSQL *mysql = root_connection(database);

	g_assert_nonnull(mysql);
	run_all(mysql, sql);
	mysql_close(mysql);
}

/* On a connection of its own: tests count the statements of theirs. */
static void make_own_tables(const TestDb *test)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = test_db_connect(test);
	bool is_done = state_schema_ensure(db, &error);

	g_assert_no_error(error);
	g_assert_true(is_done);
}

TestDb *test_db_new(void)
{
	static unsigned count = 0;
	g_autoptr(GError) error = NULL;
	g_autofree char *schema = NULL;
	g_autofree char *create = NULL;
	TestDb *test;

	if (!ensure_server()) {
		g_test_skip("mariadbd is not installed (apt install mariadb-server)");
		return NULL;
	}
	test = g_new0(TestDb, 1);
	test->name = g_strdup_printf("prm_test_%d_%u", (int)getpid(), ++count);
	create = g_strdup_printf("CREATE DATABASE `%s` CHARACTER SET utf8mb4", test->name);
	run_as_root(NULL, create);
	g_file_get_contents(SCHEMA_FILE, &schema, NULL, &error);
	g_assert_no_error(error);
	run_as_root(test->name, schema);
	test->options = (DbOptions){
		.socket = server.socket,
		.name = test->name,
		.user = "root",
		.table_prefix = "wp_",
		.base_prefix = "wp_",
	};
	make_own_tables(test);
	test->db = test_db_connect(test);
	return test;
}

void test_db_free(TestDb *test)
{
	g_autofree char *drop = NULL;

	if (test == NULL)
		return;
	drop = g_strdup_printf("DROP DATABASE IF EXISTS `%s`", test->name);
	db_free(test->db);
	run_as_root(NULL, drop);
	g_free(test->name);
	g_free(test);
}

Db *test_db_connect(const TestDb *test)
{
	g_autoptr(GError) error = NULL;
	Db *db = db_open(&test->options, &error);

	g_assert_no_error(error);
	return db;
}

void test_db_exec(const TestDb *test, const char *sql)
{
	run_as_root(test->name, sql);
}

char *test_db_rows(const TestDb *test, const char *sql)
{
	GString *text = g_string_new(NULL);
	MYSQL *mysql = root_connection(test->name);
	MYSQL_RES *result;
	MYSQL_ROW row;

	g_assert_nonnull(mysql);
	if (mysql_query(mysql, sql) != 0)
		g_error("%s\nin: %.500s", mysql_error(mysql), sql);
	result = mysql_store_result(mysql);
	g_assert_nonnull(result);
	while ((row = mysql_fetch_row(result)) != NULL) {
		for (unsigned i = 0; i < mysql_num_fields(result); i++)
			g_string_append_printf(
				text, "%s%s", i > 0 ? "|" : "", row[i] != NULL ? row[i] : "NULL");
		g_string_append_c(text, '\n');
	}
	mysql_free_result(result);
	mysql_close(mysql);
	return g_string_free(text, FALSE);
}

char *test_db_text(const TestDb *test, const char *sql)
{
	char *text = NULL;
	MYSQL *mysql = root_connection(test->name);
	MYSQL_RES *result;
	MYSQL_ROW row;

	g_assert_nonnull(mysql);
	if (mysql_query(mysql, sql) != 0)
		g_error("%s\nin: %.500s", mysql_error(mysql), sql);
	result = mysql_store_result(mysql);
	if (result == NULL)
		g_error("%s\nin: %.500s", mysql_error(mysql), sql);
	row = mysql_fetch_row(result);
	if (row != NULL)
		text = g_strdup(row[0]);
	mysql_free_result(result);
	mysql_close(mysql);
	return text;
}

int64_t test_db_int(const TestDb *test, const char *sql)
{
	g_autofree char *text = test_db_text(test, sql);

	g_assert_nonnull(text);
	return g_ascii_strtoll(text, NULL, 10);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection, statements, streaming and errors, against a real server. */
#include <glib.h>
#include <string.h>

#include "../support/test_db.h"
#include "db/db.h"

static DbStatement *prepare(Db *db, const char *sql)
{
	g_autoptr(GError) error = NULL;
	DbStatement *statement = db_prepare(db, sql, &error);

	g_assert_no_error(error);
	return statement;
}

static void query(DbStatement *statement)
{
	g_autoptr(GError) error = NULL;
	bool is_done = db_query(statement, &error);

	g_assert_no_error(error);
	g_assert_true(is_done);
}

static bool next(DbStatement *statement)
{
	g_autoptr(GError) error = NULL;
	bool row = false;
	bool is_done = db_next(statement, &row, &error);

	g_assert_no_error(error);
	g_assert_true(is_done);
	return row;
}

static uint64_t run(DbStatement *statement)
{
	g_autoptr(GError) error = NULL;
	uint64_t affected = 0;
	bool is_done = db_run(statement, &affected, &error);

	g_assert_no_error(error);
	g_assert_true(is_done);
	return affected;
}

static void insert_option(Db *db, const char *name, const void *value, size_t length)
{
	DbStatement *statement = prepare(db,
		"INSERT INTO {options} (option_name, option_value, autoload) VALUES (?, ?, 'no')");

	db_bind_text(statement, name);
	db_bind_bytes(statement, value, length);
	g_assert_cmpuint(run(statement), ==, 1);
}

static void test_types_come_back_as_they_went_in(void)
{
	g_autoptr(TestDb) test = test_db_new();
	DbStatement *statement;

	if (test == NULL)
		return;
	statement = prepare(test->db, "SELECT ?, ?, NULL, CAST(-5 AS SIGNED), 12.50, SUM(1), "
				      "CAST('0000-00-00 00:00:00' AS DATETIME), CAST('2026-01-15 "
				      "11:00:00' AS DATETIME), ?");
	db_bind_int(statement, -9007199254740993);
	db_bind_text(statement, "José \xf0\x9f\x8e\x89 \"q\" \\ 'a'");
	db_bind_text(statement, NULL);
	query(statement);
	g_assert_true(next(statement));
	g_assert_cmpint(db_column_int(statement, 0), ==, -9007199254740993);
	g_assert_cmpstr(db_column_text(statement, 0), ==, "-9007199254740993");
	g_assert_cmpstr(db_column_text(statement, 1), ==, "José \xf0\x9f\x8e\x89 \"q\" \\ 'a'");
	g_assert_true(db_column_is_null(statement, 2));
	g_assert_null(db_column_text(statement, 2));
	g_assert_cmpint(db_column_int(statement, 2), ==, 0);
	g_assert_cmpuint(db_column_bytes(statement, 2), ==, 0);
	g_assert_cmpstr(db_column_text(statement, 3), ==, "-5");
	g_assert_cmpstr(db_column_text(statement, 4), ==, "12.50");
	g_assert_cmpint(db_column_int(statement, 5), ==, 1);
	g_assert_cmpstr(db_column_text(statement, 6), ==, "0000-00-00 00:00:00");
	g_assert_cmpstr(db_column_text(statement, 7), ==, "2026-01-15 11:00:00");
	g_assert_true(db_column_is_null(statement, 8));
	g_assert_false(next(statement));
	g_assert_false(next(statement));
}

/* Behind what is there already. */
static void test_a_column_of_whole_numbers(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(int64_t));
	static const int64_t expected[] = {7, 9007199254740993, -2, 0};
	int64_t first = expected[0];
	g_autoptr(GError) error = NULL;

	if (test == NULL)
		return;
	g_array_append_val(values, first);
	g_assert_true(db_query_ints(prepare(test->db, "SELECT 9007199254740993, 1 UNION ALL "
						      "SELECT -2, 1 UNION ALL SELECT NULL, 1"),
		values, &error));
	g_assert_true(db_query_ints(prepare(test->db, "SELECT 1 WHERE FALSE"), values, &error));
	g_assert_no_error(error);
	g_assert_cmpmem(values->data, values->len * sizeof(int64_t), expected, sizeof(expected));
}

static void test_the_session_is_set(void)
{
	g_autoptr(TestDb) test = test_db_new();
	DbStatement *statement;

	if (test == NULL)
		return;
	/* MariaDB 10.11 has the one, MySQL 8 the other. */
	statement = prepare(test->db, "SHOW SESSION VARIABLES WHERE Variable_name IN "
				      "('tx_isolation', 'transaction_isolation')");
	query(statement);
	g_assert_true(next(statement));
	g_assert_cmpstr(db_column_text(statement, 1), ==, "READ-COMMITTED");
	statement = prepare(test->db, "SELECT @@sql_mode, @@character_set_client, "
				      "@@collation_connection, @@time_zone, @@autocommit");
	query(statement);
	g_assert_true(next(statement));
	g_assert_cmpstr(db_column_text(statement, 0), ==,
		"STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION");
	g_assert_cmpstr(db_column_text(statement, 1), ==, "utf8mb4");
	g_assert_cmpstr(db_column_text(statement, 2), ==, "utf8mb4_unicode_520_ci");
	g_assert_cmpstr(db_column_text(statement, 3), ==, "+00:00");
	g_assert_cmpint(db_column_int(statement, 4), ==, 1);
}

static void test_large_values_are_whole(void)
{
	static const size_t sizes[] = {
		0, 255, 256, 257, 65535, 65536, 65537, 5 * 1024 * 1024, 3, 300};
	g_autoptr(TestDb) test = test_db_new();
	DbStatement *statement;

	if (test == NULL)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *value = g_malloc(sizes[i] + 1);
		g_autofree char *name = g_strdup_printf("large_%02zu", i);

		memset(value, 'a' + (int)i, sizes[i]);
		insert_option(test->db, name, value, sizes[i]);
	}
	statement = prepare(test->db, "SELECT option_value, option_name FROM {options} WHERE "
				      "option_name LIKE 'large%' ORDER BY "
				      "option_name");
	query(statement);
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		const char *text;

		g_assert_true(next(statement));
		text = db_column_text(statement, 0);
		g_assert_cmpuint(db_column_bytes(statement, 0), ==, sizes[i]);
		g_assert_cmpuint(strlen(text), ==, sizes[i]);
		for (size_t byte = 0; byte < sizes[i]; byte++)
			g_assert_true(text[byte] == 'a' + (int)i);
	}
	g_assert_false(next(statement));
}

static void test_several_large_values_in_one_row(void)
{
	g_autoptr(TestDb) test = test_db_new();
	DbStatement *statement;

	if (test == NULL)
		return;
	statement = prepare(test->db, "SELECT REPEAT('a', 300), REPEAT('b', 70000), NULL, "
				      "REPEAT('c', 300), 7 UNION ALL "
				      "SELECT REPEAT('d', 400), 'e', 'f', REPEAT('g', 90000), 8");
	query(statement);
	for (unsigned row = 0; row < 2; row++) {
		static const size_t bytes[2][4] = {{300, 70000, 0, 300}, {400, 1, 1, 90000}};
		static const char *const letters[] = {"ab\0c", "defg"};

		g_assert_true(next(statement));
		for (unsigned column = 0; column < 4; column++) {
			const char *text = db_column_text(statement, column);

			g_assert_cmpuint(
				db_column_bytes(statement, column), ==, bytes[row][column]);
			g_assert_true((text == NULL) == (bytes[row][column] == 0));
			g_assert_true(text == NULL || text[0] == letters[row][column]);
		}
		g_assert_cmpint(db_column_int(statement, 4), ==, 7 + row);
	}
	g_assert_false(next(statement));
}

static size_t resident_kb(void)
{
	g_autofree char *status = NULL;

	g_assert_true(g_file_get_contents("/proc/self/status", &status, NULL, NULL));
	return (size_t)g_ascii_strtoull(strstr(status, "VmRSS:") + strlen("VmRSS:"), NULL, 10);
}

static void test_ten_thousand_rows_stream(void)
{
	g_autoptr(TestDb) test = test_db_new();
	DbStatement *statement;
	size_t before_kb;
	int64_t expected = 0;

	if (test == NULL)
		return;
	test_db_exec(test,
		"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) "
		"WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 99) "
		"SELECT a.i * 100 + b.i + 1, 'big', REPEAT('x', 4000) FROM n a JOIN n b ORDER BY "
		"1");
	statement =
		prepare(test->db, "SELECT post_id, meta_value FROM {postmeta} ORDER BY meta_id");
	query(statement);
	g_assert_true(next(statement));
	before_kb = resident_kb();
	do {
		g_assert_cmpint(db_column_int(statement, 0), ==, ++expected);
		g_assert_cmpuint(db_column_bytes(statement, 1), ==, 4000);
	} while (next(statement));
	g_assert_cmpint(expected, ==, 10000);
	/* All rows are 40 MB. */
	g_assert_cmpuint(resident_kb(), <, before_kb + 8 * 1024);
}

/* MySQL prepares this one without columns. */
static void test_columns_are_those_of_the_answer(void)
{
	g_autoptr(TestDb) test = test_db_new();

	if (test == NULL)
		return;
	for (int round = 0; round < 2; round++) {
		DbStatement *statement = prepare(test->db, "SHOW GRANTS");

		query(statement);
		g_assert_true(next(statement));
		g_assert_true(g_str_has_prefix(db_column_text(statement, 0), "GRANT "));
	}
	query(prepare(test->db, "SELECT 1 FROM {options}"));
}

static void test_rows_that_nobody_wants_stay_in_nobodys_way(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	bool is_done;

	if (test == NULL)
		return;
	for (int round = 0; round < 2; round++) {
		is_done = db_run(
			prepare(test->db, "SELECT option_name FROM {options}"), NULL, &error);
		g_assert_no_error(error);
		g_assert_true(is_done);
		is_done = db_run(prepare(test->db, "SHOW GRANTS"), NULL, &error);
		g_assert_no_error(error);
		g_assert_true(is_done);
	}
	query(prepare(test->db, "SELECT 1 FROM {options}"));
}

static void test_a_second_statement_ends_an_open_result(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	DbStatement *options;
	bool row = true;

	if (test == NULL)
		return;
	options = prepare(test->db, "SELECT option_name FROM {options}");
	query(options);
	g_assert_true(next(options));
	insert_option(test->db, "between", "1", 1);
	g_assert_false(db_next(options, &row, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_QUERY);
	g_assert_true(row);
	query(options);
	g_assert_true(next(options));
	db_finish(options);
	insert_option(test->db, "after", "1", 1);
}

static void test_statements_are_cached_and_counted(void)
{
	g_autoptr(TestDb) test = test_db_new();
	uint64_t before;
	DbStatement *statement;
	int64_t held = 0;

	if (test == NULL)
		return;
	statement = prepare(test->db, "SELECT 7 FROM {options} WHERE option_name = ?");
	g_assert_true(
		statement == prepare(test->db, "SELECT 7 FROM {options} WHERE option_name = ?"));
	before = db_statement_count(test->db);
	for (int i = 0; i < 200; i++) {
		g_autofree char *sql = g_strdup_printf("SELECT %d", i);

		statement = prepare(test->db, sql);
		query(statement);
		g_assert_true(next(statement));
		g_assert_cmpint(db_column_int(statement, 0), ==, i);
		g_assert_false(next(statement));
	}
	g_assert_cmpuint(db_statement_count(test->db), ==, before + 200);
	/* The server holds no more of them than the cache does. */
	statement = prepare(test->db, "SHOW SESSION STATUS WHERE Variable_name IN "
				      "('Com_stmt_prepare', 'Com_stmt_close')");
	query(statement);
	while (next(statement))
		held += g_str_equal(db_column_text(statement, 0), "Com_stmt_prepare")
				? db_column_int(statement, 1)
				: -db_column_int(statement, 1);
	g_assert_cmpint(held, >, 8);
	g_assert_cmpint(held, <=, 65);
}

static void test_multi_row_insert_is_one_statement(void)
{
	enum { ROWS = 2000 };
	g_autoptr(TestDb) test = test_db_new();
	g_autofree char *sql =
		db_repeat_sql("INSERT INTO {postmeta} (post_id, meta_key, meta_value) VALUES ",
			"(?, ?, ?)", ROWS, "");
	DbStatement *statement;

	if (test == NULL)
		return;
	statement = prepare(test->db, sql);
	for (int i = 0; i < ROWS; i++) {
		db_bind_int(statement, i);
		db_bind_text(statement, "key");
		db_bind_text(statement, "value");
	}
	g_assert_cmpuint(run(statement), ==, ROWS);
	g_assert_cmpuint(db_insert_id(test->db), ==, 1);
}

static void test_affected_rows_are_changed_rows(void)
{
	g_autoptr(TestDb) test = test_db_new();
	DbStatement *statement;

	if (test == NULL)
		return;
	statement = prepare(
		test->db, "UPDATE {options} SET option_value = 'x' WHERE option_name = 'home'");
	g_assert_cmpuint(run(statement), ==, 1);
	statement = prepare(
		test->db, "UPDATE {options} SET option_value = 'x' WHERE option_name = 'home'");
	g_assert_cmpuint(run(statement), ==, 0);
}

static void test_network_tables_have_the_base_prefix(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) blog = NULL;

	if (test == NULL)
		return;
	test_db_exec(test, "CREATE TABLE wp_2_options LIKE wp_options");
	test->options.table_prefix = "wp_2_";
	blog = test_db_connect(test);
	query(prepare(blog, "SELECT COUNT(*), '{\"a\":1}', '{Posts}' FROM {options}, {usermeta}"));
	g_assert_null(db_prepare(blog, "SELECT * FROM {posts}", &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_SCHEMA);
	g_assert_nonnull(strstr(error->message, "wp_2_posts"));
	g_assert_nonnull(strstr(error->message, "table_prefix"));
}

typedef struct {
	const char *name;
	const char *sql;
	DbErrorCode code;
	const char *says;
} RefusalCase;

static const RefusalCase refusals[] = {
	{"too long",
		"INSERT INTO {posts} (post_status, post_content, post_title, post_excerpt, "
		"to_ping, "
		"pinged, post_content_filtered) VALUES (REPEAT('x', 21), '', '', '', '', '', '')",
		DB_ERROR_DATA, "post_status"},
	{"bad UTF-8", "UPDATE {options} SET option_value = X'ff41' WHERE option_name = 'home'",
		DB_ERROR_DATA, "option_value"},
	{"column left out", "INSERT INTO {posts} (post_status) VALUES ('publish')", DB_ERROR_QUERY,
		"post_content"},
	{"number out of range", "UPDATE {posts} SET menu_order = 99999999999", DB_ERROR_DATA, NULL},
	{"no date", "UPDATE {posts} SET post_date = '2026-01-06 99:99:99'", DB_ERROR_DATA,
		"post_date"},
	{"unknown column", "SELECT nonsense FROM {options}", DB_ERROR_SCHEMA, "nonsense"},
	{"unknown table", "SELECT 1 FROM {nonsense}", DB_ERROR_SCHEMA, "wp_nonsense"},
	{"syntax", "SELEKT 1", DB_ERROR_QUERY, NULL},
	{"two statements", "SELECT 1; SELECT 2", DB_ERROR_QUERY, NULL},
	{"duplicate", "INSERT INTO {options} (option_name, option_value) VALUES ('home', '')",
		DB_ERROR_DUPLICATE, "Duplicate"},
	{"table is there", "CREATE TABLE {options} (x INT)", DB_ERROR_EXISTS, "wp_options"},
	{"column is there", "ALTER TABLE {options} ADD COLUMN option_name INT", DB_ERROR_EXISTS,
		"option_name"},
	{"key is there", "ALTER TABLE {options} ADD KEY autoload (option_name)", DB_ERROR_EXISTS,
		"autoload"},
	{"column is gone", "ALTER TABLE {options} DROP COLUMN nonsense", DB_ERROR_EXISTS,
		"nonsense"},
};

static void test_refusals_are_told_apart(void)
{
	g_autoptr(TestDb) test = test_db_new();

	if (test == NULL)
		return;
	test_db_exec(test,
		"INSERT INTO wp_posts (ID, post_content, post_title, post_excerpt, to_ping, "
		"pinged, post_content_filtered) VALUES (1, '', '', '', '', '', '')");
	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_autoptr(GError) error = NULL;
		DbStatement *statement = db_prepare(test->db, refusals[i].sql, &error);
		bool is_done = statement != NULL && db_run(statement, NULL, &error);

		g_test_message("%s: %s", refusals[i].name, error != NULL ? error->message : "");
		g_assert_false(is_done);
		g_assert_error(error, DB_ERROR, (int)refusals[i].code);
		if (refusals[i].says != NULL)
			g_assert_nonnull(strstr(error->message, refusals[i].says));
	}
}

typedef struct {
	const char *name;
	const char *socket;
	const char *user;
	const char *database;
	const char *prefix;
	DbTls tls;
	DbErrorCode code;
	const char *says;
} ConnectCase;

static const ConnectCase connect_cases[] = {
	{"wrong password", NULL, "prm_reader", NULL, "wp_", DB_TLS_PREFERRED, DB_ERROR_ACCESS,
		"check user and password"},
	{"unknown user", NULL, "nobody_here", NULL, "wp_", DB_TLS_PREFERRED, DB_ERROR_ACCESS,
		"nobody_here"},
	{"unknown database", NULL, NULL, "no_such_db", "wp_", DB_TLS_PREFERRED, DB_ERROR_ACCESS,
		"no_such_db"},
	{"no server", "/nonexistent/socket", NULL, NULL, "wp_", DB_TLS_PREFERRED,
		DB_ERROR_UNAVAILABLE, "/nonexistent/socket"},
	{"prefix with a quote", NULL, NULL, NULL, "wp_`; DROP", DB_TLS_PREFERRED, DB_ERROR_SCHEMA,
		"table_prefix"},
	{"empty prefix", NULL, NULL, NULL, "", DB_TLS_PREFERRED, DB_ERROR_SCHEMA, "table_prefix"},
};

static void test_connect_errors_name_what_to_check(void)
{
	g_autoptr(TestDb) test = test_db_new();

	if (test == NULL)
		return;
	test_db_exec(test, "DROP USER IF EXISTS prm_reader@localhost; "
			   "CREATE USER prm_reader@localhost IDENTIFIED BY 'right-pw'");
	for (size_t i = 0; i < G_N_ELEMENTS(connect_cases); i++) {
		const ConnectCase *at = &connect_cases[i];
		g_autoptr(GError) error = NULL;
		DbOptions options = test->options;

		options.socket = at->socket != NULL ? at->socket : options.socket;
		options.user = at->user != NULL ? at->user : options.user;
		options.name = at->database != NULL ? at->database : options.name;
		options.password = at->user != NULL ? "wrong-pw" : NULL;
		options.table_prefix = at->prefix;
		options.tls = at->tls;
		g_assert_null(db_open(&options, &error));
		g_test_message("%s: %s", at->name, error->message);
		g_assert_error(error, DB_ERROR, (int)at->code);
		g_assert_nonnull(strstr(error->message, at->says));
		g_assert_null(strstr(error->message, "wrong-pw"));
	}
}

/* This server of MariaDB's offers none, MySQL's does by itself. */
static void test_required_tls_is_there_or_refused(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = NULL;
	DbStatement *statement;

	if (test == NULL)
		return;
	test->options.tls = DB_TLS_REQUIRED;
	db = db_open(&test->options, &error);
	if (db == NULL) {
		g_assert_error(error, DB_ERROR, DB_ERROR_UNAVAILABLE);
		g_assert_nonnull(strstr(error->message, "check tls"));
		return;
	}
	statement = prepare(db, "SHOW SESSION STATUS LIKE 'Ssl_cipher'");
	query(statement);
	g_assert_true(next(statement));
	g_assert_cmpuint(db_column_bytes(statement, 1), >, 0);
}

typedef struct {
	const char *name;
	const char *alter;
	const char *says;
} AccountCase;

static const AccountCase account_cases[] = {
	{"locked", "ACCOUNT LOCK", "ACCOUNT UNLOCK"},
	{"expired", "PASSWORD EXPIRE", "PASSWORD EXPIRE NEVER"},
};

static void test_accounts_out_of_use_name_what_to_do(void)
{
	g_autoptr(TestDb) test = test_db_new();
	DbOptions options;

	if (test == NULL)
		return;
	options = test->options;
	options.user = "prm_idle";
	options.password = "pw";
	for (size_t i = 0; i < G_N_ELEMENTS(account_cases); i++) {
		const AccountCase *at = &account_cases[i];
		g_autoptr(GError) error = NULL;
		g_autoptr(Db) db = NULL;
		g_autofree char *sql =
			g_strdup_printf("DROP USER IF EXISTS prm_idle@localhost; "
					"CREATE USER prm_idle@localhost IDENTIFIED BY 'pw'; "
					"GRANT SELECT ON `%s`.* TO prm_idle@localhost; "
					"ALTER USER prm_idle@localhost %s",
				test->name, at->alter);

		test_db_exec(test, sql);
		/* MariaDB lets those in whose password has expired, and then refuses. */
		db = db_open(&options, &error);
		if (db != NULL)
			g_assert_null(db_prepare(db, "SELECT 1 FROM {options}", &error));
		g_test_message("%s: %s", at->name, error->message);
		g_assert_error(error, DB_ERROR, DB_ERROR_ACCESS);
		g_assert_nonnull(strstr(error->message, at->says));
	}
	test_db_exec(test, "DROP USER prm_idle@localhost");
}

static void test_missing_privileges_are_access_errors(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autofree char *sql = NULL;
	g_autoptr(Db) db = NULL;
	DbStatement *statement;
	g_autoptr(GError) error = NULL;

	if (test == NULL)
		return;
	sql = g_strdup_printf("DROP USER IF EXISTS prm_selector@localhost; "
			      "CREATE USER prm_selector@localhost IDENTIFIED BY 'pw'; "
			      "GRANT SELECT ON `%s`.* TO prm_selector@localhost",
		test->name);
	test_db_exec(test, sql);
	test->options.user = "prm_selector";
	test->options.password = "pw";
	db = test_db_connect(test);
	statement = db_prepare(db, "DELETE FROM {options}", &error);
	g_assert_false(statement != NULL && db_run(statement, NULL, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_ACCESS);
	g_assert_nonnull(strstr(error->message, "wp_options"));
	g_assert_nonnull(strstr(error->message, "sql/grants.sql"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
		"/db/types-come-back-as-they-went-in", test_types_come_back_as_they_went_in);
	g_test_add_func("/db/a-column-of-whole-numbers", test_a_column_of_whole_numbers);
	g_test_add_func("/db/session-is-set", test_the_session_is_set);
	g_test_add_func("/db/large-values-are-whole", test_large_values_are_whole);
	g_test_add_func(
		"/db/several-large-values-in-one-row", test_several_large_values_in_one_row);
	g_test_add_func("/db/ten-thousand-rows-stream", test_ten_thousand_rows_stream);
	g_test_add_func(
		"/db/columns-are-those-of-the-answer", test_columns_are_those_of_the_answer);
	g_test_add_func("/db/rows-that-nobody-wants-stay-in-nobodys-way",
		test_rows_that_nobody_wants_stay_in_nobodys_way);
	g_test_add_func(
		"/db/required-tls-is-there-or-refused", test_required_tls_is_there_or_refused);
	g_test_add_func("/db/accounts-out-of-use-name-what-to-do",
		test_accounts_out_of_use_name_what_to_do);
	g_test_add_func("/db/second-statement-ends-an-open-result",
		test_a_second_statement_ends_an_open_result);
	g_test_add_func(
		"/db/statements-are-cached-and-counted", test_statements_are_cached_and_counted);
	g_test_add_func(
		"/db/multi-row-insert-is-one-statement", test_multi_row_insert_is_one_statement);
	g_test_add_func("/db/affected-rows-are-changed-rows", test_affected_rows_are_changed_rows);
	g_test_add_func("/db/network-tables-have-the-base-prefix",
		test_network_tables_have_the_base_prefix);
	g_test_add_func("/db/refusals-are-told-apart", test_refusals_are_told_apart);
	g_test_add_func(
		"/db/connect-errors-name-what-to-check", test_connect_errors_name_what_to_check);
	g_test_add_func("/db/missing-privileges-are-access-errors",
		test_missing_privileges_are_access_errors);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections as they stand in the table: whose are read, and what a change leaves alone. */
#include <glib.h>
#include <string.h>

#include "../support/test_db.h"
#include "state/connection_state.h"
#include "user/connections_row.h"

#define KEY "_prm_calendar_connections"
#define STORED                                                                                     \
	"a:1:{i:0;a:5:{s:2:\"id\";s:18:\"conn_65a1b2c3d4e5f\";s:8:\"provider\";s:6:\"caldav\";"    \
	"s:7:\"unknown\";d:0.1;s:9:\"last_sync\";N;s:10:\"last_error\";s:3:\"old\";}}"

static const WpSite site = {.connections_key = (char *)KEY};

static void insert_rows(const TestDb *test)
{
	test_db_exec(test, "INSERT INTO wp_users (ID, user_login, display_name, user_email) VALUES "
			   "(2, 'anna', 'Anna A', 'anna@example.org'), (3, 'ben', 'Ben', '')");
	test_db_exec(test, "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES "
			   "(2, '" KEY "', '" STORED "'), (3, '" KEY "', 'damaged'), (5, '" KEY
			   "', '" STORED "')");
}

static void test_all_rows_are_loaded_with_their_users(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = NULL;
	g_autoptr(GArray) orphans = NULL;
	const UserConnections *anna;

	if (test == NULL)
		return;
	insert_rows(test);
	rows = connections_rows_load(test->db, &site, &orphans, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(rows->len, ==, 2);
	anna = rows->pdata[0];
	g_assert_cmpint(anna->user->id, ==, 2);
	g_assert_cmpstr(anna->user->login, ==, "anna");
	g_assert_cmpstr(anna->user->email, ==, "anna@example.org");
	g_assert_cmpmem(g_bytes_get_data(anna->stored, NULL), g_bytes_get_size(anna->stored),
		STORED, strlen(STORED));
	g_assert_cmpuint(orphans->len, ==, 1);
	g_assert_cmpint(g_array_index(orphans, int64_t, 0), ==, 5);
}

static void test_one_users_connections_are_read(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(ConnectionList) list = NULL;
	g_autoptr(ConnectionList) none = NULL;
	const Connection *connection;

	if (test == NULL)
		return;
	insert_rows(test);
	list = connections_row_read(test->db, &site, 2, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(list->connections->len, ==, 1);
	connection = list->connections->pdata[0];
	g_assert_cmpstr(connection->id, ==, "conn_65a1b2c3d4e5f");
	none = connections_row_read(test->db, &site, 4, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(none->connections->len, ==, 0);
	g_assert_cmpuint(none->problems->len, ==, 0);
	g_assert_null(connections_row_read(test->db, &site, 3, &error));
	g_assert_error(error, CONNECTION_ERROR, CONNECTION_ERROR_DAMAGED);
	g_assert_nonnull(strstr(error->message, "user 3"));
}

static void test_a_change_touches_its_fields_only(void)
{
	static const ConnectionChange change = {
		.last_sync = "2026-01-15T11:00:00+01:00", .set_last_error = true};
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *stored = NULL;
	uint64_t before;

	if (test == NULL)
		return;
	insert_rows(test);
	g_assert_true(connections_row_update(
		test->db, &site, 2, "conn_65a1b2c3d4e5f", &change, NULL, &error));
	g_assert_no_error(error);
	stored = test_db_text(test, "SELECT meta_value FROM wp_usermeta WHERE user_id = 2");
	g_assert_cmpstr(stored, ==,
		"a:1:{i:0;a:5:{s:2:\"id\";s:18:\"conn_65a1b2c3d4e5f\";s:8:\"provider\";s:6:"
		"\"caldav\";"
		"s:7:\"unknown\";d:0.1;s:9:\"last_sync\";s:25:\"2026-01-15T11:00:00+01:00\";"
		"s:10:\"last_error\";N;}}");
	/* The same again: one look, no write. */
	before = db_statement_count(test->db);
	g_assert_true(connections_row_update(
		test->db, &site, 2, "conn_65a1b2c3d4e5f", &change, NULL, &error));
	g_assert_cmpuint(db_statement_count(test->db), ==, before + 1);
}

/* Whether {prm_calendar_connections} remembers this `last_sync`. */
static bool remembers(const TestDb *test, const char *last_sync)
{
	uint8_t hash[STATE_HASH_BYTES];
	g_autofree char *stored = test_db_text(
		test, "SELECT HEX(last_sync_hash) FROM wp_prm_calendar_connections WHERE id = 9");
	g_autoptr(GString) hex = g_string_new(NULL);

	connection_state_hash_last_sync(last_sync, hash);
	for (size_t i = 0; i < sizeof(hash); i++)
		g_string_append_printf(hex, "%02X", hash[i]);
	return g_strcmp0(stored, hex->str) == 0;
}

static bool update_and_remember(const TestDb *test, const ConnectionChange *change,
	const ConnectionMemory *memory, GError **error)
{
	const ConnectionUpdate update = {"conn_65a1b2c3d4e5f", *change};
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);

	return connections_row_update_all(
		test->db, &site, 2, &update, memory, 1, NULL, problems, error);
}

#define THEIRS "2026-01-15T10:59:00+01:00"
#define OURS "2026-01-15T11:00:00+01:00"

static void test_our_time_is_remembered_with_the_row(void)
{
	static const struct {
		const char *name;
		const char *stored; /* instead of null */
		const char *known;
		const char *remembered;
	} cases[] = {
		{"nobody else", NULL, NULL, OURS},
		{"as it was known", THEIRS, THEIRS, OURS},
		{"somebody else, meanwhile", THEIRS, NULL, THEIRS},
		{"written already, and the answer was lost", OURS, NULL, OURS},
	};
	static const ConnectionChange change = {.last_sync = OURS, .set_last_error = true};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const ConnectionMemory memory = {9, cases[i].known, true};
		const ConnectionChange before = {.last_sync = cases[i].stored};
		g_autoptr(TestDb) test = test_db_new();
		g_autoptr(GError) error = NULL;
		uint64_t statements;

		if (test == NULL)
			return;
		g_test_message("%s", cases[i].name);
		insert_rows(test);
		test_db_exec(test, "INSERT INTO wp_prm_calendar_connections (id, user_id, "
				   "connection_hash, connection_id) VALUES "
				   "(9, 2, REPEAT('x', 16), 'conn_65a1b2c3d4e5f')");
		g_assert_true(connections_row_update(
			test->db, &site, 2, "conn_65a1b2c3d4e5f", &before, NULL, &error));
		statements = db_statement_count(test->db);
		g_assert_true(update_and_remember(test, &change, &memory, &error));
		g_assert_no_error(error);
		g_assert_cmpuint(db_statement_count(test->db), <=, statements + 2);
		g_assert_true(remembers(test, cases[i].remembered));
	}
}

/* Our own tables may be dropped at any moment. */
static void test_a_memory_that_is_gone_keeps_nobody_from_writing(void)
{
	static const ConnectionMemory memory = {9, NULL, true};
	static const ConnectionChange change = {.last_sync = OURS};
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *stored = NULL;

	if (test == NULL)
		return;
	insert_rows(test);
	g_assert_true(update_and_remember(test, &change, &memory, &error));
	g_assert_no_error(error);
	stored = test_db_text(test, "SELECT meta_value FROM wp_usermeta WHERE user_id = 2");
	g_assert_nonnull(strstr(stored, OURS));
}

typedef struct {
	const char *name;
	int64_t user_id;
	const char *connection_id;
	int code;
} RefusalCase;

static const RefusalCase refusals[] = {
	{"no such connection", 2, "conn_0000000000000", CONNECTION_ERROR_NOT_FOUND},
	{"no row", 4, "conn_65a1b2c3d4e5f", CONNECTION_ERROR_NOT_FOUND},
	{"damaged row", 3, "conn_65a1b2c3d4e5f", CONNECTION_ERROR_DAMAGED},
};

static void test_what_cannot_be_changed_is_left_alone(void)
{
	static const ConnectionChange change = {.last_sync = "2026-01-15T11:00:00+01:00"};
	g_autoptr(TestDb) test = test_db_new();
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;

	if (test == NULL)
		return;
	insert_rows(test);
	before = test_db_rows(test, "SELECT * FROM wp_usermeta");
	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_autoptr(GError) error = NULL;

		g_test_message("%s", refusals[i].name);
		g_assert_false(connections_row_update(test->db, &site, refusals[i].user_id,
			refusals[i].connection_id, &change, NULL, &error));
		g_assert_error(error, CONNECTION_ERROR, refusals[i].code);
		g_assert_nonnull(strstr(error->message, "user "));
	}
	after = test_db_rows(test, "SELECT * FROM wp_usermeta");
	g_assert_cmpstr(after, ==, before);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wp/connections_row/all-rows-are-loaded-with-their-users",
		test_all_rows_are_loaded_with_their_users);
	g_test_add_func("/wp/connections_row/one-users-connections-are-read",
		test_one_users_connections_are_read);
	g_test_add_func("/wp/connections_row/change-touches-its-fields-only",
		test_a_change_touches_its_fields_only);
	g_test_add_func("/wp/connections_row/what-cannot-be-changed-is-left-alone",
		test_what_cannot_be_changed_is_left_alone);
	g_test_add_func("/wp/connections_row/our-time-is-remembered-with-the-row",
		test_our_time_is_remembered_with_the_row);
	g_test_add_func("/wp/connections_row/a-memory-that-is-gone-keeps-nobody-from-writing",
		test_a_memory_that_is_gone_keeps_nobody_from_writing);
	return g_test_run();
}

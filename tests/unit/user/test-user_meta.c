/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of user meta: whose are read, and two writers at once. */
#include <gio/gio.h>
#include <glib.h>
#include <string.h>

#include "../support/test_db.h"
#include "user/user_meta.h"

#define KEY "_prm_calendar_connections"

static bool list_row(const UserMetaRow *row, void *data, GError **error)
{
	GString *out = data;

	(void)error;
	g_string_append_printf(out, "%d %s %s %s\n", (int)row->user_id,
		row->login != NULL ? row->login : "(deleted)",
		row->display_name != NULL ? row->display_name : "-",
		row->value != NULL ? row->value : "NULL");
	return true;
}

static void insert_rows(const TestDb *test)
{
	test_db_exec(test, "INSERT INTO wp_users (ID, user_login, display_name, user_email) VALUES "
			   "(2, 'anna', 'Anna A', 'anna@example.org'), (3, 'ben', 'Ben', ''), (7, "
			   "'cas', 'Cas', '')");
	test_db_exec(test,
		"INSERT INTO wp_usermeta (umeta_id, user_id, meta_key, meta_value) VALUES "
		"(10, 7, '" KEY "', 'first of cas'), (11, 7, '" KEY "', 'second of cas'), "
		"(12, 2, '_PRM_calendar_connections', 'wrong case'), (13, 2, '" KEY
		"', 'of anna'), "
		"(14, 3, '" KEY "', NULL), (15, 5, '" KEY "', 'of a deleted user'), "
		"(16, 2, 'nickname', 'anna'), (17, 0, '" KEY "', 'of nobody')");
}

static void test_each_user_gives_the_first_row(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	if (test == NULL)
		return;
	insert_rows(test);
	g_assert_true(user_meta_each(test->db, KEY, list_row, out, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(out->str, ==,
		"2 anna Anna A of anna\n"
		"3 ben Ben NULL\n"
		"5 (deleted) - of a deleted user\n"
		"7 cas Cas first of cas\n");
}

static bool refuse_row(const UserMetaRow *row, void *data, GError **error)
{
	unsigned *count = data;

	(void)row;
	++*count;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "enough");
	return false;
}

static void test_a_callback_can_end_the_reading(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	unsigned count = 0;

	if (test == NULL)
		return;
	insert_rows(test);
	g_assert_false(user_meta_each(test->db, KEY, refuse_row, &count, &error));
	g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
	g_assert_cmpuint(count, ==, 1);
}

static void test_one_user_is_read(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(UserMetaRow) row = NULL;
	g_autoptr(UserMetaRow) none = NULL;

	if (test == NULL)
		return;
	insert_rows(test);
	g_assert_true(user_meta_read(test->db, 2, KEY, &row, &error));
	g_assert_cmpint(row->umeta_id, ==, 13);
	g_assert_cmpstr(row->email, ==, "anna@example.org");
	g_assert_cmpmem(row->value, row->length, "of anna", 7);
	g_assert_true(user_meta_read(test->db, 4, KEY, &none, &error));
	g_assert_null(none);
}

/* Appends `text` to the value; `meddle` writes the row in between, while its count lasts. */
typedef struct {
	const TestDb *test;
	const char *text;
	unsigned meddlings;
	unsigned calls;
} Append;

static bool append_text(const char *value, size_t length, void *data, char **ret_value,
	size_t *ret_length, GError **error)
{
	Append *append = data;

	(void)error;
	append->calls++;
	if (append->calls <= append->meddlings)
		test_db_exec(append->test, "UPDATE wp_usermeta SET meta_value = CONCAT(meta_value, "
					   "'+theme') WHERE umeta_id = 13");
	if (append->text == NULL)
		return true;
	*ret_value = g_strdup_printf("%.*s%s", (int)length, value, append->text);
	*ret_length = strlen(*ret_value);
	return true;
}

static void assert_value(const TestDb *test, const char *expected)
{
	g_autofree char *value =
		test_db_text(test, "SELECT meta_value FROM wp_usermeta WHERE umeta_id = 13");

	g_assert_cmpstr(value, ==, expected);
}

static void test_what_others_write_meanwhile_is_kept(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Append append = {.text = "+ours", .meddlings = 3};
	bool is_written = false;

	if (test == NULL)
		return;
	append.test = test;
	insert_rows(test);
	g_assert_true(user_meta_change(
		test->db, 2, KEY, append_text, &append, NULL, NULL, &is_written, &error));
	g_assert_no_error(error);
	g_assert_true(is_written);
	g_assert_cmpuint(append.calls, ==, 4);
	assert_value(test, "of anna+theme+theme+theme+ours");
}

static void test_endless_meddling_is_a_conflict(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Append append = {.text = "+ours", .meddlings = 1000};

	if (test == NULL)
		return;
	append.test = test;
	insert_rows(test);
	g_assert_false(
		user_meta_change(test->db, 2, KEY, append_text, &append, NULL, NULL, NULL, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_CONFLICT);
	g_assert_nonnull(strstr(error->message, "user 2"));
}

static void test_nothing_to_change_writes_nothing(void)
{
	static const char *const texts[] = {"", NULL};
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;

	if (test == NULL)
		return;
	insert_rows(test);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		Append append = {.test = test, .text = texts[i]};
		uint64_t before = db_statement_count(test->db);
		bool is_written = true;

		g_assert_true(user_meta_change(
			test->db, 2, KEY, append_text, &append, NULL, NULL, &is_written, &error));
		g_assert_false(is_written);
		g_assert_cmpuint(db_statement_count(test->db), ==, before + 1);
	}
}

static void test_a_user_without_a_row_gets_none(void)
{
	static const int64_t users[] = {3, 4};
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;

	if (test == NULL)
		return;
	insert_rows(test);
	for (size_t i = 0; i < G_N_ELEMENTS(users); i++) {
		Append append = {.test = test, .text = "+ours"};
		bool is_written = true;

		g_assert_true(user_meta_change(test->db, users[i], KEY, append_text, &append, NULL,
			NULL, &is_written, &error));
		g_assert_false(is_written);
		g_assert_cmpuint(append.calls, ==, 0);
	}
}

static bool set_text(const char *value, size_t length, void *data, char **ret_value,
	size_t *ret_length, GError **error)
{
	Append *append = data;
	(void)value;
	(void)length;
	(void)error;
	append->calls++;
	if (append->calls <= append->meddlings) {
		g_autofree char *id = test_db_text(append->test,
			"SELECT MAX(ID) FROM information_schema.PROCESSLIST WHERE DB = DATABASE() "
			"AND "
			"ID <> CONNECTION_ID()");
		g_autofree char *kill = g_strconcat("KILL ", id, NULL);

		test_db_exec(append->test, kill);
	}
	*ret_value = g_strdup(append->text);
	*ret_length = strlen(append->text);
	return true;
}

static void test_a_lost_answer_is_looked_up(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	Append first = {.text = "first"};
	Append set = {.text = "set", .meddlings = 1};
	bool is_written = false;

	if (test == NULL)
		return;
	set.test = test;
	insert_rows(test);
	/* From now on the UPDATE is prepared: only its execution can meet the lost connection. */
	g_assert_true(
		user_meta_change(test->db, 2, KEY, set_text, &first, NULL, NULL, NULL, &error));
	g_assert_true(user_meta_change(
		test->db, 2, KEY, set_text, &set, NULL, NULL, &is_written, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(set.calls, ==, 2);
	assert_value(test, "set");
}

/* Of several connections in one statement, and of one that is gone. */
static void test_each_memory_is_written_with_the_row(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) memories = g_array_new(FALSE, FALSE, sizeof(UserMetaMemory));
	g_autofree char *remembered = NULL;
	Append set = {.text = "set"};
	bool is_written = false;

	if (test == NULL)
		return;
	insert_rows(test);
	test_db_exec(test, "INSERT INTO wp_prm_calendar_connections (id, user_id, connection_hash, "
			   "connection_id) VALUES (3, 2, REPEAT('a', 16), 'a'), "
			   "(4, 2, REPEAT('b', 16), 'b'), (5, 2, REPEAT('c', 16), 'c')");
	for (int64_t id = 3; id <= 9; id += 2) {
		UserMetaMemory memory = {.connection = id};

		memset(memory.last_sync_hash, (int)('0' + id), STATE_HASH_BYTES);
		g_array_append_val(memories, memory);
	}
	g_assert_true(user_meta_change(
		test->db, 2, KEY, set_text, &set, NULL, memories, &is_written, &error));
	g_assert_no_error(error);
	g_assert_true(is_written);
	g_assert_cmpuint(set.calls, ==, 1);
	assert_value(test, "set");
	remembered = test_db_rows(test, "SELECT id, IFNULL(last_sync_hash, '-') FROM "
					"wp_prm_calendar_connections ORDER BY id");
	g_assert_cmpstr(remembered, ==, "3|3333333333333333\n4|-\n5|5555555555555555\n");
}

static gpointer append_many(gpointer data)
{
	Append *append = data;
	g_autoptr(Db) db = test_db_connect(append->test);

	for (int i = 0; i < 50; i++) {
		g_autoptr(GError) error = NULL;

		g_assert_true(user_meta_change(
			db, 2, KEY, append_text, append, NULL, NULL, NULL, &error));
	}
	return NULL;
}

static void test_two_writers_lose_nothing(void)
{
	g_autoptr(TestDb) test = test_db_new();
	Append one = {.test = test, .text = "1"};
	Append two = {.test = test, .text = "2"};
	GThread *thread;

	if (test == NULL)
		return;
	insert_rows(test);
	thread = g_thread_new("writer", append_many, &one);
	append_many(&two);
	g_thread_join(thread);
	g_assert_cmpint(test_db_int(test, "SELECT LENGTH(REPLACE(meta_value, '1', '')) * 1000 + "
					  "LENGTH(REPLACE(meta_value, '2', '')) FROM wp_usermeta "
					  "WHERE umeta_id = 13"),
		==, 57 * 1000 + 57);
}

static void test_a_row_is_made_once(void)
{
	static const struct {
		int64_t user_id;
		bool is_added;
	} cases[] = {
		{4, false}, /* no such user */
		{2, false}, /* has one */
		{8, true},
		{8, false},
	};
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(UserMetaRow) row = NULL;

	if (test == NULL)
		return;
	insert_rows(test);
	test_db_exec(test, "INSERT INTO wp_users (ID, user_login) VALUES (8, 'dora')");
	/* Another key in all but its case is none. */
	test_db_exec(test, "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES (8, "
			   "'_PRM_calendar_connections', 'wrong case')");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		bool is_added = !cases[i].is_added;

		g_assert_true(user_meta_add(
			test->db, cases[i].user_id, KEY, "a\0b", 3, &is_added, &error));
		g_assert_no_error(error);
		g_assert_true(is_added == cases[i].is_added);
	}
	g_assert_true(user_meta_read(test->db, 8, KEY, &row, &error));
	g_assert_cmpmem(row->value, row->length, "a\0b", 3);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wp/user_meta/each-memory-is-written-with-the-row",
		test_each_memory_is_written_with_the_row);
	g_test_add_func(
		"/wp/user_meta/each-user-gives-the-first-row", test_each_user_gives_the_first_row);
	g_test_add_func(
		"/wp/user_meta/callback-can-end-the-reading", test_a_callback_can_end_the_reading);
	g_test_add_func("/wp/user_meta/one-user-is-read", test_one_user_is_read);
	g_test_add_func("/wp/user_meta/what-others-write-meanwhile-is-kept",
		test_what_others_write_meanwhile_is_kept);
	g_test_add_func("/wp/user_meta/endless-meddling-is-a-conflict",
		test_endless_meddling_is_a_conflict);
	g_test_add_func("/wp/user_meta/lost-answer-is-looked-up", test_a_lost_answer_is_looked_up);
	g_test_add_func("/wp/user_meta/nothing-to-change-writes-nothing",
		test_nothing_to_change_writes_nothing);
	g_test_add_func(
		"/wp/user_meta/user-without-a-row-gets-none", test_a_user_without_a_row_gets_none);
	g_test_add_func("/wp/user_meta/two-writers-lose-nothing", test_two_writers_lose_nothing);
	g_test_add_func("/wp/user_meta/a-row-is-made-once", test_a_row_is_made_once);
	return g_test_run();
}

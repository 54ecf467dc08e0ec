/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which changes of contacts are noticed, and which are none. */
#include <glib.h>

#include "../support/test_db.h"
#include "state/contact_marks.h"

static const int64_t users[] = {2, 3};

/* Ben (2) has the contacts 101 and 102, Carl (3) has 103. */
static TestDb *new_site(void)
{
	static const char sql[] =
		"INSERT INTO wp_users (ID, user_login) VALUES (2, 'ben'), (3, 'carl'); "
		"INSERT INTO wp_posts (ID, post_author, post_type, post_status, post_title, "
		"post_content, post_excerpt, to_ping, pinged, post_content_filtered) VALUES "
		"(101, 2, 'person', 'publish', '', '', '', '', '', ''), "
		"(102, 2, 'person', 'publish', '', '', '', '', '', ''), "
		"(103, 3, 'person', 'publish', '', '', '', '', '', ''), "
		"(104, 2, 'person', 'trash', '', '', '', '', '', ''), "
		"(105, 2, 'company', 'publish', '', '', '', '', '', ''); "
		"INSERT INTO wp_postmeta (meta_id, post_id, meta_key, meta_value) VALUES "
		"(1, 101, 'first_name', 'Bob'), (2, 101, 'contact_info', '1'), "
		"(3, 101, 'contact_info_0_contact_type', 'email'), "
		"(4, 101, 'contact_info_0_contact_value', 'bob@example.org'), "
		"(5, 102, 'first_name', 'Rob'), (6, 102, 'contact_info', '1'), "
		"(7, 102, 'contact_info_0_contact_type', 'email'), "
		"(8, 102, 'contact_info_0_contact_value', 'rob@example.org'), "
		"(9, 101, 'birthday', '1980-01-01'), (10, 103, 'first_name', 'Eve'), "
		"(11, 104, 'first_name', 'Gone'), (12, 105, 'first_name', 'Acme')";
	TestDb *test = test_db_new();

	if (test != NULL)
		test_db_exec(test, sql);
	return test;
}

static GHashTable *load(const TestDb *test, const char *settings)
{
	g_autoptr(GError) error = NULL;
	GHashTable *marks =
		contact_marks_load(test->db, users, G_N_ELEMENTS(users), settings, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(g_hash_table_size(marks), ==, G_N_ELEMENTS(users));
	return marks;
}

static bool has_changed(const TestDb *test, int64_t user_id, const char *settings)
{
	g_autoptr(GHashTable) marks = load(test, settings);

	return ((const ContactMark *)g_hash_table_lookup(marks, &user_id))->has_changed;
}

static void remember(const TestDb *test)
{
	g_autoptr(GHashTable) marks = load(test, "1");

	for (size_t i = 0; i < G_N_ELEMENTS(users); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_true(contact_mark_store(
			test->db, g_hash_table_lookup(marks, &users[i]), &error));
		g_assert_no_error(error);
	}
}

static const struct {
	const char *name;
	const char *sql;
	bool is_noticed;
} cases[] = {
	{"nothing", "SELECT 1", false},
	{"a-name", "UPDATE wp_postmeta SET meta_value = 'Bobby' WHERE meta_id = 1", true},
	{"the-case-of-a-name", "UPDATE wp_postmeta SET meta_value = 'bob' WHERE meta_id = 1", true},
	{"a-name-that-is-null", "UPDATE wp_postmeta SET meta_value = NULL WHERE meta_id = 1", true},
	{"an-address", "UPDATE wp_postmeta SET meta_value = 'b@example.org' WHERE meta_id = 4",
		true},
	{"two-addresses-swapped",
		"UPDATE wp_postmeta SET meta_value = IF(meta_id = 4, 'rob@example.org', "
		"'bob@example.org') WHERE meta_id IN (4, 8)",
		true},
	{"a-type", "UPDATE wp_postmeta SET meta_value = 'phone' WHERE meta_id = 3", true},
	{"a-number-of-addresses", "UPDATE wp_postmeta SET meta_value = '0' WHERE meta_id = 2",
		true},
	{"a-last-name-that-is-new",
		"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) "
		"VALUES (101, 'last_name', 'Builder')",
		true},
	{"a-contact-without-fields",
		"INSERT INTO wp_posts (ID, post_author, post_type, post_status, post_title, "
		"post_content, post_excerpt, to_ping, pinged, post_content_filtered) VALUES "
		"(106, 2, 'person', 'publish', '', '', '', '', '', '')",
		true},
	{"a-contact-in-the-trash", "UPDATE wp_posts SET post_status = 'trash' WHERE ID = 102",
		true},
	{"a-contact-back-from-the-trash",
		"UPDATE wp_posts SET post_status = 'publish' WHERE ID = 104", true},
	{"a-contact-that-was-deleted",
		"DELETE FROM wp_posts WHERE ID = 102; DELETE FROM wp_postmeta WHERE post_id = 102",
		true},
	{"a-contact-that-another-user-got", "UPDATE wp_posts SET post_author = 3 WHERE ID = 102",
		true},
	{"another-users-contact", "UPDATE wp_postmeta SET meta_value = 'Ewa' WHERE meta_id = 10",
		false},
	{"a-company", "UPDATE wp_postmeta SET meta_value = 'Acme Ltd' WHERE meta_id = 12", false},
	{"a-contact-that-is-in-the-trash-anyhow",
		"UPDATE wp_postmeta SET meta_value = 'Still gone' WHERE meta_id = 11", false},
	{"what-matching-does-not-read",
		"UPDATE wp_postmeta SET meta_value = '1981-01-01' WHERE meta_id = 9", false},
};

static void test_case(gconstpointer data)
{
	const size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(TestDb) test = new_site();

	if (test == NULL)
		return;
	remember(test);
	g_assert_false(has_changed(test, 2, "1"));
	test_db_exec(test, cases[i].sql);
	g_assert_cmpint(has_changed(test, 2, "1"), ==, cases[i].is_noticed);
}

static void test_nothing_remembered_is_a_change(void)
{
	g_autoptr(TestDb) test = new_site();

	if (test == NULL)
		return;
	g_assert_true(has_changed(test, 2, "1"));
	g_assert_true(has_changed(test, 3, "1"));
	remember(test);
	g_assert_true(has_changed(test, 2, "2"));
	test_db_exec(test, "DELETE FROM wp_prm_calendar_users");
	g_assert_true(has_changed(test, 2, "1"));
}

static void test_many_users_cost_one_statement(void)
{
	g_autoptr(TestDb) test = new_site();
	g_autoptr(GHashTable) marks = NULL;
	uint64_t statements;

	if (test == NULL)
		return;
	statements = db_statement_count(test->db);
	marks = load(test, "1");
	g_assert_cmpuint(db_statement_count(test->db), ==, statements + 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/state/contact_marks/%s-%s", cases[i].name,
			cases[i].is_noticed ? "is-noticed" : "is-no-change");

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
	}
	g_test_add_func("/state/contact_marks/nothing-remembered-is-a-change",
		test_nothing_remembered_is_a_change);
	g_test_add_func("/state/contact_marks/many-users-cost-one-statement",
		test_many_users_cost_one_statement);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Contacts as ACF's rows describe them. */
#include <glib.h>
#include <string.h>

#include "../support/test_db.h"
#include "user/people.h"

static void add_person(
	const TestDb *test, int64_t id, int64_t author, const char *status, const char *metas)
{
	g_autofree char *sql =
		g_strdup_printf("INSERT INTO wp_posts (ID, post_author, post_type, post_status, "
				"post_content, post_title, "
				"post_excerpt, to_ping, pinged, post_content_filtered) "
				"VALUES (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
				", 'person', '%s', '', '', '', '', '', '')",
			id, author, status);
	g_auto(GStrv) pairs = g_strsplit(metas, "; ", -1);

	test_db_exec(test, sql);
	for (char **pair = pairs; *pair != NULL && **pair != '\0'; pair++) {
		char *value = strchr(*pair, '=');
		g_autofree char *insert = NULL;

		*value++ = '\0';
		insert = g_strdup_printf("INSERT INTO wp_postmeta (post_id, meta_key, meta_value) "
					 "VALUES (%" G_GINT64_FORMAT ", '%s', '%s')",
			id, *pair, value);
		test_db_exec(test, insert);
	}
}

static ContactIndex *load(const TestDb *test)
{
	g_autoptr(GError) error = NULL;
	ContactIndex *index = people_load_contacts(test->db, NULL, 2, &error);

	g_assert_no_error(error);
	return index;
}

/* The person whom an attendee is, 0 for nobody. */
static int64_t match(const ContactIndex *index, const char *email, const char *name)
{
	g_autoptr(Event) event = event_new();
	g_autoptr(GPtrArray) matches = NULL;
	Attendee *attendee = attendee_new();

	attendee->email = g_strdup(email);
	attendee->name = g_strdup(name);
	g_ptr_array_add(event->attendees, attendee);
	matches = contact_index_match(index, event, true);
	return matches->len == 0 ? 0 : ((const Match *)matches->pdata[0])->person_id;
}

static void test_addresses_and_names_are_read(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(ContactIndex) index = NULL;

	if (test == NULL)
		return;
	add_person(test, 101, 2, "publish",
		"first_name=Zo\xc3\xab; last_name=Example; _first_name=field_1; contact_info=3; "
		"contact_info_0_contact_type=email; contact_info_0_contact_value=zoe@example.org; "
		"contact_info_1_contact_type=phone; "
		"contact_info_1_contact_value=phone@example.org; "
		"contact_info_2_contact_type=email; contact_info_2_contact_label=Work; "
		"contact_info_2_contact_value=Zoe.Work@Example.org");
	index = load(test);
	g_assert_cmpuint(contact_index_size(index), ==, 1);
	g_assert_cmpint(match(index, "zoe@example.org", NULL), ==, 101);
	g_assert_cmpint(match(index, "zoe.work@example.org", NULL), ==, 101);
	g_assert_cmpint(match(index, "phone@example.org", NULL), ==, 0);
	g_assert_cmpint(match(index, "x@y.example", "Example, Zo\xc3\xab"), ==, 101);
}

static void test_the_infix_belongs_to_the_name(void)
{
	static const char *const names[] = {"Piet van der Dijk", "van der Dijk, Piet",
		"Dijk, Piet van der", "PIET VAN DER DIJK"};
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(ContactIndex) index = NULL;

	if (test == NULL)
		return;
	add_person(test, 101, 2, "publish", "first_name=Piet; last_name=Dijk");
	add_person(test, 102, 2, "publish",
		"first_name=Piet; infix=van der; last_name=Dijk; _infix=field_1");
	index = load(test);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_cmpint(match(index, NULL, names[i]), ==, 102);
	g_assert_cmpint(match(index, NULL, "Piet Dijk"), ==, 101);
}

static void test_only_published_people_of_the_user_count(void)
{
	static const char ana[] = "first_name=Ana; last_name=Example; contact_info=1; "
				  "contact_info_0_contact_type=email; "
				  "contact_info_0_contact_value=ana@example.org";
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(ContactIndex) index = NULL;

	if (test == NULL)
		return;
	add_person(test, 101, 3, "publish", ana);
	add_person(test, 102, 2, "trash", ana);
	add_person(test, 103, 2, "draft", ana);
	add_person(test, 104, 2, "publish", ana);
	add_person(test, 105, 2, "publish", ana);
	add_person(test, 106, 2, "publish", "");
	index = load(test);
	g_assert_cmpuint(contact_index_size(index), ==, 3);
	g_assert_cmpint(match(index, "ana@example.org", NULL), ==, 105);
}

static void test_rows_beyond_the_count_are_left_over(void)
{
	static const struct {
		const char *count;
		bool found;
	} cases[] = {
		{"2", true},
		{"1", false},
		{"0", false},
		{"", false},
		{"x", false},
		{"-1", false},
		{"1000000000", true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(TestDb) test = test_db_new();
		g_autoptr(ContactIndex) index = NULL;
		g_autofree char *metas = NULL;

		if (test == NULL)
			return;
		g_test_message("contact_info = '%s'", cases[i].count);
		metas = g_strdup_printf(
			"contact_info=%s; contact_info_1_contact_type=email; "
			"contact_info_1_contact_value=b@example.org; "
			"contact_info_-1_contact_type=email; contact_info_x=y; "
			"contact_info_18446744073709551617_contact_value=c@example.org",
			cases[i].count);
		add_person(test, 101, 2, "publish", metas);
		index = load(test);
		g_assert_cmpint(match(index, "b@example.org", NULL), ==, cases[i].found ? 101 : 0);
	}
}

static void test_the_first_row_of_a_key_counts(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(ContactIndex) index = NULL;

	if (test == NULL)
		return;
	add_person(test, 101, 2, "publish",
		"contact_info=1; contact_info_0_contact_type=email; "
		"contact_info_0_contact_value=first@example.org; "
		"contact_info_0_contact_value=second@example.org; CONTACT_INFO=0; "
		"CONTACT_INFO_0_CONTACT_VALUE=third@example.org");
	index = load(test);
	g_assert_cmpint(match(index, "first@example.org", NULL), ==, 101);
	g_assert_cmpint(match(index, "second@example.org", NULL), ==, 0);
	g_assert_cmpint(match(index, "third@example.org", NULL), ==, 0);
}

static void test_all_contacts_are_one_query(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(ContactIndex) index = NULL;
	uint64_t before;

	if (test == NULL)
		return;
	for (int64_t id = 101; id < 121; id++)
		add_person(test, id, 2, "publish", "first_name=Ana; contact_info=0");
	before = db_statement_count(test->db);
	index = load(test);
	g_assert_cmpuint(contact_index_size(index), ==, 20);
	g_assert_cmpuint(db_statement_count(test->db), ==, before + 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func("/wp/people/" name, function)
	ADD("addresses-and-names-are-read", test_addresses_and_names_are_read);
	ADD("the-infix-belongs-to-the-name", test_the_infix_belongs_to_the_name);
	ADD("only-published-people-of-the-user-count",
		test_only_published_people_of_the_user_count);
	ADD("rows-beyond-the-count-are-left-over", test_rows_beyond_the_count_are_left_over);
	ADD("the-first-row-of-a-key-counts", test_the_first_row_of_a_key_counts);
	ADD("all-contacts-are-one-query", test_all_contacts_are_one_query);
	return g_test_run();
}

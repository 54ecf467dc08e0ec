/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests whom a calendar leaves out, but told of before. */
#include <glib.h>
#include <string.h>

#include "../support/test_db.h"
#include "wp/event_attendees.h"

#define POST 7

static void store(const TestDb *test, const char *key, const char *value)
{
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES (%d, '%s', '%s')",
		POST, key, value);

	test_db_exec(test, sql);
}

/* "address name" of each, one a line. Caller frees. */
static char *people_after(const TestDb *test, const char *told_email, const char *told_name)
{
	g_autoptr(Event) event = event_new();
	g_autoptr(GError) error = NULL;
	Attendee *told = attendee_new();
	GString *shown = g_string_new(NULL);

	told->email = g_strdup(told_email);
	told->name = g_strdup(told_name);
	g_ptr_array_add(event->attendees, told);
	g_assert_true(event_attendees_add_stored(test->db, POST, event, &error));
	g_assert_no_error(error);
	for (guint i = 0; i < event->attendees->len; i++) {
		const Attendee *attendee = g_ptr_array_index(event->attendees, i);

		g_string_append_printf(shown, "%s %s\n",
			attendee->email != NULL ? attendee->email : "-",
			attendee->name != NULL ? attendee->name : "-");
	}
	return g_string_free(shown, FALSE);
}

static void test_who_was_told_before_is_added_once(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autofree char *shown = NULL;

	if (test == NULL)
		return;
	store(test, "_attendees",
		"[{\"email\":\"anna@example.org\",\"name\":\"Anna\"},"
		"{\"email\":\"ben@example.org\",\"name\":\"Ben\"},"
		"{\"email\":\"\",\"name\":\"Grace Hall\"},{\"email\":\"\",\"name\":\"\"}]");
	shown = people_after(test, "ANNA@example.org", "Anna");
	g_assert_cmpstr(shown, ==, "ANNA@example.org Anna\nben@example.org Ben\n- Grace Hall\n");
}

static void test_names_tell_where_there_is_no_address(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autofree char *shown = NULL;

	if (test == NULL)
		return;
	store(test, "_attendees", "[{\"email\":\"\",\"name\":\"Grace Hall\"}]");
	shown = people_after(test, NULL, "Grace Hall");
	g_assert_cmpstr(shown, ==, "- Grace Hall\n");
}

static void test_what_cannot_be_read_is_nobody(void)
{
	static const char *const stored[] = {"", "[", "{}", "\"x\"", "[1,null,[]]", "[[[[[["};

	for (size_t i = 0; i < G_N_ELEMENTS(stored); i++) {
		g_autoptr(TestDb) test = test_db_new();
		g_autofree char *shown = NULL;

		if (test == NULL)
			return;
		g_test_message("%s", stored[i]);
		store(test, "_attendees", stored[i]);
		shown = people_after(test, "anna@example.org", NULL);
		g_assert_cmpstr(shown, ==, "anna@example.org -\n");
	}
}

static void test_an_event_without_rows_keeps_its_own(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autofree char *shown = NULL;

	if (test == NULL)
		return;
	shown = people_after(test, "anna@example.org", NULL);
	g_assert_cmpstr(shown, ==, "anna@example.org -\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wp/event_attendees/who-was-told-before-is-added-once",
		test_who_was_told_before_is_added_once);
	g_test_add_func("/wp/event_attendees/names-tell-where-there-is-no-address",
		test_names_tell_where_there_is_no_address);
	g_test_add_func("/wp/event_attendees/what-cannot-be-read-is-nobody",
		test_what_cannot_be_read_is_nobody);
	g_test_add_func("/wp/event_attendees/an-event-without-rows-keeps-its-own",
		test_an_event_without_rows_keeps_its_own);
	return g_test_run();
}

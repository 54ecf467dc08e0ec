/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stored events and contacts that changed. */
#include <glib.h>
#include <string.h>

#include "../support/story.h"
#include "wp/event_rematch.h"

#define MATCHED(person)                                                                            \
	"[{\"person_id\":" person ",\"match_type\":\"email_exact\",\"confidence\":100,"            \
	"\"attendee_email\":\"bob@example.org\"}]"

typedef struct {
	Story *story;
	GPtrArray *told; /* of char: event uids */
	unsigned guards;
	unsigned lasts;
	bool guard_fails;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
	(void)data;
	fixture->told = g_ptr_array_new_with_free_func(g_free);
	fixture->story = story_new();
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
	(void)data;
	g_ptr_array_unref(fixture->told);
	story_free(fixture->story);
}

/* Stores so many meetings with Bob. */
static void store_meetings(Fixture *fixture, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		g_autofree char *uid = g_strdup_printf("m%u@x", i);
		Event *event = story_add(fixture->story, uid, "2026-01-15T09:00:00", uid);
		Attendee *bob = attendee_new();

		bob->email = g_strdup("bob@example.org");
		bob->name = g_strdup("Bob Builder");
		g_ptr_array_add(event->attendees, bob);
	}
	story_sync(fixture->story);
}

static void note(const char *connection_id, const EventNotice *notice, void *data)
{
	Fixture *fixture = data;

	g_assert_cmpstr(connection_id, ==, STORY_CONNECTION);
	g_assert_cmpstr(notice->title, ==, notice->event_uid);
	g_assert_cmpstr(notice->start, ==, "2026-01-15 10:00:00");
	g_ptr_array_add(fixture->told, g_strdup(notice->event_uid));
}

static bool guard(Db *db, void *data, GError **error)
{
	Fixture *fixture = data;

	g_assert(db == fixture->story->test->db);
	fixture->guards++;
	if (fixture->guard_fails)
		g_set_error_literal(error, DB_ERROR, DB_ERROR_CONFLICT, "the lease is lost");
	return !fixture->guard_fails;
}

static bool last(Db *db, void *data, GError **error)
{
	Fixture *fixture = data;

	(void)error;
	g_assert(db == fixture->story->test->db);
	fixture->lasts++;
	return true;
}

static bool rematch(Fixture *fixture, const ContactIndex *contacts, bool dry_run,
	EventRematchCounts *ret_counts, GError **error)
{
	const EventRematchOptions options = {
		.user_id = STORY_USER,
		.contacts = contacts,
		.match_names = true,
		.now_utc = STORY_NOW + 60,
		.has_tables = true,
		.dry_run = dry_run,
		.guard = guard,
		.guard_data = fixture,
		.last = last,
		.last_data = fixture,
		.on_change = note,
		.data = fixture,
	};

	return event_rematch(
		fixture->story->test->db, fixture->story->site, &options, ret_counts, error);
}

static size_t changed(Fixture *fixture, const ContactIndex *contacts, bool dry_run)
{
	g_autoptr(GError) error = NULL;
	EventRematchCounts counts = {0};

	g_assert_true(rematch(fixture, contacts, dry_run, &counts, &error));
	g_assert_no_error(error);
	return counts.changed;
}

static ContactIndex *contacts_with_bob(int64_t person_id)
{
	static const char *const emails[] = {"bob@example.org", NULL};
	ContactIndex *contacts = contact_index_new();

	if (person_id != 0)
		contact_index_add(contacts, person_id, "Bob", "Builder", emails);
	return contacts;
}

static void assert_matched(const Fixture *fixture, const char *uid, const char *expected)
{
	g_autofree char *matched = story_meta(fixture->story, uid, "_matched_people");

	g_assert_cmpstr(matched, ==, expected);
}

static void test_matches_follow_the_contacts(Fixture *fixture, gconstpointer data)
{
	g_autoptr(ContactIndex) none = contacts_with_bob(0);
	g_autoptr(ContactIndex) one = contacts_with_bob(101);
	g_autoptr(ContactIndex) other = contacts_with_bob(102);

	(void)data;
	if (fixture->story == NULL)
		return;
	store_meetings(fixture, 2);
	assert_matched(fixture, "m0@x", "[]");
	g_assert_cmpuint(changed(fixture, one, false), ==, 2);
	assert_matched(fixture, "m0@x", MATCHED("101"));
	assert_matched(fixture, "m1@x", MATCHED("101"));
	g_assert_cmpuint(changed(fixture, one, false), ==, 0);
	g_assert_cmpuint(changed(fixture, other, false), ==, 2);
	assert_matched(fixture, "m1@x", MATCHED("102"));
	g_assert_cmpuint(changed(fixture, none, false), ==, 0 + 2);
	assert_matched(fixture, "m1@x", "[]");
	g_assert_cmpuint(fixture->told->len, ==, 6);
	g_assert_cmpuint(fixture->lasts, ==, 4);
}

static void test_only_matches_and_dates_change(Fixture *fixture, gconstpointer data)
{
	static const char rows[] =
		"SELECT p.*, meta_id, meta_key, meta_value FROM wp_posts p JOIN wp_postmeta m "
		"ON m.post_id = p.ID WHERE meta_key <> '_matched_people' ORDER BY meta_id";
	g_autoptr(ContactIndex) one = contacts_with_bob(101);
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;
	g_autofree char *dates = NULL;

	(void)data;
	if (fixture->story == NULL)
		return;
	store_meetings(fixture, 1);
	before = test_db_rows(fixture->story->test, rows);
	changed(fixture, one, false);
	dates = test_db_text(fixture->story->test, "SELECT CONCAT(post_modified, ' ', "
						   "post_modified_gmt) FROM wp_posts WHERE "
						   "post_type = 'calendar_event'");
	g_assert_cmpstr(dates, ==, "2026-01-20 13:01:00 2026-01-20 12:01:00");
	test_db_exec(fixture->story->test,
		"UPDATE wp_posts SET post_modified = '2026-01-20 13:00:00', post_modified_gmt = "
		"'2026-01-20 12:00:00', guid = REPLACE(guid, '&#038;', '&')");
	after = test_db_rows(fixture->story->test, rows);
	g_assert_cmpstr(after, ==, before);
}

static void test_a_dry_run_tells_and_writes_nothing(Fixture *fixture, gconstpointer data)
{
	static const char sums[] = "CHECKSUM TABLE wp_posts, wp_postmeta, wp_prm_calendar_events";
	g_autoptr(ContactIndex) one = contacts_with_bob(101);
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;

	(void)data;
	if (fixture->story == NULL)
		return;
	store_meetings(fixture, 3);
	before = test_db_rows(fixture->story->test, sums);
	g_assert_cmpuint(changed(fixture, one, true), ==, 3);
	after = test_db_rows(fixture->story->test, sums);
	g_assert_cmpstr(after, ==, before);
	g_assert_cmpuint(fixture->told->len, ==, 3);
	g_assert_cmpuint(fixture->guards + fixture->lasts, ==, 0);
}

static void test_a_hundred_events_are_one_transaction(Fixture *fixture, gconstpointer data)
{
	g_autoptr(ContactIndex) one = contacts_with_bob(101);
	uint64_t statements;

	(void)data;
	if (fixture->story == NULL)
		return;
	store_meetings(fixture, 250);
	statements = db_statement_count(fixture->story->test->db);
	g_assert_cmpuint(changed(fixture, one, false), ==, 250);
	g_assert_cmpuint(fixture->guards, ==, 3);
	g_assert_cmpuint(fixture->lasts, ==, 1);
	/* One to read; in each of three batches BEGIN, one to lock, three to write, COMMIT. */
	g_assert_cmpuint(db_statement_count(fixture->story->test->db) - statements, <=, 1 + 3 * 6);
	statements = db_statement_count(fixture->story->test->db);
	g_assert_cmpuint(changed(fixture, one, false), ==, 0);
	/* The query, and the transaction in which the mark would be stored. */
	g_assert_cmpuint(db_statement_count(fixture->story->test->db) - statements, <=, 3);
}

static void test_without_the_lease_nothing_is_written(Fixture *fixture, gconstpointer data)
{
	g_autoptr(ContactIndex) one = contacts_with_bob(101);
	g_autoptr(GError) error = NULL;
	EventRematchCounts counts;

	(void)data;
	if (fixture->story == NULL)
		return;
	store_meetings(fixture, 1);
	fixture->guard_fails = true;
	g_assert_false(rematch(fixture, one, false, &counts, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_CONFLICT);
	g_assert_cmpuint(counts.changed + fixture->told->len, ==, 0);
	assert_matched(fixture, "m0@x", "[]");
}

static void test_others_events_are_not_touched(Fixture *fixture, gconstpointer data)
{
	static const struct {
		const char *what;
		const char *sql;
	} cases[] = {
		{"another user's", "UPDATE wp_posts SET post_author = 3"},
		{"in the trash", "UPDATE wp_posts SET post_status = 'trash'"},
		{"no event", "UPDATE wp_posts SET post_type = 'page'"},
	};
	g_autoptr(ContactIndex) one = contacts_with_bob(101);

	(void)data;
	if (fixture->story == NULL)
		return;
	store_meetings(fixture, 1);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].what);
		test_db_exec(fixture->story->test, cases[i].sql);
		g_assert_cmpuint(changed(fixture, one, false), ==, 0);
		assert_matched(fixture, "m0@x", "[]");
		test_db_exec(fixture->story->test,
			"UPDATE wp_posts SET post_author = 2, post_status = 'publish', "
			"post_type = 'calendar_event'");
	}
	g_assert_cmpuint(changed(fixture, one, false), ==, 1);
}

static void test_a_missing_row_is_made(Fixture *fixture, gconstpointer data)
{
	g_autoptr(ContactIndex) one = contacts_with_bob(101);

	(void)data;
	if (fixture->story == NULL)
		return;
	store_meetings(fixture, 1);
	test_db_exec(
		fixture->story->test, "DELETE FROM wp_postmeta WHERE meta_key = '_matched_people'");
	g_assert_cmpuint(changed(fixture, one, false), ==, 1);
	assert_matched(fixture, "m0@x", MATCHED("101"));
	g_assert_cmpint(test_db_int(fixture->story->test, "SELECT COUNT(*) FROM wp_postmeta WHERE "
							  "meta_key = '_matched_people'"),
		==, 1);
}

static void add(const char *path, void (*test)(Fixture *, gconstpointer))
{
	g_test_add(path, Fixture, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("/wp/event_rematch/matches-follow-the-contacts", test_matches_follow_the_contacts);
	add("/wp/event_rematch/only-matches-and-dates-change", test_only_matches_and_dates_change);
	add("/wp/event_rematch/a-dry-run-tells-and-writes-nothing",
		test_a_dry_run_tells_and_writes_nothing);
	add("/wp/event_rematch/a-hundred-events-are-one-transaction",
		test_a_hundred_events_are_one_transaction);
	add("/wp/event_rematch/without-the-lease-nothing-is-written",
		test_without_the_lease_nothing_is_written);
	add("/wp/event_rematch/others-events-are-not-touched", test_others_events_are_not_touched);
	add("/wp/event_rematch/a-missing-row-is-made", test_a_missing_row_is_made);
	return g_test_run();
}

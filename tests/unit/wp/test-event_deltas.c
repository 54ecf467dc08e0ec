/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stories of a calendar that tells what changed, object by object, to a store that remembers. */
#include <glib.h>
#include <string.h>

#include "../support/story.h"
#include "state/connection_state.h"

#define ASSERT_TEXT(expression, expected)                                                          \
	do {                                                                                       \
		g_autofree char *text_ = (expression);                                             \
		g_assert_cmpstr(text_, ==, (expected));                                            \
	} while (0)

/* One run of a store with a memory. */
typedef struct {
	Story *story;
	EventStore *store;
	EventStoreOptions options;
	ConnectionState state;
} Run;

static void note_change(const EventNotice *notice, void *data)
{
	Story *story = data;

	g_ptr_array_add(story->changes,
		g_strdup_printf("%s %s", event_change_name(notice->change), notice->event_uid));
}

static Run *begin_on(Story *story, Db *db)
{
	Run *run = g_new0(Run, 1);
	g_autoptr(GError) error = NULL;

	run->story = story;
	run->state.connection_id = (char *)STORY_CONNECTION;
	g_assert_true(connection_state_create(db, STORY_USER, &run->state, &error));
	run->options = (EventStoreOptions){
		.user_id = STORY_USER,
		.connection_id = STORY_CONNECTION,
		.state = run->state.id,
		.window = {story->now_utc - 90 * STORY_DAY, story->now_utc + 30 * STORY_DAY},
		.now_utc = story->now_utc,
		.on_change = note_change,
		.data = story,
	};
	run->store = event_store_open(db, story->site, &run->options, &error);
	g_assert_no_error(error);
	g_ptr_array_set_size(story->changes, 0);
	event_store_calendar_changes(run->store, STORY_CALENDAR);
	return run;
}

static Run *begin(Story *story)
{
	return begin_on(story, story->test->db);
}

static void put(Run *run, const char *uid, const char *start, const char *title)
{
	const EventRowContext context = {
		.user_id = STORY_USER,
		.connection_id = STORY_CONNECTION,
		.calendar_id = STORY_CALENDAR,
		.calendar_name = "Work",
	};
	const Event *event = story_add(run->story, uid, start, title);
	g_autoptr(GError) error = NULL;
	EventRow *row = event_row_new(event, run->story->site, &context, &error);

	g_assert_no_error(error);
	g_assert_true(event_store_put(run->store, STORY_CALENDAR, row, NULL, &error));
}

static void begin_object(Run *run, const char *key)
{
	event_store_begin_objects(run->store, STORY_CALENDAR, (const char *const[]){key, NULL});
}

static void end_object(Run *run, const char *key)
{
	CalendarObject *object = g_new0(CalendarObject, 1);
	GPtrArray *objects = g_ptr_array_new_with_free_func((GDestroyNotify)calendar_object_free);
	g_autoptr(GError) error = NULL;

	g_ptr_array_add(objects, object);
	state_hash_calendar(STORY_CALENDAR, object->calendar_hash);
	object->key = g_strdup(key);
	object->path = g_strdup(key);
	object->etag = g_strdup("\"1\"");
	object->expanded_to_utc = G_MAXINT64;
	g_assert_true(event_store_end_objects(run->store, objects, &error));
}

/* An object with one meeting of an hour on 15 January, named as its uid. */
static void tell(Run *run, const char *key, const char *uid)
{
	begin_object(run, key);
	put(run, uid, "2026-01-15T09:00:00", uid);
	end_object(run, key);
}

static void end(Run *run)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(event_store_sweep(run->store, true, &error));
	g_assert_true(event_store_finish(run->store, NULL, NULL, &error));
	event_store_free(run->store);
	g_free(run);
}

/* The run ends in mid-air: what was not yet written is lost. */
static void break_off(Run *run)
{
	event_store_free(run->store);
	g_free(run);
}

static void load_all(Run *run)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(event_store_load_all(run->store, &error));
}

static bool is_intact(Run *run, const char *key)
{
	return event_store_object_is_intact(run->store, STORY_CALENDAR, key);
}

/* The objects that are remembered, as "key etag" words. */
static char *objects(Story *story)
{
	return test_db_text(story->test,
		"SELECT GROUP_CONCAT(CONCAT(object_key, ' ', IFNULL(etag, '-')) ORDER BY "
		"object_key SEPARATOR ', ') FROM wp_prm_calendar_objects");
}

static void two_objects(Story *story)
{
	Run *run = begin(story);

	tell(run, "/a", "a@x");
	begin_object(run, "/b");
	put(run, "b@x/20260116T090000Z", "2026-01-16T09:00:00", "B1");
	put(run, "b@x/20260117T090000Z", "2026-01-17T09:00:00", "B2");
	end_object(run, "/b");
	end(run);
}

static void test_what_is_told_is_remembered(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	two_objects(story);
	ASSERT_TEXT(objects(story), "/a \"1\", /b \"1\"");
	ASSERT_TEXT(test_db_rows(story->test,
			    "SELECT e.event_uid, p.post_title, e.starts, e.ends, "
			    "HEX(e.object_hash) = (SELECT HEX(object_hash) FROM "
			    "wp_prm_calendar_objects WHERE object_key = '/b') "
			    "FROM wp_prm_calendar_events e JOIN wp_posts p ON p.ID = e.post_id "
			    "ORDER BY e.event_uid"),
		"a@x|a@x|20260115100000|20260115110000|0\n"
		"b@x_20260116T090000Z|B1|20260116100000|20260116110000|1\n"
		"b@x_20260117T090000Z|B2|20260117100000|20260117110000|1\n");
}

static void test_what_is_not_told_stays(void)
{
	g_autoptr(Story) story = story_new();
	uint64_t statements;
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	run = begin(story);
	statements = db_statement_count(story->test->db);
	end(run);
	g_assert_cmpuint(db_statement_count(story->test->db), ==, statements);
	ASSERT_TEXT(story_changes(story), "");
	run = begin(story);
	tell(run, "/c", "c@x");
	end(run);
	ASSERT_TEXT(story_changes(story), "added c@x");
	ASSERT_TEXT(story_live(story), "a@x @ 2026-01-15 10:00:00\nc@x @ 2026-01-15 10:00:00\n"
				       "B1 @ 2026-01-16 10:00:00\nB2 @ 2026-01-17 10:00:00\n");
}

static void test_an_object_told_without_an_event_loses_it(void)
{
	g_autoptr(Story) story = story_new();
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	run = begin(story);
	begin_object(run, "/b");
	put(run, "b@x/20260117T090000Z", "2026-01-17T09:00:00", "B2 new");
	end_object(run, "/b");
	end(run);
	ASSERT_TEXT(
		story_changes(story), "changed b@x_20260117T090000Z, removed b@x_20260116T090000Z");
	ASSERT_TEXT(test_db_text(story->test, "SELECT COUNT(*) FROM wp_prm_calendar_events"), "2");
}

static void test_a_deleted_object_takes_its_events_along(void)
{
	g_autoptr(Story) story = story_new();
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	run = begin(story);
	event_store_object_gone(run->store, STORY_CALENDAR, "/b");
	event_store_object_gone(run->store, STORY_CALENDAR, "/never-seen");
	end(run);
	ASSERT_TEXT(story_live(story), "a@x @ 2026-01-15 10:00:00\n");
	ASSERT_TEXT(objects(story), "/a \"1\"");
}

static void test_deletions_of_a_calendar_that_failed_wait(void)
{
	g_autoptr(Story) story = story_new();
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	run = begin(story);
	event_store_object_gone(run->store, STORY_CALENDAR, "/a");
	begin_object(run, "/b");
	put(run, "b@x/20260117T090000Z", "2026-01-17T09:00:00", "B2");
	end_object(run, "/b");
	event_store_calendar_failed(run->store, STORY_CALENDAR);
	end(run);
	ASSERT_TEXT(story_changes(story), "");
	ASSERT_TEXT(objects(story), "/a \"1\", /b \"1\"");
}

static void test_a_renamed_object_keeps_the_posts(void)
{
	g_autoptr(Story) story = story_new();
	g_autofree char *before = NULL;
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	before = test_db_rows(story->test, "CHECKSUM TABLE wp_posts, wp_postmeta");
	run = begin(story);
	event_store_object_gone(run->store, STORY_CALENDAR, "/a");
	tell(run, "/renamed", "a@x");
	end(run);
	ASSERT_TEXT(story_changes(story), "");
	ASSERT_TEXT(test_db_rows(story->test, "CHECKSUM TABLE wp_posts, wp_postmeta"), before);
	ASSERT_TEXT(objects(story), "/b \"1\", /renamed \"1\"");
	/* From now on it is the new one that counts. */
	run = begin(story);
	event_store_object_gone(run->store, STORY_CALENDAR, "/renamed");
	end(run);
	ASSERT_TEXT(story_changes(story), "removed a@x");
}

static void test_a_name_that_is_used_again_asks_for_a_listing(void)
{
	g_autoptr(Story) story = story_new();
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	run = begin(story);
	tell(run, "/a", "a@x");
	g_assert_false(event_store_wants_listing(run->store));
	end(run);
	run = begin(story);
	tell(run, "/a", "other@x");
	g_assert_true(event_store_wants_listing(run->store));
	end(run);
}

static void test_an_uid_in_two_objects_belongs_to_the_first(void)
{
	g_autoptr(Story) story = story_new();
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	run = begin(story);
	begin_object(run, "/copy");
	put(run, "a@x", "2026-01-18T09:00:00", "Copy");
	end_object(run, "/copy");
	g_assert_true(event_store_wants_listing(run->store));
	end(run);
	ASSERT_TEXT(story_changes(story), "");
	/* Without an etag it is read at each listing, and found when the first one goes. */
	ASSERT_TEXT(objects(story), "/a \"1\", /b \"1\", /copy -");
	run = begin(story);
	event_store_object_gone(run->store, STORY_CALENDAR, "/a");
	begin_object(run, "/copy");
	put(run, "a@x", "2026-01-18T09:00:00", "Copy");
	end_object(run, "/copy");
	end(run);
	ASSERT_TEXT(story_changes(story), "changed a@x");
	ASSERT_TEXT(objects(story), "/b \"1\", /copy \"1\"");
}

static void test_what_was_left_to_remove_is_not_taken_for_done(void)
{
	g_autoptr(Story) story = story_new();
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	test_db_exec(story->test, "UPDATE wp_prm_calendar_objects SET etag = '\"0\"'");
	run = begin(story);
	begin_object(run, "/b");
	put(run, "b@x/20260117T090000Z", "2026-01-17T09:00:00", "B2");
	end_object(run, "/b");
	/* So that a batch goes out in between. */
	for (int i = 0; i < 300; i++) {
		g_autofree char *name = g_strdup_printf("/%d", i);

		tell(run, name, name + 1);
	}
	break_off(run);
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_prm_calendar_objects "
						 "WHERE etag = '\"1\"'"),
		>, 100);
	ASSERT_TEXT(test_db_text(story->test, "SELECT etag FROM wp_prm_calendar_objects WHERE "
					      "object_key = '/b'"),
		"\"0\"");
}

static void test_an_object_kept_keeps_its_events(void)
{
	g_autoptr(Story) story = story_new();
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	run = begin(story);
	load_all(run);
	g_assert_true(is_intact(run, "/a"));
	g_assert_true(is_intact(run, "/b"));
	event_store_object_kept(run->store, STORY_CALENDAR, "/b");
	event_store_calendar_complete(run->store, STORY_CALENDAR);
	g_assert_cmpuint(event_store_counts(run->store)->unchanged, ==, 2);
	end(run);
	ASSERT_TEXT(story_changes(story), "removed a@x");
}

/* The live events of the connection. */
static char *live_events(Story *story)
{
	return test_db_rows(story->test,
		"SELECT p.post_title, p.post_date FROM wp_posts p JOIN wp_postmeta c ON c.post_id "
		"= "
		"p.ID AND c.meta_key = '_connection_id' AND c.meta_value = '" STORY_CONNECTION
		"' WHERE p.post_status = 'publish' ORDER BY p.post_date");
}

/* What someone did to the tables, and which objects must be read again for it. */
static void test_tampering_is_noticed(void)
{
	static const struct {
		const char *name;
		const char *sql;
		bool a_is_intact;
		bool b_is_intact;
	} cases[] = {
		{"a title was edited",
			"UPDATE wp_posts SET post_title = 'Mine' WHERE post_title = 'a@x'", false,
			true},
		{"a place was edited",
			"UPDATE wp_postmeta SET meta_value = 'Moon' WHERE meta_key = '_location' "
			"AND post_id = (SELECT ID FROM wp_posts WHERE post_title = 'B1')",
			true, false},
		{"a post was trashed",
			"UPDATE wp_posts SET post_status = 'trash' WHERE post_title = 'B1'", true,
			false},
		{"a post was deleted", "DELETE FROM wp_posts WHERE post_title = 'B2'", true, false},
		{"a post lost its connection",
			"DELETE FROM wp_postmeta WHERE meta_key = '_connection_id' AND post_id = "
			"(SELECT ID FROM wp_posts WHERE post_title = 'a@x')",
			false, true},
		{"a post became future",
			"UPDATE wp_posts SET post_status = 'future' WHERE post_title = 'a@x'",
			false, true},
		{"the theme made a copy",
			"INSERT INTO wp_posts (ID, post_author, post_type, post_status, "
			"post_title, "
			"post_content, post_excerpt, to_ping, pinged, post_content_filtered) "
			"VALUES (9000, 2, 'calendar_event', 'publish', 'a@x', '', '', '', '', ''); "
			"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) "
			"SELECT 9000, meta_key, meta_value FROM wp_postmeta m JOIN wp_posts p ON "
			"p.ID = m.post_id WHERE p.post_title = 'a@x'",
			false, true},
		{"the theme made an event that nobody knows",
			"INSERT INTO wp_posts (ID, post_author, post_type, post_status, "
			"post_title, "
			"post_content, post_excerpt, to_ping, pinged, post_content_filtered) "
			"VALUES (9000, 2, 'calendar_event', 'publish', 'New', '', '', '', '', ''); "
			"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) "
			"SELECT 9000, meta_key, IF(meta_key = '_event_uid', 'b@x', meta_value) "
			"FROM wp_postmeta m JOIN wp_posts p ON p.ID = m.post_id "
			"WHERE p.post_title = 'a@x'",
			false, false},
		{"nothing", "SELECT 1", true, true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();
		g_autofree char *live = NULL;
		Run *run;

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		two_objects(story);
		live = live_events(story);
		test_db_exec(story->test, cases[i].sql);
		run = begin(story);
		load_all(run);
		g_assert_true(is_intact(run, "/a") == cases[i].a_is_intact);
		g_assert_true(is_intact(run, "/b") == cases[i].b_is_intact);
		/* What is not intact is read again, and then all is as it was. */
		if (cases[i].a_is_intact)
			event_store_object_kept(run->store, STORY_CALENDAR, "/a");
		else
			tell(run, "/a", "a@x");
		if (cases[i].b_is_intact) {
			event_store_object_kept(run->store, STORY_CALENDAR, "/b");
		} else {
			begin_object(run, "/b");
			put(run, "b@x/20260116T090000Z", "2026-01-16T09:00:00", "B1");
			put(run, "b@x/20260117T090000Z", "2026-01-17T09:00:00", "B2");
			end_object(run, "/b");
		}
		event_store_calendar_complete(run->store, STORY_CALENDAR);
		end(run);
		ASSERT_TEXT(live_events(story), live);
		run = begin(story);
		load_all(run);
		g_assert_true(is_intact(run, "/a"));
		g_assert_true(is_intact(run, "/b"));
		end(run);
		ASSERT_TEXT(story_changes(story), "");
	}
}

static void test_a_post_that_was_deleted_is_made_again_when_its_object_is_told(void)
{
	g_autoptr(Story) story = story_new();
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	test_db_exec(story->test, "DELETE FROM wp_posts WHERE post_title = 'a@x'");
	run = begin(story);
	tell(run, "/a", "a@x");
	end(run);
	ASSERT_TEXT(story_changes(story), "added a@x");
	run = begin(story);
	tell(run, "/a", "a@x");
	end(run);
	ASSERT_TEXT(story_changes(story), "");
}

static void test_instances_go_with_their_series(void)
{
	g_autoptr(Story) story = story_new();
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	run = begin(story);
	event_store_gone(run->store, STORY_CALENDAR, "b@x", true);
	event_store_gone(run->store, STORY_CALENDAR, "unknown", true);
	end(run);
	ASSERT_TEXT(
		story_changes(story), "removed b@x_20260116T090000Z, removed b@x_20260117T090000Z");
}

static void test_an_event_that_left_the_window_goes_unless_the_window_left_it(void)
{
	g_autoptr(Story) story = story_new();
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	run = begin(story);
	event_store_outside(run->store, STORY_CALENDAR, "a@x");
	end(run);
	ASSERT_TEXT(story_changes(story), "removed a@x");
	story->now_utc += 120 * STORY_DAY;
	run = begin(story);
	event_store_outside(run->store, STORY_CALENDAR, "b@x_20260116T090000Z");
	end(run);
	ASSERT_TEXT(story_changes(story), "");
}

static void test_dropping_the_memory_changes_nothing(void)
{
	g_autoptr(Story) story = story_new();
	g_autofree char *before = NULL;
	Run *run;

	if (story == NULL)
		return;
	two_objects(story);
	before = test_db_rows(story->test, "CHECKSUM TABLE wp_posts, wp_postmeta");
	test_db_exec(story->test, "DELETE FROM wp_prm_calendar_events; "
				  "DELETE FROM wp_prm_calendar_objects");
	run = begin(story);
	load_all(run);
	g_assert_false(is_intact(run, "/a"));
	tell(run, "/a", "a@x");
	begin_object(run, "/b");
	put(run, "b@x/20260116T090000Z", "2026-01-16T09:00:00", "B1");
	put(run, "b@x/20260117T090000Z", "2026-01-17T09:00:00", "B2");
	end_object(run, "/b");
	event_store_calendar_complete(run->store, STORY_CALENDAR);
	g_assert_cmpuint(event_store_counts(run->store)->seen, ==, 3);
	end(run);
	ASSERT_TEXT(story_changes(story), "");
	ASSERT_TEXT(test_db_rows(story->test, "CHECKSUM TABLE wp_posts, wp_postmeta"), before);
	run = begin(story);
	load_all(run);
	g_assert_true(is_intact(run, "/a"));
	g_assert_true(is_intact(run, "/b"));
	break_off(run);
}

static void test_two_processes_that_add_one_event_store_it_once(void)
{
	g_autoptr(Story) story = story_new();
	Db *other;
	Run *first, *second;

	if (story == NULL)
		return;
	other = test_db_connect(story->test);
	first = begin(story);
	second = begin_on(story, other);
	tell(first, "/a", "a@x");
	tell(second, "/a", "a@x");
	end(first);
	end(second);
	ASSERT_TEXT(story_live(story), "a@x @ 2026-01-15 10:00:00\n");
	db_free(other);
}

static void test_the_theme_added_the_event_meanwhile(void)
{
	g_autoptr(Story) story = story_new();
	Run *run;

	if (story == NULL)
		return;
	run = begin(story);
	test_db_exec(story->test,
		"INSERT INTO wp_posts (ID, post_author, post_type, post_status, post_title, "
		"post_content, post_excerpt, to_ping, pinged, post_content_filtered, post_name) "
		"VALUES (9000, 2, 'calendar_event', 'publish', 'a@x', '', '', '', '', '', 'a'); "
		"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES "
		"(9000, '_event_uid', 'a@x'), (9000, '_connection_id', '" STORY_CONNECTION "')");
	tell(run, "/a", "a@x");
	end(run);
	ASSERT_TEXT(story_changes(story), "changed a@x");
	ASSERT_TEXT(test_db_text(story->test, "SELECT GROUP_CONCAT(ID) FROM wp_posts WHERE "
					      "post_type = 'calendar_event'"),
		"9000");
}

static bool refuse(Db *db, void *data, GError **error)
{
	(void)db;
	(void)data;
	g_set_error(error, DB_ERROR, DB_ERROR_QUERY, "not ours any more");
	return false;
}

static void test_a_guard_that_refuses_keeps_everything_out(void)
{
	g_autoptr(Story) story = story_new();
	g_autoptr(GError) error = NULL;
	Run *run;

	if (story == NULL)
		return;
	run = begin(story);
	event_store_free(run->store);
	run->options.guard = refuse;
	run->store = event_store_open(story->test->db, story->site, &run->options, &error);
	tell(run, "/a", "a@x");
	tell(run, "/b", "b@x");
	g_assert_false(event_store_finish(run->store, NULL, NULL, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_QUERY);
	break_off(run);
	ASSERT_TEXT(story_live(story), "");
	g_assert_null(objects(story));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func("/wp/event-deltas/" name, function)
	ADD("what-is-told-is-remembered", test_what_is_told_is_remembered);
	ADD("what-is-not-told-stays", test_what_is_not_told_stays);
	ADD("an-object-told-without-an-event-loses-it",
		test_an_object_told_without_an_event_loses_it);
	ADD("a-deleted-object-takes-its-events-along",
		test_a_deleted_object_takes_its_events_along);
	ADD("deletions-of-a-calendar-that-failed-wait",
		test_deletions_of_a_calendar_that_failed_wait);
	ADD("a-renamed-object-keeps-the-posts", test_a_renamed_object_keeps_the_posts);
	ADD("a-name-that-is-used-again-asks-for-a-listing",
		test_a_name_that_is_used_again_asks_for_a_listing);
	ADD("an-uid-in-two-objects-belongs-to-the-first",
		test_an_uid_in_two_objects_belongs_to_the_first);
	ADD("what-was-left-to-remove-is-not-taken-for-done",
		test_what_was_left_to_remove_is_not_taken_for_done);
	ADD("an-object-kept-keeps-its-events", test_an_object_kept_keeps_its_events);
	ADD("tampering-is-noticed", test_tampering_is_noticed);
	ADD("a-post-that-was-deleted-is-made-again-when-its-object-is-told",
		test_a_post_that_was_deleted_is_made_again_when_its_object_is_told);
	ADD("instances-go-with-their-series", test_instances_go_with_their_series);
	ADD("an-event-that-left-the-window-goes-unless-the-window-left-it",
		test_an_event_that_left_the_window_goes_unless_the_window_left_it);
	ADD("dropping-the-memory-changes-nothing", test_dropping_the_memory_changes_nothing);
	ADD("two-processes-that-add-one-event-store-it-once",
		test_two_processes_that_add_one_event_store_it_once);
	ADD("the-theme-added-the-event-meanwhile", test_the_theme_added_the_event_meanwhile);
	ADD("a-guard-that-refuses-keeps-everything-out",
		test_a_guard_that_refuses_keeps_everything_out);
	return g_test_run();
}

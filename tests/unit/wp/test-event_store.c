/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stories of a calendar: what its listings do to the stored events. */
#include <glib.h>
#include <string.h>

#include "../support/story.h"

#define ASSERT_TEXT(expression, expected)                                                          \
	do {                                                                                       \
		g_autofree char *text_ = (expression);                                             \
		g_assert_cmpstr(text_, ==, (expected));                                            \
	} while (0)

static void test_a_new_event_has_the_rows_of_wordpress(void)
{
	g_autoptr(Story) story = story_new();
	Event *event;

	if (story == NULL)
		return;
	event = story_add(story, "standup@x", "2026-01-15T09:00:00", "Team standup");
	event->description = g_strdup("Agenda:\n- one");
	event->location = g_strdup("Room 4");
	g_assert_cmpuint(story_sync(story).added, ==, 1);
	ASSERT_TEXT(
		test_db_rows(story->test,
			"SELECT post_author, post_date, post_date_gmt, post_title, post_content, "
			"post_excerpt, "
			"post_status, comment_status, ping_status, post_password, to_ping, pinged, "
			"post_modified, post_modified_gmt, post_content_filtered, post_parent, "
			"REPLACE(guid, ID, 'N'), menu_order, post_type, post_mime_type, "
			"comment_count "
			"FROM wp_posts WHERE post_type = 'calendar_event'"),
		"2|2026-01-15 10:00:00|2026-01-15 09:00:00|Team standup|Agenda:\n- one||"
		"publish|closed|closed||||"
		"2026-01-20 13:00:00|2026-01-20 12:00:00||0|"
		"https://crm.example.org/?post_type=calendar_event&p=N|0|calendar_event||0\n");
	ASSERT_TEXT(
		test_db_rows(story->test, "SELECT meta_key, meta_value FROM wp_postmeta m JOIN "
					  "wp_posts p ON p.ID = m.post_id "
					  "WHERE post_type = 'calendar_event' ORDER BY meta_id"),
		"_connection_id|conn_683f1c2ab4d51\n"
		"_event_uid|standup@x\n"
		"_calendar_id|https://dav.example.org/ben/work/\n"
		"_calendar_name|Work\n"
		"_start_time|2026-01-15 10:00:00\n"
		"_end_time|2026-01-15 11:00:00\n"
		"_all_day|0\n"
		"_location|Room 4\n"
		"_meeting_url|\n"
		"_organizer_email|\n"
		"_attendees|[]\n"
		"_matched_people|[]\n"
		"_raw_data|{\"uid\":\"standup@x\"}\n");
	ASSERT_TEXT(test_db_rows(story->test,
			    "SELECT COUNT(DISTINCT post_name), MIN(LENGTH(post_name)) "
			    "FROM wp_posts WHERE post_name LIKE 'calendar-event-%'"),
		"1|47\n");
}

static void test_a_future_event_is_published(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	story_add(story, "later@x", "2026-02-10T09:00:00", "Later");
	story_sync(story);
	ASSERT_TEXT(story_live(story), "Later @ 2026-02-10 10:00:00\n");
}

static void test_an_unchanged_calendar_costs_one_query(void)
{
	g_autoptr(Story) story = story_new();
	g_autofree char *before = NULL;
	EventStoreCounts counts;
	uint64_t statements;

	if (story == NULL)
		return;
	for (int i = 0; i < 300; i++) {
		g_autofree char *uid = g_strdup_printf("%d@x", i);

		story_add(story, uid, "2026-01-15T09:00:00", "R&D <b>\\ \"quoted\" 🎉");
	}
	g_assert_cmpuint(story_sync(story).added, ==, 300);
	before = test_db_rows(story->test, "CHECKSUM TABLE wp_posts, wp_postmeta");
	statements = db_statement_count(story->test->db);
	counts = story_sync(story);
	g_assert_cmpuint(counts.unchanged, ==, 300);
	g_assert_cmpuint(counts.changed + counts.added + counts.removed, ==, 0);
	/* The query that reads what is stored, and nothing else. */
	g_assert_cmpuint(db_statement_count(story->test->db), ==, statements + 1);
	ASSERT_TEXT(test_db_rows(story->test, "CHECKSUM TABLE wp_posts, wp_postmeta"), before);
}

static void test_three_hundred_events_cost_few_statements(void)
{
	g_autoptr(Story) story = story_new();
	uint64_t statements;

	if (story == NULL)
		return;
	for (int i = 0; i < 300; i++) {
		g_autofree char *uid = g_strdup_printf("%d@x", i);

		story_add(story, uid, "2026-01-15T09:00:00", uid);
	}
	statements = db_statement_count(story->test->db);
	story_sync(story);
	/* One to read; in each of two batches BEGIN, five to insert, COMMIT. */
	g_assert_cmpuint(db_statement_count(story->test->db) - statements, <=, 1 + 2 * 7);
	statements = db_statement_count(story->test->db);
	for (guint i = 0; i < story->listing->len; i++)
		story_move(story->listing->pdata[i], "2026-01-16T09:00:00");
	g_assert_cmpuint(story_sync(story).changed, ==, 300);
	g_assert_cmpuint(db_statement_count(story->test->db) - statements, <=, 1 + 2 * 6);
}

static void test_a_meeting_moves_to_tomorrow(void)
{
	g_autoptr(Story) story = story_new();
	Event *event;
	int64_t id;

	if (story == NULL)
		return;
	event = story_add(story, "move@x", "2026-01-20T09:00:00", "Moving");
	story_add(story, "stay@x", "2026-01-20T10:00:00", "Staying");
	story_sync(story);
	id = test_db_int(story->test, "SELECT ID FROM wp_posts WHERE post_title = 'Moving'");
	story->now_utc += 60;
	story_move(event, "2026-01-21T09:30:00");
	g_assert_cmpuint(story_sync(story).changed, ==, 1);
	ASSERT_TEXT(story_changes(story), "changed move@x");
	ASSERT_TEXT(test_db_rows(story->test,
			    "SELECT post_date, post_date_gmt, post_modified, post_status "
			    "FROM wp_posts WHERE post_type = 'calendar_event' ORDER BY ID"),
		"2026-01-21 10:30:00|2026-01-21 09:30:00|2026-01-20 13:01:00|publish\n"
		"2026-01-20 11:00:00|2026-01-20 10:00:00|2026-01-20 13:00:00|publish\n");
	ASSERT_TEXT(story_meta(story, "move@x", "_start_time"), "2026-01-21 10:30:00");
	ASSERT_TEXT(story_meta(story, "move@x", "_wp_old_date"), "2026-01-20");
	g_assert_cmpint(
		test_db_int(story->test, "SELECT ID FROM wp_posts WHERE post_title = 'Moving'"), ==,
		id);
	story_move(event, "2026-01-20T09:00:00");
	story_sync(story);
	ASSERT_TEXT(story_meta(story, "move@x", "_wp_old_date"), "2026-01-21");
}

static void test_a_meeting_is_gone_and_comes_back(void)
{
	g_autoptr(Story) story = story_new();
	g_autofree char *fresh = NULL;
	Event *event;
	static const char rows[] =
		"SELECT post_title, post_status, post_name, guid LIKE '%&#038;p=%', meta_key, "
		"meta_value FROM wp_posts JOIN wp_postmeta ON post_id = ID "
		"WHERE post_type = 'calendar_event' ORDER BY meta_id";

	if (story == NULL)
		return;
	event = story_add(story, "back@x", "2026-01-15T09:00:00", "Back");
	story_sync(story);
	test_db_exec(story->test,
		"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) "
		"SELECT ID, '_logged_as_activity', '1' FROM wp_posts WHERE post_title = 'Back'; "
		"UPDATE wp_posts SET guid = REPLACE(guid, '&p=', '&#038;p=')");
	fresh = test_db_rows(story->test, rows);
	g_ptr_array_remove_index(story->listing, 0);
	g_assert_cmpuint(story_sync(story).removed, ==, 1);
	ASSERT_TEXT(test_db_rows(story->test, "SELECT meta_key, REPLACE(meta_value, p.post_name, "
					      "'NAME') FROM wp_postmeta "
					      "JOIN (SELECT ID, REPLACE(post_name, '__trashed', "
					      "'') AS post_name FROM wp_posts) p "
					      "ON p.ID = post_id WHERE meta_key LIKE '%trash%' OR "
					      "meta_key LIKE '%desired%' "
					      "ORDER BY meta_id"),
		"_wp_trash_meta_status|publish\n_wp_trash_meta_time|1768910400\n"
		"_wp_desired_post_slug|NAME\n");
	ASSERT_TEXT(test_db_rows(story->test,
			    "SELECT post_status, RIGHT(post_name, 9), post_modified_gmt "
			    "FROM wp_posts WHERE post_title = 'Back'"),
		"trash|__trashed|2026-01-20 12:00:00\n");
	g_assert_cmpuint(story_sync(story).removed, ==, 0);
	event = story_add(story, "back@x", "2026-01-15T09:00:00", "Back");
	g_assert_nonnull(event);
	g_assert_cmpuint(story_sync(story).restored, ==, 1);
	ASSERT_TEXT(test_db_rows(story->test, rows), fresh);
}

static void test_gone_means_deleted_where_asked(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	story_add(story, "gone@x", "2026-01-15T09:00:00", "Gone");
	story_add(story, "stay@x", "2026-01-15T09:00:00", "Stay");
	story_sync(story);
	story->gone = EVENT_GONE_DELETE;
	story_remove(story, story->listing->pdata[0]);
	g_assert_cmpuint(story_sync(story).removed, ==, 1);
	ASSERT_TEXT(story_changes(story), "removed gone@x");
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_posts "
						 "WHERE post_type = 'calendar_event'"),
		==, 1);
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(DISTINCT post_id) FROM wp_postmeta "
						 "WHERE meta_key = '_event_uid'"),
		==, 1);
}

/* What may and may not be concluded when an event is missing from a listing. */
static void test_only_a_complete_listing_proves_absence(void)
{
	static const struct {
		const char *name;
		const char *uid;
		const char *start;
		const char *keep;
		const char *gone;
		const char *calendar; /* that the second listing is of */
		bool fails;
		bool unknown;
		bool removed;
	} cases[] = {
		{"complete", "a@x", "2026-01-15T09:00:00", NULL, NULL, NULL, false, false, true},
		{"failed", "a@x", "2026-01-15T09:00:00", NULL, NULL, NULL, true, false, false},
		{"failed, but told gone", "a@x", "2026-01-15T09:00:00", NULL, "a@x", NULL, true,
			false, true},
		{"its object unreadable", "a@x", "2026-01-15T09:00:00", "a@x", NULL, NULL, false,
			false, false},
		{"its series unreadable", "a@x/20260115T090000Z", "2026-01-15T09:00:00", "a@x",
			NULL, NULL, false, false, false},
		{"another object unreadable", "a@x/20260115T090000Z", "2026-01-15T09:00:00", "b@x",
			NULL, NULL, false, false, true},
		{"left behind by the window", "a@x", "2025-10-01T09:00:00", NULL, NULL, NULL, false,
			false, false},
		{"beyond the window", "a@x", "2026-03-01T09:00:00", NULL, NULL, NULL, false, false,
			false},
		{"reaches into the window", "a@x", "2025-10-22T13:30:00", NULL, NULL, NULL, false,
			false, true},
		{"calendar deselected", "a@x", "2026-01-15T09:00:00", NULL, NULL, "other", false,
			false, true},
		{"calendar deselected, far ahead", "a@x", "2026-03-01T09:00:00", NULL, NULL,
			"other", false, false, true},
		{"calendars unknown", "a@x", "2026-01-15T09:00:00", NULL, NULL, "other", false,
			true, false},
		{"calendar deselected, others fail", "a@x", "2026-01-15T09:00:00", NULL, NULL,
			"other", true, false, false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		story_add(story, cases[i].uid, cases[i].start, "Event");
		story_sync(story);
		g_ptr_array_set_size(story->listing, 0);
		story->keep_uid = cases[i].keep;
		story->gone_uid = cases[i].gone;
		story->calendar_fails = cases[i].fails;
		story->other_calendars_unknown = cases[i].unknown;
		if (cases[i].calendar != NULL)
			story->calendar_id = cases[i].calendar;
		g_assert_cmpuint(story_sync(story).removed, ==, cases[i].removed);
	}
}

/* As the theme writes an event: WordPress's slug, future status, JSON without its backslashes. */
static void insert_theme_copy(
	Story *story, const char *uid, const char *status, const char *start, bool logged)
{
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO wp_posts (post_author, post_date, post_date_gmt, post_content, "
		"post_title, post_excerpt, "
		"post_status, post_name, to_ping, pinged, post_content_filtered, post_type, "
		"comment_status, "
		"ping_status) VALUES (2, '%s', '%s', '', 'R&amp;D', '', '%s', 'rd', '', '', '', "
		"'calendar_event', "
		"'closed', 'closed'); SET @id = LAST_INSERT_ID(); "
		"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES "
		"(@id, '_connection_id', '" STORY_CONNECTION "'), (@id, '_event_uid', '%s'), "
		"(@id, '_calendar_id', '" STORY_CALENDAR "'), (@id, '_start_time', '%s'), "
		"(@id, '_end_time', '%s'), (@id, '_attendees', '[{\"name\":\"Ana \"The\"\"}]'), "
		"(@id, 'by_a_plugin', 'x')%s",
		start, start, status, uid, start, start,
		logged ? ", (@id, '_logged_as_activity', '1')" : "");

	test_db_exec(story->test, sql);
}

static void test_three_copies_of_the_theme_become_one(void)
{
	g_autoptr(Story) story = story_new();
	EventStoreCounts counts;

	if (story == NULL)
		return;
	insert_theme_copy(story, "copy@x", "future", "2026-01-15 10:00:00", false);
	insert_theme_copy(story, "copy@x", "publish", "2026-01-15 10:00:00", true);
	insert_theme_copy(story, "copy@x", "publish", "2026-01-15 10:00:00", false);
	story_add(story, "copy@x", "2026-01-15T09:00:00", "R&D");
	counts = story_sync(story);
	g_assert_cmpuint(counts.stored, ==, 3);
	g_assert_cmpuint(counts.changed, ==, 1);
	g_assert_cmpuint(counts.folded, ==, 2);
	g_assert_cmpuint(counts.repaired, ==, 1);
	ASSERT_TEXT(test_db_rows(story->test, "SELECT post_title, post_status, post_name, "
					      "IFNULL(l.meta_value, '-') FROM wp_posts "
					      "LEFT JOIN wp_postmeta l ON l.post_id = ID AND "
					      "l.meta_key = '_logged_as_activity' "
					      "WHERE post_type = 'calendar_event' ORDER BY ID"),
		"R&amp;D|trash|rd__trashed|-\nR&D|publish|rd|1\nR&amp;D|trash|rd__trashed-2|-\n");
	g_assert_cmpint(test_db_int(story->test,
				"SELECT COUNT(*) FROM wp_postmeta WHERE meta_key = 'by_a_plugin'"),
		==, 3);
	counts = story_sync(story);
	g_assert_cmpuint(counts.unchanged, ==, 1);
	g_assert_cmpuint(counts.folded, ==, 0);
}

static void test_a_series_in_one_post_becomes_its_occurrence(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	insert_theme_copy(story, "weekly@x", "publish", "2026-01-08 10:00:00", true);
	insert_theme_copy(story, "daily@x", "publish", "2026-01-08 10:30:00", false);
	story_add(story, "weekly@x/20260101T090000Z", "2026-01-01T09:00:00", "Weekly");
	story_add(story, "weekly@x/20260108T090000Z", "2026-01-08T09:00:00", "Weekly");
	story_add(story, "daily@x/20260109T090000Z", "2026-01-09T09:00:00", "Daily");
	story_sync(story);
	ASSERT_TEXT(story_changes(story),
		"added daily@x_20260109T090000Z, added weekly@x_20260101T090000Z, "
		"adopted weekly@x_20260108T090000Z, removed daily@x");
	ASSERT_TEXT(story_meta(story, "weekly@x_20260108T090000Z", "_logged_as_activity"), "1");
	ASSERT_TEXT(story_live(story),
		"Weekly @ 2026-01-01 10:00:00\nWeekly @ 2026-01-08 10:00:00\n"
		"Daily @ 2026-01-09 10:00:00\n");
	g_assert_cmpuint(story_sync(story).unchanged, ==, 3);
}

static void test_second_rows_of_a_key_go(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	story_add(story, "twice@x", "2026-01-15T09:00:00", "Twice");
	story_sync(story);
	test_db_exec(story->test, "INSERT INTO wp_postmeta (post_id, meta_key, meta_value) "
				  "SELECT post_id, meta_key, meta_value FROM wp_postmeta "
				  "WHERE meta_key IN ('_connection_id', '_location')");
	g_assert_cmpuint(story_sync(story).changed, ==, 1);
	g_assert_cmpint(
		test_db_int(story->test, "SELECT COUNT(*) FROM wp_postmeta "
					 "WHERE meta_key IN ('_connection_id', '_location')"),
		==, 2);
	g_assert_cmpuint(story_sync(story).unchanged, ==, 1);
}

static void test_entities_of_kses_are_no_change(void)
{
	g_autoptr(Story) story = story_new();
	Event *event;

	if (story == NULL)
		return;
	event = story_add(story, "rd@x", "2026-01-15T09:00:00", "R&D");
	event->description = g_strdup("Q&A");
	story_sync(story);
	test_db_exec(story->test,
		"UPDATE wp_posts SET post_title = 'R&amp;D', post_content = 'Q&amp;A' "
		"WHERE post_type = 'calendar_event'");
	g_assert_cmpuint(story_sync(story).unchanged, ==, 1);
	g_free(event->location);
	event->location = g_strdup("Lab");
	g_assert_cmpuint(story_sync(story).changed, ==, 1);
	ASSERT_TEXT(story_live(story), "R&D @ 2026-01-15 10:00:00\n");
}

static void test_a_dry_run_tells_and_writes_nothing(void)
{
	g_autoptr(Story) story = story_new();
	g_autofree char *before = NULL;

	if (story == NULL)
		return;
	story_add(story, "gone@x", "2026-01-15T09:00:00", "Gone");
	story_add(story, "moved@x", "2026-01-15T09:00:00", "Moved");
	story_sync(story);
	before = test_db_rows(story->test, "CHECKSUM TABLE wp_posts, wp_postmeta");
	story_remove(story, story->listing->pdata[0]);
	story_move(story->listing->pdata[0], "2026-01-16T09:00:00");
	story_add(story, "new@x", "2026-01-15T09:00:00", "New");
	story->dry_run = true;
	story_sync(story);
	ASSERT_TEXT(story_changes(story), "added new@x, changed moved@x, removed gone@x");
	ASSERT_TEXT(test_db_rows(story->test, "CHECKSUM TABLE wp_posts, wp_postmeta"), before);
}

static void test_one_bad_row_does_not_stop_the_others(void)
{
	g_autoptr(Story) story = story_new();
	EventStoreCounts counts;

	if (story == NULL)
		return;
	test_db_exec(story->test, "ALTER TABLE wp_posts MODIFY post_title varchar(20) NOT NULL");
	for (int i = 0; i < 20; i++) {
		g_autofree char *uid = g_strdup_printf("%d@x", i);

		story_add(story, uid, "2026-01-15T09:00:00",
			i == 13 ? "a title of more than twenty characters" : "short");
	}
	counts = story_sync(story);
	g_assert_cmpuint(counts.added, ==, 19);
	g_assert_cmpuint(counts.failed, ==, 1);
	g_assert_cmpuint(story->problems->len, ==, 1);
	g_assert_true(g_str_has_prefix(story->problems->pdata[0], "13@x: "));
	g_assert_cmpint(test_db_int(story->test,
				"SELECT COUNT(*) FROM wp_posts WHERE post_type = 'calendar_event'"),
		==, 19);
}

static bool write_cursor(Db *db, void *data, GError **error)
{
	DbStatement *statement = db_prepare(db,
		"INSERT INTO {options} (option_name, option_value, autoload) VALUES ('cursor', "
		"'new', 'no')",
		error);

	g_assert_nonnull(data);
	return statement != NULL && db_run(statement, NULL, error);
}

static bool fail_after_writing(Db *db, void *data, GError **error)
{
	if (!write_cursor(db, data, error))
		return false;
	g_set_error(error, DB_ERROR, DB_ERROR_QUERY, "no");
	return false;
}

static void test_the_cursor_is_in_the_last_transaction(void)
{
	g_autoptr(Story) story = story_new();
	const EventStoreOptions options = {
		.user_id = STORY_USER, .connection_id = STORY_CONNECTION, .now_utc = STORY_NOW};
	const EventRowContext context = {.user_id = STORY_USER,
		.connection_id = STORY_CONNECTION,
		.calendar_id = "c",
		.calendar_name = "c"};
	g_autoptr(EventStore) store = NULL;
	g_autoptr(GError) error = NULL;
	EventRow *row;

	if (story == NULL)
		return;
	row = event_row_new(
		story_add(story, "a@x", "2026-01-15T09:00:00", "A"), story->site, &context, &error);
	store = event_store_open(story->test->db, story->site, &options, &error);
	g_assert_true(event_store_put(store, "c", row, NULL, &error));
	g_assert_false(event_store_finish(store, fail_after_writing, story, &error));
	g_assert_error(error, DB_ERROR, DB_ERROR_QUERY);
	ASSERT_TEXT(test_db_rows(story->test,
			    "SELECT option_value FROM wp_options WHERE option_name = 'cursor'"),
		"");
	ASSERT_TEXT(story_live(story), "");
	story->last = write_cursor;
	story_sync(story);
	ASSERT_TEXT(test_db_text(story->test,
			    "SELECT option_value FROM wp_options WHERE option_name = 'cursor'"),
		"new");
	ASSERT_TEXT(story_live(story), "A @ 2026-01-15 10:00:00\n");
}

static void test_the_same_event_twice_in_a_listing_is_stored_once(void)
{
	g_autoptr(Story) story = story_new();
	EventStoreCounts counts;

	if (story == NULL)
		return;
	story_add(story, "twice@x", "2026-01-15T09:00:00", "First");
	story_add(story, "twice@x", "2026-01-16T09:00:00", "Second");
	counts = story_sync(story);
	g_assert_cmpuint(counts.seen, ==, 2);
	ASSERT_TEXT(story_live(story), "First @ 2026-01-15 10:00:00\n");
	g_assert_cmpuint(story_sync(story).unchanged, ==, 2);
}

static void test_another_host_stored_it_meanwhile(void)
{
	g_autoptr(Story) story = story_new();
	const EventStoreOptions options = {
		.user_id = STORY_USER, .connection_id = STORY_CONNECTION, .now_utc = STORY_NOW};
	const EventRowContext context = {.user_id = STORY_USER,
		.connection_id = STORY_CONNECTION,
		.calendar_id = STORY_CALENDAR,
		.calendar_name = "Work"};
	g_autoptr(EventStore) store = NULL;
	g_autoptr(GError) error = NULL;

	if (story == NULL)
		return;
	store = event_store_open(story->test->db, story->site, &options, &error);
	g_assert_no_error(error);
	story_add(story, "a@x", "2026-01-15T09:00:00", "A");
	story_sync(story);
	g_assert_true(event_store_put(store, STORY_CALENDAR,
		event_row_new(story->listing->pdata[0], story->site, &context, &error), NULL,
		&error));
	g_assert_true(event_store_finish(store, NULL, NULL, &error));
	g_assert_cmpuint(event_store_counts(store)->unchanged, ==, 1);
	ASSERT_TEXT(story_live(story), "A @ 2026-01-15 10:00:00\n");
}

static void test_text_survives_byte_for_byte(void)
{
	static const char hard[] = "O'Brien \\ \"quoted\" & José 日本 🎉 100% C:\\new";
	g_autoptr(Story) story = story_new();
	Attendee *attendee = attendee_new();
	Event *event;

	if (story == NULL) {
		attendee_free(attendee);
		return;
	}
	event = story_add(story, "hard@x", "2026-01-15T09:00:00", hard);
	event->location = g_strdup(hard);
	attendee->name = g_strdup(hard);
	attendee->email = g_strdup("jose@example.org");
	g_ptr_array_add(event->attendees, attendee);
	story_sync(story);
	ASSERT_TEXT(story_meta(story, "hard@x", "_location"), hard);
	ASSERT_TEXT(test_db_text(story->test,
			    "SELECT post_title FROM wp_posts WHERE post_type = 'calendar_event'"),
		hard);
	ASSERT_TEXT(test_db_text(story->test,
			    "SELECT JSON_VALUE(meta_value, '$[0].name') FROM wp_postmeta "
			    "WHERE meta_key = '_attendees'"),
		hard);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func("/wp/event-store/" name, function)
	ADD("a-new-event-has-the-rows-of-wordpress", test_a_new_event_has_the_rows_of_wordpress);
	ADD("a-future-event-is-published", test_a_future_event_is_published);
	ADD("an-unchanged-calendar-costs-one-query", test_an_unchanged_calendar_costs_one_query);
	ADD("three-hundred-events-cost-few-statements",
		test_three_hundred_events_cost_few_statements);
	ADD("a-meeting-moves-to-tomorrow", test_a_meeting_moves_to_tomorrow);
	ADD("a-meeting-is-gone-and-comes-back", test_a_meeting_is_gone_and_comes_back);
	ADD("gone-means-deleted-where-asked", test_gone_means_deleted_where_asked);
	ADD("only-a-complete-listing-proves-absence", test_only_a_complete_listing_proves_absence);
	ADD("three-copies-of-the-theme-become-one", test_three_copies_of_the_theme_become_one);
	ADD("a-series-in-one-post-becomes-its-occurrence",
		test_a_series_in_one_post_becomes_its_occurrence);
	ADD("second-rows-of-a-key-go", test_second_rows_of_a_key_go);
	ADD("entities-of-kses-are-no-change", test_entities_of_kses_are_no_change);
	ADD("a-dry-run-tells-and-writes-nothing", test_a_dry_run_tells_and_writes_nothing);
	ADD("one-bad-row-does-not-stop-the-others", test_one_bad_row_does_not_stop_the_others);
	ADD("the-cursor-is-in-the-last-transaction", test_the_cursor_is_in_the_last_transaction);
	ADD("the-same-event-twice-in-a-listing-is-stored-once",
		test_the_same_event_twice_in_a_listing_is_stored_once);
	ADD("another-host-stored-it-meanwhile", test_another_host_stored_it_meanwhile);
	ADD("text-survives-byte-for-byte", test_text_survives_byte_for_byte);
	return g_test_run();
}

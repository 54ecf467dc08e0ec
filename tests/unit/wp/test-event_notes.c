/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people wrote on a meeting's post, when that post gives way to another or goes. */
#include <glib.h>
#include <string.h>

#include "../support/story.h"
#include "cache/object_cache.h"
#include "wp/event_comments.h"

#define ASSERT_TEXT(expression, expected)                                                          \
	do {                                                                                       \
		g_autofree char *text_ = (expression);                                             \
		g_assert_cmpstr(text_, ==, (expected));                                            \
	} while (0)

/* All metas that are not ours, of each post by its title and status. */
static const char notes_sql[] =
	"SELECT p.post_title, p.post_status, m.meta_key, m.meta_value FROM wp_posts p "
	"JOIN wp_postmeta m ON m.post_id = p.ID WHERE p.post_type = 'calendar_event' "
	"AND m.meta_key IN ('_meeting_notes', 'by_a_plugin') ORDER BY p.ID, m.meta_id";

static const char comments_sql[] =
	"SELECT p.post_title, p.post_status, p.comment_count, c.comment_content, "
	"c.comment_approved FROM wp_posts p JOIN wp_comments c ON c.comment_post_ID = p.ID "
	"WHERE p.post_type = 'calendar_event' ORDER BY p.ID, c.comment_ID";

/* An event as somebody else stored it, titled by its uid and a number. Returns its post. */
static int64_t stored(Story *story, const char *uid, const char *start, int number)
{
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO wp_posts (post_author, post_date, post_date_gmt, post_content, "
		"post_title, post_excerpt, post_status, post_name, to_ping, pinged, "
		"post_content_filtered, post_type) VALUES (2, '%s', '%s', '', '%s %d', '', "
		"'publish', 'theme-%d', '', '', '', 'calendar_event'); "
		"SET @id = LAST_INSERT_ID(); "
		"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES "
		"(@id, '_connection_id', '" STORY_CONNECTION "'), (@id, '_event_uid', '%s'), "
		"(@id, '_calendar_id', '" STORY_CALENDAR "'), (@id, '_start_time', '%s'), "
		"(@id, '_end_time', '%s')",
		start, start, uid, number, number, uid, start, start);

	test_db_exec(story->test, sql);
	return test_db_int(story->test, "SELECT MAX(ID) FROM wp_posts");
}

static void note(Story *story, int64_t post_id, const char *key, const char *value)
{
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES (%" G_GINT64_FORMAT
		", '%s', '%s')",
		post_id, key, value);

	test_db_exec(story->test, sql);
}

static void comment(Story *story, int64_t post_id, const char *approved, const char *content)
{
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO wp_comments (comment_post_ID, comment_author, comment_approved, "
		"comment_content) VALUES (%" G_GINT64_FORMAT ", 'Ana', '%s', '%s'); "
		"UPDATE wp_posts SET comment_count = comment_count + ('%s' = '1') WHERE ID = "
		"%" G_GINT64_FORMAT,
		post_id, approved, content, approved, post_id);

	test_db_exec(story->test, sql);
}

static char *rows(const Story *story, const char *sql)
{
	return test_db_rows(story->test, sql);
}

static void test_notes_on_copies_come_together(void)
{
	static const struct {
		const char *name;
		const char *key;
		const char *on[3]; /* of three copies, the first of which stays; NULL: no row */
		const char *rows;
	} cases[] = {
		{"nobody wrote", "_meeting_notes", {NULL, NULL, NULL}, ""},
		{"on one that goes", "_meeting_notes", {NULL, "he said \\\\ yes", NULL},
			"Lunch|publish|_meeting_notes|he said \\ yes\n"},
		{"on both that go", "_meeting_notes", {NULL, "one", "two"},
			"Lunch|publish|_meeting_notes|one\n\ntwo\n"
			"a@x 3|trash|_meeting_notes|two\n"},
		{"on all", "_meeting_notes", {"zero", "one", "two"},
			"Lunch|publish|_meeting_notes|zero\n\none\n\ntwo\n"
			"a@x 2|trash|_meeting_notes|one\na@x 3|trash|_meeting_notes|two\n"},
		{"the same on all", "_meeting_notes", {"zero", "zero", "zero"},
			"Lunch|publish|_meeting_notes|zero\n"
			"a@x 2|trash|_meeting_notes|zero\na@x 3|trash|_meeting_notes|zero\n"},
		{"begun on the one that stays", "_meeting_notes", {"zero", "zero and one", NULL},
			"Lunch|publish|_meeting_notes|zero and one\n"
			"a@x 2|trash|_meeting_notes|zero and one\n"},
		{"emptied on the one that stays", "_meeting_notes", {"", "one", NULL},
			"Lunch|publish|_meeting_notes|one\na@x 2|trash|_meeting_notes|one\n"},
		{"a plugin's, on one that goes", "by_a_plugin", {NULL, NULL, "x"},
			"Lunch|publish|by_a_plugin|x\n"},
		{"a plugin's, on all", "by_a_plugin", {"x", "x", "y"},
			"Lunch|publish|by_a_plugin|x\nLunch|publish|by_a_plugin|y\n"
			"a@x 2|trash|by_a_plugin|x\na@x 3|trash|by_a_plugin|y\n"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		for (int copy = 0; copy < 3; copy++) {
			int64_t id = stored(story, "a@x", "2026-01-15 10:00:00", copy + 1);

			if (cases[i].on[copy] != NULL)
				note(story, id, cases[i].key, cases[i].on[copy]);
		}
		story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
		g_assert_cmpuint(story_sync(story).folded, ==, 2);
		ASSERT_TEXT(rows(story, notes_sql), cases[i].rows);
		g_assert_cmpuint(story_sync(story).unchanged, ==, 1);
		ASSERT_TEXT(rows(story, notes_sql), cases[i].rows);
	}
}

static void test_all_rows_of_a_key_move_and_what_is_wordpress_own_stays(void)
{
	g_autoptr(Story) story = story_new();
	int64_t copy;

	if (story == NULL)
		return;
	stored(story, "a@x", "2026-01-15 10:00:00", 1);
	copy = stored(story, "a@x", "2026-01-15 10:00:00", 2);
	note(story, copy, "by_a_plugin", "x");
	note(story, copy, "by_a_plugin", "y");
	note(story, copy, "_edit_lock", "1:2");
	note(story, copy, "_wp_old_slug", "lunch");
	note(story, copy, "_RAW_DATA", "not ours");
	story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
	story_sync(story);
	ASSERT_TEXT(rows(story, notes_sql),
		"Lunch|publish|by_a_plugin|x\nLunch|publish|by_a_plugin|y\n");
	ASSERT_TEXT(
		rows(story, "SELECT p.post_title, m.meta_key FROM wp_posts p JOIN wp_postmeta m "
			    "ON m.post_id = p.ID WHERE m.meta_key IN ('_edit_lock', "
			    "'_wp_old_slug') OR m.meta_value = 'not ours' ORDER BY m.meta_id"),
		"a@x 2|_edit_lock\na@x 2|_wp_old_slug\nLunch|_RAW_DATA\n");
}

static void test_overlong_notes_are_kept_beside_each_other(void)
{
	g_autoptr(Story) story = story_new();
	g_autofree char *text = g_strnfill(70000, 'n');
	int64_t copy;

	if (story == NULL)
		return;
	note(story, stored(story, "a@x", "2026-01-15 10:00:00", 1), "_meeting_notes", "short");
	copy = stored(story, "a@x", "2026-01-15 10:00:00", 2);
	note(story, copy, "_meeting_notes", text);
	story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
	story_sync(story);
	ASSERT_TEXT(rows(story, "SELECT p.post_title, LENGTH(m.meta_value) FROM wp_posts p "
				"JOIN wp_postmeta m ON m.post_id = p.ID WHERE "
				"m.meta_key = '_meeting_notes' AND p.post_status = 'publish' "
				"ORDER BY m.meta_id"),
		"Lunch|5\nLunch|70000\n");
}

static void test_comments_on_a_copy_move_and_are_counted(void)
{
	g_autoptr(Story) story = story_new();
	int64_t copy;

	if (story == NULL)
		return;
	comment(story, stored(story, "a@x", "2026-01-15 10:00:00", 1), "1", "mine");
	copy = stored(story, "a@x", "2026-01-15 10:00:00", 2);
	comment(story, copy, "1", "seen");
	comment(story, copy, "0", "waits");
	story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
	story_sync(story);
	ASSERT_TEXT(rows(story, comments_sql),
		"Lunch|publish|2|mine|1\nLunch|publish|2|seen|1\nLunch|publish|2|waits|0\n");
	g_assert_cmpint(test_db_int(story->test, "SELECT comment_count FROM wp_posts "
						 "WHERE post_status = 'trash'"),
		==, 0);
}

static void test_what_stands_on_a_series_goes_to_its_nearest_occurrence(void)
{
	static const struct {
		const char *name;
		const char *series;         /* site time */
		const char *occurrences[3]; /* UTC */
		const char *heir;           /* its start in site time */
	} cases[] = {
		{"by another clock", "2026-01-08 09:00:00",
			{"20260101T090000Z", "20260108T090000Z", "20260115T090000Z"},
			"2026-01-08 10:00:00"},
		{"long before the window", "2024-01-08 09:00:00",
			{"20260115T090000Z", "20260101T090000Z", "20260108T090000Z"},
			"2026-01-01 10:00:00"},
		{"after the last", "2026-03-01 09:00:00",
			{"20260101T090000Z", "20260115T090000Z", "20260108T090000Z"},
			"2026-01-15 10:00:00"},
		{"between two", "2026-01-12 22:00:00",
			{"20260115T090000Z", "20260110T090000Z", "20260108T090000Z"},
			"2026-01-10 10:00:00"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();
		g_autofree char *expected = NULL;
		int64_t series;

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		series = stored(story, "w@x", cases[i].series, 1);
		note(story, series, "_meeting_notes", "ask Ana");
		comment(story, series, "1", "seen");
		for (size_t j = 0; j < G_N_ELEMENTS(cases[i].occurrences); j++) {
			const char *digits = cases[i].occurrences[j];
			g_autofree char *uid = g_strconcat("w@x/", digits, NULL);
			g_autofree char *start = g_strdup_printf(
				"%.4s-%.2s-%.2sT09:00:00", digits, digits + 4, digits + 6);

			story_add(story, uid, start, "Weekly");
		}
		g_assert_cmpuint(story_sync(story).removed, ==, 1);
		expected = g_strdup_printf("%s|ask Ana|1|seen\n", cases[i].heir);
		ASSERT_TEXT(rows(story, "SELECT p.post_date, m.meta_value, p.comment_count, "
					"c.comment_content FROM wp_posts p JOIN wp_postmeta m ON "
					"m.post_id = p.ID AND m.meta_key = '_meeting_notes' "
					"JOIN wp_comments c ON c.comment_post_ID = p.ID "
					"WHERE p.post_status = 'publish'"),
			expected);
		g_assert_cmpuint(story_sync(story).unchanged, ==, 3);
	}
}

/* All copies of a series in one post, one of which becomes an occurrence, or none. */
static void test_copies_of_a_series_end_in_one_occurrence(void)
{
	static const char *const starts[] = {"2026-01-08 10:00:00", "2026-01-08 09:00:00"};

	for (size_t i = 0; i < G_N_ELEMENTS(starts); i++) {
		g_autoptr(Story) story = story_new();

		if (story == NULL)
			return;
		note(story, stored(story, "w@x", starts[i], 1), "_meeting_notes", "one");
		note(story, stored(story, "w@x", starts[i], 2), "_meeting_notes", "two");
		note(story, stored(story, "w@x", starts[i], 3), "_meeting_notes", "three");
		story_add(story, "w@x/20260101T090000Z", "2026-01-01T09:00:00", "Weekly");
		story_add(story, "w@x/20260108T090000Z", "2026-01-08T09:00:00", "Weekly");
		story_sync(story);
		ASSERT_TEXT(rows(story, "SELECT p.post_date, m.meta_value FROM wp_posts p "
					"JOIN wp_postmeta m ON m.post_id = p.ID AND m.meta_key = "
					"'_meeting_notes' WHERE p.post_status = 'publish'"),
			"2026-01-08 10:00:00|one\n\ntwo\n\nthree\n");
		g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_posts WHERE "
							 "post_status = 'publish' AND "
							 "post_type = 'calendar_event'"),
			==, 2);
	}
}

/* Copies of an occurrence that is moved, all of it in the first listing. */
static void test_copies_of_what_was_moved_move_with_it(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	note(story, stored(story, "w@x_20260108T090000Z", "2026-01-08 10:00:00", 1),
		"_meeting_notes", "one");
	note(story, stored(story, "w@x_20260108T090000Z", "2026-01-08 10:00:00", 2),
		"_meeting_notes", "two");
	story_add(story, "w@x/20260108T140000Z", "2026-01-08T14:00:00", "Weekly");
	story_sync(story);
	ASSERT_TEXT(rows(story, notes_sql), "Weekly|publish|_meeting_notes|one\n\ntwo\n"
					    "w@x_20260108T090000Z 2|trash|_meeting_notes|two\n");
}

static void test_a_meeting_that_becomes_a_series_at_another_time(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	story_add(story, "a@x", "2026-01-08T09:00:00", "Lunch");
	story_sync(story);
	note(story, test_db_int(story->test, "SELECT ID FROM wp_posts WHERE post_title = 'Lunch'"),
		"_meeting_notes", "ask Ana");
	story_remove(story, story->listing->pdata[0]);
	story_add(story, "a@x/20260108T110000Z", "2026-01-08T11:00:00", "Lunches");
	story_add(story, "a@x/20260115T110000Z", "2026-01-15T11:00:00", "Lunches");
	story_sync(story);
	ASSERT_TEXT(rows(story, "SELECT p.post_date, p.post_status, m.meta_value FROM wp_posts p "
				"JOIN wp_postmeta m ON m.post_id = p.ID WHERE "
				"m.meta_key = '_meeting_notes'"),
		"2026-01-08 12:00:00|publish|ask Ana\n");
}

static void test_a_series_goes_over_into_an_occurrence_of_an_earlier_batch(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	note(story, stored(story, "w@x", "2026-01-08 09:00:00", 1), "_meeting_notes", "ask Ana");
	story_add(story, "w@x/20260108T090000Z", "2026-01-08T09:00:00", "Weekly");
	for (int i = 0; i < 600; i++) {
		g_autofree char *uid = g_strdup_printf("%d@x", i);

		story_add(story, uid, "2026-01-15T09:00:00", uid);
	}
	story_sync(story);
	ASSERT_TEXT(rows(story, notes_sql), "Weekly|publish|_meeting_notes|ask Ana\n");
}

/* The post is all that there is of the meeting then. */
static void test_a_series_stays_while_its_occurrence_is_refused(void)
{
	g_autoptr(Story) story = story_new();
	Event *event;

	if (story == NULL)
		return;
	test_db_exec(story->test, "ALTER TABLE wp_posts MODIFY post_title varchar(20) NOT NULL");
	note(story, stored(story, "w@x", "2026-01-08 09:00:00", 1), "_meeting_notes", "ask Ana");
	event = story_add(story, "w@x/20260108T090000Z", "2026-01-08T09:00:00",
		"a title of more than twenty characters");
	story_sync(story);
	ASSERT_TEXT(rows(story, notes_sql), "w@x 1|publish|_meeting_notes|ask Ana\n");
	g_free(event->summary);
	event->summary = g_strdup("Weekly");
	story_sync(story);
	ASSERT_TEXT(rows(story, notes_sql), "Weekly|publish|_meeting_notes|ask Ana\n");
}

static void test_notes_move_also_where_gone_means_deleted(void)
{
	g_autoptr(Story) story = story_new();
	int64_t copy;

	if (story == NULL)
		return;
	story->gone = EVENT_GONE_DELETE;
	note(story, stored(story, "a@x", "2026-01-15 10:00:00", 1), "by_a_plugin", "x");
	copy = stored(story, "a@x", "2026-01-15 10:00:00", 2);
	note(story, copy, "by_a_plugin", "y");
	note(story, copy, "_meeting_notes", "ask Ana");
	comment(story, copy, "1", "seen");
	story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
	story_sync(story);
	ASSERT_TEXT(rows(story, notes_sql),
		"Lunch|publish|by_a_plugin|x\nLunch|publish|_meeting_notes|ask Ana\n"
		"Lunch|publish|by_a_plugin|y\n");
	ASSERT_TEXT(rows(story, comments_sql), "Lunch|publish|1|seen|1\n");
	/* And when both go at once. */
	stored(story, "a@x", "2026-01-15 10:00:00", 3);
	story_remove(story, story->listing->pdata[0]);
	story_sync(story);
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_posts WHERE "
						 "post_type = 'calendar_event'"),
		==, 0);
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_comments"), ==, 0);
}

static void test_copies_of_a_cancelled_meeting_all_go(void)
{
	g_autoptr(Story) story = story_new();
	int64_t copy;

	if (story == NULL)
		return;
	stored(story, "a@x", "2026-01-15 10:00:00", 1);
	copy = stored(story, "a@x", "2026-01-15 10:00:00", 2);
	note(story, copy, "_meeting_notes", "ask Ana");
	comment(story, copy, "1", "seen");
	story_sync(story);
	ASSERT_TEXT(story_live(story), "");
	/* It comes back with what was on either. */
	story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
	story_sync(story);
	ASSERT_TEXT(rows(story, notes_sql), "Lunch|publish|_meeting_notes|ask Ana\n");
	ASSERT_TEXT(rows(story, comments_sql), "Lunch|publish|1|seen|1\n");
}

static void note_dropped(const char *group, const char *key, void *data)
{
	GPtrArray *dropped = data;

	if (strstr(group, "comment") != NULL)
		g_ptr_array_add(dropped, g_strconcat(group, ":", key, NULL));
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What was dropped from the cache since the last call. */
static char *take_dropped(GPtrArray *dropped)
{
	char *text;

	g_ptr_array_sort(dropped, compare_texts);
	g_ptr_array_add(dropped, NULL);
	text = g_strjoinv(" ", (char **)dropped->pdata);
	g_ptr_array_set_size(dropped, 0);
	return text;
}

static void test_comments_leave_the_cache_as_in_wordpress(void)
{
	g_autoptr(Story) story = story_new();
	g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func(g_free);
	int64_t post;

	if (story == NULL)
		return;
	test_db_exec(story->test, "ALTER TABLE wp_comments AUTO_INCREMENT = 9001");
	story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
	story_sync(story);
	post = test_db_int(story->test, "SELECT ID FROM wp_posts WHERE post_title = 'Lunch'");
	comment(story, post, "1", "seen");
	comment(story, post, "0", "waits");
	object_cache_attach_sink(story->test->db, note_dropped, dropped);
	story_remove(story, story->listing->pdata[0]);
	story_sync(story);
	ASSERT_TEXT(take_dropped(dropped), "comment:9001 comment:9002 comment:last_changed");
	story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
	story_sync(story);
	ASSERT_TEXT(take_dropped(dropped), "comment:9001 comment:9002 comment:last_changed");
	comment(story, stored(story, "a@x", "2026-01-15 10:00:00", 2), "1", "moves");
	story_sync(story);
	ASSERT_TEXT(take_dropped(dropped), "comment:9003 comment:last_changed");
}

static void test_comments_go_into_the_trash_and_come_back(void)
{
	g_autoptr(Story) story = story_new();
	static const char statuses_sql[] =
		"SELECT REPLACE(REPLACE(meta_value, (SELECT MIN(comment_ID) FROM wp_comments), "
		"'MIN'), (SELECT MAX(comment_ID) FROM wp_comments), 'MAX') FROM wp_postmeta "
		"WHERE meta_key = '" EVENT_COMMENTS_KEY "'";
	static const char before[] =
		"Lunch|publish|1|seen|1\nLunch|publish|1|buy|spam\nLunch|publish|1|waits|0\n";
	Event *event;
	int64_t post;

	if (story == NULL)
		return;
	test_db_exec(story->test, "ALTER TABLE wp_comments AUTO_INCREMENT = 9001");
	event = story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
	story_add(story, "b@x", "2026-01-15T09:00:00", "Other");
	story_sync(story);
	post = test_db_int(story->test, "SELECT ID FROM wp_posts WHERE post_title = 'Lunch'");
	comment(story, post, "1", "seen");
	comment(story, post, "spam", "buy");
	comment(story, post, "0", "waits");
	ASSERT_TEXT(rows(story, comments_sql), before);
	g_ptr_array_set_free_func(story->listing, NULL);
	story_remove(story, event);
	story_sync(story);
	ASSERT_TEXT(rows(story, comments_sql),
		"Lunch|trash|1|seen|post-trashed\nLunch|trash|1|buy|post-trashed\n"
		"Lunch|trash|1|waits|post-trashed\n");
	ASSERT_TEXT(rows(story, statuses_sql),
		"a:3:{i:MIN;s:1:\"1\";i:9002;s:4:\"spam\";i:MAX;s:1:\"0\";}\n");
	ASSERT_TEXT(rows(story, "SELECT meta_key FROM wp_postmeta WHERE meta_key LIKE '%trash%' OR "
				"meta_key LIKE '%desired%' ORDER BY meta_id"),
		"_wp_trash_meta_status\n_wp_trash_meta_time\n_wp_desired_post_slug\n"
		"_wp_trash_meta_comments_status\n");
	g_ptr_array_add(story->listing, event);
	g_assert_cmpuint(story_sync(story).restored, ==, 1);
	ASSERT_TEXT(rows(story, comments_sql), before);
	ASSERT_TEXT(rows(story, statuses_sql), "");
	event_free(event);
	event_free(story->listing->pdata[0]);
}

/* A save in the theme published it, and left its comments behind. */
static void test_comments_left_in_the_trash_keep_what_they_were(void)
{
	g_autoptr(Story) story = story_new();
	int64_t post;

	if (story == NULL)
		return;
	story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
	story_sync(story);
	post = test_db_int(story->test, "SELECT ID FROM wp_posts WHERE post_title = 'Lunch'");
	comment(story, post, "1", "seen");
	story_remove(story, story->listing->pdata[0]);
	story_sync(story);
	test_db_exec(story->test, "UPDATE wp_posts SET post_status = 'publish' "
				  "WHERE post_title = 'Lunch'");
	g_assert_cmpuint(story_sync(story).removed, ==, 1);
	story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
	story_sync(story);
	ASSERT_TEXT(rows(story, comments_sql), "Lunch|publish|1|seen|1\n");
}

static void test_what_is_remembered_of_comments_may_be_anything(void)
{
	static const struct {
		const char *stored;
		bool is_read;
		const char *statuses;
	} cases[] = {
		{NULL, false, ""},
		{"", false, ""},
		{"a:0:{}", false, ""},
		{"s:1:\"1\";", false, ""},
		{"a:1:{i:7;s:1:", false, ""},
		{"a:2:{i:7;s:1:\"1\";i:8;s:4:\"spam\";}", true, "7=1 8=spam "},
		{"a:1:{i:7;s:12:\"post-trashed\";}", true, "7=0 "},
		{"a:1:{i:7;i:1;}", true, "7=1 "},
		{"a:1:{i:7;b:0;}", true, "7=0 "},
		{"a:1:{i:7;a:0:{}}", true, "7=0 "},
		{"a:1:{i:7;s:21:\"123456789012345678901\";}", true, "7=0 "},
		{"a:1:{s:1:\"x\";s:1:\"1\";}", true, ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GArray) statuses = g_array_new(FALSE, FALSE, sizeof(CommentStatus));
		g_autoptr(GString) text = g_string_new(NULL);

		g_assert_cmpint(
			event_comments_read(cases[i].stored, 3, statuses), ==, cases[i].is_read);
		for (guint j = 0; j < statuses->len; j++) {
			const CommentStatus *status = &g_array_index(statuses, CommentStatus, j);

			g_assert_cmpint(status->post_id, ==, 3);
			g_string_append_printf(text, "%" G_GINT64_FORMAT "=%s ", status->comment_id,
				status->status);
		}
		g_assert_cmpstr(text->str, ==, cases[i].statuses);
	}
}

/* A row that names somebody else's comment. */
static void test_only_an_events_own_comments_come_back(void)
{
	g_autoptr(Story) story = story_new();
	int64_t post;

	if (story == NULL)
		return;
	story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
	story_sync(story);
	post = test_db_int(story->test, "SELECT ID FROM wp_posts WHERE post_title = 'Lunch'");
	test_db_exec(story->test, "INSERT INTO wp_comments (comment_ID, comment_post_ID, "
				  "comment_author, comment_content, comment_approved) VALUES "
				  "(7, 999999, 'Bob', 'other', 'trash')");
	story_remove(story, story->listing->pdata[0]);
	story_sync(story);
	note(story, post, EVENT_COMMENTS_KEY, "a:1:{i:7;s:1:\"1\";}");
	story_add(story, "a@x", "2026-01-15T09:00:00", "Lunch");
	story_sync(story);
	ASSERT_TEXT(rows(story, "SELECT comment_approved FROM wp_comments WHERE comment_ID = 7"),
		"trash\n");
}

static void test_nobody_commented_costs_no_statement(void)
{
	g_autoptr(Story) story = story_new();
	uint64_t statements;

	if (story == NULL)
		return;
	for (int i = 0; i < 20; i++) {
		g_autofree char *uid = g_strdup_printf("%d@x", i);

		story_add(story, uid, "2026-01-15T09:00:00", uid);
	}
	story_sync(story);
	g_ptr_array_set_size(story->listing, 0);
	statements = db_statement_count(story->test->db);
	g_assert_cmpuint(story_sync(story).removed, ==, 20);
	/* One that reads what is stored; BEGIN, the posts, their new names, the rows of an earlier
	 * stay, the new rows, the posts, COMMIT. */
	g_assert_cmpuint(db_statement_count(story->test->db) - statements, ==, 1 + 7);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
		"/event-notes/notes-on-copies-come-together", test_notes_on_copies_come_together);
	g_test_add_func("/event-notes/all-rows-of-a-key-move",
		test_all_rows_of_a_key_move_and_what_is_wordpress_own_stays);
	g_test_add_func("/event-notes/overlong-notes-are-kept",
		test_overlong_notes_are_kept_beside_each_other);
	g_test_add_func("/event-notes/comments-on-a-copy-move",
		test_comments_on_a_copy_move_and_are_counted);
	g_test_add_func("/event-notes/a-series-goes-to-its-nearest-occurrence",
		test_what_stands_on_a_series_goes_to_its_nearest_occurrence);
	g_test_add_func("/event-notes/copies-of-a-series-end-in-one-occurrence",
		test_copies_of_a_series_end_in_one_occurrence);
	g_test_add_func("/event-notes/copies-of-what-was-moved",
		test_copies_of_what_was_moved_move_with_it);
	g_test_add_func("/event-notes/a-meeting-becomes-a-series",
		test_a_meeting_that_becomes_a_series_at_another_time);
	g_test_add_func("/event-notes/a-successor-of-an-earlier-batch",
		test_a_series_goes_over_into_an_occurrence_of_an_earlier_batch);
	g_test_add_func("/event-notes/a-refused-successor",
		test_a_series_stays_while_its_occurrence_is_refused);
	g_test_add_func(
		"/event-notes/gone-means-deleted", test_notes_move_also_where_gone_means_deleted);
	g_test_add_func("/event-notes/copies-of-a-cancelled-meeting",
		test_copies_of_a_cancelled_meeting_all_go);
	g_test_add_func("/event-comments/into-the-trash-and-back",
		test_comments_go_into_the_trash_and_come_back);
	g_test_add_func("/event-comments/the-cache-as-in-wordpress",
		test_comments_leave_the_cache_as_in_wordpress);
	g_test_add_func("/event-comments/left-in-the-trash",
		test_comments_left_in_the_trash_keep_what_they_were);
	g_test_add_func("/event-comments/what-is-remembered-may-be-anything",
		test_what_is_remembered_of_comments_may_be_anything);
	g_test_add_func("/event-comments/only-its-own-come-back",
		test_only_an_events_own_comments_come_back);
	g_test_add_func("/event-comments/nobody-commented-costs-no-statement",
		test_nobody_commented_costs_no_statement);
	return g_test_run();
}

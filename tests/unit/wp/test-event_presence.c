/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stories of a long listing in which the theme stores some of the same meetings, and what it reads
 * to notice that. */
#include <glib.h>

#include "../support/story.h"
#include "state/connection_state.h"

enum { BATCH = 256, EVENTS = 3 * BATCH };

#define DUPLICATES_SQL                                                                             \
	"SELECT COUNT(*) FROM (SELECT m.meta_value FROM wp_postmeta m JOIN wp_posts p ON p.ID = "  \
	"m.post_id WHERE m.meta_key = '_event_uid' AND p.post_type = 'calendar_event' AND "        \
	"p.post_status <> 'trash' GROUP BY m.meta_value HAVING COUNT(*) > 1) d"
#define LIVE_SQL                                                                                   \
	"SELECT COUNT(*) FROM wp_posts WHERE post_type = 'calendar_event' AND post_status <> "     \
	"'trash'"

static void add_events(Story *story, int count)
{
	for (int i = 0; i < count; i++) {
		g_autofree char *uid = g_strdup_printf("%d@x", i);

		story_add(story, uid, "2026-01-15T09:00:00", "Meeting");
	}
}

static void remember(Story *story)
{
	g_autoptr(ConnectionState) state = connection_state_new(0, STORY_CONNECTION);
	g_autoptr(GError) error = NULL;

	g_assert_true(connection_state_create(story->test->db, STORY_USER, state, &error));
	story->state = state->id;
}

/* As the theme does it: a post and its metas, with an id or (NULL) the next one. */
static void store_as_theme(const Story *story, const char *id, const char *uid)
{
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO wp_posts (ID, post_author, post_date, post_date_gmt, post_title, "
		"post_content, post_excerpt, post_name, post_status, post_type, to_ping, pinged, "
		"post_content_filtered) VALUES (%s, 2, '2026-01-15 10:00:00', '2026-01-15 "
		"09:00:00', 'Meeting', '', '', 'meeting-of-the-theme', 'publish', "
		"'calendar_event', '', '', '');"
		"SET @id = IF(%s IS NULL, LAST_INSERT_ID(), %s);"
		"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES (@id, "
		"'_connection_id', '" STORY_CONNECTION "'), (@id, '_event_uid', '%s'), "
		"(@id, '_calendar_id', '" STORY_CALENDAR "'), (@id, '_start_time', '2026-01-15 "
		"10:00:00'), (@id, '_end_time', '2026-01-15 11:00:00'), (@id, '_meeting_notes', "
		"'Theirs')",
		id, id, id, uid);

	test_db_exec(story->test, sql);
}

static void assert_each_is_there_once(Story *story)
{
	EventStoreCounts counts;

	g_assert_cmpint(test_db_int(story->test, DUPLICATES_SQL), ==, 0);
	g_assert_cmpint(test_db_int(story->test, LIVE_SQL), ==, story->listing->len);
	story->meanwhile = NULL;
	counts = story_sync(story);
	g_assert_cmpuint(counts.unchanged, ==, story->listing->len);
	g_assert_cmpint(test_db_int(story->test, LIVE_SQL), ==, story->listing->len);
}

static char *notes_of(const Story *story, const char *uid)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT n.meta_value FROM wp_postmeta n JOIN wp_posts p ON p.ID = n.post_id JOIN "
		"wp_postmeta u ON u.post_id = p.ID AND u.meta_key = '_event_uid' WHERE n.meta_key "
		"= '_meeting_notes' AND p.post_status = 'publish' AND u.meta_value = '%s'",
		uid);

	return test_db_text(story->test, sql);
}

/* What the theme stores once the first batch is there. */
typedef struct {
	const char *name;
	const char *id;
	const char *uid;
	bool remembers;
} Meanwhile;

static const Meanwhile *meanwhile;

static void let_the_theme_store(Story *story)
{
	if (story->changes->len == BATCH)
		store_as_theme(story, meanwhile->id, meanwhile->uid);
}

static void test_meanwhile(const void *data)
{
	g_autoptr(Story) story = story_new();
	g_autofree char *notes = NULL;

	if (story == NULL)
		return;
	meanwhile = data;
	if (meanwhile->remembers)
		remember(story);
	/* So that there are ids below those that the sync makes. */
	test_db_exec(story->test, "ALTER TABLE wp_posts AUTO_INCREMENT = 5000");
	add_events(story, EVENTS);
	story->meanwhile = let_the_theme_store;
	story_sync(story);
	notes = notes_of(story, meanwhile->uid);
	g_assert_cmpstr(notes, ==, "Theirs");
	assert_each_is_there_once(story);
}

/* What a cluster's other node gives out may be lower than what we have. */
static const Meanwhile meanwhiles[] = {
	{"the-second-batch", "NULL", "300@x", true},
	{"the-third-batch", "NULL", "600@x", true},
	{"a-low-id-in-the-second-batch", "100", "300@x", true},
	{"a-low-id-in-the-third-batch", "100", "600@x", true},
	{"what-we-have-stored", "NULL", "10@x", true},
	{"what-we-have-stored-with-a-low-id", "100", "10@x", true},
	{"the-second-batch-without-a-memory", "NULL", "300@x", false},
};

static void test_one_that_lay_in_the_trash_comes_back(void)
{
	g_autoptr(Story) story = story_new();
	int64_t id;

	if (story == NULL)
		return;
	remember(story);
	add_events(story, 2);
	store_as_theme(story, "100", "0@x");
	test_db_exec(story->test, "UPDATE wp_posts SET post_status = 'trash', post_name = "
				  "'meeting-of-the-theme__trashed' WHERE ID = 100");
	g_assert_cmpuint(story_sync(story).restored, ==, 1);
	id = test_db_int(story->test, "SELECT post_id FROM wp_postmeta WHERE meta_key = "
				      "'_event_uid' AND meta_value = '0@x'");
	g_assert_cmpint(id, ==, 100);
	assert_each_is_there_once(story);
}

static void test_one_of_another_connection_is_another(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	remember(story);
	add_events(story, 1);
	store_as_theme(story, "100", "0@x");
	test_db_exec(story->test, "UPDATE wp_postmeta SET meta_value = 'conn_other' WHERE "
				  "meta_key = '_connection_id'");
	g_assert_cmpuint(story_sync(story).added, ==, 1);
	g_assert_cmpint(test_db_int(story->test, LIVE_SQL), ==, 2);
}

static int64_t rows_read(Story *story)
{
	DbStatement *statement;
	g_autoptr(GError) error = NULL;
	int64_t rows = 0;
	bool row = true;

	statement = db_prepare(story->test->db, "SHOW SESSION STATUS LIKE 'Handler_read%'", &error);
	g_assert_no_error(error);
	g_assert_true(db_query(statement, &error));
	while (db_next(statement, &row, &error) && row)
		rows += db_column_int(statement, 1);
	g_assert_no_error(error);
	return rows;
}

static int64_t rows_of_first_sync(int events)
{
	g_autoptr(Story) story = story_new();
	int64_t before;

	if (story == NULL)
		return 0;
	remember(story);
	add_events(story, events);
	before = rows_read(story);
	story_sync(story);
	return rows_read(story) - before;
}

/* Measured: 11 to 12 an event; MariaDB 11.8 reads 15 at the larger size, where a batch is so large
 * a part of all that it sometimes scans instead. Were everything read for each batch it would be
 * four times as many for each event. */
static void test_a_first_sync_reads_as_many_rows_for_each_event_as_of_few(void)
{
	int64_t few = rows_of_first_sync(4 * BATCH);
	int64_t many = rows_of_first_sync(16 * BATCH);

	g_test_message("%" G_GINT64_FORMAT " rows for %d events, %" G_GINT64_FORMAT " for %d", few,
		4 * BATCH, many, 16 * BATCH);
	g_assert_cmpint(many, <=, 4 * few * 3 / 2);
	g_assert_cmpint(many, <=, 16 * BATCH * 20);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(meanwhiles); i++) {
		g_autofree char *name = g_strconcat(
			"/wp/event-presence/the-theme-stores-", meanwhiles[i].name, NULL);

		g_test_add_data_func(name, &meanwhiles[i], test_meanwhile);
	}
#define ADD(name, function) g_test_add_func("/wp/event-presence/" name, function)
	ADD("one-that-lay-in-the-trash-comes-back", test_one_that_lay_in_the_trash_comes_back);
	ADD("one-of-another-connection-is-another", test_one_of_another_connection_is_another);
	ADD("a-first-sync-reads-as-many-rows-for-each-event-as-of-few",
		test_a_first_sync_reads_as_many_rows_for_each_event_as_of_few);
	return g_test_run();
}

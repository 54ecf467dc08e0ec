/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What auto-logging reads once it has looked at what is past, and what makes it look again. */
#include <glib.h>

#include "../support/story.h"
#include "state/connection_state.h"
#include "state/waiting_events.h"
#include "sync/auto_log.h"
#include "wp/event_load.h"

static AutoLogCounts run(Story *story, const AutoLogOptions *options)
{
	const AutoLogCallbacks callbacks = {0};
	g_autoptr(GError) error = NULL;
	AutoLogCounts counts;

	g_assert_true(
		auto_log_run(story->test->db, story->site, options, &callbacks, &counts, &error));
	g_assert_no_error(error);
	return counts;
}

static size_t logged(Story *story, const AutoLogOptions *options)
{
	return run(story, options).events;
}

/* Ben, whose contact Ana (101) is at every event that is listed next. */
static Story *begin(bool auto_log)
{
	g_autoptr(ConnectionState) state = connection_state_new(0, STORY_CONNECTION);
	g_autoptr(GError) error = NULL;
	Story *story = story_new();

	if (story == NULL)
		return NULL;
	g_assert_true(connection_state_create(story->test->db, STORY_USER, state, &error));
	story->state = state->id;
	story_user(story, auto_log);
	story_person(story, 101, "Ana");
	story_match(story, 101, 100, "ana@example.org");
	return story;
}

/* One after the other, from 80 days before now on. */
static void add_past(Story *story, int first, int count)
{
	for (int i = first; i < first + count; i++) {
		g_autofree char *uid = g_strdup_printf("%d@x", i);
		Event *event = story_add(story, uid, "2026-01-15T09:00:00", uid);

		event->start_utc = STORY_NOW - 80 * STORY_DAY + i * INT64_C(3600);
		event->end_utc = event->start_utc + 1800;
	}
}

static int64_t waiting(const Story *story)
{
	return test_db_int(
		story->test, "SELECT COUNT(*) FROM wp_prm_calendar_events WHERE waits = 1");
}

static int64_t rows_read(const Story *story)
{
	g_autoptr(GError) error = NULL;
	DbStatement *statement =
		db_prepare(story->test->db, "SHOW SESSION STATUS LIKE 'Handler_read%'", &error);
	int64_t rows = 0;
	bool row = true;

	g_assert_no_error(error);
	g_assert_true(db_query(statement, &error));
	while (db_next(statement, &row, &error) && row)
		rows += db_column_int(statement, 1);
	g_assert_no_error(error);
	return rows;
}

/* Of a run with nothing to do, after so many events have passed: half were logged, others are
 * private, or nobody was there. */
static int64_t rows_of_idle_run(int events)
{
	g_autoptr(Story) story = begin(true);
	AutoLogOptions options = story_log_options();
	int64_t before;

	if (story == NULL)
		return 0;
	options.limit = G_MAXSIZE;
	add_past(story, 0, events);
	for (guint i = 0; i < story->listing->len; i += 4)
		((Event *)story->listing->pdata[i])->is_private = true;
	story_sync(story);
	story_no_matches(story);
	add_past(story, events, events);
	story_sync(story);
	run(story, &options);
	/* A server that takes the table for empty reads it from end to end. */
	test_db_exec(story->test, "ANALYZE TABLE wp_prm_calendar_events, wp_posts, wp_postmeta");
	before = rows_read(story);
	g_assert_cmpuint(run(story, &options).passed_over, ==, 0);
	return rows_read(story) - before;
}

static void test_what_is_past_is_not_read_again(void)
{
	int64_t few = rows_of_idle_run(20);
	int64_t many = rows_of_idle_run(400);

	g_test_message("%" G_GINT64_FORMAT " rows, %" G_GINT64_FORMAT, few, many);
	g_assert_cmpint(many, <=, few + 2);
}

static void test_of_a_backlog_only_the_oldest_are_read(void)
{
	g_autoptr(Story) story = begin(true);
	AutoLogOptions options = story_log_options();
	int64_t before;

	if (story == NULL)
		return;
	add_past(story, 0, 1200);
	story_sync(story);
	test_db_exec(story->test, "ANALYZE TABLE wp_prm_calendar_events, wp_posts, wp_postmeta");
	options.limit = 1;
	g_assert_cmpuint(logged(story, &options), ==, 1);
	options.limit = 10;
	before = rows_read(story);
	g_assert_cmpuint(logged(story, &options), ==, 10);
	g_test_message("%" G_GINT64_FORMAT " rows", rows_read(story) - before);
	g_assert_cmpint(rows_read(story) - before, <=, 1000);
	g_assert_cmpint(waiting(story), ==, 1200 - 11);
}

static void test_other_rules_look_at_what_was_set_aside(void)
{
	g_autoptr(Story) story = begin(true);
	AutoLogOptions options = story_log_options();

	if (story == NULL)
		return;
	add_past(story, 0, 3);
	((Event *)story->listing->pdata[0])->is_private = true;
	story_sync(story);
	story_no_matches(story);
	story_match(story, 101, 50, "ana@example.org");
	add_past(story, 3, 1);
	g_ptr_array_remove_range(story->listing, 0, 3);
	story->calendar_fails = true;
	story_sync(story);
	g_assert_cmpuint(logged(story, &options), ==, 2);
	g_assert_cmpint(waiting(story), ==, 0);
	options.log_private = true;
	g_assert_cmpuint(logged(story, &options), ==, 1);
	g_assert_cmpint(waiting(story), ==, 0);
	options.min_confidence_percent = 40;
	g_assert_cmpuint(logged(story, &options), ==, 1);
	g_assert_cmpint(waiting(story), ==, 0);
}

static void test_a_connection_that_logs_from_now_on_logs_its_past(void)
{
	g_autoptr(Story) story = begin(false);
	AutoLogOptions options = story_log_options();

	if (story == NULL)
		return;
	/* So that somebody logs at all. */
	test_db_exec(story->test,
		"INSERT INTO wp_users (ID, user_login, user_email, display_name) VALUES (3, 'eva', "
		"'eva@example.org', 'Eva'); INSERT INTO wp_usermeta (user_id, meta_key, "
		"meta_value) SELECT 3, meta_key, REPLACE(meta_value, 'b:0', 'b:1') FROM "
		"wp_usermeta");
	add_past(story, 0, 3);
	story_sync(story);
	g_assert_cmpuint(logged(story, &options), ==, 0);
	g_assert_cmpint(waiting(story), ==, 0);
	test_db_exec(story->test, "UPDATE wp_usermeta SET meta_value = REPLACE(meta_value, 'b:0', "
				  "'b:1') WHERE user_id = 2");
	g_assert_cmpuint(logged(story, &options), ==, 3);
	g_assert_cmpint(waiting(story), ==, 0);
}

static void test_an_event_that_changed_is_looked_at_again(void)
{
	g_autoptr(Story) story = begin(true);
	AutoLogOptions options = story_log_options();

	if (story == NULL)
		return;
	add_past(story, 0, 1);
	((Event *)story->listing->pdata[0])->is_private = true;
	story_sync(story);
	g_assert_cmpuint(logged(story, &options), ==, 0);
	g_assert_cmpint(waiting(story), ==, 0);
	((Event *)story->listing->pdata[0])->is_private = false;
	story_sync(story);
	g_assert_cmpuint(logged(story, &options), ==, 1);
	g_assert_cmpint(waiting(story), ==, 0);
}

static void test_what_nobody_has_read_keeps_waiting(void)
{
	g_autoptr(Story) story = begin(true);
	AutoLogOptions options = story_log_options();

	if (story == NULL)
		return;
	add_past(story, 0, 2);
	story_sync(story);
	test_db_exec(story->test, "UPDATE wp_posts SET post_title = 'Theirs' WHERE post_type = "
				  "'calendar_event' ORDER BY ID LIMIT 1");
	g_assert_cmpuint(logged(story, &options), ==, 1);
	g_assert_cmpuint(run(story, &options).waiting, ==, 1);
	g_assert_cmpint(waiting(story), ==, 1);
}

static void test_a_dry_run_settles_nothing(void)
{
	g_autoptr(Story) story = begin(true);
	AutoLogOptions options = story_log_options();

	if (story == NULL)
		return;
	options.dry_run = true;
	add_past(story, 0, 2);
	story_sync(story);
	g_assert_cmpuint(logged(story, &options), ==, 2);
	g_assert_cmpint(waiting(story), ==, 2);
}

/* Between looking and settling another process wrote the row. */
static void test_what_was_written_meanwhile_keeps_waiting(void)
{
	g_autoptr(Story) story = begin(true);
	g_autoptr(GError) error = NULL;
	WaitingForm form = {.content_hash = {1, 2, 3}};

	if (story == NULL)
		return;
	add_past(story, 0, 1);
	story_sync(story);
	form.post_id = test_db_int(story->test, "SELECT post_id FROM wp_prm_calendar_events");
	g_assert_true(waiting_events_settle(story->test->db, WAITING_DONE, &form, 1, &error));
	g_assert_cmpint(waiting(story), ==, 1);
	test_db_exec(story->test, "UPDATE wp_prm_calendar_events SET content_hash = "
				  "X'01020300000000000000000000000000'");
	g_assert_true(waiting_events_settle(story->test->db, WAITING_DONE, &form, 1, &error));
	g_assert_cmpint(waiting(story), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func("/sync/log-settling/" name, function)
	ADD("what-is-past-is-not-read-again", test_what_is_past_is_not_read_again);
	ADD("of-a-backlog-only-the-oldest-are-read", test_of_a_backlog_only_the_oldest_are_read);
	ADD("other-rules-look-at-what-was-set-aside", test_other_rules_look_at_what_was_set_aside);
	ADD("a-connection-that-logs-from-now-on-logs-its-past",
		test_a_connection_that_logs_from_now_on_logs_its_past);
	ADD("an-event-that-changed-is-looked-at-again",
		test_an_event_that_changed_is_looked_at_again);
	ADD("what-nobody-has-read-keeps-waiting", test_what_nobody_has_read_keeps_waiting);
	ADD("a-dry-run-settles-nothing", test_a_dry_run_settles_nothing);
	ADD("what-was-written-meanwhile-keeps-waiting",
		test_what_was_written_meanwhile_keeps_waiting);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which past meetings become activities, and in what order. */
#include "sync/auto_log.h"

#include <glib.h>
#include <string.h>

#include "../support/story.h"

#define ASSERT_TEXT(expression, expected)                                                          \
	do {                                                                                       \
		g_autofree char *text_ = (expression);                                             \
		g_assert_cmpstr(text_, ==, (expected));                                            \
	} while (0)

typedef struct {
	GString *told;    /* "title person" lines */
	GString *waiting; /* "title: why" lines */
	GString *problems;
} Told;

static void told_clear(Told *told)
{
	if (told->told == NULL)
		return;
	g_string_free(told->told, TRUE);
	g_string_free(told->waiting, TRUE);
	g_string_free(told->problems, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Told, told_clear)

static void tell_activity(const AutoLogNotice *notice, void *data)
{
	Told *told = data;

	g_string_append_printf(
		told->told, "%s %" G_GINT64_FORMAT "\n", notice->event->title, notice->person_id);
}

static void tell_waiting(const PastEvent *event, const char *why, void *data)
{
	Told *told = data;

	g_string_append_printf(told->waiting, "%s: %s\n", event->title, why);
}

static void tell_problem(int64_t user_id, int64_t event_id, const GError *why, void *data)
{
	Told *told = data;

	g_string_append_printf(told->problems, "%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT ": %s\n",
		user_id, event_id, why->message);
}

/* With what is stored and remembered as it is. */
static AutoLogCounts run_now(Story *story, const AutoLogOptions *options, Told *told)
{
	const AutoLogCallbacks callbacks = {tell_activity, tell_waiting, tell_problem, NULL, told};
	g_autoptr(GError) error = NULL;
	AutoLogCounts counts;

	told->told = g_string_new(NULL);
	told->waiting = g_string_new(NULL);
	told->problems = g_string_new(NULL);
	g_assert_true(
		auto_log_run(story->test->db, story->site, options, &callbacks, &counts, &error));
	g_assert_no_error(error);
	return counts;
}

/* After the calendar was read and found to say what is stored. */
static AutoLogCounts run(Story *story, const AutoLogOptions *options, Told *told)
{
	story_verify(story);
	return run_now(story, options, told);
}

static Attendee *add_attendee(Event *event, const char *email, AttendeeStatus status)
{
	Attendee *attendee = attendee_new();

	attendee->email = g_strdup(email);
	attendee->status = status;
	g_ptr_array_add(event->attendees, attendee);
	return attendee;
}

/* Ben and his contacts Ana (101) and Cas (102); events listed next are matched to Ana. */
static void begin(Story *story)
{
	story_user(story, true);
	story_person(story, 101, "Ana");
	story_person(story, 102, "Cas");
	story_match(story, 101, 100, "ana@example.org");
}

/* What of the usual meeting with Ana, yesterday, is different, and whether it is logged. */
static void test_what_qualifies(void)
{
	static const struct {
		const char *name;
		const char *start;
		const char *sql; /* run after the event is stored; or NULL */
		const char *raw;
		bool self_declined;
		bool user_declined;
		bool cancelled;
		bool is_private;
		bool logged;
	} cases[] = {
		{.name = "the usual one", .logged = true},
		{.name = "still running", .start = "2026-01-20T11:30:00"},
		{.name = "ended this moment", .start = "2026-01-20T11:00:00"},
		{.name = "ended a minute ago", .start = "2026-01-20T10:59:00", .logged = true},
		{.name = "tomorrow", .start = "2026-01-21T09:00:00"},
		{.name = "the owner declined", .self_declined = true},
		{.name = "the user declined, by his address", .user_declined = true},
		{.name = "private", .is_private = true},
		{.name = "private to Google", .raw = "{\"visibility\":\"private\"}"},
		{.name = "confidential", .raw = "{\"class\":\"CONFIDENTIAL\"}"},
		{.name = "public",
			.raw = "{\"class\":\"PUBLIC\",\"visibility\":\"default\"}",
			.logged = true},
		{.name = "cancelled", .raw = "{\"status\":\"cancelled\"}"},
		{.name = "declined at Google",
			.raw = "{\"attendees\":[{\"self\":true,\"email\":\"b@x\","
			       "\"responseStatus\":\"declined\"}]}"},
		{.name = "in the trash", .sql = "UPDATE wp_posts SET post_status = 'trash'"},
		{.name = "future, as the theme left it",
			.sql = "UPDATE wp_posts SET post_status = 'future' "
			       "WHERE post_type = 'calendar_event'",
			.logged = true},
		{.name = "logged by the theme",
			.sql = "INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT ID, "
			       "'_logged_as_activity', '1' FROM wp_posts WHERE post_type = "
			       "'calendar_event'"},
		{.name = "flag set to nothing",
			.sql = "INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT ID, "
			       "'_logged_as_activity', '0' FROM wp_posts WHERE post_type = "
			       "'calendar_event'",
			.logged = true},
		{.name = "auto_log is off",
			.sql = "UPDATE wp_usermeta SET meta_value = "
			       "REPLACE(meta_value, 'b:1', 'b:0')"},
		{.name = "the connection is gone", .sql = "DELETE FROM wp_usermeta"},
		{.name = "the user is gone", .sql = "DELETE FROM wp_users"},
		{.name = "the contact is in the trash",
			.sql = "UPDATE wp_posts SET post_status = 'trash' "
			       "WHERE ID = 101"},
		{.name = "a weak match",
			.sql = "UPDATE wp_postmeta SET meta_value = "
			       "REPLACE(meta_value, ':100', ':50')"},
		{.name = "a match just above",
			.sql = "UPDATE wp_postmeta SET meta_value = "
			       "REPLACE(meta_value, ':100', ':51')",
			.logged = true},
		{.name = "the owner's own contact",
			.sql = "UPDATE wp_postmeta SET meta_value = "
			       "REPLACE(meta_value, 'ana@', 'BEN@')"},
		{.name = "matches that cannot be read",
			.sql = "UPDATE wp_postmeta SET meta_value = '[{]' "
			       "WHERE meta_key = '_matched_people'"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();
		g_auto(Told) told = {0};
		AutoLogOptions options = story_log_options();
		Event *event;

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		begin(story);
		event = story_add(story, "a@x",
			cases[i].start != NULL ? cases[i].start : "2026-01-19T09:00:00", "A");
		event->raw_json = g_strdup(cases[i].raw);
		event->is_private = cases[i].is_private;
		if (cases[i].self_declined)
			add_attendee(event, "owner@x", ATTENDEE_DECLINED)->is_self = true;
		if (cases[i].user_declined)
			add_attendee(event, "ben@example.org", ATTENDEE_DECLINED);
		story_sync(story);
		if (cases[i].sql != NULL)
			test_db_exec(story->test, cases[i].sql);
		g_assert_cmpuint(run(story, &options, &told).events, ==, cases[i].logged);
		g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_comments"), ==,
			cases[i].logged);
		g_assert_cmpstr(told.problems->str, ==, "");
	}
}

static void test_the_ini_may_ask_for_more(void)
{
	g_autoptr(Story) story = story_new();
	g_auto(Told) told = {0};
	AutoLogOptions options = story_log_options();
	Event *event;

	if (story == NULL)
		return;
	begin(story);
	story_no_matches(story);
	story_match(story, 101, 100, "ben@example.org");
	event = story_add(story, "a@x", "2026-01-19T09:00:00", "A");
	event->is_private = true;
	add_attendee(event, "ben@example.org", ATTENDEE_DECLINED);
	story_sync(story);
	options.log_private = options.log_self = options.log_declined = true;
	g_assert_cmpuint(run(story, &options, &told).activities, ==, 1);
}

static void test_the_oldest_come_first_and_the_unmatched_never_block(void)
{
	g_autoptr(Story) story = story_new();
	g_auto(Told) first = {0};
	g_auto(Told) second = {0};
	g_auto(Told) third = {0};
	AutoLogOptions options = story_log_options();

	if (story == NULL)
		return;
	begin(story);
	story_no_matches(story);
	story_match(story, 102, 40, "cas@example.org");
	for (int i = 0; i < 250; i++) {
		g_autofree char *uid = g_strdup_printf("weak%d@x", i);

		story_add(story, uid, "2026-01-02T09:00:00", "Weak");
	}
	story_sync(story);
	g_ptr_array_set_size(story->listing, 0);
	story->calendar_fails = true; /* what is stored stays */
	story_no_matches(story);
	story_match(story, 101, 100, "ana@example.org");
	story_add(story, "c@x", "2026-01-07T09:00:00", "C");
	story_add(story, "a@x", "2026-01-05T09:00:00", "A");
	story_add(story, "b@x", "2026-01-06T09:00:00", "B");
	story_sync(story);
	options.limit = 2;
	g_assert_cmpuint(run(story, &options, &first).events, ==, 2);
	g_assert_cmpstr(first.told->str, ==, "A 101\nB 101\n");
	g_assert_cmpuint(run(story, &options, &second).passed_over, ==, 250);
	g_assert_cmpstr(second.told->str, ==, "C 101\n");
	g_assert_cmpuint(run(story, &options, &third).events, ==, 0);
}

static void test_what_a_person_had_does_not_count(void)
{
	g_autoptr(Story) story = story_new();
	g_auto(Told) told = {0};
	AutoLogOptions options = story_log_options();
	AutoLogCounts counts;

	if (story == NULL)
		return;
	begin(story);
	test_db_exec(story->test,
		"INSERT INTO wp_comments (comment_post_ID, comment_author, comment_date, "
		"comment_content, comment_type) VALUES "
		"(101, '', '2026-01-05 10:00:00', 'Meeting: A', 'activity')");
	story_add(story, "a@x", "2026-01-05T09:00:00", "A");
	story_add(story, "b@x", "2026-01-06T09:00:00", "B");
	story_sync(story);
	options.limit = 1;
	counts = run(story, &options, &told);
	g_assert_cmpuint(counts.already, ==, 1);
	g_assert_cmpuint(counts.events, ==, 1);
	g_assert_cmpstr(told.told->str, ==, "B 101\n");
	ASSERT_TEXT(story_meta(story, "a@x", "_logged_as_activity"), "1");
}

static void test_one_person_matched_twice_gets_one_activity(void)
{
	g_autoptr(Story) story = story_new();
	g_auto(Told) told = {0};
	AutoLogOptions options = story_log_options();

	if (story == NULL)
		return;
	begin(story);
	story_match(story, 101, 80, "ana.private@example.org");
	story_match(story, 102, 80, "cas@example.org");
	story_add(story, "a@x", "2026-01-05T09:00:00", "A");
	story_sync(story);
	g_assert_cmpuint(run(story, &options, &told).activities, ==, 2);
	ASSERT_TEXT(test_db_rows(story->test, "SELECT comment_post_ID FROM wp_comments ORDER BY 1"),
		"101\n102\n");
}

/* Fills January with meetings, none of them a copy of another. */
static void add_meetings(Story *story, int count)
{
	for (int i = 0; i < count; i++) {
		g_autofree char *uid = g_strdup_printf("meeting%d@x", i);
		g_autofree char *title = g_strdup_printf("Meeting number %d.", i);
		g_autofree char *start = g_strdup_printf(
			"2026-01-%02dT%02d:%02d:00", 2 + i / 24, 1 + i % 12, i / 12 % 2 * 30);

		story_add(story, uid, start, title);
	}
}

static void test_statements_do_not_grow_with_the_events(void)
{
	g_autoptr(Story) story = story_new();
	g_auto(Told) told = {0};
	AutoLogOptions options = story_log_options();
	AutoLogCounts counts;
	uint64_t before;

	if (story == NULL)
		return;
	begin(story);
	story_match(story, 102, 80, "cas@example.org");
	add_meetings(story, 200);
	story_sync(story);
	options.limit = 1000;
	before = db_statement_count(story->test->db);
	counts = run(story, &options, &told);
	g_assert_cmpuint(counts.events, ==, 200);
	g_assert_cmpuint(counts.activities, ==, 400);
	/* The queue's pages, two transactions, the rules, and that nothing waits any more. */
	g_assert_cmpuint(db_statement_count(story->test->db) - before, <=, 45);
	ASSERT_TEXT(test_db_rows(story->test,
			    "SELECT comment_post_ID, COUNT(*), COUNT(DISTINCT comment_date), "
			    "MAX(comment_agent) FROM wp_comments GROUP BY comment_post_ID"),
		"101|200|200|\n102|200|200|\n");
	g_assert_cmpint(test_db_int(story->test,
				"SELECT COUNT(*) FROM wp_comments c "
				"JOIN wp_commentmeta i ON i.comment_id = c.comment_ID "
				"AND i.meta_key = 'calendar_event_id' "
				"JOIN wp_posts p ON p.ID = i.meta_value "
				"AND c.comment_content = CONCAT('Meeting: ', p.post_title) "
				"JOIN wp_commentmeta o ON o.comment_id = c.comment_ID "
				"AND o.meta_key = 'participants' AND o.meta_value = "
				"CONCAT('a:1:{i:0;i:', 203 - c.comment_post_ID, ';}')"),
		==, 400);
	ASSERT_TEXT(test_db_rows(story->test, "SELECT comment_count FROM wp_posts "
					      "WHERE post_type = 'person' ORDER BY ID"),
		"200\n200\n");
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_postmeta WHERE meta_key "
						 "= '_logged_as_activity' AND meta_value = '1'"),
		==, 200);
}

static void test_ids_may_be_apart_from_each_other(void)
{
	g_autoptr(Story) story = story_new();
	g_auto(Told) told = {0};
	AutoLogOptions options = story_log_options();
	g_autoptr(GError) error = NULL;
	DbStatement *statement;

	if (story == NULL)
		return;
	begin(story);
	add_meetings(story, 5);
	story_sync(story);
	statement = db_prepare(story->test->db, "SET SESSION auto_increment_increment = 7", &error);
	g_assert_no_error(error);
	g_assert_true(db_run(statement, NULL, &error));
	g_assert_cmpuint(run(story, &options, &told).events, ==, 5);
	ASSERT_TEXT(test_db_rows(story->test, "SELECT COUNT(*), COUNT(DISTINCT comment_id), "
					      "COUNT(DISTINCT comment_id % 7) FROM wp_commentmeta "
					      "JOIN wp_comments USING (comment_ID)"),
		"40|5|1\n");
}

static void test_a_copy_in_the_same_run_is_not_logged_again(void)
{
	g_autoptr(Story) story = story_new();
	g_auto(Told) told = {0};
	AutoLogOptions options = story_log_options();
	AutoLogCounts counts;

	if (story == NULL)
		return;
	begin(story);
	story_add(story, "a@x", "2026-01-05T09:00:00", "A");
	story_add(story, "copy@x", "2026-01-05T09:00:00", "A");
	story_add(story, "google", "2026-01-05T09:00:00", "Same, renamed")->raw_json =
		g_strdup("{\"iCalUID\":\"a@x\"}");
	story_add(story, "b@x", "2026-01-05T09:00:00", "B");
	story_sync(story);
	counts = run(story, &options, &told);
	g_assert_cmpuint(counts.events, ==, 2);
	g_assert_cmpuint(counts.already, ==, 2);
	g_assert_cmpstr(told.told->str, ==, "A 101\nB 101\n");
	ASSERT_TEXT(story_meta(story, "google", "_logged_as_activity"), "1");
}

static void test_one_that_the_server_refuses_does_not_stop_the_others(void)
{
	g_autoptr(Story) story = story_new();
	g_auto(Told) told = {0};
	AutoLogOptions options = story_log_options();
	AutoLogCounts counts;

	if (story == NULL)
		return;
	begin(story);
	story_add(story, "a@x", "2026-01-05T09:00:00", "A");
	story_add(story, "bad@x", "2026-01-06T09:00:00", "Bad");
	story_add(story, "b@x", "2026-01-07T09:00:00", "B");
	story_sync(story);
	test_db_exec(story->test, "UPDATE wp_postmeta SET meta_value = '2026-01-06 99:99:99' WHERE "
				  "meta_key = '_start_time' AND meta_value LIKE '2026-01-06%'");
	counts = run(story, &options, &told);
	g_assert_cmpuint(counts.events, ==, 2);
	g_assert_cmpuint(counts.failed, ==, 1);
	g_assert_cmpstr(told.told->str, ==, "A 101\nB 101\n");
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_comments"), ==, 2);
	ASSERT_TEXT(story_meta(story, "bad@x", "_logged_as_activity"), NULL);
}

static void test_a_dry_run_tells_what_it_would_do(void)
{
	g_autoptr(Story) story = story_new();
	g_auto(Told) told = {0};
	AutoLogOptions options = story_log_options();

	if (story == NULL)
		return;
	begin(story);
	story_add(story, "a@x", "2026-01-05T09:00:00", "A");
	story_sync(story);
	options.dry_run = true;
	g_assert_cmpuint(run(story, &options, &told).events, ==, 1);
	g_assert_cmpstr(told.told->str, ==, "A 101\n");
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_comments"), ==, 0);
}

static void test_only_one_user_where_asked(void)
{
	g_autoptr(Story) story = story_new();
	g_auto(Told) nobody = {0};
	g_auto(Told) ben = {0};
	AutoLogOptions options = story_log_options();

	if (story == NULL)
		return;
	begin(story);
	story_add(story, "a@x", "2026-01-05T09:00:00", "A");
	story_sync(story);
	options.only_user_id = 7;
	g_assert_cmpuint(run(story, &options, &nobody).events, ==, 0);
	options.only_user_id = STORY_USER;
	g_assert_cmpuint(run(story, &options, &ben).events, ==, 1);
}

static void test_damaged_connections_are_told_and_skipped(void)
{
	g_autoptr(Story) story = story_new();
	g_auto(Told) told = {0};
	AutoLogOptions options = story_log_options();

	if (story == NULL)
		return;
	begin(story);
	test_db_exec(story->test, "INSERT INTO wp_users (ID, user_login) VALUES (1, 'admin'); "
				  "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) "
				  "VALUES (1, '_prm_calendar_connections', 'a:1:{i:0;a:3:')");
	story_add(story, "a@x", "2026-01-05T09:00:00", "A");
	story_sync(story);
	g_assert_cmpuint(run(story, &options, &told).events, ==, 1);
	g_assert_true(g_str_has_prefix(told.problems->str, "1/0: "));
}

/* What somebody else did to a meeting that was read from its calendar, or what became of our
 * memory of it: private or not, nobody knows. */
static void test_what_was_not_read_from_its_calendar_is_not_logged(void)
{
	static const struct {
		const char *name;
		const char *sql;
		bool logged;
	} cases[] = {
		{"as it was read", "DO 0", true},
		{"never read", "DELETE FROM wp_prm_calendar_events", false},
		{"nothing is remembered", "DROP TABLE wp_prm_calendar_events", false},
		{"another post took its place",
			"UPDATE wp_posts SET ID = ID + 1 WHERE post_type = 'calendar_event'; "
			"UPDATE wp_postmeta SET post_id = post_id + 1",
			false},
		{"renamed",
			"UPDATE wp_posts SET post_title = 'B' WHERE post_type = 'calendar_event'",
			false},
		{"another text",
			"UPDATE wp_posts SET post_content = 'B' WHERE post_type = 'calendar_event'",
			false},
		{"another hour",
			"UPDATE wp_postmeta SET meta_value = '2026-01-05 11:30:00' WHERE meta_key "
			"= "
			"'_end_time'",
			false},
		{"the theme's raw data, without its class",
			"UPDATE wp_postmeta SET meta_value = '{\"uid\":\"a@x\",\"summary\":\"A\"}' "
			"WHERE meta_key = "
			"'_raw_data'",
			false},
		{"raw data that nobody can read",
			"UPDATE wp_postmeta SET meta_value = '{\"a\":\"\"b\"\"}' WHERE meta_key = "
			"'_raw_data'",
			false},
		{"other people",
			"UPDATE wp_postmeta SET meta_value = REPLACE(meta_value, ':101', ':102') "
			"WHERE meta_key = '_matched_people'",
			false},
		{"a text that WordPress saved again under WP-Cron",
			"UPDATE wp_posts SET post_content = 'R&amp;D' WHERE post_type = "
			"'calendar_event'",
			true},
		{"a person's notes",
			"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT ID, "
			"'_meeting_notes', 'x' FROM wp_posts WHERE post_type = 'calendar_event'",
			true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();
		g_auto(Told) preview = {0};
		g_auto(Told) told = {0};
		AutoLogOptions options = story_log_options();
		AutoLogCounts counts;

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		begin(story);
		story_add(story, "a@x", "2026-01-05T09:00:00", "A")->description = g_strdup("R&D");
		story_sync(story);
		story_verify(story);
		test_db_exec(story->test, cases[i].sql);
		options.has_tables = strstr(cases[i].sql, "DROP") == NULL;
		options.dry_run = true;
		counts = run_now(story, &options, &preview);
		g_assert_cmpuint(counts.events, ==, cases[i].logged);
		g_assert_cmpuint(counts.waiting, ==, !cases[i].logged);
		g_assert_true(
			(strstr(preview.waiting->str, ": not yet: ") != NULL) != cases[i].logged);
		options.dry_run = false;
		g_assert_true(!options.has_tables ||
			      run_now(story, &options, &told).events == cases[i].logged);
		g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_comments"), ==,
			cases[i].logged);
	}
}

/* A backlog that nobody will ever read again costs a pass nothing. */
static void test_those_that_were_never_read_are_not_looked_at(void)
{
	g_autoptr(Story) story = story_new();
	g_auto(Told) told = {0};
	AutoLogOptions options = story_log_options();
	uint64_t before;

	if (story == NULL)
		return;
	begin(story);
	add_meetings(story, 250);
	story_sync(story);
	before = db_statement_count(story->test->db);
	g_assert_cmpuint(run_now(story, &options, &told).events, ==, 0);
	/* Who logs, by which rules, and what waits. */
	g_assert_cmpuint(db_statement_count(story->test->db) - before, <=, 3);
}

static void test_one_event_says_why_it_cannot_be_logged(void)
{
	static const struct {
		const char *name;
		const char *start;
		const char *sql;
		const char *why; /* NULL: it is logged */
	} cases[] = {
		{"auto_log is not needed", "2026-01-05T09:00:00",
			"UPDATE wp_usermeta SET meta_value = REPLACE(meta_value, 'b:1', 'b:0')",
			NULL},
		{"unmatched", "2026-01-05T09:00:00",
			"UPDATE wp_postmeta SET meta_value = '[]' WHERE meta_key = "
			"'_matched_people'",
			"none of its attendees"},
		{"only the owner", "2026-01-05T09:00:00",
			"UPDATE wp_postmeta SET meta_value = REPLACE(meta_value, 'ana@', 'ben@')",
			"other than the owner"},
		{"logged", "2026-01-05T09:00:00",
			"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT ID, "
			"'_logged_as_activity', "
			"'1' FROM wp_posts WHERE post_type = 'calendar_event'",
			"logged already"},
		{"trashed", "2026-01-05T09:00:00", "UPDATE wp_posts SET post_status = 'trash'",
			"trash"},
		{"user gone", "2026-01-05T09:00:00", "DELETE FROM wp_users", "user does not exist"},
		{"not read", "2026-01-05T09:00:00", NULL,
			"not yet: its row was written by something else"},
		{"no event", "2026-01-05T09:00:00", "UPDATE wp_posts SET post_type = 'post'",
			"no calendar event"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();
		const AutoLogCallbacks callbacks = {0};
		AutoLogOptions options = story_log_options();
		AutoLogCounts counts = {0};
		g_autoptr(GError) error = NULL;
		bool logged;

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		begin(story);
		story_add(story, "a@x", cases[i].start, "A");
		story_sync(story);
		options.event_id = test_db_int(
			story->test, "SELECT ID FROM wp_posts WHERE post_type = 'calendar_event'");
		if (cases[i].sql != NULL)
			test_db_exec(story->test, cases[i].sql);
		if (cases[i].why == NULL || !g_str_has_prefix(cases[i].why, "not yet"))
			story_verify(story);
		logged = auto_log_run(
			story->test->db, story->site, &options, &callbacks, &counts, &error);
		g_assert_true(logged == (cases[i].why == NULL));
		if (logged)
			g_assert_cmpuint(counts.activities, ==, 1);
		else
			g_assert_nonnull(strstr(error->message, cases[i].why));
	}
}

static void tell_rule(const PastEvent *event, const char *rule, void *data)
{
	GString *rules = data;

	g_assert_cmpstr(event->title, ==, "A");
	g_string_append_printf(rules, "%.*s\n", (int)strcspn(rule, "("), rule);
}

/* The theme's button asks nothing of a meeting but contacts. */
static void test_a_person_who_asks_passes_over_the_rules(void)
{
	static const struct {
		const char *name;
		const char *start;
		const char *raw;
		const char *sql;
		const char *rules;
	} cases[] = {
		{"nothing is against it", "2026-01-05T09:00:00", NULL, NULL, ""},
		{"date", "2026-01-25T09:00:00", NULL, NULL, "it has not ended yet\n"},
		{"privacy", "2026-01-05T09:00:00", "{\"class\":\"PRIVATE\"}", NULL,
			"it is private \n"},
		{"threshold", "2026-01-05T09:00:00", NULL,
			"UPDATE wp_postmeta SET meta_value = REPLACE(meta_value, ':100', ':50')",
			"not everyone was recognised with enough confidence \n"},
		{"all at once", "2026-01-25T09:00:00",
			"{\"visibility\":\"private\",\"status\":\"cancelled\",\"attendees\":[{"
			"\"self\":true,\"email\":\"b@x\",\"responseStatus\":\"declined\"}]}",
			NULL,
			"it has not ended yet\nit was cancelled\nthe calendar's owner declined it "
			"\n"
			"it is private \n"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();
		g_autoptr(GString) rules = g_string_new(NULL);
		const AutoLogCallbacks callbacks = {.on_overruled = tell_rule, .data = rules};
		AutoLogOptions options = story_log_options();
		AutoLogCounts counts = {0};
		g_autoptr(GError) error = NULL;

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		begin(story);
		story_add(story, "a@x", cases[i].start, "A")->raw_json = g_strdup(cases[i].raw);
		story_sync(story);
		if (cases[i].sql != NULL)
			test_db_exec(story->test, cases[i].sql);
		story_verify(story);
		options.event_id = test_db_int(
			story->test, "SELECT ID FROM wp_posts WHERE post_type = 'calendar_event'");
		g_assert_true(auto_log_run(
			story->test->db, story->site, &options, &callbacks, &counts, &error));
		g_assert_cmpuint(counts.activities, ==, 1);
		g_assert_cmpstr(rules->str, ==, cases[i].rules);
		ASSERT_TEXT(story_meta(story, "a@x", "_logged_as_activity"), "1");
	}
}

/* The user is Cas among his contacts, whatever address he comes under. */
static void test_the_users_own_contact_is_not_logged(void)
{
	static const struct {
		const char *name;
		const char *linked;         /* rows of the user's meta; or NULL */
		const char *second_address; /* of Cas */
		bool log_self;
		const char *told;
	} cases[] = {
		{"nothing tells", NULL, "cas@home.example", false, "A 101\nA 102\n"},
		{"linked", "(2, 'prm_linked_person_id', '102')", "cas@home.example", false,
			"A 101\n"},
		{"linked, and wanted", "(2, 'prm_linked_person_id', '102')", "cas@home.example",
			true, "A 101\nA 102\n"},
		{"the first row counts",
			"(2, 'prm_linked_person_id', '102'), (2, 'prm_linked_person_id', '101')",
			"cas@home.example", false, "A 101\n"},
		{"of another key, user, or nobody",
			"(2, 'PRM_LINKED_PERSON_ID', '102'), (3, 'prm_linked_person_id', '102'), "
			"(2, 'prm_linked_person_id', 'x')",
			"cas@home.example", false, "A 101\nA 102\n"},
		{"one of two addresses is the user's", NULL, "ben@example.org", false, "A 101\n"},
	};

	for (size_t i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();
		g_auto(Told) told = {0};
		AutoLogOptions options = story_log_options();
		size_t at = i / 2;

		if (story == NULL)
			return;
		g_test_message("%s, %s", cases[at].name, i % 2 == 0 ? "queue" : "asked for");
		begin(story);
		story_match(story, 102, 100, "cas@work.example");
		story_match(story, 102, 100, cases[at].second_address);
		story_add(story, "a@x", "2026-01-05T09:00:00", "A");
		story_sync(story);
		if (cases[at].linked != NULL) {
			g_autofree char *sql =
				g_strconcat("INSERT INTO wp_usermeta (user_id, meta_key, "
					    "meta_value) VALUES ",
					cases[at].linked, NULL);

			test_db_exec(story->test, sql);
		}
		options.log_self = cases[at].log_self;
		if (i % 2 == 1)
			options.event_id = test_db_int(story->test,
				"SELECT ID FROM wp_posts WHERE post_type = 'calendar_event'");
		run(story, &options, &told);
		g_assert_cmpstr(told.told->str, ==, cases[at].told);
	}
}

/* On 2025-10-26 the hour from 02:00 to 03:00 came twice: at 00:00 and 01:00 UTC. */
static void test_a_meeting_is_past_when_its_end_is(void)
{
	static const struct {
		const char *name;
		const char *start;
		const char *now;
		bool is_past;
	} cases[] = {
		{"lasts until the second 02:30", "2025-10-26T00:30:00", "2025-10-26T00:45:00",
			false},
		{"ended at the first 02:45", "2025-10-25T23:45:00", "2025-10-26T01:15:00", true},
		{"ended at the second 02:30", "2025-10-26T00:30:00", "2025-10-26T01:30:01", true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();
		g_auto(Told) told = {0};
		AutoLogOptions options = story_log_options();

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		begin(story);
		story_add(story, "night@x", cases[i].start, "Night");
		story_sync(story);
		options.now_utc = story_time(cases[i].now);
		g_assert_cmpuint(run(story, &options, &told).activities, ==, cases[i].is_past);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func("/sync/auto-log/" name, function)
	ADD("what-qualifies", test_what_qualifies);
	ADD("a-meeting-is-past-when-its-end-is", test_a_meeting_is_past_when_its_end_is);
	ADD("the-ini-may-ask-for-more", test_the_ini_may_ask_for_more);
	ADD("the-oldest-come-first-and-the-unmatched-never-block",
		test_the_oldest_come_first_and_the_unmatched_never_block);
	ADD("what-a-person-had-does-not-count", test_what_a_person_had_does_not_count);
	ADD("one-person-matched-twice-gets-one-activity",
		test_one_person_matched_twice_gets_one_activity);
	ADD("statements-do-not-grow-with-the-events", test_statements_do_not_grow_with_the_events);
	ADD("ids-may-be-apart-from-each-other", test_ids_may_be_apart_from_each_other);
	ADD("a-copy-in-the-same-run-is-not-logged-again",
		test_a_copy_in_the_same_run_is_not_logged_again);
	ADD("one-that-the-server-refuses-does-not-stop-the-others",
		test_one_that_the_server_refuses_does_not_stop_the_others);
	ADD("a-dry-run-tells-what-it-would-do", test_a_dry_run_tells_what_it_would_do);
	ADD("only-one-user-where-asked", test_only_one_user_where_asked);
	ADD("damaged-connections-are-told-and-skipped",
		test_damaged_connections_are_told_and_skipped);
	ADD("a-person-who-asks-passes-over-the-rules",
		test_a_person_who_asks_passes_over_the_rules);
	ADD("the-users-own-contact-is-not-logged", test_the_users_own_contact_is_not_logged);
	ADD("what-was-not-read-from-its-calendar-is-not-logged",
		test_what_was_not_read_from_its_calendar_is_not_logged);
	ADD("those-that-were-never-read-are-not-looked-at",
		test_those_that_were_never_read_are_not_looked_at);
	ADD("one-event-says-why-it-cannot-be-logged", test_one_event_says_why_it_cannot_be_logged);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Meetings that move keep their posts, with what hangs on them. */
#include <glib.h>
#include <string.h>

#include "../support/story.h"

#define ASSERT_TEXT(expression, expected)                                                          \
	do {                                                                                       \
		g_autofree char *text_ = (expression);                                             \
		g_assert_cmpstr(text_, ==, (expected));                                            \
	} while (0)

/* On each post somebody notes its start. */
static void take_notes(const Story *story)
{
	test_db_exec(story->test,
		"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT ID, "
		"'_meeting_notes', SUBSTRING(post_date, 6, 11) FROM wp_posts "
		"WHERE post_type = 'calendar_event'");
}

/* "where it is <- what was noted" of the live events; "-" for no note. */
static char *notes(const Story *story)
{
	return test_db_rows(story->test,
		"SELECT CONCAT(SUBSTRING(p.post_date, 6, 11), ' <- ', "
		"COALESCE(n.meta_value, '-')) FROM wp_posts p LEFT JOIN wp_postmeta n ON "
		"n.post_id = p.ID AND n.meta_key = '_meeting_notes' WHERE p.post_type = "
		"'calendar_event' AND p.post_status = 'publish' ORDER BY p.post_date");
}

/* "series/0101T0900" of January 2026, UTC; the rest of the times is the series' own. */
static void list(Story *story, const char *const *instances)
{
	g_ptr_array_set_size(story->listing, 0);
	for (; *instances != NULL; instances++) {
		const char *slash = strchr(*instances, '/');
		g_autofree char *series = g_strndup(*instances, (gsize)(slash - *instances));
		g_autofree char *uid = g_strdup_printf("%s/2026%s00Z", series, slash + 1);
		g_autofree char *start = g_strdup_printf(
			"2026-%.2s-%.2sT%.2s:%.2s:00", slash + 1, slash + 3, slash + 6, slash + 8);

		story_add(story, uid, start, "Weekly");
	}
}

static void test_which_post_goes_on(void)
{
	static const struct {
		const char *name;
		const char *before[8];
		const char *after[8];
		const char *notes;
	} cases[] = {
		{"the whole series, an hour later", {"w@x/0105T0900", "w@x/0112T0900"},
			{"w@x/0105T1000", "w@x/0112T1000"},
			"01-05 11:00 <- 01-05 10:00\n01-12 11:00 <- 01-12 10:00\n"},
		{"the whole series, a day later", {"w@x/0105T0900", "w@x/0112T0900"},
			{"w@x/0106T0900", "w@x/0113T0900"},
			"01-06 10:00 <- 01-05 10:00\n01-13 10:00 <- 01-12 10:00\n"},
		{"the whole series, five weeks back", {"w@x/0202T0900", "w@x/0209T0900"},
			{"w@x/0105T0900", "w@x/0112T0900"},
			"01-05 10:00 <- 02-02 10:00\n01-12 10:00 <- 02-09 10:00\n"},
		{"a daily series: the same day first", {"d@x/0105T0900", "d@x/0106T0900"},
			{"d@x/0106T1000", "d@x/0107T1000"},
			"01-06 11:00 <- 01-06 10:00\n01-07 11:00 <- 01-05 10:00\n"},
		{"the tail", {"w@x/0105T0900", "w@x/0112T0900", "w@x/0119T0900"},
			{"w@x/0105T0900", "w@x/0113T1000", "w@x/0120T1000"},
			"01-05 10:00 <- 01-05 10:00\n01-13 11:00 <- 01-12 10:00\n"
			"01-20 11:00 <- 01-19 10:00\n"},
		{"Google's tail, in a series of its own",
			{"g/0105T0900", "g/0112T0900", "g/0119T0900"},
			{"g/0105T0900", "g_R20260112T090000/0112T0900",
				"g_R20260112T090000/0119T0900"},
			"01-05 10:00 <- 01-05 10:00\n01-12 10:00 <- 01-12 10:00\n"
			"01-19 10:00 <- 01-19 10:00\n"},
		{"one is left out, and one comes at the end",
			{"w@x/0105T0900", "w@x/0112T0900", "w@x/0119T0900"},
			{"w@x/0112T0900", "w@x/0119T0900", "w@x/0126T0900"},
			"01-12 10:00 <- 01-12 10:00\n01-19 10:00 <- 01-19 10:00\n"
			"01-26 10:00 <- -\n"},
		{"the whole series, two days later, and one that was left out is back",
			{"w@x/0112T0900", "w@x/0119T0900"},
			{"w@x/0107T0900", "w@x/0114T0900", "w@x/0121T0900"},
			"01-07 10:00 <- -\n01-14 10:00 <- 01-12 10:00\n"
			"01-21 10:00 <- 01-19 10:00\n"},
		{"the whole series, two days later, and without its second",
			{"w@x/0105T0900", "w@x/0112T0900", "w@x/0119T0900"},
			{"w@x/0107T0900", "w@x/0121T0900"},
			"01-07 10:00 <- 01-05 10:00\n01-21 10:00 <- 01-19 10:00\n"},
		{"the whole series, two days later, one left out and another one back",
			{"w@x/0105T0900", "w@x/0112T0900", "w@x/0119T0900"},
			{"w@x/0107T0900", "w@x/0121T0900", "w@x/0128T0900"},
			"01-07 10:00 <- 01-05 10:00\n01-21 10:00 <- 01-19 10:00\n"
			"01-28 10:00 <- 01-12 10:00\n"},
		{"the whole series, two days later, the first left out and one before it back",
			{"w@x/0112T0900", "w@x/0119T0900", "w@x/0126T0900"},
			{"w@x/0107T0900", "w@x/0121T0900", "w@x/0128T0900"},
			"01-07 10:00 <- 01-12 10:00\n01-21 10:00 <- 01-19 10:00\n"
			"01-28 10:00 <- 01-26 10:00\n"},
		{"every other one of them, a day later",
			{"w@x/0105T0900", "w@x/0112T0900", "w@x/0119T0900"},
			{"w@x/0106T0900", "w@x/0120T0900", "w@x/0203T0900"},
			"01-06 10:00 <- 01-05 10:00\n01-20 10:00 <- 01-19 10:00\n"
			"02-03 10:00 <- 01-12 10:00\n"},
		{"a tail under another UID", {"w@x/0105T0900", "w@x/0112T0900", "w@x/0119T0900"},
			{"w@x/0105T0900", "t@x/0113T1000", "t@x/0120T1000"},
			"01-05 10:00 <- 01-05 10:00\n01-13 11:00 <- 01-12 10:00\n"
			"01-20 11:00 <- 01-19 10:00\n"},
		{"a tail in two parts under other UIDs",
			{"w@x/0105T0900", "w@x/0112T0900", "w@x/0119T0900", "w@x/0126T0900"},
			{"w@x/0105T0900", "u@x/0112T1000", "t@x/0120T1000", "t@x/0127T1000"},
			"01-05 10:00 <- 01-05 10:00\n01-12 11:00 <- 01-12 10:00\n"
			"01-20 11:00 <- 01-19 10:00\n01-27 11:00 <- 01-26 10:00\n"},
		{"a series ends, and another one begins a month later",
			{"w@x/0105T0900", "w@x/0112T0900"}, {"w@x/0105T0900", "t@x/0202T0900"},
			"01-05 10:00 <- 01-05 10:00\n02-02 10:00 <- -\n"},
		{"another series begins before the end of one that was cut",
			{"w@x/0105T0900", "w@x/0112T0900", "w@x/0119T0900"},
			{"w@x/0105T0900", "w@x/0112T0900", "t@x/0112T0800", "t@x/0119T0800"},
			"01-05 10:00 <- 01-05 10:00\n01-12 09:00 <- -\n"
			"01-12 10:00 <- 01-12 10:00\n01-19 09:00 <- -\n"},
		{"one in the middle goes, and another series begins",
			{"w@x/0105T0900", "w@x/0112T0900", "w@x/0119T0900"},
			{"w@x/0105T0900", "w@x/0119T0900", "t@x/0112T0800", "t@x/0119T0800"},
			"01-05 10:00 <- 01-05 10:00\n01-12 09:00 <- -\n"
			"01-19 09:00 <- -\n01-19 10:00 <- 01-19 10:00\n"},
		{"another series is another meeting", {"w@x/0105T0900", "v@x/0105T0900"},
			{"w@x/0105T0900", "u@x/0105T0900"},
			"01-05 10:00 <- 01-05 10:00\n01-05 10:00 <- -\n"},
		{"more come than go", {"w@x/0105T0900"}, {"w@x/0105T1000", "w@x/0112T1000"},
			"01-05 11:00 <- 01-05 10:00\n01-12 11:00 <- -\n"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		list(story, cases[i].before);
		story_sync(story);
		take_notes(story);
		list(story, cases[i].after);
		story_sync(story);
		ASSERT_TEXT(notes(story), cases[i].notes);
		story_sync(story);
		ASSERT_TEXT(story_changes(story), "");
		g_assert_cmpint(test_db_int(story->test,
					"SELECT COUNT(*) - COUNT(DISTINCT post_name) FROM wp_posts "
					"WHERE post_type = 'calendar_event'"),
			==, 0);
	}
}

static void invite(Event *event, const char *email)
{
	Attendee *guest = attendee_new();

	guest->email = g_strdup(email);
	g_ptr_array_add(event->attendees, guest);
}

/* Lists occurrences of one series with a guest. */
static void list_with_guest(Story *story, const char *const *instances)
{
	list(story, instances);
	for (guint i = 0; i < story->listing->len; i++) {
		Event *event = story->listing->pdata[i];

		g_free(event->summary);
		event->summary = g_strdup("R&D, weekly");
		invite(event, "ann@example.org");
	}
}

/* Of a series that is cut; what begins then is its tail if people would take it for that. */
static void test_whose_tail_it_is(void)
{
	static const struct {
		const char *name;
		const char *title;
		const char *guest;
		const char *sibling;
		bool is_tail;
	} cases[] = {
		{"its title and guest", "R&D, weekly", "ann@example.org", NULL, true},
		{"another title", "Review", "ann@example.org", NULL, false},
		{"another guest", "R&D, weekly", "bob@example.org", NULL, false},
		{"no guest", "R&D, weekly", NULL, NULL, false},
		{"what it says itself", "Review", "bob@example.org", "w@x", true},
		{"of a series that is not known", "Review", "bob@example.org", "v@x", false},
	};
	static const char *const whole[] = {"w@x/0105T0900", "w@x/0112T0900", NULL};
	static const char *const cut[] = {"w@x/0105T0900", NULL};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();
		const char *siblings[] = {"u@x", cases[i].sibling, NULL};
		Event *event;

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		list_with_guest(story, whole);
		story_sync(story);
		take_notes(story);
		test_db_exec(story->test, "UPDATE wp_posts SET post_title = 'R&amp;D, weekly'");
		list_with_guest(story, cut);
		event = story_add(
			story, "t@x/20260113T090000Z", "2026-01-13 09:00:00", cases[i].title);
		if (cases[i].guest != NULL)
			invite(event, cases[i].guest);
		event->siblings = g_strdupv((char **)siblings);
		story_sync(story);
		ASSERT_TEXT(notes(story), cases[i].is_tail ? "01-05 10:00 <- 01-05 10:00\n"
							     "01-13 10:00 <- 01-12 10:00\n"
							   : "01-05 10:00 <- 01-05 10:00\n"
							     "01-13 10:00 <- -\n");
	}
}

/* The slug of a moved event is free for the next one of its former uid. */
static void test_back_and_forth(void)
{
	static const char *const before[] = {"w@x/0105T0900", "w@x/0112T0900", NULL};
	static const char *const after[] = {"w@x/0105T0900", "w@x/0113T0900", NULL};
	static const char *const both[] = {"w@x/0105T0900", "w@x/0112T0900", "w@x/0113T0900", NULL};
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	list(story, before);
	story_sync(story);
	take_notes(story);
	list(story, after);
	story_sync(story);
	ASSERT_TEXT(story_changes(story), "changed w@x_20260113T090000Z");
	list(story, both);
	story_sync(story);
	ASSERT_TEXT(story_changes(story), "added w@x_20260112T090000Z");
	ASSERT_TEXT(notes(story), "01-05 10:00 <- 01-05 10:00\n01-12 10:00 <- -\n"
				  "01-13 10:00 <- 01-12 10:00\n");
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(DISTINCT post_name) FROM wp_posts "
						 "WHERE post_type = 'calendar_event'"),
		==, 3);
}

/* Where nothing proves that the others go, what comes is new. */
static void test_a_calendar_that_failed_moves_nothing(void)
{
	static const char *const before[] = {"w@x/0105T0900", NULL};
	static const char *const after[] = {"w@x/0106T0900", NULL};
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	list(story, before);
	story_sync(story);
	take_notes(story);
	list(story, after);
	story->calendar_fails = true;
	story_sync(story);
	ASSERT_TEXT(story_changes(story), "added w@x_20260106T090000Z");
	ASSERT_TEXT(notes(story), "01-05 10:00 <- 01-05 10:00\n01-06 10:00 <- -\n");
}

/* Of changes alone, too: the old one is told to be gone. */
/* A new series may be the tail of one that was not told of: it waits for the next listing. Others
 * do not. */
static void test_a_tail_waits_for_a_calendar_that_failed(void)
{
	static const char *const whole[] = {"w@x/0105T0900", "w@x/0112T0900", NULL};
	static const char *const tail[] = {"t@x/0113T0900", NULL};
	static const char *const cut[] = {"w@x/0105T0900", "t@x/0113T0900", NULL};
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	list(story, whole);
	story_sync(story);
	take_notes(story);
	story->calendar_fails = true;
	list(story, tail);
	(void)story_add(story, "o@x/20260113T120000Z", "2026-01-13 12:00:00", "Other");
	story_sync(story);
	ASSERT_TEXT(story_changes(story), "added o@x_20260113T120000Z");
	story->calendar_fails = false;
	list(story, cut);
	(void)story_add(story, "o@x/20260113T120000Z", "2026-01-13 12:00:00", "Other");
	story_sync(story);
	ASSERT_TEXT(notes(story), "01-05 10:00 <- 01-05 10:00\n01-13 10:00 <- 01-12 10:00\n"
				  "01-13 13:00 <- -\n");
}

static void test_what_is_told_gone_moves(void)
{
	static const char *const before[] = {"w@x/0105T0900", NULL};
	static const char *const after[] = {"w@x/0106T0900", NULL};
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	list(story, before);
	story_sync(story);
	take_notes(story);
	list(story, after);
	story->gone_uid = "w@x_20260105T090000Z";
	story_sync(story);
	ASSERT_TEXT(story_changes(story), "changed w@x_20260106T090000Z");
	ASSERT_TEXT(notes(story), "01-06 10:00 <- 01-05 10:00\n");
}

/* Somebody removed the connection and made it again, with another id; meanwhile meetings moved. */
static void test_a_connection_made_anew_takes_its_posts_over(void)
{
	static const char *const before[] = {
		"w@x/0105T0900", "w@x/0112T0900", "gone@x/0107T0900", NULL};
	static const char *const after[] = {"w@x/0105T1000", "w@x/0112T1000", NULL};
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	list(story, before);
	story_add(story, "single@x", "2026-01-15T09:00:00", "Single");
	story_sync(story);
	take_notes(story);
	list(story, after);
	story_add(story, "single@x", "2026-01-16T09:00:00", "Single");
	story->connection_id = "conn_2";
	story->is_new_connection = true;
	story_sync(story);
	ASSERT_TEXT(story_changes(story), "changed single@x, changed w@x_20260105T100000Z, "
					  "changed w@x_20260112T100000Z");
	ASSERT_TEXT(notes(story), "01-05 11:00 <- 01-05 10:00\n01-07 10:00 <- 01-07 10:00\n"
				  "01-12 11:00 <- 01-12 10:00\n01-16 10:00 <- 01-15 10:00\n");
	story_sync(story);
	ASSERT_TEXT(story_changes(story), "");
}

/* What is stored is read once more after they came, as for a second calendar that is listed whole.
 */
static void test_more_is_loaded_while_they_wait(void)
{
	static const char *const before[] = {"w@x/0105T0900", "w@x/0112T0900", NULL};
	static const char *const after[] = {"w@x/0105T1000", "w@x/0112T1000", NULL};
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	list(story, before);
	story_sync(story);
	take_notes(story);
	list(story, after);
	story->connection_id = "conn_2";
	story->is_new_connection = true;
	story->loads_late = true;
	story_sync(story);
	ASSERT_TEXT(notes(story), "01-05 11:00 <- 01-05 10:00\n01-12 11:00 <- 01-12 10:00\n");
}

/* What another connection of the user's holds is a meeting of its own there. */
static void test_posts_of_other_connections_are_left_alone(void)
{
	static const char *const both[] = {"w@x/0105T0900", NULL};
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	list(story, both);
	story_sync(story);
	take_notes(story);
	story->connection_id = "conn_2";
	story_sync(story);
	ASSERT_TEXT(notes(story), "01-05 10:00 <- 01-05 10:00\n01-05 10:00 <- -\n");
}

/* More than wait in memory. Each lasts as long as the others are apart, and begins on a day of its
 * site's time; `minutes` later than the rule said first. */
static void list_many(Story *story, int minutes)
{
	g_autoptr(GDateTime) first = g_date_time_new_utc(2025, 11, 2, 23, 0, 0);

	g_ptr_array_set_size(story->listing, 0);
	for (int i = 0; i < 2100; i++) {
		g_autoptr(GDateTime) start = g_date_time_add_minutes(first, 30 * i + minutes);
		g_autofree char *uid = g_date_time_format(start, "m@x/%Y%m%dT%H%M%SZ");
		g_autofree char *time = g_date_time_format(start, "%Y-%m-%dT%H:%M:%S");

		story_add(story, uid, time, "Often");
	}
}

static void test_many_move_at_once(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	list_many(story, 0);
	story_sync(story);
	take_notes(story);
	list_many(story, 10);
	g_assert_cmpuint(story_sync(story).changed, ==, 2100);
	g_assert_cmpint(
		test_db_int(story->test,
			"SELECT COUNT(*) FROM wp_posts p JOIN wp_postmeta n ON n.post_id = p.ID "
			"AND n.meta_key = '_meeting_notes' JOIN wp_postmeta s ON s.post_id = p.ID "
			"AND s.meta_key = '_start_time' AND s.meta_value = p.post_date WHERE "
			"p.post_status = 'publish' AND n.meta_value = SUBSTRING(p.post_date - "
			"INTERVAL 10 MINUTE, 6, 11)"),
		==, 2100);
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_posts WHERE post_type = "
						 "'calendar_event'"),
		==, 2100);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func("/wp/event-moves/" name, function)
	ADD("which-post-goes-on", test_which_post_goes_on);
	ADD("whose-tail-it-is", test_whose_tail_it_is);
	ADD("many-at-once", test_many_move_at_once);
	ADD("back-and-forth", test_back_and_forth);
	ADD("a-tail-waits-for-a-calendar-that-failed",
		test_a_tail_waits_for_a_calendar_that_failed);
	ADD("a-calendar-that-failed-moves-nothing", test_a_calendar_that_failed_moves_nothing);
	ADD("a-connection-made-anew-takes-its-posts-over",
		test_a_connection_made_anew_takes_its_posts_over);
	ADD("more-is-loaded-while-they-wait", test_more_is_loaded_while_they_wait);
	ADD("posts-of-other-connections-are-left-alone",
		test_posts_of_other_connections_are_left_alone);
	ADD("what-is-told-gone-moves", test_what_is_told_gone_moves);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of an activity, and the recognising of meetings that a person had already. */
#include <glib.h>
#include <string.h>

#include "../support/story.h"
#include "wp/activities.h"
#include "wp/activity_claims.h"
#include "wp/activity_rows.h"

#define ASSERT_TEXT(expression, expected)                                                          \
	do {                                                                                       \
		g_autofree char *text_ = (expression);                                             \
		g_assert_cmpstr(text_, ==, (expected));                                            \
	} while (0)

/* One meeting, on 2026-01-15 at 10:00 site time, with Ana (101) and Cas (102). */
static Event *tell_meeting(Story *story, const char *title)
{
	story_user(story, true);
	story_person(story, 101, "Ana");
	story_person(story, 102, "Cas");
	story_match(story, 101, 100, "ana@example.org");
	story_match(story, 102, 80, "cas@example.org");
	return story_add(story, "standup@x", "2026-01-15T09:00:00", title);
}

static PastEvent *load(Story *story, const char *event_uid)
{
	g_autofree char *sql = g_strdup_printf("SELECT post_id FROM wp_postmeta WHERE meta_key = "
					       "'_event_uid' AND meta_value = '%s'",
		event_uid);
	g_autoptr(GError) error = NULL;
	PastEvent *event = NULL;

	g_assert_true(past_event_load(story->test->db, story->site, test_db_int(story->test, sql),
		false, &event, &error));
	g_assert_nonnull(event);
	return event;
}

/* Logs the event for everyone whom it was matched to; how many activities that made. */
static guint log_all(Story *story, const char *event_uid, bool dry_run)
{
	g_autoptr(PastEvent) event = load(story, event_uid);
	g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GPtrArray) requests = g_ptr_array_new();
	ActivityRequest request = {.event = event, .person_ids = people, .author = "Ben Example"};
	g_autoptr(GError) error = NULL;
	guint count;

	for (guint i = 0; i < event->matches->len; i++)
		g_array_append_val(
			people, g_array_index(event->matches, PastEventMatch, i).person_id);
	g_ptr_array_add(requests, &request);
	if (!activities_log(
		    story->test->db, story->site, requests, "Meeting: {title}", dry_run, &error))
		g_error("%s", error->message);
	count = request.logged->len;
	activity_request_clear(&request);
	return count;
}

static void test_an_activity_has_the_rows_of_the_theme(void)
{
	g_autoptr(Story) story = story_new();
	Event *event;

	if (story == NULL)
		return;
	event = tell_meeting(story, "R&D < C \"x\" \\ O'Brien");
	event->location = g_strdup("Room 4");
	event->meeting_url = g_strdup("https://meet.example.org/a?b=1&c=2");
	story_sync(story);
	g_assert_cmpuint(log_all(story, "standup@x", false), ==, 2);
	ASSERT_TEXT(
		test_db_rows(story->test,
			"SELECT comment_post_ID, comment_author, comment_author_email, "
			"comment_author_url, "
			"comment_author_IP, comment_date, comment_date_gmt, comment_content, "
			"comment_karma, "
			"comment_approved, comment_agent, comment_type, comment_parent, user_id "
			"FROM wp_comments WHERE comment_post_ID = 101"),
		"101|Ben Example||||2026-01-15 10:00:00|2026-01-15 09:00:00|"
		"Meeting: R&amp;D &lt; C &quot;x&quot; \\ O&#039;Brien|0|1||activity|0|2\n");
	ASSERT_TEXT(test_db_rows(story->test, "SELECT meta_key, IF(meta_key = 'calendar_event_id', "
					      "meta_value = (SELECT ID FROM "
					      "wp_posts WHERE post_type = 'calendar_event'), "
					      "meta_value) FROM wp_commentmeta m "
					      "JOIN wp_comments c ON c.comment_ID = m.comment_id "
					      "WHERE comment_post_ID = 101 "
					      "ORDER BY meta_id"),
		"activity_type|meeting\ncalendar_event_id|1\nduration_minutes|60\nlocation|Room 4\n"
		"meeting_url|https://meet.example.org/a?b=1&c=2\nactivity_date|2026-01-15\n"
		"activity_time|10:00\ncalendar_event_uid|conn_683f1c2ab4d51/standup@x\n"
		"participants|a:1:{i:0;i:102;}\n");
	ASSERT_TEXT(story_meta(story, "standup@x", "_logged_as_activity"), "1");
	ASSERT_TEXT(test_db_rows(story->test, "SELECT ID, comment_count FROM wp_posts "
					      "WHERE post_type = 'person'"),
		"101|1\n102|1\n");
}

static void test_a_single_person_has_no_participants(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	tell_meeting(story, "Standup");
	test_db_exec(story->test, "UPDATE wp_posts SET post_author = 3 WHERE ID = 102");
	story_sync(story);
	g_assert_cmpuint(log_all(story, "standup@x", false), ==, 1);
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_commentmeta "
						 "WHERE meta_key = 'participants'"),
		==, 0);
}

static void test_the_template_is_filled_and_escaped(void)
{
	static const struct {
		const char *content;
		const char *expected;
	} cases[] = {
		{"Meeting: {title}", "Meeting: A &amp; {location}"},
		{"{title} at {location} ({meeting_url})", "A &amp; {location} at Room &lt;4&gt; "
							  "(https://x.example/?a=1&#038;b=2)"},
		{"{unknown} {title", "{unknown} {title"},
		{"", ""},
	};
	g_autoptr(PastEvent) event = g_new0(PastEvent, 1);
	WpSite site = {0};

	event->title = g_strdup("A & {location}");
	event->location = g_strdup("Room <4>");
	event->meeting_url = g_strdup("https://x.example/?a=1&b=2");
	event->attendees = g_ptr_array_new();
	event->matches = g_array_new(FALSE, FALSE, 1);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		ASSERT_TEXT(activity_content(event, cases[i].content, &site), cases[i].expected);
}

static void test_comments_are_counted_as_wordpress_counts(void)
{
	static const struct {
		const char *name;
		const char *db_version;
		int64_t count;
	} cases[] = {
		{"6.1", "53496", 4},
		{"6.9", "60717", 3},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();
		g_autofree char *sql = NULL;

		if (story == NULL)
			return;
		g_test_message("WordPress %s", cases[i].name);
		sql = g_strdup_printf(
			"UPDATE wp_options SET option_value = '%s' WHERE option_name = "
			"'db_version'; "
			"INSERT INTO wp_comments (comment_post_ID, comment_author, "
			"comment_content, "
			"comment_approved, comment_type) VALUES (101, '', '', '1', 'comment'), "
			"(101, '', '', '0', 'comment'), (101, '', '', 'spam', 'comment'), "
			"(101, '', '', '1', 'note'), (101, '', '', '1', 'prm_note')",
			cases[i].db_version);
		tell_meeting(story, "Standup");
		test_db_exec(story->test, sql);
		story_sync(story);
		log_all(story, "standup@x", false);
		g_assert_cmpint(test_db_int(story->test,
					"SELECT comment_count FROM wp_posts WHERE ID = 101"),
			==, cases[i].count);
	}
}

static void test_a_dry_run_writes_nothing(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	tell_meeting(story, "Standup");
	story_sync(story);
	g_assert_cmpuint(log_all(story, "standup@x", true), ==, 2);
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_comments"), ==, 0);
	ASSERT_TEXT(story_meta(story, "standup@x", "_logged_as_activity"), NULL);
}

/* What Ana already has, and whether the meeting of 2026-01-15 10:00, "Standup", is logged for her
 * again. Each: an INSERT of a comment's columns, then of its meta rows. */
static void test_a_meeting_that_a_person_had_is_not_logged_again(void)
{
	static const struct {
		const char *name;
		const char *date;
		const char *content;
		const char *approved;
		const char *type;
		const char *metas; /* "key=value;key=value"; EVENT is the other event's post id */
		bool again;
	} cases[] = {
		{"the same event", "2026-01-15 10:00:00", "x", "1", "activity",
			"calendar_event_uid=" STORY_CONNECTION "/standup@x", false},
		{"the same event, deleted by the person", "2026-01-15 10:00:00", "x", "trash",
			"activity", "calendar_event_uid=" STORY_CONNECTION "/standup@x", false},
		{"the same event, moved after it was logged", "2026-01-14 08:00:00", "x", "1",
			"activity", "calendar_event_uid=" STORY_CONNECTION "/standup@x", false},
		{"another event of that time", "2026-01-15 10:00:00", "Meeting: Lunch", "1",
			"activity", "calendar_event_uid=" STORY_CONNECTION "/lunch@x", true},
		{"the same through another connection", "2026-01-15 10:00:00", "x", "1", "activity",
			"calendar_event_uid=conn_2/standup@x", false},
		{"the same through another connection, moved", "2026-01-14 10:00:00", "x", "1",
			"activity", "calendar_event_uid=conn_2/standup@x", false},
		{"another instance of its series", "2026-01-14 10:00:00", "x", "1", "activity",
			"calendar_event_uid=conn_2/standup@x_20260114T090000Z", true},
		{"the same title and time", "2026-01-15 10:00:00", "Meeting: Standup", "1",
			"activity", "calendar_event_uid=conn_2/other@x", false},
		{"the same title at another time", "2026-01-15 11:00:00", "Meeting: Standup", "1",
			"activity", "calendar_event_uid=conn_2/other@x", true},
		{"Google's copy, whose event tells the UID", "2026-01-15 10:00:00", "x", "1",
			"activity", "calendar_event_uid=conn_2/g00gle;calendar_event_id=501",
			false},
		{"logged by hand for that time, something else", "2026-01-18 20:15:00", "Coffee",
			"1", "activity", "activity_date=2026-01-15;activity_time=10:00", true},
		{"logged by hand for that time, in other words", "2026-01-18 20:15:00", "Stand",
			"1", "activity", "activity_date=2026-01-15;activity_time=10:00", true},
		{"logged by hand for that time, by its first word", "2026-01-18 20:15:00",
			"<p>standup &amp; more</p>", "1", "activity",
			"activity_date=2026-01-15;activity_time=10:00", false},
		{"logged by the theme", "2026-01-18 20:15:00",
			"Standup at Room 4 (https://meet.example.org/)", "1", "activity",
			"activity_type=meeting;activity_date=2026-01-15;activity_time=10:00",
			false},
		{"logged by the theme in UTC", "2026-01-18 20:15:00", "Standup at Room 4", "1",
			"activity", "activity_date=2026-01-15;activity_time=09:00", false},
		{"logged by the theme in the event's zone", "2026-01-18 20:15:00", "Standup", "1",
			"activity", "activity_date=2026-01-15;activity_time=18:00", false},
		{"another one by that clock", "2026-01-18 20:15:00", "Lunch", "1", "activity",
			"activity_date=2026-01-15;activity_time=18:00", true},
		{"logged by hand for that day, by title", "2026-01-18 20:15:00",
			"The standup? Standup!", "1", "activity", "activity_date=2026-01-15",
			false},
		{"logged by hand for that day, something else", "2026-01-18 20:15:00", "Coffee",
			"1", "activity", "activity_date=2026-01-15", true},
		{"logged by hand for another time", "2026-01-15 10:00:00", "Coffee", "1",
			"activity", "activity_date=2026-01-15;activity_time=16:00", true},
		{"an activity of an older theme", "2026-01-15 10:00:00", "Standup", "1",
			"prm_activity", "", false},
		{"a note of that time", "2026-01-15 10:00:00", "Standup", "1", "prm_note", "",
			true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();
		g_auto(GStrv) metas = g_strsplit(cases[i].metas, ";", -1);
		g_autofree char *sql = NULL;

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		/* Its calendar is in Tokyo. */
		tell_meeting(story, "Standup")->start_wall = g_strdup("2026-01-15 18:00:00");
		story_sync(story);
		sql = g_strdup_printf(
			"INSERT INTO wp_comments (comment_ID, comment_post_ID, comment_author, "
			"comment_date, comment_content, comment_approved, comment_type, user_id) "
			"VALUES (900, 101, '', '%s', '%s', '%s', '%s', 2); "
			"INSERT INTO wp_posts (ID, post_author, post_type, post_status, "
			"post_title, "
			"post_content, post_excerpt, to_ping, pinged, post_content_filtered) "
			"VALUES "
			"(501, 2, 'calendar_event', 'publish', 'Other', '', '', '', '', ''); "
			"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES "
			"(501, '_event_uid', 'g00gle'), "
			"(501, '_raw_data', '{\"iCalUID\":\"standup@x\"}')",
			cases[i].date, cases[i].content, cases[i].approved, cases[i].type);
		test_db_exec(story->test, sql);
		for (char **meta = metas; *meta != NULL; meta++) {
			g_auto(GStrv) pair = g_strsplit(*meta, "=", 2);
			g_autofree char *insert =
				g_strdup_printf("INSERT INTO wp_commentmeta (comment_id, "
						"meta_key, meta_value) VALUES (900, '%s', '%s')",
					pair[0], pair[1]);

			test_db_exec(story->test, insert);
		}
		g_assert_cmpuint(log_all(story, "standup@x", false), ==, cases[i].again ? 2 : 1);
		ASSERT_TEXT(story_meta(story, "standup@x", "_logged_as_activity"), "1");
		g_assert_cmpuint(log_all(story, "standup@x", false), ==, 0);
	}
}

static void test_a_removed_event_that_comes_back_is_not_logged_again(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	tell_meeting(story, "Standup");
	story_sync(story);
	g_assert_cmpuint(log_all(story, "standup@x", false), ==, 2);
	/* WordPress empties the trash; later the event is listed again, as a new post. */
	test_db_exec(story->test, "DELETE m FROM wp_postmeta m JOIN wp_posts p ON p.ID = m.post_id "
				  "WHERE p.post_type = 'calendar_event'; "
				  "DELETE FROM wp_posts WHERE post_type = 'calendar_event'");
	g_assert_cmpuint(story_sync(story).added, ==, 1);
	g_assert_cmpuint(log_all(story, "standup@x", false), ==, 0);
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_comments"), ==, 2);
}

/* As if the event had never been logged, but for what our own table remembers. */
static void forget_all_but_claims(const Story *story)
{
	test_db_exec(story->test, "DELETE FROM wp_commentmeta; DELETE FROM wp_comments; "
				  "DELETE FROM wp_postmeta WHERE meta_key = '_logged_as_activity'");
}

static void test_a_claim_outlives_its_activity(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	tell_meeting(story, "Standup");
	story_sync(story);
	g_assert_cmpuint(log_all(story, "standup@x", false), ==, 2);
	ASSERT_TEXT(test_db_rows(story->test,
			    "SELECT a.user_id, a.person_id, COUNT(*) FROM "
			    "wp_prm_calendar_activities a JOIN wp_comments c ON c.comment_ID = "
			    "a.comment_id AND c.comment_post_ID = a.person_id "
			    "GROUP BY a.user_id, a.person_id ORDER BY a.person_id"),
		"2|101|4\n2|102|4\n");
	forget_all_but_claims(story);
	g_assert_cmpuint(log_all(story, "standup@x", false), ==, 0);
	ASSERT_TEXT(story_meta(story, "standup@x", "_logged_as_activity"), "1");
}

/* Which of the second meetings is the first one again, by the claims alone. */
static void test_a_claim_knows_the_meeting_in_other_calendars(void)
{
	static const struct {
		const char *name;
		const char *connection;
		const char *uid;
		const char *start;
		const char *title;
		bool again;
	} cases[] = {
		{"moved", STORY_CONNECTION, "standup@x", "2026-01-16T09:00:00", "New", false},
		{"same UID", "conn_2", "standup@x", "2026-01-15T09:00:00", "New", false},
		{"same UID, moved", "conn_2", "standup@x", "2026-01-16T09:30:00", "New", false},
		{"another instance", "conn_2", "standup@x_20260116T093000Z", "2026-01-16T09:30:00",
			"New", true},
		{"same title", "conn_2", "other@x", "2026-01-15T09:00:00", "Standup", false},
		{"same title later", "conn_2", "other@x", "2026-01-16T09:00:00", "Standup", true},
		{"another", "conn_2", "other@x", "2026-01-15T09:00:00", "New", true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Story) story = story_new();

		if (story == NULL)
			return;
		g_test_message("%s", cases[i].name);
		story_remove(story, tell_meeting(story, "Standup"));
		story_add(story, "standup@x", "2026-01-15T09:00:00", "Standup");
		story_sync(story);
		g_assert_cmpuint(log_all(story, "standup@x", false), ==, 2);
		forget_all_but_claims(story);
		test_db_exec(story->test, "DELETE FROM wp_postmeta; DELETE FROM wp_posts WHERE "
					  "post_type = 'calendar_event'");
		g_ptr_array_set_size(story->listing, 0);
		story->connection_id = cases[i].connection;
		story_add(story, cases[i].uid, cases[i].start, cases[i].title);
		story_sync(story);
		g_assert_cmpuint(log_all(story, cases[i].uid, false), ==, cases[i].again ? 2 : 0);
	}
}

/* A series that is moved as a whole: neither its own posts nor a copy in another connection make a
 * second activity. */
static void test_a_moved_series_is_not_logged_again(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	story_remove(story, tell_meeting(story, "Standup"));
	story->state = 1;
	story_add(story, "weekly@x/20260112T090000Z", "2026-01-12T09:00:00", "Weekly");
	story_sync(story);
	g_assert_cmpuint(log_all(story, "weekly@x_20260112T090000Z", false), ==, 2);
	g_ptr_array_set_size(story->listing, 0);
	story_add(story, "weekly@x/20260112T100000Z", "2026-01-12T10:00:00", "Weekly");
	story_sync(story);
	g_assert_cmpuint(log_all(story, "weekly@x_20260112T100000Z", false), ==, 0);
	ASSERT_TEXT(story_meta(story, "weekly@x_20260112T100000Z", "_logged_as_activity"), "1");
	story->connection_id = "conn_2";
	story->state = 0;
	forget_all_but_claims(story);
	test_db_exec(story->test, "DELETE FROM wp_postmeta; DELETE FROM wp_posts WHERE "
				  "post_type = 'calendar_event'");
	story_sync(story);
	g_assert_cmpuint(log_all(story, "weekly@x_20260112T100000Z", false), ==, 0);
}

/* What an earlier version left, which took wall clocks for instants: its key of the title. */
static void test_claims_of_earlier_versions_count(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	tell_meeting(story, "Standup");
	story_sync(story);
	/* BLAKE2b of "title\0Standup\0" "2026-01-15 10:00\0". */
	test_db_exec(story->test, "INSERT INTO wp_prm_calendar_activities VALUES "
				  "(2, X'1b99b8f22fc4fd6650dd4f740ca3eb58', 101, 7)");
	g_assert_cmpuint(log_all(story, "standup@x", false), ==, 1);
}

/* On 2025-10-26 the hour from 02:00 to 03:00 came twice. */
static void test_the_hour_that_comes_twice(void)
{
	static const struct {
		const char *uid;
		const char *start; /* UTC */
		int minutes;
	} meetings[] = {
		{"summer@x", "2025-10-26T00:15:00", 30},
		{"winter@x", "2025-10-26T01:15:00", 30},
		{"across@x", "2025-10-26T00:30:00", 60},
		{"long@x", "2025-10-25T23:30:00", 120},
	};
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	story_remove(story, tell_meeting(story, "Standup"));
	for (size_t i = 0; i < G_N_ELEMENTS(meetings); i++) {
		Event *event = story_add(story, meetings[i].uid, meetings[i].start, "Standup");

		event->end_utc = event->start_utc + meetings[i].minutes * 60;
	}
	story_sync(story);
	for (size_t i = 0; i < G_N_ELEMENTS(meetings); i++) {
		g_autofree char *sql = g_strdup_printf(
			"SELECT d.meta_value FROM wp_commentmeta d JOIN wp_commentmeta u "
			"ON u.comment_id = d.comment_id AND u.meta_key = 'calendar_event_uid' "
			"WHERE d.meta_key = 'duration_minutes' AND u.meta_value = '%s/%s' LIMIT 1",
			STORY_CONNECTION, meetings[i].uid);

		g_assert_cmpuint(log_all(story, meetings[i].uid, false), ==, 2);
		g_assert_cmpint(test_db_int(story->test, sql), ==, meetings[i].minutes);
	}
}

static void test_an_end_in_the_hour_that_comes_twice_is_an_instant(void)
{
	g_autoptr(Story) story = story_new();
	g_autoptr(PastEvent) past = NULL;
	Event *event;

	if (story == NULL)
		return;
	story_remove(story, tell_meeting(story, "Standup"));
	event = story_add(story, "night@x", "2025-10-26T00:15:00", "Night");
	event->end_utc = story_time("2025-10-26T01:15:00");
	story_sync(story);
	past = load(story, "night@x");
	g_assert_cmpstr(past->start, ==, past->end);
	g_assert_cmpint(past->start_utc, ==, event->start_utc);
	g_assert_cmpint(past->end_utc, ==, event->end_utc);
	g_assert_true(past->start_repeats);
}

/* The rows themselves tell (design 6, the sixth). */
static void test_without_claims_the_activities_tell(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	tell_meeting(story, "Standup");
	story_sync(story);
	g_assert_cmpuint(log_all(story, "standup@x", false), ==, 2);
	test_db_exec(story->test, "DELETE FROM wp_postmeta WHERE meta_key = "
				  "'_logged_as_activity'; DELETE FROM wp_prm_calendar_activities");
	g_assert_cmpuint(log_all(story, "standup@x", false), ==, 0);
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_comments"), ==, 2);
}

static void test_a_dry_run_needs_no_claims(void)
{
	g_autoptr(Story) story = story_new();

	if (story == NULL)
		return;
	tell_meeting(story, "Standup");
	story_sync(story);
	test_db_exec(story->test, "DROP TABLE wp_prm_calendar_activities");
	g_assert_cmpuint(log_all(story, "standup@x", true), ==, 2);
}

/* Another process that claims the meeting at the same time, and does not see our locks. */
typedef struct {
	Story *story;
	bool commits;
	int64_t connection_id; /* of the thread's */
	int64_t post_id;       /* of the event */
	GThread *thread;
	guint logged;
} Rival;

static gpointer log_in_thread(gpointer data)
{
	Rival *rival = data;

	rival->logged = log_all(rival->story, "standup@x", false);
	return NULL;
}

static int64_t connection_id(Db *db)
{
	g_autoptr(GError) error = NULL;
	DbStatement *statement = db_prepare(db, "SELECT CONNECTION_ID()", &error);
	int64_t id;
	bool row;

	g_assert_no_error(error);
	g_assert_true(db_query(statement, &error));
	g_assert_true(db_next(statement, &row, &error));
	id = db_column_int(statement, 0);
	db_finish(statement);
	return id;
}

/* MySQL cannot show a transaction whose statement is no UTF-8 in INNODB_TRX, and MariaDB has no
 * data_lock_waits. MariaDB makes its table anew when nobody has read it for a tenth of a second. */
static void wait_until_blocked(const Rival *rival)
{
	gint64 deadline = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
	g_autofree char *version = test_db_text(rival->story->test, "SELECT VERSION()");
	g_autofree char *sql = g_strdup_printf("%s%" G_GINT64_FORMAT,
		strstr(version, "MariaDB") != NULL
			? "SELECT COUNT(*) FROM information_schema.INNODB_TRX "
			  "WHERE trx_state = 'LOCK WAIT' AND trx_mysql_thread_id = "
			: "SELECT COUNT(*) FROM performance_schema.data_lock_waits w "
			  "JOIN performance_schema.threads t "
			  "ON t.THREAD_ID = w.REQUESTING_THREAD_ID WHERE t.PROCESSLIST_ID = ",
		rival->connection_id);

	while (test_db_int(rival->story->test, sql) == 0) {
		g_assert_cmpint(g_get_monotonic_time(), <, deadline);
		g_usleep(120 * 1000);
	}
}

static bool claim_first(Db *db, void *data, GError **error)
{
	Rival *rival = data;
	DbStatement *statement =
		db_prepare(db, "INSERT INTO {prm_calendar_activities} SELECT * FROM saved", error);

	if (statement == NULL || !db_run(statement, NULL, error))
		return false;
	rival->connection_id = connection_id(rival->story->test->db);
	rival->thread = g_thread_new("log", log_in_thread, rival);
	wait_until_blocked(rival);
	if (!rival->commits)
		g_set_error_literal(error, DB_ERROR, DB_ERROR_QUERY, "the rival gave up");
	return rival->commits;
}

static void test_of_two_at_once_one_logs(void)
{
	for (int commits = 0; commits <= 1; commits++) {
		g_autoptr(Story) story = story_new();
		Rival rival = {.story = story, .commits = commits};
		g_autoptr(Db) other = NULL;
		g_autoptr(GError) error = NULL;

		if (story == NULL)
			return;
		tell_meeting(story, "Standup");
		story_sync(story);
		g_assert_cmpuint(log_all(story, "standup@x", false), ==, 2);
		test_db_exec(story->test,
			"CREATE TABLE saved SELECT * FROM wp_prm_calendar_activities; "
			"DELETE FROM wp_prm_calendar_activities");
		forget_all_but_claims(story);
		other = test_db_connect(story->test);
		g_assert_cmpint(db_transaction(other, claim_first, &rival, &error), ==, commits);
		g_thread_join(rival.thread);
		g_assert_cmpuint(rival.logged, ==, commits ? 0 : 2);
		g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_comments"), ==,
			commits ? 0 : 2);
	}
}

/* As a node of a cluster does it, which shares no locks: flags the event while the rival is about
 * to, who has nobody to log it for and so claims nothing. */
static bool flag_first(Db *db, void *data, GError **error)
{
	Rival *rival = data;
	const PastEvent event = {.user_id = STORY_USER, .post_id = rival->post_id};
	ActivityRequest request = {.event = &event};
	ActivityMeeting meeting = {.request = &request};
	g_autoptr(GPtrArray) meetings = g_ptr_array_new();
	DbStatement *statement;

	g_ptr_array_add(meetings, &meeting);
	if (!activity_claims_hold(db, meetings, error))
		return false;
	statement = db_prepare(db,
		"INSERT INTO {postmeta} (post_id, meta_key, meta_value) "
		"VALUES (?, '_logged_as_activity', '1')",
		error);
	db_bind_int(statement, rival->post_id);
	if (!db_run(statement, NULL, error))
		return false;
	rival->connection_id = connection_id(rival->story->test->db);
	rival->thread = g_thread_new("log", log_in_thread, rival);
	wait_until_blocked(rival);
	return activity_claims_release(db, meetings, error);
}

static void test_of_two_at_once_one_flags(void)
{
	g_autoptr(Story) story = story_new();
	Rival rival = {.story = story};
	g_autoptr(Db) other = NULL;
	g_autoptr(GError) error = NULL;
	bool is_done;

	if (story == NULL)
		return;
	tell_meeting(story, "Standup");
	story_sync(story);
	g_assert_cmpuint(log_all(story, "standup@x", false), ==, 2);
	forget_all_but_claims(story);
	rival.post_id = test_db_int(
		story->test, "SELECT ID FROM wp_posts WHERE post_type = 'calendar_event'");
	other = test_db_connect(story->test);
	is_done = db_transaction(other, flag_first, &rival, &error);
	g_thread_join(rival.thread);
	g_assert_no_error(error);
	g_assert_true(is_done);
	g_assert_cmpuint(rival.logged, ==, 0);
	g_assert_cmpint(
		test_db_int(story->test, "SELECT COUNT(*) FROM wp_postmeta WHERE meta_key = "
					 "'_logged_as_activity'"),
		==, 1);
	g_assert_cmpint(test_db_int(story->test, "SELECT COUNT(*) FROM wp_prm_calendar_activities "
						 "WHERE person_id = 0"),
		==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func("/wp/activities/" name, function)
	ADD("an-activity-has-the-rows-of-the-theme", test_an_activity_has_the_rows_of_the_theme);
	ADD("a-single-person-has-no-participants", test_a_single_person_has_no_participants);
	ADD("the-template-is-filled-and-escaped", test_the_template_is_filled_and_escaped);
	ADD("comments-are-counted-as-wordpress-counts",
		test_comments_are_counted_as_wordpress_counts);
	ADD("a-dry-run-writes-nothing", test_a_dry_run_writes_nothing);
	ADD("a-meeting-that-a-person-had-is-not-logged-again",
		test_a_meeting_that_a_person_had_is_not_logged_again);
	ADD("a-removed-event-that-comes-back-is-not-logged-again",
		test_a_removed_event_that_comes_back_is_not_logged_again);
	ADD("a-claim-outlives-its-activity", test_a_claim_outlives_its_activity);
	ADD("a-claim-knows-the-meeting-in-other-calendars",
		test_a_claim_knows_the_meeting_in_other_calendars);
	ADD("a-moved-series-is-not-logged-again", test_a_moved_series_is_not_logged_again);
	ADD("claims-of-earlier-versions-count", test_claims_of_earlier_versions_count);
	ADD("the-hour-that-comes-twice", test_the_hour_that_comes_twice);
	ADD("an-end-in-the-hour-that-comes-twice-is-an-instant",
		test_an_end_in_the_hour_that_comes_twice_is_an_instant);
	ADD("without-claims-the-activities-tell", test_without_claims_the_activities_tell);
	ADD("a-dry-run-needs-no-claims", test_a_dry_run_needs_no_claims);
	ADD("of-two-at-once-one-logs", test_of_two_at_once_one_logs);
	ADD("of-two-at-once-one-flags", test_of_two_at_once_one_flags);
	return g_test_run();
}

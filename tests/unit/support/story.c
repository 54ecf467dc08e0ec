/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listings of a calendar that exists only in memory. */
#include "story.h"

#include <string.h>

#include "match/contact_index.h"
#include "state/connection_state.h"
#include "state/known_events.h"
#include "test_site.h"
#include "wp/event_load.h"
#include "wp/event_memory.h"

static void event_destroy(gpointer event)
{
	event_free(event);
}

static void match_destroy(gpointer match)
{
	match_free(match);
}

Story *story_new(void)
{
	static const WpSiteOptions options = {
		.theme_prefix = "prm", .auth_key = "a phrase of no meaning"};
	g_autoptr(GError) error = NULL;
	TestDb *test = test_db_new();
	Story *story;

	if (test == NULL)
		return NULL;
	story = g_new0(Story, 1);
	story->test = test;
	story->site = test_site_load(test->db, &options, &error);
	g_assert_no_error(error);
	story->listing = g_ptr_array_new_with_free_func(event_destroy);
	story->changes = g_ptr_array_new_with_free_func(g_free);
	story->problems = g_ptr_array_new_with_free_func(g_free);
	story->matches = g_ptr_array_new_with_free_func(match_destroy);
	story->connection_id = STORY_CONNECTION;
	story->calendar_id = STORY_CALENDAR;
	story->now_utc = STORY_NOW;
	return story;
}

void story_free(Story *story)
{
	if (story == NULL)
		return;
	g_ptr_array_unref(story->listing);
	g_ptr_array_unref(story->changes);
	g_ptr_array_unref(story->problems);
	g_ptr_array_unref(story->matches);
	wp_site_free(story->site);
	test_db_free(story->test);
	g_free(story);
}

int64_t story_time(const char *utc)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(utc, zone);

	g_assert_nonnull(time);
	return g_date_time_to_unix(time);
}

void story_move(Event *event, const char *start)
{
	event->start_utc = story_time(start);
	event->end_utc = event->start_utc + 3600;
}

Event *story_add(Story *story, const char *uid, const char *start, const char *summary)
{
	Event *event = event_new();
	const char *slash = strchr(uid, '/');

	event->uid = slash == NULL ? g_strdup(uid) : g_strndup(uid, (gsize)(slash - uid));
	event->recurrence_id = slash == NULL ? NULL : g_strdup(slash + 1);
	event->event_uid = g_strdelimit(g_strdup(uid), "/", '_');
	event->summary = g_strdup(summary);
	story_move(event, start);
	g_ptr_array_add(story->listing, event);
	return event;
}

void story_remove(Story *story, const Event *event)
{
	g_assert_true(g_ptr_array_remove(story->listing, (gpointer)event));
}

static void note_change(const EventNotice *notice, void *data)
{
	Story *story = data;

	g_assert_nonnull(notice->title);
	g_assert_nonnull(notice->start);
	g_ptr_array_add(story->changes,
		g_strdup_printf("%s %s", event_change_name(notice->change), notice->event_uid));
	if (story->meanwhile != NULL)
		story->meanwhile(story);
}

static void note_problem(const char *event_uid, const GError *why, void *data)
{
	Story *story = data;

	g_ptr_array_add(story->problems, g_strdup_printf("%s: %s", event_uid, why->message));
}

static void put_all(Story *story, EventStore *store)
{
	const EventRowContext context = {
		.user_id = STORY_USER,
		.connection_id = story->connection_id,
		.calendar_id = story->calendar_id,
		.calendar_name = "Work",
		.matches = story->matches,
	};

	for (guint i = 0; i < story->listing->len; i++) {
		g_autoptr(GError) error = NULL;
		EventRow *row =
			event_row_new(story->listing->pdata[i], story->site, &context, &error);

		g_assert_no_error(error);
		g_assert_true(event_store_put(store, story->calendar_id, row, NULL, &error));
	}
}

EventStoreCounts story_sync(Story *story)
{
	const char *const user_connections[] = {story->connection_id, NULL};
	const EventStoreOptions options = {
		.user_id = STORY_USER,
		.connection_id = story->connection_id,
		.user_connections = story->is_new_connection ? user_connections : NULL,
		.state = story->state,
		.window = {story->now_utc - 90 * STORY_DAY, story->now_utc + 30 * STORY_DAY},
		.gone = story->gone,
		.now_utc = story->now_utc,
		.dry_run = story->dry_run,
		.on_change = note_change,
		.on_problem = note_problem,
		.data = story,
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(EventStore) store =
		event_store_open(story->test->db, story->site, &options, &error);

	g_assert_no_error(error);
	g_ptr_array_set_size(story->changes, 0);
	g_ptr_array_set_size(story->problems, 0);
	g_assert_true(event_store_load_orphans(store, &error));
	put_all(story, store);
	if (story->loads_late)
		g_assert_true(event_store_load_orphans(store, &error));
	if (story->keep_uid != NULL)
		event_store_keep(store, story->keep_uid);
	if (story->gone_uid != NULL)
		event_store_gone(store, story->calendar_id, story->gone_uid, false);
	if (story->calendar_fails)
		event_store_calendar_failed(store, story->calendar_id);
	else
		event_store_calendar_complete(store, story->calendar_id);
	if (event_store_sweep(store, !story->other_calendars_unknown, &error))
		g_assert_true(event_store_finish(store, story->last, story, &error));
	g_assert_no_error(error);
	return *event_store_counts(store);
}

typedef struct {
	GArray *known; /* of KnownEvent */
	GStringChunk *texts;
} Memory;

static void remember(const LoadedEvent *loaded, void *data)
{
	Memory *memory = data;
	const char *uid = loaded->metas[EVENT_META_EVENT_UID];
	KnownEvent known = {.post_id = loaded->post_id};

	known.event_uid = g_string_chunk_insert(memory->texts, uid != NULL ? uid : "");
	known.starts = event_time_digits(loaded->metas[EVENT_META_START_TIME]);
	known.ends = event_time_digits(loaded->metas[EVENT_META_END_TIME]);
	event_row_hash(loaded->columns, loaded->metas, known.content_hash);
	g_array_append_val(memory->known, known);
}

void story_verify(Story *story)
{
	g_autoptr(ConnectionState) state = connection_state_new(0, story->connection_id);
	Memory memory = {g_array_new(FALSE, FALSE, sizeof(KnownEvent)), g_string_chunk_new(1024)};
	g_autoptr(GError) error = NULL;

	g_assert_true(connection_state_create(story->test->db, STORY_USER, state, &error));
	g_assert_true(event_load_connection(
		story->test->db, STORY_USER, story->connection_id, remember, &memory, &error));
	g_assert_true(
		memory.known->len == 0 ||
		known_events_store(story->test->db, state->id,
			(const KnownEvent *)(void *)memory.known->data, memory.known->len, &error));
	g_array_unref(memory.known);
	g_string_chunk_free(memory.texts);
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *story_changes(const Story *story)
{
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();

	for (guint i = 0; i < story->changes->len; i++)
		g_ptr_array_add(sorted, story->changes->pdata[i]);
	g_ptr_array_sort(sorted, compare_texts);
	g_ptr_array_add(sorted, NULL);
	return g_strjoinv(", ", (char **)sorted->pdata);
}

char *story_live(const Story *story)
{
	return test_db_rows(story->test, "SELECT CONCAT(post_title, ' @ ', post_date) FROM "
					 "wp_posts WHERE post_type = 'calendar_event' "
					 "AND post_status = 'publish' ORDER BY post_date, ID");
}

char *story_meta(const Story *story, const char *event_uid, const char *key)
{
	g_autofree char *sql =
		g_strdup_printf("SELECT m.meta_value FROM wp_postmeta u JOIN wp_postmeta m "
				"ON m.post_id = u.post_id AND m.meta_key = '%s' "
				"WHERE u.meta_key = '_event_uid' AND u.meta_value = '%s'",
			key, event_uid);

	return test_db_text(story->test, sql);
}

void story_user(Story *story, bool auto_log)
{
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO wp_users (ID, user_login, user_email, display_name) "
		"VALUES (2, 'ben', 'Ben@example.org', 'Ben Example'); "
		"INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES (2, "
		"'_prm_calendar_connections', "
		"'a:1:{i:0;a:3:{s:2:\"id\";s:%zu:\"%s\";s:8:\"provider\";s:6:\"caldav\";"
		"s:8:\"auto_log\";b:%d;}}')",
		strlen(STORY_CONNECTION), STORY_CONNECTION, auto_log);

	test_db_exec(story->test, sql);
}

void story_person(Story *story, int64_t id, const char *name)
{
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO wp_posts (ID, post_author, post_type, post_status, post_title, "
		"post_content, "
		"post_excerpt, to_ping, pinged, post_content_filtered) "
		"VALUES (%" G_GINT64_FORMAT ", 2, 'person', 'publish', '%s', '', '', '', '', '')",
		id, name);

	test_db_exec(story->test, sql);
}

void story_match(Story *story, int64_t person_id, int confidence_percent, const char *email)
{
	Match *match = g_new0(Match, 1);

	match->person_id = person_id;
	match->type = confidence_percent == 100 ? MATCH_EMAIL_EXACT : MATCH_NAME_FUZZY;
	match->confidence_percent = confidence_percent;
	match->attendee_email = g_strdup(email);
	g_ptr_array_add(story->matches, match);
}

void story_no_matches(Story *story)
{
	g_ptr_array_set_size(story->matches, 0);
}

AutoLogOptions story_log_options(void)
{
	return (AutoLogOptions){
		.limit = 10,
		.min_confidence_percent = 50,
		.content = "Meeting: {title}",
		.has_tables = true,
		.now_utc = STORY_NOW,
	};
}

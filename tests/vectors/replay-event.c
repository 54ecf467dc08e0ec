/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inserting, updating, trashing, restoring and deleting of events by our store, on the inputs of a
 * case. */
#include "replay-event.h"

#include <string.h>

#include "match/contact_index.h"
#include "wp/event_store.h"

/* What data-model.md 4 wants otherwise, and where a case cannot say what we would have been given.
 */
static const ReplayException on_purpose[] = {
	{"wp_posts", "post_status", "always publish: the theme's queries miss future ones"},
	{"wp_options", NULL, "a published event needs no cron entry; a left-over one does nothing"},
};
static const ReplayException on_insert[] = {
	{"wp_posts", "post_name", "unique and the same in every run: made of the event's uid"},
	{"wp_posts", "post_modified", "the clock, not the event's date"},
	{"wp_posts", "post_modified_gmt", "the clock, not the event's date"},
};
static const ReplayException on_update[] = {
	{"wp_posts", "post_date_gmt",
		"WordPress keeps that of the old date (vectors/README, fact 4)"},
};
static const ReplayException on_restore[] = {
	{"wp_postmeta", "_wp_old_slug", "the slug of a post in the trash was never an address"},
};
static const ReplayException own_metas = {
	"wp_postmeta", NULL, "the case writes no meta rows, our events have theirs"};
static const ReplayException json_lists[] = {
	{"wp_postmeta", "_attendees",
		"the theme's JSON loses its backslashes; ours is unescaped and whole"},
	{"wp_postmeta", "_raw_data",
		"the theme's JSON loses its backslashes; ours is unescaped and whole"},
};
static const ReplayException filtered_title = {"wp_posts", "post_title",
	"filtered by kses, unslashed, or not what sanitize_text_field() leaves"};
static const ReplayException filtered_content = {"wp_posts", "post_content",
	"filtered by kses, unslashed, or not what sanitize_textarea_field() leaves"};
static const ReplayException taken_slug = {"wp_posts", "post_name",
	"its slug was taken meanwhile: ours becomes that of its uid, WordPress's gets a number"};

typedef struct {
	Replay *replay;
	const cJSON *args; /* of wp_insert_post() or wp_update_post(); or NULL */
	char *post_id;
	char *connection_id;
	char *event_uid;
	Event *event;
	EventRow *row;
	GPtrArray *matches;
	GArray *exceptions; /* of ReplayException, ended by an empty one */
} EventCase;

static void match_destroy(gpointer match)
{
	match_free(match);
}

static void event_case_clear(EventCase *one)
{
	g_free(one->post_id);
	g_free(one->connection_id);
	g_free(one->event_uid);
	event_free(one->event);
	event_row_free(one->row);
	g_ptr_array_unref(one->matches);
	g_array_unref(one->exceptions);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EventCase, event_case_clear)

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static EventCase event_case(Replay *replay)
{
	EventCase one = {
		.replay = replay,
		.event = event_new(),
		.matches = g_ptr_array_new_with_free_func(match_destroy),
		.exceptions = g_array_new(TRUE, TRUE, sizeof(ReplayException)),
	};

	g_array_append_vals(one.exceptions, on_purpose, G_N_ELEMENTS(on_purpose));
	return one;
}

/* A text argument, else what the post has in that column. Caller frees; NULL when there is neither.
 */
static char *text_of(const EventCase *one, const char *column)
{
	g_autofree char *sql =
		g_strdup_printf("SELECT CAST(%s AS CHAR) FROM wp_posts WHERE ID = ?", column);
	GString *given = check_text(member(one->args, column));

	if (given != NULL)
		return g_string_free(given, FALSE);
	return one->post_id == NULL ? NULL : replay_text(one->replay, sql, one->post_id);
}

/* What the post's meta row holds, added first where the case has none: without these two rows we
 * would not know the event. */
static char *identity(const EventCase *one, const char *key, const char *otherwise)
{
	g_autofree char *find = g_strdup_printf(
		"SELECT meta_value FROM wp_postmeta WHERE meta_key = '%s' AND post_id = ?", key);
	g_autofree char *add =
		g_strdup_printf("INSERT INTO wp_postmeta (meta_id, post_id, meta_key, meta_value) "
				"VALUES (NULL, %s, '%s', '%s')",
			one->post_id, key, otherwise);
	char *found = replay_text(one->replay, find, one->post_id);

	if (found != NULL)
		return found;
	replay_run(one->replay, add);
	return g_strdup(otherwise);
}

/* Finds the post that the case is about; false when we would not touch it. */
static bool find_post(EventCase *one, const cJSON *id)
{
	g_autofree char *type = NULL;

	if (!cJSON_IsNumber(id))
		return false;
	one->post_id = g_strdup_printf("%.0f", id->valuedouble);
	type = replay_text(
		one->replay, "SELECT post_type FROM wp_posts WHERE ID = ?", one->post_id);
	if (g_strcmp0(type, "calendar_event") != 0)
		return false;
	one->connection_id = identity(one, "_connection_id", "conn_check");
	one->event_uid = identity(one, "_event_uid", "check");
	return true;
}

static const cJSON *call_argument(const Replay *replay, int index)
{
	const cJSON *call = cJSON_GetArrayItem(member(replay->one, "call"), 0);

	/* The case with a filter adds that first. */
	if (g_strcmp0(cJSON_GetStringValue(member(call, "fn")), "add_filter") == 0)
		call = cJSON_GetArrayItem(member(replay->one, "call"), 1);
	return cJSON_GetArrayItem(member(call, "args"), index);
}

/* The value that the case gives to a meta key of the event, or NULL. */
static const char *meta_given(const EventCase *one, const char *key)
{
	const cJSON *call;

	cJSON_ArrayForEach(call, member(one->replay->one, "call"))
	{
		const cJSON *args = member(call, "args");

		if (g_strcmp0(cJSON_GetStringValue(cJSON_GetArrayItem(args, 1)), key) == 0)
			return cJSON_GetStringValue(cJSON_GetArrayItem(args, 2));
	}
	return NULL;
}

static void read_attendees(EventCase *one, const char *json)
{
	cJSON *list = json == NULL ? NULL : cJSON_Parse(json);
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		Attendee *attendee = attendee_new();
		const char *status = cJSON_GetStringValue(member(item, "status"));

		attendee->email = g_strdup(cJSON_GetStringValue(member(item, "email")));
		attendee->name = g_strdup(cJSON_GetStringValue(member(item, "name")));
		attendee->status = g_strcmp0(status, "accepted") == 0 ? ATTENDEE_ACCEPTED
								      : ATTENDEE_NEEDS_ACTION;
		g_ptr_array_add(one->event->attendees, attendee);
	}
	cJSON_Delete(list);
}

static void read_matches(EventCase *one, const char *json)
{
	cJSON *list = json == NULL ? NULL : cJSON_Parse(json);
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		Match *match = g_new0(Match, 1);
		const char *type = cJSON_GetStringValue(member(item, "match_type"));

		match->person_id = (int64_t)cJSON_GetNumberValue(member(item, "person_id"));
		match->confidence_percent = (int)cJSON_GetNumberValue(member(item, "confidence"));
		if (type == NULL || !match_type_parse(type, &match->type))
			match->type = MATCH_EMAIL_EXACT;
		match->attendee_email =
			g_strdup(cJSON_GetStringValue(member(item, "attendee_email")));
		g_ptr_array_add(one->matches, match);
	}
	cJSON_Delete(list);
}

static void read_metas(EventCase *one)
{
	const char *end = meta_given(one, "_end_time");
	Event *event = one->event;

	event->location = g_strdup(meta_given(one, "_location"));
	event->meeting_url = g_strdup(meta_given(one, "_meeting_url"));
	event->raw_json = g_strdup(meta_given(one, "_raw_data"));
	event->all_day = g_strcmp0(meta_given(one, "_all_day"), "1") == 0;
	if (end == NULL || !site_zone_parse(one->replay->site->zone, end, &event->end_utc))
		event->end_utc = event->start_utc;
	if (meta_given(one, "_organizer_email") != NULL) {
		event->organizer = attendee_new();
		event->organizer->email = g_strdup(meta_given(one, "_organizer_email"));
	}
	read_attendees(one, meta_given(one, "_attendees"));
	read_matches(one, meta_given(one, "_matched_people"));
}

/* A text is comparable when WordPress stored what it was given, and the theme could have given it.
 */
static void except_filtered(
	EventCase *one, const char *given, EventColumn column, const ReplayException *exception)
{
	const cJSON *posts = member(member(one->replay->one, "diff"), "wp_posts");
	const cJSON *inserted = cJSON_GetArrayItem(member(posts, "inserted"), 0);
	const cJSON *updated = cJSON_GetArrayItem(member(posts, "updated"), 0);
	const cJSON *after = member(member(member(updated, "changed"), exception->column), "after");
	g_autoptr(GString) expected =
		check_text(inserted != NULL ? member(inserted, exception->column) : after);

	if (g_strcmp0(given, one->row->columns[column]) != 0 ||
		(expected != NULL && g_strcmp0(given, expected->str) != 0))
		g_array_append_vals(one->exceptions, exception, 1);
}

/* Makes the row that our engine would hand to the store. False when there is none. */
static bool make_row(EventCase *one)
{
	g_autofree char *date = text_of(one, "post_date");
	g_autofree char *title = text_of(one, "post_title");
	g_autofree char *content = text_of(one, "post_content");
	const EventRowContext context = {
		.user_id = 2,
		.connection_id = one->connection_id,
		.calendar_id = meta_given(one, "_calendar_id"),
		.calendar_name = "",
		.matches = one->matches,
	};

	if (date == NULL || !site_zone_parse(one->replay->site->zone, date, &one->event->start_utc))
		return false;
	one->event->event_uid = g_strdup(one->event_uid);
	one->event->uid = g_strdup(one->event_uid);
	one->event->summary = g_strdup(title);
	one->event->description = g_strdup(content);
	read_metas(one);
	one->row = event_row_new(one->event, one->replay->site, &context, NULL);
	if (one->row == NULL)
		return false;
	except_filtered(one, title, EVENT_COLUMN_TITLE, &filtered_title);
	except_filtered(
		one, content == NULL ? "" : content, EVENT_COLUMN_CONTENT, &filtered_content);
	return true;
}

/* One run of the store: with the row, or with the word that the event is gone. */
static void run_store(EventCase *one, EventGone gone)
{
	const EventStoreOptions options = {
		.user_id = 2,
		.connection_id = one->connection_id,
		.window = {0, one->replay->now_utc},
		.gone = gone,
		.now_utc = one->replay->now_utc,
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(EventStore) store =
		event_store_open(one->replay->db, one->replay->site, &options, &error);
	bool done = store != NULL;

	if (done && one->row != NULL)
		done = event_store_put(store, "", g_steal_pointer(&one->row), NULL, &error);
	else if (done)
		event_store_gone(store, "", one->event_uid, false);
	done = done && event_store_sweep(store, false, &error) &&
	       event_store_finish(store, NULL, NULL, &error);
	if (!done)
		check_mismatch(one->replay->check, "our write", "no error", error->message);
	else if (event_store_counts(store)->failed > 0)
		check_mismatch(one->replay->check, "our write", "no failed row", "a failed row");
}

static void except_own_metas(EventCase *one)
{
	if (member(member(one->replay->one, "diff"), "wp_postmeta") == NULL)
		g_array_append_vals(one->exceptions, &own_metas, 1);
}

static void compare(EventCase *one)
{
	except_own_metas(one);
	replay_compare(one->replay, (const ReplayException *)(void *)one->exceptions->data);
}

static bool is_refused(const Replay *replay)
{
	const cJSON *answer = member(cJSON_GetArrayItem(member(replay->one, "call"), 0), "return");

	return !cJSON_IsNumber(answer) || answer->valuedouble == 0;
}

static bool is_ours(const cJSON *args)
{
	return g_strcmp0(cJSON_GetStringValue(member(args, "post_type")), "calendar_event") == 0 &&
	       g_strcmp0(cJSON_GetStringValue(member(args, "post_status")), "publish") == 0 &&
	       cJSON_IsNumber(member(args, "post_author")) &&
	       cJSON_GetStringValue(member(args, "post_date")) != NULL &&
	       member(args, "post_date_gmt") == NULL && member(args, "post_name") == NULL &&
	       member(args, "meta_input") == NULL;
}

void replay_event_insert(Replay *replay)
{
	g_auto(EventCase) one = event_case(replay);

	one.args = call_argument(replay, 0);
	if (is_refused(replay)) {
		check_skip(replay->check, "WordPress refuses the row; we repair and cut the text "
					  "first (data-model 7)");
		return;
	}
	if (!is_ours(one.args)) {
		check_skip(replay->check, "not a post as we make it: an event that names its "
					  "author, status and date");
		return;
	}
	one.connection_id = g_strdup(meta_given(&one, "_connection_id"));
	one.event_uid = g_strdup(meta_given(&one, "_event_uid"));
	if (one.event_uid == NULL)
		one.event_uid = g_strdup("check");
	if (one.connection_id == NULL)
		one.connection_id = g_strdup("conn_check");
	if (!make_row(&one)) {
		check_skip(replay->check, "no date that an event could have");
		return;
	}
	g_array_append_vals(one.exceptions, on_insert, G_N_ELEMENTS(on_insert));
	g_array_append_vals(one.exceptions, json_lists, G_N_ELEMENTS(json_lists));
	replay_remember(replay);
	run_store(&one, EVENT_GONE_TRASH);
	compare(&one);
}

static bool is_trashed(const EventCase *one)
{
	g_autofree char *status = replay_text(
		one->replay, "SELECT post_status FROM wp_posts WHERE ID = ?", one->post_id);

	return g_strcmp0(status, "trash") == 0;
}

void replay_event_update(Replay *replay)
{
	g_auto(EventCase) one = event_case(replay);

	one.args = call_argument(replay, 0);
	if (is_refused(replay)) {
		check_skip(replay->check, "WordPress refuses the row; we repair and cut the text "
					  "first (data-model 7)");
		return;
	}
	if (!find_post(&one, member(one.args, "ID")) || member(one.args, "post_name") != NULL ||
		is_trashed(&one) || !make_row(&one)) {
		check_skip(replay->check,
			"not an update as we make it: of a live event, its slug left alone");
		return;
	}
	g_array_append_vals(one.exceptions, on_update, G_N_ELEMENTS(on_update));
	replay_remember(replay);
	run_store(&one, EVENT_GONE_TRASH);
	compare(&one);
}

static void remove_event(Replay *replay, EventGone gone)
{
	g_auto(EventCase) one = event_case(replay);

	if (!find_post(&one, call_argument(replay, 0))) {
		check_skip(replay->check, "we remove calendar events only");
		return;
	}
	g_array_append_vals(one.exceptions, &filtered_title, 1);
	g_array_append_vals(one.exceptions, &filtered_content, 1);
	g_array_remove_index(one.exceptions, 0);
	if (gone == EVENT_GONE_DELETE)
		except_own_metas(&one);
	replay_remember(replay);
	run_store(&one, gone);
	replay_compare(replay, (const ReplayException *)(void *)one.exceptions->data);
}

void replay_event_trash(Replay *replay)
{
	remove_event(replay, EVENT_GONE_TRASH);
}

void replay_event_delete(Replay *replay)
{
	remove_event(replay, EVENT_GONE_DELETE);
}

static bool has_free_slug(const EventCase *one)
{
	g_autofree char *taken = replay_text(one->replay,
		"SELECT COUNT(*) FROM wp_posts JOIN wp_postmeta ON meta_key = "
		"'_wp_desired_post_slug' "
		"AND meta_value = post_name AND post_id <> ID WHERE post_id = ?",
		one->post_id);

	return g_strcmp0(taken, "0") == 0;
}

void replay_event_restore(Replay *replay)
{
	g_auto(EventCase) one = event_case(replay);

	if (!find_post(&one, call_argument(replay, 0)) || !make_row(&one)) {
		check_skip(replay->check, "we restore calendar events only");
		return;
	}
	g_array_append_vals(one.exceptions, on_restore, G_N_ELEMENTS(on_restore));
	if (!has_free_slug(&one))
		g_array_append_vals(one.exceptions, &taken_slug, 1);
	replay_remember(replay);
	run_store(&one, EVENT_GONE_TRASH);
	compare(&one);
}

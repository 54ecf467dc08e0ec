/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks the rows that we write against those that WordPress writes: each case of db_writes.json is
 * set up in a database, our code does the same thing there, and the tables are compared; then the
 * entries that we drop from the object cache with those that WordPress changes. */
#include <string.h>

#include "check.h"
#include "replay-event.h"
#include "replay.h"
#include "site/option.h"
#include "site/transient.h"
#include "user/connections_row.h"
#include "wp/activities.h"

/* What an activity has otherwise than wp_insert_comment() makes it (data-model 5). */
static const ReplayException activity_exceptions[] = {
	{"wp_comments", "comment_author_email", "WordPress's default, empty"},
};
static const ReplayException date_exceptions[] = {
	{"wp_comments", "comment_date", "when the meeting began, not when it was logged"},
	{"wp_comments", "comment_date_gmt", "when the meeting began, not when it was logged"},
};
static const ReplayException own_metas = {
	"wp_commentmeta", NULL, "the case writes no meta rows, our activities have theirs"};
static const ReplayException own_flag = {
	"wp_postmeta", NULL, "the case logs no event, our activities flag theirs"};

static const ReplayException no_exceptions[] = {{NULL, NULL, NULL}};

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const cJSON *first_call(const Replay *replay)
{
	return cJSON_GetArrayItem(member(replay->one, "call"), 0);
}

static const cJSON *argument(const Replay *replay, int index)
{
	return cJSON_GetArrayItem(member(first_call(replay), "args"), index);
}

static const char *function_name(const Replay *replay)
{
	const char *name = cJSON_GetStringValue(member(first_call(replay), "fn"));

	return name == NULL ? "" : name;
}

/* Arguments are untyped JSON: what a row then holds, or NULL for what is no scalar. Caller frees.
 */
static char *stored_scalar(const cJSON *value)
{
	GString *text = check_text(value);

	if (text != NULL)
		return g_string_free(text, FALSE);
	if (cJSON_IsBool(value))
		return g_strdup(cJSON_IsTrue(value) ? "1" : "");
	if (cJSON_IsNumber(value))
		return g_strdup_printf("%.15g", value->valuedouble);
	return NULL;
}

static void report(Replay *replay, bool done, GError *take_error)
{
	if (done)
		return;
	check_mismatch(replay->check, "our write", "no error", take_error->message);
	g_error_free(take_error);
}

static void check_transient_set(Replay *replay)
{
	const char *name = cJSON_GetStringValue(argument(replay, 0));
	g_autofree char *value = stored_scalar(argument(replay, 1));
	const cJSON *ttl = argument(replay, 2);
	GError *error = NULL;
	bool done;

	if (value == NULL || name == NULL) {
		check_skip(replay->check, "we keep no lists in transients");
		return;
	}
	if (strlen(name) > 172) {
		check_skip(replay->check, "our transients have short names");
		return;
	}
	replay_remember(replay);
	done = transient_set(replay->db, replay->site, name, value, replay->now_utc,
		cJSON_IsNumber(ttl) ? (unsigned)ttl->valuedouble : 0, &error);
	report(replay, done, error);
	replay_compare(replay, no_exceptions);
}

static void check_transient_get(Replay *replay)
{
	const char *expected = cJSON_GetStringValue(member(first_call(replay), "return"));
	const char *name = cJSON_GetStringValue(argument(replay, 0));
	g_autofree char *value = NULL;
	GError *error = NULL;
	bool done;

	replay_remember(replay);
	done = transient_get(replay->db, name, replay->now_utc, &value, &error);
	report(replay, done, error);
	check_equal(replay->check, "value", expected, value);
	replay_compare(replay, no_exceptions);
}

static void check_option_delete(Replay *replay)
{
	GError *error = NULL;
	bool done;

	replay_remember(replay);
	done = option_delete(replay->db, cJSON_GetStringValue(argument(replay, 0)), true, &error);
	report(replay, done, error);
	replay_compare(replay, no_exceptions);
}

static void check_option_add(Replay *replay)
{
	g_autofree char *value = stored_scalar(argument(replay, 1));
	const char *word = option_autoload_word(replay->site, true);
	GError *error = NULL;
	bool inserted;
	bool done;

	if (value == NULL) {
		check_skip(replay->check, "we add no options that are no scalars");
		return;
	}
	replay_remember(replay);
	done = option_insert(replay->db, cJSON_GetStringValue(argument(replay, 0)), value,
		strlen(value), word, &inserted, &error);
	report(replay, done, error);
	replay_compare(replay, no_exceptions);
}

/* Strings and nulls are ours to set; everything else in the list must be as it is stored. */
static const char *changed_text(
	const cJSON *wanted, const char *stored, const char *name, bool *ret_set)
{
	const cJSON *item = member(wanted, name);
	const char *text = cJSON_GetStringValue(item);

	*ret_set = item != NULL && g_strcmp0(text, stored) != 0;
	return text;
}

static void update_connection(
	Replay *replay, int64_t user_id, const Connection *stored, const cJSON *wanted)
{
	ConnectionChange change = {0};
	GError *error = NULL;
	bool sets_sync;
	bool done;

	change.last_error =
		changed_text(wanted, stored->last_error, "last_error", &change.set_last_error);
	change.last_sync = changed_text(wanted, stored->last_sync, "last_sync", &sets_sync);
	if (!sets_sync)
		change.last_sync = NULL;
	if (!sets_sync && !change.set_last_error)
		return;
	done = connections_row_update(
		replay->db, replay->site, user_id, stored->id, &change, NULL, &error);
	report(replay, done, error);
}

/* We change when a connection was synced and what went wrong, never what it is. */
static bool is_same_connection(const Connection *stored, const cJSON *wanted)
{
	return g_strcmp0(stored->id, cJSON_GetStringValue(member(wanted, "id"))) == 0 &&
	       g_strcmp0(stored->name, cJSON_GetStringValue(member(wanted, "name"))) == 0;
}

static bool are_same_connections(const ConnectionList *list, const cJSON *wanted)
{
	if ((int)list->connections->len != cJSON_GetArraySize(wanted))
		return false;
	for (guint i = 0; i < list->connections->len; i++) {
		if (!is_same_connection(
			    list->connections->pdata[i], cJSON_GetArrayItem(wanted, (int)i)))
			return false;
	}
	return true;
}

static void check_connections(Replay *replay)
{
	const cJSON *wanted = argument(replay, 2);
	int64_t user_id = (int64_t)cJSON_GetNumberValue(argument(replay, 0));
	g_autoptr(GError) error = NULL;
	g_autoptr(ConnectionList) list = NULL;

	if (member(replay->one, "setup_diff") == NULL || !cJSON_IsArray(wanted)) {
		check_skip(replay->check, "we do not make connections here");
		return;
	}
	list = connections_row_read(replay->db, replay->site, user_id, &error);
	if (list == NULL || !are_same_connections(list, wanted)) {
		check_skip(replay->check, "we neither add, remove nor rename connections");
		return;
	}
	replay_remember(replay);
	for (guint i = 0; i < list->connections->len; i++)
		update_connection(replay, user_id, list->connections->pdata[i],
			cJSON_GetArrayItem(wanted, (int)i));
	replay_compare(replay, no_exceptions);
}

/* The arguments of the call that writes a meta row of this key after the first one; or NULL. */
static const cJSON *meta_call(const Replay *replay, const char *key)
{
	const cJSON *call;

	cJSON_ArrayForEach(call, member(replay->one, "call"))
	{
		const cJSON *args = member(call, "args");

		if (g_strcmp0(cJSON_GetStringValue(cJSON_GetArrayItem(args, 1)), key) == 0)
			return args;
	}
	return NULL;
}

/* When the event began: as the comment's date, or its meta rows, say; else now. */
static char *start_of_comment(Replay *replay, const cJSON *comment)
{
	const char *date = cJSON_GetStringValue(member(comment, "comment_date"));
	const char *day =
		cJSON_GetStringValue(cJSON_GetArrayItem(meta_call(replay, "activity_date"), 2));
	const char *time =
		cJSON_GetStringValue(cJSON_GetArrayItem(meta_call(replay, "activity_time"), 2));

	if (date != NULL)
		return g_strdup(date);
	if (day != NULL && time != NULL)
		return g_strdup_printf("%s %s:00", day, time);
	return site_zone_format(replay->site->zone, replay->now_utc);
}

/* The event whose logging makes the comment. */
static PastEvent *event_of_comment(Replay *replay, const cJSON *comment)
{
	const cJSON *flag = meta_call(replay, "_logged_as_activity");
	PastEvent *event = g_new0(PastEvent, 1);
	int64_t utc = replay->now_utc;

	event->start = start_of_comment(replay, comment);
	if (!site_zone_parse(replay->site->zone, event->start, &utc))
		check_mismatch(replay->check, "start", "a time", event->start);
	event->start_gmt = site_zone_format_utc(utc);
	event->end = g_strdup(event->start);
	event->post_id =
		flag == NULL ? 900 : (int64_t)cJSON_GetNumberValue(cJSON_GetArrayItem(flag, 0));
	event->user_id = (int64_t)cJSON_GetNumberValue(member(comment, "user_id"));
	event->title = g_strdup("");
	event->post_status = g_strdup("publish");
	event->connection_id = g_strdup("conn_check");
	event->event_uid = g_strdup("check");
	event->location = g_strdup("");
	event->meeting_url = g_strdup("");
	event->attendees = g_ptr_array_new();
	event->matches = g_array_new(FALSE, FALSE, sizeof(PastEventMatch));
	return event;
}

/* `participants` of the case's meta rows: the list of the other people, who must exist for us. */
static void add_participants(Replay *replay, const cJSON *list, GArray *people)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		int64_t id = (int64_t)item->valuedouble;
		g_autofree char *sql = g_strdup_printf(
			"INSERT IGNORE INTO wp_posts (ID, post_author, post_type, post_status, "
			"post_title, "
			"post_content, post_excerpt, to_ping, pinged, post_content_filtered) "
			"VALUES "
			"(%" G_GINT64_FORMAT ", 2, 'person', 'publish', '', '', '', '', '', '')",
			id);

		replay_run(replay, sql);
		g_array_append_val(people, id);
	}
}

/* The list as `comment_meta` of the comment, or as an update_comment_meta() after it. */
static const cJSON *participants_of(const Replay *replay, const cJSON *comment)
{
	const cJSON *args = meta_call(replay, "participants");

	return args != NULL ? cJSON_GetArrayItem(args, 2)
			    : member(member(comment, "comment_meta"), "participants");
}

/* Why we do not write a comment like this, or NULL. */
static const char *reason_against_comment(Replay *replay, const cJSON *comment)
{
	const cJSON *approved = member(comment, "comment_approved");
	g_autofree char *text = stored_scalar(member(comment, "comment_content"));
	g_autofree char *author = stored_scalar(member(comment, "comment_author"));
	g_autofree char *post = stored_scalar(member(comment, "comment_post_ID"));
	g_autofree char *type =
		post == NULL
			? NULL
			: replay_text(replay, "SELECT post_type FROM wp_posts WHERE ID = ?", post);

	if (g_strcmp0(type, "person") != 0)
		return "activities are comments on people only";
	if (g_strcmp0(cJSON_GetStringValue(member(comment, "comment_type")), "activity") != 0)
		return "we write no comments of other types";
	if (approved == NULL || member(comment, "user_id") == NULL || !cJSON_IsNumber(approved) ||
		approved->valuedouble != 1)
		return "activities are approved and have a user";
	if (cJSON_IsFalse(member(first_call(replay), "return")))
		return "WordPress refuses the row; we repair and cut the text first (data-model 7)";
	if (text == NULL || strchr(text, '\\') != NULL ||
		(author != NULL && strchr(author, '\\') != NULL))
		return "WordPress takes a level of backslashes off; we keep them";
	return NULL;
}

static void log_comment(Replay *replay, const cJSON *comment)
{
	g_autoptr(PastEvent) event = event_of_comment(replay, comment);
	g_autofree char *author = stored_scalar(member(comment, "comment_author"));
	g_autofree char *content = stored_scalar(member(comment, "comment_content"));
	g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(int64_t));
	ActivityRequest request = {event, people, author == NULL ? "" : author, NULL, NULL};
	g_autoptr(GPtrArray) requests = g_ptr_array_new();
	int64_t person = (int64_t)cJSON_GetNumberValue(member(comment, "comment_post_ID"));
	GError *error = NULL;
	bool done;

	g_ptr_array_add(requests, &request);
	g_array_append_val(people, person);
	add_participants(replay, participants_of(replay, comment), people);
	replay_remember(replay);
	done = activities_log(replay->db, replay->site, requests, content, false, &error);
	report(replay, done, error);
	activity_request_clear(&request);
}

static void check_comment(Replay *replay)
{
	const cJSON *comment = argument(replay, 0);
	const char *reason = reason_against_comment(replay, comment);
	g_autoptr(GArray) exceptions = g_array_new(TRUE, TRUE, sizeof(ReplayException));

	if (reason != NULL) {
		check_skip(replay->check, reason);
		return;
	}
	g_array_append_vals(exceptions, activity_exceptions, 1);
	if (meta_call(replay, "activity_date") != NULL)
		g_array_append_vals(exceptions, date_exceptions, G_N_ELEMENTS(date_exceptions));
	if (member(member(replay->one, "diff"), "wp_commentmeta") == NULL)
		g_array_append_vals(exceptions, &own_metas, 1);
	if (meta_call(replay, "_logged_as_activity") == NULL)
		g_array_append_vals(exceptions, &own_flag, 1);
	log_comment(replay, comment);
	replay_compare(replay, (const ReplayException *)(void *)exceptions->data);
}

/* By what a case calls first. */
static const struct {
	const char *function;
	void (*check)(Replay *replay);
	const char *left_alone;
} calls[] = {
	{"wp_insert_post", replay_event_insert, NULL},
	{"wp_update_post", replay_event_update, NULL},
	{"wp_trash_post", replay_event_trash, NULL},
	{"wp_untrash_post", replay_event_restore, NULL},
	{"add_filter", replay_event_restore, NULL},
	{"wp_delete_post", replay_event_delete, NULL},
	{"wp_insert_comment", check_comment, NULL},
	{"set_transient", check_transient_set, NULL},
	{"get_transient", check_transient_get, NULL},
	{"add_option", check_option_add, NULL},
	{"delete_option", check_option_delete, NULL},
	{"update_user_meta", check_connections, NULL},
	{"update_option", NULL, "our options are written by compare-and-swap of their stored text"},
	{"update_post_meta", NULL,
		"single meta values: ours are written as they are, never unslashed"},
	{"add_post_meta", NULL, "meta rows are written with their event"},
	{"delete_post_meta", NULL, "meta rows are deleted with their event"},
	{"update_comment_meta", NULL, "comment meta rows are written with their activity"},
	{"wp_publish_post", NULL, "our events are published from the start (data-model 4)"},
	{"wp_scheduled_delete", NULL, "WordPress empties its trash itself"},
	{"wp_update_comment", NULL, "activities are never changed"},
	{"wp_delete_comment", NULL, "activities are never deleted"},
	{"wp_set_comment_status", NULL, "activities are never changed"},
	{"wp_spam_comment", NULL, "activities are never changed"},
};

static void check_one(Replay *replay, const cJSON *one)
{
	replay->one = one;
	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
		if (!g_str_equal(calls[i].function, function_name(replay)))
			continue;
		if (calls[i].check == NULL) {
			check_skip(replay->check, calls[i].left_alone);
			return;
		}
		replay_begin(replay);
		calls[i].check(replay);
		return;
	}
	check_skip(replay->check, g_str_has_prefix(function_name(replay), "wp_")
					  ? "WP-Cron is left to takeover and handback"
					  : "we do no such thing");
}

/* A long string of the tables is only described by its hash: it cannot be set up. */
static bool is_described(const cJSON *one)
{
	char *text = cJSON_PrintUnformatted(one);
	bool described = strstr(text, "\"sha256\":") != NULL;

	cJSON_free(text);
	return described;
}

/* The case of that id, or NULL. */
static const cJSON *case_of(const cJSON *cases, const char *id)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, cases)
	{
		if (g_strcmp0(cJSON_GetStringValue(member(one, "id")), id) == 0)
			return one;
	}
	return NULL;
}

/* Why the case tells nothing of the rows' entries in the object cache; NULL when it does. */
static const char *reason_against_cache(const cJSON *cached)
{
	if (!cJSON_IsString(member(cached, "rows")))
		return "with an object cache other rows change, such as those of transients";
	return NULL;
}

/* With `cached`, the cases of object_cache_ops.json, entries are compared instead of rows. */
static void check_cases(Check *check, Replay *replay, const cJSON *cases, const cJSON *cached)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, cases)
	{
		const char *id = cJSON_GetStringValue(member(one, "id"));
		const cJSON *of_cache = case_of(cached, id);

		if (cached != NULL && of_cache == NULL)
			continue;
		check_case_begin(check, id == NULL ? "?" : id, NULL);
		if (replay == NULL)
			check_skip(check, "no --mysql-socket was given");
		else if (cJSON_GetStringValue(member(one, "post_types")) != NULL)
			check_skip(check,
				"post types that are not registered as the theme registers them");
		else if (is_described(one))
			check_skip(check, "a text is only described by its hash");
		else if (of_cache != NULL && reason_against_cache(of_cache) != NULL)
			check_skip(check, reason_against_cache(of_cache));
		else {
			if (replay != NULL)
				replay->cache_ops = member(of_cache, "ops");
			check_one(replay, one);
		}
		check_case_end(check);
	}
}

/* The cases of a file, which the caller deletes; NULL with a failed case. */
static cJSON *read_file(Check *check, const char *path)
{
	g_autofree char *text = NULL;
	g_autofree char *name = g_path_get_basename(path);
	cJSON *file = NULL;

	if (g_file_get_contents(path, &text, NULL, NULL))
		file = cJSON_Parse(text);
	if (file == NULL) {
		check_case_begin(check, name, NULL);
		check_mismatch(check, NULL, "a JSON file", "something else");
		check_case_end(check);
	}
	return file;
}

static void check_files(Check *check, const cJSON *writes, const cJSON *cached)
{
	const char *socket = check_mysql_socket(check);
	g_autoptr(Replay) replay = socket != NULL ? replay_open(check, socket) : NULL;

	if (socket == NULL || replay != NULL)
		check_cases(check, replay, member(writes, "cases"), member(cached, "cases"));
}

static void check_db_writes(Check *check, const char *path)
{
	cJSON *file = read_file(check, path);

	if (file != NULL)
		check_files(check, file, NULL);
	cJSON_Delete(file);
}

/* The same writes, on a site with an object cache. */
static void check_object_cache(Check *check, const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *writes_path = g_build_filename(folder, "db_writes.json", NULL);
	cJSON *writes = read_file(check, writes_path);
	cJSON *cached = read_file(check, path);

	if (writes != NULL && cached != NULL)
		check_files(check, writes, cached);
	cJSON_Delete(writes);
	cJSON_Delete(cached);
}

const VectorCheck store_checks[] = {
	{.name = "db_writes.json", .check_file = check_db_writes},
	{.name = "object_cache_ops.json", .check_file = check_object_cache},
	{0},
};

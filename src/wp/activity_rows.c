/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of activities: comments and their metas, with multi-row statements. */
#include "wp/activity_rows.h"

#include <string.h>

#include "php/value.h"
#include "site/column_text.h"

/* comment_author is a tinytext. */
enum { AUTHOR_BYTES_MAX = 255 };

/* What one statement carries: below any max_allowed_packet and the 65,535 parameters. */
enum { PART_ACTIVITIES_MAX = 200, PART_BYTES_MAX = 1024 * 1024 };

static const char insert_comments_sql[] =
	"INSERT INTO {comments} (comment_post_ID, comment_author_IP, comment_author, "
	"comment_author_email, comment_author_url, comment_date, comment_date_gmt, "
	"comment_content, "
	"comment_karma, comment_approved, comment_agent, comment_type, comment_parent, user_id) "
	"VALUES ";
static const char insert_comments_row[] = "(?, '', ?, '', '', ?, ?, ?, 0, '1', '', ?, 0, ?)";

/* A multi-row INSERT tells the first id only. The others follow in the order of its rows, at a
 * distance that is the server's to choose; other sessions' comments may lie between and behind. */
static const char find_comments_sql[] =
	"SELECT comment_ID, comment_post_ID, CAST(comment_date AS CHAR), comment_content "
	"FROM {comments} WHERE comment_ID >= ? AND comment_type = ? AND comment_post_ID IN (";
enum { COLUMN_COMMENT_ID, COLUMN_PERSON_ID, COLUMN_DATE, COLUMN_CONTENT };

typedef struct {
	const char *key;
	char *value; /* NULL: no such row */
} Meta;
enum { METAS_PER_ACTIVITY = 9 };

typedef struct {
	int64_t person_id;
	int64_t user_id;
	int64_t comment_id;
	const ActivityMeeting *meeting;
	char *author;
	char *content;
	const PastEvent *event;
	Meta metas[METAS_PER_ACTIVITY];
} Activity;

/* The activities of one statement. */
typedef struct {
	Db *db;
	const WpSite *site;
	GPtrArray *activities; /* of Activity */
	size_t bytes;
} Part;

static void activity_free(gpointer data)
{
	Activity *activity = data;

	g_free(activity->author);
	g_free(activity->content);
	for (size_t i = 0; i < METAS_PER_ACTIVITY; i++)
		g_free(activity->metas[i].value);
	g_free(activity);
}

static void part_clear(Part *part)
{
	g_clear_pointer(&part->activities, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Part, part_clear)

static char *duration_minutes(const PastEvent *event)
{
	return g_strdup_printf("%" G_GINT64_FORMAT, (event->end_utc - event->start_utc) / 60);
}

/* The list of the other people, serialized; NULL when there are none. */
static char *participants(const GArray *people, int64_t person_id)
{
	g_autoptr(PhpValue) list = php_array_new();

	for (guint i = 0; i < people->len; i++) {
		int64_t id = g_array_index(people, int64_t, i);

		if (id != person_id)
			php_array_append(list, php_int_new(id));
	}
	return php_value_size(list) == 0 ? NULL : g_string_free(php_serialize(list), FALSE);
}

static Activity *activity_new(const ActivityMeeting *meeting, int64_t person_id, const WpSite *site)
{
	const PastEvent *event = meeting->request->event;
	Activity *activity = g_new(Activity, 1);
	const size_t day = strlen("2026-01-15");

	*activity = (Activity){
		.person_id = person_id,
		.user_id = event->user_id,
		.meeting = meeting,
		.author = column_text(meeting->request->author, AUTHOR_BYTES_MAX, site),
		.content = g_strdup(meeting->content),
		.event = event,
		.metas =
			{
				{"activity_type", g_strdup("meeting")},
				{"calendar_event_id",
					g_strdup_printf("%" G_GINT64_FORMAT, event->post_id)},
				{"duration_minutes", duration_minutes(event)},
				{"location", g_strdup(event->location)},
				{"meeting_url", g_strdup(event->meeting_url)},
				{"activity_date", g_strndup(event->start, day)},
				{"activity_time",
					g_strndup(event->start + day + 1, strlen("09:00"))},
				{"calendar_event_uid", g_strconcat(event->connection_id, "/",
							       event->event_uid, NULL)},
				{"participants", participants(meeting->people, person_id)},
			},
	};
	return activity;
}

static size_t activity_bytes(const Activity *activity)
{
	size_t bytes = strlen(activity->author) + strlen(activity->content);

	for (size_t i = 0; i < METAS_PER_ACTIVITY; i++)
		bytes += activity->metas[i].value == NULL ? 0 : strlen(activity->metas[i].value);
	return bytes;
}

static bool insert_comments(const Part *part, GError **error)
{
	g_autofree char *sql =
		db_repeat_sql(insert_comments_sql, insert_comments_row, part->activities->len, "");
	DbStatement *statement = db_prepare(part->db, sql, error);

	if (statement == NULL)
		return false;
	for (guint i = 0; i < part->activities->len; i++) {
		const Activity *activity = part->activities->pdata[i];

		db_bind_int(statement, activity->person_id);
		db_bind_text(statement, activity->author);
		db_bind_text(statement, activity->event->start);
		db_bind_text(statement, activity->event->start_gmt);
		db_bind_text(statement, activity->content);
		db_bind_text(statement, part->site->activity_comment_type);
		db_bind_int(statement, activity->user_id);
	}
	return db_run(statement, NULL, error);
}

static DbStatement *prepare_find(const Part *part, int64_t first_id, GError **error)
{
	g_autofree char *sql = db_repeat_sql(
		find_comments_sql, "?", part->activities->len, ") ORDER BY comment_ID");
	DbStatement *statement = db_prepare(part->db, sql, error);

	if (statement == NULL)
		return NULL;
	db_bind_int(statement, first_id);
	db_bind_text(statement, part->site->activity_comment_type);
	for (guint i = 0; i < part->activities->len; i++)
		db_bind_int(statement, ((Activity *)part->activities->pdata[i])->person_id);
	return statement;
}

static bool is_row_of(const Activity *activity, const DbStatement *statement)
{
	return db_column_int(statement, COLUMN_PERSON_ID) == activity->person_id &&
	       g_strcmp0(db_column_text(statement, COLUMN_DATE), activity->event->start) == 0 &&
	       g_strcmp0(db_column_text(statement, COLUMN_CONTENT), activity->content) == 0;
}

/* Gives each activity the id of its comment. */
static bool find_comments(const Part *part, int64_t first_id, GError **error)
{
	DbStatement *statement = prepare_find(part, first_id, error);
	guint found = 0;

	if (statement == NULL || !db_query(statement, error))
		return false;
	while (found < part->activities->len) {
		Activity *activity = part->activities->pdata[found];
		bool row;

		if (!db_next(statement, &row, error))
			return false;
		if (!row) {
			g_set_error(error, DB_ERROR, DB_ERROR_QUERY,
				"cannot find the %u activities just written: the server shows %u "
				"of them",
				part->activities->len, found);
			return false;
		}
		if (is_row_of(activity, statement)) {
			activity->comment_id = db_column_int(statement, COLUMN_COMMENT_ID);
			g_array_append_val(activity->meeting->comment_ids, activity->comment_id);
			found++;
		}
	}
	db_finish(statement);
	return true;
}

static size_t count_metas(const Part *part)
{
	size_t count = 0;

	for (guint i = 0; i < part->activities->len; i++) {
		const Activity *activity = part->activities->pdata[i];

		for (size_t meta = 0; meta < METAS_PER_ACTIVITY; meta++)
			count += activity->metas[meta].value != NULL;
	}
	return count;
}

static bool insert_metas(const Part *part, GError **error)
{
	g_autofree char *sql = db_repeat_sql(
		"INSERT INTO {commentmeta} (comment_id, meta_key, meta_value) VALUES ", "(?, ?, ?)",
		count_metas(part), "");
	DbStatement *statement = db_prepare(part->db, sql, error);

	if (statement == NULL)
		return false;
	for (guint i = 0; i < part->activities->len; i++) {
		const Activity *activity = part->activities->pdata[i];

		for (size_t meta = 0; meta < METAS_PER_ACTIVITY; meta++) {
			if (activity->metas[meta].value == NULL)
				continue;
			db_bind_int(statement, activity->comment_id);
			db_bind_text(statement, activity->metas[meta].key);
			db_bind_text(statement, activity->metas[meta].value);
		}
	}
	return db_run(statement, NULL, error);
}

/* Sends what has been gathered and empties the part. */
static bool part_send(Part *part, GError **error)
{
	if (part->activities->len == 0)
		return true;
	if (!insert_comments(part, error) ||
		!find_comments(part, (int64_t)db_insert_id(part->db), error) ||
		!insert_metas(part, error))
		return false;
	g_ptr_array_set_size(part->activities, 0);
	part->bytes = 0;
	return true;
}

static bool part_add(Part *part, Activity *take_activity, GError **error)
{
	size_t bytes = activity_bytes(take_activity);
	bool is_full = part->activities->len == PART_ACTIVITIES_MAX ||
		       part->bytes + bytes > PART_BYTES_MAX;

	if (is_full && !part_send(part, error)) {
		activity_free(take_activity);
		return false;
	}
	g_ptr_array_add(part->activities, take_activity);
	part->bytes += bytes;
	return true;
}

bool activity_rows_insert(Db *db, const WpSite *site, const GPtrArray *meetings, GError **error)
{
	g_auto(Part) part = {
		.db = db,
		.site = site,
		.activities = g_ptr_array_new_with_free_func(activity_free),
	};

	for (guint i = 0; i < meetings->len; i++) {
		const ActivityMeeting *meeting = meetings->pdata[i];
		const GArray *to_log = meeting->to_log;

		for (guint j = 0; j < to_log->len; j++) {
			int64_t person_id = g_array_index(to_log, int64_t, j);

			if (!part_add(&part, activity_new(meeting, person_id, site), error))
				return false;
		}
	}
	return part_send(&part, error);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing activities: one comment a person, the event's flag and the persons' counts, all or
 * nothing. */
#include "wp/activities.h"

#include <string.h>

#include "wp/activity_history.h"
#include "wp/column_text.h"
#include "wp/esc.h"
#include "wp/event_sql.h"
#include "wp/php_value.h"

/* comment_author is a tinytext, comment_content a text. */
enum { AUTHOR_BYTES_MAX = 255, CONTENT_BYTES_MAX = 65535 };

/* The locks make two programs that log the same meeting wait for each other. */
static const char people_sql[] =
	"SELECT ID FROM {posts} WHERE post_type = 'person' AND post_status = 'publish' "
	"AND post_author = ? AND ID IN (";

static const char flag_sql[] = "SELECT meta_value FROM {postmeta} WHERE post_id = ? "
			       "AND meta_key = '_logged_as_activity' ORDER BY meta_id";

static const char insert_comment_sql[] =
	"INSERT INTO {comments} (comment_post_ID, comment_author_IP, comment_author, "
	"comment_author_email, comment_author_url, comment_date, comment_date_gmt, "
	"comment_content, "
	"comment_karma, comment_approved, comment_agent, comment_type, comment_parent, user_id) "
	"VALUES (?, '', ?, '', '', ?, ?, ?, 0, '1', '', ?, 0, ?)";

/* wp_update_comment_count_now(). From 6.9 on (database version 60717) WordPress keeps its editors'
 * notes in comments and leaves them out. */
static const char recount_sql[] =
	"UPDATE {posts} p SET p.comment_count = (SELECT COUNT(*) FROM {comments} c "
	"WHERE c.comment_post_ID = p.ID AND c.comment_approved = '1' AND (c.comment_type <> 'note' "
	"OR COALESCE((SELECT CAST(o.option_value AS UNSIGNED) FROM {options} o "
	"WHERE o.option_name = 'db_version'), 0) < 60717)) WHERE p.ID IN (";

/* One event being logged; what the transaction finds out is made anew in each try. */
typedef struct {
	const WpSite *site;
	const PastEvent *event;
	const GArray *person_ids;
	const ActivityText *text;
	bool dry_run;
	bool is_logged; /* meanwhile, by someone else */
	GArray *people; /* of int64_t: contacts of the user, in the order of person_ids */
	GArray *to_log; /* those who have no activity of the meeting */
} Logging;

static const int64_t *ids_of(const GArray *ids)
{
	return (const int64_t *)(const void *)ids->data;
}

static void append_value(GString *content, const PastEvent *event, const char *name)
{
	g_autofree char *value = NULL;

	if (g_str_equal(name, "title"))
		value = column_text_apply(esc_html, event->title);
	else if (g_str_equal(name, "location"))
		value = column_text_apply(esc_html, event->location);
	else if (g_str_equal(name, "meeting_url"))
		value = column_text_apply(esc_url, event->meeting_url);
	else
		value = g_strdup_printf("{%s}", name);
	g_string_append(content, value);
}

char *activity_content(const PastEvent *event, const char *content, const WpSite *site)
{
	g_autoptr(GString) filled = g_string_new(NULL);

	while (*content != '\0') {
		const char *end = *content == '{' ? strchr(content, '}') : NULL;

		if (end == NULL) {
			g_string_append_c(filled, *content++);
		} else {
			g_autofree char *name = g_strndup(content + 1, (gsize)(end - content) - 1);

			append_value(filled, event, name);
			content = end + 1;
		}
	}
	return column_text(filled->str, CONTENT_BYTES_MAX, site);
}

static bool read_flag(Db *db, Logging *logging, GError **error)
{
	DbStatement *statement = db_prepare(db, flag_sql, error);
	const char *value;
	bool row;

	if (statement == NULL)
		return false;
	db_bind_int(statement, logging->event->post_id);
	if (!db_query(statement, error) || !db_next(statement, &row, error))
		return false;
	value = row ? db_column_text(statement, 0) : NULL;
	logging->is_logged = value != NULL && !g_str_equal(value, "") && !g_str_equal(value, "0");
	db_finish(statement);
	return true;
}

/* Puts the ids that a statement answers with into a set. */
static bool read_ids(DbStatement *statement, GHashTable *ids, GError **error)
{
	bool row;

	if (!db_query(statement, error))
		return false;
	for (;;) {
		int64_t id;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		id = db_column_int(statement, 0);
		g_hash_table_add(ids, g_memdup2(&id, sizeof(id)));
	}
}

/* Each once, and only those whom the user still has. */
static bool read_people(Db *db, Logging *logging, GError **error)
{
	g_autoptr(GHashTable) found =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	g_autofree char *sql = db_repeat_sql(people_sql, "?", logging->person_ids->len,
		logging->dry_run ? ") ORDER BY ID" : ") ORDER BY ID FOR UPDATE");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, logging->event->user_id);
	for (guint i = 0; i < logging->person_ids->len; i++)
		db_bind_int(statement, g_array_index(logging->person_ids, int64_t, i));
	if (!read_ids(statement, found, error))
		return false;
	for (guint i = 0; i < logging->person_ids->len; i++) {
		int64_t id = g_array_index(logging->person_ids, int64_t, i);

		if (g_hash_table_remove(found, &id))
			g_array_append_val(logging->people, id);
	}
	return true;
}

static bool choose_people(Db *db, Logging *logging, GError **error)
{
	g_autoptr(GHashTable) had =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

	g_array_set_size(logging->people, 0);
	g_array_set_size(logging->to_log, 0);
	if (!read_people(db, logging, error) || !read_flag(db, logging, error))
		return false;
	if (logging->is_logged || logging->people->len == 0)
		return true;
	if (!activity_history_find(db, logging->site, logging->event, logging->people, had, error))
		return false;
	for (guint i = 0; i < logging->people->len; i++) {
		int64_t id = g_array_index(logging->people, int64_t, i);

		if (!g_hash_table_contains(had, &id))
			g_array_append_val(logging->to_log, id);
	}
	return true;
}

static bool insert_comment(
	Db *db, const Logging *logging, int64_t person_id, int64_t *ret_id, GError **error)
{
	const PastEvent *event = logging->event;
	g_autofree char *author =
		column_text(logging->text->author, AUTHOR_BYTES_MAX, logging->site);
	g_autofree char *content = activity_content(event, logging->text->content, logging->site);
	DbStatement *statement = db_prepare(db, insert_comment_sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, person_id);
	db_bind_text(statement, author);
	db_bind_text(statement, event->start);
	db_bind_text(statement, event->start_gmt);
	db_bind_text(statement, content);
	db_bind_text(statement, logging->site->activity_comment_type);
	db_bind_int(statement, event->user_id);
	if (!db_run(statement, NULL, error))
		return false;
	*ret_id = (int64_t)db_insert_id(db);
	return true;
}

static char *duration_minutes(const PastEvent *event, const SiteZone *zone)
{
	int64_t start = 0;
	int64_t end = 0;

	if (!site_zone_parse(zone, event->start, &start) ||
		!site_zone_parse(zone, event->end, &end))
		start = end;
	return g_strdup_printf("%" G_GINT64_FORMAT, MAX(end - start, 0) / 60);
}

/* The list of the other people, serialized; NULL when there are none. */
static char *participants(const Logging *logging, int64_t person_id)
{
	g_autoptr(PhpValue) list = php_array_new();

	for (guint i = 0; i < logging->people->len; i++) {
		int64_t id = g_array_index(logging->people, int64_t, i);

		if (id != person_id)
			php_array_append(list, php_int_new(id));
	}
	return php_value_size(list) == 0 ? NULL : g_string_free(php_serialize(list), FALSE);
}

static bool insert_metas(
	Db *db, const Logging *logging, int64_t person_id, int64_t comment_id, GError **error)
{
	const PastEvent *event = logging->event;
	g_autofree char *event_id = g_strdup_printf("%" G_GINT64_FORMAT, event->post_id);
	g_autofree char *duration = duration_minutes(event, logging->site->zone);
	g_autofree char *date = g_strndup(event->start, strlen("2026-01-15"));
	g_autofree char *time = g_strndup(event->start + strlen(date) + 1, strlen("09:00"));
	g_autofree char *others = participants(logging, person_id);
	g_autofree char *uid = g_strconcat(event->connection_id, "/", event->event_uid, NULL);
	const struct {
		const char *key;
		const char *value; /* NULL: no such row */
	} metas[] = {
		{"activity_type", "meeting"},
		{"calendar_event_id", event_id},
		{"duration_minutes", duration},
		{"location", event->location},
		{"meeting_url", event->meeting_url},
		{"activity_date", date},
		{"activity_time", time},
		{"calendar_event_uid", uid},
		{"participants", others},
	};
	size_t count = G_N_ELEMENTS(metas) - (others == NULL);
	g_autofree char *sql = db_repeat_sql(
		"INSERT INTO {commentmeta} (comment_id, meta_key, meta_value) VALUES ", "(?, ?, ?)",
		count, "");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		db_bind_int(statement, comment_id);
		db_bind_text(statement, metas[i].key);
		db_bind_text(statement, metas[i].value);
	}
	return db_run(statement, NULL, error);
}

static bool insert_activity(Db *db, const Logging *logging, int64_t person_id, GError **error)
{
	int64_t comment_id;

	return insert_comment(db, logging, person_id, &comment_id, error) &&
	       insert_metas(db, logging, person_id, comment_id, error);
}

/* update_post_meta(): all rows of the key, or a new one. */
static bool set_flag(Db *db, int64_t event_id, GError **error)
{
	DbStatement *statement = db_prepare(db,
		"UPDATE {postmeta} SET meta_value = '1' "
		"WHERE post_id = ? AND meta_key = '_logged_as_activity'",
		error);
	uint64_t changed = 0;

	if (statement == NULL)
		return false;
	db_bind_int(statement, event_id);
	if (!db_run(statement, &changed, error))
		return false;
	if (changed > 0)
		return true;
	statement = db_prepare(db,
		"INSERT INTO {postmeta} (post_id, meta_key, meta_value) "
		"VALUES (?, '_logged_as_activity', '1')",
		error);
	if (statement == NULL)
		return false;
	db_bind_int(statement, event_id);
	return db_run(statement, NULL, error);
}

static bool log_in_transaction(Db *db, void *data, GError **error)
{
	Logging *logging = data;

	if (!choose_people(db, logging, error))
		return false;
	if (logging->dry_run || logging->is_logged || logging->people->len == 0)
		return true;
	for (guint i = 0; i < logging->to_log->len; i++) {
		if (!insert_activity(
			    db, logging, g_array_index(logging->to_log, int64_t, i), error))
			return false;
	}
	if (!set_flag(db, logging->event->post_id, error))
		return false;
	return logging->to_log->len == 0 ||
	       event_sql_run_ids(
		       db, recount_sql, ids_of(logging->to_log), logging->to_log->len, ")", error);
}

bool activities_log(Db *db, const WpSite *site, const PastEvent *event, const GArray *person_ids,
	const ActivityText *text, bool dry_run, GArray **ret_logged, GError **error)
{
	g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) to_log = g_array_new(FALSE, FALSE, sizeof(int64_t));
	Logging logging = {
		.site = site,
		.event = event,
		.person_ids = person_ids,
		.text = text,
		.dry_run = dry_run,
		.people = people,
		.to_log = to_log,
	};

	if (person_ids->len > 0 &&
		!(dry_run ? log_in_transaction(db, &logging, error)
			  : db_transaction(db, log_in_transaction, &logging, error)))
		return false;
	*ret_logged = g_steal_pointer(&to_log);
	return true;
}

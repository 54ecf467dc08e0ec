/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queries that read stored events, and the gathering of their rows. */
#include "wp/event_load.h"

#include <string.h>

#include "wp/event_sql.h"

/* Starts from the author's posts, which have an index; `meta_value` has none. The long columns come
 * once an event, with its uid, not with each of its meta rows. The order within an event is left
 * open: asking for it would make the server sort everything, contents included. */
static const char connection_sql[] =
	"SELECT STRAIGHT_JOIN p.ID, p.post_status, CAST(p.post_date AS CHAR), CAST(p.post_date_gmt "
	"AS CHAR), "
	"IF(m.meta_key = '_event_uid', p.post_title, NULL), "
	"IF(m.meta_key = '_event_uid', p.post_content, NULL), m.meta_id, m.meta_key, m.meta_value, "
	"p.post_author FROM {posts} p "
	"JOIN {postmeta} c ON c.post_id = p.ID AND c.meta_key = '_connection_id' AND c.meta_value "
	"= ? "
	"JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key IN (" EVENT_SQL_META_KEYS
	", '_logged_as_activity') "
	"WHERE p.post_author = ? AND p.post_type = 'calendar_event' ORDER BY p.ID";

/* The same, with the ids of connections at the end. */
static const char other_connections_sql[] =
	"SELECT STRAIGHT_JOIN p.ID, p.post_status, CAST(p.post_date AS CHAR), CAST(p.post_date_gmt "
	"AS CHAR), "
	"IF(m.meta_key = '_event_uid', p.post_title, NULL), "
	"IF(m.meta_key = '_event_uid', p.post_content, NULL), m.meta_id, m.meta_key, m.meta_value, "
	"p.post_author FROM {posts} p "
	"JOIN {postmeta} c ON c.post_id = p.ID AND c.meta_key = '_connection_id' "
	"JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key IN (" EVENT_SQL_META_KEYS
	", '_logged_as_activity') "
	"WHERE p.post_author = ? AND p.post_type = 'calendar_event' AND c.meta_value NOT IN (";

static const char people_sql[] =
	"SELECT STRAIGHT_JOIN p.ID, p.post_status, CAST(p.post_date AS CHAR), CAST(p.post_date_gmt "
	"AS CHAR), NULL, NULL, m.meta_id, m.meta_key, m.meta_value, p.post_author "
	"FROM {posts} p JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key IN "
	"('_attendees', '_organizer_email', '_matched_people', '_raw_data') "
	"WHERE p.post_author = ? AND p.post_type = 'calendar_event' "
	"AND p.post_status IN ('publish', 'future') ORDER BY p.ID";

static const char locked_sql[] =
	"SELECT STRAIGHT_JOIN p.ID, p.post_status, CAST(p.post_date AS CHAR), CAST(p.post_date_gmt "
	"AS CHAR), "
	"IF(m.meta_key = '_event_uid', p.post_title, NULL), "
	"IF(m.meta_key = '_event_uid', p.post_content, NULL), m.meta_id, m.meta_key, m.meta_value, "
	"p.post_author FROM {posts} p JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key IN "
	"(" EVENT_SQL_META_KEYS ") WHERE p.post_type = 'calendar_event' "
	"AND p.post_status IN ('publish', 'future') AND p.ID IN (";

#define IDS_SQL(content)                                                                           \
	"SELECT p.ID, p.post_status, CAST(p.post_date AS CHAR), CAST(p.post_date_gmt AS CHAR), "   \
	"p.post_title, " content ", m.meta_id, m.meta_key, m.meta_value, p.post_author "           \
	"FROM {posts} p JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key IN "                  \
	"(" EVENT_SQL_META_KEYS                                                                    \
	", '_logged_as_activity') WHERE p.post_type = 'calendar_event' AND p.ID IN ("
static const char ids_sql[] = IDS_SQL("NULL");
static const char whole_sql[] = IDS_SQL("IF(m.meta_key = '_event_uid', p.post_content, NULL)");

enum {
	COLUMN_ID,
	COLUMN_STATUS,
	COLUMN_DATE,
	COLUMN_DATE_GMT,
	COLUMN_TITLE,
	COLUMN_CONTENT,
	COLUMN_META_ID,
	COLUMN_META_KEY,
	COLUMN_META_VALUE,
	COLUMN_AUTHOR,
};

/* The event whose rows are being read. */
typedef struct {
	int64_t post_id;
	int64_t user_id;
	char *status;
	char *columns[EVENT_COLUMN_COUNT];
	char *metas[EVENT_META_COUNT];
	int64_t meta_ids[EVENT_META_COUNT];
	int64_t logged_id;
	bool has_extra_rows;
	bool is_logged;
} Gathered;

static void gathered_clear(Gathered *gathered)
{
	g_free(gathered->status);
	for (size_t i = 0; i < EVENT_COLUMN_COUNT; i++)
		g_free(gathered->columns[i]);
	for (size_t i = 0; i < EVENT_META_COUNT; i++)
		g_free(gathered->metas[i]);
	*gathered = (Gathered){0};
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Gathered, gathered_clear)

static void gather_column(Gathered *gathered, EventColumn column, const char *value)
{
	if (gathered->columns[column] == NULL)
		gathered->columns[column] = g_strdup(value);
}

static void gather_meta(Gathered *gathered, int64_t meta_id, const char *key, const char *value)
{
	EventMeta meta;

	if (strcmp(key, "_logged_as_activity") == 0) {
		if (gathered->logged_id != 0 && gathered->logged_id < meta_id)
			return;
		gathered->logged_id = meta_id;
		gathered->is_logged =
			value != NULL && !g_str_equal(value, "") && !g_str_equal(value, "0");
		return;
	}
	/* A row comes twice when there are two `_connection_id` rows to join. */
	if (!event_meta_parse(key, &meta) || gathered->meta_ids[meta] == meta_id)
		return;
	if (gathered->meta_ids[meta] != 0)
		gathered->has_extra_rows = true;
	if (gathered->meta_ids[meta] != 0 && gathered->meta_ids[meta] < meta_id)
		return;
	gathered->meta_ids[meta] = meta_id;
	g_free(gathered->metas[meta]);
	gathered->metas[meta] = g_strdup(value);
}

static void gather_row(Gathered *gathered, const DbStatement *statement)
{
	if (gathered->post_id == 0) {
		gathered->post_id = db_column_int(statement, COLUMN_ID);
		gathered->user_id = db_column_int(statement, COLUMN_AUTHOR);
		gathered->status = g_strdup(db_column_text(statement, COLUMN_STATUS));
	}
	gather_column(gathered, EVENT_COLUMN_DATE, db_column_text(statement, COLUMN_DATE));
	gather_column(gathered, EVENT_COLUMN_DATE_GMT, db_column_text(statement, COLUMN_DATE_GMT));
	gather_column(gathered, EVENT_COLUMN_TITLE, db_column_text(statement, COLUMN_TITLE));
	gather_column(gathered, EVENT_COLUMN_CONTENT, db_column_text(statement, COLUMN_CONTENT));
	if (!db_column_is_null(statement, COLUMN_META_KEY))
		gather_meta(gathered, db_column_int(statement, COLUMN_META_ID),
			db_column_text(statement, COLUMN_META_KEY),
			db_column_text(statement, COLUMN_META_VALUE));
}

static void hand_over(const Gathered *gathered, LoadedEventFunc each, void *data)
{
	LoadedEvent event = {
		.post_id = gathered->post_id,
		.user_id = gathered->user_id,
		.status = gathered->status,
		.meta_ids = gathered->meta_ids,
		.has_extra_rows = gathered->has_extra_rows,
		.is_logged = gathered->is_logged,
	};

	for (size_t i = 0; i < EVENT_COLUMN_COUNT; i++)
		event.columns[i] = gathered->columns[i];
	for (size_t i = 0; i < EVENT_META_COUNT; i++)
		event.metas[i] = gathered->metas[i];
	each(&event, data);
}

/* `connection_id` or NULL for any: SQL compared it without case and accents, here it must be equal.
 */
static bool gather_all(DbStatement *statement, const char *connection_id, LoadedEventFunc each,
	void *data, GError **error)
{
	g_auto(Gathered) gathered = {0};
	bool row;

	if (!db_query(statement, error))
		return false;
	for (;;) {
		if (!db_next(statement, &row, error))
			return false;
		if (gathered.post_id != 0 &&
			(!row || db_column_int(statement, COLUMN_ID) != gathered.post_id)) {
			const char *stored = gathered.metas[EVENT_META_CONNECTION_ID];

			if (connection_id == NULL || g_strcmp0(stored, connection_id) == 0)
				hand_over(&gathered, each, data);
			gathered_clear(&gathered);
		}
		if (!row)
			return true;
		gather_row(&gathered, statement);
	}
}

bool event_load_connection(Db *db, int64_t user_id, const char *connection_id, LoadedEventFunc each,
	void *data, GError **error)
{
	DbStatement *statement = db_prepare(db, connection_sql, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, connection_id);
	db_bind_int(statement, user_id);
	return gather_all(statement, connection_id, each, data, error);
}

typedef struct {
	const char *const *connection_ids;
	LoadedEventFunc each;
	void *data;
} Others;

/* Some row of its key is of another connection; the first one counts, as WordPress reads it. */
static void pass_other(const LoadedEvent *event, void *data)
{
	const Others *others = data;
	const char *connection_id = event->metas[EVENT_META_CONNECTION_ID];

	if (connection_id != NULL && !g_strv_contains(others->connection_ids, connection_id))
		others->each(event, others->data);
}

bool event_load_other_connections(Db *db, int64_t user_id, const char *const *connection_ids,
	LoadedEventFunc each, void *data, GError **error)
{
	Others others = {connection_ids, each, data};
	size_t count = g_strv_length((char **)connection_ids);
	g_autofree char *sql = db_repeat_sql(other_connections_sql, "?", count, ") ORDER BY p.ID");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, user_id);
	for (size_t i = 0; i < count; i++)
		db_bind_text(statement, connection_ids[i]);
	return gather_all(statement, NULL, pass_other, &others, error);
}

bool event_load_people(Db *db, int64_t user_id, LoadedEventFunc each, void *data, GError **error)
{
	DbStatement *statement = db_prepare(db, people_sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, user_id);
	return gather_all(statement, NULL, each, data, error);
}

bool event_load_locked(
	Db *db, const int64_t *ids, size_t count, LoadedEventFunc each, void *data, GError **error)
{
	DbStatement *statement = event_sql_prepare_ids(
		db, locked_sql, ids, count, ") ORDER BY p.ID FOR UPDATE", error);

	return statement != NULL && gather_all(statement, NULL, each, data, error);
}

static bool load_ids(Db *db, const char *sql, const int64_t *ids, size_t count,
	LoadedEventFunc each, void *data, GError **error)
{
	DbStatement *statement;

	if (count == 0)
		return true;
	statement = event_sql_prepare_ids(db, sql, ids, count, ") ORDER BY p.ID", error);
	return statement != NULL && gather_all(statement, NULL, each, data, error);
}

bool event_load_ids(
	Db *db, const int64_t *ids, size_t count, LoadedEventFunc each, void *data, GError **error)
{
	return load_ids(db, ids_sql, ids, count, each, data, error);
}

bool event_load_whole(
	Db *db, const int64_t *ids, size_t count, LoadedEventFunc each, void *data, GError **error)
{
	return load_ids(db, whole_sql, ids, count, each, data, error);
}

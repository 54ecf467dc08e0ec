/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts over the posts of events. */
#include "wp/event_counts.h"

struct EventCounts {
	GHashTable *by_connection; /* "user/connection" to int64_t* */
};

enum { COLUMN_AUTHOR, COLUMN_CONNECTION, COLUMN_EVENTS };

static const char count_sql[] =
	"SELECT p.post_author, m.meta_value, COUNT(DISTINCT p.ID) FROM {posts} p"
	" JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key = '_connection_id'"
	" WHERE p.post_type = 'calendar_event' AND p.post_status <> 'trash'"
	" GROUP BY p.post_author, m.meta_value";

static char *count_key(int64_t user_id, const char *connection_id)
{
	return g_strdup_printf("%" G_GINT64_FORMAT "/%s", user_id, connection_id);
}

static void remember_row(EventCounts *counts, const DbStatement *row)
{
	const char *connection_id = db_column_text(row, COLUMN_CONNECTION);
	int64_t *events;

	if (connection_id == NULL)
		return;
	events = g_new(int64_t, 1);
	*events = db_column_int(row, COLUMN_EVENTS);
	g_hash_table_replace(counts->by_connection,
		count_key(db_column_int(row, COLUMN_AUTHOR), connection_id), events);
}

EventCounts *event_counts_load(Db *db, GError **error)
{
	g_autoptr(EventCounts) counts = g_new0(EventCounts, 1);
	DbStatement *statement = db_prepare(db, count_sql, error);
	bool has_row = true;

	counts->by_connection = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (statement == NULL || !db_query(statement, error))
		return NULL;
	while (has_row) {
		if (!db_next(statement, &has_row, error))
			return NULL;
		if (has_row)
			remember_row(counts, statement);
	}
	return g_steal_pointer(&counts);
}

void event_counts_free(EventCounts *counts)
{
	if (counts == NULL)
		return;
	g_clear_pointer(&counts->by_connection, g_hash_table_unref);
	g_free(counts);
}

int64_t event_counts_of(const EventCounts *counts, int64_t user_id, const char *connection_id)
{
	g_autofree char *key = count_key(user_id, connection_id);
	const int64_t *events = g_hash_table_lookup(counts->by_connection, key);

	return events == NULL ? 0 : *events;
}

static const char mark_sql[] =
	"SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(CRC32(CONCAT_WS(' ', p.ID, p.post_status, "
	"p.post_modified_gmt))), 0)) FROM {posts} p"
	" JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key = '_connection_id'"
	" AND m.meta_value = ?"
	" WHERE p.post_author = ? AND p.post_type = 'calendar_event'";

char *event_counts_mark(Db *db, int64_t user_id, const char *connection_id, GError **error)
{
	DbStatement *statement = db_prepare(db, mark_sql, error);
	bool has_row = false;
	char *mark;

	if (statement == NULL)
		return NULL;
	db_bind_text(statement, connection_id);
	db_bind_int(statement, user_id);
	if (!db_query(statement, error) || !db_next(statement, &has_row, error))
		return NULL;
	mark = g_strdup(has_row ? db_column_text(statement, 0) : "");
	db_finish(statement);
	return mark;
}

static const char user_sql[] =
	"SELECT COUNT(*), COUNT(m.post_id) FROM {posts} p"
	" LEFT JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key = '_connection_id'"
	" AND m.meta_value = ?"
	" WHERE p.post_author = ? AND p.post_type = 'calendar_event' AND p.post_status <> 'trash'";

bool event_counts_of_user(Db *db, int64_t user_id, const char *connection_id, int64_t *ret_own,
	int64_t *ret_others, GError **error)
{
	DbStatement *statement = db_prepare(db, user_sql, error);
	bool has_row = false;

	if (statement == NULL)
		return false;
	db_bind_text(statement, connection_id);
	db_bind_int(statement, user_id);
	if (!db_query(statement, error) || !db_next(statement, &has_row, error))
		return false;
	*ret_own = has_row ? db_column_int(statement, 1) : 0;
	*ret_others = has_row ? db_column_int(statement, 0) - *ret_own : 0;
	db_finish(statement);
	return true;
}

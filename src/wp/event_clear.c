/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wp/event_clear.h"

#include "cache/object_cache.h"
#include "wp/event_delete.h"

/* As many as a batch of a sync. */
#define SOME "300"

static const char find_sql[] =
	"SELECT DISTINCT p.ID FROM {posts} p JOIN {postmeta} m ON m.post_id = p.ID AND "
	"m.meta_key = '_connection_id' AND CAST(m.meta_value AS BINARY) = CAST(? AS BINARY) "
	"WHERE p.post_author = ? AND p.post_type = 'calendar_event' ORDER BY p.ID LIMIT " SOME
	" FOR UPDATE";

typedef struct {
	int64_t user_id;
	const char *connection_id;
	DbWork guard;
	void *guard_data;
	size_t deleted;
} Clearing;

static bool find(Db *db, const Clearing *clearing, GArray *ids, GError **error)
{
	DbStatement *statement = db_prepare(db, find_sql, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, clearing->connection_id);
	db_bind_int(statement, clearing->user_id);
	return db_query_ints(statement, ids, error);
}

static bool clear_some(Db *db, void *data, GError **error)
{
	Clearing *clearing = data;
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

	clearing->deleted = 0;
	if ((clearing->guard != NULL && !clearing->guard(db, clearing->guard_data, error)) ||
		!find(db, clearing, ids, error))
		return false;
	if (ids->len > 0 && !event_delete(db, (const int64_t *)(void *)ids->data, ids->len, error))
		return false;
	for (guint i = 0; i < ids->len; i++) {
		object_cache_note_event(db, g_array_index(ids, int64_t, i));
		object_cache_note_comments(db, g_array_index(ids, int64_t, i));
	}
	clearing->deleted = ids->len;
	return true;
}

bool event_clear_some(Db *db, int64_t user_id, const char *connection_id, DbWork guard,
	void *guard_data, size_t *ret_deleted, GError **error)
{
	Clearing clearing = {
		.user_id = user_id,
		.connection_id = connection_id,
		.guard = guard,
		.guard_data = guard_data,
	};

	if (!db_transaction(db, clear_some, &clearing, error))
		return false;
	*ret_deleted = clearing.deleted;
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds posts of events by what has an index; `meta_value` has none.
 *
 * Our own posts are among the known events, by connection and uid: they were remembered in the
 * transaction that made them, and whoever stores the same event at the same time waits for the
 * claim and then reads it. So only posts that nobody remembers need looking for: those of the
 * theme, and our own from before our tables were dropped.
 *
 * These are found by their author, whose index holds the ids in order. The first batch looks at all
 * of them. A later one needs to see only what came since; it starts at the ids that the batch
 * before the last one got, because the uid of a post of the theme's is stored a moment after the
 * post itself. So each batch reads the rows of two batches, not of all that is stored.
 *
 * Ids need not become visible in their order: another transaction's may be lower than ours, and
 * that of a cluster's other node lower by all that this node has not received yet. What a batch
 * misses for that is found by the look back before the sweep, which starts at 0 again: it sees all
 * that was committed before it, and the copy goes with the sweep. Whoever stores one of our events
 * after that could see ours, unless he looked for it before we stored it: such a sync of the
 * theme's sets `last_sync` when it ends, and the next pass compares everything (sync/others.h). */
#include "wp/event_presence.h"

#include "state/known_events.h"
#include "wp/event_sql.h"

struct EventPresence {
	GHashTable *foreign;  /* uid -> int64_t *: posts of this connection that nobody remembers */
	int64_t above;        /* the next look begins above this id */
	int64_t batch_lowest; /* of the ids that the batch in hand has got so far; 0: none */
	int64_t former_lowest; /* of the batch before it; 0: there was none */
	bool has_stored;       /* some batch was committed */
};

EventPresence *event_presence_new(void)
{
	EventPresence *presence = g_new0(EventPresence, 1);

	presence->foreign = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return presence;
}

void event_presence_free(EventPresence *presence)
{
	if (presence == NULL)
		return;
	g_hash_table_unref(presence->foreign);
	g_free(presence);
}

/* The author's index has all of his posts: only what is not remembered is looked at further. */
#define LOOK_HEAD "SELECT STRAIGHT_JOIN q.ID, u.meta_value, c.meta_value FROM {posts} p "
#define LOOK_TAIL                                                                                  \
	"JOIN {posts} q ON q.ID = p.ID AND q.post_type = 'calendar_event' "                        \
	"JOIN {postmeta} u ON u.post_id = q.ID AND u.meta_key = '_event_uid' "                     \
	"JOIN {postmeta} c ON c.post_id = q.ID AND c.meta_key = '_connection_id' "                 \
	"WHERE p.post_author >= ? AND p.post_author <= ? AND p.ID > ?"
static const char look_sql[] = LOOK_HEAD LOOK_TAIL;
static const char look_unknown_sql[] = LOOK_HEAD
	"LEFT JOIN {prm_calendar_events} e ON e.post_id = p.ID " LOOK_TAIL " AND e.post_id IS NULL";

static const char present_sql[] =
	"SELECT STRAIGHT_JOIN p.ID, u.meta_value, c.meta_value FROM {posts} p "
	"JOIN {postmeta} u ON u.post_id = p.ID AND u.meta_key = '_event_uid' "
	"JOIN {postmeta} c ON c.post_id = p.ID AND c.meta_key = '_connection_id' "
	"WHERE p.post_type = 'calendar_event' AND p.ID IN (";
enum { COLUMN_ID, COLUMN_UID, COLUMN_CONNECTION };

/* SQL compares without case and accents, ids of connections are bytes. */
static bool is_of_connection(const DbStatement *statement, const EventWriteContext *context)
{
	return g_strcmp0(db_column_text(statement, COLUMN_CONNECTION),
		       context->options->connection_id) == 0;
}

static void note_foreign(EventPresence *presence, const char *uid, int64_t post_id)
{
	int64_t *known = g_hash_table_lookup(presence->foreign, uid);

	if (known == NULL) {
		known = g_new0(int64_t, 1);
		g_hash_table_insert(presence->foreign, g_strdup(uid), known);
	}
	if (*known == 0 || post_id < *known)
		*known = post_id;
}

static bool look(EventPresence *presence, Db *db, const EventWriteContext *context, int64_t above,
	GError **error)
{
	DbStatement *statement =
		db_prepare(db, context->options->state == 0 ? look_sql : look_unknown_sql, error);
	bool row;

	if (statement == NULL)
		return false;
	db_bind_int(statement, context->options->user_id);
	db_bind_int(statement, context->options->user_id);
	db_bind_int(statement, above);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		if (is_of_connection(statement, context) &&
			!db_column_is_null(statement, COLUMN_UID))
			note_foreign(presence, db_column_text(statement, COLUMN_UID),
				db_column_int(statement, COLUMN_ID));
	}
}

/* The posts that may be events of these writes. */
static bool find_candidates(EventPresence *presence, Db *db, const EventWriteContext *context,
	const GPtrArray *writes, bool were_known, GArray *ids, GError **error)
{
	g_autoptr(GPtrArray) uids = g_ptr_array_new();

	for (guint i = 0; i < writes->len; i++) {
		const EventWrite *write = writes->pdata[i];
		int64_t foreign = event_presence_foreign(presence, write->event_uid);

		if (foreign != 0)
			g_array_append_val(ids, foreign);
		g_ptr_array_add(uids, write->event_uid);
	}
	return !were_known || known_events_posts(db, context->options->state,
				      (const char *const *)uids->pdata, uids->len, ids, error);
}

static bool name_present(Db *db, const EventWriteContext *context, const GPtrArray *writes,
	const GArray *ids, GError **error)
{
	g_autoptr(GHashTable) by_uid = g_hash_table_new(g_str_hash, g_str_equal);
	DbStatement *statement =
		event_sql_prepare_ids(db, present_sql, (const int64_t *)(void *)ids->data, ids->len,
			") AND p.post_author = ? "
			"ORDER BY p.ID DESC",
			error);
	bool row;

	if (statement == NULL)
		return false;
	db_bind_int(statement, context->options->user_id);
	for (guint i = 0; i < writes->len; i++) {
		EventWrite *write = writes->pdata[i];

		g_hash_table_insert(by_uid, write->event_uid, write);
	}
	if (!db_query(statement, error))
		return false;
	for (;;) {
		EventWrite *write;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		write = g_hash_table_lookup(by_uid, db_column_text(statement, COLUMN_UID));
		if (write != NULL && is_of_connection(statement, context))
			write->done_id = db_column_int(statement, COLUMN_ID);
	}
}

bool event_presence_find(EventPresence *presence, Db *db, const EventWriteContext *context,
	const GPtrArray *writes, bool were_known, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

	presence->batch_lowest = 0;
	return look(presence, db, context, presence->above, error) &&
	       find_candidates(presence, db, context, writes, were_known, ids, error) &&
	       (ids->len == 0 || name_present(db, context, writes, ids, error));
}

void event_presence_note(EventPresence *presence, int64_t post_id)
{
	if (presence->batch_lowest == 0 || post_id < presence->batch_lowest)
		presence->batch_lowest = post_id;
}

void event_presence_advance(EventPresence *presence)
{
	int64_t lowest = presence->batch_lowest;

	if (lowest == 0)
		return;
	presence->above = (presence->former_lowest == 0 ? lowest : presence->former_lowest) - 1;
	presence->former_lowest = lowest;
	presence->batch_lowest = 0;
	presence->has_stored = true;
}

bool event_presence_look_back(
	EventPresence *presence, Db *db, const EventWriteContext *context, GError **error)
{
	return !presence->has_stored || look(presence, db, context, 0, error);
}

int64_t event_presence_foreign(const EventPresence *presence, const char *event_uid)
{
	const int64_t *known = g_hash_table_lookup(presence->foreign, event_uid);

	return known == NULL ? 0 : *known;
}

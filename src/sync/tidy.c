/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync/tidy.h"

#include "state/connection_state.h"
#include "state/user_records.h"
#include "user/connections_row.h"
#include "wp/activity_claims.h"

/* Takes what stands in a row out of `states`. What cannot be read may hold any of the user's. */
static void keep_those_of(const UserConnections *row, GHashTable *states)
{
	size_t length = 0;
	const char *stored = g_bytes_get_data(row->stored, &length);
	g_autoptr(ConnectionList) list =
		connections_parse(stored != NULL ? stored : "", length, NULL);
	g_autofree char *of_user = connection_state_key(row->user->id, "");
	GHashTableIter iter;
	gpointer key;

	if (list != NULL && list->problems->len == 0) {
		for (guint i = 0; i < list->connections->len; i++) {
			const Connection *connection = g_ptr_array_index(list->connections, i);
			g_autofree char *one = connection_state_key(row->user->id, connection->id);

			g_hash_table_remove(states, one);
		}
		return;
	}
	g_hash_table_iter_init(&iter, states);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		if (g_str_has_prefix(key, of_user))
			g_hash_table_iter_remove(&iter);
	}
}

/* The rows are read last: a connection that was added since is in them. */
static bool forget_removed(const SyncContext *context, Db *db, GError **error)
{
	g_autoptr(GHashTable) states = connection_states_load(db, error);
	g_autoptr(GPtrArray) rows = NULL;
	GHashTableIter iter;
	gpointer state;

	if (states == NULL)
		return false;
	rows = connections_rows_load(db, context->site, NULL, error);
	if (rows == NULL)
		return false;
	for (guint i = 0; i < rows->len; i++)
		keep_those_of(g_ptr_array_index(rows, i), states);
	g_hash_table_iter_init(&iter, states);
	while (g_hash_table_iter_next(&iter, NULL, &state)) {
		if (!connection_state_forget(db, ((const ConnectionState *)state)->id, error))
			return false;
	}
	return true;
}

static bool forget_deleted(Db *db, GError **error)
{
	g_autoptr(GArray) ids = NULL;
	uint64_t rows;

	if (!user_records_orphans(db, &ids, error))
		return false;
	for (guint i = 0; i < ids->len; i++) {
		if (!user_records_erase(db, g_array_index(ids, int64_t, i), &rows, error))
			return false;
	}
	return true;
}

bool tidy_run(const SyncContext *context, Db *db, GError **error)
{
	return forget_removed(context, db, error) && forget_deleted(db, error) &&
	       activity_claims_prune(db, error);
}

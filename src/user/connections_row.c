/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of connections are user meta; what is in them is connection.h's business. */
#include "user/connections_row.h"

#include <string.h>

#include "state/connection_state.h"
#include "user/user_meta.h"

void user_connections_free(UserConnections *row)
{
	if (row == NULL)
		return;
	wp_user_free(row->user);
	if (row->stored != NULL)
		g_bytes_unref(row->stored);
	g_free(row);
}

typedef struct {
	GPtrArray *rows;
	GArray *orphans;
	GHashTable *members; /* NULL: everybody is one */
} Load;

static bool load_row(const UserMetaRow *row, void *data, GError **error)
{
	Load *load = data;
	UserConnections *connections;

	(void)error;
	if (load->members != NULL && !g_hash_table_contains(load->members, &row->user_id))
		return true;
	if (row->login == NULL) {
		g_array_append_val(load->orphans, row->user_id);
		return true;
	}
	connections = g_new0(UserConnections, 1);
	connections->user = g_new0(WpUser, 1);
	connections->user->id = row->user_id;
	connections->user->login = g_strdup(row->login);
	connections->user->display_name = g_strdup(row->display_name);
	connections->user->email = g_strdup(row->email);
	connections->stored = g_bytes_new(row->value, row->length);
	g_ptr_array_add(load->rows, connections);
	return true;
}

GPtrArray *connections_rows_load(Db *db, const WpSite *site, GArray **ret_orphans, GError **error)
{
	g_autoptr(GPtrArray) rows =
		g_ptr_array_new_with_free_func((GDestroyNotify)user_connections_free);
	g_autoptr(GArray) orphans = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GHashTable) members = site->is_network ? wp_user_members(db, error) : NULL;
	Load load = {.rows = rows, .orphans = orphans, .members = members};

	if (site->is_network && members == NULL)
		return NULL;
	if (!user_meta_each(db, site->connections_key, load_row, &load, error))
		return NULL;
	if (ret_orphans != NULL)
		*ret_orphans = g_steal_pointer(&orphans);
	return g_steal_pointer(&rows);
}

/* Says whose row it is, which connection.h does not know. */
static void name_user(GError **error, int64_t user_id)
{
	g_prefix_error(error, "user %" G_GINT64_FORMAT ": ", user_id);
}

ConnectionList *connections_row_parse(const UserMetaRow *row, GError **error)
{
	ConnectionList *list;

	if (row == NULL) {
		list = g_new0(ConnectionList, 1);
		list->connections = g_ptr_array_new_with_free_func((GDestroyNotify)connection_free);
		list->problems = g_ptr_array_new_with_free_func(g_free);
		return list;
	}
	list = connections_parse(row->value != NULL ? row->value : "", row->length, error);
	if (list == NULL)
		name_user(error, row->user_id);
	return list;
}

ConnectionList *connections_row_read(Db *db, const WpSite *site, int64_t user_id, GError **error)
{
	g_autoptr(UserMetaRow) row = NULL;

	if (!user_meta_read(db, user_id, site->connections_key, &row, error))
		return NULL;
	return connections_row_parse(row, error);
}

/* What user_meta_change() asks for; false without a value. */
static bool give_bytes(GBytes *take_changed, char **ret_value, size_t *ret_length)
{
	if (take_changed == NULL)
		return false;
	*ret_value = g_bytes_unref_to_data(take_changed, ret_length);
	return true;
}

typedef struct {
	const char *connection_id;
	const ConnectionChange *change;
	bool is_found; /* there was a row */
} Update;

static bool update_value(const char *value, size_t length, void *data, char **ret_value,
	size_t *ret_length, GError **error)
{
	Update *update = data;
	GBytes *changed =
		connections_update(value, length, update->connection_id, update->change, error);

	update->is_found = true;
	return give_bytes(changed, ret_value, ret_length);
}

typedef struct {
	const ConnectionUpdate *updates;
	const ConnectionMemory *memories; /* or NULL */
	size_t count;
	GPtrArray *problems;
	GArray *written; /* of UserMetaMemory, one for each that has a state */
	bool is_found;   /* there was a row */
} UpdateAll;

/* The connection's `last_sync`; NULL: it has none. Borrowed. */
static const char *last_sync_of(const ConnectionList *list, const char *connection_id)
{
	for (guint i = 0; list != NULL && i < list->connections->len; i++) {
		const Connection *connection = g_ptr_array_index(list->connections, i);

		if (strcmp(connection->id, connection_id) == 0)
			return connection->last_sync;
	}
	return NULL;
}

/* After a write whose answer was lost, the value is our own already. */
static void remember_last_syncs(UpdateAll *update, const char *value, size_t length)
{
	g_autoptr(ConnectionList) list = connections_parse(value, length, NULL);

	g_array_set_size(update->written, 0);
	for (size_t i = 0; update->memories != NULL && i < update->count; i++) {
		const ConnectionMemory *memory = &update->memories[i];
		const ConnectionUpdate *one = &update->updates[i];
		const char *ours = one->change.last_sync != NULL ? one->change.last_sync
								 : memory->known_last_sync;
		const char *stored = last_sync_of(list, one->connection_id);
		bool is_known = g_strcmp0(stored, memory->known_last_sync) == 0 ||
				g_strcmp0(stored, ours) == 0;
		UserMetaMemory written = {.connection = memory->state};

		if (memory->state == 0)
			continue;
		connection_state_hash_last_sync(is_known ? ours : stored, written.last_sync_hash);
		g_array_append_val(update->written, written);
	}
}

static bool update_all(const char *value, size_t length, void *data, char **ret_value,
	size_t *ret_length, GError **error)
{
	UpdateAll *update = data;
	GBytes *changed = connections_update_all(
		value, length, update->updates, update->count, update->problems, error);

	update->is_found = true;
	if (changed != NULL)
		remember_last_syncs(update, value, length);
	return give_bytes(changed, ret_value, ret_length);
}

/* The row was as it would be made, and so nothing was written with it. */
static bool remember_new_ones(Db *db, const UpdateAll *update, GError **error)
{
	guint at = 0;

	for (size_t i = 0; i < update->count && at < update->written->len; i++) {
		const ConnectionMemory *memory = &update->memories[i];

		if (memory->state == 0)
			continue;
		if (memory->is_new &&
			!user_meta_remember(
				db, &g_array_index(update->written, UserMetaMemory, at), error))
			return false;
		at++;
	}
	return true;
}

bool connections_row_update_all(Db *db, const WpSite *site, int64_t user_id,
	const ConnectionUpdate *updates, const ConnectionMemory *memories, size_t count,
	UserMetaRow *known, GPtrArray *problems, GError **error)
{
	g_autoptr(GArray) written = g_array_new(FALSE, FALSE, sizeof(UserMetaMemory));
	UpdateAll update = {
		.updates = updates,
		.memories = memories,
		.count = count,
		.problems = problems,
		.written = written,
	};

	bool is_written;

	if (!user_meta_change(db, user_id, site->connections_key, update_all, &update, known,
		    written, &is_written, error) ||
		(!is_written && !remember_new_ones(db, &update, error))) {
		name_user(error, user_id);
		return false;
	}
	if (!update.is_found)
		g_ptr_array_add(problems,
			g_strdup("cannot write to the connections: all were removed meanwhile"));
	return true;
}

bool connections_row_update(Db *db, const WpSite *site, int64_t user_id, const char *connection_id,
	const ConnectionChange *change, UserMetaRow *known, GError **error)
{
	Update update = {.connection_id = connection_id, .change = change};

	if (!user_meta_change(db, user_id, site->connections_key, update_value, &update, known,
		    NULL, NULL, error)) {
		name_user(error, user_id);
		return false;
	}
	if (update.is_found)
		return true;
	g_set_error(error, CONNECTION_ERROR, CONNECTION_ERROR_NOT_FOUND,
		"user %" G_GINT64_FORMAT " has no connections any more, so not '%s' either",
		user_id, connection_id);
	return false;
}

typedef struct {
	const GPtrArray *added;
	const char *created_at;
	bool is_found; /* there was a row */
} Addition;

static bool add_to_value(const char *value, size_t length, void *data, char **ret_value,
	size_t *ret_length, GError **error)
{
	Addition *addition = data;
	GBytes *changed =
		connections_add(value, length, addition->added, addition->created_at, error);

	addition->is_found = true;
	return give_bytes(changed, ret_value, ret_length);
}

static bool add_row(
	Db *db, const WpSite *site, int64_t user_id, const Addition *addition, GError **error)
{
	g_autoptr(GBytes) value =
		connections_add("", 0, addition->added, addition->created_at, error);
	bool is_added = false;

	if (value == NULL ||
		!user_meta_add(db, user_id, site->connections_key, g_bytes_get_data(value, NULL),
			g_bytes_get_size(value), &is_added, error))
		return false;
	if (is_added)
		return true;
	g_set_error(error, CONNECTION_ERROR, CONNECTION_ERROR_DAMAGED,
		"the connections cannot be stored: the user was deleted, or the row of meta key %s "
		"holds NULL; delete such a row and try again",
		site->connections_key);
	return false;
}

bool connections_row_add(Db *db, const WpSite *site, int64_t user_id, const GPtrArray *added,
	const char *created_at, GError **error)
{
	Addition addition = {.added = added, .created_at = created_at};

	if (user_meta_change(db, user_id, site->connections_key, add_to_value, &addition, NULL,
		    NULL, NULL, error) &&
		(addition.is_found || add_row(db, site, user_id, &addition, error)))
		return true;
	name_user(error, user_id);
	return false;
}

typedef struct {
	const char *connection_id;
	bool is_found; /* it was there once */
} Removal;

static bool remove_from_value(const char *value, size_t length, void *data, char **ret_value,
	size_t *ret_length, GError **error)
{
	Removal *removal = data;
	g_autoptr(GError) why = NULL;
	GBytes *changed = connections_remove(value, length, removal->connection_id, &why);

	/* After a write whose answer was lost. */
	if (changed == NULL && removal->is_found &&
		g_error_matches(why, CONNECTION_ERROR, CONNECTION_ERROR_NOT_FOUND))
		return true;
	if (changed == NULL) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	removal->is_found = true;
	return give_bytes(changed, ret_value, ret_length);
}

bool connections_row_remove(
	Db *db, const WpSite *site, int64_t user_id, const char *connection_id, GError **error)
{
	Removal removal = {.connection_id = connection_id};

	if (!user_meta_change(db, user_id, site->connections_key, remove_from_value, &removal, NULL,
		    NULL, NULL, error)) {
		name_user(error, user_id);
		return false;
	}
	if (removal.is_found)
		return true;
	g_set_error(error, CONNECTION_ERROR, CONNECTION_ERROR_NOT_FOUND,
		"user %" G_GINT64_FORMAT " has no connection %s any more", user_id, connection_id);
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users, and which of their connections log. */
#include "sync/log_owner.h"

#include "user/connections_row.h"

/* Here, because auto_log.c asks this file, and no two files ask each other. */
G_DEFINE_QUARK(auto - log - error - quark, auto_log_error)

/* What wp_users_own_people() takes at once. */
enum { USERS_AT_ONCE = 10000 };

static LogOwner *owner_new(WpUser *take_user)
{
	LogOwner *owner = g_new0(LogOwner, 1);

	owner->user = take_user;
	owner->connection_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return owner;
}

void log_owner_free(LogOwner *owner)
{
	if (owner == NULL)
		return;
	wp_user_free(owner->user);
	g_hash_table_unref(owner->connection_ids);
	g_free(owner);
}

static void owner_destroy(gpointer owner)
{
	log_owner_free(owner);
}

void log_owner_take_connections(LogOwner *owner, const ConnectionList *list)
{
	for (guint i = 0; i < list->connections->len; i++) {
		const Connection *connection = list->connections->pdata[i];

		if (connection->auto_log)
			g_hash_table_add(owner->connection_ids, g_strdup(connection->id));
	}
}

static bool find_user(Db *db, int64_t user_id, WpUser **ret_user, GError **error)
{
	g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, user_id);

	return wp_user_find(db, id, ret_user, error);
}

bool log_owner_refuse(
	const AutoLogOptions *options, AutoLogError code, const char *why, GError **error)
{
	g_set_error(error, AUTO_LOG_ERROR, code, "cannot log event %" G_GINT64_FORMAT ": %s",
		options->event_id, why);
	return false;
}

/* `*ret_owner` is NULL when there is no such user. */
static bool find_owner(
	Db *db, const WpSite *site, int64_t user_id, LogOwner **ret_owner, GError **error)
{
	g_autoptr(WpUser) user = NULL;
	g_autoptr(GHashTable) people = NULL;
	const int64_t *person_id;

	*ret_owner = NULL;
	if (!find_user(db, user_id, &user, error))
		return false;
	if (user == NULL)
		return true;
	people = wp_users_own_people(db, site, &user_id, 1, error);
	if (people == NULL)
		return false;
	person_id = g_hash_table_lookup(people, &user_id);
	*ret_owner = owner_new(g_steal_pointer(&user));
	(*ret_owner)->person_id = person_id != NULL ? *person_id : 0;
	return true;
}

bool log_owner_of_event(Db *db, const WpSite *site, const AutoLogOptions *options,
	PastEvent **ret_event, LogOwner **ret_owner, GError **error)
{
	if (!past_event_load(db, site, options->event_id, options->has_tables, ret_event, error))
		return false;
	if (*ret_event == NULL)
		return log_owner_refuse(options, AUTO_LOG_ERROR_NOT_FOUND,
			"there is no calendar event of this id", error);
	if (!find_owner(db, site, (*ret_event)->user_id, ret_owner, error))
		return false;
	return *ret_owner != NULL || log_owner_refuse(options, AUTO_LOG_ERROR_REFUSED,
					     "its user does not exist any more", error);
}

LogOwners *log_owners_new(void)
{
	LogOwners *owners = g_new0(LogOwners, 1);

	owners->by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, owner_destroy);
	owners->ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	return owners;
}

void log_owners_free(LogOwners *owners)
{
	if (owners == NULL)
		return;
	g_hash_table_unref(owners->by_id);
	g_array_unref(owners->ids);
	g_free(owners);
}

/* Takes the user when some connection logs by itself. */
static void add_owner(LogOwners *owners, WpUser *take_user, const ConnectionList *list)
{
	g_autoptr(LogOwner) owner = owner_new(take_user);

	log_owner_take_connections(owner, list);
	if (g_hash_table_size(owner->connection_ids) == 0)
		return;
	g_array_append_val(owners->ids, owner->user->id);
	g_hash_table_insert(owners->by_id, &owner->user->id, owner);
	(void)g_steal_pointer(&owner);
}

static bool find_all(LogOwners *owners, Db *db, const WpSite *site, LogOwnerProblem on_problem,
	void *data, GError **error)
{
	g_autoptr(GPtrArray) rows = connections_rows_load(db, site, NULL, error);

	if (rows == NULL)
		return false;
	for (guint i = 0; i < rows->len; i++) {
		UserConnections *row = rows->pdata[i];
		g_autoptr(ConnectionList) list = NULL;
		g_autoptr(GError) why = NULL;
		gsize bytes;
		const char *stored = g_bytes_get_data(row->stored, &bytes);

		list = connections_parse(stored, bytes, &why);
		if (list == NULL)
			on_problem(row->user->id, why, data);
		else
			add_owner(owners, g_steal_pointer(&row->user), list);
	}
	return true;
}

static bool find_one(LogOwners *owners, Db *db, const WpSite *site, int64_t user_id,
	LogOwnerProblem on_problem, void *data, GError **error)
{
	g_autoptr(ConnectionList) list = NULL;
	g_autoptr(GError) why = NULL;
	g_autoptr(WpUser) user = NULL;

	if (!find_user(db, user_id, &user, error))
		return false;
	list = connections_row_read(db, site, user_id, &why);
	if (list == NULL && why->domain == CONNECTION_ERROR) {
		on_problem(user_id, why, data);
		return true;
	}
	if (list == NULL) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	if (user != NULL)
		add_owner(owners, g_steal_pointer(&user), list);
	return true;
}

bool log_owners_find(LogOwners *owners, Db *db, const WpSite *site, int64_t only_user_id,
	LogOwnerProblem on_problem, void *data, GError **error)
{
	return only_user_id != 0 ? find_one(owners, db, site, only_user_id, on_problem, data, error)
				 : find_all(owners, db, site, on_problem, data, error);
}

static bool learn_some(const LogOwners *owners, Db *db, const WpSite *site, const int64_t *user_ids,
	guint count, GError **error)
{
	g_autoptr(GHashTable) people = wp_users_own_people(db, site, user_ids, count, error);

	if (people == NULL)
		return false;
	for (guint i = 0; i < count; i++) {
		LogOwner *owner = g_hash_table_lookup(owners->by_id, &user_ids[i]);
		const int64_t *person_id = g_hash_table_lookup(people, &user_ids[i]);

		if (person_id != NULL)
			owner->person_id = *person_id;
	}
	return true;
}

bool log_owners_learn_people(const LogOwners *owners, Db *db, const WpSite *site, guint first,
	guint count, GError **error)
{
	const int64_t *ids = (const int64_t *)(void *)owners->ids->data + first;

	for (guint done = 0; done < count; done += USERS_AT_ONCE) {
		if (!learn_some(
			    owners, db, site, ids + done, MIN(count - done, USERS_AT_ONCE), error))
			return false;
	}
	return true;
}

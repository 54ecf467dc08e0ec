/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements on the users table. */
#include "user/user.h"

#include <string.h>

void wp_user_free(WpUser *user)
{
	if (user == NULL)
		return;
	g_free(user->login);
	g_free(user->display_name);
	g_free(user->email);
	g_free(user);
}

static const char find_sql[] = "SELECT ID, user_login, display_name, user_email FROM {users} "
			       "WHERE ID = ? OR user_login = ? OR user_email = ? "
			       "ORDER BY ID = ? DESC, user_login = ? DESC, ID LIMIT 1";
enum { COLUMN_ID, COLUMN_LOGIN, COLUMN_DISPLAY_NAME, COLUMN_EMAIL };

static WpUser *new_user(const DbStatement *statement)
{
	WpUser *user = g_new0(WpUser, 1);

	user->id = db_column_int(statement, COLUMN_ID);
	user->login = g_strdup(db_column_text(statement, COLUMN_LOGIN));
	user->display_name = g_strdup(db_column_text(statement, COLUMN_DISPLAY_NAME));
	user->email = g_strdup(db_column_text(statement, COLUMN_EMAIL));
	return user;
}

bool wp_user_find(Db *db, const char *who, WpUser **ret_user, GError **error)
{
	DbStatement *statement = db_prepare(db, find_sql, error);
	/* Many users have no address; nobody means all of them. NULL equals nothing. */
	const char *text = who[0] != '\0' ? who : NULL;
	int64_t id = 0;
	bool row = false;

	if (statement == NULL)
		return false;
	if (!g_ascii_string_to_signed(who, 10, 1, G_MAXINT64, &id, NULL))
		id = 0;
	db_bind_int(statement, id);
	db_bind_text(statement, text);
	db_bind_text(statement, text);
	db_bind_int(statement, id);
	db_bind_text(statement, text);
	if (!db_query(statement, error) || !db_next(statement, &row, error))
		return false;
	*ret_user = row ? new_user(statement) : NULL;
	db_finish(statement);
	return true;
}

static const char members_sql[] = "SELECT user_id FROM {usermeta} WHERE meta_key = ?";

GHashTable *wp_user_members(Db *db, GError **error)
{
	g_autoptr(GHashTable) members =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	DbStatement *statement = db_prepare(db, members_sql, error);
	g_autofree char *key = db_table_name(db, "capabilities");
	bool row = true;

	if (statement == NULL)
		return NULL;
	db_bind_text(statement, key);
	if (!db_query(statement, error))
		return NULL;
	while (row) {
		int64_t *id;

		if (!db_next(statement, &row, error))
			return NULL;
		if (!row)
			break;
		id = g_new(int64_t, 1);
		*id = db_column_int(statement, 0);
		g_hash_table_add(members, id);
	}
	return g_steal_pointer(&members);
}

/* The first row of a user counts, as get_user_meta() reads it. */
static const char own_people_sql[] = "SELECT user_id, meta_key, meta_value FROM {usermeta} "
				     "WHERE meta_key = ? AND user_id IN (";
static const char own_people_tail[] = ") ORDER BY umeta_id";
enum { COLUMN_OWNER_ID, COLUMN_KEY, COLUMN_PERSON };

static void take_own_person(GHashTable *people, const char *key, const DbStatement *statement)
{
	int64_t user_id = db_column_int(statement, COLUMN_OWNER_ID);
	const char *value = db_column_text(statement, COLUMN_PERSON);
	gint64 person_id = 0;

	/* SQL compares keys without case. */
	if (strcmp(db_column_text(statement, COLUMN_KEY), key) != 0 ||
		g_hash_table_contains(people, &user_id))
		return;
	if (value == NULL || !g_ascii_string_to_signed(value, 10, 1, G_MAXINT64, &person_id, NULL))
		person_id = 0;
	g_hash_table_insert(people, g_memdup2(&user_id, sizeof(user_id)),
		g_memdup2(&person_id, sizeof(person_id)));
}

GHashTable *wp_users_own_people(
	Db *db, const WpSite *site, const int64_t *user_ids, size_t users, GError **error)
{
	g_autoptr(GHashTable) people =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	g_autofree char *sql = db_repeat_sql(own_people_sql, "?", users, own_people_tail);
	DbStatement *statement = db_prepare(db, sql, error);
	bool row = true;

	if (statement == NULL)
		return NULL;
	db_bind_text(statement, site->linked_person_key);
	for (size_t i = 0; i < users; i++)
		db_bind_int(statement, user_ids[i]);
	if (!db_query(statement, error))
		return NULL;
	while (row) {
		if (!db_next(statement, &row, error))
			return NULL;
		if (row)
			take_own_person(people, site->linked_person_key, statement);
	}
	return g_steal_pointer(&people);
}

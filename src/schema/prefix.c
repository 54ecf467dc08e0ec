/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks for WordPress's tables in information_schema. */
#include "schema/prefix.h"

#include <string.h>

static const char tables_sql[] = "SELECT TABLE_NAME FROM information_schema.TABLES "
				 "WHERE TABLE_SCHEMA = DATABASE()";

/* The last two only where users are in tables of the usual names. */
static const char *const suffixes[] = {
	"options", "posts", "postmeta", "comments", "commentmeta", "users", "usermeta"};
enum { SUFFIXES_OF_USERS = 2 };

static GHashTable *load_names(Db *db, GError **error)
{
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	DbStatement *statement = db_prepare(db, tables_sql, error);
	bool row = true;

	if (statement == NULL || !db_query(statement, error))
		return NULL;
	while (row) {
		if (!db_next(statement, &row, error))
			return NULL;
		if (row)
			g_hash_table_add(names, g_strdup(db_column_text(statement, 0)));
	}
	return g_steal_pointer(&names);
}

static bool has_all(GHashTable *names, const char *prefix, bool has_users)
{
	size_t count = G_N_ELEMENTS(suffixes) - (has_users ? 0 : SUFFIXES_OF_USERS);

	for (size_t i = 0; i < count; i++) {
		g_autofree char *name = g_strconcat(prefix, suffixes[i], NULL);

		if (!g_hash_table_contains(names, name))
			return false;
	}
	return true;
}

static gint compare_texts(gconstpointer left, gconstpointer right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

GPtrArray *schema_find_prefixes(Db *db, bool has_users, GError **error)
{
	g_autoptr(GHashTable) names = load_names(db, error);
	GPtrArray *prefixes;
	GHashTableIter iter;
	gpointer name;

	if (names == NULL)
		return NULL;
	prefixes = g_ptr_array_new_with_free_func(g_free);
	g_hash_table_iter_init(&iter, names);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		g_autofree char *prefix = NULL;

		if (!g_str_has_suffix(name, suffixes[0]))
			continue;
		prefix = g_strndup(name, strlen(name) - strlen(suffixes[0]));
		if (has_all(names, prefix, has_users))
			g_ptr_array_add(prefixes, g_steal_pointer(&prefix));
	}
	g_ptr_array_sort(prefixes, compare_texts);
	return prefixes;
}

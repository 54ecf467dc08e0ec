/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SQL text: table names with the site's prefix, and rows repeated. */
#include "db/db_sql.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "db/db.h"

/* wpdb::$global_tables and wpdb::$ms_global_tables: one set for all blogs of a network. */
static const char *const network_tables[] = {
	"users", "usermeta", "blogs", "blogmeta", "site", "sitemeta", NULL};

char *db_sql_table(const char *table, const DbTableNames *names)
{
	bool is_shared = g_strv_contains(network_tables, table);

	if (names->users != NULL && strcmp(table, "users") == 0)
		return g_strdup(names->users);
	if (names->usermeta != NULL && strcmp(table, "usermeta") == 0)
		return g_strdup(names->usermeta);
	return g_strconcat(is_shared ? names->base_prefix : names->table_prefix, table, NULL);
}

/* The name of the table that is meant at this place, without prefix; NULL: none is. Caller frees.
 */
static char *table_at(const char *at)
{
	static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz_";
	size_t length = at[0] == '{' ? strspn(at + 1, name_characters) : 0;

	return length > 0 && at[1 + length] == '}' ? g_strndup(at + 1, length) : NULL;
}

char *db_sql_expand(const char *sql, const DbTableNames *names)
{
	GString *out = g_string_sized_new(strlen(sql) + 64);

	for (const char *at = sql; *at != '\0';) {
		g_autofree char *table = table_at(at);

		if (table != NULL) {
			g_autofree char *name = db_sql_table(table, names);

			g_string_append_printf(out, "`%s`", name);
			at += strlen(table) + 2;
		} else {
			g_string_append_c(out, *at);
			at++;
		}
	}
	return g_string_free(out, FALSE);
}

char *db_sql_tables(const char *sql, const DbTableNames *names)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);

	for (const char *at = strchr(sql, '{'); at != NULL; at = strchr(at + 1, '{')) {
		g_autofree char *table = table_at(at);
		g_autofree char *name = table != NULL ? db_sql_table(table, names) : NULL;

		if (name != NULL &&
			!g_ptr_array_find_with_equal_func(found, name, g_str_equal, NULL))
			g_ptr_array_add(found, g_steal_pointer(&name));
	}
	g_ptr_array_add(found, NULL);
	return g_strjoinv(", ", (char **)found->pdata);
}

char *db_repeat_sql(const char *head, const char *row, size_t rows, const char *tail)
{
	GString *sql =
		g_string_sized_new(strlen(head) + rows * (strlen(row) + 2) + strlen(tail) + 1);

	g_string_append(sql, head);
	for (size_t i = 0; i < rows; i++) {
		if (i > 0)
			g_string_append(sql, ", ");
		g_string_append(sql, row);
	}
	g_string_append(sql, tail);
	return g_string_free(sql, FALSE);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the GRANT statements for one site. */
#include "wp/grants.h"

#include <string.h>

typedef struct {
	const char *table;
	const char *privileges;
} Privilege;

static const Privilege privileges[] = {
	{"users", "SELECT (ID, user_login, user_email, display_name)"},
	{"usermeta", "SELECT, UPDATE"},
	{"posts", "SELECT, INSERT, UPDATE, DELETE"},
	{"postmeta", "SELECT, INSERT, UPDATE, DELETE"},
	{"comments", "SELECT, INSERT"},
	{"commentmeta", "SELECT, INSERT"},
	{"options", "SELECT, INSERT, UPDATE, DELETE"},
};

/* A name as it is where that is possible, since people are to read it. */
static char *identifier(const char *name)
{
	g_autoptr(GString) quoted = g_string_new(name);

	if (name[0] != '\0' && !g_ascii_isdigit(name[0]) &&
		strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_") == strlen(name))
		return g_strdup(name);
	g_string_replace(quoted, "`", "``", 0);
	return g_strdup_printf("`%s`", quoted->str);
}

char *grants_sql(const char *database, const char *table_prefix, const char *user, const char *host)
{
	g_autofree char *database_name = identifier(database);
	GString *sql = g_string_new(NULL);

	g_string_append_printf(sql,
		"CREATE USER IF NOT EXISTS '%s'@'%s' IDENTIFIED BY 'change me';\n", user, host);
	for (size_t i = 0; i < G_N_ELEMENTS(privileges); i++) {
		g_autofree char *table = g_strconcat(table_prefix, privileges[i].table, NULL);
		g_autofree char *table_name = identifier(table);

		g_string_append_printf(sql, "GRANT %s ON %s.%s TO '%s'@'%s';\n",
			privileges[i].privileges, database_name, table_name, user, host);
	}
	return g_string_free(sql, FALSE);
}

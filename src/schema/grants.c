/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the GRANT statements for one site. */
#include "schema/grants.h"

#include <string.h>

#include "db/db_sql.h"
#include "state/schema.h"

typedef struct {
	const char *database; /* quoted where it has to be */
	DbTableNames names;
	const char *user;
	const char *host;
} Grantee;

static const GrantNeed privileges[] = {
	{"users", "SELECT (ID, user_login, user_email, display_name)", false},
	{"usermeta", "SELECT, INSERT, UPDATE", false},
	{"posts", "SELECT, INSERT, UPDATE, DELETE", false},
	{"postmeta", "SELECT, INSERT, UPDATE, DELETE", false},
	{"comments", "SELECT, INSERT, UPDATE (comment_post_ID, comment_approved)", false},
	{"commentmeta", "SELECT, INSERT", false},
	{"options", "SELECT, INSERT, UPDATE, DELETE", false},
};

/* On each of our own tables. They are a cache; with CREATE and ALTER on them, and on nothing else,
 * the program makes them itself and an upgrade migrates them. */
static const char own_privileges[] = "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER";

GArray *grants_needs(void)
{
	GArray *needs = g_array_new(FALSE, FALSE, sizeof(GrantNeed));

	g_array_append_vals(needs, privileges, G_N_ELEMENTS(privileges));
	for (const char *const *table = state_schema_tables; *table != NULL; table++) {
		const GrantNeed need = {*table, own_privileges, true};

		g_array_append_val(needs, need);
	}
	return needs;
}

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

static void append_grant(
	GString *sql, const Grantee *grantee, const char *table, const char *wanted)
{
	g_autofree char *name = db_sql_table(table, &grantee->names);
	g_autofree char *quoted = identifier(name);

	g_string_append_printf(sql, "GRANT %s ON %s.%s TO '%s'@'%s';\n", wanted, grantee->database,
		quoted, grantee->user, grantee->host);
}

char *grants_sql(const DbOptions *options, const char *user, const char *host)
{
	g_autofree char *database_name = identifier(options->name);
	const Grantee grantee = {database_name,
		{options->table_prefix, options->base_prefix, options->users_table,
			options->usermeta_table},
		user, host};
	g_autoptr(GArray) needs = grants_needs();
	GString *sql = g_string_new(NULL);

	g_string_append_printf(sql,
		"CREATE USER IF NOT EXISTS '%s'@'%s' IDENTIFIED BY 'change me';\n", user, host);
	for (guint i = 0; i < needs->len; i++) {
		const GrantNeed *need = &g_array_index(needs, GrantNeed, i);

		append_grant(sql, &grantee, need->table, need->privileges);
	}
	return g_string_free(sql, FALSE);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares what SHOW GRANTS lists with the table of grants.c. */
#include "schema/grants_held.h"

#include <string.h>

#include "db/db_sql.h"
#include "schema/grant_line.h"
#include "schema/grants.h"

/* A server's root has some seventy privileges: more than these are counted only. */
enum { SHOWN_MAX = 4, OBJECTS_MAX = 5, LINES_MAX = 10000 };

static const char show_sql[] = "SHOW GRANTS";

GPtrArray *grants_held_load(Db *db, GError **error)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	DbStatement *statement = db_prepare(db, show_sql, error);
	bool row = true;

	if (statement == NULL || !db_query(statement, error))
		return NULL;
	while (row && lines->len < LINES_MAX) {
		if (!db_next(statement, &row, error))
			return NULL;
		if (row)
			g_ptr_array_add(lines, g_strdup(db_column_text(statement, 0)));
	}
	db_finish(statement);
	if (lines->len > 0)
		return g_steal_pointer(&lines);
	/* Even a user who may do nothing has the line of USAGE. */
	g_set_error_literal(error, DB_ERROR, DB_ERROR_QUERY,
		"the database server does not say which privileges this user has (SHOW GRANTS)");
	return NULL;
}

/* What is compared. */
typedef struct {
	GPtrArray *held; /* of GrantLine */
	GArray *needs;   /* of GrantNeed */
	const char *database;
	DbTableNames names;
	bool keeps_posts;
} Comparison;

static bool same_name(const char *left, const char *right)
{
	return g_ascii_strcasecmp(left, right) == 0;
}

/* Whether a line is about all of our database, or of every one. */
static bool is_about_database(const Comparison *all, const GrantLine *line)
{
	return line->table == NULL && !line->is_routine &&
	       (line->database == NULL || grant_pattern_matches(line->database, all->database));
}

/* Names of tables are never patterns. */
static bool is_about_table(const Comparison *all, const GrantLine *line, const char *table)
{
	return line->table != NULL && !line->is_routine &&
	       same_name(line->database, all->database) && same_name(line->table, table);
}

static bool list_holds(const GPtrArray *names, const char *name)
{
	for (guint i = 0; i < names->len; i++) {
		if (same_name(g_ptr_array_index(names, i), name))
			return true;
	}
	return false;
}

/* Whether a line gives a privilege to a column, or with NULL to all of them. */
static bool line_gives(const GrantLine *line, const char *privilege, const char *column)
{
	for (guint i = 0; i < line->privileges->len; i++) {
		const GrantPrivilege *given = g_ptr_array_index(line->privileges, i);

		if (strcmp(given->name, privilege) != 0 &&
			strcmp(given->name, "ALL PRIVILEGES") != 0)
			continue;
		if (given->columns == NULL ||
			(column != NULL && list_holds(given->columns, column)))
			return true;
	}
	return false;
}

static bool is_revoked(const Comparison *all, const char *privilege)
{
	for (guint i = 0; i < all->held->len; i++) {
		const GrantLine *line = g_ptr_array_index(all->held, i);

		if (line->kind == GRANT_LINE_REVOKED && is_about_database(all, line) &&
			line_gives(line, privilege, NULL))
			return true;
	}
	return false;
}

static bool is_held(
	const Comparison *all, const char *table, const char *privilege, const char *column)
{
	bool revoked = is_revoked(all, privilege);

	for (guint i = 0; i < all->held->len; i++) {
		const GrantLine *line = g_ptr_array_index(all->held, i);
		bool is_global = line->database == NULL;

		if (line->kind != GRANT_LINE_PRIVILEGES || (is_global && revoked))
			continue;
		if ((is_about_database(all, line) || is_about_table(all, line, table)) &&
			line_gives(line, privilege, column))
			return true;
	}
	return false;
}

/* "INSERT, UPDATE on wp_posts; SELECT on wp_options" in the making. */
typedef struct {
	GString *text;
	guint objects;
} Listing;

static void listing_add(Listing *listing, const GPtrArray *names, const char *object)
{
	if (names->len == 0 || ++listing->objects > OBJECTS_MAX)
		return;
	g_string_append(listing->text, listing->objects == 1 ? "" : "; ");
	for (guint i = 0; i < names->len && i < SHOWN_MAX; i++)
		g_string_append_printf(listing->text, "%s%s", i == 0 ? "" : ", ",
			(const char *)g_ptr_array_index(names, i));
	if (names->len > SHOWN_MAX)
		g_string_append_printf(listing->text, " and %u more", names->len - SHOWN_MAX);
	g_string_append_printf(listing->text, " on %s", object);
}

/* NULL where nothing was added; caller frees. */
static char *listing_end(Listing *listing)
{
	GString *text = g_steal_pointer(&listing->text);

	if (listing->objects > OBJECTS_MAX)
		g_string_append_printf(text, "; and on %u more", listing->objects - OBJECTS_MAX);
	return g_string_free(text, text->len == 0);
}

static bool may_be_missing(const Comparison *all, const GrantNeed *need, const char *privilege)
{
	if (need->is_own)
		return strcmp(privilege, "CREATE") == 0 || strcmp(privilege, "ALTER") == 0;
	/* For `connect`, of who had no connection yet. */
	if (strcmp(need->table, "usermeta") == 0)
		return strcmp(privilege, "INSERT") == 0;
	return all->keeps_posts && strcmp(need->table, "posts") == 0 &&
	       strcmp(privilege, "DELETE") == 0;
}

/* "SELECT", "SELECT (user_email)", or NULL where nothing of it is missing; caller frees. */
static char *missing_part(const Comparison *all, const char *table, const GrantPrivilege *privilege)
{
	g_autoptr(GString) columns = g_string_new(NULL);

	if (privilege->columns == NULL)
		return is_held(all, table, privilege->name, NULL) ? NULL
								  : g_strdup(privilege->name);
	for (guint i = 0; i < privilege->columns->len; i++) {
		const char *column = g_ptr_array_index(privilege->columns, i);

		if (!is_held(all, table, privilege->name, column))
			g_string_append_printf(
				columns, "%s%s", columns->len == 0 ? "" : ", ", column);
	}
	if (columns->len == 0)
		return NULL;
	return g_strdup_printf("%s (%s)", privilege->name, columns->str);
}

static void find_missing(const Comparison *all, Listing *missing)
{
	for (guint i = 0; i < all->needs->len; i++) {
		const GrantNeed *need = &g_array_index(all->needs, GrantNeed, i);
		g_autoptr(GPtrArray) wanted = grant_privileges_parse(need->privileges, NULL);
		g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
		g_autofree char *table = db_sql_table(need->table, &all->names);

		g_assert(wanted != NULL);
		for (guint j = 0; j < wanted->len; j++) {
			const GrantPrivilege *privilege = g_ptr_array_index(wanted, j);
			char *part = may_be_missing(all, need, privilege->name)
					     ? NULL
					     : missing_part(all, table, privilege);

			if (part != NULL)
				g_ptr_array_add(names, part);
		}
		listing_add(missing, names, table);
	}
}

/* What is needed of the table that a line is about, NULL for other objects; caller unrefs. */
static GPtrArray *needed_of(const Comparison *all, const GrantLine *line)
{
	for (guint i = 0; i < all->needs->len; i++) {
		const GrantNeed *need = &g_array_index(all->needs, GrantNeed, i);
		g_autofree char *table = db_sql_table(need->table, &all->names);

		if (is_about_table(all, line, table))
			return grant_privileges_parse(need->privileges, NULL);
	}
	return NULL;
}

static bool is_needed(const GPtrArray *needed, const GrantPrivilege *given)
{
	for (guint i = 0; needed != NULL && i < needed->len; i++) {
		const GrantPrivilege *privilege = g_ptr_array_index(needed, i);
		bool all_are = true;

		if (strcmp(privilege->name, given->name) != 0)
			continue;
		if (privilege->columns == NULL)
			return true;
		for (guint j = 0; given->columns != NULL && j < given->columns->len; j++)
			all_are = all_are && list_holds(privilege->columns,
						     g_ptr_array_index(given->columns, j));
		return given->columns != NULL && all_are;
	}
	return false;
}

static char *object_name(const GrantLine *line)
{
	if (line->database == NULL)
		return g_strdup("*.*");
	if (line->database[0] == '\0')
		return g_strdup("other users");
	return g_strdup_printf("%s.%s", line->database, line->table != NULL ? line->table : "*");
}

static void find_excess(const Comparison *all, const GrantLine *line, Listing *excess)
{
	g_autoptr(GPtrArray) needed = needed_of(all, line);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *object = object_name(line);

	for (guint i = 0; i < line->privileges->len; i++) {
		const GrantPrivilege *given = g_ptr_array_index(line->privileges, i);

		if (strcmp(given->name, "USAGE") != 0 && !is_needed(needed, given))
			g_ptr_array_add(names, g_strdup(given->name));
	}
	listing_add(excess, names, object);
}

void grants_held_judge(const GPtrArray *lines, const DbOptions *options, bool keeps_posts,
	GrantsVerdict *ret_verdict)
{
	g_autoptr(GPtrArray) held = g_ptr_array_new_with_free_func((GDestroyNotify)grant_line_free);
	g_autoptr(GArray) needs = grants_needs();
	const Comparison all = {held, needs, options->name,
		{options->table_prefix, options->base_prefix, options->users_table,
			options->usermeta_table},
		keeps_posts};
	Listing missing = {g_string_new(NULL), 0};
	Listing excess = {g_string_new(NULL), 0};
	g_autoptr(GString) roles = g_string_new(NULL);

	for (guint i = 0; i < lines->len; i++)
		g_ptr_array_add(held, grant_line_parse(g_ptr_array_index(lines, i)));
	find_missing(&all, &missing);
	for (guint i = 0; i < held->len; i++) {
		const GrantLine *line = g_ptr_array_index(held, i);

		if (line->kind == GRANT_LINE_PRIVILEGES)
			find_excess(&all, line, &excess);
		else if (line->kind == GRANT_LINE_ROLES)
			g_string_append_printf(
				roles, "%s%s", roles->len == 0 ? "" : ", ", line->roles);
	}
	ret_verdict->missing = listing_end(&missing);
	ret_verdict->excess = listing_end(&excess);
	ret_verdict->roles = roles->len == 0 ? NULL : g_strdup(roles->str);
}

void grants_verdict_clear(GrantsVerdict *verdict)
{
	g_clear_pointer(&verdict->missing, g_free);
	g_clear_pointer(&verdict->excess, g_free);
	g_clear_pointer(&verdict->roles, g_free);
}

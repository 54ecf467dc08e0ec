/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks the tables up in information_schema, all in one statement. */
#include "schema/schema.h"

#include <string.h>

/* What we need of a table. */
typedef struct {
	const char *table;
	bool is_written;
	const char *columns[20];
} TableNeed;

#define NETWORK_TABLE "blogs"

static const TableNeed needs[] = {
	{"posts", true,
		{"ID", "post_author", "post_date", "post_date_gmt", "post_content", "post_title",
			"post_excerpt", "post_status", "comment_status", "ping_status", "post_name",
			"to_ping", "pinged", "post_modified", "post_modified_gmt",
			"post_content_filtered", "guid", "post_type", "comment_count"}},
	{"postmeta", true, {"meta_id", "post_id", "meta_key", "meta_value"}},
	{"comments", true,
		{"comment_ID", "comment_post_ID", "comment_author", "comment_date",
			"comment_date_gmt", "comment_content", "comment_approved", "comment_type",
			"user_id"}},
	{"commentmeta", true, {"meta_id", "comment_id", "meta_key", "meta_value"}},
	{"options", true, {"option_id", "option_name", "option_value", "autoload"}},
	{"users", false, {"ID", "user_login", "user_email", "display_name"}},
	{"usermeta", true, {"umeta_id", "user_id", "meta_key", "meta_value"}},
	/* Nothing is needed of it, but it tells that this is a network. */
	{NETWORK_TABLE, false, {NULL}},
};

/* What was found of it. */
typedef struct {
	char *name;
	bool exists;
	char *engine; /* NULL for a view, or when the server cannot open it */
	GHashTable *columns;
	char *bad_charset; /* of `bad_column`: neither utf8mb3 nor utf8mb4 */
	char *bad_column;
	bool is_utf8mb3;
} TableFound;

static void found_clear(TableFound *found)
{
	g_free(found->name);
	g_free(found->engine);
	g_free(found->bad_charset);
	g_free(found->bad_column);
	g_clear_pointer(&found->columns, g_hash_table_destroy);
}

static void found_array_free(TableFound *found)
{
	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++)
		found_clear(&found[i]);
	g_free(found);
}
typedef TableFound FoundArray;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FoundArray, found_array_free)

/* A lookup for each table by itself: with a list of names, servers open every table of the
 * database. Rows with a column name describe columns, the others tables. */
static const char lookup_sql[] =
	"SELECT ? AS need, '' AS name, ENGINE AS detail FROM information_schema.TABLES "
	"WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? "
	"UNION ALL SELECT ?, COLUMN_NAME, CHARACTER_SET_NAME FROM information_schema.COLUMNS "
	"WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?";
enum { COLUMN_NEED, COLUMN_NAME, COLUMN_DETAIL };

/* Columns of other character sets may be there by a plugin's doing; ids and words are ASCII anyway.
 */
static bool holds_text(const char *column)
{
	static const char *const names[] = {"post_content", "post_title", "meta_value",
		"comment_author", "comment_content", "option_value", "display_name", NULL};

	return g_strv_contains(names, column);
}

static void take_column(TableFound *found, const char *column, const char *charset)
{
	g_hash_table_add(found->columns, g_ascii_strdown(column, -1));
	if (charset == NULL || !holds_text(column) || strcmp(charset, "utf8mb4") == 0)
		return;
	if (strcmp(charset, "utf8mb3") == 0 || strcmp(charset, "utf8") == 0) {
		found->is_utf8mb3 = true;
	} else if (found->bad_column == NULL) {
		found->bad_column = g_strdup(column);
		found->bad_charset = g_strdup(charset);
	}
}

static void take_lookup_row(TableFound *found, const DbStatement *statement)
{
	const char *column = db_column_text(statement, COLUMN_NAME);
	const char *detail = db_column_text(statement, COLUMN_DETAIL);

	if (column[0] != '\0') {
		take_column(found, column, detail);
		return;
	}
	found->exists = true;
	found->engine = g_strdup(detail);
}

static DbStatement *prepare_lookup(Db *db, GError **error)
{
	g_autoptr(GString) sql = g_string_new(lookup_sql);

	for (size_t i = 1; i < G_N_ELEMENTS(needs); i++)
		g_string_append_printf(sql, " UNION ALL %s", lookup_sql);
	return db_prepare(db, sql->str, error);
}

static bool look_up(Db *db, TableFound *found, GError **error)
{
	DbStatement *statement = prepare_lookup(db, error);
	bool row = true;

	if (statement == NULL)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		db_bind_int(statement, (int64_t)i);
		db_bind_text(statement, found[i].name);
		db_bind_int(statement, (int64_t)i);
		db_bind_text(statement, found[i].name);
	}
	if (!db_query(statement, error))
		return false;
	while (row) {
		if (!db_next(statement, &row, error))
			return false;
		if (row)
			take_lookup_row(&found[db_column_int(statement, COLUMN_NEED)], statement);
	}
	return true;
}

static void add_problem(SchemaState *state, SchemaAspect aspect, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
static void add_problem(SchemaState *state, SchemaAspect aspect, const char *format, ...)
{
	SchemaProblem *problem = g_new0(SchemaProblem, 1);
	va_list arguments;

	va_start(arguments, format);
	problem->aspect = aspect;
	problem->message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_ptr_array_add(state->problems, problem);
}

static void examine_columns(const TableNeed *need, const TableFound *found, SchemaState *state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(need->columns) && need->columns[i] != NULL; i++) {
		g_autofree char *lower = g_ascii_strdown(need->columns[i], -1);

		if (!g_hash_table_contains(found->columns, lower))
			add_problem(state, SCHEMA_TABLES,
				"table '%s' has no column '%s'; let WordPress upgrade its tables "
				"(wp-admin/upgrade.php)",
				found->name, need->columns[i]);
	}
}

static bool may_be_view(const TableNeed *need)
{
	return strcmp(need->table, "users") == 0 || strcmp(need->table, "usermeta") == 0;
}

static void examine_table(const TableNeed *need, const TableFound *found, SchemaState *state)
{
	if (!found->exists) {
		add_problem(state, SCHEMA_TABLES,
			"table '%s' is missing in this database, or this user may not see it; "
			"check table_prefix in section [wordpress] and the privileges",
			found->name);
		return;
	}
	/* Sites that share users may have them through views. */
	if (found->engine == NULL && !may_be_view(need)) {
		add_problem(state, SCHEMA_TABLES,
			"'%s' is a view or a broken table; restore the table of this name",
			found->name);
		return;
	}
	if (need->is_written && found->engine != NULL && strcmp(found->engine, "InnoDB") != 0)
		add_problem(state, SCHEMA_ENGINE,
			"table '%s' has the engine %s, which knows no transactions; run: ALTER "
			"TABLE `%s` ENGINE=InnoDB;",
			found->name, found->engine, found->name);
	if (found->bad_column != NULL)
		add_problem(state, SCHEMA_CHARSET,
			"column '%s' of table '%s' has the character set %s, which does not hold "
			"every text; make a backup, then run: ALTER TABLE `%s` CONVERT TO "
			"CHARACTER SET utf8mb4;",
			found->bad_column, found->name, found->bad_charset, found->name);
	if (found->is_utf8mb3)
		g_ptr_array_add(state->utf8mb3_tables, g_strdup(found->name));
	examine_columns(need, found, state);
}

static void schema_problem_free(SchemaProblem *problem)
{
	g_free(problem->message);
	g_free(problem);
}

void schema_state_clear(SchemaState *state)
{
	g_clear_pointer(&state->problems, g_ptr_array_unref);
	g_clear_pointer(&state->utf8mb3_tables, g_ptr_array_unref);
}

bool schema_examine(Db *db, SchemaState *ret_state, GError **error)
{
	g_autoptr(FoundArray) found = g_new0(FoundArray, G_N_ELEMENTS(needs));

	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		found[i].name = db_table_name(db, needs[i].table);
		found[i].columns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	}
	if (!look_up(db, found, error))
		return false;
	ret_state->problems = g_ptr_array_new_with_free_func((GDestroyNotify)schema_problem_free);
	ret_state->utf8mb3_tables = g_ptr_array_new_with_free_func(g_free);
	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		if (strcmp(needs[i].table, NETWORK_TABLE) == 0)
			ret_state->has_network = found[i].exists;
		else
			examine_table(&needs[i], &found[i], ret_state);
	}
	return true;
}

bool schema_check(Db *db, bool knows_network, bool *ret_is_utf8mb3, GError **error)
{
	g_auto(SchemaState) state = {0};

	if (!schema_examine(db, &state, error))
		return false;
	if (state.problems->len > 0) {
		const SchemaProblem *first = g_ptr_array_index(state.problems, 0);

		g_set_error_literal(error, DB_ERROR, DB_ERROR_SCHEMA, first->message);
		return false;
	}
	if (state.has_network && !knows_network) {
		g_autofree char *name = db_table_name(db, NETWORK_TABLE);

		g_set_error(error, DB_ERROR, DB_ERROR_SCHEMA,
			"the table '%s' says that this is a multisite network, and it is not known "
			"which of its sites is meant; set blog_id in section [wordpress] (init: "
			"--blog-id), 1 for the main site, 0 where the network is given up",
			name);
		return false;
	}
	*ret_is_utf8mb3 = state.utf8mb3_tables->len > 0;
	return true;
}

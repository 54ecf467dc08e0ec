/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks the first columns of all indexes up in information_schema. */
#include "schema/indexes.h"

#include <string.h>

typedef enum { INDEX_PLAIN, INDEX_UNIQUE, INDEX_PRIMARY } IndexKind;

typedef struct {
	const char *table;
	const char *column;     /* the first of the index, which is what it is found by */
	IndexKind kind;         /* at least */
	const char *definition; /* as wp_get_db_schema() has it */
} IndexNeed;

static const IndexNeed needs[] = {
	{"posts", "ID", INDEX_PRIMARY, "PRIMARY KEY (ID)"},
	{"posts", "post_author", INDEX_PLAIN, "KEY post_author (post_author)"},
	{"posts", "post_name", INDEX_PLAIN, "KEY post_name (post_name(191))"},
	{"posts", "post_type", INDEX_PLAIN,
		"KEY type_status_date (post_type, post_status, post_date, ID)"},
	{"postmeta", "meta_id", INDEX_PRIMARY, "PRIMARY KEY (meta_id)"},
	{"postmeta", "post_id", INDEX_PLAIN, "KEY post_id (post_id)"},
	{"postmeta", "meta_key", INDEX_PLAIN, "KEY meta_key (meta_key(191))"},
	{"comments", "comment_ID", INDEX_PRIMARY, "PRIMARY KEY (comment_ID)"},
	{"comments", "comment_post_ID", INDEX_PLAIN, "KEY comment_post_ID (comment_post_ID)"},
	{"commentmeta", "meta_id", INDEX_PRIMARY, "PRIMARY KEY (meta_id)"},
	{"commentmeta", "comment_id", INDEX_PLAIN, "KEY comment_id (comment_id)"},
	{"commentmeta", "meta_key", INDEX_PLAIN, "KEY meta_key (meta_key(191))"},
	{"options", "option_id", INDEX_PRIMARY, "PRIMARY KEY (option_id)"},
	{"options", "option_name", INDEX_UNIQUE, "UNIQUE KEY option_name (option_name)"},
	{"users", "ID", INDEX_PRIMARY, "PRIMARY KEY (ID)"},
	{"users", "user_login", INDEX_PLAIN, "KEY user_login_key (user_login)"},
	{"users", "user_email", INDEX_PLAIN, "KEY user_email (user_email)"},
	{"usermeta", "umeta_id", INDEX_PRIMARY, "PRIMARY KEY (umeta_id)"},
	{"usermeta", "user_id", INDEX_PLAIN, "KEY user_id (user_id)"},
	{"usermeta", "meta_key", INDEX_PLAIN, "KEY meta_key (meta_key(191))"},
};

/* One lookup for each table by itself, as in schema.c. Only of one column is an index unique that
 * has more behind it. */
static const char lookup_sql[] =
	"SELECT COLUMN_NAME, "
	"CASE WHEN INDEX_NAME = 'PRIMARY' THEN 2 WHEN NON_UNIQUE = 0 THEN 1 ELSE 0 END, "
	"(SELECT COUNT(*) FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = DATABASE() "
	"AND s.TABLE_NAME = t.TABLE_NAME AND s.INDEX_NAME = t.INDEX_NAME) "
	"FROM information_schema.STATISTICS t WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? "
	"AND SEQ_IN_INDEX = 1";
enum { COLUMN_NAME, COLUMN_KIND, COLUMN_COLUMNS };

/* Column, in lower case, → the best IndexKind + 1 that begins with it. */
static GHashTable *load_indexes(Db *db, const char *table, GError **error)
{
	g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	DbStatement *statement = db_prepare(db, lookup_sql, error);
	bool row = true;

	if (statement == NULL)
		return NULL;
	db_bind_text(statement, table);
	if (!db_query(statement, error))
		return NULL;
	while (row) {
		bool is_single;
		int64_t kind;
		char *column;

		if (!db_next(statement, &row, error))
			return NULL;
		if (!row)
			break;
		is_single = db_column_int(statement, COLUMN_COLUMNS) == 1;
		kind = is_single ? db_column_int(statement, COLUMN_KIND) : INDEX_PLAIN;
		column = g_ascii_strdown(db_column_text(statement, COLUMN_NAME), -1);
		kind = MAX(kind + 1, GPOINTER_TO_INT(g_hash_table_lookup(found, column)));
		g_hash_table_insert(found, column, GINT_TO_POINTER((int)kind));
	}
	return g_steal_pointer(&found);
}

static void missing_index_free(MissingIndex *index)
{
	g_free(index->what);
	g_free(index->remedy);
	g_free(index);
}

static const char rows_sql[] = "SELECT TABLE_ROWS FROM information_schema.TABLES "
			       "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?";

static bool load_rows(Db *db, const char *table, int64_t *ret_rows, GError **error)
{
	DbStatement *statement = db_prepare(db, rows_sql, error);
	bool row;

	if (statement == NULL)
		return false;
	db_bind_text(statement, table);
	if (!db_query(statement, error) || !db_next(statement, &row, error))
		return false;
	*ret_rows = row ? db_column_int(statement, 0) : 0;
	db_finish(statement);
	return true;
}

static MissingIndex *missing_index_new(const IndexNeed *need, const char *table)
{
	MissingIndex *index = g_new0(MissingIndex, 1);

	index->what = g_strdup_printf("%s (%s)", table, need->column);
	index->remedy = g_strdup_printf("ALTER TABLE `%s` ADD %s;", table, need->definition);
	index->is_vital = need->kind != INDEX_PLAIN;
	return index;
}

static bool is_found(GHashTable *found, const IndexNeed *need)
{
	g_autofree char *column = g_ascii_strdown(need->column, -1);

	return GPOINTER_TO_INT(g_hash_table_lookup(found, column)) > (int)need->kind;
}

GPtrArray *indexes_missing(Db *db, GError **error)
{
	g_autoptr(GPtrArray) missing =
		g_ptr_array_new_with_free_func((GDestroyNotify)missing_index_free);
	g_autoptr(GHashTable) found = NULL;
	g_autofree char *table = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		bool is_next = i == 0 || strcmp(needs[i].table, needs[i - 1].table) != 0;

		if (is_next) {
			g_free(table);
			table = db_table_name(db, needs[i].table);
			g_clear_pointer(&found, g_hash_table_unref);
			found = load_indexes(db, table, error);
		}
		if (found == NULL)
			return NULL;
		if (!is_found(found, &needs[i])) {
			MissingIndex *index = missing_index_new(&needs[i], table);

			g_ptr_array_add(missing, index);
			if (!load_rows(db, table, &index->rows, error))
				return NULL;
		}
	}
	return g_steal_pointer(&missing);
}

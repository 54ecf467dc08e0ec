/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the vectors into tables, and tables against the rows that WordPress left. */
#include "replay.h"

#include "replay-cache.h"

#include <string.h>
#include <unistd.h>

#include "state/schema.h"

#define SCHEMA_FILE "tests/data/wordpress-schema.sql"

static const struct {
	const char *name;
	const char *id; /* primary key */
} tables[] = {
	{"wp_posts", "ID"},
	{"wp_postmeta", "meta_id"},
	{"wp_comments", "comment_ID"},
	{"wp_commentmeta", "meta_id"},
	{"wp_options", "option_id"},
	{"wp_users", "ID"},
	{"wp_usermeta", "umeta_id"},
};

/* `meta.sites` of the file describes the sites in words; these are their options. */
static const struct {
	const char *name;
	const char *timezone_string;
	const char *gmt_offset;
	bool is_utf8mb3;
} sites[] = {
	{"mb4", "Europe/Amsterdam", "0", false},
	{"mb3", "Europe/Amsterdam", "0", true},
	{"mb3old", "Europe/Amsterdam", "0", true},
	{"pretty", "Europe/Amsterdam", "0", false},
	{"ny", "America/New_York", "0", false},
	{"offset", "", "5.5", false},
	{"utc", "", "0", false},
};

static void fail(Replay *replay, const char *what, GError *take_error)
{
	check_mismatch(replay->check, what, "no error", take_error->message);
	g_error_free(take_error);
}

static DbStatement *query(Replay *replay, const char *sql, const char *parameter, bool *ret_row)
{
	GError *error = NULL;
	DbStatement *statement = db_prepare(replay->db, sql, &error);

	*ret_row = false;
	if (statement != NULL && parameter != NULL)
		db_bind_text(statement, parameter);
	if (statement != NULL && db_query(statement, &error) && db_next(statement, ret_row, &error))
		return statement;
	fail(replay, sql, error);
	return NULL;
}

char *replay_text(Replay *replay, const char *sql, const char *parameter)
{
	bool row;
	DbStatement *statement = query(replay, sql, parameter, &row);
	char *text = statement == NULL || !row ? NULL : g_strdup(db_column_text(statement, 0));

	if (statement != NULL)
		db_finish(statement);
	return text;
}

void replay_run(Replay *replay, const char *sql)
{
	GError *error = NULL;
	DbStatement *statement = db_prepare(replay->db, sql, &error);

	if (statement == NULL || !db_run(statement, NULL, &error))
		fail(replay, sql, error);
}

static Db *connect(const char *socket, const char *database, GError **error)
{
	const DbOptions options = {
		.socket = socket,
		.name = database,
		.user = "root",
		.table_prefix = "wp_",
		.base_prefix = "wp_",
	};

	return db_open(&options, error);
}

static WpSite *make_site(void)
{
	WpSite *site = g_new0(WpSite, 1);

	site->home_url = g_strdup("https://crm.example.org");
	site->theme_prefix = g_strdup("prm");
	site->connections_key = g_strdup("_prm_calendar_connections");
	site->activity_comment_type = g_strdup("activity");
	return site;
}

static bool make_database(Replay *replay, const char *socket, GError **error)
{
	g_autofree char *create =
		g_strdup_printf("CREATE DATABASE %s CHARACTER SET utf8mb4", replay->database);
	g_autofree char *schema = NULL;
	g_auto(GStrv) statements = NULL;

	if (!g_file_get_contents(SCHEMA_FILE, &schema, NULL, error))
		return false;
	replay->db = connect(socket, "information_schema", error);
	if (replay->db == NULL)
		return false;
	replay_run(replay, create);
	db_free(replay->db);
	replay->db = connect(socket, replay->database, error);
	if (replay->db == NULL)
		return false;
	statements = g_strsplit(schema, ";\n", -1);
	for (char **statement = statements; *statement != NULL; statement++) {
		if (g_strstrip(*statement)[0] != '\0')
			replay_run(replay, *statement);
	}
	return state_schema_ensure(replay->db, error);
}

Replay *replay_open(Check *check, const char *socket)
{
	g_autoptr(Replay) replay = g_new0(Replay, 1);
	GError *error = NULL;

	replay->check = check;
	replay->database = g_strdup_printf("prm_vectors_%d", (int)getpid());
	replay->site = make_site();
	replay->checksums = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	replay->dropped = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (make_database(replay, socket, &error)) {
		replay_cache_watch(replay);
		return g_steal_pointer(&replay);
	}
	check_case_begin(check, "set-up", NULL);
	fail(replay, "database", error);
	check_case_end(check);
	return NULL;
}

void replay_free(Replay *replay)
{
	g_autofree char *drop = g_strdup_printf("DROP DATABASE IF EXISTS %s", replay->database);

	if (replay->db != NULL)
		replay_run(replay, drop);
	db_free(replay->db);
	wp_site_free(replay->site);
	g_hash_table_unref(replay->checksums);
	g_hash_table_unref(replay->dropped);
	g_free(replay->database);
	g_free(replay);
}

static bool is_null(const cJSON *value)
{
	return value == NULL || cJSON_IsNull(value);
}

/* Inserts a row of the vectors: an object of columns. */
static void insert_row(Replay *replay, const char *table, const cJSON *row)
{
	g_autoptr(GString) columns = g_string_new(NULL);
	g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *head = NULL;
	g_autofree char *sql = NULL;
	GError *error = NULL;
	DbStatement *statement;
	const cJSON *cell;

	cJSON_ArrayForEach(cell, row)
	{
		GString *value = check_text(cell);

		g_string_append_printf(
			columns, "%s`%s`", columns->len > 0 ? ", " : "", cell->string);
		g_ptr_array_add(values, value == NULL ? NULL : g_string_free(value, FALSE));
	}
	head = g_strdup_printf("INSERT INTO %s (%s) VALUES (", table, columns->str);
	sql = db_repeat_sql(head, "?", values->len, ")");
	statement = db_prepare(replay->db, sql, &error);
	for (guint i = 0; statement != NULL && i < values->len; i++)
		db_bind_text(statement, values->pdata[i]);
	if (statement == NULL || !db_run(statement, NULL, &error))
		fail(replay, table, error);
}

/* Rows of the fresh install that the set-up changed are only known by what changed in them. */
static cJSON *changed_row(const cJSON *update)
{
	cJSON *row = cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(update, "key"), true);
	const cJSON *cell;

	cJSON_ArrayForEach(cell, cJSON_GetObjectItemCaseSensitive(update, "changed"))
	{
		const cJSON *after = cJSON_GetObjectItemCaseSensitive(cell, "after");

		cJSON_DeleteItemFromObjectCaseSensitive(row, cell->string);
		cJSON_AddItemToObject(row, cell->string, cJSON_Duplicate(after, true));
	}
	return row;
}

static void set_up_table(Replay *replay, const cJSON *diff)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(diff, "inserted"))
		insert_row(replay, diff->string, row);
	cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(diff, "updated"))
	{
		cJSON *made = changed_row(row);

		insert_row(replay, diff->string, made);
		cJSON_Delete(made);
	}
}

static void set_site(Replay *replay, const char *name)
{
	g_clear_pointer(&replay->site->zone, site_zone_free);
	for (size_t i = 0; i < G_N_ELEMENTS(sites); i++) {
		if (g_strcmp0(sites[i].name, name) != 0)
			continue;
		replay->site->zone =
			site_zone_new(sites[i].timezone_string, sites[i].gmt_offset, NULL);
		replay->site->is_utf8mb3 = sites[i].is_utf8mb3;
	}
	if (replay->site->zone == NULL)
		replay->site->zone = site_zone_new("UTC", NULL, NULL);
}

/* Our posts and comments get the ids that WordPress's got. */
static void set_next_id(Replay *replay, const char *table, const char *id_column)
{
	const cJSON *diff = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(replay->one, "diff"), table);
	const cJSON *row =
		cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(diff, "inserted"), 0);
	const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, id_column));
	g_autofree char *sql = g_strdup_printf("ALTER TABLE %s AUTO_INCREMENT = %s", table, id);

	if (id != NULL && !g_str_equal(id_column, "meta_id"))
		replay_run(replay, sql);
}

void replay_begin(Replay *replay)
{
	g_autofree char *now = NULL;
	const cJSON *diff;

	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
		g_autofree char *empty = g_strdup_printf("DELETE FROM %s", tables[i].name);

		replay_run(replay, empty);
	}
	/* What we remember of another case's meetings. */
	replay_run(replay, "DELETE FROM {prm_calendar_activities}");
	cJSON_ArrayForEach(diff, cJSON_GetObjectItemCaseSensitive(replay->one, "setup_diff"))
		set_up_table(replay, diff);
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		set_next_id(replay, tables[i].name, tables[i].id);
	set_site(replay,
		cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(replay->one, "site")));
	now = g_strdup(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(replay->one, "now")));
	if (now != NULL)
		now = g_strdelimit(now, " ", 'T');
	if (now == NULL || !site_time_parse_iso(now, &replay->now_utc))
		check_mismatch(replay->check, "now", "a time", now);
}

static char *checksum(Replay *replay, const char *table)
{
	g_autofree char *sql = g_strdup_printf("CHECKSUM TABLE %s", table);
	bool row;
	DbStatement *statement = query(replay, sql, NULL, &row);
	char *text = statement == NULL || !row ? NULL : g_strdup(db_column_text(statement, 1));

	if (statement != NULL)
		db_finish(statement);
	return text;
}

void replay_remember(Replay *replay)
{
	g_hash_table_remove_all(replay->dropped);
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		g_hash_table_insert(replay->checksums, (gpointer)tables[i].name,
			checksum(replay, tables[i].name));
}

static bool is_excepted(const ReplayException *exceptions, const char *table, const char *column)
{
	for (; exceptions->table != NULL; exceptions++) {
		if (g_str_equal(exceptions->table, table) &&
			(exceptions->column == NULL || g_strcmp0(exceptions->column, column) == 0))
			return true;
	}
	return false;
}

static const char *cell_text(const cJSON *row, const char *column)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, column));
}

static void compare_cell(Replay *replay, const char *table, const char *id_column, const char *id,
	const char *column, const cJSON *expected)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT CAST(`%s` AS CHAR) FROM %s WHERE `%s` = ?", column, table, id_column);
	g_autofree char *what = g_strdup_printf("%s.%s of %s", table, column, id);
	g_autofree char *got = replay_text(replay, sql, id);
	g_autoptr(GString) text = check_text(expected);

	check_equal(replay->check, what, is_null(expected) || text == NULL ? NULL : text->str, got);
}

static char *hex(const char *text)
{
	GString *digits = g_string_new(NULL);

	for (; text != NULL && *text != '\0'; text++)
		g_string_append_printf(digits, "%02x", (unsigned char)*text);
	return g_string_free(digits, FALSE);
}

/* Meta rows are found by what they belong to and their key: ours may have other ids. Of several
 * rows of that key the one with the expected value is compared. */
static void compare_meta(Replay *replay, const char *table, const cJSON *row)
{
	static const char *const owners[] = {"post_id", "comment_id", "user_id"};
	const char *key = cell_text(row, "meta_key");
	const char *value = cell_text(row, "meta_value");
	g_autofree char *digits = hex(value);

	for (size_t i = 0; i < G_N_ELEMENTS(owners); i++) {
		const char *id = cell_text(row, owners[i]);
		g_autofree char *sql = NULL;
		g_autofree char *what = NULL;
		g_autofree char *got = NULL;

		if (id == NULL)
			continue;
		sql = g_strdup_printf(
			"SELECT meta_value FROM %s WHERE %s = %s AND BINARY meta_key = ? "
			"ORDER BY BINARY meta_value = X'%s' DESC LIMIT 1",
			table, owners[i], id, digits);
		what = g_strdup_printf("%s %s of %s", table, key, id);
		got = replay_text(replay, sql, key);
		check_equal(replay->check, what, value, got);
	}
}

static void compare_row(Replay *replay, const ReplayException *exceptions, const char *table,
	const char *id_column, const cJSON *row)
{
	const cJSON *cell;

	cJSON_ArrayForEach(cell, row)
	{
		if (!is_excepted(exceptions, table, cell->string))
			compare_cell(replay, table, id_column, cell_text(row, id_column),
				cell->string, cell);
	}
}

static void compare_inserted(Replay *replay, const ReplayException *exceptions, const char *table,
	const char *id_column, const cJSON *row)
{
	const char *key = cell_text(row, "meta_key");

	if (key == NULL)
		compare_row(replay, exceptions, table, id_column, row);
	else if (!is_excepted(exceptions, table, key))
		compare_meta(replay, table, row);
}

static void compare_updated(Replay *replay, const ReplayException *exceptions, const char *table,
	const char *id_column, const cJSON *update)
{
	const char *id = cell_text(cJSON_GetObjectItemCaseSensitive(update, "key"), id_column);
	const cJSON *cell;

	cJSON_ArrayForEach(cell, cJSON_GetObjectItemCaseSensitive(update, "changed"))
	{
		if (!is_excepted(exceptions, table, cell->string))
			compare_cell(replay, table, id_column, id, cell->string,
				cJSON_GetObjectItemCaseSensitive(cell, "after"));
	}
}

static void compare_deleted(Replay *replay, const ReplayException *exceptions, const char *table,
	const char *id_column, const cJSON *row)
{
	g_autofree char *sql =
		g_strdup_printf("SELECT COUNT(*) FROM %s WHERE `%s` = ?", table, id_column);
	g_autofree char *what = g_strdup_printf("%s %s", table, cell_text(row, id_column));
	g_autofree char *got = replay_text(replay, sql, cell_text(row, id_column));
	const char *key = cell_text(row, "meta_key");

	if (key == NULL || !is_excepted(exceptions, table, key))
		check_equal(replay->check, what, "0", got);
}

static void compare_table(
	Replay *replay, const ReplayException *exceptions, const char *table, const char *id_column)
{
	const cJSON *diff = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(replay->one, "diff"), table);
	g_autofree char *after = NULL;
	const cJSON *row;

	if (is_excepted(exceptions, table, NULL))
		return;
	if (diff == NULL) {
		after = checksum(replay, table);
		check_equal(
			replay->check, table, g_hash_table_lookup(replay->checksums, table), after);
		return;
	}
	cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(diff, "inserted"))
		compare_inserted(replay, exceptions, table, id_column, row);
	cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(diff, "updated"))
		compare_updated(replay, exceptions, table, id_column, row);
	cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(diff, "deleted"))
		compare_deleted(replay, exceptions, table, id_column, row);
}

void replay_compare(Replay *replay, const ReplayException *exceptions)
{
	if (replay->cache_ops != NULL) {
		replay_cache_compare(replay);
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		compare_table(replay, exceptions, tables[i].name, tables[i].id);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our own tables are made by the files of sql/, which are built in. Each ends by noting its number
 * in prm_calendar_schema, so that it does not matter who ran it. */
#include "state/schema.h"

#include <string.h>

#include "db/sql_script.h"

typedef struct {
	int64_t version;
	const char *path; /* where the package puts it */
	const char *script;
} Migration;

static const Migration migrations[] = {
#include "state_migrations.inc"
};

const char *const state_schema_tables[] = {
	"prm_calendar_schema",
	"prm_calendar_users",
	"prm_calendar_connections",
	"prm_calendar_cursors",
	"prm_calendar_objects",
	"prm_calendar_events",
	"prm_calendar_sightings",
	"prm_calendar_activities",
	"prm_calendar_runs",
	NULL,
};

static const char versions_sql[] = "SELECT version FROM {prm_calendar_schema}";
/* One for each of the others: names them, so that the server looks whether they are there. */
static const char probe_sql[] = " UNION ALL SELECT 0 FROM {%s} WHERE FALSE";

typedef struct {
	bool is_done[G_N_ELEMENTS(migrations)];
	int64_t latest; /* version; 0 for none */
	bool is_broken; /* some table is missing, whatever the versions say */
	bool is_denied; /* or may not be read */
} Found;

static bool read_versions(Db *db, const char *sql, Found *found, GError **error)
{
	DbStatement *statement = db_prepare(db, sql, error);
	bool row;

	if (statement == NULL || !db_query(statement, error))
		return false;
	for (;;) {
		int64_t version;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		version = db_column_int(statement, 0);
		found->latest = MAX(found->latest, version);
		for (size_t i = 0; i < G_N_ELEMENTS(migrations); i++)
			found->is_done[i] |= migrations[i].version == version;
	}
}

/* The same; a table that is missing, or that this user may not see, is no error. */
static bool try_versions(Db *db, const char *sql, Found *found, GError **error)
{
	g_autoptr(GError) failure = NULL;

	if (read_versions(db, sql, found, &failure))
		return true;
	if (!g_error_matches(failure, DB_ERROR, DB_ERROR_SCHEMA) &&
		!g_error_matches(failure, DB_ERROR, DB_ERROR_ACCESS)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	found->is_broken = true;
	found->is_denied = failure->code == DB_ERROR_ACCESS;
	return true;
}

static bool refuse_newer(const Db *db, int64_t found, int64_t known, GError **error)
{
	g_autofree char *table = db_table_name(db, state_schema_tables[0]);

	g_set_error(error, DB_ERROR, DB_ERROR_SCHEMA,
		"the tables of prm-calendar in database '%s' are of version %" G_GINT64_FORMAT
		" (see %s), made by a newer program than this one, which knows version "
		"%" G_GINT64_FORMAT "; install the newer program on this host, too",
		db_name(db), found, table, known);
	return false;
}

static bool look(Db *db, Found *ret_found, GError **error)
{
	const int64_t known = migrations[G_N_ELEMENTS(migrations) - 1].version;
	g_autoptr(GString) sql = g_string_new(versions_sql);
	Found found = {0};

	for (const char *const *table = state_schema_tables + 1; *table != NULL; table++)
		g_string_append_printf(sql, probe_sql, *table);
	if (!try_versions(db, sql->str, &found, error))
		return false;
	if (found.is_broken && !try_versions(db, versions_sql, &found, error))
		return false;
	if (found.latest > known)
		return refuse_newer(db, found.latest, known, error);
	/* Each can be run again, and does to every table what it has to. */
	if (found.is_broken)
		memset(found.is_done, 0, sizeof(found.is_done));
	*ret_found = found;
	return true;
}

static GStrv missing_paths(const Found *found)
{
	GPtrArray *paths = g_ptr_array_new();

	for (size_t i = 0; i < G_N_ELEMENTS(migrations); i++) {
		if (!found->is_done[i])
			g_ptr_array_add(paths, g_strdup(migrations[i].path));
	}
	g_ptr_array_add(paths, NULL);
	return (GStrv)g_ptr_array_free(paths, FALSE);
}

bool state_schema_missing(Db *db, GStrv *ret_paths, GError **error)
{
	Found found;

	if (!look(db, &found, error))
		return false;
	*ret_paths = missing_paths(&found);
	return true;
}

bool state_schema_is_current(Db *db, bool *ret_is_current, GError **error)
{
	g_auto(GStrv) paths = NULL;

	if (!state_schema_missing(db, &paths, error))
		return false;
	*ret_is_current = paths[0] == NULL;
	return true;
}

/* For a shell; as it is where that is possible, since people are to read it. Caller frees. */
static char *shell_word(const char *word)
{
	bool is_plain = word[0] != '\0' && word[0] != '-' &&
			strspn(word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.") == strlen(word);

	return is_plain ? g_strdup(word) : g_shell_quote(word);
}

/* What makes the missing tables, for a shell of root's. Caller frees. */
static char *root_command(const Db *db, const Found *found)
{
	g_auto(GStrv) paths = missing_paths(found);
	g_autofree char *files = g_strjoinv(" ", paths);
	g_autofree char *name = shell_word(db_name(db));
	g_autofree char *prefix = db_table_name(db, "");

	/* With --force, a column that an unfinished run has added is no obstacle. */
	if (!g_str_equal(prefix, "wp_"))
		return g_strdup_printf(
			"sed 's/\\bwp_/%s/g' %s | mysql --force %s", prefix, files, name);
	if (paths[1] != NULL)
		return g_strdup_printf("cat %s | mysql --force %s", files, name);
	return g_strdup_printf("mysql %s < %s", name, files);
}

/* Says what root has to do, where the error is a privilege that is missing. */
static bool fail_with_remedy(const Db *db, const Found *found, GError *take_failure, GError **error)
{
	g_autoptr(GError) failure = take_failure;

	if (g_error_matches(failure, DB_ERROR, DB_ERROR_ACCESS)) {
		g_autofree char *command = root_command(db, found);

		/* Whoever may not read them either gets nowhere with the tables alone. */
		g_set_error(error, DB_ERROR, DB_ERROR_SCHEMA,
			"cannot make prm-calendar's own tables: %s, %s run as root: %s",
			failure->message, found->is_denied ? "and" : "or", command);
		return false;
	}
	g_propagate_error(error, g_steal_pointer(&failure));
	return false;
}

static bool run_sql(Db *db, const char *sql, GError **error)
{
	g_autoptr(GError) failure = NULL;
	DbStatement *statement = db_prepare(db, sql, &failure);

	if (statement != NULL && db_run(statement, NULL, &failure))
		return true;
	/* By another process, or by one that did not get to the end of the file. */
	if (g_error_matches(failure, DB_ERROR, DB_ERROR_EXISTS))
		return true;
	g_propagate_error(error, g_steal_pointer(&failure));
	return false;
}

static bool run_migration(Db *db, const Migration *migration, GError **error)
{
	g_auto(GStrv) statements = sql_script_statements(migration->script);

	for (char **sql = statements; *sql != NULL; sql++) {
		if (!run_sql(db, *sql, error))
			return false;
	}
	return true;
}

static bool run_missing(Db *db, const Found *found, GError **error)
{
	/* Otherwise, killed half-way, it would be taken for complete the next time. */
	if (found->is_broken && found->latest > 0 &&
		!run_sql(db, "DELETE FROM {prm_calendar_schema}", error))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(migrations); i++) {
		if (!found->is_done[i] && !run_migration(db, &migrations[i], error))
			return false;
	}
	return true;
}

bool state_schema_ensure(Db *db, GError **error)
{
	g_autoptr(GError) failure = NULL;
	Found found;

	if (!look(db, &found, error))
		return false;
	if (run_missing(db, &found, &failure))
		return true;
	return fail_with_remedy(db, &found, g_steal_pointer(&failure), error);
}

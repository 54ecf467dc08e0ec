/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks for the usermeta keys and comments that only one dialect of the theme writes. */
#include "site/theme_detect.h"

#include "site/dialect.h"

static const char users_sql[] = "SELECT meta_key, COUNT(DISTINCT user_id) FROM {usermeta} "
				"WHERE meta_key IN (?, ?, ?) GROUP BY meta_key";
G_STATIC_ASSERT(DIALECTS == 3);
enum { COLUMN_KEY, COLUMN_USERS };

typedef struct {
	int64_t users[DIALECTS];
} Counts;

static void count_key(Counts *counts, const DbStatement *statement)
{
	const char *key = db_column_text(statement, COLUMN_KEY);

	for (size_t i = 0; i < DIALECTS; i++) {
		if (g_str_equal(dialect_at(i)->connections_key, key))
			counts->users[i] = db_column_int(statement, COLUMN_USERS);
	}
}

/* Most users; of as many, the later name: what the theme was called before stays behind. */
static void choose_prefix(const Counts *counts, ThemeTraces *traces)
{
	for (size_t i = 0; i < DIALECTS; i++) {
		if (counts->users[i] == 0)
			continue;
		traces->has_other_prefixes = traces->users > 0;
		if (counts->users[i] >= traces->users) {
			traces->prefix = dialect_at(i)->prefix;
			traces->users = counts->users[i];
		}
	}
}

static bool detect_prefix(Db *db, ThemeTraces *traces, GError **error)
{
	DbStatement *statement = db_prepare(db, users_sql, error);
	Counts counts = {0};
	bool row = true;

	if (statement == NULL)
		return false;
	for (size_t i = 0; i < DIALECTS; i++)
		db_bind_text(statement, dialect_at(i)->connections_key);
	if (!db_query(statement, error))
		return false;
	while (row) {
		if (!db_next(statement, &row, error))
			return false;
		if (row)
			count_key(&counts, statement);
	}
	choose_prefix(&counts, traces);
	return true;
}

static const char activities_sql[] =
	"SELECT COUNT(*) FROM {comments} WHERE comment_type = 'prm_activity'";

bool theme_detect(Db *db, ThemeTraces *ret_traces, GError **error)
{
	ThemeTraces traces = {.prefix = dialect_at(0)->prefix};
	DbStatement *statement;
	bool row = false;

	if (!detect_prefix(db, &traces, error))
		return false;
	statement = db_prepare(db, activities_sql, error);
	if (statement == NULL || !db_query(statement, error) || !db_next(statement, &row, error))
		return false;
	traces.prm_activities = row ? db_column_int(statement, 0) : 0;
	db_finish(statement);
	*ret_traces = traces;
	return true;
}

char *theme_traces_objection(const ThemeTraces *traces, const char *prefix)
{
	if (traces->users == 0 || g_str_equal(traces->prefix, prefix))
		return NULL;
	return g_strdup_printf("%" G_GINT64_FORMAT " %s calendar connections under the prefix %s, "
			       "which are not synced, and %s under %s, the prefix in [theme]",
		traces->users, traces->users == 1 ? "user has" : "users have", traces->prefix,
		traces->has_other_prefixes ? "fewer" : "nobody", prefix);
}

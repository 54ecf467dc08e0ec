/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements about many posts at once. */
#include "wp/event_sql.h"

DbStatement *event_sql_prepare_ids(Db *db, const char *head, const int64_t *ids, size_t count,
	const char *tail, GError **error)
{
	g_autofree char *sql = db_repeat_sql(head, "?", count, tail);
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++)
		db_bind_int(statement, ids[i]);
	return statement;
}

bool event_sql_run_ids(Db *db, const char *head, const int64_t *ids, size_t count, const char *tail,
	GError **error)
{
	DbStatement *statement = event_sql_prepare_ids(db, head, ids, count, tail, error);

	return statement != NULL && db_run(statement, NULL, error);
}

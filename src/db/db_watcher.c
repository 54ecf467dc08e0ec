/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells somebody what became of the writes. */
#include "db/db_private.h"

void db_watch(Db *db, DbWatcher *take_watcher)
{
	g_assert(db->watcher == NULL);
	db->watcher = take_watcher;
}

DbWatcher *db_watcher(const Db *db)
{
	return db->watcher;
}

void db_tell_watcher(Db *db, bool is_committed, const GError *failure)
{
	if (db->watcher == NULL)
		return;
	if (is_committed || g_error_matches(failure, DB_ERROR, DB_ERROR_UNKNOWN))
		db->watcher->committed(db->watcher);
	else
		db->watcher->rolled_back(db->watcher);
}

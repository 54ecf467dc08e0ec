/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends plain text, and ends results and statements; below all else that sends anything, so that a
 * lost connection can take its statements along. */
#include "db/db_handle.h"

#include <string.h>

#include "db/db_private.h"

unsigned db_send_plain(Db *db, const char *sql)
{
	db->statement_count++;
	db->last_used_usecs = g_get_monotonic_time();
	if (mysql_real_query(db->mysql, sql, strlen(sql)) == 0)
		return 0;
	return db_failure_number(mysql_errno(db->mysql));
}

void db_statement_free_columns(DbStatement *statement)
{
	for (unsigned i = 0; i < statement->column_count; i++)
		g_free(statement->columns[i].text);
	g_clear_pointer(&statement->columns, g_free);
	g_clear_pointer(&statement->column_binds, g_free);
	statement->column_count = 0;
}

void db_statement_forget(DbStatement *statement)
{
	if (statement->handle != NULL)
		mysql_stmt_close(statement->handle);
	statement->handle = NULL;
}

void db_statement_free(DbStatement *statement)
{
	db_finish(statement);
	db_statement_forget(statement);
	db_statement_free_columns(statement);
	g_free(statement->parameters);
	g_free(statement->integers);
	g_free(statement->sql);
	g_free(statement);
}

/* Among the rows that nobody read may have been the end of the transaction: a cluster's node rolls
 * it back for another node's at any moment, and says so once. */
static void doom_unread(Db *db)
{
	if (db->in_transaction && db->doom == FAILURE_NONE && db->mysql != NULL &&
		db_failure_kind(mysql_errno(db->mysql)) == FAILURE_CONFLICT)
		db->doom = FAILURE_CONFLICT;
}

void db_finish(DbStatement *statement)
{
	if (statement->result != DB_RESULT_OPEN)
		return;
	statement->result = DB_RESULT_ENDED;
	statement->db->open = NULL;
	if (statement->handle != NULL) {
		mysql_stmt_free_result(statement->handle);
		doom_unread(statement->db);
	}
	statement->db->last_used_usecs = g_get_monotonic_time();
}

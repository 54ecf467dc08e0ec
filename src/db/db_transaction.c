/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transactions: all or nothing, and again when the server or the network asks for it. */
#include <mysqld_error.h>

#include "db/db_private.h"

/* Sets `error` for a plain statement that failed with `number`, and acts on it. */
static void plain_failure(Db *db, unsigned number, GError **error)
{
	DbErrorPlace place = db_place(db);

	if (number == ER_LOCK_WAIT_TIMEOUT && db_is_locked_out(db))
		db_error_set_locked(error, &place, "");
	else
		db_error_set_statement(error, &place, number, mysql_error(db->mysql));
	db_note_failure(db, number);
}

static bool begin(Db *db, GError **error)
{
	unsigned number;

	if (!db_ready(db, error))
		return false;
	db->in_transaction = true;
	db->doom = FAILURE_NONE;
	number = db_send_plain(db, "START TRANSACTION");
	db->shows_transactions = (db->mysql->server_status & SERVER_STATUS_IN_TRANS) != 0;
	if (number == 0)
		return true;
	plain_failure(db, number, error);
	return false;
}

/* A connection that cannot say ROLLBACK is closed: the server then rolls back. */
static void roll_back(Db *db)
{
	if (db->mysql != NULL && db_send_plain(db, "ROLLBACK") != 0)
		db_disconnect(db);
}

static bool commit(Db *db, GError **error)
{
	int64_t began_usecs = g_get_monotonic_time();
	unsigned number = db_send_plain(db, "COMMIT");

	if (number == 0) {
		db->lock_wait_usecs = 0;
		return true;
	}
	db_note_lock_wait(db, number, began_usecs);
	if (db_failure_kind(number) != FAILURE_LOST) {
		plain_failure(db, number, error);
		roll_back(db);
		return false;
	}
	/* Not to be tried again: it may have happened. */
	g_set_error(error, DB_ERROR, DB_ERROR_UNKNOWN,
		"the connection to database '%s' at %s was lost during COMMIT, which may or may "
		"not have "
		"happened: %s (error %u)",
		db->name, db->server, mysql_error(db->mysql), number);
	db_disconnect(db);
	return false;
}

static bool attempt_work(Db *db, DbWork work, void *data, GError **error)
{
	bool is_done;

	if (!begin(db, error))
		return false;
	is_done = work(db, data, error);
	if (db->open != NULL)
		db_finish(db->open);
	/* It overlooked an error that took the transaction away: this sets the error again. */
	if (is_done && !db_ready(db, error))
		is_done = false;
	if (!is_done || db->is_trial) {
		roll_back(db);
		return is_done;
	}
	return commit(db, error);
}

static bool run_transaction(Db *db, DbWork work, void *data, GError **error)
{
	for (unsigned attempt = 1;; attempt++) {
		g_autoptr(GError) failure = NULL;
		bool is_done = attempt_work(db, work, data, &failure);
		bool is_passing = db->doom != FAILURE_NONE;

		db->in_transaction = false;
		db->doom = FAILURE_NONE;
		g_assert(is_done || failure != NULL);
		db_tell_watcher(db, is_done && !db->is_trial, failure);
		if (is_done)
			return true;
		if (!is_passing || attempt == DB_ATTEMPTS || db_is_locked_out(db) ||
			db_is_stopped(db)) {
			if (is_passing && !db_is_locked_out(db))
				g_prefix_error(&failure, "gave up after %u attempts: ", attempt);
			g_propagate_error(error, g_steal_pointer(&failure));
			return false;
		}
		db_pause(attempt);
	}
}

bool db_transaction(Db *db, DbWork work, void *data, GError **error)
{
	if (db->in_transaction && db->is_trial)
		return work(db, data, error);
	g_assert(!db->in_transaction);
	return run_transaction(db, work, data, error);
}

bool db_trial(Db *db, DbWork work, void *data, GError **error)
{
	bool is_done;

	g_assert(!db->in_transaction);
	db->is_trial = true;
	is_done = run_transaction(db, work, data, error);
	db->is_trial = false;
	return is_done;
}

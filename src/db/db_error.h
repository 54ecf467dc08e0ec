/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/db only: what a MySQL error number means for us, and the sentence that a person reads. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"

typedef enum {
	FAILURE_NONE,
	FAILURE_CONFLICT, /* deadlock, lock-wait time-out, stopped: rolled back or to be rolled
			     back, try again */
	FAILURE_LOST,     /* the connection is gone */
	FAILURE_STALE,    /* the server forgot or outdated the prepared statement: prepare again */
	FAILURE_REFUSED,  /* trying again would change nothing */
} DbFailureKind;

/* Where and as whom: what every message names. Borrowed strings; never a password. */
typedef struct {
	const char *server; /* "socket /run/mysqld/mysqld.sock" or "host:port" */
	const char *name;
	const char *user;
	const char *table_prefix;
} DbErrorPlace;

/* The number of something that has failed: a library that gives none must not make it a success. */
unsigned db_failure_number(unsigned number);
DbFailureKind db_failure_kind(unsigned number);

/* Sets `error` for a connection that could not be made. */
void db_error_set_connect(
	GError **error, const DbErrorPlace *place, unsigned number, const char *server_message);

/* Sets `error` for a lock on one of `tables` ("wp_posts, wp_users"; or "": unknown) that was waited
 * for in vain: DB_ERROR_LOCKED. */
void db_error_set_locked(GError **error, const DbErrorPlace *place, const char *tables);

/* Sets `error` for a statement that failed, with the server's own message and a remedy where we
 * know one. */
void db_error_set_statement(
	GError **error, const DbErrorPlace *place, unsigned number, const char *server_message);

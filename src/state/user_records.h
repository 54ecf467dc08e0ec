/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that the sidecar's own tables hold of one user: to be shown, and to be forgotten. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

/* A column of a row. */
typedef struct UserRecordField {
	const char *name;
	bool is_number;
	const char *text; /* hashes in hexadecimal digits; NULL for SQL NULL */
} UserRecordField;

/* Gets one row, borrowed for the call; must not use the Db. */
typedef void (*UserRecordFunc)(
	const char *table, const UserRecordField *fields, size_t count, void *data);

/* The tables that hold anything of users, without prefix, in the order of user_records_read(). As
 * an array of char *, static; caller unrefs. NULL with a DB_ERROR. */
GPtrArray *user_records_tables(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Calls `func` for each row of one of these tables that is about the user. False with a DB_ERROR.
 */
bool user_records_read(Db *db, const char *table, int64_t user_id, UserRecordFunc func, void *data,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Deletes all of them in one transaction; `*ret_rows` were there. False with a DB_ERROR. */
bool user_records_erase(
	Db *db, int64_t user_id, uint64_t *ret_rows, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those of whom WordPress has no more: their users were deleted. `*ret_ids` of int64_t, a hundred
 * at most; caller unrefs. False with a DB_ERROR. */
bool user_records_orphans(Db *db, GArray **ret_ids, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The usermeta rows that hold people's calendar connections: read all, read one, change one safely.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "state/hash.h"

/* The row of one user, with the user. Strings are owned by the row. */
typedef struct UserMetaRow {
	int64_t user_id;
	int64_t umeta_id;
	char *login; /* NULL: the user was deleted, and only the row is left */
	char *display_name;
	char *email;
	char *value; /* serialized, as stored; NULL where the column is NULL. May hold NUL bytes */
	size_t length;
} UserMetaRow;

void user_meta_row_free(UserMetaRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UserMetaRow, user_meta_row_free)

/* Gets one row, borrowed for the call; must not use the Db. False with error set ends the reading.
 */
typedef bool (*UserMetaFunc)(const UserMetaRow *row, void *data, GError **error);

/* Calls `func` for each user's row of this key by ascending user id, one row in memory at a time.
 * As for get_user_meta(), the key counts in exactly this case, and the first of several rows. */
bool user_meta_each(Db *db, const char *key, UserMetaFunc func, void *data,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the row of one user; `*ret_row` is NULL when there is none. Caller frees. */
bool user_meta_read(Db *db, int64_t user_id, const char *key, UserMetaRow **ret_row,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the row of a user who has none. `*ret_added` is false when there is one by now, or no such
 * user. Two processes at once may both add theirs: whoever calls keeps others of our own out. */
bool user_meta_add(Db *db, int64_t user_id, const char *key, const char *value, size_t length,
	bool *ret_added, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the new value from the stored one (never NULL). Called again when someone else wrote the
 * row meanwhile, so it starts from `value` each time, and is fit to see its own result again.
 * `*ret_value` is the caller's to free; leaving it NULL means that there is nothing to change. */
typedef bool (*UserMetaChangeFunc)(const char *value, size_t length, void *data, char **ret_value,
	size_t *ret_length, GError **error);

/* What {prm_calendar_connections} remembers of a connection, to be written by the same statement as
 * the row that holds the connection: neither is ever there without the other. */
typedef struct UserMetaMemory {
	int64_t connection; /* its row */
	uint8_t last_sync_hash[STATE_HASH_BYTES];
} UserMetaMemory;

/* Writes it by itself. */
bool user_meta_remember(
	Db *db, const UserMetaMemory *memory, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Compare-and-swap: reads the row, lets `change` make the new value, and writes it only if the row
 * still holds what was read; else again from the start. An equal value is not written.
 * `known` (or NULL) is the row as it was read before: it saves the first reading, and its value
 * follows what is written. `memories` (of UserMetaMemory, which the UserMetaChangeFunc may set; or
 * NULL) are written with it. `*ret_written` (or NULL) says
 * whether the row changed; false also when the user has no row any more. DB_ERROR_CONFLICT when
 * others kept writing, or the error of `change`. */
bool user_meta_change(Db *db, int64_t user_id, const char *key, UserMetaChangeFunc change,
	void *data, UserMetaRow *known, const GArray *memories, bool *ret_written,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

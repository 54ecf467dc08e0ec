/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The usermeta rows of the connections arrays: read, and changed by compare-and-swap. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"
#include "user/connection.h"
#include "user/user.h"
#include "user/user_meta.h"

/* A user who has a connections row, and the row's stored value (the first row, as WordPress reads).
 */
typedef struct UserConnections {
	WpUser *user;
	GBytes *stored;
} UserConnections;

void user_connections_free(UserConnections *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UserConnections, user_connections_free)

/* All of them, in user id order, as an array of UserConnections that frees its elements; caller
 * unrefs. Rows of users who no longer exist are left out; their ids go into `ret_orphans` (of
 * int64_t; caller unrefs; NULL to ignore). NULL with a DB_ERROR. */
GPtrArray *connections_rows_load(
	Db *db, const WpSite *site, GArray **ret_orphans, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One user's connections; an empty list when there is no row. NULL with a DB_ERROR or
 * CONNECTION_ERROR. */
ConnectionList *connections_row_read(
	Db *db, const WpSite *site, int64_t user_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a row that was read holds; an empty list for NULL. NULL with a CONNECTION_ERROR. */
ConnectionList *connections_row_parse(
	const UserMetaRow *row, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who else may have synced a connection while we did. */
typedef struct ConnectionMemory {
	int64_t state;               /* its row of {prm_calendar_connections}; 0: none */
	const char *known_last_sync; /* what it had when this sync began, or NULL; borrowed */
	bool is_new;                 /* that row has no `last_sync` yet */
} ConnectionMemory;

/* Changes fields of several connections by compare-and-swap, with one write. Those that are gone or
 * cannot be changed are told in `problems` (of char *; also that there is no row any more). `known`
 * (or NULL): as for user_meta_change(). With `memories` (one for each update, or NULL) a new
 * `last_sync`, or that it stays, is remembered by the same statement; where somebody else set
 * another one meanwhile, that one is, so that the next sync sees that it is not ours. Errors:
 * DB_ERROR, CONNECTION_ERROR.
 */
bool connections_row_update_all(Db *db, const WpSite *site, int64_t user_id,
	const ConnectionUpdate *updates, const ConnectionMemory *memories, size_t count,
	UserMetaRow *known, GPtrArray *problems, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Changes fields of one connection by compare-and-swap: reads, changes, writes only if nobody wrote
 * meanwhile, else begins again. Writes nothing when the fields have these values already. `known`
 * (or NULL): as for user_meta_change(). Errors: DB_ERROR, CONNECTION_ERROR. */
bool connections_row_update(Db *db, const WpSite *site, int64_t user_id, const char *connection_id,
	const ConnectionChange *change, UserMetaRow *known,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds connections (of Connection; see connections_add()) to those of a user by compare-and-swap;
 * the caller holds the user's lease. Errors: DB_ERROR, CONNECTION_ERROR. */
bool connections_row_add(Db *db, const WpSite *site, int64_t user_id, const GPtrArray *added,
	const char *created_at, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes one by compare-and-swap; that it is gone already is CONNECTION_ERROR_NOT_FOUND. Errors:
 * DB_ERROR, CONNECTION_ERROR. */
bool connections_row_remove(Db *db, const WpSite *site, int64_t user_id, const char *connection_id,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

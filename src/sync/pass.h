/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scheduled pass and a catch-up: which users, and how many at a time. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sync/auto_log.h"
#include "sync/context.h"
#include "sync/report.h"
#include "sync/user_sync.h"
#include "user/connection.h"
#include "user/user.h"

/* A user with connections, as read at the start of a run. */
typedef struct PassUser {
	WpUser *user;
	ConnectionList *list;
} PassUser;

void pass_user_free(PassUser *user);

/* Users who have at least one enabled connection, in id order: those who take turns. Rows that
 * cannot be read, or whose user was deleted, are logged and passed over; `ret_unreadable` (or NULL)
 * counts the former. An array of PassUser; caller unrefs. */
GPtrArray *pass_users(const SyncContext *context, Db *db, size_t *ret_unreadable,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The next user (or users_per_pass of them) in turn: those after the last one whom a pass began
 * with, however it ended; but after one that was asked to stop, those whom it did not finish with.
 */
bool pass_run(const SyncContext *context, Db *db, SyncListener *listener, SyncTotals *ret_totals,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* At once, whoever's turn it is: one user (id, login or e-mail address) or, with NULL, all. */
bool pass_catch_up(const SyncContext *context, Db *db, const char *who, const char *connection_id,
	SyncListener *listener, SyncTotals *ret_totals, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Matches the stored events again with the contacts: of one user or, with NULL, of all who have
 * calendar connections, enabled or not. */
bool pass_rematch(const SyncContext *context, Db *db, const char *who, SyncListener *listener,
	SyncTotals *ret_totals, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* When the last pass began and whose turn it was; zeros when nobody knows. */
typedef struct PassTurn {
	int64_t began_utc;
	int64_t last_user_id;
	int64_t theme_index; /* what the theme's status page shows as current_user_index */
} PassTurn;

bool pass_turn_load(const SyncContext *context, Db *db, PassTurn *ret_turn,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

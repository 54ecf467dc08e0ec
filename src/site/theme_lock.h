/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock on one connection that newer themes hold while they sync it, the transient
 * `prm_sync_lock_{user}_{connection}`: they wait for us, and we for them. It does not keep two
 * processes of ours apart; the user's lease does. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"

typedef struct ThemeLock ThemeLock;

/* From takeover to handback the lock stands, also while nothing is synced: so long after it was
 * renewed, which is due when half of that is left. Where this program is removed without handback,
 * the theme is free again after that. */
enum { THEME_LOCK_STANDING_SECS = 7 * 24 * 60 * 60 };

/* Takes the lock, which ends by itself 5 minutes after it was taken or renewed, as the theme's own;
 * on a site that was taken over it stands already, or stands from now on. The caller holds the
 * user's lease: a lock that an earlier process of ours left behind is free.
 * `*ret_lock` is NULL when the theme is syncing. The caller releases, then frees. Errors:
 * DB_ERROR. `site` is borrowed for as long as the lock is there. */
bool theme_lock_take(Db *db, const WpSite *site, int64_t user_id, const char *connection_id,
	int64_t now_utc, ThemeLock **ret_lock, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lets the lock stand for THEME_LOCK_STANDING_SECS from now on. `*ret_is_held` is false when the
 * theme is syncing, or can have no lock of such a name, or was handed back meanwhile. Errors:
 * DB_ERROR. */
bool theme_lock_stand(Db *db, const WpSite *site, int64_t user_id, const char *connection_id,
	int64_t now_utc, bool *ret_is_held, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends a lock that stands; any other, and the theme's, stays. `*ret_was_held` says whether there
 * was one. */
bool theme_lock_end(Db *db, const WpSite *site, int64_t user_id, const char *connection_id,
	int64_t now_utc, bool *ret_was_held, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Extends the lock when it has been held for a minute since; cheap to call often. */
bool theme_lock_keep(
	Db *db, ThemeLock *lock, int64_t now_utc, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gives the lock back; does nothing when another process has it by now, or when it stands. */
bool theme_lock_release(
	Db *db, ThemeLock *lock, int64_t now_utc, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Frees the memory; a lock that was not released ends when it expires. */
void theme_lock_free(ThemeLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ThemeLock, theme_lock_free)

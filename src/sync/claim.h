/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The theme's lock on a connection while we write its events: newer themes lock the connection that
 * they sync, and nobody should insert the same event twice. On a site that was taken over the lock
 * stands from takeover to handback. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "site/theme_lock.h"
#include "sync/connection_sync.h"

typedef struct Claim {
	const SyncWorker *worker; /* borrowed, as is the report */
	const ConnectionReport *report;
	ThemeLock *lock; /* NULL until something differs */
} Claim;

/* Frees the memory; claim_release() is due before. */
void claim_clear(Claim *claim);

/* On a site that was taken over: lets the lock stand further when its time is half over, and for a
 * connection that is new. `state` says how long it stands; other sites, and dry runs, cost nothing.
 * False with a DB_ERROR. */
bool claim_stand(Claim *claim, ConnectionState *state, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes the lock, once; `*ret_is_busy` when the theme has it. False with a DB_ERROR. */
bool claim_take(Claim *claim, bool *ret_is_busy, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Keeps what was taken from running out; cheap to call often. */
bool claim_keep(Claim *claim, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives back what was taken; a lock that cannot be given back runs out. */
void claim_release(Claim *claim);

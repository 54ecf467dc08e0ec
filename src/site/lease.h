/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leases: for a while, only one process works on something, whichever host it runs on. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"

/* No lease is longer; one that claims to be comes from a clock that was wrong, and counts as free.
 */
#define LEASE_MAX_SECS (24 * 60 * 60)

typedef struct Lease Lease;

/* Takes the lease `name` ("calendar_sync_7"; the theme's prefix is put in front) until now + ttl.
 * `*ret_lease` is NULL when another process holds it; one of this machine that was killed holds
 * none. The hosts' clocks should agree better than
 * the ttl. The caller releases, then frees. Errors: DB_ERROR. */
bool lease_take(Db *db, const WpSite *site, const char *name, int64_t now_utc, unsigned ttl_secs,
	Lease **ret_lease, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the holder from whom it was taken over had in hand, as lease_note() said: "" when nobody
 * knows. That holder was killed, or stalled for so long that the lease ran out. NULL: nobody had
 * left it. Borrowed. */
const char *lease_left(const Lease *lease);

/* What is in hand from now on: written with the next renewal. */
void lease_note(Lease *lease, const char *text);

/* Extends the lease to now + ttl. `*ret_held` is false when it had expired and another process took
 * it: stop working. */
bool lease_renew(Db *db, Lease *lease, int64_t now_utc, unsigned ttl_secs, bool *ret_held,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gives the lease back; does nothing when another process has it by now. */
bool lease_release(Db *db, Lease *lease, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Frees the memory; a lease that was not released ends when it expires. */
void lease_free(Lease *lease);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lease, lease_free)

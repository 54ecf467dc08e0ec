/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync/user_lease.h"

#include "sync/connection_sync.h"
#include "util/log.h"

bool user_lease_take(const SyncContext *context, Db *db, int64_t user_id, int64_t now_utc,
	Lease **ret_lease, GError **error)
{
	g_autofree char *name = g_strdup_printf("calendar_sync_%" G_GINT64_FORMAT, user_id);

	return lease_take(db, context->site, name, now_utc, USER_LEASE_SECS, ret_lease, error);
}

bool user_lease_renew(
	const SyncContext *context, Db *db, int64_t user_id, Lease *lease, GError **error)
{
	bool is_ours = true;

	if (!lease_renew(db, lease, context->now_utc(), USER_LEASE_SECS, &is_ours, error))
		return false;
	if (is_ours)
		return true;
	g_set_error(error, SYNC_ERROR, SYNC_ERROR_INTERRUPTED,
		"another process took over user %" G_GINT64_FORMAT
		" because this one was stalled; leaving the rest to it",
		user_id);
	return false;
}

void user_lease_end(Db *db, Lease *lease)
{
	if (!lease_release(db, lease, NULL))
		log_line(LOG_DEBUG, NULL, "cannot give back the lease; it runs out");
}

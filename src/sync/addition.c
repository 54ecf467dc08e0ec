/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync/addition.h"

#include "sync/connection_sync.h"
#include "sync/key_check.h"
#include "sync/pass.h"
#include "sync/user_lease.h"
#include "user/connections_row.h"
#include "user/user_state.h"

/* Two rows of one user would hide each other's connections. What is added to a row that is there
 * needs nobody to wait. */
static bool may_add(
	const SyncContext *context, Db *db, const WpUser *user, const Lease *lease, GError **error)
{
	g_autoptr(UserState) state = NULL;

	if (lease != NULL)
		return true;
	state = user_state_read(db, context->site, user->id, false, error);
	if (state == NULL)
		return false;
	if (state->row != NULL)
		return true;
	g_set_error(error, SYNC_ERROR, SYNC_ERROR_BUSY,
		"another process works for user %s: try again in a minute", user->login);
	return false;
}

bool addition_run(const SyncContext *context, Db *db, const WpUser *user, const GPtrArray *added,
	GError **error)
{
	int64_t now_utc = context->now_utc();
	g_autofree char *created_at = site_zone_format_iso(context->site->zone, now_utc);
	g_autoptr(Lease) lease = NULL;
	bool is_added;

	if (!user_lease_take(context, db, user->id, now_utc, &lease, error))
		return false;
	is_added = may_add(context, db, user, lease, error) &&
		   connections_row_add(db, context->site, user->id, added, created_at, error);
	if (lease != NULL)
		user_lease_end(db, lease);
	return is_added;
}

bool addition_check_key(const SyncContext *context, Db *db, GError **error)
{
	g_autoptr(GPtrArray) users = pass_users(context, db, NULL, error);

	return users != NULL && key_check(context, users, error);
}

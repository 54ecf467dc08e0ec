/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync/removal.h"

#include "site/theme_lock.h"
#include "state/user_records.h"
#include "sync/connection_sync.h"
#include "sync/user_lease.h"
#include "user/connections_row.h"
#include "user/user_state.h"
#include "wp/event_clear.h"

typedef struct {
	const SyncContext *context;
	Db *db;
	const WpUser *user;
	const char *connection_id;
	Lease *lease;
	ThemeLock *lock;
	size_t events;
} Removal;

/* In each transaction: who was stalled for long must not delete what a successor wrote. */
static bool guard(Db *db, void *data, GError **error)
{
	Removal *removal = data;

	return user_lease_renew(removal->context, db, removal->user->id, removal->lease, error);
}

static bool clear_events(Removal *removal, GError **error)
{
	size_t deleted = 0;

	do {
		if (!event_clear_some(removal->db, removal->user->id, removal->connection_id, guard,
			    removal, &deleted, error) ||
			!theme_lock_keep(
				removal->db, removal->lock, removal->context->now_utc(), error))
			return false;
		removal->events += deleted;
	} while (deleted > 0);
	return true;
}

/* The lock that stands since the takeover has nothing to hold any more. */
static bool forget(const Removal *removal, const UserState *state, GError **error)
{
	bool was_held;

	for (guint i = 0; i < state->states->len; i++) {
		const ConnectionState *known = g_ptr_array_index(state->states, i);

		if (g_strcmp0(known->connection_id, removal->connection_id) == 0 &&
			known->id != 0 && !connection_state_forget(removal->db, known->id, error))
			return false;
	}
	return theme_lock_end(removal->db, removal->context->site, removal->user->id,
		removal->connection_id, removal->context->now_utc(), &was_held, error);
}

static bool remove_locked(Removal *removal, GError **error)
{
	const SyncContext *context = removal->context;
	g_autoptr(UserState) state = user_state_read(
		removal->db, context->site, removal->user->id, context->has_tables, error);

	return state != NULL && clear_events(removal, error) &&
	       connections_row_remove(removal->db, context->site, removal->user->id,
		       removal->connection_id, error) &&
	       forget(removal, state, error);
}

static bool remove_leased(Removal *removal, GError **error)
{
	const SyncContext *context = removal->context;
	g_autoptr(ThemeLock) lock = NULL;
	bool is_done;

	if (!theme_lock_take(removal->db, context->site, removal->user->id, removal->connection_id,
		    context->now_utc(), &lock, error))
		return false;
	if (lock == NULL) {
		g_set_error_literal(error, SYNC_ERROR, SYNC_ERROR_BUSY,
			"the theme is syncing this connection: try again in five minutes");
		return false;
	}
	removal->lock = lock;
	is_done = remove_locked(removal, error);
	/* One that cannot be given back runs out. */
	return theme_lock_release(removal->db, lock, context->now_utc(), is_done ? error : NULL) &&
	       is_done;
}

/* That another process has it is an error. */
static bool take_lease(
	const SyncContext *context, Db *db, int64_t user_id, Lease **ret_lease, GError **error)
{
	if (!user_lease_take(context, db, user_id, context->now_utc(), ret_lease, error))
		return false;
	if (*ret_lease != NULL)
		return true;
	g_set_error(error, SYNC_ERROR, SYNC_ERROR_BUSY,
		"another process is syncing user %" G_GINT64_FORMAT ": try again when it is done",
		user_id);
	return false;
}

bool removal_run(const SyncContext *context, Db *db, const WpUser *user, const char *connection_id,
	size_t *ret_events, GError **error)
{
	Removal removal = {
		.context = context, .db = db, .user = user, .connection_id = connection_id};
	g_autoptr(Lease) lease = NULL;
	bool is_done;

	if (!take_lease(context, db, user->id, &lease, error))
		return false;
	removal.lease = lease;
	is_done = remove_leased(&removal, error);
	user_lease_end(db, lease);
	*ret_events = removal.events;
	return is_done;
}

bool removal_forget_user(
	const SyncContext *context, Db *db, int64_t user_id, uint64_t *ret_rows, GError **error)
{
	g_autoptr(Lease) lease = NULL;
	bool is_done;

	if (!take_lease(context, db, user_id, &lease, error))
		return false;
	is_done = user_records_erase(db, user_id, ret_rows, error);
	user_lease_end(db, lease);
	return is_done;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync/claim.h"

#include "util/log.h"

void claim_clear(Claim *claim)
{
	g_clear_pointer(&claim->lock, theme_lock_free);
}

bool claim_stand(Claim *claim, ConnectionState *state, GError **error)
{
	const SyncContext *context = claim->worker->context;
	const ConnectionReport *report = claim->report;
	Db *db = claim->worker->db;
	int64_t now_utc = context->now_utc();
	int64_t left_secs = state->locked_until_utc - now_utc;
	bool is_held = false;

	/* More than ever is left where a clock was ahead. Where something else wrote although the
	 * lock stands, it may have been lost with the object cache. */
	if (!context->site->is_taken_over || context->dry_run || !context->has_tables ||
		(left_secs >= THEME_LOCK_STANDING_SECS / 2 &&
			left_secs <= THEME_LOCK_STANDING_SECS && !report->written_by_others))
		return true;
	if (!theme_lock_stand(db, context->site, report->user_id, report->connection_id, now_utc,
		    &is_held, error))
		return false;
	if (!is_held)
		return true;
	state->locked_until_utc = now_utc + THEME_LOCK_STANDING_SECS;
	return connection_state_create(db, report->user_id, state, error) &&
	       connection_state_store(db, state, error);
}

bool claim_take(Claim *claim, bool *ret_is_busy, GError **error)
{
	const SyncContext *context = claim->worker->context;

	*ret_is_busy = false;
	/* Held already where all is listed once more to make room. */
	if (context->dry_run || claim->lock != NULL)
		return true;
	if (!theme_lock_take(claim->worker->db, context->site, claim->report->user_id,
		    claim->report->connection_id, context->now_utc(), &claim->lock, error))
		return false;
	*ret_is_busy = claim->lock == NULL;
	return true;
}

bool claim_keep(Claim *claim, GError **error)
{
	return claim->lock == NULL || theme_lock_keep(claim->worker->db, claim->lock,
					      claim->worker->context->now_utc(), error);
}

void claim_release(Claim *claim)
{
	g_autoptr(GError) error = NULL;

	if (claim->lock != NULL && !theme_lock_release(claim->worker->db, claim->lock,
					   claim->worker->context->now_utc(), &error))
		log_line(LOG_DEBUG, NULL, "cannot give back the theme's lock, it runs out: %s",
			error->message);
}

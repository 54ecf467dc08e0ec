/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows from a user's last sync having been killed. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sync/connection_sync.h"
#include "sync/outcomes.h"
#include "user/user.h"
#include "user/user_state.h"

/* `left` (lease_left()) is the id of the connection that was in hand, or "". It is a failure of
 * that connection, or those who come after it would pay for what kills the program again and again:
 * written at once, so that the next time counts as another one, and told to its owner with the
 * outcomes. Where nobody knows which it was, and there are several, nothing follows. False with a
 * DB_ERROR. */
bool cut_off_settle(const SyncWorker *worker, const WpUser *user, const char *left,
	UserState *state, Outcomes *outcomes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

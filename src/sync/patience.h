/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a scheduled pass leaves a connection alone that failed: until its credentials change
 * after these were refused, so that a server does not block the whole site (calendar-protocols A12,
 * 401); ever longer after other failures. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "wp/user_state.h"

/* Why the connection, whose stored credentials these are, is not tried at this time; NULL when it
 * may be. Caller frees. */
char *patience_reason(const ConnectionState *state, const char *credentials, int64_t now_utc);

/* How the connection went; `failure` is NULL after a success, `credentials` are those that were
 * used, as stored, and for `pause_secs` its servers asked to be left alone. What the site must mend
 * is not held against the connection. True when the state changed. */
bool patience_note(ConnectionState *state, const GError *failure, const char *credentials,
	int64_t pause_secs, int64_t now_utc);

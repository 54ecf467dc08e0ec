/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When scheduled passes sync a connection: not before `sync_frequency` has gone by since its last
 * sync began (data-model 2), and only when its user has the turn. */
#pragma once

#include <stdint.h>

#include "user/connection.h"

/* From when on a pass may sync it, unix seconds; 0: at once. Passes do not come on the second: a
 * timer's random delay must not turn 15 minutes into 30, so that a third of the passes' interval is
 * let go. */
int64_t due_from_utc(const Connection *connection, int64_t interval_secs, int64_t now_utc);

/* The first of a user's turns (at `turn_utc`, and again each `cycle_secs` after it) at which
 * `from_utc` has come. */
int64_t due_turn_utc(int64_t turn_utc, int64_t cycle_secs, int64_t from_utc);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose turn it is (design 7). */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "user/user_state.h"

/* The index in `user_ids` (ascending, not empty) of the user whose turn comes after the user
 * `last_user_id`: the next higher id, round to the first. The last user may have left the list
 * meanwhile, and users may have joined it anywhere: nobody is skipped. 0: nobody had a turn yet. */
size_t turn_next(const int64_t *user_ids, size_t count, int64_t last_user_id);

/* The calendars of a connection in turn, borrowed and NULL-terminated: after a sync that failed,
 * and perhaps did not come to the end of them, those first that were not told whole for the
 * longest. NULL: as they are. Caller unrefs. */
GPtrArray *turn_calendars(const ConnectionState *state, char *const *ids);

/* Puts a user's connections (of Connection) in turn: as they are, but those that failed come last,
 * the more often the later. One that takes all that a user's sync may take does so once, and then
 * the others have their turn. */
void turn_sort_connections(GPtrArray *connections, UserState *state);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose turn it is (design 7). */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The index in `user_ids` (ascending, not empty) of the user whose turn comes after the user
 * `last_user_id`: the next higher id, round to the first. The last user may have left the list
 * meanwhile, and users may have joined it anywhere: nobody is skipped. 0: nobody had a turn yet. */
size_t turn_next(const int64_t *user_ids, size_t count, int64_t last_user_id);

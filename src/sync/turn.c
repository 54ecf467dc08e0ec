/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose turn it is (design 7). */
#include "sync/turn.h"

size_t turn_next(const int64_t *user_ids, size_t count, int64_t last_user_id)
{
	for (size_t i = 0; i < count; i++) {
		if (user_ids[i] > last_user_id)
			return i;
	}
	return 0;
}

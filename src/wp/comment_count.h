/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/wp only: how many comments a post has. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

/* Sets `comment_count` of these posts to what WordPress would count, as
 * wp_update_comment_count_now() does. */
bool comment_count_update(
	Db *db, const int64_t *post_ids, size_t count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

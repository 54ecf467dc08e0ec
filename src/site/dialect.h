/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the theme's dialects, its names over the years, do differently (data-model 1, 5). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/config.h"

/* Static. The names of hooks, transients and other keys follow from the prefix. */
typedef struct Dialect {
	const char *prefix;
	const char *connections_key; /* of the usermeta */
	const char *activity_comment_type;
	bool matches_by_name; /* attendees whose address no contact has */
} Dialect;

enum { DIALECTS = 3 };
/* Oldest first; `index` is below DIALECTS. */
const Dialect *dialect_at(size_t index);

/* NULL for a prefix that no version of the theme had. */
const Dialect *dialect_find(const char *prefix);

/* What `names` in section [match] means here: `auto` is as the theme does it. */
bool dialect_matches_names(const Dialect *dialect, ConfigSwitch names);

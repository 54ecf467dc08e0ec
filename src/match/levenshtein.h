/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edit distance between two texts, counted in code points. */
#pragma once

#include <glib.h>

/* How many code points must be put in, left out or replaced to make `b` of `a`, when that is at
 * most `limit`; else limit + 1. With `limit` SIZE_MAX the whole distance. Takes time in
 * proportion to the length times the limit. */
size_t levenshtein_distance(
	const gunichar *a, size_t a_length, const gunichar *b, size_t b_length, size_t limit);

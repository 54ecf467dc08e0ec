/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds names that differ from a given one by one or two characters, without comparing with all of
 * them. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct FuzzyIndex FuzzyIndex;

FuzzyIndex *fuzzy_index_new(void);
void fuzzy_index_free(FuzzyIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FuzzyIndex, fuzzy_index_free)

/* Adds a folded name (name_fold()) under a number; numbers ascend. Names of over 200 characters are
 * left out. Copies it. */
void fuzzy_index_add(FuzzyIndex *index, const char *folded, uint32_t number);

/* The number of the name that is nearest to `folded` at a distance of 1 or 2, and smaller than the
 * length of either (or "Al" would be like "Bo"); of several the lowest. False when there is none.
 */
bool fuzzy_index_find(const FuzzyIndex *index, const char *folded, uint32_t *ret_number);

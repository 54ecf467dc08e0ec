/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cutting slugs (`post_name`) as WordPress does. Pure. */
#pragma once

#include <glib.h>
#include <stddef.h>

/* _truncate_post_slug(): at most `length` bytes, never ending within a percent-encoded character or
 * in a hyphen. Caller frees. */
char *post_slug_truncate(const char *slug, size_t length);

/* wp_add_trashed_suffix_to_post_name_for_post(): the slug that a trashed post bears. Caller frees.
 */
char *post_slug_trashed(const char *slug);

/* wp_unique_post_slug(): the n-th try of a slug that is taken, n from 2. Caller frees. */
char *post_slug_numbered(const char *slug, unsigned n);

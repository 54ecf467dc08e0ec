/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes text fit a column (data-model 7): WordPress would refuse the whole row. */
#pragma once

#include <glib.h>
#include <stddef.h>

#include "site/site.h"

/* Valid UTF-8 of at most `bytes_max` bytes: invalid sequences become U+FFFD, overlong text is cut
 * at a character. Where the tables cannot hold four-byte characters these become entities, as
 * wp_encode_emoji() makes them of emoji. NULL counts as empty. Caller frees. */
char *column_text(const char *text, size_t bytes_max, const WpSite *site);

/* Only repaired and cut: for text that is still to be sanitised. */
char *column_text_repair(const char *text, size_t bytes_max);

/* Only the entities, and only where the site needs them. Takes `take_text`. */
char *column_text_encode(char *take_text, const WpSite *site);

/* The sanitising and escaping functions, for text without NUL. Caller frees. */
typedef GString *(*TextFunction)(const char *bytes, size_t length);
char *column_text_apply(TextFunction function, const char *text);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Characters that change how others look, and are not seen themselves. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Controls (Cc), format characters (Cf: those that turn the direction of text, tags, zero-width
 * ones) and line and paragraph separators (Zl, Zp): what a stranger's text may not send to a
 * terminal or a log. The two joiners, without which emoji and Persian fall apart and which move
 * nothing, are none of them. */
bool visible_is_hidden(gunichar character);

/* The text, valid UTF-8, with each of them as "\x1B" or "\u202E". Caller frees. */
char *visible_text(const char *text);

/* JSON text with each of them as "\u202e" (RFC 8259, section 7), which means the same. Caller
 * frees.
 */
char *visible_json(const char *json);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes any bytes fit for a text column: WordPress refuses a row that does not fit (vectors/README,
 * fact 9). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* True for valid UTF-8 as PCRE checks it; NUL is a character like any other. */
bool text_is_utf8(const char *bytes, size_t length);

/* Each invalid sequence becomes U+FFFD (as g_utf8_make_valid()); NUL stays. In place. */
void text_repair(GString *text);

/* Cuts valid UTF-8 to at most `max_bytes`, before a character rather than within it (TEXT columns:
 * tinytext 255, text 65535). In place. */
void text_cut_bytes(GString *text, size_t max_bytes);

/* Cuts valid UTF-8 to at most `max_characters` (VARCHAR columns count characters). In place. */
void text_cut_characters(GString *text, size_t max_characters);

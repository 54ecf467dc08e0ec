/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that is shown as it is, in which no browser may find HTML. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* True where a browser would see a tag, a comment or a declaration begin (HTML 5, 13.2.5.6): a "<"
 * directly before a letter, "/", "!" or "?". */
bool markup_is_in(const char *bytes, size_t length);

/* What wp_filter_kses() leaves of a title when nobody is logged in, without the few tags that it
 * allows: each "<…>" that is markup goes; a "<" that begins markup without an end becomes "&lt;";
 * everything else stays the plain text that it is. markup_is_in() is false for the result, which
 * may be longer than the text. Takes any bytes; caller frees. */
GString *markup_strip(const char *bytes, size_t length);

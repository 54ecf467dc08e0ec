/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that a theme may make a link of, which must run nothing. */
#pragma once

#include <glib.h>
#include <stddef.h>

/* The text without a scheme before it that would run script when it is a link: "javascript:",
 * "vbscript:" or "data:" with a type, also with blanks or control characters in it or written as
 * character references, and taken off as wp_kses_bad_protocol() does it. Other text is not changed:
 * "Room 5: upstairs". Takes any bytes; caller frees. */
GString *script_scheme_strip(const char *bytes, size_t length);

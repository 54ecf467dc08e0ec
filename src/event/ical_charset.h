/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calendar texts that are written otherwise than in UTF-8. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* The whole object in UTF-8 when it is in UTF-16, with a byte order mark or by its first character;
 * halves of characters become U+FFFD. NULL when it is not. Caller frees. */
GString *ical_charset_from_utf16(const char *bytes, size_t length);

/* Makes valid UTF-8 of a text: what reads as Windows-1252 and has no character in UTF-8 is taken as
 * that, and true is returned; else what is no UTF-8 becomes U+FFFD. */
bool ical_charset_mend(GString *text);

/* The value of a property with ENCODING=QUOTED-PRINTABLE (vCalendar 1.0), in valid UTF-8. Caller
 * frees. */
char *ical_charset_quoted_printable(const char *value);

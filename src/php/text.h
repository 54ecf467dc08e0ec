/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small string functions of PHP that differ from GLib's. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* What PCRE's \s matches in bytes. */
bool php_is_space(char byte);

/* What trim() takes off: space, tab, line feed, carriage return, vertical tab, NUL; no form feed.
 */
bool php_is_trimmed(char byte);

/* trim() in place. */
void php_trim(GString *text);

/* trim() of a text without NUL; caller frees. */
char *php_trim_new(const char *text);

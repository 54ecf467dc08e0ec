/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Character references of HTML 5 into characters, as PHP does it. */
#pragma once

#include <glib.h>
#include <stddef.h>

/* html_entity_decode($text, ENT_QUOTES | ENT_HTML5, 'UTF-8') of PHP 8.2: references end with a
 * semicolon, and numbers that HTML 5 does not allow stay as they are. Takes any bytes; caller frees
 * the result. */
GString *html_entity_decode(const char *bytes, size_t length);

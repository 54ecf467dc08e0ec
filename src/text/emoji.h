/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Emoji for tables that cannot hold 4-byte characters. */
#pragma once

#include <glib.h>
#include <stddef.h>

/* wp_encode_emoji() of WordPress 6.1: each code point of its list becomes a reference such as
 * &#x1f389;, some of three bytes too. Takes any bytes; caller frees. */
GString *emoji_encode(const char *bytes, size_t length);

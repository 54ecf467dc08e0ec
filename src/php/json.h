/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON as PHP writes and reads it: json_encode() unescaped, json_decode() to arrays. */
#pragma once

#include <glib.h>
#include <stddef.h>

#include "php/value.h"

/* json_encode( $value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ): compact, UTF-8 as it is.
 * NULL and PHP_ERROR for what PHP refuses: INF, NAN, invalid UTF-8, enums, more than 512 levels.
 * Caller frees. */
GString *php_json_encode(const PhpValue *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Appends one string literal in that form, quotes included; NULL is "". What is not UTF-8 becomes
 * U+FFFD. */
void php_json_append_text(GString *out, const char *text);

/* json_decode( $text, true ): objects become arrays, of equal keys the last wins, ints beyond 64
 * bits become floats. NULL and PHP_ERROR for what PHP refuses. The caller frees the value. */
PhpValue *php_json_decode(
	const char *text, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

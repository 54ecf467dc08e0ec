/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PHP's strip_tags(). */
#pragma once

#include <glib.h>
#include <stddef.h>

/* strip_tags($text) of PHP 8.2 without allowed tags: what its state machine takes for tags,
 * comments and processing instructions goes, and so does every NUL. Takes any bytes; caller frees
 * the result. */
GString *strip_tags(const char *bytes, size_t length);

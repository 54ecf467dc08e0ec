/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few functions of WordPress's HTML filter (wp-includes/kses.php) that escaping is made of. */
#pragma once

#include <glib.h>
#include <stddef.h>

/* wp_kses_normalize_entities(): each & that begins no reference that WordPress knows becomes &amp;.
 * Takes any bytes; caller frees the result. */
GString *kses_normalize_entities(const char *bytes, size_t length);

/* wp_kses_bad_protocol() with wp_allowed_protocols(): the URL, its scheme in lower case, or what is
 * left of it when the scheme is not allowed. Takes any bytes; caller frees the result. */
GString *kses_bad_protocol(const char *bytes, size_t length);

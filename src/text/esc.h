/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WordPress's escaping of text and URLs (wp-includes/formatting.php). */
#pragma once

#include <glib.h>
#include <stddef.h>

/* esc_html(): text for HTML; "" when it is not valid UTF-8. Caller frees. */
GString *esc_html(const char *bytes, size_t length);

/* esc_url_raw(): a URL for the database; "" when its scheme is not one that WordPress allows. Takes
 * any bytes; caller frees. */
GString *esc_url_raw(const char *bytes, size_t length);

/* esc_url(): the same for display, with & and ' as references. */
GString *esc_url(const char *bytes, size_t length);

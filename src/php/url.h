/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PHP's parse_url(), as far as escaping needs it. */
#pragma once

#include <glib.h>

/* What esc_url() puts together of wp_parse_url()'s parts: "scheme://user:pass@host:port", without
 * the parts that the URL lacks; "//" for a path or a URL without scheme. Nothing is checked. Caller
 * frees. */
GString *php_url_front(const char *url);

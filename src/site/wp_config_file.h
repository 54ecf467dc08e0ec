/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the site's files, bounded. Only for the files of the reader. */
#pragma once

#include <glib.h>

typedef GString WpConfigText;
/* Wipes what it frees. */
void wp_config_text_free(WpConfigText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WpConfigText, wp_config_text_free)

/* A file's bytes, at most one more than WP_CONFIG_BYTES_MAX, which shows that it is too large. NULL
 * with CONFIG_ERROR, which says what to check. */
WpConfigText *wp_config_file_read(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

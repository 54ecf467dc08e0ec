/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One byte more than is allowed shows that a file is too large. */
#include "site/wp_config_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "site/wp_config.h"
#include "util/config.h"

void wp_config_text_free(WpConfigText *text)
{
	explicit_bzero(text->str, text->len);
	g_string_free(text, TRUE);
}

WpConfigText *wp_config_file_read(const char *path, GError **error)
{
	g_autoptr(WpConfigText) text = g_string_sized_new(WP_CONFIG_BYTES_MAX + 1);
	FILE *file = fopen(path, "re");
	bool failed;

	if (file == NULL) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"cannot read %s: %s; check the path, and that this user may read the file",
			path, g_strerror(errno));
		return NULL;
	}
	text->len = fread(text->str, 1, WP_CONFIG_BYTES_MAX + 1, file);
	text->str[text->len] = '\0';
	failed = ferror(file) != 0;
	fclose(file);
	if (failed) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"cannot read %s: is it a file?", path);
		return NULL;
	}
	return g_steal_pointer(&text);
}

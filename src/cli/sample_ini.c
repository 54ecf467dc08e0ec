/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells a configuration in which nothing was filled in yet. */
#include "cli/sample_ini.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLE_BYTES_MAX = 65536 };

/* Lines that give no value: blank, a comment, a section, or a key with nothing behind its sign. */
static bool line_sets_nothing(char *line)
{
	size_t length;

	g_strstrip(line);
	length = strlen(line);
	if (length == 0 || strchr(";#[", line[0]) != NULL)
		return true;
	return strcspn(line, "=:") == length - 1;
}

bool sample_ini_is_untouched(const char *path)
{
	g_autofree char *text = g_malloc0(SAMPLE_BYTES_MAX + 1);
	g_auto(GStrv) lines = NULL;
	FILE *file = fopen(path, "re");
	size_t length;

	if (file == NULL)
		return false;
	length = fread(text, 1, SAMPLE_BYTES_MAX + 1, file);
	if (ferror(file) || length > SAMPLE_BYTES_MAX) {
		fclose(file);
		return false;
	}
	fclose(file);
	if (memchr(text, '\0', length) != NULL)
		return false;
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		if (!line_sets_nothing(*line))
			return false;
	}
	return true;
}

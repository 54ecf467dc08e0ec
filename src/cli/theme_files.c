/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks through a theme's folder, bounded in depth and number. */
#include "cli/theme_files.h"

#include <glib.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 6, FILES_MAX = 5000, FILE_BYTES_MAX = 2 * 1024 * 1024 };

typedef struct {
	const char *word;
	unsigned files_left;
} Search;

static bool file_holds(const char *path, const char *word)
{
	g_autofree char *text = NULL;
	size_t length = 0;

	return g_file_get_contents(path, &text, &length, NULL) &&
	       g_strstr_len(text, (gssize)length, word) != NULL;
}

/* Links are not followed: they may lead anywhere. */
static bool folder_holds(Search *search, const char *folder, unsigned depth)
{
	g_autoptr(GDir) directory = depth < DEPTH_MAX ? g_dir_open(folder, 0, NULL) : NULL;
	const char *name;

	while (directory != NULL && search->files_left > 0 &&
		(name = g_dir_read_name(directory)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		struct stat status;

		search->files_left--;
		if (lstat(path, &status) != 0)
			continue;
		if (S_ISDIR(status.st_mode) && folder_holds(search, path, depth + 1))
			return true;
		if (S_ISREG(status.st_mode) && status.st_size <= FILE_BYTES_MAX &&
			g_str_has_suffix(name, ".php") && file_holds(path, search->word))
			return true;
	}
	return false;
}

bool theme_files_hold(const char *folder, const char *word)
{
	Search search = {.word = word, .files_left = FILES_MAX};

	return folder_holds(&search, folder, 0);
}

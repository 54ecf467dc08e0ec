/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks through a theme's folder, bounded in depth and number. */
#include "cli/theme_files.h"

#include <glib.h>
#include <stdbool.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 12, FILES_MAX = 20000, FILE_BYTES_MAX = 2 * 1024 * 1024 };

typedef struct {
	const char *word;
	unsigned files_left;
	bool is_incomplete; /* something was not read */
} Search;

static bool file_holds(Search *search, const char *path)
{
	g_autofree char *text = NULL;
	size_t length = 0;

	if (g_file_get_contents(path, &text, &length, NULL))
		return g_strstr_len(text, (gssize)length, search->word) != NULL;
	search->is_incomplete = true;
	return false;
}

static bool folder_holds(Search *search, const char *folder, unsigned depth);

/* Links are not followed: they may lead anywhere. */
static bool entry_holds(Search *search, const char *path, unsigned depth)
{
	struct stat status;

	if (lstat(path, &status) != 0) {
		search->is_incomplete = true;
		return false;
	}
	if (S_ISDIR(status.st_mode))
		return folder_holds(search, path, depth + 1);
	if (!S_ISLNK(status.st_mode) && !g_str_has_suffix(path, ".php"))
		return false;
	if (!S_ISREG(status.st_mode) || status.st_size > FILE_BYTES_MAX) {
		search->is_incomplete = true;
		return false;
	}
	return file_holds(search, path);
}

static bool folder_holds(Search *search, const char *folder, unsigned depth)
{
	g_autoptr(GDir) directory = depth < DEPTH_MAX ? g_dir_open(folder, 0, NULL) : NULL;
	const char *name;

	if (directory == NULL)
		search->is_incomplete = true;
	while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (search->files_left == 0) {
			search->is_incomplete = true;
			return false;
		}
		search->files_left--;
		if (entry_holds(search, path, depth))
			return true;
	}
	return false;
}

ThemeFiles theme_files_hold(const char *folder, const char *word)
{
	Search search = {.word = word, .files_left = FILES_MAX};

	if (folder_holds(&search, folder, 0))
		return THEME_FILES_HOLD;
	return search.is_incomplete ? THEME_FILES_UNKNOWN : THEME_FILES_DO_NOT_HOLD;
}

ThemeFiles theme_files_of_site(const SitePlace *place, const WpSite *site, const char *word)
{
	const char *const names[] = {site->stylesheet, site->template_name};
	ThemeFiles all = THEME_FILES_DO_NOT_HOLD;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *folder = site_place_theme(place, names[i]);
		ThemeFiles found =
			folder != NULL ? theme_files_hold(folder, word) : THEME_FILES_UNKNOWN;

		if (found == THEME_FILES_HOLD)
			return THEME_FILES_HOLD;
		if (found == THEME_FILES_UNKNOWN)
			all = THEME_FILES_UNKNOWN;
	}
	return all;
}

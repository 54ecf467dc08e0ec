/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks into the files of a theme. */
#pragma once

typedef enum {
	THEME_FILES_HOLD,
	THEME_FILES_DO_NOT_HOLD, /* every file was read */
	THEME_FILES_UNKNOWN,     /* some cannot be read, or there are too many */
} ThemeFiles;

/* Whether a .php file in the folder, or below it, holds the word. */
ThemeFiles theme_files_hold(const char *folder, const char *word);

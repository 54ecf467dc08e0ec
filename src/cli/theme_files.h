/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks into the files of a theme. */
#pragma once

#include "cli/site_place.h"
#include "site/site.h"

typedef enum {
	THEME_FILES_HOLD,
	THEME_FILES_DO_NOT_HOLD, /* every file was read */
	THEME_FILES_UNKNOWN,     /* some cannot be read, or there are too many */
} ThemeFiles;

/* Whether a .php file in the folder, or below it, holds the word. */
ThemeFiles theme_files_hold(const char *folder, const char *word);

/* Whether one of the active theme holds it, or of the theme that it is a child of: the options
 * `stylesheet` and `template` name two folders then (data-model 1). */
ThemeFiles theme_files_of_site(const SitePlace *place, const WpSite *site, const char *word);

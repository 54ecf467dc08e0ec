/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at what was written first, then into the theme's files. */
#include "cli/init_theme.h"

#include <string.h>

#include "cli/theme_files.h"

#define RELEASED_COMMENT_TYPE "prm_activity"

/* Of the theme and of the one that it is a child of. */
static ThemeFiles search_theme(const SitePlace *place, const WpSite *site)
{
	const char *const names[] = {site->stylesheet, site->template_name};
	ThemeFiles all = THEME_FILES_DO_NOT_HOLD;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *folder = site_place_theme(place, names[i]);
		ThemeFiles found = folder != NULL ? theme_files_hold(folder, RELEASED_COMMENT_TYPE)
						  : THEME_FILES_UNKNOWN;

		if (found == THEME_FILES_HOLD)
			return THEME_FILES_HOLD;
		if (found == THEME_FILES_UNKNOWN)
			all = THEME_FILES_UNKNOWN;
	}
	return all;
}

CommentType init_comment_type(const SitePlace *place, const WpSite *site, const ThemeTraces *traces)
{
	if (strcmp(traces->prefix, "prm") != 0)
		return (CommentType){NULL, "as the theme of that prefix has it", true};
	if (traces->prm_activities > 0)
		return (CommentType){RELEASED_COMMENT_TYPE, "there are such comments", true};
	switch (search_theme(place, site)) {
	case THEME_FILES_HOLD:
		return (CommentType){RELEASED_COMMENT_TYPE, "the theme's files name it", true};
	case THEME_FILES_DO_NOT_HOLD:
		return (CommentType){
			NULL, "no comment and no file of the theme names another", true};
	case THEME_FILES_UNKNOWN:
		break;
	}
	return (CommentType){NULL,
		"not known, for the theme's files are not found or cannot be "
		"read: " SITE_PLACE_REMEDY
		", or set activity_comment_type in [theme] to " RELEASED_COMMENT_TYPE
		" where the theme calls it so",
		false};
}

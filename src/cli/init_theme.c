/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at what was written first, then into the theme's files. */
#include "cli/init_theme.h"

#include <string.h>

#include "cli/theme_files.h"

#define RELEASED_COMMENT_TYPE "prm_activity"

CommentType init_comment_type(const SitePlace *place, const WpSite *site, const ThemeTraces *traces)
{
	if (strcmp(traces->prefix, "prm") != 0)
		return (CommentType){NULL, "as the theme of that prefix has it", true};
	if (traces->prm_activities > 0)
		return (CommentType){RELEASED_COMMENT_TYPE, "there are such comments", true};
	switch (theme_files_of_site(place, site, RELEASED_COMMENT_TYPE)) {
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

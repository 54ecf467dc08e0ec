/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which comment type the theme's activities have, as far as its files and the comments tell. */
#pragma once

#include <stdbool.h>

#include "cli/site_place.h"
#include "site/site.h"
#include "site/theme_detect.h"

typedef struct CommentType {
	const char *type;   /* NULL: the dialect's own; static */
	const char *reason; /* for people; static */
	bool is_known;      /* else the reason says what is not */
} CommentType;

/* A child theme's files are those of two folders, which the options `stylesheet` and `template`
 * name (data-model 1). */
CommentType init_comment_type(
	const SitePlace *place, const WpSite *site, const ThemeTraces *traces);

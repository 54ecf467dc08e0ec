/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the files of a WordPress site are, by WordPress's own rules; what is not found is not
 * known, which is not the same as not there. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "site/wp_config.h"

/* "not known …; REMEDY" ends with this. */
#define SITE_PLACE_REMEDY "say where WordPress is with --wordpress=DIR"

typedef struct SitePlace {
	char *wordpress; /* ABSPATH, where wp-settings.php is; NULL: not known */
	char *content;   /* wp-content, a folder that can be read; NULL: not known */
	char *doubt;     /* why it is not known; NULL where it is */
} SitePlace;

/* As wp-load.php has it: wp-config.php lies in WordPress's folder or one above. `wordpress_dir` is
 * what a person says, or NULL. Caller clears. */
void site_place_find(const WpConfig *wp_config, const char *wp_config_path,
	const char *wordpress_dir, SitePlace *ret_place);
void site_place_clear(SitePlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SitePlace, site_place_clear)

typedef enum { SITE_FILE_THERE, SITE_FILE_NOT_THERE, SITE_FILE_UNKNOWN } SiteFile;

/* Whether wp-content holds a drop-in, "object-cache.php", whose path is `*ret_path` then. That it
 * is not there is known only of the wp-content in which the active theme is. Caller frees. */
SiteFile site_place_drop_in(
	const SitePlace *place, const char *name, const char *stylesheet, char **ret_path);

/* The folder of a theme, an option `stylesheet` or `template`, which may lie in another; NULL where
 * there is none here. Caller frees. */
char *site_place_theme(const SitePlace *place, const char *name);

/* wp-config.php of a WordPress folder: in it, or one above where no other WordPress is; NULL with
 * CONFIG_ERROR that says what is there. Caller frees. */
char *site_place_wp_config(const char *wordpress_dir, GError **error);

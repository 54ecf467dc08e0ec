/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks only where WordPress itself would, and takes an answer only from folders that can be read.
 */
#include "cli/site_place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/config.h"

enum { SUBFOLDERS_MAX = 200 };

static bool is_wordpress(const char *folder)
{
	g_autofree char *settings = g_build_filename(folder, "wp-settings.php", NULL);

	return g_file_test(settings, G_FILE_TEST_EXISTS);
}

static char *wordpress_or_null(const char *folder)
{
	return folder != NULL && is_wordpress(folder) ? g_canonicalize_filename(folder, "/") : NULL;
}

/* The only folder below that is a WordPress: wp-config.php may lie one above. */
static char *find_below(const char *folder)
{
	g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
	g_autofree char *found = NULL;
	const char *name;

	for (unsigned i = 0; directory != NULL && i < SUBFOLDERS_MAX; i++) {
		g_autofree char *path = NULL;

		name = g_dir_read_name(directory);
		if (name == NULL)
			return g_steal_pointer(&found);
		path = g_build_filename(folder, name, NULL);
		if (!is_wordpress(path))
			continue;
		if (found != NULL)
			return NULL;
		found = g_steal_pointer(&path);
	}
	return NULL;
}

static const char *constant(const WpConfig *wp_config, const char *name)
{
	const WpConfigValue *value = wp_config_find(wp_config, name);

	return value != NULL ? value->text : NULL;
}

static char *find_wordpress(const WpConfig *wp_config, const char *wp_config_path)
{
	g_autofree char *beside = g_path_get_dirname(wp_config_path);
	char *real_path = realpath(wp_config_path, NULL);
	g_autofree char *real = real_path != NULL ? g_path_get_dirname(real_path) : NULL;
	char *found = wordpress_or_null(beside);

	free(real_path);
	if (found == NULL)
		found = wordpress_or_null(constant(wp_config, "ABSPATH"));
	if (found == NULL)
		found = wordpress_or_null(real);
	return found != NULL ? found : find_below(beside);
}

/* A folder that can be listed; else the doubt says why not. */
static bool can_read(SitePlace *place, const char *folder)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GDir) directory = g_dir_open(folder, 0, &error);

	if (directory != NULL)
		return true;
	place->doubt = g_strdup(error->message);
	return false;
}

static void find_content(SitePlace *place, const WpConfig *wp_config)
{
	const WpConfigValue *value = wp_config_find(wp_config, "WP_CONTENT_DIR");
	unsigned line;
	const char *doubts = wp_config_doubts(wp_config, &line);
	g_autofree char *folder = NULL;

	if (value != NULL && value->text == NULL) {
		place->doubt = g_strdup_printf(
			"WP_CONTENT_DIR %s in line %u of %s", value->why, value->line, value->file);
	} else if (value != NULL) {
		folder = g_canonicalize_filename(value->text, "/");
	} else if (place->wordpress != NULL) {
		folder = g_build_filename(place->wordpress, "wp-content", NULL);
	} else if (doubts != NULL) {
		place->doubt = g_strdup_printf("wp-config.php %s in line %u", doubts, line);
	} else {
		place->doubt = g_strdup("no WordPress is found where this wp-config.php is");
	}
	if (folder != NULL && can_read(place, folder))
		place->content = g_steal_pointer(&folder);
}

void site_place_find(const WpConfig *wp_config, const char *wp_config_path,
	const char *wordpress_dir, SitePlace *ret_place)
{
	g_autofree char *given = NULL;

	*ret_place = (SitePlace){0};
	ret_place->wordpress = wordpress_dir != NULL ? g_canonicalize_filename(wordpress_dir, NULL)
						     : find_wordpress(wp_config, wp_config_path);
	find_content(ret_place, wp_config);
	if (ret_place->content != NULL || wordpress_dir == NULL)
		return;
	/* What a person says is a path of this host; what wp-config.php says may be another's. */
	given = g_build_filename(ret_place->wordpress, "wp-content", NULL);
	g_clear_pointer(&ret_place->doubt, g_free);
	if (can_read(ret_place, given))
		ret_place->content = g_steal_pointer(&given);
}

void site_place_clear(SitePlace *place)
{
	g_clear_pointer(&place->wordpress, g_free);
	g_clear_pointer(&place->content, g_free);
	g_clear_pointer(&place->doubt, g_free);
}

static bool is_path_below(const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, "/", -1);

	return name[0] != '\0' && name[0] != '/' &&
	       !g_strv_contains((const char *const *)parts, "..");
}

char *site_place_theme(const SitePlace *place, const char *name)
{
	g_autofree char *folder = NULL;

	if (place->content == NULL || name == NULL || !is_path_below(name))
		return NULL;
	folder = g_build_filename(place->content, "themes", name, NULL);
	return g_file_test(folder, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&folder) : NULL;
}

SiteFile site_place_drop_in(
	const SitePlace *place, const char *name, const char *stylesheet, char **ret_path)
{
	g_autofree char *path = NULL;
	g_autofree char *theme = NULL;
	struct stat status;

	*ret_path = NULL;
	if (place->content == NULL)
		return SITE_FILE_UNKNOWN;
	path = g_build_filename(place->content, name, NULL);
	if (stat(path, &status) == 0) {
		*ret_path = g_steal_pointer(&path);
		return SITE_FILE_THERE;
	}
	if (errno != ENOENT)
		return SITE_FILE_UNKNOWN;
	theme = site_place_theme(place, stylesheet);
	return theme != NULL ? SITE_FILE_NOT_THERE : SITE_FILE_UNKNOWN;
}

char *site_place_wp_config(const char *wordpress_dir, GError **error)
{
	g_autofree char *folder = g_canonicalize_filename(wordpress_dir, NULL);
	g_autofree char *above = g_path_get_dirname(folder);
	g_autofree char *inside = g_build_filename(folder, "wp-config.php", NULL);
	g_autofree char *outside = g_build_filename(above, "wp-config.php", NULL);

	if (g_file_test(inside, G_FILE_TEST_EXISTS))
		return g_steal_pointer(&inside);
	if (g_file_test(outside, G_FILE_TEST_EXISTS) && !is_wordpress(above))
		return g_steal_pointer(&outside);
	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
		"%s is a folder, and no wp-config.php is in it or above it; name the file itself",
		folder);
	return NULL;
}

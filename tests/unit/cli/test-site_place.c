/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where WordPress's files are, by its own rules; and what cannot be seen is not known rather than
 * not there. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/site_place.h"
#include "util/config_error.h"

typedef struct {
	char *folder;
	WpConfig *config;
} Site;

static void remove_all(const char *path)
{
	g_autoptr(GDir) directory = NULL;
	const char *name;

	if (g_file_test(path, G_FILE_TEST_IS_SYMLINK) || !g_file_test(path, G_FILE_TEST_IS_DIR)) {
		(void)g_unlink(path);
		return;
	}
	directory = g_dir_open(path, 0, NULL);
	while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
		g_autofree char *below = g_build_filename(path, name, NULL);

		remove_all(below);
	}
	(void)g_rmdir(path);
}

static void site_clear(Site *site)
{
	remove_all(site->folder);
	g_clear_pointer(&site->folder, g_free);
	g_clear_pointer(&site->config, wp_config_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Site, site_clear)

static char *path_in(const Site *site, const char *name)
{
	return g_build_filename(site->folder, name, NULL);
}

static void put(const Site *site, const char *name)
{
	g_autofree char *path = path_in(site, name);
	g_autofree char *folder = g_path_get_dirname(path);

	g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
	g_assert_true(g_file_set_contents(path, "<?php\n", -1, NULL));
}

/* A folder with WordPress in `wordpress`, whose wp-config.php is this. */
static void site_init(Site *site, const char *wordpress, const char *config)
{
	g_autofree char *settings = g_build_filename(wordpress, "wp-settings.php", NULL);
	g_autofree char *theme =
		g_build_filename(wordpress, "wp-content/themes/crm/style.css", NULL);
	g_autofree char *file = NULL;

	site->folder = g_dir_make_tmp("prm-place-XXXXXX", NULL);
	g_assert_nonnull(site->folder);
	put(site, settings);
	put(site, theme);
	put(site, "wp-config.php");
	file = path_in(site, "wp-config.php");
	site->config = wp_config_new(NULL);
	g_assert_true(wp_config_add(site->config, file, config, strlen(config), false, NULL));
}

static void find(const Site *site, const char *given, SitePlace *ret_place)
{
	g_autofree char *file = path_in(site, "wp-config.php");

	site_place_find(site->config, file, given, ret_place);
}

static void assert_content(const Site *site, const SitePlace *place, const char *expected)
{
	g_autofree char *path = path_in(site, expected);

	g_assert_cmpstr(place->content, ==, path);
	g_assert_null(place->doubt);
}

static void test_beside_the_configuration_or_below_it(void)
{
	static const char *const folders[] = {".", "htdocs"};

	for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_auto(Site) site = {0};
		g_auto(SitePlace) place = {0};
		g_autofree char *content =
			i == 0 ? g_strdup("wp-content")
			       : g_build_filename(folders[i], "wp-content", NULL);

		site_init(&site, folders[i], "<?php\n");
		find(&site, NULL, &place);
		assert_content(&site, &place, content);
	}
}

static void test_of_two_below_neither_is_taken(void)
{
	g_auto(Site) site = {0};
	g_auto(SitePlace) place = {0}, said = {0};
	g_autofree char *one = NULL;

	site_init(&site, "one", "<?php\n");
	put(&site, "two/wp-settings.php");
	find(&site, NULL, &place);
	g_assert_null(place.content);
	g_assert_nonnull(strstr(place.doubt, "no WordPress is found"));
	one = path_in(&site, "one");
	find(&site, one, &said);
	assert_content(&site, &said, "one/wp-content");
}

static void test_what_is_computed_is_not_known(void)
{
	g_auto(Site) site = {0};
	g_auto(SitePlace) place = {0};

	site_init(&site, ".", "<?php\ndefine( 'WP_CONTENT_DIR', $_SERVER['X'] . '/app' );\n");
	find(&site, NULL, &place);
	g_assert_null(place.content);
	g_assert_nonnull(strstr(place.doubt, "WP_CONTENT_DIR"));
	g_assert_nonnull(strstr(place.doubt, "in line 2"));
}

/* Root may read everything: a file where the folder should be is as closed to it. */
static void test_a_content_folder_that_cannot_be_read_is_not_known(void)
{
	g_auto(Site) site = {0};
	g_auto(SitePlace) place = {0};
	g_autofree char *content = NULL;
	g_autofree char *drop_in = NULL;

	site_init(&site, ".", "<?php\n");
	content = path_in(&site, "wp-content");
	remove_all(content);
	g_assert_cmpint(symlink("wp-content", content), ==, 0);
	find(&site, NULL, &place);
	g_assert_null(place.content);
	g_assert_nonnull(strstr(place.doubt, content));
	g_assert_cmpint(site_place_drop_in(&place, "object-cache.php", "crm", &drop_in), ==,
		SITE_FILE_UNKNOWN);
	g_assert_null(site_place_theme(&place, "crm"));
}

static void test_that_a_drop_in_is_not_there_is_known_beside_the_active_theme_alone(void)
{
	g_auto(Site) site = {0};
	g_auto(SitePlace) place = {0};
	g_autofree char *none = NULL, *elsewhere = NULL, *closed = NULL, *found = NULL,
			*link = NULL;

	site_init(&site, ".", "<?php\n");
	find(&site, NULL, &place);
	g_assert_cmpint(site_place_drop_in(&place, "object-cache.php", "crm", &none), ==,
		SITE_FILE_NOT_THERE);
	g_assert_cmpint(site_place_drop_in(&place, "object-cache.php", "other", &elsewhere), ==,
		SITE_FILE_UNKNOWN);
	link = path_in(&site, "wp-content/db.php");
	g_assert_cmpint(symlink("db.php", link), ==, 0);
	g_assert_cmpint(
		site_place_drop_in(&place, "db.php", "crm", &closed), ==, SITE_FILE_UNKNOWN);
	put(&site, "wp-content/object-cache.php");
	g_assert_cmpint(site_place_drop_in(&place, "object-cache.php", "other", &found), ==,
		SITE_FILE_THERE);
	g_assert_true(g_str_has_suffix(found, "/wp-content/object-cache.php"));
}

static void test_a_theme_lies_below_the_themes(void)
{
	static const char *const names[] = {"", "/crm", "../themes/crm", "none", NULL};
	g_auto(Site) site = {0};
	g_auto(SitePlace) place = {0};
	g_autofree char *theme = NULL;

	site_init(&site, ".", "<?php\n");
	find(&site, NULL, &place);
	theme = site_place_theme(&place, "crm");
	g_assert_nonnull(theme);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_null(site_place_theme(&place, names[i]));
}

static void test_the_configuration_of_a_folder(void)
{
	g_auto(Site) site = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *file = NULL, *below = NULL, *deep = NULL, *found = NULL, *again = NULL;

	site_init(&site, "htdocs", "<?php\n");
	file = path_in(&site, "wp-config.php");
	below = path_in(&site, "htdocs");
	deep = path_in(&site, "htdocs/wp-content");
	found = site_place_wp_config(site.folder, &error);
	g_assert_cmpstr(found, ==, file);
	again = site_place_wp_config(below, &error);
	g_assert_cmpstr(again, ==, file);
	g_assert_null(site_place_wp_config(deep, &error));
	g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/place/found", test_beside_the_configuration_or_below_it);
	g_test_add_func("/cli/place/two", test_of_two_below_neither_is_taken);
	g_test_add_func("/cli/place/computed", test_what_is_computed_is_not_known);
	g_test_add_func(
		"/cli/place/unreadable", test_a_content_folder_that_cannot_be_read_is_not_known);
	g_test_add_func("/cli/place/drop-in",
		test_that_a_drop_in_is_not_there_is_known_beside_the_active_theme_alone);
	g_test_add_func("/cli/place/theme", test_a_theme_lies_below_the_themes);
	g_test_add_func("/cli/place/configuration", test_the_configuration_of_a_folder);
	return g_test_run();
}

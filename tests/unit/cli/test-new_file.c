/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/new_file.h"
#include "cli/theme_files.h"
#include "util/config.h"

static void test_is_closed_to_others_and_never_overwritten(void)
{
	g_autofree char *folder = g_dir_make_tmp("prm-new-file-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "new", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) second = NULL;
	struct stat status;

	g_assert_true(new_file_write(path, "first", &error));
	g_assert_no_error(error);
	g_assert_cmpint(stat(path, &status), ==, 0);
	g_assert_cmpint(status.st_mode & 07777, ==, 0640);
	g_assert_false(new_file_write(path, "second", &second));
	g_assert_error(second, CONFIG_ERROR, CONFIG_ERROR_INVALID);
	g_assert_nonnull(strstr(second->message, "left as it is"));
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "first");
	g_unlink(path);
	g_rmdir(folder);
}

static void test_replaces_at_once(void)
{
	g_autofree char *folder = g_dir_make_tmp("prm-new-file-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "new", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	struct stat status;

	g_assert_true(g_file_set_contents(path, "first", -1, NULL));
	g_assert_true(new_file_replace(path, "second", &error));
	g_assert_no_error(error);
	g_assert_cmpint(stat(path, &status), ==, 0);
	g_assert_cmpint(status.st_mode & 07777, ==, 0640);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "second");
	g_unlink(path);
	g_assert_cmpint(g_rmdir(folder), ==, 0); /* nothing stayed beside it */
}

static void test_what_a_killed_process_left_is_no_obstacle(void)
{
	g_autofree char *folder = g_dir_make_tmp("prm-new-file-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "new", NULL);
	g_autofree char *left = g_build_filename(folder, "new.new", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(left, "half a", -1, NULL));
	g_assert_true(new_file_replace(path, "whole", &error));
	g_assert_no_error(error);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "whole");
	g_unlink(path);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void test_a_folder_is_not_replaced(void)
{
	g_autofree char *folder = g_dir_make_tmp("prm-new-file-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "inner", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
	g_assert_false(new_file_replace(path, "text", &error));
	g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID);
	g_assert_cmpint(g_rmdir(path), ==, 0);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void test_no_folder(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(new_file_write("/nonexistent/new", "text", &error));
	g_assert_nonnull(strstr(error->message, "/nonexistent/new: No such file"));
}

static void test_theme_files(void)
{
	g_autofree char *folder = g_dir_make_tmp("prm-theme-XXXXXX", NULL);
	g_autofree char *inner = g_build_filename(folder, "inc", NULL);
	g_autofree char *php = g_build_filename(inner, "types.php", NULL);
	g_autofree char *css = g_build_filename(folder, "style.css", NULL);

	g_assert_cmpint(g_mkdir(inner, 0700), ==, 0);
	g_assert_true(g_file_set_contents(css, "prm_activity", -1, NULL));
	g_assert_cmpint(theme_files_hold(folder, "prm_activity"), ==, THEME_FILES_DO_NOT_HOLD);
	g_assert_true(g_file_set_contents(php, "<?php $t = 'prm_activity';", -1, NULL));
	g_assert_cmpint(theme_files_hold(folder, "prm_activity"), ==, THEME_FILES_HOLD);
	g_assert_cmpint(theme_files_hold(folder, "stadion_activity"), ==, THEME_FILES_DO_NOT_HOLD);
	g_assert_cmpint(theme_files_hold("/nonexistent", "prm_activity"), ==, THEME_FILES_UNKNOWN);
	g_unlink(php);
	g_unlink(css);
	g_rmdir(inner);
	g_rmdir(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/new_file/closed", test_is_closed_to_others_and_never_overwritten);
	g_test_add_func("/cli/new_file/replaces", test_replaces_at_once);
	g_test_add_func("/cli/new_file/what a killed process left is no obstacle",
		test_what_a_killed_process_left_is_no_obstacle);
	g_test_add_func("/cli/new_file/no-place-of-a-folder", test_a_folder_is_not_replaced);
	g_test_add_func("/cli/new_file/no-folder", test_no_folder);
	g_test_add_func("/cli/theme_files/word", test_theme_files);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Old names of zones, in a tz database that has no file for them, as Debian 13's has none. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "event/zone_name.h"
#include "php/zone.h"
#include "util/time_zone.h"

#define JANUARY_UTC INT64_C(1768478400) /* 2026-01-15 12:00 */

/* What this test's database has. */
static const char *const files[] = {"America/Argentina/Buenos_Aires", "America/New_York",
	"Asia/Ho_Chi_Minh", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Yangon", "Europe/Kyiv",
	"Pacific/Auckland"};

typedef struct {
	const char *name;
	int minutes; /* east of UTC in January */
} NameCase;

static const NameCase old_names[] = {
	{"Asia/Calcutta", 330},
	{"asia/calcutta", 330},
	{"Asia/Kolkata", 330},
	{"Asia/Katmandu", 345},
	{"Asia/Rangoon", 390},
	{"Asia/Saigon", 420},
	{"America/Buenos_Aires", -180},
	{"Europe/Kiev", 120},
	{"US/Eastern", -300},
	{"us/eastern", -300},
	{"NZ", 780},
};

/* Of Windows: ICU knows most of them by an old name. */
static const NameCase windows_names[] = {
	{"India Standard Time", 330},
	{"Nepal Standard Time", 345},
	{"Myanmar Standard Time", 390},
	{"FLE Standard Time", 120},
	{"Argentina Standard Time", -180},
	{"Eastern Standard Time", -300},
	{"New Zealand Standard Time", 780},
};

/* Java's, of which some mean something else to everybody else; rules, files, nonsense. */
static const char *const no_names[] = {"ACT", "ECT", "VST", "SystemV/EST5", "EST9EDT",
	"../Asia/Kolkata", "/etc/passwd", "Moon/Base", ""};

static int offset_minutes(GTimeZone *zone)
{
	return g_time_zone_get_offset(
		       zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, JANUARY_UTC)) /
	       60;
}

static void test_old_names(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(old_names); i++) {
		const NameCase *at = &old_names[i];
		g_autoptr(GTimeZone) zone = time_zone_find(at->name);
		g_autoptr(GTimeZone) event = zone_name_find(at->name);
		g_autoptr(PhpZone) site = php_zone_new(at->name);

		g_test_message("%s", at->name);
		g_assert_nonnull(zone);
		g_assert_cmpint(offset_minutes(zone), ==, at->minutes);
		g_assert_nonnull(event);
		g_assert_cmpint(offset_minutes(event), ==, at->minutes);
		g_assert_nonnull(site);
		g_assert_cmpint(php_zone_offset_secs(site, JANUARY_UTC), ==, at->minutes * 60);
	}
}

static void test_windows_names(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(windows_names); i++) {
		g_autoptr(GTimeZone) zone = zone_name_find(windows_names[i].name);

		g_test_message("%s", windows_names[i].name);
		g_assert_nonnull(zone);
		g_assert_cmpint(offset_minutes(zone), ==, windows_names[i].minutes);
	}
}

static void test_what_is_no_name(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(no_names); i++) {
		g_test_message("'%s'", no_names[i]);
		g_assert_null(time_zone_find_renamed(no_names[i]));
		g_assert_null(php_zone_new(no_names[i]));
	}
}

/* Links to the machine's own files. */
static void make_database(const char *folder)
{
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *file = g_build_filename("/usr/share/zoneinfo", files[i], NULL);
		g_autofree char *link = g_build_filename(folder, files[i], NULL);
		g_autofree char *parent = g_path_get_dirname(link);

		g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
		g_assert_cmpint(symlink(file, link), ==, 0);
	}
}

static void remove_tree(const char *path)
{
	GDir *entries =
		g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
	const char *name;

	while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
		g_autofree char *entry = g_build_filename(path, name, NULL);

		remove_tree(entry);
	}
	g_clear_pointer(&entries, g_dir_close);
	g_remove(path);
}

int main(int argc, char **argv)
{
	g_autofree char *folder = g_dir_make_tmp("prm-zoneinfo-XXXXXX", NULL);
	int status;

	g_test_init(&argc, &argv, NULL);
	make_database(folder);
	g_setenv("TZDIR", folder, TRUE);
	g_test_add_func("/util/time_zone/old-names", test_old_names);
	g_test_add_func("/util/time_zone/windows-names", test_windows_names);
	g_test_add_func("/util/time_zone/what-is-no-name", test_what_is_no_name);
	status = g_test_run();
	remove_tree(folder);
	return status;
}

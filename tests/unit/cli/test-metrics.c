/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/metrics.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <utime.h>

static const HealthSummary health = {
	.count = {[HEALTH_OK] = 8, [HEALTH_REFUSED] = 9},
	.late = 3,
	.oldest_sync_utc = 1768900000,
};

static const Metrics example = {
	.site = "https://crm.example.org",
	.ended_utc = 1768910400,
	.last_success_utc = 1768909500,
	.elapsed_secs = 1.25,
	.exit_status = 1,
	.counts = {1, 2, 3, 4, 5, 6, 7},
	.health = &health,
};

/* The lines that are no comments. Caller frees. */
static char *series(const Metrics *metrics)
{
	g_autofree char *text = metrics_text(metrics);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *found = g_string_new(NULL);

	for (char **line = lines; *line != NULL; line++) {
		if (**line != '#' && **line != '\0')
			g_string_append_printf(found, "%s\n", *line);
	}
	return g_string_free(found, FALSE);
}

#define SITE "{site=\"https://crm.example.org\""

static void test_all_numbers_are_there(void)
{
	g_autofree char *found = series(&example);

	g_assert_cmpstr(found, ==,
		"prm_calendar_last_run_timestamp_seconds" SITE "} 1768910400\n"
		"prm_calendar_last_success_timestamp_seconds" SITE "} 1768909500\n"
		"prm_calendar_last_run_duration_seconds" SITE "} 1.25\n"
		"prm_calendar_last_run_exit_status" SITE "} 1\n"
		"prm_calendar_last_run_connections" SITE ",outcome=\"done\"} 1\n"
		"prm_calendar_last_run_connections" SITE ",outcome=\"failed\"} 2\n"
		"prm_calendar_last_run_connections" SITE ",outcome=\"skipped\"} 3\n"
		"prm_calendar_last_run_events" SITE ",change=\"added\"} 4\n"
		"prm_calendar_last_run_events" SITE ",change=\"changed\"} 5\n"
		"prm_calendar_last_run_events" SITE ",change=\"removed\"} 6\n"
		"prm_calendar_last_run_meetings_logged" SITE "} 7\n"
		"prm_calendar_connections" SITE ",state=\"ok\"} 8\n"
		"prm_calendar_connections" SITE ",state=\"waiting\"} 0\n"
		"prm_calendar_connections" SITE ",state=\"failing\"} 0\n"
		"prm_calendar_connections" SITE ",state=\"refused\"} 9\n"
		"prm_calendar_connections" SITE ",state=\"paused\"} 0\n"
		"prm_calendar_connections_late" SITE "} 3\n"
		"prm_calendar_oldest_last_sync_timestamp_seconds" SITE "} 1768900000\n");
}

/* Prometheus refuses a file in which a family is named twice, or none of a series. */
static void test_each_family_is_named_before_its_series(void)
{
	g_autofree char *text = metrics_text(&example);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree char *family = g_strdup("");
	int families = 0;

	for (char **line = lines; **line != '\0'; line++) {
		if (g_str_has_prefix(*line, "# TYPE ")) {
			g_auto(GStrv) words = g_strsplit(*line, " ", -1);

			g_assert_cmpstr(words[3], ==, "gauge");
			g_free(family);
			family = g_strconcat(words[2], "{", NULL);
			families++;
		} else if (**line != '#') {
			g_assert_true(g_str_has_prefix(*line, family));
		}
	}
	g_assert_cmpint(families, ==, 10);
}

static void test_never_a_success(void)
{
	Metrics metrics = example;
	g_autofree char *text = NULL;

	metrics.last_success_utc = 0;
	text = metrics_text(&metrics);
	g_assert_null(strstr(text, "last_success"));
}

static void test_labels_are_escaped(void)
{
	Metrics metrics = example;
	g_autofree char *text = NULL;

	metrics.site = "a\"b\\c\nd\xff";
	text = metrics_text(&metrics);
	g_assert_nonnull(strstr(text, "{site=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\"}"));
}

static void test_a_file_for_everyone(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("prm-metrics-XXXXXX", &error);
	g_autofree char *path = g_build_filename(folder, "prm_calendar.prom", NULL);
	mode_t umask_before = umask(0077);
	Metrics metrics = example;

	g_assert_true(metrics_write(path, &metrics, &error));
	metrics.exit_status = 75;
	g_assert_true(metrics_write(path, &metrics, &error));
	{
		g_autofree char *text = NULL;
		g_autoptr(GDir) listing = g_dir_open(folder, 0, NULL);
		GStatBuf status;

		g_assert_true(g_file_get_contents(path, &text, NULL, &error));
		g_assert_nonnull(strstr(text, "exit_status" SITE "} 75\n"));
		g_assert_cmpint(g_stat(path, &status), ==, 0);
		g_assert_cmpint(status.st_mode & 0777, ==, 0644);
		g_assert_cmpstr(g_dir_read_name(listing), ==, "prm_calendar.prom");
		g_assert_null(g_dir_read_name(listing));
	}
	umask(umask_before);
	g_unlink(path);
	g_rmdir(folder);
}

static bool has_file(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void put_file(const char *folder, const char *name, time_t age_secs)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	const struct utimbuf then = {time(NULL) - age_secs, time(NULL) - age_secs};

	g_assert_true(g_file_set_contents(path, "half a", -1, NULL));
	g_assert_cmpint(g_utime(path, (struct utimbuf *)&then), ==, 0);
}

static void test_what_killed_processes_left_is_swept(void)
{
	static const char *const others[] = {
		"m.prom.new.ABCDEF", "m.prom.new.ABCDEFG", "other.prom.new.ABC123"};
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("prm-metrics-XXXXXX", &error);
	g_autofree char *path = g_build_filename(folder, "m.prom", NULL);

	put_file(folder, "m.prom.new.ABC123", 3600);
	put_file(folder, others[0], 0); /* perhaps of a process at work */
	put_file(folder, others[1], 3600);
	put_file(folder, others[2], 3600);
	g_assert_true(metrics_write(path, &example, &error));
	g_assert_false(has_file(folder, "m.prom.new.ABC123"));
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		g_autofree char *other = g_build_filename(folder, others[i], NULL);

		g_assert_cmpint(g_unlink(other), ==, 0);
	}
	g_unlink(path);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void test_a_folder_that_is_not_there(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(metrics_write("/nonexistent/x.prom", &example, &error));
	g_assert_true(error->domain == G_FILE_ERROR);
	g_assert_nonnull(strstr(error->message, "/nonexistent/x.prom"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/metrics/all-numbers-are-there", test_all_numbers_are_there);
	g_test_add_func("/cli/metrics/each-family-is-named-before-its-series",
		test_each_family_is_named_before_its_series);
	g_test_add_func("/cli/metrics/never-a-success", test_never_a_success);
	g_test_add_func("/cli/metrics/labels-are-escaped", test_labels_are_escaped);
	g_test_add_func("/cli/metrics/a-file-for-everyone", test_a_file_for_everyone);
	g_test_add_func("/cli/metrics/what-killed-processes-left-is-swept",
		test_what_killed_processes_left_is_swept);
	g_test_add_func("/cli/metrics/a-folder-that-is-not-there", test_a_folder_that_is_not_there);
	return g_test_run();
}

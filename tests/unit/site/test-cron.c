/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cjson/cJSON.h>
#include <glib.h>
#include <string.h>

#include "../support/test_db.h"
#include "site/cron.h"

#define VECTORS "../shared/vectors/db_writes.json"
#define HOOK "prm_calendar_sync"
#define MEMORY HOOK "_former_schedule"
#define DAILY                                                                                      \
	"a:1:{s:32:\"40cd750bba9870f18aada2478b24840a\";a:3:{s:8:\"schedule\";s:5:\"daily\";"      \
	"s:4:\"args\";a:0:{}s:8:\"interval\";i:86400;}}"
#define OURS                                                                                       \
	"a:1:{s:32:\"40cd750bba9870f18aada2478b24840a\";a:3:{s:8:\"schedule\";s:16:\"every_15_"    \
	"minutes\";s:4:\"args\";a:0:{}s:8:\"interval\";i:900;}}"
#define OTHER "s:1:\"h\";" DAILY
#define THEME "s:17:\"prm_calendar_sync\";" OURS
#define VERSION "s:7:\"version\";i:2;"

/* Each way leads from `without` to `with` at time 500, and back. */
static const struct {
	const char *name;
	const char *without;
	const char *with;
} ways[] = {
	{"alone", "a:1:{" VERSION "}", "a:2:{i:500;a:1:{" THEME "}" VERSION "}"},
	{"before", "a:2:{i:600;a:1:{" OTHER "}" VERSION "}",
		"a:3:{i:500;a:1:{" THEME "}i:600;a:1:{" OTHER "}" VERSION "}"},
	{"behind", "a:2:{i:400;a:1:{" OTHER "}" VERSION "}",
		"a:3:{i:400;a:1:{" OTHER "}i:500;a:1:{" THEME "}" VERSION "}"},
	{"same-time", "a:2:{i:500;a:1:{" OTHER "}" VERSION "}",
		"a:2:{i:500;a:2:{" OTHER THEME "}" VERSION "}"},
	{"odd-neighbours",
		"a:3:{i:400;a:1:{s:1:\"o\";O:1:\"C\":1:{s:1:\"x\";d:0.10000000000000001;}}i:600;b:"
		"1;" VERSION "}",
		"a:4:{i:400;a:1:{s:1:\"o\";O:1:\"C\":1:{s:1:\"x\";d:0.10000000000000001;}}"
		"i:500;a:1:{" THEME "}i:600;b:1;" VERSION "}"},
};

static void assert_bytes(GBytes *bytes, const char *expected)
{
	size_t length = 0;
	const char *data = g_bytes_get_data(bytes, &length);
	g_autofree char *text = g_strndup(data, length);

	g_assert_cmpstr(text, ==, expected);
}

static void test_way(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	const char *without = ways[i].without;
	const char *with = ways[i].with;
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) scheduled = cron_schedule_event(
		without, strlen(without), 500, CRON_SCHEDULE, CRON_INTERVAL_SECS, HOOK, &error);
	g_autoptr(GBytes) unscheduled = cron_unschedule_hook(with, strlen(with), HOOK, &error);
	int64_t next = -1;

	g_assert_no_error(error);
	assert_bytes(scheduled, with);
	assert_bytes(unscheduled, without);
	g_assert_true(cron_next_scheduled(with, strlen(with), HOOK, &next, &error));
	g_assert_cmpint(next, ==, 500);
	g_assert_true(cron_next_scheduled(without, strlen(without), HOOK, &next, &error));
	g_assert_cmpint(next, ==, 0);
}

static const char *const refused[] = {"", "a:0:{}", "a:1:{i:1;a:0:{}}", "b:0;", "N;",
	"a:1:{s:7:\"version\";i:1;}", "a:1:{" VERSION "}x", "a:2:{i:1;a:1:{" OTHER "}",
	"a:3:{i:1;a:1:{" OTHER "}i:2;R:2;" VERSION "}"};

static void test_what_is_no_schedule_is_left_alone(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autoptr(GError) first = NULL;
		g_autoptr(GError) second = NULL;
		int64_t next;

		g_assert_null(cron_unschedule_hook(refused[i], strlen(refused[i]), HOOK, &first));
		g_assert_error(first, CRON_ERROR, CRON_ERROR_DAMAGED);
		g_assert_false(
			cron_next_scheduled(refused[i], strlen(refused[i]), HOOK, &next, &second));
		g_assert_error(second, CRON_ERROR, CRON_ERROR_DAMAGED);
	}
}

/* PHP keeps the last of them; what we would write has them all, and the number of one. */
static void test_keys_that_come_twice_are_left_alone(void)
{
	static const char *const twice[] = {
		"a:3:{i:500;a:1:{" OTHER "}i:500;a:1:{" THEME "}" VERSION "}",
		"a:2:{i:500;a:2:{" THEME THEME "}" VERSION "}",
		"a:3:{i:99999999999999999999;a:1:{" THEME "}i:99999999999999999999;a:0:{}" VERSION
		"}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(twice); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(cron_unschedule_hook(twice[i], strlen(twice[i]), HOOK, &error));
		g_assert_error(error, CRON_ERROR, CRON_ERROR_DAMAGED);
	}
}

static void assert_memory(const TestDb *test, const char *expected)
{
	g_autofree char *stored = test_db_text(test, "SELECT option_value FROM wp_options WHERE "
						     "option_name = '" MEMORY "'");

	g_assert_cmpstr(stored, ==, expected);
}

static void test_takes_over_and_hands_back(void)
{
	g_autoptr(TestDb) test = test_db_new();
	WpSite site = {.cron_hook = (char *)HOOK, .takeover_option = (char *)MEMORY};
	g_autoptr(GError) error = NULL;
	bool changed = true;
	int64_t next = 0;

	if (test == NULL)
		return;
	test_db_exec(test, "DELETE FROM wp_options WHERE option_name = 'cron'; "
			   "INSERT INTO wp_options (option_name, option_value) VALUES "
			   "('cron', 'a:1:{" VERSION "}')");
	g_assert_true(cron_take_over(test->db, &site, &changed, &error));
	g_assert_false(changed);
	assert_memory(test, "unknown");
	g_assert_true(cron_hand_back(test->db, &site, 500, &changed, &error));
	g_assert_true(changed);
	assert_memory(test, NULL);
	g_assert_true(cron_hand_back(test->db, &site, 600, &changed, &error));
	g_assert_false(changed);
	g_assert_true(cron_next_theme_run(test->db, &site, &next, &error));
	g_assert_cmpint(next, ==, 500);
	g_assert_true(cron_take_over(test->db, &site, &changed, &error));
	g_assert_true(changed);
	g_assert_true(cron_next_theme_run(test->db, &site, &next, &error));
	g_assert_cmpint(next, ==, 0);
}

static void assert_schedule(const TestDb *test, const char *expected)
{
	g_autofree char *stored = test_db_text(
		test, "SELECT option_value FROM wp_options WHERE option_name = 'cron'");

	g_assert_cmpstr(stored, ==, expected);
}

#define HOURLY                                                                                     \
	"s:17:\"prm_calendar_sync\";a:1:{s:32:\"40cd750bba9870f18aada2478b24840a\";a:3:{"          \
	"s:8:\"schedule\";s:6:\"hourly\";s:4:\"args\";a:0:{}s:8:\"interval\";i:3600;}}"

static void test_the_former_schedule_comes_back(void)
{
	static const char without[] = "a:2:{i:400;a:1:{" OTHER "}" VERSION "}";
	g_autoptr(TestDb) test = test_db_new();
	WpSite site = {.cron_hook = (char *)HOOK, .takeover_option = (char *)MEMORY};
	g_autoptr(GError) error = NULL;
	bool is_changed = false;

	if (test == NULL)
		return;
	test_db_exec(test, "DELETE FROM wp_options WHERE option_name = 'cron'; "
			   "INSERT INTO wp_options (option_name, option_value) VALUES ('cron', "
			   "'a:2:{i:400;a:2:{" OTHER HOURLY "}" VERSION "}')");
	g_assert_true(cron_take_over(test->db, &site, &is_changed, &error));
	assert_schedule(test, without);
	assert_memory(test, "400 3600 hourly");
	/* A second one has nothing to remember, and forgets nothing. */
	g_assert_true(cron_take_over(test->db, &site, &is_changed, &error));
	g_assert_false(is_changed);
	assert_memory(test, "400 3600 hourly");
	g_assert_true(cron_hand_back(test->db, &site, 5000, &is_changed, &error));
	g_assert_true(is_changed);
	assert_schedule(test, "a:3:{i:400;a:1:{" OTHER "}i:7600;a:1:{" HOURLY "}" VERSION "}");
	assert_memory(test, NULL);
}

static void test_a_memory_that_nobody_can_read_is_none(void)
{
	static const char *const memories[] = {"", "400", "400 3600", "400 3600 ", "x 3600 hourly",
		"400 0 hourly", "-1 3600 hourly", "400 99999999999 hourly",
		"99999999999999999999 3600 hourly"};
	g_autoptr(TestDb) test = test_db_new();
	WpSite site = {.cron_hook = (char *)HOOK, .takeover_option = (char *)MEMORY};

	if (test == NULL)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(memories); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *sql =
			g_strdup_printf("DELETE FROM wp_options; INSERT INTO wp_options "
					"(option_name, option_value) "
					"VALUES ('cron', 'a:1:{" VERSION "}'), "
					"('" MEMORY "', '%s')",
				memories[i]);
		bool is_changed = false;

		test_db_exec(test, sql);
		g_assert_true(cron_hand_back(test->db, &site, 5000, &is_changed, &error));
		g_assert_no_error(error);
		assert_schedule(test, "a:2:{i:5000;a:1:{" THEME "}" VERSION "}");
	}
}

static void test_the_phase_is_kept(void)
{
	static const struct {
		int64_t at_utc, now_utc, expected;
	} cases[] = {{400, 300, 400}, {400, 400, 4000}, {400, 401, 4000}, {400, 3999, 4000},
		{400, 4000, 7600}, {400, 1795426011, 1795428400}};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		CronEvent event;

		g_assert_true(cron_event_set(&event, cases[i].at_utc, "hourly", 3600));
		g_assert_cmpint(cron_event_next(&event, cases[i].now_utc), ==, cases[i].expected);
	}
}

/* The option's text before and after, where a diff changed it; NULL where it did not. */
static const char *option_text(const cJSON *diff, const char *which)
{
	const cJSON *options = cJSON_GetObjectItemCaseSensitive(diff, "wp_options");
	const cJSON *row =
		cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(options, "updated"), 0);
	const cJSON *changed = cJSON_GetObjectItemCaseSensitive(row, "changed");

	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(changed, "option_value"), which));
}

/* The bytes that WordPress wrote, for what we do as it does; false for other calls. */
static bool check_case(const cJSON *found)
{
	const cJSON *call = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(found, "call"), 0);
	const cJSON *args = cJSON_GetObjectItemCaseSensitive(call, "args");
	const cJSON *diff = cJSON_GetObjectItemCaseSensitive(found, "diff");
	const char *function = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(call, "fn"));
	const char *before = option_text(diff, "before");
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (before == NULL)
		return false;
	if (strcmp(function, "wp_schedule_event") == 0 && cJSON_GetArraySize(args) == 3) {
		const char *schedule = cJSON_GetStringValue(cJSON_GetArrayItem(args, 1));

		bytes = cron_schedule_event(before, strlen(before),
			(int64_t)cJSON_GetArrayItem(args, 0)->valuedouble, schedule,
			strcmp(schedule, "hourly") == 0 ? 3600 : CRON_INTERVAL_SECS,
			cJSON_GetStringValue(cJSON_GetArrayItem(args, 2)), &error);
	} else if (strcmp(function, "wp_unschedule_event") == 0) {
		bytes = cron_unschedule_hook(before, strlen(before),
			cJSON_GetStringValue(cJSON_GetArrayItem(args, 1)), &error);
	} else {
		return false;
	}
	g_assert_no_error(error);
	assert_bytes(bytes, option_text(diff, "after"));
	return true;
}

static void test_writes_what_wordpress_writes(void)
{
	g_autofree char *text = NULL;
	const cJSON *found = NULL;
	unsigned checked = 0;
	cJSON *root;

	if (!g_file_get_contents(VECTORS, &text, NULL, NULL)) {
		g_test_skip(VECTORS " is not there");
		return;
	}
	root = cJSON_Parse(text);
	cJSON_ArrayForEach(found, cJSON_GetObjectItemCaseSensitive(root, "cases"))
	{
		const char *kind =
			cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(found, "kind"));

		if (g_strcmp0(kind, "cron") == 0 && check_case(found))
			checked++;
	}
	cJSON_Delete(root);
	g_assert_cmpuint(checked, >=, 3);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		g_autofree char *path = g_strconcat("/site/cron/way/", ways[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_way);
	}
	g_test_add_func("/site/cron/refused", test_what_is_no_schedule_is_left_alone);
	g_test_add_func("/site/cron/twice", test_keys_that_come_twice_are_left_alone);
	g_test_add_func("/site/cron/rows", test_takes_over_and_hands_back);
	g_test_add_func(
		"/site/cron/the-former-schedule-comes-back", test_the_former_schedule_comes_back);
	g_test_add_func("/site/cron/a-memory-that-nobody-can-read-is-none",
		test_a_memory_that_nobody_can_read_is_none);
	g_test_add_func("/site/cron/the-phase-is-kept", test_the_phase_is_kept);
	g_test_add_func("/site/cron/vectors", test_writes_what_wordpress_writes);
	return g_test_run();
}

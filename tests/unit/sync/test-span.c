/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which days hold no more events than are kept. */
#include "sync/span.h"

#include <stdbool.h>

#define DAY INT64_C(86400)
#define NOW (INT64_C(20000) * DAY)

static void add(SpanCount *count, int64_t start_utc, int64_t end_utc)
{
	const Event event = {.start_utc = start_utc, .end_utc = end_utc};

	span_count_add(count, &event);
}

static void test_days(void)
{
	SpanCount *count = span_count_new(NOW);
	const Event all_day = {
		.all_day = true, .start_date = {2024, 10, 7}, .end_date = {2024, 10, 8}};

	g_assert_cmpuint(span_count_days(count, 0), ==, 0);
	add(count, NOW - 30 * DAY, NOW + DAY); /* lasts now */
	add(count, NOW + DAY - 1, NOW + DAY);
	add(count, NOW - 3 * DAY, NOW - 2 * DAY);
	span_count_add(count, &all_day); /* NOW is midnight of 4 October */
	add(count, NOW + INT64_C(4000000) * DAY, NOW + INT64_C(4000001) * DAY);
	g_assert_cmpuint(span_count_days(count, 0), ==, 0);
	g_assert_cmpuint(span_count_days(count, 1), ==, 0);
	g_assert_cmpuint(span_count_days(count, 2), ==, 2);
	g_assert_cmpuint(span_count_days(count, 3), ==, 3);
	g_assert_cmpuint(span_count_days(count, 4), ==, 40000);
	g_assert_cmpuint(span_count_days(count, 5), ==, 40001);
	span_count_free(count);
}

static void test_window(void)
{
	const TimeWindow window = {NOW - 90 * DAY, NOW + 30 * DAY};
	const TimeWindow some = span_window(window, 45, NOW);
	const TimeWindow all = span_window(window, 0, NOW);

	g_assert_cmpint(some.from_utc, ==, NOW - 45 * DAY);
	g_assert_cmpint(some.to_utc, ==, NOW + 30 * DAY);
	g_assert_cmpint(all.from_utc, ==, window.from_utc);
	g_assert_cmpint(all.to_utc, ==, window.to_utc);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sync/span/days", test_days);
	g_test_add_func("/sync/span/window", test_window);
	return g_test_run();
}

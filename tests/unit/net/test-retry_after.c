/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "net/retry_after.h"

static const int64_t NOW_UTC = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct {
	const char *value;
	int64_t secs;
} CASES[] = {
	{"120", 120},
	{" 120 ", 120},
	{"0", 60},
	{"59", 60},
	{"7201", 7200},
	{"-5", 60},
	{"99999999999999999999999", 7200},
	{"-99999999999999999999999", 60},
	{"Sun, 06 Nov 1994 08:54:37 GMT", 300},
	{"Sunday, 06-Nov-94 08:54:37 GMT", 300},
	{"Sun Nov  6 08:54:37 1994", 300},
	{"Sun, 06 Nov 1994 08:49:38 GMT", 60},
	{"Sun, 06 Nov 1993 08:49:37 GMT", 60},
	{"Fri, 31 Dec 2999 23:59:59 GMT", 7200},
	{"", 900},
	{"-", 900},
	{"soon", 900},
	{"12 minutes, perhaps", 900},
};

static void test_values_are_read_and_clamped(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
		g_test_message("'%s'", CASES[i].value);
		g_assert_cmpint(retry_after_parse(CASES[i].value, NOW_UTC), ==, CASES[i].secs);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
		"/net/retry-after/values-are-read-and-clamped", test_values_are_read_and_clamped);
	return g_test_run();
}

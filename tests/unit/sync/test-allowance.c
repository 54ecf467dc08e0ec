/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync/allowance.h"

#include <string.h>

static const Config config = {
	.sync_max_secs = 10,
	.sync_max_secs_per_user = 15,
	.sync_max_requests = 100,
	.sync_max_requests_per_user = 150,
	.sync_max_mb = 2,
	.sync_max_mb_per_user = 3,
};

static const HttpAllowance of_user = {.msecs = 15000, .requests = 150, .bytes = 3 << 20};
static const HttpAllowance own = {.msecs = 10000, .requests = 100, .bytes = 2 << 20};

static void assert_equal(const HttpAllowance *actual, const HttpAllowance *expected)
{
	g_assert_cmpint(actual->msecs, ==, expected->msecs);
	g_assert_cmpuint(actual->requests, ==, expected->requests);
	g_assert_cmpuint(actual->bytes, ==, expected->bytes);
}

static void test_the_smaller_of_both_bounds(void)
{
	HttpAllowance left = allowance_of_user(&config);
	HttpAllowance first = allowance_of_connection(&config, &left);
	const HttpAllowance rest = {.msecs = 5000, .requests = 50, .bytes = 1 << 20};
	HttpAllowance second;

	assert_equal(&left, &of_user);
	assert_equal(&first, &own);
	allowance_take(&left, &own);
	second = allowance_of_connection(&config, &left);
	assert_equal(&second, &rest);
	g_assert_false(allowance_is_spent(&left));
}

static void test_nothing_is_left_below_nothing(void)
{
	const HttpAllowance more = {.msecs = 15001, .requests = 149, .bytes = (3 << 20) + 1};
	const HttpAllowance nothing = {.requests = 1};
	HttpAllowance left = of_user;

	allowance_take(&left, &more);
	assert_equal(&left, &nothing);
	g_assert_true(allowance_is_spent(&left));
}

static const struct {
	const char *name;
	HttpAllowance left;
	HttpAllowance spent;
	const char *says; /* NULL: no complaint */
} complaints[] = {
	{"nothing", {15000, 150, 3 << 20}, {9999, 99, (2 << 20) - 1}, NULL},
	{"time", {15000, 150, 3 << 20}, {10000, 0, 0}, "more than 10 seconds"},
	{"requests", {15000, 150, 3 << 20}, {0, 100, 0}, "(max_requests in [sync])"},
	{"data", {15000, 150, 3 << 20}, {0, 0, 2 << 20}, "more than 2 MB"},
	{"users-time", {9999, 150, 3 << 20}, {9999, 0, 0}, "(max_secs_per_user in [sync])"},
	{"users-requests", {15000, 1, 3 << 20}, {0, 1, 0}, "more than 150 requests"},
	{"users-data", {15000, 150, 1}, {0, 0, 7}, "(max_mb_per_user in [sync])"},
	{"both-at-once-is-its-own", {10000, 150, 3 << 20}, {10000, 0, 0}, "(max_secs in [sync])"},
};

static void test_complaint(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autofree char *complaint =
		allowance_complaint(&config, &complaints[i].left, &complaints[i].spent);

	g_assert_true((complaint == NULL) == (complaints[i].says == NULL));
	if (complaint != NULL)
		g_assert_nonnull(strstr(complaint, complaints[i].says));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sync/allowance/smaller-of-both", test_the_smaller_of_both_bounds);
	g_test_add_func("/sync/allowance/not-below-nothing", test_nothing_is_left_below_nothing);
	for (size_t i = 0; i < G_N_ELEMENTS(complaints); i++) {
		g_autofree char *path =
			g_strconcat("/sync/allowance/complaint/", complaints[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_complaint);
	}
	return g_test_run();
}

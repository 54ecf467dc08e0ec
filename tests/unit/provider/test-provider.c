/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of providers. */
#include "provider/providers.h"

static void test_finds_by_name(void)
{
	const Provider *provider = provider_find("caldav");

	g_assert_nonnull(provider);
	g_assert_cmpstr(provider->name, ==, "caldav");
	g_assert_cmpstr(provider_find("google")->name, ==, "google");
	g_assert_null(provider_find("CalDAV"));
	g_assert_null(provider_find(""));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/provider/provider/finds-by-name", test_finds_by_name);
	return g_test_run();
}

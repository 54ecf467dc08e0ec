/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people type as credentials, and what becomes of it. */
#include <string.h>

#include "provider/caldav_account.h"
#include "provider/provider.h"

static const struct {
	const char *name;
	const char *json;
	const char *url; /* NULL: refused */
} cases[] = {
	{"url", "{\"url\":\"https://dav.example/cal/\",\"username\":\"u\",\"password\":\"p\"}",
		"https://dav.example/cal/"},
	{"http", "{\"url\":\"HTTP://dav.example:80/cal\",\"username\":\"u\",\"password\":\"p\"}",
		"http://dav.example:80/cal"},
	{"bare-domain", "{\"url\":\" dav.example \",\"username\":\"u\",\"password\":\"p\"}",
		"https://dav.example/"},
	{"bare-domain-and-path",
		"{\"url\":\"dav.example/a@b/\",\"username\":\"u\",\"password\":"
		"\"p\"}",
		"https://dav.example/a@b/"},
	{"mail-address", "{\"url\":\"anna@dav.example\",\"username\":\"u\",\"password\":\"p\"}",
		"https://dav.example/"},
	{"user-in-url",
		"{\"url\":\"https://x:y@dav.example/\",\"username\":\"u\",\"password\":"
		"\"p\"}",
		"https://dav.example/"},
	{"query", "{\"url\":\"https://dav.example/a?b#c\",\"username\":\"u\",\"password\":\"p\"}",
		"https://dav.example/a"},
	{"query-without-path",
		"{\"url\":\"https://dav.example?b\",\"username\":\"u\",\"password\":\"p\"}",
		"https://dav.example/"},
	{"empty-password",
		"{\"url\":\"https://dav.example/\",\"username\":\"u\",\"password\":"
		"\"\"}",
		"https://dav.example/"},
	{"other-scheme", "{\"url\":\"webcal://x/\",\"username\":\"u\",\"password\":\"p\"}", NULL},
	{"no-host", "{\"url\":\"https:///x\",\"username\":\"u\",\"password\":\"p\"}", NULL},
	{"line-break", "{\"url\":\"https://x/\\r\\ny\",\"username\":\"u\",\"password\":\"p\"}",
		NULL},
	{"line-break-in-user",
		"{\"url\":\"https://x/\",\"username\":\"u\\nv\",\"password\":"
		"\"p\"}",
		NULL},
	{"no-url", "{\"username\":\"u\",\"password\":\"p\"}", NULL},
	{"no-user", "{\"url\":\"https://x/\",\"password\":\"p\"}", NULL},
	{"no-password", "{\"url\":\"https://x/\",\"username\":\"u\"}", NULL},
	{"url-is-a-number", "{\"url\":1,\"username\":\"u\",\"password\":\"p\"}", NULL},
	{"not-an-object", "[1]", NULL},
	{"not-json", "{\"url\":", NULL},
	{"empty", "", NULL},
};

static void test_reads_what_people_type(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(CalDavAccount) account = caldav_account_new(cases[i].json, &error);

		g_test_message("%s", cases[i].name);
		if (cases[i].url != NULL) {
			g_assert_no_error(error);
			g_assert_cmpstr(account->url, ==, cases[i].url);
			g_assert_cmpstr(account->auth.origin_url, ==, cases[i].url);
			g_assert_cmpstr(account->auth.user, ==, "u");
		} else {
			g_assert_error(error, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT);
			g_assert_nonnull(strstr(error->message, "reconnect"));
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
		"/provider/caldav_account/reads-what-people-type", test_reads_what_people_type);
	return g_test_run();
}

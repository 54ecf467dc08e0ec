/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "net/http.h"
#include "net/http_url.h"

static const struct {
	const char *text;
	const char *normal; /* NULL: refused */
	const char *site;
} CASES[] = {
	{"https://cal.example/dav/", "https://cal.example/dav/", "cal.example:443"},
	{"http://cal.example", "http://cal.example/", "cal.example:80"},
	{"https://CAL.Example.:8443/a%40b?x=1#part", "https://CAL.Example.:8443/a%40b?x=1",
		"cal.example:8443"},
	{"https://cal.example/sp ace@x.ics", "https://cal.example/sp%20ace@x.ics",
		"cal.example:443"},
	{"https://[2606:4700::1111]/", "https://[2606:4700::1111]/", "[2606:4700::1111]:443"},
	{"http://2130706433/", "http://127.0.0.1/", "127.0.0.1:80"},
	{"http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1:80"},
	{"cal.example/dav", NULL, NULL},
	{"", NULL, NULL},
	{"https://", NULL, NULL},
	{"https:///dav", "https://dav/", "dav:443"},
	{"ftp://cal.example/", NULL, NULL},
	{"file:///etc/passwd", NULL, NULL},
	{"gopher://cal.example/", NULL, NULL},
	{"https://user:geheim@cal.example/", NULL, NULL},
	{"https://user@cal.example/", NULL, NULL},
	{"https://cal.example:0/", NULL, NULL},
	{"https://cal.example:65536/", NULL, NULL},
	{"https://cal.example/\r\nX-Evil: geheim", NULL, NULL},
	{"https://cal\x01.example/geheim", NULL, NULL},
};

static void test_urls_are_normalised_or_refused(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(HttpUrl) url = http_url_parse(CASES[i].text, &error);

		g_test_message("%s", CASES[i].text);
		if (CASES[i].normal == NULL) {
			g_assert_error(error, HTTP_ERROR, HTTP_ERROR_URL);
			g_assert_null(strstr(error->message, "geheim"));
			continue;
		}
		g_assert_no_error(error);
		g_assert_cmpstr(url->text, ==, CASES[i].normal);
		g_assert_cmpstr(url->site, ==, CASES[i].site);
	}
}

static void test_an_endless_url_is_refused(void)
{
	g_autofree char *path = g_strnfill(9000, 'a');
	g_autofree char *text = g_strconcat("https://cal.example/", path, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(http_url_parse(text, &error));
	g_assert_error(error, HTTP_ERROR, HTTP_ERROR_URL);
}

static const struct {
	const char *reference;
	const char *result;
} RESOLVED[] = {
	{"/principals/me/", "https://cal.example:8443/principals/me/"},
	{"next", "https://cal.example:8443/dav/next"},
	{"../x?y", "https://cal.example:8443/x?y"},
	{"//other.example/z", "https://other.example/z"},
	{"http://cal.example/z", "http://cal.example/z"},
};

static void test_references_are_resolved(void)
{
	g_autoptr(HttpUrl) base = http_url_parse("https://cal.example:8443/dav/home", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(RESOLVED); i++) {
		g_autoptr(HttpUrl) url = http_url_resolve(base, RESOLVED[i].reference, NULL);

		g_assert_nonnull(url);
		g_assert_cmpstr(url->text, ==, RESOLVED[i].result);
	}
	g_assert_null(http_url_resolve(base, "javascript:alert(1)", NULL));
	g_assert_null(http_url_resolve(base, "https://a:b@cal.example/", NULL));
}

static const struct {
	const char *a;
	const char *b;
	bool is_same;
} SITES[] = {
	{"https://caldav.icloud.com/", "https://p07-caldav.icloud.com:443/1/", true},
	{"https://cal.example/", "https://CAL.EXAMPLE./", true},
	{"https://a.co.uk/", "https://b.co.uk/", false},
	{"https://a.github.io/", "https://b.github.io/", false},
	{"https://cal.a.co.uk/", "https://dav.a.co.uk/", true},
	{"https://good.com/", "https://evilgood.com/", false},
	{"https://good.com/", "https://good.com.evil.com/", false},
	{"https://com/", "https://x.com/", false},
	{"https://10.0.0.1/", "https://11.0.0.1/", false},
	{"https://10.0.0.1/", "https://10.0.0.1:8443/", true},
	{"https://münchen.de/", "https://xn--mnchen-3ya.de/", true},
};

static void test_the_public_suffix_list_says_which_hosts_belong_together(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(SITES); i++) {
		g_autoptr(HttpUrl) a = http_url_parse(SITES[i].a, NULL);
		g_autoptr(HttpUrl) b = http_url_parse(SITES[i].b, NULL);

		g_test_message("%s %s", SITES[i].a, SITES[i].b);
		g_assert_true(http_url_is_same_site(a, b) == SITES[i].is_same);
		g_assert_true(http_url_is_same_site(b, a) == SITES[i].is_same);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/http-url/urls-are-normalised-or-refused",
		test_urls_are_normalised_or_refused);
	g_test_add_func("/net/http-url/an-endless-url-is-refused", test_an_endless_url_is_refused);
	g_test_add_func("/net/http-url/references-are-resolved", test_references_are_resolved);
	g_test_add_func("/net/http-url/the-public-suffix-list-says-which-hosts-belong-together",
		test_the_public_suffix_list_says_which_hosts_belong_together);
	return g_test_run();
}

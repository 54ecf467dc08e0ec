/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spellings of hrefs: which are equal, and what is asked for. */
#include "net/href.h"

#define BASE "https://dav.example:8443/dav/cal/"

static const struct {
	const char *name;
	const char *href;
	const char *path; /* NULL: dropped */
	const char *key;
	const char *url;
} cases[] = {
	{"absolute-path", "/dav/cal/a.ics", "/dav/cal/a.ics", "/dav/cal/a.ics",
		"https://dav.example:8443/dav/cal/a.ics"},
	{"relative", "a.ics", "/dav/cal/a.ics", "/dav/cal/a.ics",
		"https://dav.example:8443/dav/cal/a.ics"},
	{"looks-like-a-scheme", "a:b.ics", "/dav/cal/a:b.ics", "/dav/cal/a%3Ab.ics",
		"https://dav.example:8443/dav/cal/a:b.ics"},
	{"at-sign", "/u@x/a.ics", "/u@x/a.ics", "/u%40x/a.ics",
		"https://dav.example:8443/u@x/a.ics"},
	{"at-sign-escaped", "/u%40x/a.ics", "/u%40x/a.ics", "/u%40x/a.ics",
		"https://dav.example:8443/u%40x/a.ics"},
	{"raw-space", "/c/sp ace@x.ics", "/c/sp ace@x.ics", "/c/sp%20ace%40x.ics",
		"https://dav.example:8443/c/sp%20ace@x.ics"},
	{"escaped-space", "/c/sp%20ace%40x.ics", "/c/sp%20ace%40x.ics", "/c/sp%20ace%40x.ics",
		"https://dav.example:8443/c/sp%20ace%40x.ics"},
	{"plus", "/c/a+b", "/c/a+b", "/c/a%2Bb", "https://dav.example:8443/c/a+b"},
	{"plus-escaped", "/c/a%2bb", "/c/a%2bb", "/c/a%2Bb", "https://dav.example:8443/c/a%2bb"},
	{"lower-case-hex", "/c/%c3%a9", "/c/%c3%a9", "/c/%C3%A9",
		"https://dav.example:8443/c/%c3%a9"},
	{"raw-utf8", "/c/\xc3\xa9", "/c/\xc3\xa9", "/c/%C3%A9",
		"https://dav.example:8443/c/%C3%A9"},
	{"unreserved-escaped", "/%7Eanna/%61", "/%7Eanna/%61", "/~anna/a",
		"https://dav.example:8443/%7Eanna/%61"},
	{"double-slash", "/c//a.ics", "/c//a.ics", "/c/a.ics", "https://dav.example:8443/c//a.ics"},
	{"leading-double-slash", "//c/a.ics", "//c/a.ics", "/c/a.ics",
		"https://dav.example:8443//c/a.ics"},
	{"trailing-slash", "/c/a/", "/c/a/", "/c/a", "https://dav.example:8443/c/a/"},
	{"double-encoded", "/c/a%2540b", "/c/a%2540b", "/c/a%2540b",
		"https://dav.example:8443/c/a%2540b"},
	{"double-encoded-equals", "/c/a%253D", "/c/a%253D", "/c/a%253D",
		"https://dav.example:8443/c/a%253D"},
	{"stray-percent", "/c/100%.ics", "/c/100%.ics", "/c/100%25.ics",
		"https://dav.example:8443/c/100%25.ics"},
	{"stray-percent-at-the-end", "/c/1%4", "/c/1%4", "/c/1%254",
		"https://dav.example:8443/c/1%254"},
	{"escaped-slash", "/c/a%2Fb", "/c/a%2Fb", "/c/a%2Fb", "https://dav.example:8443/c/a%2Fb"},
	{"escaped-nul", "/c/a%00b", "/c/a%00b", "/c/a%00b", "https://dav.example:8443/c/a%00b"},
	{"dot-segments", "/c/./x/../a", "/c/./x/../a", "/c/a",
		"https://dav.example:8443/c/./x/../a"},
	{"escaped-dot-segments", "/c/x/%2e%2E/a", "/c/x/%2e%2E/a", "/c/a",
		"https://dav.example:8443/c/x/%2e%2E/a"},
	{"above-the-root", "/../../a", "/../../a", "/a", "https://dav.example:8443/../../a"},
	{"root", "/", "/", "/", "https://dav.example:8443/"},
	{"white-space-around", "\r\n\t /c/a.ics \n", "/c/a.ics", "/c/a.ics",
		"https://dav.example:8443/c/a.ics"},
	{"hash-is-part-of-a-name", "/c/a#1", "/c/a#1", "/c/a%231",
		"https://dav.example:8443/c/a%231"},
	{"absolute-url", "https://dav.example:8443/c/a", "/c/a", "/c/a",
		"https://dav.example:8443/c/a"},
	{"absolute-url-without-path", "https://dav.example", "/", "/", "https://dav.example/"},
	{"other-host", "HTTPS://p42.example/c/a", "/c/a", "/c/a", "https://p42.example/c/a"},
	{"user-is-dropped", "https://eve:x@p42.example/c/a@b", "/c/a@b", "/c/a%40b",
		"https://p42.example/c/a@b"},
	{"other-port", "https://dav.example/c/a", "/c/a", "/c/a", "https://dav.example/c/a"},
	{"own-host-behind-a-tls-proxy", "http://DAV.example/c/a", "/c/a", "/c/a",
		"https://dav.example:8443/c/a"},
	{"other-host-without-tls", "http://other.example/c/a", "/c/a", "/c/a",
		"http://other.example/c/a"},
	{"no-host", "http://p42\x7f/c/a", "/c/a", "/c/a", NULL},
	{"other-scheme", "ftp://dav.example/c/a", NULL, NULL, NULL},
	{"empty", "", NULL, NULL, NULL},
	{"blank", " \n", NULL, NULL, NULL},
	{"missing", NULL, NULL, NULL, NULL},
};

static void test_spellings(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = href_path(BASE, cases[i].href);
		g_autofree char *key = href_key(BASE, cases[i].href);
		g_autofree char *url = href_url(BASE, cases[i].href);

		g_test_message("%s", cases[i].name);
		g_assert_cmpstr(path, ==, cases[i].path);
		g_assert_cmpstr(key, ==, cases[i].key);
		g_assert_cmpstr(url, ==, cases[i].url);
	}
}

static void test_what_lets_in_is_not_shown(void)
{
	static const struct {
		const char *href, *shown, *with_last;
	} ways[] = {
		{"https://dav.example/anna/work/", "https://dav.example/anna/work/",
			"https://dav.example/anna/work/"},
		{"https://cloud.example/public-calendars/aB3dE6fG9hJ2kL5m",
			"https://cloud.example/public-calendars/aB3d…",
			"https://cloud.example/public-calendars/aB3dE6fG9hJ2kL5m"},
		{"/p/0b1f9f5c-93cd-4f3b-8e4f-1d5d0d6a7f11/lunch-with-ben-2026.ics",
			"/p/0b1f…/lunc…", "/p/0b1f…/lunch-with-ben-2026.ics"},
		{"/calendars/anna%40example2026.org/Geburtstagskalender/",
			"/calendars/anna%40example2026.org/Geburtstagskalender/",
			"/calendars/anna%40example2026.org/Geburtstagskalender/"},
		{"", "", ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		g_autofree char *shown = href_shown(ways[i].href, false);
		g_autofree char *with_last = href_shown(ways[i].href, true);

		g_assert_cmpstr(shown, ==, ways[i].shown);
		g_assert_cmpstr(with_last, ==, ways[i].with_last);
	}
}

static void test_relative_to_the_folder_of_the_base(void)
{
	static const char *const bases[][2] = {
		{"https://x/dav/cal", "/dav/a"},
		{"https://x/dav/cal/", "/dav/cal/a"},
		{"https://x/dav/?q=/z/", "/dav/a"},
		{"https://x", "/a"},
		{"https://x/", "/a"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bases); i++) {
		g_autofree char *path = href_path(bases[i][0], "a");

		g_test_message("%s", bases[i][0]);
		g_assert_cmpstr(path, ==, bases[i][1]);
	}
}

static void test_absurd_length_is_dropped(void)
{
	g_autofree char *absurd = g_strnfill(100000, 'a');

	g_assert_null(href_key(BASE, absurd));
}

static void test_below(void)
{
	g_assert_true(href_key_is_below("/c/a", "/c"));
	g_assert_true(href_key_is_below("/c/d/a", "/c"));
	g_assert_true(href_key_is_below("/a", "/"));
	g_assert_false(href_key_is_below("/c", "/c"));
	g_assert_false(href_key_is_below("/ca/a", "/c"));
	g_assert_false(href_key_is_below("/", "/"));
}

static void test_last_segment_is_a_name(void)
{
	g_autofree char *name = href_last_segment(BASE, "/c/B%C3%BCro%20x/");
	g_autofree char *broken = href_last_segment(BASE, "/c/%FF");
	g_autofree char *root = href_last_segment(BASE, "/");

	g_assert_cmpstr(name, ==, "B\xc3\xbcro x");
	g_assert_cmpstr(broken, ==, "\xef\xbf\xbd");
	g_assert_cmpstr(root, ==, "");
}

static void test_same_host(void)
{
	g_assert_true(href_same_host("https://a.example/x", "http://A.example:81"));
	g_assert_true(href_same_host("https://[::1]:1/", "https://[::1]:1/x"));
	g_assert_false(href_same_host("https://a.example/", "https://b.a.example/"));
	g_assert_false(href_same_host("https://a.example/", "https://a.example.org/"));
	g_assert_false(href_same_host("/x", "/x"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/href/shown", test_what_lets_in_is_not_shown);
	g_test_add_func("/net/href/spellings", test_spellings);
	g_test_add_func("/net/href/relative-to-the-folder-of-the-base",
		test_relative_to_the_folder_of_the_base);
	g_test_add_func("/net/href/absurd-length-is-dropped", test_absurd_length_is_dropped);
	g_test_add_func("/net/href/same-host", test_same_host);
	g_test_add_func("/net/href/below", test_below);
	g_test_add_func("/net/href/last-segment-is-a-name", test_last_segment_is_a_name);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "event/meeting_link.h"

typedef struct {
	const char *name;
	const char *text;
	const char *link; /* NULL: none */
} FindCase;

static const FindCase FIND_CASES[] = {
	{"null", NULL, NULL},
	{"empty", "", NULL},
	{"no-link", "Room 4, second floor", NULL},
	{"zoom", "Join https://zoom.us/j/123456", "https://zoom.us/j/123456"},
	{"zoom-subdomain", "https://us02web.zoom.us/j/1?pwd=aB.1",
		"https://us02web.zoom.us/j/1?pwd=aB.1"},
	{"zoom-gov", "https://www.zoomgov.com/j/1", "https://www.zoomgov.com/j/1"},
	{"teams",
		"<https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/"
		"0?context=%7b%22T%22%7d>",
		"https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/"
		"0?context=%7b%22T%22%7d"},
	{"teams-live", "https://teams.live.com/meet/9", "https://teams.live.com/meet/9"},
	{"meet", "https://meet.google.com/abc-defg-hij", "https://meet.google.com/abc-defg-hij"},
	{"webex", "https://acme.webex.com/acme/j.php?MTID=m1",
		"https://acme.webex.com/acme/j.php?MTID=m1"},
	{"upper-case", "HTTPS://Zoom.US/j/1", "HTTPS://Zoom.US/j/1"},
	{"plain-http", "http://zoom.us/j/1", "http://zoom.us/j/1"},
	{"port", "https://zoom.us:443/j/1", "https://zoom.us:443/j/1"},
	{"full-stop", "See https://zoom.us/j/1.", "https://zoom.us/j/1"},
	{"bracketed", "(https://zoom.us/j/1).", "https://zoom.us/j/1"},
	{"own-brackets", "https://zoom.us/j/a(b)", "https://zoom.us/j/a(b)"},
	{"markdown", "[join](https://zoom.us/j/1)", "https://zoom.us/j/1"},
	{"html-attribute", "<a href=\"https://zoom.us/j/1?a=1&amp;b=2\">x</a>",
		"https://zoom.us/j/1?a=1&b=2"},
	{"html-text", "&quot;https://zoom.us/j/1&quot;", "https://zoom.us/j/1"},
	{"html-angle", "&lt;https://zoom.us/j/1&gt;", "https://zoom.us/j/1"},
	{"curly-quotes", "“https://zoom.us/j/1”", "https://zoom.us/j/1"},
	{"second-link", "https://example.org/ https://zoom.us/j/1", "https://zoom.us/j/1"},
	{"safe-link",
		"<https://eur01.safelinks.protection.outlook.com/ap/t-59584e83/?url=https%3A%2F%2F"
		"teams.microsoft.com%2Fl%2Fmeetup-join%2F19%253ameeting_x%2540thread.v2%2F0%3F"
		"context%3D%257b%257d&data=05%7C02&amp;reserved=0>",
		"https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0"
		"?context=%7b%7d"},
	{"web-search", "https://www.google.com/url?sa=D&q=https://zoom.us/j/1?pwd%3Dx&ust=1",
		"https://zoom.us/j/1?pwd=x"},
	{"safe-link-elsewhere",
		"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2F",
		NULL},
	{"safe-link-of-a-script",
		"https://eur01.safelinks.protection.outlook.com/"
		"?url=javascript%3A%2F%2Fzoom.us%2Fj",
		NULL},
	{"lookalike-safe-link",
		"https://safelinks.protection.outlook.com.example.org/"
		"?url=https%3A%2F%2Fzoom.us%2Fj%2F1",
		NULL},
	{"lookalike-suffix", "https://zoom.us.example.org/j/1", NULL},
	{"lookalike-prefix", "https://notzoom.us/j/1", NULL},
	{"in-path", "https://example.org/zoom.us/j/1", NULL},
	{"in-user", "https://zoom.us@example.org/j/1", NULL},
	{"user-before-zoom", "https://example.org@zoom.us/j/1", NULL},
	{"backslash", "https://example.org\\@zoom.us/j/1", NULL},
	{"escaped-slash", "https://example.org%2f.zoom.us/j/1", NULL},
	{"escaped-nul", "https://example.org%00.zoom.us/j/1", NULL},
	{"home-page", "https://zoom.us/", NULL},
	{"help-page", "https://support.zoom.us/hc/1", NULL},
	{"other-scheme", "ftp://zoom.us/j/1", NULL},
	{"scheme-only", "https://", NULL},
	{"invalid-utf-8", "\xff\xfehttps://zoom.us/j/1\xff", "https://zoom.us/j/1"},
};

static void test_find(gconstpointer data)
{
	const FindCase *find = data;
	g_autofree char *link = meeting_link_find(find->text);

	g_assert_cmpstr(link, ==, find->link);
}

static void test_overlong_link_is_passed_over(void)
{
	g_autoptr(GString) text = g_string_new("https://zoom.us/j/");
	g_autofree char *link = NULL;

	for (int i = 0; i < 5000; i++)
		g_string_append_c(text, '1');
	g_string_append(text, " https://zoom.us/j/2");
	link = meeting_link_find(text->str);
	g_assert_cmpstr(link, ==, "https://zoom.us/j/2");
}

static void test_search_ends_after_a_mebibyte(void)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_set_size(text, 1024 * 1024);
	memset(text->str, ' ', text->len);
	g_string_append(text, "https://zoom.us/j/2");
	g_assert_null(meeting_link_find(text->str));
}

static void test_is_http(void)
{
	g_assert_true(meeting_link_is_http("https://example.org/x"));
	g_assert_true(meeting_link_is_http("HTTP://example.org"));
	g_assert_false(meeting_link_is_http(NULL));
	g_assert_false(meeting_link_is_http(""));
	g_assert_false(meeting_link_is_http("https://"));
	g_assert_false(meeting_link_is_http("https:///path"));
	g_assert_false(meeting_link_is_http("mailto:ana@example.org"));
	g_assert_false(meeting_link_is_http("javascript:alert(1)"));
	g_assert_false(meeting_link_is_http("/path"));
	g_assert_false(meeting_link_is_http("https://zoom.us@example.org/j/1"));
	g_assert_false(meeting_link_is_http("https://@example.org/j/1"));
	g_assert_false(meeting_link_is_http("https://zoom.us:secret@example.org/j/1"));
	g_assert_true(meeting_link_is_http("https://example.org/j/1?by=ana@example.org"));
	g_assert_false(meeting_link_is_http("https://example.org/a b"));
	g_assert_false(meeting_link_is_http("https://example.org/\r\nx"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(FIND_CASES); i++) {
		g_autofree char *path =
			g_strdup_printf("/event/meeting_link/find/%s", FIND_CASES[i].name);

		g_test_add_data_func(path, &FIND_CASES[i], test_find);
	}
	g_test_add_func("/event/meeting_link/overlong-link-is-passed-over",
		test_overlong_link_is_passed_over);
	g_test_add_func("/event/meeting_link/search-ends-after-a-mebibyte",
		test_search_ends_after_a_mebibyte);
	g_test_add_func("/event/meeting_link/is-http", test_is_http);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "net/http_digest.h"

#define NONCE "dcd98b7102dd2f0e8b11d0f600bfb0c093"

static const struct {
	const char *challenges;
	const char *answer; /* what it holds; NULL: none is given */
} CASES[] = {
	{"Digest realm=\"a\", nonce=\"b\"", "realm=\"a\", nonce=\"b\""},
	{"digest REALM=a,NONCE=b", "realm=\"a\", nonce=\"b\""},
	{"Digest realm = \"a\" , nonce = \"b\", qop = \"auth-int , auth\"",
		"qop=auth, nc=00000001"},
	{"Digest realm=\"a, b=\\\"c\\\\\", nonce=\"b\"", "realm=\"a, b=\\\"c\\\\\", nonce"},
	{"Basic realm=\"no\", Digest realm=\"a\", nonce=\"b\"", "realm=\"a\""},
	{"Digest realm=\"a\", nonce=\"b\", Basic realm=\"no\"", "realm=\"a\""},
	{"Negotiate YII=, Digest realm=\"a\", nonce=\"b\"", "realm=\"a\""},
	{"Negotiate YII==, NTLM, Digest realm=\"a\", nonce=\"b\"", "realm=\"a\""},
	{"Digest realm=\"x\", nonce=\"y\", algorithm=SHA-512-256, Digest realm=\"a\", nonce=\"b\", "
	 "algorithm=md5",
		"algorithm=md5"},
	{"Digest realm=\"a\", nonce=\"b\", algorithm=SHA-256-sess", "cnonce=\""},
	{"Digest realm=\"a\", nonce=\"b\", opaque=\"\"", "opaque=\"\""},
	{"Digest realm=\"\", nonce=\"b\"", "realm=\"\""},
	{"Digest realm=\"a\", realm=\"z\", nonce=\"b\"", "realm=\"a\""},
	{"Digest realm=\"a\", nonce=\"unended", "nonce=\"unended\""},
	{"Digest realm=\"a\", nonce=\"b\", qop=\"auth-int\"", NULL},
	{"Digest realm=\"a\", nonce=\"b\", algorithm=token", NULL},
	{"Digest realm=\"a\"", NULL},
	{"Digest nonce=\"b\"", NULL},
	{"Basic realm=\"a\", nonce=\"b\"", NULL},
	{"Digest", NULL},
	{"Digest \xff\xfe", NULL},
	{",,,", NULL},
	{"", NULL},
};

static void test_challenges_are_found_among_others(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
		g_autoptr(HttpDigest) digest = http_digest_new(CASES[i].challenges);
		g_autofree char *answer = NULL;

		g_test_message("%s", CASES[i].challenges);
		g_assert_true((digest != NULL) == (CASES[i].answer != NULL));
		if (digest == NULL)
			continue;
		answer = http_digest_answer(digest, "GET", "/", "zoë", "x");
		g_assert_true(g_str_has_prefix(answer, "Digest username=\"zoë\", realm="));
		g_test_message("%s", answer);
		g_assert_nonnull(strstr(answer, CASES[i].answer));
	}
}

/* RFC 2069, 2.4, with its erratum. */
static void test_the_answer_is_the_standards(void)
{
	g_autoptr(HttpDigest) digest = http_digest_new(
		"Digest realm=\"testrealm@host.com\", nonce=\"" NONCE "\", opaque=\"5ccc\"");
	g_autofree char *answer =
		http_digest_answer(digest, "GET", "/dir/index.html", "Mufasa", "CircleOfLife");

	g_assert_cmpstr(answer, ==,
		"Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"" NONCE
		"\", uri=\"/dir/index.html\", response=\"1949323746fe6a43ef61f9606e7febea\", "
		"opaque=\"5ccc\"");
}

static void test_each_request_counts(void)
{
	g_autoptr(HttpDigest) digest =
		http_digest_new("Digest realm=\"a\", nonce=\"b\", qop=\"auth\"");
	g_autofree char *first = http_digest_answer(digest, "GET", "/", "a", "b");
	g_autofree char *second = http_digest_answer(digest, "GET", "/", "a", "b");

	g_assert_nonnull(strstr(first, "nc=00000001"));
	g_assert_nonnull(strstr(second, "nc=00000002"));
}

static void test_libcurl_answers_what_is_plain(void)
{
	static const struct {
		const char *user;
		const char *realm;
		bool is_plain;
	} cases[] = {
		{"zoe", "a", true},
		{"zoe \"x\" ~", "a b", true},
		{"zoë", "a", false},
		{"zoe", "Büro", false},
		{"zo\te", "a", false},
		{"zo\x7f", "a", false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *challenge =
			g_strdup_printf("Digest realm=\"%s\", nonce=\"b\"", cases[i].realm);
		g_autoptr(HttpDigest) digest = http_digest_new(challenge);

		g_assert_true(http_digest_is_plain(digest, cases[i].user) == cases[i].is_plain);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/http-digest/challenges-are-found-among-others",
		test_challenges_are_found_among_others);
	g_test_add_func(
		"/net/http-digest/the-answer-is-the-standards", test_the_answer_is_the_standards);
	g_test_add_func("/net/http-digest/each-request-counts", test_each_request_counts);
	g_test_add_func("/net/http-digest/libcurl-answers-what-is-plain",
		test_libcurl_answers_what_is_plain);
	return g_test_run();
}

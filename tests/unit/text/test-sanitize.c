/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A few cases of each function that always run; the vectors hold the many. */
#include <glib.h>
#include <string.h>

#include "text/emoji.h"
#include "text/esc.h"
#include "text/html_entities.h"
#include "text/sanitize.h"
#include "text/strip_tags.h"

typedef GString *(*Function)(const char *bytes, size_t length);

typedef struct {
	const char *name;
	Function function;
	const char *text;
	const char *result;
} TextCase;

static const TextCase CASES[] = {
	{"text/plain", sanitize_text_field, "Lunch with Ana", "Lunch with Ana"},
	{"text/lines", sanitize_text_field, " a\r\n\tb ", "a b"},
	{"text/tags", sanitize_text_field, "<p>One</p><p>Two</p>", "OneTwo"},
	{"text/script", sanitize_text_field, "a<SCRIPT x>alert(1)</script >b</Script>c", "ac"},
	{"text/unclosed", sanitize_text_field, "a <b", "a &lt;b"},
	{"text/octets", sanitize_text_field, "a%41b %%41aa c", "ab c"},
	{"text/invalid", sanitize_text_field, "a\xff", ""},
	{"area/lines-stay", sanitize_textarea_field, " a\n\n b  c ", "a\n\n b  c"},
	{"area/open-at-line-end", sanitize_textarea_field, "a <\nb", "a &lt;\nb"},
	{"email/plain", sanitize_email, "ana@example.org", "ana@example.org"},
	{"email/brackets", sanitize_email, "<ana@example.org>", "ana@example.org"},
	{"email/dots", sanitize_email, "ana@.example..x.org.", "ana@examplex.org"},
	{"email/no-domain", sanitize_email, "ana@localhost", ""},
	{"email/short", sanitize_email, "a@b.c", ""},
	{"html/special", esc_html, "<a href=\"x\">'&", "&lt;a href=&quot;x&quot;&gt;&#039;&amp;"},
	{"html/known-reference", esc_html, "&amp; &hellip; &#x27; &#39;",
		"&amp; &hellip; &#x27; &#039;"},
	{"html/unknown-reference", esc_html, "&nothing; &apos; &#0; &#xD800;",
		"&amp;nothing; &amp;apos;  &amp;#xD800;"},
	{"html/twice-disarmed", esc_html, "&amp;#60;", "&#060;"},
	{"html/invalid", esc_html, "<\xff", ""},
	{"url/plain", esc_url_raw, "https://example.org/?a=1&b='2'",
		"https://example.org/?a=1&b='2'"},
	{"url/display", esc_url, "https://example.org/?a=1&b='2'",
		"https://example.org/?a=1&#038;b=&#039;2&#039;"},
	{"url/scheme", esc_url_raw, "javascript:alert(1)", ""},
	{"url/coded-scheme", esc_url_raw, "java&#115;cript:alert(1)", ""},
	{"url/upper-case", esc_url_raw, "HTTPS://example.org", "https://example.org"},
	{"url/no-scheme", esc_url_raw, "example.org/x", "http://example.org/x"},
	{"url/brackets", esc_url_raw, "http://[2001:db8::1]:8080/p?[q]",
		"http://[2001:db8::1]:8080/p?%5Bq%5D"},
	{"url/line-ends", esc_url_raw, "https://example.org/%0%0dd", "https://example.org/"},
	{"url/blanks", esc_url_raw, "  https://example.org/a b", "https://example.org/a%20b"},
	{"decode/names", html_entity_decode, "&amp;&lt;&apos;&NotEqualTilde;", "&<'\u2242\u0338"},
	{"decode/numbers", html_entity_decode, "&#39;&#x1F389;&#0065;", "'\U0001f389A"},
	{"decode/refused", html_entity_decode, "&amp &#0; &#13; &#xD800; &#x110000; &x;",
		"&amp &#0; &#13; &#xD800; &#x110000; &x;"},
	{"decode/once", html_entity_decode, "&amp;amp;", "&amp;"},
	{"emoji/four-bytes", emoji_encode, "a\U0001f389b", "a&#x1f389;b"},
	{"emoji/three-bytes", emoji_encode, "\u263a", "&#x263a;"},
	{"emoji/other", emoji_encode, "\U0001d11e \u00e9", "\U0001d11e \u00e9"},
	{"emoji/behind-invalid", emoji_encode, "\xf0\U0001f389", "\xf0&#x1f389;"},
	{"tags/quoted-end", strip_tags, "a<b x=\">\">c", "ac"},
	{"tags/comment", strip_tags, "a<!-- > -->b", "ab"},
	{"tags/php", strip_tags, "a<?php '?>' ?>b", "ab"},
	{"tags/space", strip_tags, "1 < 2", "1 < 2"},
};

static void test_text(gconstpointer data)
{
	const TextCase *test = data;
	g_autoptr(GString) result = test->function(test->text, strlen(test->text));

	g_assert_cmpstr(result->str, ==, test->result);
}

static void test_nul_bytes(void)
{
	g_autoptr(GString) text = sanitize_text_field("a\0b", 3);
	g_autoptr(GString) stripped = sanitize_text_field("a\0b<i>", 6);

	g_assert_cmpmem(text->str, text->len, "a\0b", 3);
	g_assert_cmpmem(stripped->str, stripped->len, "ab", 2);
}

/* Input that took time in proportion to its square would not end here. */
static void test_hostile_input_takes_linear_time(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	static const char *const pieces[] = {
		"<script>", "%", "<", "<!--", "&#0000", "<?xml \"", "&"};

	for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
		g_autoptr(GString) result = NULL;

		g_string_truncate(text, 0);
		while (text->len < 200000)
			g_string_append(text, pieces[i]);
		for (int j = 0; j < 40000; j++)
			g_string_append(text, "aa");
		result = sanitize_text_field(text->str, text->len);
		g_assert_nonnull(result);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
		g_autofree char *path = g_strdup_printf("/text/sanitize/%s", CASES[i].name);

		g_test_add_data_func(path, &CASES[i], test_text);
	}
	g_test_add_func("/text/sanitize/nul-bytes", test_nul_bytes);
	g_test_add_func("/text/sanitize/hostile-input-takes-linear-time",
		test_hostile_input_takes_linear_time);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking HTML out of text. */
#include "text/markup.h"

#include <string.h>

static void test_strip(void)
{
	static const struct {
		const char *text;
		const char *plain;
	} cases[] = {
		{"", ""},
		{"R&D <3, a < b > c, < img >", "R&D <3, a < b > c, < img >"},
		{"<b>bold</b>", "bold"},
		{"a<!-- x -->b<!doctype html>c<?php d ?>e", "abce"},
		{"a <img src=x onerror=y//", "a &lt;img src=x onerror=y//"},
		{"a <b <i>c", "a &lt;b c"},
		{"<<b>img src=x>", "&lt;img src=x>"},
		{"<<<b>b>b>", "<&lt;b>b>"},
		{"<a title=\">\" onclick=x>", "\" onclick=x>"},
		{"<", "<"},
		{"a</", "a&lt;/"},
		{"&lt;img&gt;", "&lt;img&gt;"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) plain = markup_strip(cases[i].text, strlen(cases[i].text));

		g_assert_cmpstr(plain->str, ==, cases[i].plain);
		g_assert_false(markup_is_in(plain->str, plain->len));
	}
}

/* Every text of these characters, up to a length: none is left in which a browser finds markup. */
static void test_nothing_is_left(void)
{
	static const char characters[] = "<>b/! &";
	enum { LENGTH = 6, COUNT = sizeof(characters) - 1 };
	unsigned long ways = 1;

	for (int i = 0; i < LENGTH; i++)
		ways *= COUNT;
	for (unsigned long way = 0; way < ways; way++) {
		char text[LENGTH];
		unsigned long rest = way;
		g_autoptr(GString) plain = NULL;

		for (int i = 0; i < LENGTH; i++, rest /= COUNT)
			text[i] = characters[rest % COUNT];
		plain = markup_strip(text, LENGTH);
		g_assert_false(markup_is_in(plain->str, plain->len));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/markup/strip", test_strip);
	g_test_add_func("/text/markup/nothing-is-left", test_nothing_is_left);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "match/name.h"

typedef struct {
	const char *name;
	const char *text;
	const char *first;
	const char *last;
} NameCase;

static const NameCase PARSE_CASES[] = {
	{"empty", "", "", ""},
	{"blank", " \t", "", ""},
	{"zero", "0", "", ""},
	{"one-word", " Ana ", "Ana", ""},
	{"first-last", "Ana  Example", "Ana", "Example"},
	{"many-words", "Ana de la Cruz", "Ana", "de la Cruz"},
	{"comma", "de la Cruz, Ana", "Ana", "de la Cruz"},
	{"two-commas", "Example, Ana, PhD", "Ana, PhD", "Example"},
	{"only-comma", ",", "", ""},
	{"no-break-space-stays", "Ana\u00a0Example", "Ana\u00a0Example", ""},
	{"form-feed-splits", "Ana\fExample", "Ana", "Example"},
};

static const NameCase ATTENDEE_CASES[] = {
	{"plain", "Ana Example", "Ana", "Example"},
	{"address-is-no-name", "ana@example.org", "", ""},
	{"quoted-address-is-no-name", "'ana@example.org'", "", ""},
	{"bracketed-address-is-no-name", "<ana@example.org>", "", ""},
	{"address-behind", "Ana Example <ana@example.org>", "Ana", "Example"},
	{"quoted", "\"Example, Ana\"", "Ana", "Example"},
	{"quoted-with-address", "\"Example, Ana\" <ana@example.org>", "Ana", "Example"},
	{"brackets-without-address", "Ana <HQ>", "Ana", "<HQ>"},
	{"lone-quote", "\"", "\"", ""},
	{"apostrophe", "Sin\u00e9ad O'Brien", "Sin\u00e9ad", "O'Brien"},
};

static void assert_parts(ParsedName parsed, const NameCase *test)
{
	g_autofree char *first = g_strndup(parsed.first.bytes, parsed.first.length);
	g_autofree char *last = g_strndup(parsed.last.bytes, parsed.last.length);

	g_assert_cmpstr(first, ==, test->first);
	g_assert_cmpstr(last, ==, test->last);
}

static void test_parse(gconstpointer data)
{
	const NameCase *test = data;

	assert_parts(name_parse(test->text, strlen(test->text)), test);
}

static void test_attendee(gconstpointer data)
{
	const NameCase *test = data;

	assert_parts(name_parse_attendee(test->text), test);
}

static void test_fold(void)
{
	static const char *const cases[][3] = {
		{"Ana", "EXAMPLE", "ana example"},
		{"", "Example", "example"},
		{"", "", ""},
		{" Ana\u00a0 Maria ", "\tExample", "ana maria example"},
		{"STRASSE", "\u0141uk", "strasse \u0142uk"},
		{"Stra\u00dfe", "", "strasse"},
		{"Zoe\u0308", "", "zo\u00eb"},
		{"\xff", "", "\ufffd"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *folded = name_fold((NamePart){cases[i][0], strlen(cases[i][0])},
			(NamePart){cases[i][1], strlen(cases[i][1])});

		g_assert_cmpstr(folded, ==, cases[i][2]);
	}
}

static void add_cases(
	const char *group, const NameCase *cases, size_t count, GTestDataFunc function)
{
	for (size_t i = 0; i < count; i++) {
		g_autofree char *path = g_strdup_printf("/match/name/%s/%s", group, cases[i].name);

		g_test_add_data_func(path, &cases[i], function);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add_cases("parse", PARSE_CASES, G_N_ELEMENTS(PARSE_CASES), test_parse);
	add_cases("attendee", ATTENDEE_CASES, G_N_ELEMENTS(ATTENDEE_CASES), test_attendee);
	g_test_add_func("/match/name/fold", test_fold);
	return g_test_run();
}

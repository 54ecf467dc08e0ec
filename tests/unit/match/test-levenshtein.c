/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <stdint.h>

#include "match/levenshtein.h"

typedef struct {
	const char *name;
	const char *a;
	const char *b;
	size_t limit;
	size_t distance;
} DistanceCase;

#define WHOLE SIZE_MAX

static const DistanceCase CASES[] = {
	{"empty", "", "", WHOLE, 0},
	{"one-empty", "", "ana", WHOLE, 3},
	{"equal", "ana", "ana", WHOLE, 0},
	{"kitten", "kitten", "sitting", WHOLE, 3},
	{"characters-not-bytes", "josé garcía", "jose garcia", WHOLE, 2},
	{"case-counts", "Ana", "ana", WHOLE, 1},
	{"swap-counts-twice", "ana", "naa", WHOLE, 2},
	{"within-limit", "kitten", "sitten", 2, 1},
	{"at-limit", "kitten", "sittin", 2, 2},
	{"over-limit", "kitten", "sitting", 2, 3},
	{"over-limit-by-length", "ana", "ana example", 2, 3},
	{"shifted", "abcdefgh", "xabcdefg", 2, 2},
	{"limit-zero", "a", "b", 0, 1},
};

static void test_distance(gconstpointer data)
{
	const DistanceCase *test = data;
	glong a_length;
	glong b_length;
	g_autofree gunichar *a = g_utf8_to_ucs4_fast(test->a, -1, &a_length);
	g_autofree gunichar *b = g_utf8_to_ucs4_fast(test->b, -1, &b_length);

	g_assert_cmpuint(
		levenshtein_distance(a, (size_t)a_length, b, (size_t)b_length, test->limit), ==,
		test->distance);
	g_assert_cmpuint(
		levenshtein_distance(b, (size_t)b_length, a, (size_t)a_length, test->limit), ==,
		test->distance);
}

/* The band must not change the answer: random texts with a small alphabet, limited and not. */
static void test_limit_cuts_only(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(7);

	for (int i = 0; i < 20000; i++) {
		gunichar a[12];
		gunichar b[12];
		size_t a_length = (size_t)g_rand_int_range(random, 0, 12);
		size_t b_length = (size_t)g_rand_int_range(random, 0, 12);
		size_t whole;

		for (size_t j = 0; j < 12; j++) {
			a[j] = (gunichar)g_rand_int_range(random, 'a', 'd');
			b[j] = (gunichar)g_rand_int_range(random, 'a', 'd');
		}
		whole = levenshtein_distance(a, a_length, b, b_length, WHOLE);
		for (size_t limit = 0; limit < 5; limit++)
			g_assert_cmpuint(levenshtein_distance(a, a_length, b, b_length, limit), ==,
				MIN(whole, limit + 1));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
		g_autofree char *path =
			g_strdup_printf("/match/levenshtein/distance/%s", CASES[i].name);

		g_test_add_data_func(path, &CASES[i], test_distance);
	}
	g_test_add_func("/match/levenshtein/limit-cuts-only", test_limit_cuts_only);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "match/fuzzy_index.h"
#include "match/levenshtein.h"

/* What fuzzy_index_find() promises, by comparing with everyone. */
static bool find_slowly(const GPtrArray *names, const char *wanted, uint32_t *ret_number)
{
	size_t nearest = 3;

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		glong a_length;
		glong b_length;
		g_autofree gunichar *a = g_utf8_to_ucs4_fast(wanted, -1, &a_length);
		g_autofree gunichar *b = g_utf8_to_ucs4_fast(name, -1, &b_length);
		size_t distance = levenshtein_distance(a, (size_t)a_length, b, (size_t)b_length, 2);

		if (distance == 0 || distance >= nearest ||
			(glong)distance >= MIN(a_length, b_length))
			continue;
		nearest = distance;
		*ret_number = i;
	}
	return nearest < 3;
}

static char *random_name(GRand *random, int letters)
{
	GString *name = g_string_new(NULL);
	int length = g_rand_int_range(random, 0, 9);

	for (int i = 0; i < length; i++)
		g_string_append_unichar(
			name, (gunichar)(0xe0 + g_rand_int_range(random, 0, letters)));
	return g_string_free(name, FALSE);
}

static void test_finds_what_comparing_with_all_finds(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(11);

	for (int round = 0; round < 60; round++) {
		g_autoptr(FuzzyIndex) index = fuzzy_index_new();
		g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
		int letters = 2 + round % 5;

		for (uint32_t i = 0; i < 40; i++) {
			g_ptr_array_add(names, random_name(random, letters));
			fuzzy_index_add(index, g_ptr_array_index(names, i), i);
		}
		for (int i = 0; i < 60; i++) {
			g_autofree char *wanted = random_name(random, letters);
			uint32_t slow = 0;
			uint32_t fast = 0;

			g_assert_cmpint(find_slowly(names, wanted, &slow), ==,
				fuzzy_index_find(index, wanted, &fast));
			g_assert_cmpuint(slow, ==, fast);
		}
	}
}

static void test_overlong_names_are_left_out(void)
{
	g_autoptr(FuzzyIndex) index = fuzzy_index_new();
	g_autofree char *name = g_strnfill(5000, 'a');
	g_autofree char *similar = g_strnfill(5001, 'a');
	uint32_t number;

	fuzzy_index_add(index, name, 1);
	g_assert_false(fuzzy_index_find(index, similar, &number));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/match/fuzzy_index/finds-what-comparing-with-all-finds",
		test_finds_what_comparing_with_all_finds);
	g_test_add_func(
		"/match/fuzzy_index/overlong-names-are-left-out", test_overlong_names_are_left_out);
	return g_test_run();
}

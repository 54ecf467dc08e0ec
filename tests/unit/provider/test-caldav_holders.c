/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which objects share UIDs. */
#include "provider/caldav_holders.h"

#include "provider/provider.h"

/* `uids` are separated by blanks. */
static void put(CalDavHolders *holders, const char *key, const char *uids)
{
	g_auto(GStrv) parts = g_strsplit(uids, " ", -1);
	g_autoptr(GPtrArray) array = g_ptr_array_new();

	for (char **part = parts; *part != NULL; part++)
		g_ptr_array_add(array, *part);
	caldav_holders_put(holders, key, array);
}

static void assert_unit(const CalDavHolders *holders, const char *key, const char *expected)
{
	g_autoptr(GPtrArray) keys = caldav_holders_unit(holders, key);
	g_autofree char *joined = NULL;

	g_assert_true(caldav_holders_is_alone(holders, key) == (keys->len == 1));
	g_ptr_array_add(keys, NULL);
	joined = g_strjoinv(" ", (char **)keys->pdata);
	g_assert_cmpstr(joined, ==, expected);
}

static CalDavHolders *new_empty(void)
{
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

	return caldav_holders_new(known);
}

static void test_units_follow_what_is_put_and_dropped(void)
{
	g_autoptr(CalDavHolders) holders = new_empty();

	assert_unit(holders, "/nobody", "/nobody");
	put(holders, "/b", "one");
	put(holders, "/c", "two");
	assert_unit(holders, "/b", "/b");
	put(holders, "/a", "one");
	assert_unit(holders, "/b", "/a /b");
	put(holders, "/d", "two one");
	assert_unit(holders, "/c", "/a /b /c /d");
	put(holders, "/d", "three");
	assert_unit(holders, "/c", "/c");
	assert_unit(holders, "/d", "/d");
	assert_unit(holders, "/a", "/a /b");
	caldav_holders_drop(holders, "/b");
	caldav_holders_drop(holders, "/unknown");
	g_assert_false(caldav_holders_knows(holders, "/b"));
	assert_unit(holders, "/a", "/a");
}

static void test_one_of_each_uid_stands_for_the_others(void)
{
	g_autoptr(CalDavHolders) holders = new_empty();
	g_autoptr(GPtrArray) others = NULL;
	g_autoptr(GPtrArray) none = NULL;

	put(holders, "/a", "one two three");
	put(holders, "/b", "one");
	put(holders, "/c", "two");
	put(holders, "/d", "four");
	others = caldav_holders_others(holders, "/a");
	g_assert_cmpuint(others->len, ==, 2);
	none = caldav_holders_others(holders, "/d");
	g_assert_cmpuint(none->len, ==, 0);
}

static void test_what_is_noted_is_known_again(void)
{
	g_autoptr(CalDavHolders) first = new_empty();
	g_autoptr(CalDavHolders) again = NULL;
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *note_a = NULL;
	g_autofree char *note_b = NULL;
	g_autofree char *note_unknown = caldav_holders_note(first, "/unknown");
	ProviderObject objects[] = {{.key = "/a"}, {.key = "/b"}, {.key = "/older"}};

	g_assert_null(note_unknown);
	put(first, "/a", "one two");
	put(first, "/b", "two three");
	put(first, "/none", "");
	objects[0].uids = note_a = caldav_holders_note(first, "/a");
	objects[1].uids = note_b = caldav_holders_note(first, "/b");
	for (size_t i = 0; i < G_N_ELEMENTS(objects); i++)
		g_hash_table_insert(known, (char *)objects[i].key, &objects[i]);
	again = caldav_holders_new(known);
	assert_unit(again, "/a", "/a /b");
	g_assert_false(caldav_holders_knows(again, "/older"));
	put(again, "/z", "three");
	assert_unit(again, "/a", "/a /b /z");
}

static void test_too_many_uids_are_not_noted(void)
{
	g_autoptr(CalDavHolders) holders = new_empty();
	g_autoptr(GString) uids = g_string_new("x");
	g_autofree char *note = NULL;

	for (int i = 0; i < 1000; i++)
		g_string_append_printf(uids, " %d", i);
	put(holders, "/a", uids->str);
	put(holders, "/b", "999");
	note = caldav_holders_note(holders, "/a");
	g_assert_null(note);
	assert_unit(holders, "/a", "/a /b");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/provider/caldav_holders/units-follow-what-is-put-and-dropped",
		test_units_follow_what_is_put_and_dropped);
	g_test_add_func("/provider/caldav_holders/one-of-each-uid-stands-for-the-others",
		test_one_of_each_uid_stands_for_the_others);
	g_test_add_func("/provider/caldav_holders/what-is-noted-is-known-again",
		test_what_is_noted_is_known_again);
	g_test_add_func("/provider/caldav_holders/too-many-uids-are-not-noted",
		test_too_many_uids_are_not_noted);
	return g_test_run();
}

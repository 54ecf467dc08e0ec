/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Long arrays, item by item. */
#include <glib.h>
#include <string.h>

#include "provider/json_list.h"

/* "HEAD|ITEM|ITEM"; "nothing" where there is no object, and "damaged" behind the last good item. */
static char *read_all(const char *text, size_t length)
{
	g_autoptr(JsonList) list = json_list_parse(g_string_new_len(text, (gssize)length), "items");
	GString *shown = g_string_new(NULL);
	g_autofree char *head = NULL;

	if (list == NULL)
		return g_string_free(g_string_append(shown, "nothing"), FALSE);
	head = json_to_text(json_list_head(list));
	g_string_append(shown, head);
	for (;;) {
		g_autoptr(JsonValue) item = NULL;
		g_autofree char *item_text = NULL;

		if (!json_list_next(list, &item)) {
			g_string_append(shown, "|damaged");
			break;
		}
		if (item == NULL)
			break;
		item_text = json_to_text(item);
		g_string_append_printf(shown, "|%s", item_text);
	}
	return g_string_free(shown, FALSE);
}

static const struct {
	const char *name;
	const char *text;
	const char *expected;
} cases[] = {
	{"items", "{\"a\":1,\"items\":[{\"b\":2},3,\"x\"],\"c\":[4]}",
		"{\"a\":1,\"items\":[],\"c\":[4]}|{\"b\":2}|3|\"x\""},
	{"space", " {\n\"items\" : [ 1 ,\t2 ] } \n", "{\"items\":[]}|1|2"},
	{"empty", "{\"items\":[ ]}", "{\"items\":[]}"},
	{"no-array", "{\"items\":{\"items\":[1]}}", "{\"items\":{\"items\":[1]}}"},
	{"not-there", "{\"other\":[1]}", "{\"other\":[1]}"},
	{"of-another-object", "{\"a\":{\"items\":[1]},\"items\":[2]}",
		"{\"a\":{\"items\":[1]},\"items\":[]}|2"},
	{"brackets-in-strings", "{\"a\":\"\\\"]}\",\"items\":[\"]\\\\\",\"[{\"]}",
		"{\"a\":\"\\\"]}\",\"items\":[]}|\"]\\\\\"|\"[{\""},
	{"cut-in-the-array", "{\"items\":[1,2", "nothing"},
	{"cut-in-a-string", "{\"items\":[\"a\\", "nothing"},
	{"cut-behind-the-array", "{\"items\":[1,2]", "nothing"},
	{"more-behind-it", "{\"items\":[1]}{}", "nothing"},
	{"an-array", "[1]", "nothing"},
	{"nothing", "", "nothing"},
	{"no-comma", "{\"items\":[1 2]}", "{\"items\":[]}|1|damaged"},
	{"two-commas", "{\"items\":[1,,2]}", "{\"items\":[]}|1|damaged"},
	{"last-comma", "{\"items\":[1,]}", "{\"items\":[]}|1|damaged"},
	{"crossed-brackets", "{\"items\":[{\"a\":1],2]}", "{\"items\":[]}|damaged"},
	{"nonsense", "{\"items\":[1,{a}]}", "{\"items\":[]}|1|damaged"},
	{"wrong-utf-8", "{\"items\":[\"\xff\"]}", "{\"items\":[]}|\"\xef\xbf\xbd\""},
};

static void test_case(gconstpointer data)
{
	const char *text = cases[GPOINTER_TO_SIZE(data)].text;
	g_autofree char *shown = read_all(text, strlen(text));

	g_assert_cmpstr(shown, ==, cases[GPOINTER_TO_SIZE(data)].expected);
}

/* Whatever is cut off, nothing is read past the end. */
static void test_each_cut_is_noticed(void)
{
	const char text[] = "{\"a\":\"x\\\"\",\"items\":[{\"b\":[1,{}]},\"c\"],\"d\":null}";

	for (size_t length = 0; length < strlen(text); length++) {
		g_autofree char *exact = g_memdup2(text, length);
		g_autofree char *shown = read_all(exact, length);

		g_assert_cmpstr(shown, ==, "nothing");
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/provider/json_list/", cases[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
	}
	g_test_add_func("/provider/json_list/each-cut-is-noticed", test_each_cut_is_noticed);
	return g_test_run();
}

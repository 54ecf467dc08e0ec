/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text that a calendar's cursor is kept as. */
#include <string.h>

#include "provider/caldav_cursor.h"

static CalDavAccount account = {.url = "https://dav.example/", .username = "anna"};

#define HEAD "\"version\":1,\"account\":\"https://dav.example/\",\"username\":\"anna\""
#define PLACE "\"url\":\"https://dav.example/c/\",\"name\":\"Work\""
#define OWN "\"own_addresses\":[]"

static void test_what_is_written_is_read(void)
{
	static const char *const texts[] = {
		"{" HEAD "," PLACE "," OWN "}",
		"{" HEAD "," PLACE ",\"zone\":\"Europe/Vienna\",\"ctag\":\"1 \\\"2\\\"\","
		"\"sync_token\":\"data:,1\",\"own_addresses\":[\"anna@example.org\",\"\"],"
		"\"takes_basic\":true,\"no_reports_until\":1767268800}",
		"{" HEAD
		",\"url\":\"https://dav.example/c/\",\"name\":\"\",\"ctag\":\"\xc3\xa9\"," OWN "}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(CalDavCursor) cursor = caldav_cursor_parse(texts[i], &account);
		g_autofree char *again = NULL;

		g_assert_nonnull(cursor);
		again = caldav_cursor_to_text(cursor, &account);
		g_assert_cmpstr(again, ==, texts[i]);
	}
}

static void test_what_cannot_be_read_is_no_cursor(void)
{
	static const char *const texts[] = {
		"",
		"{}",
		"[]",
		"null",
		"{" HEAD "," PLACE "," OWN,
		"{" HEAD "," PLACE "}",
		"{" HEAD "," PLACE ",\"own_addresses\":{}}",
		"{" HEAD "," PLACE ",\"own_addresses\":[1]}",
		"{" HEAD ",\"url\":\"https://dav.example/c/\"," OWN "}",
		"{" HEAD ",\"url\":7,\"name\":\"Work\"," OWN "}",
		"{" HEAD "," PLACE "," OWN ",\"ctag\":null}",
		"{" HEAD "," PLACE "," OWN ",\"sync_token\":7}",
		"{" HEAD "," PLACE "," OWN ",\"zone\":\"../../etc/passwd\"}",
		"{" HEAD "," PLACE "," OWN ",\"no_reports_until\":-1}",
		"{" HEAD "," PLACE "," OWN ",\"no_reports_until\":1e300}",
		"{" HEAD "," PLACE "," OWN ",\"no_reports_until\":\"soon\"}",
		"{\"version\":2,\"account\":\"https://dav.example/\",\"username\":\"anna\"," PLACE
		"," OWN "}",
		"{\"version\":1,\"account\":\"https://dav.example/\",\"username\":\"ben\"," PLACE
		"," OWN "}",
		"{\"version\":1,\"account\":\"https://dav2.example/\",\"username\":\"anna\"," PLACE
		"," OWN "}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(CalDavCursor) cursor = caldav_cursor_parse(texts[i], &account);

		if (cursor != NULL)
			g_test_message("%s", texts[i]);
		g_assert_null(cursor);
	}
}

static void test_size_is_bounded(void)
{
	g_autofree char *name = g_strnfill(70000, 'n');
	g_autofree char *text = g_strdup_printf(
		"{" HEAD ",\"url\":\"https://dav.example/c/\",\"name\":\"%s\"," OWN "}", name);
	g_autoptr(CalDavCursor) cursor =
		caldav_cursor_parse("{" HEAD "," PLACE "," OWN "}", &account);

	g_assert_null(caldav_cursor_parse(text, &account));
	g_free(cursor->name);
	cursor->name = g_steal_pointer(&name);
	g_assert_null(caldav_cursor_to_text(cursor, &account));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
		"/provider/caldav_cursor/what-is-written-is-read", test_what_is_written_is_read);
	g_test_add_func("/provider/caldav_cursor/what-cannot-be-read-is-no-cursor",
		test_what_cannot_be_read_is_no_cursor);
	g_test_add_func("/provider/caldav_cursor/size-is-bounded", test_size_is_bounded);
	return g_test_run();
}

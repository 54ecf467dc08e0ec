/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: what is remembered of calendars between runs, as another hand may have left it. */
#include <stdint.h>

#include "provider/caldav_cursor.h"
#include "provider/google_cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What can be read is written so that it reads alike. */
static void try_google(const char *text)
{
	g_autoptr(GoogleCursor) cursor = google_cursor_parse(text, "made for");
	g_autofree char *again = cursor == NULL ? NULL : google_cursor_to_text(cursor, "made for");
	g_autoptr(GoogleCursor) same =
		again == NULL ? NULL : google_cursor_parse(again, "made for");

	if (same != NULL)
		g_assert_cmpstr(cursor->token, ==, same->token);
}

static void try_caldav(const char *text)
{
	static char url[] = "https://dav.example/c/", user[] = "anna", password[] = "x";
	const CalDavAccount account = {.url = url, .username = user, .password = password};
	g_autoptr(CalDavCursor) cursor = caldav_cursor_parse(text, &account);
	g_autofree char *again = cursor == NULL ? NULL : caldav_cursor_to_text(cursor, &account);
	g_autoptr(CalDavCursor) same = again == NULL ? NULL : caldav_cursor_parse(again, &account);

	if (same != NULL) {
		g_assert_cmpstr(cursor->url, ==, same->url);
		g_assert_cmpstr(cursor->sync_token, ==, same->sync_token);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);

	try_google(text);
	try_caldav(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists that come in pages: one page in memory at a time. */
#include "provider/google_pages.h"

#include "provider/google_error.h"

/* Google sends short and empty pages, but 2,500 events in most. */
#define PAGES_MAX 2000

static cJSON *get_page(const GooglePages *pages, const char *token, GError **error)
{
	g_autofree char *escaped = g_uri_escape_string(token, NULL, FALSE);
	g_autofree char *path =
		*token == '\0' ? g_strdup(pages->path_and_query)
			       : g_strconcat(pages->path_and_query, "&pageToken=", escaped, NULL);

	return google_session_get(pages->session, path, pages->kind, pages->what, error);
}

bool google_pages_each(const GooglePages *pages,
	bool (*func)(void *data, const cJSON *page, GError **error), void *data, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *token = g_strdup("");

	while (g_hash_table_size(seen) < PAGES_MAX && g_hash_table_add(seen, g_strdup(token))) {
		g_autoptr(JsonValue) page = get_page(pages, token, error);
		const char *next = json_string(page, "nextPageToken");

		if (page == NULL || !func(data, page, error))
			return false;
		if (next == NULL)
			return true;
		g_free(token);
		token = g_strdup(next);
	}
	google_error_set_unreadable(error, pages->what);
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists that come in pages: one page's text and one item in memory at a time. */
#include "provider/google_pages.h"

#include "provider/google_error.h"

/* Google sends short and empty pages, but 2,500 events in most. */
#define PAGES_MAX 2000

static JsonList *get_page(const GooglePages *pages, const char *token, GError **error)
{
	g_autofree char *escaped = g_uri_escape_string(token, NULL, FALSE);
	g_autofree char *path =
		*token == '\0' ? g_strdup(pages->path_and_query)
			       : g_strconcat(pages->path_and_query, "&pageToken=", escaped, NULL);

	return google_session_get(pages->session, path, pages->kind, pages->what, error);
}

static bool pass_items(const GooglePages *pages, JsonList *page, GError **error)
{
	for (;;) {
		g_autoptr(JsonValue) item = NULL;

		if (!json_list_next(page, &item)) {
			google_error_set_unreadable(error, pages->what);
			return false;
		}
		if (item == NULL)
			return true;
		if (!pages->item(pages->data, item, error))
			return false;
	}
}

bool google_pages_each(const GooglePages *pages, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *token = g_strdup("");

	while (g_hash_table_size(seen) < PAGES_MAX && g_hash_table_add(seen, g_strdup(token))) {
		g_autoptr(JsonList) page = get_page(pages, token, error);
		const char *next;

		if (page == NULL)
			return false;
		if (pages->page != NULL && !pages->page(pages->data, json_list_head(page), error))
			return false;
		if (!pass_items(pages, page, error))
			return false;
		next = json_string(json_list_head(page), "nextPageToken");
		if (next == NULL)
			return true;
		g_free(token);
		token = g_strdup(next);
	}
	google_error_set_unreadable(error, pages->what);
	return false;
}

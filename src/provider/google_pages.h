/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists that come in pages: one page in memory at a time. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "provider/google_session.h"

/* What to list, and who wants it; all borrowed. */
typedef struct GooglePages {
	GoogleSession *session;
	const char *path_and_query; /* of the first page; the others differ by their pageToken */
	const char *kind;
	const char *what;
	/* Called for each page, also an empty one, before its items; or NULL. */
	bool (*page)(void *data, const cJSON *page, GError **error);
	bool (*item)(void *data, const cJSON *item, GError **error);
	void *data;
} GooglePages;

/* Passes on all pages with their items. False with PROVIDER_ERROR, or with the error of a callback:
 * then what was passed proves nothing about what was not. A page token that comes twice, and a list
 * without end, are PROVIDER_ERROR_TEMPORARY. */
bool google_pages_each(const GooglePages *pages, GError **error) G_GNUC_WARN_UNUSED_RESULT;

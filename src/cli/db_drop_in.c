/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells the SQLite integration from all others, by a word that stands in it alone. */
#include "cli/db_drop_in.h"

#include <string.h>

enum { BYTES_MAX = 1024 * 1024 };

DbDropIn db_drop_in_find(const SitePlace *place, char **ret_path)
{
	g_autofree char *path = NULL;
	g_autofree char *text = NULL;
	g_autofree char *lower = NULL;
	gsize length = 0;

	*ret_path = NULL;
	if (place->content == NULL)
		return DB_DROP_IN_NONE;
	path = g_build_filename(place->content, "db.php", NULL);
	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return DB_DROP_IN_NONE;
	if (g_file_get_contents(path, &text, &length, NULL) && length <= BYTES_MAX)
		lower = g_ascii_strdown(text, (gssize)length);
	*ret_path = g_steal_pointer(&path);
	return lower != NULL && strstr(lower, "sqlite") != NULL ? DB_DROP_IN_SQLITE
								: DB_DROP_IN_OTHER;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of several sites on one host a configuration is for. */
#include "cli/site_name.h"

#include <string.h>

#define SITES_FOLDER "/etc/prm-calendar/sites" /* of prm-calendar@.service */

char *site_name_of(const char *config_path)
{
	g_autofree char *folder = g_path_get_dirname(config_path);
	g_autofree char *name = g_path_get_basename(config_path);

	if (strcmp(folder, SITES_FOLDER) != 0 || !g_str_has_suffix(name, ".ini"))
		return NULL;
	return g_strndup(name, strlen(name) - strlen(".ini"));
}

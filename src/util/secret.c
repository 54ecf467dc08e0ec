/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and wiping of secrets. */
#include "util/secret.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

void secret_free(char *secret)
{
	if (secret == NULL)
		return;
	sodium_memzero(secret, strlen(secret));
	g_free(secret);
}

char *secret_path(const char *path)
{
	const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
	g_autofree char *name = g_path_get_basename(path);
	g_autofree char *credential = NULL;

	if (folder == NULL || !g_path_is_absolute(folder))
		return g_strdup(path);
	credential = g_build_filename(folder, name, NULL);
	return access(credential, F_OK) == 0 ? g_steal_pointer(&credential) : g_strdup(path);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Secrets: where their files are, and wiping the memory that held them. */
#pragma once

#include <glib.h>

/* Overwrites and frees a NUL-terminated secret; NULL is fine. */
void secret_free(char *secret);

/* As g_autofree, for secrets: `g_auto(Secret) password = NULL;` */
typedef char *Secret;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(Secret, secret_free, NULL)

/* Where to read a secret's file from: the service's credential of the same file name where there is
 * one (systemd.exec(5): LoadCredential=, $CREDENTIALS_DIRECTORY), else `path` itself. Caller frees.
 */
char *secret_path(const char *path);

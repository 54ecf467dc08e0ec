/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that held a password or a key is wiped before it is freed. */
#pragma once

#include <glib.h>

/* Overwrites and frees a NUL-terminated secret; NULL is fine. */
void secret_free(char *secret);

/* As g_autofree, for secrets: `g_auto(Secret) password = NULL;` */
typedef char *Secret;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(Secret, secret_free, NULL)

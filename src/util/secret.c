/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wiping of secrets. */
#include "util/secret.h"

#include <sodium.h>
#include <string.h>

void secret_free(char *secret)
{
	if (secret == NULL)
		return;
	sodium_memzero(secret, strlen(secret));
	g_free(secret);
}

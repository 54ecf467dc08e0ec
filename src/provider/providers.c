/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of providers. */
#include "provider/providers.h"

#include <string.h>

#include "provider/caldav.h"
#include "provider/google.h"
#include "provider/ics.h"

static const Provider *const providers[] = {
	&caldav_provider,
	&google_provider,
	&ics_provider,
};

const Provider *provider_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(providers); i++) {
		if (strcmp(providers[i]->name, name) == 0)
			return providers[i];
	}
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of providers. */
#include "provider/provider.h"

#include <string.h>

#include "provider/caldav.h"
#include "provider/google.h"

G_DEFINE_QUARK(provider_error, provider_error)

static const Provider *const providers[] = {
	&caldav_provider,
	&google_provider,
};

const Provider *provider_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(providers); i++) {
		if (strcmp(providers[i]->name, name) == 0)
			return providers[i];
	}
	return NULL;
}

ProviderCalendar *provider_calendar_new(const char *id, const char *name, const char *url)
{
	ProviderCalendar *calendar = g_new0(ProviderCalendar, 1);

	calendar->id = g_strdup(id);
	calendar->name = g_strdup(name != NULL ? name : "");
	calendar->url = g_strdup(url);
	calendar->holds_events = true;
	return calendar;
}

void provider_calendar_free(ProviderCalendar *calendar)
{
	if (calendar == NULL)
		return;
	g_free(calendar->id);
	g_free(calendar->name);
	g_free(calendar->url);
	g_free(calendar);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all providers share. */
#include "provider/provider.h"

G_DEFINE_QUARK(provider_error, provider_error)

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
	g_free(calendar->role);
	g_free(calendar);
}

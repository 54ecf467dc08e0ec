/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CalDAV provider (RFC 4791), for any of the servers of this world. */
#include "provider/caldav.h"

#include "provider/caldav_account.h"

static GPtrArray *caldav_list_calendars(const ProviderRequest *request, GError **error)
{
	g_autoptr(CalDavAccount) account = caldav_account_new(request->credentials_json, error);

	if (account == NULL)
		return NULL;
	g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_SITE,
		"This version of the program cannot read CalDAV calendars yet.");
	return NULL;
}

static bool caldav_sync(const ProviderRequest *request, ProviderSink *sink, GError **error)
{
	g_autoptr(GPtrArray) calendars = caldav_list_calendars(request, error);

	(void)sink;
	return calendars != NULL;
}

const Provider caldav_provider = {
	.name = "caldav",
	.sync = caldav_sync,
	.list_calendars = caldav_list_calendars,
};

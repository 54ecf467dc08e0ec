/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Syncs one calendar, at the least cost that its server allows (calendar-protocols A5, A6). */
#pragma once

#include "provider/caldav_account.h"
#include "provider/caldav_request.h"
#include "provider/provider.h"

/* One run of the provider. */
typedef struct CalDavRun {
	const ProviderRequest *request; /* borrowed, like all but the addresses */
	ProviderSink *sink;
	const CalDavAccount *account;
	CalDavSession session;
	char **own_addresses; /* the owner's, once asked for; freed by whoever holds the run */
} CalDavRun;

/* Tells the sink of the calendar that the configured id stands for; "" is the account's only one.
 * A calendar that fails is ended as incomplete. False with CALDAV_ERROR when the connection as a
 * whole failed, or with the error of the sink. */
bool caldav_calendar_sync(CalDavRun *run, const char *id, GError **error);

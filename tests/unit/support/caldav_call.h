/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that a call of the CalDAV provider needs, for a server of our own on 127.0.0.1. */
#pragma once

#include "provider/provider.h"

/* What the clock says unless it is set: 2026-01-01 12:00 UTC. */
#define CALDAV_CALL_NOW 1767268800

typedef struct CalDavCall {
	HttpShared *shared;
	HttpClient *http;
	GTimeZone *zone; /* UTC */
	char *credentials;
	const char *ids[3];      /* set them after begin(); none at first */
	ProviderRequest request; /* the window is January 2026 */
} CalDavCall;

void caldav_call_begin(CalDavCall *call, const char *url, const char *user, const char *password);
void caldav_call_clear(CalDavCall *call);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CalDavCall, caldav_call_clear)

void caldav_call_set_clock(int64_t now_utc);

/* The texts of an array of char *, with blanks between them. Caller frees. */
char *joined(const GPtrArray *texts);

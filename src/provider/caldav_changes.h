/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed in a calendar since a sync token (RFC 6578). */
#pragma once

#include "provider/caldav_listing.h"

typedef struct CalDavChanges {
	GPtrArray *changed; /* of CalDavMember, each once: new, changed, or only touched */
	GPtrArray *gone;    /* of char *: keys; also of objects that nobody ever knew */
	char *sync_token;   /* to ask with the next time */
	bool is_unfinished; /* these are the first of them: the server tells more from the token on
			     */
} CalDavChanges;

void caldav_changes_free(CalDavChanges *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalDavChanges, caldav_changes_free)

/* Asks for the changes since `sync_token`, in as many parts as the server wants (507) up to a bound
 * (LIMIT_CUT_REPORTS, or half of what the sync may spend); NULL asks for all that there is. NULL
 * with CALDAV_ERROR; an answer that leads no further, or has no new token, is CALDAV_ERROR_DAMAGED.
 * Caller frees. */
CalDavChanges *caldav_changes_ask(const CalDavSession *session, const CalDavResource *calendar,
	const char *sync_token, GError **error);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a calendar between runs: where it is, and how far it was read. */
#pragma once

#include "provider/caldav_account.h"

/* Which of `ctag` and `sync_token` are there says how changes are found (calendar-protocols A5): by
 * asking what changed since the token; by listing once the ctag differs; by listing every time. */
typedef struct CalDavCursor {
	char *url;            /* of the collection, as it answered */
	char *name;           /* that its stored events carry; may be empty */
	char *zone_name;      /* its own time zone, or NULL */
	char *principal_url;  /* that it named, or NULL */
	char **own_addresses; /* the owner's, in lower case; NULL-terminated */
	char *ctag;           /* from before its objects were read; or NULL */
	char *sync_token;     /* likewise; also the one to ask for changes with */
	char *token_seen;     /* the calendar's own property when last looked at, which need
				 not be the one that a report ended with; or NULL */
	bool was_gone;        /* it answered 404 or 410 since it was last read: what is there
				 now is another collection, whatever its markers say */
	bool was_cut;         /* the last run read only some of the changes since the token */
	bool takes_basic;     /* the server takes the password by the Basic scheme */
	int64_t no_reports_until_utc; /* sync-collection failed: not before then again */
} CalDavCursor;

/* Reads what caldav_cursor_to_text() wrote. NULL when that cannot be done, or when it was made for
 * another account. Caller frees. */
CalDavCursor *caldav_cursor_parse(const char *text, const CalDavAccount *account);

/* As a JSON object; NULL when it is too large to be remembered. Caller frees. */
char *caldav_cursor_to_text(const CalDavCursor *cursor, const CalDavAccount *account);

void caldav_cursor_free(CalDavCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalDavCursor, caldav_cursor_free)

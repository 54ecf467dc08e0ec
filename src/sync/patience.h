/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a scheduled pass leaves a connection alone that failed: after it was refused, until its
 * credentials or calendars change, so that a server does not block the whole site
 * (calendar-protocols A12, 401; C4); ever longer after other failures. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "site/site.h"
#include "user/connection.h"
#include "user/user_state.h"

/* After so long a refused connection is tried again in any case. */
enum { PATIENCE_REFUSAL_SECS = 7 * 24 * 60 * 60 };

/* What can be changed so that a refused connection is tried again. All borrowed. */
typedef struct PatienceSubject {
	const char *credentials;         /* the encrypted box, as stored */
	const char *const *calendar_ids; /* NULL-terminated */
	/* The site's, which its administrator can mend: then the box may open after all. */
	const uint8_t *credential_key; /* CREDENTIALS_KEY_BYTES */
} PatienceSubject;

/* As the connection is stored now; borrows from both. */
PatienceSubject patience_subject(const WpSite *site, const Connection *connection);

/* Why the connection is not tried at this time; NULL when it may be. Caller frees. */
char *patience_reason(
	const ConnectionState *state, const PatienceSubject *subject, int64_t now_utc);

/* Until when a pass leaves the connection alone if nothing about it changes, unix seconds; 0: it
 * does not. */
int64_t patience_until_utc(
	const ConnectionState *state, const PatienceSubject *subject, int64_t now_utc);

/* Notes since when the connection fails; `failure` is NULL after a success. True when the state
 * changed. */
bool patience_note_since(ConnectionState *state, const GError *failure, int64_t now_utc);

/* Whether passes leave it alone since access was refused, and nothing about that has changed. */
bool patience_is_refused(
	const ConnectionState *state, const PatienceSubject *subject, int64_t now_utc);

/* How the connection went, as this subject; `failure` is NULL after a success, and for `pause_secs`
 * its servers asked to be left alone. What the site must mend is not held against the connection.
 * True when the state changed. */
bool patience_note(ConnectionState *state, const GError *failure, const PatienceSubject *subject,
	int64_t pause_secs, int64_t now_utc);

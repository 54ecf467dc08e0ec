/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The credentials of a CalDAV connection, read from their JSON. */
#pragma once

#include "net/http.h"

typedef struct CalDavAccount {
	char *url;      /* http(s), without user, query and fragment */
	char *username; /* never empty */
	char *password; /* wiped when freed; may be empty */
	HttpAuth auth;  /* the three above, borrowed */
} CalDavAccount;

/* Reads `{"url","username","password"}`. The URL may be typed without "https://", with a user
 * before the host (dropped), or be an e-mail address (its domain is meant). NULL with
 * PROVIDER_ERROR_PERMANENT when it is no such object or a field is missing; the message says what
 * to do. */
CalDavAccount *caldav_account_new(const char *credentials_json, GError **error);
void caldav_account_free(CalDavAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalDavAccount, caldav_account_free)

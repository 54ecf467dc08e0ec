/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is kept of a calendar account, and how its connection is called. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "site/site.h"

/* The credentials of a CalDAV account as the theme keeps them, as JSON; what is not UTF-8 becomes
 * U+FFFD. Caller frees with secret_free(). */
char *connection_account_caldav(const char *url, const char *username, const char *password);

/* What is no secret in such credentials. False when they are no JSON object with both. Caller
 * frees. */
bool connection_account_read(const char *json, char **ret_url, char **ret_username);

/* The address as the theme's own client can use it: with a scheme, https:// where none was typed,
 * and without a user's name in it. NULL when it holds a password, which belongs elsewhere, or is
 * empty. Caller frees. */
char *connection_account_url(const char *typed);

/* A name as the theme would store it: sanitised, and of characters that the site's tables take.
 * Caller frees. */
char *connection_account_label(const char *text, const WpSite *site);

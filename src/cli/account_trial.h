/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accounts that somebody is about to connect: their credentials, tried before anything is written.
 */
#pragma once

#include <glib.h>

#include "cli/chosen.h"

/* Asks for the password of a CalDAV account, and seals it with address and user name as the theme
 * does. Caller frees. NULL with CONFIG_ERROR. */
char *account_trial_caldav(const Chosen *chosen, const char *url, const char *username,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Which calendars an account has, and that it can be used at all: of ProviderCalendar; caller
 * unrefs. NULL with PROVIDER_ERROR. */
GPtrArray *account_trial_calendars(const Chosen *chosen, const char *provider, const char *box,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether each calendar that a connection has chosen can be read, as a sync would. False with
 * PROVIDER_ERROR, of the first that cannot. */
bool account_trial_read(const Chosen *chosen, const Connection *connection,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the new connection is called: --name, or `otherwise`. Caller frees. */
char *account_trial_label(const Chosen *chosen, const char *otherwise);

/* The account that a connection of the user has with a CalDAV server. False when its credentials
 * cannot be opened. Caller frees both. */
bool account_trial_known(
	const Chosen *chosen, const Connection *connection, char **ret_url, char **ret_username);

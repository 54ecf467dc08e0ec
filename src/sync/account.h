/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The account behind a connection: its credentials, opened for the provider, and stored again when
 * the provider renewed them. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "net/http.h"
#include "provider/provider.h"
#include "sync/context.h"
#include "user/connection.h"

/* Everything but `box` and `credentials` is borrowed. */
typedef struct Account {
	const SyncContext *context;
	Db *db;
	HttpClient *http;
	int64_t user_id;
	const Connection *connection;
	ProviderService google;
	char *box;         /* as stored now: not what was read, once tokens were renewed */
	char *credentials; /* the box opened */
} Account;

/* Opens the connection's credentials. Errors, for the calendar's owner to read:
 * PROVIDER_ERROR_AUTHENTICATION. account_clear() is due in every case. */
bool account_open(Account *account, const SyncContext *context, Db *db, HttpClient *http,
	int64_t user_id, const Connection *connection, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void account_clear(Account *account);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Account, account_clear)

/* Google, as the site is registered there. Borrows from the configuration. */
ProviderService account_google(const Config *config);

/* A request for the whole of the account; it borrows from it. Renewed credentials are stored by
 * compare-and-swap; in a dry run not at all. */
ProviderRequest account_request(Account *account, TimeWindow window);

/* Asks the connection's server which calendars the account has: ProviderCalendars; caller unrefs. A
 * connection that has chosen none, of an account without a calendar for events, is an error: there
 * is nothing that it could sync. NULL with an error for the calendar's owner to read:
 * PROVIDER_ERROR. */
GPtrArray *account_calendars(const SyncContext *context, Db *db, HttpClient *http, int64_t user_id,
	const Connection *connection, GError **error) G_GNUC_WARN_UNUSED_RESULT;

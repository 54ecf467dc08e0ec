/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks each calendar of a connection the way a sync would, and writes nothing. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sync/account.h"

/* What a calendar cannot be synced for. Without an id (NULL) it is the connection as a whole that
 * fails. Borrowed. */
typedef void (*InquiryVisitor)(void *data, const char *calendar_id, const GError *failure);

/* Begins a sync of each calendar that the connection has chosen, of the account's own where it
 * chose none, and leaves it at the first event. Tells of each that fails, for the calendar's owner
 * to read: PROVIDER_ERROR; what fails for the whole connection ends it. Tokens that are renewed are
 * not stored. True where one calendar at least answers. */
bool inquiry_ask(const SyncContext *context, Db *db, HttpClient *http, int64_t user_id,
	const Connection *connection, InquiryVisitor visit, void *data);

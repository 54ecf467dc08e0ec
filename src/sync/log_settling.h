/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For auto-logging only: remembers which events need not be looked at again, and until when. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "state/waiting_events.h"
#include "sync/auto_log.h"
#include "wp/past_event.h"

typedef struct LogSettling LogSettling;

/* `db` is borrowed. */
LogSettling *log_settling_new(Db *db);
void log_settling_free(LogSettling *settling);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogSettling, log_settling_free)

/* What its row, as it was looked at, comes to. WAITING: nothing happens. */
bool log_settling_add(LogSettling *settling, const PastEvent *event, WaitingState state,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Somebody logged it. */
bool log_settling_add_logged(
	LogSettling *settling, int64_t post_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes what was not written yet. */
bool log_settling_flush(LogSettling *settling, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whose events are set aside: the hash of all that decides about the events of a connection besides
 * themselves. `email` is the owner's. */
typedef struct LogRules {
	const AutoLogOptions *options;
	bool is_auto_log;
	const char *email; /* only where `is_auto_log` */
} LogRules;

/* Says what holds for a connection now. */
typedef LogRules (*LogRulesFunc)(int64_t user_id, const char *connection_id, void *data);

/* Where other rules hold than those by which a connection's events were set aside, they wait again.
 * `user_id`: 0 for all users. */
bool log_settling_take_back(Db *db, int64_t user_id, LogRulesFunc rules, void *data,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

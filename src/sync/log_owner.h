/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For auto-logging only: whose meetings are logged. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"
#include "sync/auto_log.h"
#include "user/connection.h"
#include "user/user.h"
#include "wp/past_event.h"

typedef struct LogOwner {
	WpUser *user;
	GHashTable *connection_ids; /* set of strings: of those that log by themselves */
	int64_t person_id;          /* who this user is among the contacts; 0: not known */
} LogOwner;

void log_owner_free(LogOwner *owner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogOwner, log_owner_free)

/* Notes which of the user's connections log by themselves. */
void log_owner_take_connections(LogOwner *owner, const ConnectionList *list);

/* The event of this id and its owner, who is known but for the connections. AUTO_LOG_ERROR where
 * there is no such event or user. */
bool log_owner_of_event(Db *db, const WpSite *site, const AutoLogOptions *options,
	PastEvent **ret_event, LogOwner **ret_owner, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "cannot log event 4711: …". Returns false. */
bool log_owner_refuse(const AutoLogOptions *options, AutoLogError code, const char *why,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All users some of whose connections log by themselves. */
typedef struct LogOwners {
	GHashTable *by_id; /* int64_t -> LogOwner */
	GArray *ids;       /* of int64_t */
} LogOwners;

LogOwners *log_owners_new(void);
void log_owners_free(LogOwners *owners);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogOwners, log_owners_free)

/* A user whose connections nobody can read. */
typedef void (*LogOwnerProblem)(int64_t user_id, const GError *why, void *data);

/* Finds them, or this one (`only_user_id` not 0). */
bool log_owners_find(LogOwners *owners, Db *db, const WpSite *site, int64_t only_user_id,
	LogOwnerProblem on_problem, void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Finds out who these `count` users from `first` on are among their contacts. */
bool log_owners_learn_people(const LogOwners *owners, Db *db, const WpSite *site, guint first,
	guint count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

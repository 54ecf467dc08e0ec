/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Syncs one connection: fetch, compare, write, say how it went (design 5). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "match/contact_index.h"
#include "net/http.h"
#include "sync/context.h"
#include "sync/outcomes.h"
#include "sync/report.h"
#include "user/user_state.h"

#define SYNC_ERROR sync_error_quark()
GQuark sync_error_quark(void);

typedef enum {
	SYNC_ERROR_INTERRUPTED, /* the lease went to another process */
	SYNC_ERROR_STOPPED,     /* the run was asked to stop (SyncContext.cancellable) */
	SYNC_ERROR_NOT_FOUND,   /* no such user or connection */
	SYNC_ERROR_BUSY,        /* the theme, or another process, is syncing this connection */
	SYNC_ERROR_REFUSED,     /* what was asked for cannot be done with what is there */
} SyncError;

/* Whether the run was not asked to stop; false with SYNC_ERROR_STOPPED. */
bool sync_goes_on(const SyncContext *context, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One thread's own: a database connection and an HTTP client. */
typedef struct SyncWorker {
	const SyncContext *context;
	Db *db;
	HttpClient *http;
	SyncListener *listener; /* or NULL; calls are already serialised */
	GHashTable *marks;      /* ContactMarks of the run's users */
} SyncWorker;

/* Called now and then during a long listing; false (error set) stops it. */
typedef struct SyncHeartbeat {
	bool (*beat)(void *data, GError **error);
	void *data;
} SyncHeartbeat;

/* What is known of the user; all borrowed. */
typedef struct SyncUser {
	UserState *state;    /* as it was read; follows what is written */
	HttpAllowance *left; /* what may still be spent on all of the user's connections */
	Outcomes *outcomes;  /* gets how it went, unless this is a dry run */
	/* The contacts, loaded when the first event asks for them; NULL with error set. */
	const ContactIndex *(*contacts)(void *data, GError **error);
	/* Runs in each transaction that writes events: false (error set) when the user is not ours
	 * any more. */
	DbWork guard;
	void *data;
} SyncUser;

/* Syncs a connection and fills in the outcome, message and counts of `report`, whose identity is
 * set. What goes wrong with the connection is in the report, in the user's outcomes and in the log;
 * false (error set) only when the run cannot go on: the database is gone or the heartbeat stopped
 * it. */
bool connection_sync(const SyncWorker *worker, const Connection *connection, const SyncUser *user,
	const SyncHeartbeat *heartbeat, ConnectionReport *report,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connections array of one user, as it stands serialized in usermeta (data-model 2). No
 * database. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONNECTION_ERROR connection_error_quark()
GQuark connection_error_quark(void);

typedef enum {
	CONNECTION_ERROR_DAMAGED,   /* the stored value cannot be read, or not safely be changed */
	CONNECTION_ERROR_NOT_FOUND, /* no connection of that id */
	CONNECTION_ERROR_CHANGED,   /* its credentials are not those expected any more */
} ConnectionError;

/* Strings are owned and never NULL unless said. */
typedef struct Connection {
	char *id;
	char *provider;
	char *name;
	char **calendar_ids; /* NULL-terminated: `calendar_ids` where not empty, else `calendar_id`
				where not empty, else nothing */
	char *credentials;   /* base64 box (data-model 3); may be empty */
	bool sync_enabled;   /* PHP truthiness; absent is off */
	bool auto_log;
	int sync_from_days;         /* 90 when absent; 0..3650 */
	int sync_to_days;           /* 30 when absent; 0..3650 */
	int sync_frequency_minutes; /* 15 when absent */
	char *last_sync;            /* ISO 8601, or NULL */
	char *last_error;           /* or NULL */
} Connection;

void connection_free(Connection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Connection, connection_free)

/* One as the theme makes it: switched on, its meetings logged, 90 days back and 30 ahead, every 15
 * minutes. `box` holds its credentials; `calendar_ids` is copied. Caller frees. */
Connection *connection_new(const char *provider, const char *name, const char *box,
	const char *const *calendar_ids, int64_t now_usecs);

typedef struct ConnectionList {
	GPtrArray *connections; /* of Connection, in stored order */
	GPtrArray
		*problems; /* of char*: entries that could not be understood, each in a sentence */
} ConnectionList;

void connection_list_free(ConnectionList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConnectionList, connection_list_free)

/* Reads a stored value. Unknown keys, entries and providers are no errors. NULL with
 * CONNECTION_ERROR_DAMAGED when nothing can be made of it. Caller frees. */
ConnectionList *connections_parse(
	const char *stored, size_t stored_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The fields that we own; all borrowed. */
typedef struct ConnectionChange {
	const char *last_sync; /* NULL: leave it */
	bool set_last_error;
	const char *last_error;           /* with set_last_error: the text, or NULL for null */
	const char *credentials;          /* NULL: leave them */
	const char *expected_credentials; /* with credentials: only in place of these; or NULL */
	bool set_sync_enabled;            /* for whoever keeps the site, never for a sync */
	bool sync_enabled;
} ConnectionChange;

/* The change of one among several. All borrowed. */
typedef struct ConnectionUpdate {
	const char *connection_id;
	ConnectionChange change;
} ConnectionUpdate;

/* The stored value with the fields of all these connections changed, each named once, and every
 * other byte as it was. One that cannot be changed stays as it is: `problems` (of char *, emptied
 * first) gets a sentence about it. Caller unrefs; NULL with CONNECTION_ERROR_DAMAGED when none can
 * be. */
GBytes *connections_update_all(const char *stored, size_t stored_bytes,
	const ConnectionUpdate *updates, size_t count, GPtrArray *problems,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The stored value with these fields of one connection changed and every other byte as it was.
 * Caller unrefs; NULL with a CONNECTION_ERROR. */
GBytes *connections_update(const char *stored, size_t stored_bytes, const char *connection_id,
	const ConnectionChange *change, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The stored value with these connections (of Connection) behind the others, as the theme adds one:
 * its keys, in its order; several calendars are in `calendar_ids`, too. Those whose ids are there
 * already are not added again. `created_at` is ISO 8601. Every other byte stays. Caller unrefs;
 * NULL with a CONNECTION_ERROR. */
GBytes *connections_add(const char *stored, size_t stored_bytes, const GPtrArray *added,
	const char *created_at, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The stored value without one connection, and the others as they were, counted anew from 0 as the
 * theme does. Caller unrefs; NULL with a CONNECTION_ERROR. */
GBytes *connections_remove(const char *stored, size_t stored_bytes, const char *connection_id,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a user's connections before a sync: WordPress's own row, and how far the last
 * runs came with each (the sidecar's tables; a cache). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"
#include "state/connection_state.h"
#include "user/connection.h"
#include "user/user_meta.h"

typedef struct UserState {
	UserMetaRow *row;     /* the connections row as it was read; NULL when there is none */
	ConnectionList *list; /* what it holds */
	GPtrArray *states;    /* of ConnectionState */
} UserState;

void user_state_free(UserState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UserState, user_state_free)

/* Reads both with one statement; without `has_tables` the connections row alone. NULL with a
 * DB_ERROR or CONNECTION_ERROR. Caller frees. */
UserState *user_state_read(Db *db, const WpSite *site, int64_t user_id, bool has_tables,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The state of a connection; one that nobody has tried yet is added, with id 0. Borrowed. */
ConnectionState *user_state_find(UserState *state, const char *connection_id);

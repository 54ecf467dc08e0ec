/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the connections of one user fared: gathered while they are synced, and told at the end, to
 * their owner with one write of the connections row, and then to later passes. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"
#include "user/user_state.h"

typedef struct Outcomes Outcomes;

Outcomes *outcomes_new(void);
void outcomes_free(Outcomes *outcomes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outcomes, outcomes_free)

/* All borrowed; the state until the writing. */
typedef struct ConnectionOutcome {
	const char *connection_id;
	const char *last_sync; /* when the sync began, as the theme stores it; NULL: it stays */
	const char *known_last_sync; /* what it was when the sync began, or NULL */
	const char *last_error;      /* or NULL */
	ConnectionState *state;      /* or NULL */
	bool has_new_patience;       /* of the state, which is written for it */
	bool is_first; /* nothing was remembered before, so that all of it is this sync's */
} ConnectionOutcome;

/* Copies the texts; a connection that was added before is told as now. */
void outcomes_add(Outcomes *outcomes, const ConnectionOutcome *outcome);

/* Writes all that was added, and forgets it. The owner is told first: who is killed in between is
 * tried again sooner, and nobody waits for what was told to no one. What could not be told of one
 * connection is a sentence in `problems` (of char *). False with a DB_ERROR or CONNECTION_ERROR. */
bool outcomes_write(Outcomes *outcomes, Db *db, const WpSite *site, int64_t user_id,
	UserMetaRow *known, GPtrArray *problems, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: which of the events that are to be stored somebody else (the theme,
 * another host) has stored since the store was opened. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "wp/event_write.h"

typedef struct EventPresence EventPresence;

EventPresence *event_presence_new(void);
void event_presence_free(EventPresence *presence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventPresence, event_presence_free)

/* Gives each write (`done_id`) the id of the post that is its event already, in any status, the
 * lowest where there are several; leaves the others alone. Runs in a transaction that has claimed
 * the events, and again after a rollback. `writes` is not empty. `were_known`: some of them were
 * known when they were claimed. */
bool event_presence_find(EventPresence *presence, Db *db, const EventWriteContext *context,
	const GPtrArray *writes, bool were_known, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new post was committed: called for each of a transaction, then event_presence_advance(). */
void event_presence_note(EventPresence *presence, int64_t post_id);
void event_presence_advance(EventPresence *presence);

/* Looks at all once more, where a batch was stored before. */
bool event_presence_look_back(EventPresence *presence, Db *db, const EventWriteContext *context,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The post of another's making that was seen for an event of this connection; 0: none. */
int64_t event_presence_foreign(const EventPresence *presence, const char *event_uid);

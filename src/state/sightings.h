/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which calendars of a connection hold an event besides the one that its row is made of
 * (KnownEvent). Rows of events that are not known mean nothing. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "state/hash.h"

typedef struct Sighting {
	uint8_t event_hash[STATE_HASH_BYTES]; /* of the event's uid */
	uint8_t calendar_hash[STATE_HASH_BYTES];
	uint8_t worth; /* Event.worth */
} Sighting;

/* Writes them, new or not. `count` is not 0. */
bool sightings_store(Db *db, int64_t connection, const Sighting *sightings, size_t count,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Deletes those of one calendar. `count` is not 0. */
bool sightings_forget(Db *db, int64_t connection, const uint8_t calendar_hash[STATE_HASH_BYTES],
	const uint8_t (*event_hashes)[STATE_HASH_BYTES], size_t count,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: several calendars that hold one event. Its row is made of the best copy
 * (event_copy_worth()), in whatever order they are told, and stays as long as any of them is there
 * (design 5). What a copy says is in hand only while its calendar is told: when the best one goes,
 * the event is given to the next, and awaits that calendar's word. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "wp/event_store_private.h"

/* True for "UID_20260115T090000Z" and "UID_20260115" when the set holds UID. */
bool event_sightings_hold_series(GHashTable *uids, const char *event_uid);

/* Whether the connection still has that calendar, while the one `in_hand` (or NO_CALENDAR) is told.
 */
bool event_sightings_is_selected(const EventStore *store, int32_t calendar, int32_t in_hand);

/* Whether the object that it came from is gone, or was told without it. */
bool event_sightings_is_absent_from_object(const EventStore *store, const StoredEvent *event);

/* A copy in this calendar was told, and is not the one that the row is made of. */
bool event_sightings_note(EventStore *store, StoredEvent *event, int32_t calendar, uint8_t worth,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether any was told in this run. */
bool event_sightings_is_told(const EventStore *store, const StoredEvent *event);

/* A copy in `calendar` was told: whether the event's row is to be made of it. If so and the copy of
 * another calendar is still there, that one is noted; if not, this one is. */
bool event_sightings_takes_over(EventStore *store, StoredEvent *event, int32_t calendar,
	uint8_t worth, bool *ret_takes_over, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The calendar says that the event, or the series `uid`, is not there (any more), or not in the
 * window. */
void event_sightings_gone(EventStore *store, StoredEvent *event, int32_t calendar);
void event_sightings_outside(EventStore *store, StoredEvent *event, int32_t calendar);
void event_sightings_series_gone(EventStore *store, const char *uid, int32_t calendar);
/* Whether the event's own calendar said so of its series. */
bool event_sightings_is_series_gone(const EventStore *store, const StoredEvent *event);

/* Gives the event to its best copy; `is_going`: to the best of the other ones. `*ret_moved` is true
 * when that is now another one than before. */
bool event_sightings_choose(EventStore *store, StoredEvent *event, bool is_going, bool *ret_moved,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those that are gone are forgotten, and what was given to a copy that is still to come is known as
 * that one's. When all was told. */
void event_sightings_settle(EventStore *store, const StoredEvent *event);

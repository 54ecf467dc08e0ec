/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Google's event objects, as events (calendar-protocols C3, data-model 4). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "event/event.h"
#include "event/event_copy.h"
#include "provider/json.h"

/* How the times of one calendar are read; all borrowed. */
typedef struct GoogleItemContext {
	TimeWindow window;
	GTimeZone *site_zone;     /* whose days all-day events are clipped by */
	GTimeZone *calendar_zone; /* of times without an offset */
	bool has_calendar_zone;   /* false: nobody knows it, and the site's stands in for it */
	CopyHolder holder;        /* whose calendar it is */
	const char *account;      /* the owner's address, or NULL */
} GoogleItemContext;

/* The members of an item that google_item_read() looks at, in the language of `fields`. */
#define GOOGLE_ITEM_FIELDS                                                                         \
	"id,status,eventType,iCalUID,recurringEventId,originalStartTime,start,end,"                \
	"endTimeUnspecified,summary,description,location,hangoutLink,htmlLink,"                    \
	"conferenceData(entryPoints(entryPointType,uri)),organizer(email,displayName,self),"       \
	"attendees(email,displayName,responseStatus,self,organizer,resource,optional),"            \
	"attendeesOmitted,visibility,transparency"

/* What an item is. All but the unreadable ones have an id. */
typedef enum {
	GOOGLE_ITEM_EVENT,      /* `*ret_event` is it */
	GOOGLE_ITEM_CANCELLED,  /* it may consist of its id alone */
	GOOGLE_ITEM_NO_MEETING, /* working location, birthday … */
	GOOGLE_ITEM_OUTSIDE,    /* not in the window */
	GOOGLE_ITEM_UNREADABLE, /* no id or no time that could be read */
} GoogleItemKind;

/* Reads one item. Caller frees the event, which is written only for GOOGLE_ITEM_EVENT. `*ret_note`
 * is NULL, or says what of it was not taken as it stands. */
GoogleItemKind google_item_read(const cJSON *item, const GoogleItemContext *context,
	Event **ret_event, const char **ret_note);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One occurrence in time, as every provider yields it: a weekly meeting is many events. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
	ATTENDEE_NEEDS_ACTION, /* also: no PARTSTAT, or one that is unknown (RFC 5545, 3.2.12) */
	ATTENDEE_ACCEPTED,
	ATTENDEE_DECLINED,
	ATTENDEE_TENTATIVE,
} AttendeeStatus;

/* CUTYPE (RFC 5545, 3.2.3). Rooms, resources and groups are no people. */
typedef enum {
	ATTENDEE_INDIVIDUAL,
	ATTENDEE_GROUP,
	ATTENDEE_RESOURCE,
	ATTENDEE_ROOM,
	ATTENDEE_UNKNOWN_KIND,
} AttendeeKind;

typedef struct Attendee {
	char *email; /* lower-case, or NULL when the calendar gives no usable address */
	char *name;  /* display name, or NULL */
	AttendeeStatus status;
	AttendeeKind kind;
	char *role;   /* lower-case ROLE ("req-participant"), or NULL where the source has none */
	bool is_self; /* the owner of the connection, where the provider knows it */
} Attendee;

Attendee *attendee_new(void);
void attendee_free(Attendee *attendee);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Attendee, attendee_free)

/* Adds an attendee to a list unless the same address is there already: then the one of the two that
 * has answered stays, as the owner if either is. Takes ownership. */
void attendee_merge(GPtrArray *attendees, Attendee *take_attendee);

/* "accepted", "declined", "tentative" or "needsAction": the words of the stored JSON. */
const char *attendee_status_name(AttendeeStatus status);

/* A day in the proleptic Gregorian calendar; no zone. */
typedef struct {
	int year;
	int month; /* 1..12 */
	int day;   /* 1..31 */
} CivilDate;

typedef enum {
	EVENT_STATUS_NONE,
	EVENT_STATUS_CONFIRMED,
	EVENT_STATUS_TENTATIVE,
	EVENT_STATUS_CANCELLED,
} EventStatus;

/* One occurrence in time; everything is owned. Complete when a provider hands it over: `uid`,
 * `event_uid` and `attendees` are not NULL (a cancelled one may have no more than these); its times
 * are either the two dates or the two instants, as `all_day` says, and the end never lies before
 * the start. Nothing in it is of the site: no local time, no row, no contact. */
typedef struct Event {
	char *uid; /* the iCalendar UID that all instances share */

	/* Which instance of a series this is: the start that the rule gave it. A moved instance
	 * keeps it. "20260115T090000Z", or "20260115" in an all-day series; NULL for a single
	 * event. */
	char *recurrence_id;

	/* What `_event_uid` holds: Google's instance id, or UID, or UID + "_" + recurrence_id. */
	char *event_uid;

	/* UIDs of series of which its source says that this one belongs to them: a tail that was
	 * cut off names the one that it goes on with. NULL-terminated; NULL for none. */
	char **siblings;

	bool all_day;
	CivilDate start_date; /* all-day only: first day */
	CivilDate end_date;   /* all-day only: the day after the last */
	int64_t start_utc;    /* timed only: unix seconds */
	int64_t end_utc;      /* timed only: unix seconds, never before start_utc */

	/* What the clock of its calendar's own zone shows at the start, "Y-m-d H:i:s"; NULL for
	 * all-day events and where the provider does not know. */
	char *start_wall;

	char *summary;     /* escapes undone; NULL when absent */
	char *description; /* may be HTML; NULL when absent */
	char *location;    /* NULL when absent */
	char *meeting_url; /* http(s) link chosen by the order of data-model 4, or NULL */
	char *html_link;   /* the provider's own page for the event, or NULL */

	EventStatus status;
	bool is_private;     /* CLASS other than PUBLIC, or Google's private visibility */
	bool is_transparent; /* does not block time ("free") */

	Attendee *organizer;       /* NULL when absent */
	GPtrArray *attendees;      /* of Attendee; never NULL */
	bool attendees_incomplete; /* the source left some out: those who are known stay */

	/* Of several copies of one meeting the one that is worth most is believed
	 * (event_copy.h); 0: its source does not tell copies apart, the first one stays. */
	uint8_t worth;

	char *raw_json; /* the source as JSON for `_raw_data`, already bounded in size; or NULL */
} Event;

/* An empty event; strings NULL, attendees empty. Free with event_free(). */
Event *event_new(void);
void event_free(Event *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Event, event_free)

/* A half-open span of time [from_utc, to_utc), unix seconds. */
typedef struct {
	int64_t from_utc;
	int64_t to_utc;
} TimeWindow;

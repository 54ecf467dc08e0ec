/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a calendar object that events are made of. */
#pragma once

#include <glib.h>
#include <libical/ical.h>
#include <stdbool.h>
#include <stddef.h>

#include "event/ical.h"
#include "event/ical_field.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(icalcomponent, icalcomponent_free)

/* What a VCALENDAR says about the events in it. A TZID means something within it only (RFC 5545,
 * 3.2.19). */
typedef struct IcalCalendar {
	GPtrArray *zones;  /* of IcalComponent */
	char *time_zone;   /* X-WR-TIMEZONE, or NULL */
	bool is_version_1; /* vCalendar 1.0 */
} IcalCalendar;

/* A VEVENT, a VTIMEZONE, or a STANDARD or DAYLIGHT inside one. */
typedef struct IcalComponent {
	icalcomponent_kind kind;
	const IcalCalendar *calendar; /* it stands in; borrowed from the object */
	char *uid;                    /* VEVENT: escapes undone, no spaces around it; or NULL */
	guint64 digest; /* of what it says, but for the moment at which the server said it; to tell
			   two versions apart that call themselves equally new */
	bool is_windows_1252;  /* some of its lines were */
	GPtrArray *fields;     /* of IcalFieldLine, in their order */
	icalcomponent *others; /* VEVENT: people and links, as libical reads them */
	guint attendees;       /* VEVENT: so many it names; `others` has those that are kept */
	guint attendees_kept;
	guint relations;     /* VEVENT: so many it names */
	GPtrArray *children; /* of IcalComponent; VTIMEZONE: its observances */
} IcalComponent;

struct IcalObject {
	GPtrArray *events;    /* of IcalComponent */
	GPtrArray *calendars; /* of IcalCalendar */
	guint tasks;          /* VTODO */
	guint journals;       /* VJOURNAL */
	guint free_busy;      /* VFREEBUSY */
};

/* The first line of that field, or NULL. Borrowed. */
const IcalFieldLine *ical_component_field(const IcalComponent *component, IcalField field);

/* The first value of a text field, escapes undone; NULL when absent or empty. Caller frees. */
char *ical_component_text(const IcalComponent *component, IcalField field);

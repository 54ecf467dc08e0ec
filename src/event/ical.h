/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns one iCalendar object (RFC 5545) into the events that happen in a window of time. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

#define ICAL_ERROR ical_error_quark()
GQuark ical_error_quark(void);

/* Why a whole object is refused. Messages say what is wrong in words for the calendar's owner. */
typedef enum {
	ICAL_ERROR_NOT_A_CALENDAR, /* empty, an HTML page, binary, events outside a VCALENDAR */
	ICAL_ERROR_TRUNCATED,      /* ends before END:VCALENDAR */
	ICAL_ERROR_MALFORMED,      /* components nested wrongly or too deep */
	ICAL_ERROR_TOO_LARGE,      /* more events or text than a calendar object holds */
} IcalError;

/* How to read an object. All borrowed for the length of the call. */
typedef struct IcalOptions {
	TimeWindow window;        /* occurrences that overlap it become events */
	GTimeZone *floating_zone; /* floating times and dates are read in it; NULL: UTC */
	GTimeZone *site_zone;     /* for zone names that nobody knows; NULL: floating_zone */
	const char *const *own_addresses; /* lower-case, NULL-terminated; or NULL. Such attendees
					     get is_self */
	const char *name;    /* names the object where its events lack a UID: its place in the
				calendar, or NULL: then they are skipped */
	int64_t now_utc;     /* of too many occurrences those nearest to it are kept */
	guint max_instances; /* of one UID in the window; 0: LIMIT_SERIES_EVENTS */
} IcalOptions;

/* Where the results go. */
typedef struct IcalSink {
	void *data; /* passed to all */

	/* One occurrence; takes ownership. Cancelled ones are passed on, with their status. False
	 * with error set ends the expansion, which passes the error on. */
	bool (*event)(void *data, Event *take_event, GError **error);

	/* Something that was skipped, left out or read otherwise than it stands. `uid` is NULL when
	 * unknown. `skipped`: some or all events of that UID are left out, so that absence from the
	 * results says nothing about them. May be NULL. */
	void (*problem)(void *data, const char *uid, bool skipped, const char *text);

	/* Read, but for attendees beyond a limit. NULL: problem() is told. */
	void (*cut)(void *data, const char *uid, const char *text);
} IcalSink;

/* A calendar object that was read, to be expanded. */
typedef struct IcalObject IcalObject;

/* Reads all VCALENDARs in the bytes. Keeps only what events need: attachments, alarms, tasks and
 * unknown properties leave no trace in memory. A line that makes no sense is passed over. NULL with
 * ICAL_ERROR when the object as a whole cannot be trusted. Caller frees. */
IcalObject *ical_object_parse(
	const char *bytes, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ical_object_free(IcalObject *object);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IcalObject, ical_object_free)

/* Names what lacks a UID by the object's place in the calendar (IcalOptions.name); once. */
void ical_object_name_events(IcalObject *object, const char *name);

/* The UIDs of its events, each once, borrowed from the object; caller unrefs. */
GPtrArray *ical_object_uids(const IcalObject *object);

/* Passes every occurrence of every VEVENT in `bytes` (any encoding damage; need not end in NUL)
 * that overlaps the window to the sink, in no particular order. An object without events (tasks,
 * journals) is fine and gives none. The same bytes and options give the same events.
 * `ret_last_end_utc` (or NULL): the end of the last occurrence of all, whatever the window, unix
 * seconds; G_MAXINT64 for a series without end, G_MININT64 when there is nothing. Later windows
 * that begin after it need not look at the object again.
 * Work and memory are bounded whatever the object says. Safe from several threads at once.
 * False: the object is refused (ICAL_ERROR), or the sink failed (its error). */
bool ical_expand(const char *bytes, size_t length, const IcalOptions *options, const IcalSink *sink,
	int64_t *ret_last_end_utc, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As ical_expand(), of several objects at once, whose events have their names: the VEVENTs of a UID
 * are one series wherever they stand, and nothing depends on the order of the objects. The objects
 * stay the caller's; `options->name` does not count. False when the sink failed. */
bool ical_expand_objects(IcalObject *const *objects, size_t count, const IcalOptions *options,
	const IcalSink *sink, int64_t *ret_last_end_utc, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What ical_expand() reports through IcalSink.problem. */
typedef struct IcalProblem {
	char *uid; /* or NULL */
	bool skipped;
	char *text;
} IcalProblem;

void ical_problem_free(IcalProblem *problem);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IcalProblem, ical_problem_free)

/* ical_expand() into arrays: `ret_events` of Event, `ret_problems` of IcalProblem; caller unrefs
 * both, which frees what they hold. Nothing is returned on failure. */
bool ical_collect(const char *bytes, size_t length, const IcalOptions *options,
	GPtrArray **ret_events, GPtrArray **ret_problems, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What an object holds, whatever the window. */
typedef struct IcalCounts {
	guint events; /* UIDs; what lacks one counts by itself */
	guint tasks, journals, free_busy;
} IcalCounts;

/* False when the object is refused (ICAL_ERROR). */
bool ical_count(const char *bytes, size_t length, IcalCounts *ret_counts,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a calendar calls itself (X-WR-CALNAME); NULL when it does not say. Caller frees. */
char *ical_find_name(const char *bytes, size_t length);

/* The UID of the first event of an object that may be damaged; NULL when there is none to be
 * found. Caller frees. */
char *ical_find_uid(const char *bytes, size_t length);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints what `run`, `sync`, `log` and `rematch` do: as it happens for people, as one object for
 * machines. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/options.h"
#include "cli/output.h"
#include "sync/auto_log.h"
#include "sync/forecast.h"
#include "sync/report.h"

typedef struct Printer {
	SyncListener listener; /* first: listeners get a pointer to it */
	AutoLogCallbacks activities;
	const CliOptions *options;
	bool names_nobody;      /* what is printed may end in a log that others read */
	int64_t began;          /* g_get_monotonic_time() of the beginning */
	int64_t progress_shown; /* and of the last progress line */
	size_t users_done;
	size_t users;
	size_t events;       /* of the connections that are done with */
	bool is_interrupted; /* set by the caller: not all was done */
	Json *root;          /* with --json */
	Json *changes;
	Json *connections;
	Json *logged;
	Json *overruled; /* what did not stop the event that was asked for */
	Json *waiting;
	Forecast *forecast;  /* in a dry run, borrowed: is told what would be stored; or NULL */
	GHashTable *people;  /* in a dry run, person id -> whom activities would be written on */
	size_t waiting_told; /* of the meetings that wait, in lines for people */
} Printer;

/* `is_pass`: nobody asked for it, so that its output stands in the system's journal: without -v it
 * has neither meetings' titles nor anybody's words. Borrows the options; its callbacks hold
 * pointers into `printer`, which must not move. */
void printer_init(Printer *printer, const CliOptions *options, bool is_pass);
void printer_clear(Printer *printer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Printer, printer_clear)

/* The end: totals in one line, or the JSON object. Either may be NULL where the command has none;
 * without `log_counts` of the totals the events that were matched again. */
void printer_finish(Printer *printer, const SyncTotals *totals, const AutoLogCounts *log_counts);

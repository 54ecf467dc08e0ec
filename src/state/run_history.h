/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ran: a row of our own for each run that may have written something. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

typedef struct RunCounts {
	size_t connections_done;
	size_t connections_failed;
	size_t connections_skipped;
	size_t events_added;
	size_t events_changed;
	size_t events_removed;
	size_t meetings_logged;
} RunCounts;

typedef enum {
	RUN_ENDED,
	RUN_INTERRUPTED, /* it ended at a safe point because of a signal */
	RUN_OPEN,        /* it has not said that it ended: it runs, or died on another machine */
	RUN_LOST,        /* it ended without saying so */
} RunState;

typedef struct RunRecord {
	char *command; /* "run", "sync", "log" */
	char *host;
	RunState state;
	int64_t started_utc;
	int64_t ended_utc; /* 0 unless it ended, or was interrupted */
	int exit_status;   /* likewise; of an interrupted run 128 and the signal */
	RunCounts counts;
} RunRecord;

/* Notes that a run begins; `*ret_id` is for run_history_end(). */
bool run_history_begin(Db *db, const char *command, int64_t now_utc, int64_t *ret_id,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Notes how it ended. Now and then deletes what is older than 90 days. */
bool run_history_end(Db *db, int64_t id, int64_t now_utc, int exit_status, const RunCounts *counts,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The last runs of this command (NULL: of all), at most so many, the latest first: an array of
 * RunRecord. Empty where the tables are missing. Caller unrefs; NULL with error set. */
GPtrArray *run_history_load(Db *db, const char *command, int64_t now_utc, unsigned limit,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* When a run of this command last ended with exit status 0; 0 for never. What a clock that was
 * wrong noted for later than now is passed over. */
bool run_history_last_success(Db *db, const char *command, int64_t now_utc, int64_t *ret_ended_utc,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

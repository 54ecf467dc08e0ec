/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `run`, `sync`, `log` and `rematch` have in common: they open a site, work, and say how it
 * went. */
#pragma once

#include "cli/app.h"
#include "cli/printer.h"
#include "sync/auto_log.h"
#include "sync/pass.h"

typedef struct Job {
	Interruption *interruption;
	const CliOptions *options;
	App app;
	SyncContext context;
	Printer printer;
	SyncTotals totals; /* filled in by the work */
	AutoLogCounts logged;
	Forecast *forecast;      /* in a dry run: what it would store */
	bool has_refused_writes; /* in a dry run: a real one could not write */
} Job;

/* What is told at the end. */
typedef enum { JOB_SYNCS, JOB_LOGS, JOB_MATCHES } JobTells;

typedef struct JobKind {
	const char *command;
	JobTells tells;
	bool writes_metrics;
	bool (*work)(Job *job, GError **error);
} JobKind;

/* Does the work and tells how it went: on the output, in the history of runs and, after a pass, in
 * the file of metrics. Nothing is done while the site's active theme is not the one that the ini
 * names; then one line says so, and the status is EXIT_PAUSED (data-model 6). A signal stops
 * it at a safe point, and what was done until then is told. Returns the exit status. */
ExitStatus job_run(const CliOptions *options, const JobKind *kind);

/* Logs past meetings and counts them in `logged`. What the database refuses fails this part of the
 * work alone, is logged, and is tried again by the next run; false when nothing more can be done.
 */
bool job_log_meetings(Job *job, const AutoLogOptions *options, GError **error);

/* The [log] section of the ini; no limit, no user, no event yet. */
AutoLogOptions job_log_options(const SyncContext *context);

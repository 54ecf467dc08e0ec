/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `run`, `sync` and `log` have in common. */
#pragma once

#include "cli/app.h"
#include "cli/printer.h"
#include "sync/auto_log.h"
#include "sync/pass.h"

/* The [log] section of the ini; no limit, no user, no event yet. */
AutoLogOptions job_log_options(const SyncContext *context);

/* True when the site's active theme is not the one that the ini names: then nothing is done, and
 * one line has said so (data-model 6). */
bool job_is_paused(const App *app);

/* The exit status of a run that got through. */
ExitStatus job_status(const SyncTotals *totals, const AutoLogCounts *log_counts);

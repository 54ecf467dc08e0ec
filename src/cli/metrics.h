/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the last pass went, for Prometheus: a file in its text format, as the textfile collector of
 * node_exporter reads it. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "state/run_history.h"
#include "sync/health.h"

typedef struct Metrics {
	const char *site; /* its address; every series has it as a label */
	int64_t ended_utc;
	int64_t last_success_utc; /* 0: never */
	double elapsed_secs;
	int exit_status;
	RunCounts counts;
	const HealthSummary *health; /* borrowed; NULL: not known */
} Metrics;

/* The text; caller frees. */
char *metrics_text(const Metrics *metrics);

/* Writes the text to a file that everyone may read. Who reads meanwhile sees the old one or the new
 * one. A G_FILE_ERROR names the file. */
bool metrics_write(
	const char *path, const Metrics *metrics, GError **error) G_GNUC_WARN_UNUSED_RESULT;

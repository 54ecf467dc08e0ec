/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the last pass went, in Prometheus's text format. */
#include "cli/metrics.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { READABLE_BY_ALL = 0644, SUFFIX_CHARACTERS = 6, LEFT_BEHIND_SECS = 10 * 60 };

/* Names the series that follow. */
static void add_family(GString *text, const char *name, const char *help)
{
	g_string_append_printf(text, "# HELP prm_calendar_%s %s\n# TYPE prm_calendar_%s gauge\n",
		name, help, name);
}

/* A label's value: backslashes, quotes and line ends are escaped. Caller frees. */
static char *label_value(const char *value)
{
	g_autofree char *valid = g_utf8_make_valid(value, -1);
	g_autoptr(GString) escaped = g_string_new(valid);

	g_string_replace(escaped, "\\", "\\\\", 0);
	g_string_replace(escaped, "\"", "\\\"", 0);
	g_string_replace(escaped, "\n", "\\n", 0);
	return g_strdup(escaped->str);
}

/* `label` is NULL, or the name of a second label whose value is `what`. */
static void add_series(GString *text, const Metrics *metrics, const char *name, const char *label,
	const char *what, double value)
{
	g_autofree char *site = label_value(metrics->site);
	char digits[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_append_printf(text, "prm_calendar_%s{site=\"%s\"", name, site);
	if (label != NULL)
		g_string_append_printf(text, ",%s=\"%s\"", label, what);
	g_string_append_printf(text, "} %s\n", g_ascii_dtostr(digits, sizeof(digits), value));
}

static void add_one(
	GString *text, const Metrics *metrics, const char *name, const char *help, double value)
{
	add_family(text, name, help);
	add_series(text, metrics, name, NULL, NULL, value);
}

static void add_health(GString *text, const Metrics *metrics)
{
	static const char connections[] = "connections";
	const HealthSummary *health = metrics->health;

	add_family(text, connections, "Connections by how they fare.");
	for (Health state = 0; state < HEALTH_STATES; state++)
		add_series(text, metrics, connections, "state", health_name(state),
			health->count[state]);
	add_one(text, metrics, "connections_late",
		"Connections that were not synced when it was their turn.", health->late);
	if (health->oldest_sync_utc > 0)
		add_one(text, metrics, "oldest_last_sync_timestamp_seconds",
			"The oldest last_sync of a connection that is not paused.",
			(double)health->oldest_sync_utc);
}

char *metrics_text(const Metrics *metrics)
{
	static const char connections[] = "last_run_connections";
	static const char events[] = "last_run_events";
	const RunCounts *counts = &metrics->counts;
	GString *text = g_string_new(NULL);

	add_one(text, metrics, "last_run_timestamp_seconds", "When the last pass ended.",
		(double)metrics->ended_utc);
	if (metrics->last_success_utc > 0)
		add_one(text, metrics, "last_success_timestamp_seconds",
			"When a pass last ended with exit status 0.",
			(double)metrics->last_success_utc);
	add_one(text, metrics, "last_run_duration_seconds", "How long the last pass took.",
		metrics->elapsed_secs);
	add_one(text, metrics, "last_run_exit_status", "Exit status of the last pass.",
		metrics->exit_status);
	add_family(text, connections, "Connections of the last pass by outcome.");
	add_series(text, metrics, connections, "outcome", "done", (double)counts->connections_done);
	add_series(text, metrics, connections, "outcome", "failed",
		(double)counts->connections_failed);
	add_series(text, metrics, connections, "outcome", "skipped",
		(double)counts->connections_skipped);
	add_family(text, events, "Events that the last pass wrote by kind of change.");
	add_series(text, metrics, events, "change", "added", (double)counts->events_added);
	add_series(text, metrics, events, "change", "changed", (double)counts->events_changed);
	add_series(text, metrics, events, "change", "removed", (double)counts->events_removed);
	add_one(text, metrics, "last_run_meetings_logged",
		"Meetings that the last pass wrote as activities.",
		(double)counts->meetings_logged);
	if (metrics->health != NULL)
		add_health(text, metrics);
	return g_string_free(text, FALSE);
}

/* What a process left behind that was killed while it wrote "PATH.new" (g_file_set_contents_full()
 * adds a dot and six characters), unless another one may be at it right now. */
static void sweep(const char *beside)
{
	g_autofree char *folder = g_path_get_dirname(beside);
	g_autofree char *base = g_path_get_basename(beside);
	g_autofree char *prefix = g_strconcat(base, ".", NULL);
	g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
	const char *name;

	while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		struct stat status;

		if (g_str_has_prefix(name, prefix) &&
			strlen(name) == strlen(prefix) + SUFFIX_CHARACTERS &&
			g_lstat(path, &status) == 0 && S_ISREG(status.st_mode) &&
			status.st_mtime < time(NULL) - LEFT_BEHIND_SECS)
			g_unlink(path);
	}
}

bool metrics_write(const char *path, const Metrics *metrics, GError **error)
{
	g_autofree char *text = metrics_text(metrics);
	g_autofree char *beside = g_strconcat(path, ".new", NULL);
	struct stat status;

	/* Replaced by a file, a device would be gone from the machine. */
	if (g_lstat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
			"%s is no regular file; name one in metrics_file of section [output]",
			path);
		return false;
	}
	sweep(beside);
	/* Its name is no collector's business, and its mode is not the umask's. */
	if (!g_file_set_contents_full(
		    beside, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, READABLE_BY_ALL, error))
		return false;
	if (g_chmod(beside, READABLE_BY_ALL) == 0 && g_rename(beside, path) == 0)
		return true;
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "cannot replace %s: %s",
		path, g_strerror(errno));
	g_unlink(beside);
	return false;
}

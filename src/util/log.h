/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The logger: one line a person can act on, as text or JSON, on stderr. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG } LogLevel;
typedef enum { LOG_FORMAT_TEXT, LOG_FORMAT_JSON } LogFormat;

/* Whom a line is about. Every field may be empty (0 or NULL); all are borrowed. They begin the text
 * line ("user 7 (anna), conn_65a…: …") and are fields of their own in JSON. */
typedef struct {
	int64_t user_id;
	const char *user_login;
	const char *connection_id;
	const char *event_uid;
} LogAbout;

/* Sets level and format for the whole process; call before threads start. The only global state of
 * the program. */
void log_setup(LogLevel level, LogFormat format);

/* True when a line of this level would be written. */
bool log_enabled(LogLevel level);

/* Writes one line. `about` may be NULL. What nobody sees in the message (visible.h) is shown as
 * "\xNN" or "\uNNNN", so that no server or calendar can forge a line. Safe to call from several
 * threads. Rooms below `sync` do not log: they return errors. */
void log_line(LogLevel level, const LogAbout *about, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Shows a line that the next one replaces, where stderr is a terminal; NULL takes it away. Log
 * lines make room for themselves; whoever prints to standard output takes it away first. */
void log_progress(const char *text);

/* Reads "error", "warning", "info" or "debug"; false for anything else. */
bool log_level_parse(const char *text, LogLevel *ret_level);

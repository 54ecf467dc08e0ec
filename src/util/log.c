/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats one message twice: for a person, or as a JSON object a line. */
#include "util/log.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/visible.h"

enum { USUAL_COLUMNS = 80 };

static struct {
	LogLevel level;
	LogFormat format;
	GMutex mutex; /* guards the terminal's last line */
	bool has_progress;
} logger = {.level = LOG_INFO, .format = LOG_FORMAT_TEXT};

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

void log_setup(LogLevel level, LogFormat format)
{
	logger.level = level;
	logger.format = format;
}

bool log_enabled(LogLevel level)
{
	return level <= logger.level;
}

bool log_level_parse(const char *text, LogLevel *ret_level)
{
	for (size_t i = 0; i < G_N_ELEMENTS(level_names); i++) {
		if (strcmp(text, level_names[i]) == 0) {
			*ret_level = (LogLevel)i;
			return true;
		}
	}
	return false;
}

static char *log_format_text(LogLevel level, const LogAbout *about, const char *message)
{
	g_autoptr(GString) line = g_string_new("prm-calendar: ");

	if (level != LOG_INFO)
		g_string_append_printf(line, "%s: ", level_names[level]);
	if (about->user_id != 0) {
		g_string_append_printf(line, "user %" G_GINT64_FORMAT, about->user_id);
		if (about->user_login != NULL)
			g_string_append_printf(line, " (%s)", about->user_login);
		g_string_append(line, ": ");
	}
	if (about->connection_id != NULL)
		g_string_append_printf(line, "%s: ", about->connection_id);
	if (about->event_uid != NULL)
		g_string_append_printf(line, "event %s: ", about->event_uid);
	g_string_append(line, message);
	/* What a server sent cannot begin a new line or move a cursor. */
	return visible_text(line->str);
}

static char *log_format_json(LogLevel level, const LogAbout *about, const char *message)
{
	cJSON *object = cJSON_CreateObject();
	g_autofree char *valid = g_utf8_make_valid(message, -1);
	char *printed;
	char *line;

	cJSON_AddStringToObject(object, "level", level_names[level]);
	cJSON_AddStringToObject(object, "message", valid);
	if (about->user_id != 0)
		cJSON_AddNumberToObject(object, "user_id", (double)about->user_id);
	if (about->user_login != NULL)
		cJSON_AddStringToObject(object, "user_login", about->user_login);
	if (about->connection_id != NULL)
		cJSON_AddStringToObject(object, "connection", about->connection_id);
	if (about->event_uid != NULL)
		cJSON_AddStringToObject(object, "event_uid", about->event_uid);
	printed = cJSON_PrintUnformatted(object);
	line = visible_json(printed);
	cJSON_free(printed);
	cJSON_Delete(object);
	return line;
}

/* With the mutex held. */
static void clear_progress(void)
{
	if (logger.has_progress)
		fputs("\r\033[K", stderr);
	logger.has_progress = false;
}

void log_line(LogLevel level, const LogAbout *about, const char *format, ...)
{
	static const LogAbout nobody = {0};
	g_autofree char *message = NULL;
	g_autofree char *line = NULL;
	va_list arguments;

	if (!log_enabled(level))
		return;
	if (about == NULL)
		about = &nobody;
	va_start(arguments, format);
	message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	if (logger.format == LOG_FORMAT_JSON)
		line = log_format_json(level, about, message);
	else
		line = log_format_text(level, about, message);
	g_mutex_lock(&logger.mutex);
	clear_progress();
	fprintf(stderr, "%s\n", line);
	g_mutex_unlock(&logger.mutex);
}

/* A line that wraps could not be taken away again. One column is left to the cursor. */
static void cut_to_width(char *text)
{
	struct winsize size = {0};
	unsigned columns = 0;
	char *end = text;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		size.ws_col = USUAL_COLUMNS;
	while (*end != '\0') {
		gunichar character = g_utf8_get_char(end);

		columns += g_unichar_iswide(character)        ? 2
			   : g_unichar_iszerowidth(character) ? 0
							      : 1;
		if (columns >= size.ws_col)
			break;
		end = g_utf8_next_char(end);
	}
	*end = '\0';
}

void log_progress(const char *text)
{
	g_mutex_lock(&logger.mutex);
	clear_progress();
	if (text != NULL && isatty(STDERR_FILENO)) {
		g_autofree char *printable = visible_text(text);

		cut_to_width(printable);
		fputs(printable, stderr);
		fflush(stderr);
		logger.has_progress = true;
	}
	g_mutex_unlock(&logger.mutex);
}

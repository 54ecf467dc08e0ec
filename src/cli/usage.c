/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/usage.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/output.h"

ExitStatus usage_fail(const CliOptions *options, const char *message)
{
	fprintf(stderr, "prm-calendar: %s; see prm-calendar%s%s --help\n", message,
		options->command[0] == '\0' ? "" : " ", options->command);
	if (options->json) {
		g_autoptr(Json) object = json_object_new();

		json_set_text(object, "error", message);
		json_print(object);
	}
	return EXIT_USAGE;
}

ExitStatus usage_fail_about(const CliOptions *options, const char *format, ...)
{
	g_autofree char *message = NULL;
	va_list arguments;

	va_start(arguments, format);
	message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return usage_fail(options, message);
}

const char *usage_port_problem(const CliOptions *options)
{
	return options->port >= -1 && options->port <= G_MAXUINT16
		       ? NULL
		       : "--port is a number from 0, any that is free, to 65535";
}

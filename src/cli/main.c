/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program: hands the command line to the command that it names. */
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <glib.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/suggestion.h"
#include "cli/usage.h"

/* "-c FILE" and the other global options may stand before the command as well: where its name is.
 */
static int command_position(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-')
			return i;
		if (strcmp(argv[i], "-c") == 0 || strcmp(argv[i], "--config") == 0)
			i++;
	}
	return 0;
}

static bool wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			return true;
	}
	return false;
}

static ExitStatus run_without_command(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--version") == 0) {
			puts("prm-calendar " PRM_CALENDAR_VERSION);
			return EXIT_ALL_WELL;
		}
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			help_print_overview(stdout);
			return EXIT_ALL_WELL;
		}
	}
	if (argc > 1) {
		const CliOptions nobody = {.command = "", .json = wants_json(argc, argv)};

		return usage_fail(&nobody, "no command given");
	}
	help_print_overview(stderr);
	return EXIT_USAGE;
}

/* GOption's "Unknown option --usr". */
static ExitStatus fail_to_parse(const Command *command, bool json, const GError *error)
{
	const CliOptions called = {.command = command->name, .json = json};
	const char *dashes =
		error->code == G_OPTION_ERROR_UNKNOWN_OPTION ? strstr(error->message, "--") : NULL;
	g_autofree char *word = dashes != NULL ? g_strndup(dashes + strlen("--"),
							 strcspn(dashes, "=") - strlen("--"))
					       : NULL;
	const char *suggestion = word != NULL ? suggestion_option(command, word) : NULL;

	if (suggestion == NULL)
		return usage_fail(&called, error->message);
	return usage_fail_about(&called, "%s; did you mean --%s?", error->message, suggestion);
}

static ExitStatus run_command(const Command *command, bool json, int argc, char **argv)
{
	g_auto(CliOptions) options = {0};
	g_autoptr(GError) error = NULL;

	if (!cli_options_parse(&options, command, argc, argv, &error))
		return fail_to_parse(command, json, error);
	if (options.help) {
		g_autofree char *help = cli_command_help(command);

		fputs(help, stdout);
		return EXIT_ALL_WELL;
	}
	if (options.version) {
		puts("prm-calendar " PRM_CALENDAR_VERSION);
		return EXIT_ALL_WELL;
	}
	return command->run != NULL ? command->run(&options) : help_run(&options);
}

/* Secrets stay out of core files, also where a handler takes those, which minds no limit; and other
 * processes of the same user cannot look into our memory. A sanitizer looks for leaks that way. */
static void keep_memory_private(void)
{
	const struct rlimit no_core = {0, 0};

	setrlimit(RLIMIT_CORE, &no_core);
#ifndef __SANITIZE_ADDRESS__
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* Else the next file or connection that is opened would be taken for standard output. */
static bool open_standard_files(void)
{
	for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
		/* The lowest that is free is this one. */
		if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDWR) != descriptor)
			return false;
	}
	return true;
}

static ExitStatus run_program(int argc, char **argv)
{
	g_autofree char **words = NULL;
	int position = command_position(argc, argv);
	const Command *command;

	if (position == 0)
		return run_without_command(argc, argv);
	command = command_find(argv[position]);
	if (command == NULL)
		return help_unknown_command(wants_json(argc, argv), argv[position]);
	words = g_new0(char *, argc);
	for (int i = 1, next = 0; i < argc; i++) {
		if (i != position)
			words[next++] = argv[i];
	}
	return run_command(command, wants_json(argc, argv), argc - 2, words);
}

/* What was done is done, but whoever wanted to read of it does not know. */
static ExitStatus close_output(ExitStatus status)
{
	g_autoptr(GError) error = NULL;

	if (output_close(&error))
		return status;
	fprintf(stderr, "prm-calendar: error: %s\n", error->message);
	return status == EXIT_ALL_WELL ? EXIT_SOME_FAILED : status;
}

int main(int argc, char **argv)
{
	environment_clean();
	if (!open_standard_files())
		return EXIT_CONFIG;
	keep_memory_private();
	/* A server that hangs up, or `| head`, is an error to report, not a death. */
	signal(SIGPIPE, SIG_IGN);
	/* Names are printed as UTF-8 whatever the terminal says: they come from the database. */
	setlocale(LC_ALL, "C.UTF-8");
	/* As GLib: out of memory ends the program. cJSON leaves out what it has no memory for, and
	 * an event whose class is not there is a public one. */
	cJSON_InitHooks(&(cJSON_Hooks){g_malloc, g_free});
	return (int)close_output(run_program(argc, argv));
}

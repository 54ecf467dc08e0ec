/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/help.h"

#include "cli/commands.h"
#include "cli/suggestion.h"
#include "cli/usage.h"

void help_print_overview(FILE *stream)
{
	fputs("Usage: prm-calendar COMMAND [OPTION…]\n\n"
	      "Syncs the calendars that WordPress users linked in the Personal CRM theme.\n\n"
	      "Commands:\n",
		stream);
	for (const Command *const *command = commands_all(); *command != NULL; command++)
		fprintf(stream, "  %-11s %s\n", (*command)->name, (*command)->summary);
	fputs("\nEach command explains itself: prm-calendar COMMAND --help\n"
	      "Example: prm-calendar -c /etc/prm-calendar/prm-calendar.ini status\n\n"
	      "Exit status: 0 all went well; 1 some connections failed, the others were done\n"
	      "(doctor: something is wrong);\n"
	      "64 usage; 69 the database cannot be reached; 75 another pass is running;\n"
	      "78 bad configuration; 79 paused, as the site has another theme; 128 and more a "
	      "signal: 130 Ctrl-C, 143 SIGTERM.\n",
		stream);
}

ExitStatus help_unknown_command(bool json, const char *name)
{
	const CliOptions nobody = {.command = "", .json = json};
	const char *suggestion = suggestion_command(name);

	if (suggestion == NULL)
		return usage_fail_about(&nobody, "unknown command '%s'", name);
	return usage_fail_about(
		&nobody, "unknown command '%s'; did you mean %s?", name, suggestion);
}

ExitStatus help_run(const CliOptions *options)
{
	const char *name = options->arguments[0];
	const Command *command = name != NULL ? command_find(name) : NULL;
	g_autofree char *text = NULL;

	if (name == NULL) {
		help_print_overview(stdout);
		return EXIT_ALL_WELL;
	}
	if (command == NULL)
		return help_unknown_command(options->json, name);
	text = cli_command_help(command);
	fputs(text, stdout);
	return EXIT_ALL_WELL;
}

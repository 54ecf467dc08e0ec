/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar help`, which is --help by another name. */
#include "cli/commands.h"

static const CliOption help_options[] = {{0}};

const Command command_help = {
	.name = "help",
	.arguments = "[COMMAND]",
	.summary = "the list of commands, or what one of them does",
	.details = "The same as --help.\n\nExample: prm-calendar help sync",
	.options = help_options,
	.arguments_max = 1,
	.run = NULL, /* it tells of all commands: help_run() */
};

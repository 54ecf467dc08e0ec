/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the program says of itself. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "cli/options.h"

/* All commands, and what the exit statuses mean. */
void help_print_overview(FILE *stream);

/* Says that there is no such command, and which one may be meant. Returns EXIT_USAGE. */
ExitStatus help_unknown_command(bool json, const char *name);

/* What `help` does: the list of commands, or what one of them does. */
ExitStatus help_run(const CliOptions *options);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that were called in a wrong way. */
#pragma once

#include "cli/options.h"

/* Says what is missing or wrong, with --json also as {"error": …}; returns EXIT_USAGE. Where no
 * command is known, the options' is "". */
ExitStatus usage_fail(const CliOptions *options, const char *message);

/* The same for a message that is made here. */
ExitStatus usage_fail_about(const CliOptions *options, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What is wrong with --port; NULL: nothing. Static. */
const char *usage_port_problem(const CliOptions *options);

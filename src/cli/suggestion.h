/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a mistyped word may have been meant to be. */
#pragma once

#include "cli/options.h"

/* The command's name that is most like the word, or NULL when none is much like it. */
const char *suggestion_command(const char *word);

/* The same for an option of the command, without dashes. */
const char *suggestion_option(const Command *command, const char *word);

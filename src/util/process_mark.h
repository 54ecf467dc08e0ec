/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A word that names a process so that another one on the same machine can tell whether it still
 * runs. */
#pragma once

#include <stdbool.h>

/* "host:pid.start:machine" of this process, without spaces: its start in clock ticks since boot,
 * and a hash of machine and PID namespace ("-" where these cannot be known). Caller frees. */
char *process_mark_own(void);

/* True when the mark names a process of this machine that does not run any more. One of another
 * machine, or that cannot be looked at, counts as running. */
bool process_mark_is_dead(const char *mark);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIGTERM, SIGINT and SIGHUP: the run comes to a safe point first. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* How long a stopped run may take to come to a safe point, and after which part of that what the
 * database has not answered is broken off. */
enum { INTERRUPTION_SAFE_MSECS = 5000, INTERRUPTION_BREAK_OFF_MSECS = 2000 };

typedef struct Interruption Interruption;

/* From here on the first of these signals is noted instead of ending the process; a second one ends
 * it at once, as does a run that is not at a safe point in time. A signal that the caller had
 * ignored (nohup) stays so. Call before other threads start: they inherit that the signals are
 * blocked. One at a time. */
Interruption *interruption_new(void);
/* The signals do again what they did before. */
void interruption_free(Interruption *interruption);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Interruption, interruption_free)

/* The signal that came, 0 for none. Thread-safe. */
int interruption_signal(const Interruption *interruption);
/* Its name: "SIGTERM"; "a signal" for 0 and others. */
const char *interruption_name(int signum);

/* Cancelled with the first signal, and when waiting must end; borrowed. See DbOptions. */
GCancellable *interruption_stop(const Interruption *interruption);
GCancellable *interruption_break_off(const Interruption *interruption);

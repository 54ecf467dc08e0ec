/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What concerns the whole site is said once in a run, not once a user. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Notices Notices;
Notices *notices_new(void);
void notices_free(Notices *notices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Notices, notices_free)

/* True when this text was not asked about before. Thread-safe. */
bool notices_is_new(Notices *notices, const char *text);

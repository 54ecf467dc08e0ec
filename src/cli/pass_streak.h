/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many passes failed in a row. */
#pragma once

#include <glib.h>

#include "state/run_history.h"

enum {
	PASS_STREAK_READ = 500, /* runs, for pass_streak_of(): five days of them */
	PASS_STREAK_BAD = 3,    /* so many in a row are no accident */
};

/* The passes after the last good one. Records are borrowed. */
typedef struct PassStreak {
	unsigned failed;
	const RunRecord *first;  /* of those that failed; NULL for none */
	const RunRecord *latest; /* likewise */
	const RunRecord *good;   /* the last good one; NULL when none is remembered */
} PassStreak;

/* `records` of "run", the latest first. One that found connections that fail, another process at
 * work or the site paused did what it had to do. */
PassStreak pass_streak_of(const GPtrArray *records);

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pass_streak.h"

#include <stdbool.h>

#include "cli/options.h"

static bool is_good(const RunRecord *record)
{
	return record->state == RUN_ENDED &&
	       (record->exit_status == EXIT_ALL_WELL || record->exit_status == EXIT_SOME_FAILED ||
		       record->exit_status == EXIT_BUSY || record->exit_status == EXIT_PAUSED);
}

PassStreak pass_streak_of(const GPtrArray *records)
{
	PassStreak streak = {0};

	for (guint i = 0; i < records->len && streak.good == NULL; i++) {
		const RunRecord *record = records->pdata[i];

		if (record->state == RUN_OPEN)
			continue;
		if (is_good(record)) {
			streak.good = record;
			continue;
		}
		streak.failed++;
		streak.first = record;
		if (streak.latest == NULL)
			streak.latest = record;
	}
	return streak;
}

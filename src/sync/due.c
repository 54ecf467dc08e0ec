/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync/due.h"

#include <glib.h>

#include "site/time.h"

enum { SECONDS_PER_MINUTE = 60, SLACK_DIVISOR = 3 };

int64_t due_from_utc(const Connection *connection, int64_t interval_secs, int64_t now_utc)
{
	int64_t frequency_secs = (int64_t)connection->sync_frequency_minutes * SECONDS_PER_MINUTE;
	int64_t last_utc;

	/* A last sync in the future comes from a clock that was wrong. */
	if (connection->last_sync == NULL || connection->last_error != NULL ||
		!site_time_parse_iso(connection->last_sync, &last_utc) || last_utc > now_utc)
		return 0;
	return last_utc + MAX(frequency_secs - interval_secs / SLACK_DIVISOR, 0);
}

int64_t due_turn_utc(int64_t turn_utc, int64_t cycle_secs, int64_t from_utc)
{
	int64_t turns;

	if (from_utc <= turn_utc)
		return turn_utc;
	turns = (from_utc - turn_utc + cycle_secs - 1) / cycle_secs;
	return turn_utc + turns * cycle_secs;
}

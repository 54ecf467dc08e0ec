/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of the theme's dialects. */
#include "site/dialect.h"

/* All that differs in behaviour. The theme gave up names in January 2026, since first names and
 * names two letters apart logged meetings on people who were not there; it was called stadion soon
 * after.
 *
 * What is the same in all of them, and done otherwise here on purpose (prm-calendar(7), "Beside the
 * theme"):
 * - it logs matches of 50 percent or more, we those above (min_confidence): 50 is a name two
 * letters off;
 * - its activity reads "TITLE at LOCATION (URL)", ours as `content` says: location and link have
 * metas of their own there, and a title must be found again in what others wrote;
 * - it dates the comment by the moment of logging, we by the meeting: lists of comments then show
 * when people met. activity_date and activity_time, which its timeline shows, are the meeting's in
 * both;
 * - it leaves out which event an activity is of, we add calendar_event_id and calendar_event_uid,
 * by which no meeting is logged twice;
 * - it logs posts that are `publish` only, and WordPress makes a post whose date is to come
 * `future`: we store `publish` and log those that were left `future`, too. */
static const Dialect dialects[DIALECTS] = {
	{"prm", "_prm_calendar_connections", "activity", true},
	{"stadion", "_stadion_calendar_connections", "stadion_activity", false},
	{"rondo", "_rondo_calendar_connections", "rondo_activity", false},
};

const Dialect *dialect_at(size_t index)
{
	return &dialects[index];
}

const Dialect *dialect_find(const char *prefix)
{
	for (size_t i = 0; i < DIALECTS; i++) {
		if (g_str_equal(dialects[i].prefix, prefix))
			return &dialects[i];
	}
	return NULL;
}

bool dialect_matches_names(const Dialect *dialect, ConfigSwitch names)
{
	return names == CONFIG_SWITCH_AUTO ? dialect->matches_by_name : names == CONFIG_SWITCH_YES;
}

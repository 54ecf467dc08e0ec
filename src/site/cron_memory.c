/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One option: "TIME INTERVAL RECURRENCE", or "unknown". */
#include "site/cron_memory.h"

#include <string.h>

#include "site/option.h"

enum { INTERVAL_SECS_MAX = 366 * 24 * 60 * 60 };

#define UNKNOWN "unknown"

bool cron_event_set(
	CronEvent *ret_event, int64_t at_utc, const char *recurrence, int64_t interval_secs)
{
	size_t length = recurrence == NULL ? 0 : strlen(recurrence);

	if (at_utc <= 0 || interval_secs <= 0 || interval_secs > INTERVAL_SECS_MAX || length == 0 ||
		length > CRON_RECURRENCE_BYTES_MAX || !g_utf8_validate(recurrence, -1, NULL))
		return false;
	ret_event->at_utc = at_utc;
	ret_event->interval_secs = interval_secs;
	memcpy(ret_event->recurrence, recurrence, length + 1);
	return true;
}

int64_t cron_event_next(const CronEvent *event, int64_t now_utc)
{
	if (event->at_utc > now_utc)
		return event->at_utc;
	return now_utc + event->interval_secs - (now_utc - event->at_utc) % event->interval_secs;
}

bool cron_memory_store(Db *db, const WpSite *site, const CronEvent *event, GError **error)
{
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s",
		event->at_utc, event->interval_secs, event->recurrence);
	bool is_new = false;

	return option_insert(db, site->takeover_option, text, strlen(text),
		       option_autoload_word(site, false), &is_new, error) &&
	       (is_new || option_update(db, site->takeover_option, text, false, error));
}

bool cron_memory_begin(Db *db, const WpSite *site, GError **error)
{
	bool is_new = false;

	return option_insert(db, site->takeover_option, UNKNOWN, strlen(UNKNOWN),
		option_autoload_word(site, false), &is_new, error);
}

static bool parse(const char *text, CronEvent *ret_event)
{
	g_auto(GStrv) words = g_strsplit(text, " ", 3);
	gint64 at_utc = 0;
	gint64 interval_secs = 0;

	return g_strv_length(words) == 3 &&
	       g_ascii_string_to_signed(words[0], 10, 1, G_MAXINT64 / 2, &at_utc, NULL) &&
	       g_ascii_string_to_signed(words[1], 10, 1, G_MAXINT64, &interval_secs, NULL) &&
	       cron_event_set(ret_event, at_utc, words[2], interval_secs);
}

bool cron_memory_load(
	Db *db, const WpSite *site, CronEvent *ret_event, bool *ret_is_known, GError **error)
{
	g_autofree char *text = NULL;

	if (!option_get(db, site->takeover_option, &text, NULL, error))
		return false;
	*ret_is_known = text != NULL && parse(text, ret_event);
	return true;
}

bool cron_memory_forget(Db *db, const WpSite *site, GError **error)
{
	return option_delete(db, site->takeover_option, false, error);
}

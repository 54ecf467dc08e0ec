/* SPDX-License-Identifier: GPL-2.0-or-later */
/* That the theme's event was taken out of WordPress's schedule, and how it was scheduled: in an
 * option, for our own tables may be dropped at any time. The option is there from takeover to
 * handback. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"

enum { CRON_RECURRENCE_BYTES_MAX = 100 };

/* A recurring event. */
typedef struct CronEvent {
	int64_t at_utc;                                 /* unix seconds */
	char recurrence[CRON_RECURRENCE_BYTES_MAX + 1]; /* "every_15_minutes" */
	int64_t interval_secs;
} CronEvent;

/* False, with nothing written, for what is no recurring event that WordPress would schedule. */
bool cron_event_set(CronEvent *ret_event, int64_t at_utc, const char *recurrence,
	int64_t interval_secs) G_GNUC_WARN_UNUSED_RESULT;

/* As wp_reschedule_event(): the event's first time after `now_utc` that keeps its phase. */
int64_t cron_event_next(const CronEvent *event, int64_t now_utc);

/* Remembers the event, in place of what was remembered. */
bool cron_memory_store(Db *db, const WpSite *site, const CronEvent *event,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Remembers that it was taken out, though nobody knows how it was scheduled; what is remembered
 * already stays. */
bool cron_memory_begin(Db *db, const WpSite *site, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `*ret_is_known` is false where nothing is remembered, or nothing that can be understood; then
 * `ret_event` is left alone. */
bool cron_memory_load(Db *db, const WpSite *site, CronEvent *ret_event, bool *ret_is_known,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool cron_memory_forget(Db *db, const WpSite *site, GError **error) G_GNUC_WARN_UNUSED_RESULT;

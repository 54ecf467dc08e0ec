/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The theme's event in WordPress's `cron` option: found, taken out and put back, every other byte
 * as it was. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "site/cron_memory.h"
#include "site/site.h"

#define CRON_ERROR cron_error_quark()
GQuark cron_error_quark(void);

typedef enum {
	CRON_ERROR_DAMAGED,  /* the option is no schedule that can be changed safely */
	CRON_ERROR_CONFLICT, /* others kept writing it */
} CronError;

/* How the theme schedules its event. */
#define CRON_SCHEDULE "every_15_minutes"
enum { CRON_INTERVAL_SECS = 900 };

/* wp_next_scheduled() of a hook without arguments: 0 when it is not scheduled. */
bool cron_next_scheduled(const char *stored, size_t length, const char *hook, int64_t *ret_utc,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same event, where it recurs: `*ret_is_known` is false where it does not, or is not there, and
 * `ret_event` is left alone then. */
bool cron_find_event(const char *stored, size_t length, const char *hook, CronEvent *ret_event,
	bool *ret_is_known, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As wp_unschedule_hook(): the stored option without any event of the hook; the same bytes when
 * there is none. Caller unrefs; NULL with CRON_ERROR_DAMAGED. */
GBytes *cron_unschedule_hook(const char *stored, size_t length, const char *hook,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As wp_schedule_event() of a hook that is not scheduled, without arguments. Caller unrefs; NULL
 * with CRON_ERROR_DAMAGED. */
GBytes *cron_schedule_event(const char *stored, size_t length, int64_t at_utc, const char *schedule,
	int64_t interval_secs, const char *hook, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether WordPress has scheduled anything yet: before the first visit it has not. DB_ERROR. */
bool cron_is_there(Db *db, bool *ret_is_there, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the option: the theme's next run, or 0. Errors: DB_ERROR, CRON_ERROR. */
bool cron_next_theme_run(
	Db *db, const WpSite *site, int64_t *ret_utc, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes the theme's event out by compare-and-swap, and remembers how it was scheduled.
 * `ret_changed` is false where it was out already. Errors: DB_ERROR, CRON_ERROR. */
bool cron_take_over(
	Db *db, const WpSite *site, bool *ret_changed, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Puts the theme's event in unless it is there: with the recurrence and the phase that it had when
 * it was taken out, or every 15 minutes from `now_utc` on where that is not known. */
bool cron_hand_back(Db *db, const WpSite *site, int64_t now_utc, bool *ret_changed,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

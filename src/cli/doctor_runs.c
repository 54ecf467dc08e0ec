/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: how the last syncs went, and what calls the next. */
#include <string.h>

#include "cli/doctor.h"
#include "cli/pass_streak.h"
#include "cli/timer.h"
#include "state/run_history.h"
#include "sync/health.h"
#include "sync/pass.h"

enum {
	SECONDS_PER_MINUTE = 60,
	LATE_FACTOR = 2, /* a pass is no recent one after twice the time between two */
};

static bool load_turn(const Doctor *doctor, PassTurn *turn)
{
	const SyncContext context = app_sync_context(&doctor->app, doctor->options);

	return pass_turn_load(&context, doctor->app.db, turn, NULL);
}

/* When the last pass began, if that is not long ago; else NULL. Caller frees. */
static char *recent_pass(const Doctor *doctor)
{
	int64_t interval_secs;
	PassTurn turn = {0};

	if (doctor->reached < DOCTOR_NEEDS_SITE || !load_turn(doctor, &turn))
		return NULL;
	interval_secs = (int64_t)doctor->app.config->sync_interval_minutes * SECONDS_PER_MINUTE;
	if (turn.began_utc <= doctor->now_utc - LATE_FACTOR * interval_secs)
		return NULL;
	return site_zone_format_iso(doctor->app.site->zone, turn.began_utc);
}

static char *caller_remedy(const Doctor *doctor)
{
	g_autofree char *timer = timer_of(doctor->config_path);

	if (timer != NULL)
		return g_strdup_printf("run: systemctl enable --now %s", timer);
	return g_strdup_printf("let a timer or cron call every 15 minutes: prm-calendar run -c %s",
		doctor->config_path);
}

void doctor_check_timer(Doctor *doctor)
{
	g_autofree char *where = NULL;
	TimerState state = timer_look("/", doctor->config_path, &where);
	g_autofree char *began = recent_pass(doctor);
	g_autofree char *remedy = caller_remedy(doctor);

	if (state == TIMER_ENABLED)
		doctor_ok(doctor, "%s is enabled", where);
	else if (state == TIMER_CRON)
		doctor_ok(doctor, "%s calls it", where);
	else if (began != NULL)
		doctor_ok(doctor, "something calls it: the last pass began at %s", began);
	else if (state == TIMER_NOT_ENABLED)
		doctor_add(doctor, DOCTOR_WARN, remedy,
			"%s is not enabled, and no pass has begun lately", where);
	else
		doctor_add(doctor, DOCTOR_WARN, remedy,
			"no timer and no crontab was found that calls the program with this "
			"configuration, and no pass has begun lately");
}

/* How the connections that are switched on fare. */
typedef struct {
	HealthRules rules;
	int64_t latest_utc;
	unsigned all;
	unsigned failed;
	unsigned late;
	unsigned never;
} ConnectionCounts;

static void count_run(Doctor *doctor, const WpUser *user, const Connection *connection, void *data)
{
	ConnectionCounts *counts = data;
	int64_t last_utc;

	(void)doctor;
	(void)user;
	counts->all++;
	if (connection->last_error != NULL)
		counts->failed++;
	if (connection->last_sync == NULL ||
		!site_time_parse_iso(connection->last_sync, &last_utc)) {
		counts->never++;
		return;
	}
	counts->latest_utc = MAX(counts->latest_utc, last_utc);
	if (health_is_late(&counts->rules, connection))
		counts->late++;
}

typedef struct {
	int64_t last_id;
	unsigned users;
} UserCount;

static void count_user(Doctor *doctor, const WpUser *user, const Connection *connection, void *data)
{
	UserCount *count = data;

	(void)doctor;
	(void)connection;
	if (count->users == 0 || user->id != count->last_id)
		count->users++;
	count->last_id = user->id;
}

static bool find_rules(Doctor *doctor, HealthRules *ret_rules)
{
	const SyncContext context = app_sync_context(&doctor->app, doctor->options);
	UserCount count = {0};

	if (!doctor_visit_connections(doctor, count_user, &count))
		return false;
	*ret_rules = health_rules(&context, count.users);
	ret_rules->now_utc = doctor->now_utc;
	return true;
}

static void add_late(Doctor *doctor, const ConnectionCounts *counts)
{
	bool all_are = counts->late + counts->never == counts->all && counts->late > 0;
	g_autofree char *latest = site_zone_format_iso(doctor->app.site->zone, counts->latest_utc);

	if (all_are)
		doctor_add(doctor, DOCTOR_FAIL,
			"run prm-calendar sync --all and read what it says; then see to the timer",
			"no connection was synced since %s", latest);
	else
		doctor_add(doctor, DOCTOR_WARN,
			"read their last error in prm-calendar status; where there are many users, "
			"raise users_per_pass in section [sync]",
			"%u of %u connections were not synced when it was their turn", counts->late,
			counts->all);
}

static char *describe_good(const Doctor *doctor, const RunRecord *good)
{
	g_autofree char *ended = NULL;

	if (good == NULL)
		return g_strdup("no good one is remembered");
	ended = site_zone_format_iso(doctor->app.site->zone, good->ended_utc);
	return g_strdup_printf("the last good one ended at %s and took %" G_GINT64_FORMAT " s",
		ended, MAX(good->ended_utc - good->started_utc, 0));
}

static char *describe_end(const RunRecord *record)
{
	if (record->state == RUN_LOST)
		return g_strdup("without saying so, as if killed");
	if (record->state == RUN_INTERRUPTED)
		return g_strdup_printf("interrupted by %s",
			interruption_name(record->exit_status - EXIT_SIGNALLED));
	return g_strdup_printf("with exit status %d", record->exit_status);
}

static void add_streak(Doctor *doctor, const PassStreak *streak)
{
	g_autofree char *since =
		site_zone_format_iso(doctor->app.site->zone, streak->first->started_utc);
	g_autofree char *good = describe_good(doctor, streak->good);
	g_autofree char *end = describe_end(streak->latest);
	g_autofree char *which = streak->failed == 1
					 ? g_strdup("the last pass")
					 : g_strdup_printf("the last %u passes", streak->failed);
	g_autofree char *run = doctor_run(doctor, "run -v");
	g_autofree char *remedy = g_strdup_printf(
		"read their log (under systemd: journalctl -u 'prm-calendar*'), or %s", run);

	doctor_add(doctor, streak->failed < PASS_STREAK_BAD ? DOCTOR_WARN : DOCTOR_FAIL, remedy,
		"%s failed, since %s; the latest ended %s; %s", which, since, end, good);
}

/* What the history says of the passes; false when a finding was added. `*ret_good` tells of the
 * last one, NULL where none is remembered. */
static bool check_history(Doctor *doctor, char **ret_good)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) records =
		run_history_load(doctor->app.db, "run", doctor->now_utc, PASS_STREAK_READ, &error);
	PassStreak streak;

	if (records == NULL) {
		doctor_add_gap(doctor, error);
		return false;
	}
	streak = pass_streak_of(records);
	*ret_good = streak.good != NULL ? describe_good(doctor, streak.good) : NULL;
	if (streak.failed == 0)
		return true;
	add_streak(doctor, &streak);
	return false;
}

void doctor_check_runs(Doctor *doctor)
{
	ConnectionCounts counts = {0};
	g_autofree char *good = NULL;
	g_autofree char *sync = doctor_run(doctor, "sync --all");
	g_autofree char *status = doctor_run(doctor, "status");
	bool passes_are_well = check_history(doctor, &good);

	if (!find_rules(doctor, &counts.rules) ||
		!doctor_visit_connections(doctor, count_run, &counts))
		return;
	if (counts.late > 0)
		add_late(doctor, &counts);
	if (counts.never > 0)
		doctor_add(doctor, DOCTOR_WARN, sync, "%u of %u connections have never been synced",
			counts.never, counts.all);
	if (counts.failed > 0)
		doctor_add(doctor, DOCTOR_WARN, status, "%u of %u connections failed the last time",
			counts.failed, counts.all);
	if (counts.late + counts.never + counts.failed == 0 && passes_are_well)
		doctor_ok(doctor, "%u connections, all synced when it was their turn%s%s",
			counts.all, good != NULL ? "; of the passes, " : "",
			good != NULL ? good : "");
}

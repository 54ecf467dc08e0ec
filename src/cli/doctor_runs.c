/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: how the last syncs went, and what calls the next. */
#include <string.h>

#include "cli/doctor.h"
#include "cli/timer.h"
#include "sync/pass.h"

enum {
	SECONDS_PER_MINUTE = 60,
	LATE_FACTOR = 2,           /* a sync is late after twice the time that it may take */
	LATE_GRACE_SECS = 60 * 60, /* longer for a host that was off */
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
	int64_t late_secs; /* after this time without a sync */
	int64_t latest_utc;
	unsigned all;
	unsigned failed;
	unsigned late;
	unsigned never;
} RunCounts;

static void count_run(Doctor *doctor, const WpUser *user, const Connection *connection, void *data)
{
	RunCounts *counts = data;
	int64_t frequency_secs = (int64_t)connection->sync_frequency_minutes * SECONDS_PER_MINUTE;
	int64_t late_secs = LATE_FACTOR * MAX(counts->late_secs, frequency_secs) + LATE_GRACE_SECS;
	int64_t last_utc;

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
	if (last_utc < doctor->now_utc - late_secs)
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

/* Until everyone had a turn. */
static bool cycle_secs(Doctor *doctor, int64_t *ret_secs)
{
	const Config *config = doctor->app.config;
	int64_t interval_secs = (int64_t)config->sync_interval_minutes * SECONDS_PER_MINUTE;
	UserCount count = {0};
	unsigned each;

	if (!doctor_visit_connections(doctor, count_user, &count))
		return false;
	each = config->sync_users_per_pass == 0 ? MAX(count.users, 1)
						: (unsigned)config->sync_users_per_pass;
	*ret_secs = (count.users + each - 1) / each * interval_secs;
	return true;
}

static void add_late(Doctor *doctor, const RunCounts *counts)
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

void doctor_check_runs(Doctor *doctor)
{
	RunCounts counts = {0};

	if (!cycle_secs(doctor, &counts.late_secs) ||
		!doctor_visit_connections(doctor, count_run, &counts))
		return;
	if (counts.late > 0)
		add_late(doctor, &counts);
	if (counts.never > 0)
		doctor_add(doctor, DOCTOR_WARN, "run: prm-calendar sync --all",
			"%u of %u connections have never been synced", counts.never, counts.all);
	if (counts.failed > 0)
		doctor_add(doctor, DOCTOR_WARN, "run: prm-calendar status",
			"%u of %u connections failed the last time", counts.failed, counts.all);
	if (counts.late + counts.never + counts.failed == 0)
		doctor_ok(doctor, "%u connections, all synced when it was their turn", counts.all);
}

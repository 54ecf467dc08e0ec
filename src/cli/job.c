/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `run`, `sync`, `log` and `rematch` have in common: they open a site, work, and say how it
 * went. */
#include "cli/job.h"

#include <string.h>

#include "cli/metrics.h"
#include "state/run_history.h"
#include "sync/health.h"
#include "sync/tidy.h"
#include "util/log.h"
#include "wp/write_trial.h"

enum { TIDIED_EVERY = 50 /* runs */ };

AutoLogOptions job_log_options(const SyncContext *context)
{
	const Config *config = context->config;

	return (AutoLogOptions){
		.limit = G_MAXSIZE,
		.min_confidence_percent = config->log_min_confidence,
		.content = config->log_content,
		.log_private = config->log_log_private,
		.log_self = config->log_log_self,
		.log_declined = config->log_log_declined,
		.dry_run = context->dry_run,
		.has_tables = context->has_tables,
		.cancellable = context->cancellable,
		.now_utc = context->now_utc(),
	};
}

bool job_log_meetings(Job *job, const AutoLogOptions *options, GError **error)
{
	g_autoptr(GError) why = NULL;

	if (auto_log_run(job->app.db, job->app.site, options, &job->printer.activities,
		    &job->logged, &why))
		return true;
	if (why->domain != DB_ERROR || db_error_ends_all(why) ||
		interruption_signal(job->interruption) != 0) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	log_line(LOG_ERROR, NULL,
		"cannot log past meetings: %s; the next run tries those that are left again",
		why->message);
	job->logged.failed++;
	return true;
}

/* Says so, and where it would say what it did. */
static bool is_paused(const App *app, const CliOptions *options)
{
	g_autofree char *reason = health_pause_reason(app->config, app->site);

	if (reason == NULL)
		return false;
	log_line(LOG_WARNING, NULL, "paused: %s", reason);
	if (options->json) {
		g_autoptr(Json) object = json_object_new();

		json_set_text(object, "paused", reason);
		json_print(object);
	}
	return true;
}

/* A dry run writes nothing, but tells what would keep a real one from it. */
static void try_writing(Job *job)
{
	const App *app = &job->app;
	g_autoptr(GPtrArray) refusals = write_trial(app->db, app->site, app->has_tables,
		app->config->sync_gone == CONFIG_GONE_TRASH, job->context.now_utc());

	for (guint i = 0; i < refusals->len; i++) {
		const WriteRefusal *refusal = g_ptr_array_index(refusals, i);

		log_line(LOG_ERROR, NULL, "without --dry-run no %s could be written: %s",
			refusal->what, refusal->why->message);
	}
	job->has_refused_writes = refusals->len > 0;
}

static ExitStatus status_of(const Job *job)
{
	if (job->has_refused_writes)
		return EXIT_SOME_FAILED;
	if (job->totals.failed > 0 || job->logged.failed > 0)
		return EXIT_SOME_FAILED;
	return job->totals.busy > 0 ? EXIT_BUSY : EXIT_ALL_WELL;
}

static RunCounts run_counts(const Job *job)
{
	const EventStoreCounts *events = &job->totals.events;

	return (RunCounts){
		.connections_done = job->totals.done,
		.connections_failed = job->totals.failed,
		.connections_skipped = job->totals.skipped,
		.events_added = events->added,
		.events_changed = events->changed + events->restored + events->adopted +
				  job->totals.matched_again,
		.events_removed = events->removed + events->folded,
		.meetings_logged = job->logged.events,
	};
}

/* A history that cannot be written stops nobody. 0: this run is not in it. */
static int64_t begin_history(const Job *job, const char *command)
{
	g_autoptr(GError) error = NULL;
	int64_t id = 0;

	if (job->options->dry_run ||
		run_history_begin(job->app.db, command, job->context.now_utc(), &id, &error))
		return id;
	log_line(LOG_WARNING, NULL, "cannot note that this run began: %s", error->message);
	return 0;
}

static void end_history(const Job *job, int64_t id, ExitStatus status)
{
	const RunCounts counts = run_counts(job);
	g_autoptr(GError) error = NULL;

	if (id == 0 || run_history_end(job->app.db, id, job->context.now_utc(), (int)status,
			       &counts, &error))
		return;
	log_line(LOG_WARNING, NULL, "cannot note how this run ended: %s", error->message);
}

/* What nobody needs any more; another run will do it if this one cannot. */
static void tidy_now_and_then(const Job *job, int64_t id)
{
	g_autoptr(GError) error = NULL;

	if (id == 0 || id % TIDIED_EVERY != 0 || tidy_run(&job->context, job->app.db, &error))
		return;
	log_line(LOG_WARNING, NULL,
		"cannot forget what is remembered of users, connections and people who were "
		"removed: %s",
		error->message);
}

/* Metrics that cannot be written stop nobody either. */
static void write_metrics(
	const Job *job, const char *command, int64_t began_usecs, ExitStatus status)
{
	const char *path = job->app.config->output_metrics_file;
	g_autoptr(GError) error = NULL;
	HealthSummary health = {0};
	Metrics metrics = {
		.site = job->app.site->home_url,
		.ended_utc = job->context.now_utc(),
		.elapsed_secs =
			(double)(g_get_monotonic_time() - began_usecs) / (double)G_USEC_PER_SEC,
		.exit_status = (int)status,
		.counts = run_counts(job),
		.health = &health,
	};

	if (path[0] == '\0' ||
		(health_summarise(&job->context, job->app.db, &health, &error) &&
			run_history_last_success(job->app.db, command, metrics.ended_utc,
				&metrics.last_success_utc, &error) &&
			metrics_write(path, &metrics, &error)))
		return;
	log_line(LOG_WARNING, NULL, "cannot write the metrics to %s: %s", path, error->message);
}

/* What was stopped because it was asked to has failed at nothing. */
static void note_interruption(Job *job, int signum, const GError *error)
{
	log_line(LOG_DEBUG, NULL, "stopped at: %s", error->message);
	log_line(LOG_WARNING, NULL,
		"stopped by %s at a safe point: what was done is stored, and the next run goes on "
		"from there",
		interruption_name(signum));
	job->printer.is_interrupted = true;
}

static ExitStatus do_work(Job *job, const JobKind *kind)
{
	g_autoptr(GError) error = NULL;
	bool is_done;
	int signum;

	printer_init(&job->printer, job->options, g_str_equal(kind->command, "run"));
	if (job->options->dry_run) {
		job->forecast = forecast_new(job->app.site, job->context.now_utc());
		job->printer.forecast = job->forecast;
		try_writing(job);
	}
	is_done = kind->work(job, &error);
	signum = interruption_signal(job->interruption);
	if (!is_done && signum == 0)
		return app_fail(job->options, error);
	if (!is_done)
		note_interruption(job, signum, error);
	printer_finish(&job->printer, kind->tells == JOB_LOGS ? NULL : &job->totals,
		kind->tells == JOB_MATCHES ? NULL : &job->logged);
	return is_done ? status_of(job) : (ExitStatus)(EXIT_SIGNALLED + signum);
}

static void job_clear(Job *job)
{
	printer_clear(&job->printer);
	g_clear_pointer(&job->forecast, forecast_free);
	app_clear(&job->app);
	g_clear_pointer(&job->interruption, interruption_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Job, job_clear)

static ExitStatus run_noted(Job *job, const JobKind *kind)
{
	int64_t began_usecs = g_get_monotonic_time();
	int64_t history_id = begin_history(job, kind->command);
	ExitStatus status = is_paused(&job->app, job->options) ? EXIT_PAUSED : do_work(job, kind);

	if (status < EXIT_SIGNALLED && status != EXIT_PAUSED)
		tidy_now_and_then(job, history_id);
	end_history(job, history_id, status);
	if (kind->writes_metrics)
		write_metrics(job, kind->command, began_usecs, status);
	return status;
}

ExitStatus job_run(const CliOptions *options, const JobKind *kind)
{
	g_auto(Job) job = {.options = options, .interruption = interruption_new()};
	g_autoptr(GError) error = NULL;
	ExitStatus status;
	int signum;

	job.app.interruption = job.interruption;
	status = app_open(&job.app, options);
	if (status == EXIT_ALL_WELL && !app_open_tables(&job.app, options, &error))
		status = app_fail(options, error);
	signum = interruption_signal(job.interruption);
	if (signum != 0)
		return (ExitStatus)(EXIT_SIGNALLED + signum);
	if (status != EXIT_ALL_WELL)
		return status;
	job.context = app_sync_context(&job.app, options);
	return run_noted(&job, kind);
}

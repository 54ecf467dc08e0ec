/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar why`: why a meeting was logged or not, whom it matched, and what is logged next. */
#include <stdio.h>
#include <string.h>

#include "cli/app.h"
#include "cli/chosen.h"
#include "cli/commands.h"
#include "cli/job.h"
#include "cli/output.h"
#include "cli/usage.h"
#include "state/schema.h"
#include "sync/auto_log.h"

enum { DAYS_SHOWN = 7, EVENTS_MAX = 500, SECONDS_PER_DAY = 24 * 60 * 60, DATE_CHARACTERS = 10 };

static const CliOption why_options[] = {
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",
		"the meetings of this user: id, login or e-mail address"},
	{"date", 0, CLI_OPTION_TEXT, offsetof(CliOptions, date), "DATE",
		"those of this day, such as 2026-03-01; the last seven days otherwise"},
	{0},
};

typedef struct {
	const CliOptions *options;
	App app;
	SyncContext context;
	Json *root;   /* with --json */
	Json *events; /* borrowed from it */
	Json *next;
	size_t told; /* of what is logged next */
} Why;

static void why_clear(Why *why)
{
	g_clear_pointer(&why->root, json_free);
	app_clear(&why->app);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Why, why_clear)

/* "logged", or why not; "it will be" for what only waits. */
static const char *verdict_of(const AutoLogJudgement *judgement)
{
	if (judgement->reason != NULL)
		return judgement->reason;
	if (!judgement->logs_by_itself)
		return "its connection does not log by itself (auto_log), or is not there any more";
	if (judgement->missing->len == 0)
		return "all of its people have this meeting among their activities already, or had "
		       "it and it was deleted";
	return NULL;
}

static bool is_missing(const AutoLogJudgement *judgement, int64_t person_id)
{
	for (guint i = 0; i < judgement->missing->len; i++) {
		if (g_array_index(judgement->missing, int64_t, i) == person_id)
			return true;
	}
	return false;
}

static const char *name_of(const AutoLogJudgement *judgement, int64_t person_id)
{
	const char *name = g_hash_table_lookup(judgement->names, &person_id);

	return name != NULL ? name : "";
}

static bool is_matched(const PastEvent *event, const Attendee *attendee)
{
	for (guint i = 0; i < event->matches->len; i++) {
		const PastEventMatch *match = &g_array_index(event->matches, PastEventMatch, i);

		if (attendee->email[0] != '\0' &&
			strcmp(match->attendee_email, attendee->email) == 0)
			return true;
	}
	return false;
}

static void print_people(const AutoLogJudgement *judgement)
{
	const PastEvent *event = judgement->event;

	for (guint i = 0; i < event->matches->len; i++) {
		const PastEventMatch *match = &g_array_index(event->matches, PastEventMatch, i);
		g_autofree char *name = printable(name_of(judgement, match->person_id));
		g_autofree char *email = printable(match->attendee_email);
		g_autofree char *rule = printable(match->type);

		printf("  matched     %s (%" G_GINT64_FORMAT "): %s, %d %%, %s%s\n",
			name[0] != '\0' ? name : "no contact any more", match->person_id, rule,
			match->confidence_percent, email,
			is_missing(judgement, match->person_id) ? "; gets an activity" : "");
	}
	for (guint i = 0; i < event->attendees->len; i++) {
		const Attendee *attendee = event->attendees->pdata[i];
		g_autofree char *email = printable(attendee->email);

		if (email[0] != '\0' && !is_matched(event, attendee))
			printf("  no contact  %s (%s)\n", email,
				attendee_status_name(attendee->status));
	}
}

static void print_judgement(const AutoLogJudgement *judgement)
{
	const PastEvent *event = judgement->event;
	const char *verdict = verdict_of(judgement);
	g_autofree char *title = printable(event->title);
	g_autofree char *uid = printable(event->event_uid);

	printf("%s .. %s  %s (event %" G_GINT64_FORMAT ")\n", event->start, event->end, title,
		event->post_id);
	printf("  calendar    %s, %s\n", event->connection_id, uid);
	print_people(judgement);
	if (event->is_logged)
		puts("  logged      yes");
	else if (verdict != NULL)
		printf("  not logged  %s\n", verdict);
	else
		puts("  not logged  not yet: it is in the queue");
}

static void add_judgement(const AutoLogJudgement *judgement, Json *list)
{
	const PastEvent *event = judgement->event;
	const char *verdict = verdict_of(judgement);
	Json *object = json_append_object(list);
	Json *people;

	json_set_int(object, "event_id", event->post_id);
	json_set_int(object, "user_id", event->user_id);
	json_set_text(object, "connection", event->connection_id);
	json_set_text(object, "event_uid", event->event_uid);
	json_set_text(object, "title", event->title);
	json_set_text(object, "start", event->start);
	json_set_text(object, "end", event->end);
	json_set_bool(object, "logged", event->is_logged);
	json_set_bool(object, "in_queue", !event->is_logged && verdict == NULL);
	json_set_text(object, "reason", event->is_logged ? NULL : verdict);
	people = json_add_list(object, "matched");
	for (guint i = 0; i < event->matches->len; i++) {
		const PastEventMatch *match = &g_array_index(event->matches, PastEventMatch, i);
		Json *person = json_append_object(people);

		json_set_int(person, "person_id", match->person_id);
		json_set_text(person, "person_name", name_of(judgement, match->person_id));
		json_set_text(person, "match_type", match->type);
		json_set_int(person, "confidence", match->confidence_percent);
		json_set_text(person, "attendee_email", match->attendee_email);
		json_set_bool(person, "gets_activity", is_missing(judgement, match->person_id));
	}
	people = json_add_list(object, "no_contact");
	for (guint i = 0; i < event->attendees->len; i++) {
		const Attendee *attendee = event->attendees->pdata[i];

		if (attendee->email[0] != '\0' && !is_matched(event, attendee))
			json_set_text(json_append_object(people), "email", attendee->email);
	}
}

static bool judge(Why *why, int64_t event_id, GError **error)
{
	AutoLogOptions options = job_log_options(&why->context);
	g_auto(AutoLogJudgement) judgement = {0};

	options.event_id = event_id;
	options.has_tables = why->app.has_tables;
	if (!auto_log_judge(why->app.db, why->app.site, &options, &judgement, error))
		return false;
	if (why->root != NULL)
		add_judgement(&judgement, why->events);
	else
		print_judgement(&judgement);
	return true;
}

static void on_next(const AutoLogNotice *notice, void *data)
{
	Why *why = data;
	const PastEvent *event = notice->event;

	why->told++;
	if (why->root != NULL) {
		Json *object = json_append_object(why->next);

		json_set_int(object, "event_id", event->post_id);
		json_set_text(object, "title", event->title);
		json_set_text(object, "start", event->start);
		json_set_int(object, "person_id", notice->person_id);
		json_set_text(object, "person_name", notice->person_name);
	} else {
		g_autofree char *title = printable(event->title);
		g_autofree char *name = printable(notice->person_name);

		printf("  %s  %s, with %s (event %" G_GINT64_FORMAT ")\n", event->start, title,
			name, event->post_id);
	}
}

/* As many as a pass logs, though those of other users may come before. */
static bool tell_next(Why *why, int64_t user_id, GError **error)
{
	const AutoLogCallbacks callbacks = {.on_activity = on_next, .data = why};
	AutoLogOptions options = job_log_options(&why->context);
	AutoLogCounts counts;

	options.dry_run = true;
	options.has_tables = why->app.has_tables;
	options.only_user_id = user_id;
	options.limit = (size_t)why->app.config->log_limit;
	if (why->root == NULL)
		puts("Logged next:");
	if (!auto_log_run(why->app.db, why->app.site, &options, &callbacks, &counts, error))
		return false;
	if (why->told == 0 && why->root == NULL)
		puts("  nothing");
	return true;
}

/* "Y-m-d H:i:s" of the day's first and the next one's, or of the last days up to now. False when
 * the date is none. */
static bool find_span(const Why *why, char **ret_from, char **ret_to)
{
	const char *date = why->options->date;
	const SiteZone *zone = why->app.site->zone;
	int64_t now_utc = why->context.now_utc();
	g_autoptr(GDateTime) next = NULL;
	g_autoptr(GDateTime) day = NULL;
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autofree char *text = g_strdup_printf("%sT00:00:00", date != NULL ? date : "");

	if (date == NULL) {
		*ret_from = site_zone_format(zone, now_utc - DAYS_SHOWN * SECONDS_PER_DAY);
		*ret_to = site_zone_format(zone, now_utc);
		return true;
	}
	if (strlen(date) == DATE_CHARACTERS)
		day = g_date_time_new_from_iso8601(text, utc);
	if (day == NULL)
		return false;
	next = g_date_time_add_days(day, 1);
	*ret_from = g_date_time_format(day, "%Y-%m-%d 00:00:00");
	*ret_to = g_date_time_format(next, "%Y-%m-%d 00:00:00");
	return true;
}

static bool tell_user(Why *why, const char *from, const char *to, GError **error)
{
	g_autoptr(WpUser) user = chosen_user(why->app.db, why->options->user, error);
	g_autoptr(GArray) ids = NULL;

	if (user == NULL)
		return false;
	ids = past_event_ids(why->app.db, user->id, from, to, EVENTS_MAX, error);
	if (ids == NULL)
		return false;
	for (guint i = 0; i < ids->len; i++) {
		if (!judge(why, g_array_index(ids, int64_t, i), error))
			return false;
	}
	if (why->root == NULL && ids->len == 0)
		printf("No event begins from %s to %s.\n", from, to);
	if (why->root == NULL && ids->len == EVENTS_MAX)
		printf("Only the first %d events are shown; name a --date.\n", EVENTS_MAX);
	return tell_next(why, user->id, error);
}

static bool tell(Why *why, int64_t event_id, const char *from, const char *to, GError **error)
{
	if (!state_schema_is_current(why->app.db, &why->app.has_tables, error))
		return false;
	return event_id != 0 ? judge(why, event_id, error) : tell_user(why, from, to, error);
}

/* 0 where the argument is no id. */
static int64_t event_id_of(const CliOptions *options)
{
	gint64 event_id = 0;

	if (!g_ascii_string_to_signed(options->arguments[0], 10, 1, G_MAXINT64, &event_id, NULL))
		return 0;
	return event_id;
}

static ExitStatus run_why(const CliOptions *options)
{
	g_auto(Why) why = {.options = options};
	g_autoptr(GError) error = NULL;
	g_autofree char *from = NULL;
	g_autofree char *to = NULL;
	int64_t event_id = options->arguments[0] != NULL ? event_id_of(options) : 0;
	ExitStatus status;

	if ((options->arguments[0] == NULL) == (options->user == NULL))
		return usage_fail(options, "name the id of one event, or --user=USER");
	if (options->arguments[0] != NULL && event_id == 0)
		return usage_fail_about(options,
			"'%s' is no event id: a number such as 4711 is wanted",
			options->arguments[0]);
	status = app_open(&why.app, options);
	if (status != EXIT_ALL_WELL)
		return status;
	why.context = app_sync_context(&why.app, options);
	if (!find_span(&why, &from, &to))
		return usage_fail(options, "--date is no day; 2026-03-01 would be");
	if (options->json) {
		why.root = json_object_new();
		why.events = json_add_list(why.root, "events");
		why.next = json_add_list(why.root, "next");
	}
	if (!tell(&why, event_id, from, to, &error))
		return app_fail(options, error);
	if (why.root != NULL)
		json_print(why.root);
	return EXIT_ALL_WELL;
}

const Command command_why = {
	.name = "why",
	.arguments = "[EVENT_ID]",
	.summary = "why a meeting was or was not logged, whom it matched, and what is next",
	.details =
		"Says of one event, or of a user's events of a day or of the last week, which of "
		"its\n"
		"people are contacts and by which rule, whether it was logged, and if not, what "
		"stands\n"
		"in the way; of a user also what is logged next. Reads the database only.\n\n"
		"Example: prm-calendar why --user=anna --date=2026-03-01",
	.options = why_options,
	.arguments_max = 1,
	.run = run_why,
};

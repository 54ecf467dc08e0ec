/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar explain`: what we make of calendar objects, without a database. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/app.h"
#include "cli/commands.h"
#include "cli/explain_counts.h"
#include "cli/output.h"
#include "cli/usage.h"
#include "event/event_json.h"
#include "event/ical.h"
#include "match/contact_index.h"
#include "site/time.h"
#include "sync/connection_sync.h"
#include "user/people.h"
#include "user/user.h"
#include "util/log.h"

enum {
	SECONDS_PER_DAY = 24 * 60 * 60,
	DEFAULT_DAYS_BACK = 90,
	DEFAULT_DAYS_AHEAD = 30,
	FILE_BYTES_MAX = 64 * 1024 * 1024,
};

static const CliOption explain_options[] = {
	{"from", 0, CLI_OPTION_TEXT, offsetof(CliOptions, from), "DATE",
		"show what happens from then on (default: 90 days ago)"},
	{"to", 0, CLI_OPTION_TEXT, offsetof(CliOptions, to), "DATE",
		"and before then (default: 30 days ahead)"},
	{"timezone", 0, CLI_OPTION_TEXT, offsetof(CliOptions, timezone), "ZONE",
		"the site's time zone: Europe/Amsterdam, +05:30 (default: UTC, or with --user the "
		"site's)"},
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",
		"say whom of this user's contacts the events match; needs the database"},
	{0},
};

typedef struct {
	const CliOptions *options;
	App app;                /* with --user */
	ContactIndex *contacts; /* with --user */
	const SiteZone *zone;   /* `own_zone`, or the site's */
	SiteZone *own_zone;
	TimeWindow window;
	Json *root; /* with --json */
	Json *events;
	Json *problems;
	Json *files;
	size_t refused;
} Explanation;

static void explanation_clear(Explanation *explanation)
{
	g_clear_pointer(&explanation->own_zone, site_zone_free);
	g_clear_pointer(&explanation->contacts, contact_index_free);
	app_clear(&explanation->app);
	g_clear_pointer(&explanation->root, json_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Explanation, explanation_clear)

/* "2026-03-01" and "2026-03-01 09:00:00" are site time; "2026-03-01T00:00:00Z" says its own. */
static bool parse_date(const SiteZone *zone, const char *text, int64_t *ret_utc)
{
	g_autofree char *midnight = g_strconcat(text, " 00:00:00", NULL);

	return site_time_parse_iso(text, ret_utc) || site_zone_parse(zone, midnight, ret_utc) ||
	       site_zone_parse(zone, text, ret_utc);
}

static SiteZone *parse_zone(const char *text)
{
	SiteZone *zone;
	GTimeZone *offset;
	g_autofree char *hours = NULL;

	if (text == NULL)
		return site_zone_new(NULL, "0", NULL);
	zone = site_zone_new(text, NULL, NULL);
	if (zone != NULL)
		return zone;
	/* "+05:30": WordPress keeps such a zone as gmt_offset, in hours. */
	offset = g_time_zone_new_identifier(text);
	if (offset == NULL)
		return NULL;
	hours = g_strdup_printf("%g", g_time_zone_get_offset(offset, 0) / 3600.0);
	g_time_zone_unref(offset);
	return site_zone_new(NULL, hours, NULL);
}

/* The site and the user's contacts. On failure it has been reported. */
static ExitStatus open_contacts(Explanation *explanation)
{
	const CliOptions *options = explanation->options;
	App *app = &explanation->app;
	g_autoptr(WpUser) user = NULL;
	g_autoptr(GError) error = NULL;
	ExitStatus status = app_open(app, options);

	if (status != EXIT_ALL_WELL)
		return status;
	if (!wp_user_find(app->db, options->user, &user, &error))
		return app_fail(options, error);
	if (user == NULL) {
		g_set_error(&error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
			"no user has the id, login or e-mail address '%s'", options->user);
		return app_fail(options, error);
	}
	explanation->contacts = people_load_contacts(app->db, app->site, user->id, &error);
	if (explanation->contacts == NULL)
		return app_fail(options, error);
	if (options->timezone == NULL)
		explanation->zone = app->site->zone;
	return EXIT_ALL_WELL;
}

static bool explanation_init(Explanation *explanation, const CliOptions *options)
{
	int64_t now_utc = (int64_t)time(NULL);
	const char *problem = NULL;

	explanation->own_zone = parse_zone(options->timezone);
	if (explanation->zone == NULL)
		explanation->zone = explanation->own_zone;
	explanation->window = (TimeWindow){now_utc - DEFAULT_DAYS_BACK * SECONDS_PER_DAY,
		now_utc + DEFAULT_DAYS_AHEAD * SECONDS_PER_DAY};
	if (options->arguments[0] == NULL)
		problem = "name at least one file, or - for standard input";
	else if (explanation->zone == NULL)
		problem = "--timezone is no time zone; Europe/Amsterdam or +05:30 would be";
	else if (options->from != NULL &&
		 !parse_date(explanation->zone, options->from, &explanation->window.from_utc))
		problem = "--from is no date; 2026-03-01 or 2026-03-01T09:00:00Z would be";
	else if (options->to != NULL &&
		 !parse_date(explanation->zone, options->to, &explanation->window.to_utc))
		problem = "--to is no date; 2026-03-01 or 2026-03-01T09:00:00Z would be";
	else if (explanation->window.from_utc >= explanation->window.to_utc)
		problem = "--from must be before --to";
	if (problem != NULL) {
		usage_fail(options, problem);
		return false;
	}
	if (options->json) {
		explanation->root = json_object_new();
		explanation->events = json_add_list(explanation->root, "events");
		explanation->problems = json_add_list(explanation->root, "problems");
		explanation->files = json_add_list(explanation->root, "files");
	}
	return true;
}

/* The bytes of a file, or of standard input for "-". */
static GString *read_object(const char *path, GError **error)
{
	g_autoptr(GString) bytes = g_string_new(NULL);
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char buffer[16 * 1024];
	size_t count;

	if (file == NULL) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot be read: %m");
		return NULL;
	}
	while ((count = fread(buffer, 1, sizeof(buffer), file)) > 0 && bytes->len <= FILE_BYTES_MAX)
		g_string_append_len(bytes, buffer, (gssize)count);
	if (ferror(file) || bytes->len > FILE_BYTES_MAX) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s",
			ferror(file) ? "cannot be read" : "is larger than 64 MiB");
		g_string_free(g_steal_pointer(&bytes), TRUE);
	}
	if (file != stdin)
		fclose(file);
	return g_steal_pointer(&bytes);
}

static void tell_problem(
	Explanation *explanation, const char *path, const char *uid, bool skipped, const char *text)
{
	Json *object;

	if (explanation->root == NULL) {
		g_autofree char *printed = printable(text);
		g_autofree char *name = printable(uid != NULL ? uid : "");

		fprintf(stderr, "prm-calendar: %s: %s%s%s%s\n", path, name, uid != NULL ? ": " : "",
			printed, skipped ? "; skipped" : "");
		return;
	}
	object = json_append_object(explanation->problems);
	json_set_text(object, "file", path);
	json_set_text(object, "uid", uid);
	json_set_bool(object, "skipped", skipped);
	json_set_text(object, "message", text);
}

static char *format_span(const Explanation *explanation, const Event *event)
{
	g_autofree char *start = NULL;
	g_autofree char *end = NULL;

	if (event->all_day)
		return g_strdup_printf("%04d-%02d-%02d .. %04d-%02d-%02d, all day",
			event->start_date.year, event->start_date.month, event->start_date.day,
			event->end_date.year, event->end_date.month, event->end_date.day);
	start = site_zone_format(explanation->zone, event->start_utc);
	end = site_zone_format(explanation->zone, event->end_utc);
	return g_strdup_printf("%s .. %s", start, end);
}

static bool matches_names(const Explanation *explanation)
{
	const App *app = &explanation->app;

	return dialect_matches_names(app->site->dialect, app->config->match_names);
}

/* The user's contacts among the people of an event; NULL without --user. Caller unrefs. */
static GPtrArray *find_matches(const Explanation *explanation, const Event *event)
{
	return explanation->contacts != NULL ? contact_index_match(explanation->contacts, event,
						       matches_names(explanation))
					     : NULL;
}

static void print_matches(const Explanation *explanation, const Event *event)
{
	g_autoptr(GPtrArray) matches = find_matches(explanation, event);

	if (matches != NULL && matches->len == 0)
		printf("  matches none of the contacts\n");
	for (guint i = 0; matches != NULL && i < matches->len; i++) {
		const Match *match = g_ptr_array_index(matches, i);
		g_autofree char *email = printable(match->attendee_email);

		printf("  matches contact %" G_GINT64_FORMAT " by %s (%d %%)%s%s\n",
			match->person_id, match_type_name(match->type), match->confidence_percent,
			email[0] != '\0' ? ", " : "", email);
	}
}

static void add_matches(const Explanation *explanation, const Event *event, Json *object)
{
	g_autoptr(GPtrArray) matches = find_matches(explanation, event);
	Json *list = matches != NULL ? json_add_list(object, "matches") : NULL;

	for (guint i = 0; matches != NULL && i < matches->len; i++) {
		const Match *match = g_ptr_array_index(matches, i);
		Json *item = json_append_object(list);

		json_set_int(item, "person_id", match->person_id);
		json_set_text(item, "type", match_type_name(match->type));
		json_set_int(item, "confidence", match->confidence_percent);
		json_set_text(item, "attendee_email", match->attendee_email);
	}
}

static void print_event(const Explanation *explanation, const Event *event)
{
	g_autofree char *span = format_span(explanation, event);
	g_autofree char *title = printable(event->summary != NULL ? event->summary : "(No title)");
	g_autofree char *uid = printable(event->event_uid);

	printf("%s  %s%s\n  uid %s\n", span, title,
		event->status == EVENT_STATUS_CANCELLED ? " (cancelled)" : "", uid);
	if (event->meeting_url != NULL) {
		g_autofree char *url = printable(event->meeting_url);

		printf("  link %s\n", url);
	}
	for (guint i = 0; i < event->attendees->len; i++) {
		const Attendee *attendee = g_ptr_array_index(event->attendees, i);
		g_autofree char *name = printable(attendee->name != NULL ? attendee->name : "");
		g_autofree char *email = printable(attendee->email != NULL ? attendee->email : "-");

		printf("  with %s%s<%s> %s\n", name, name[0] == '\0' ? "" : " ", email,
			attendee_status_name(attendee->status));
	}
	print_matches(explanation, event);
}

static void tell_events(Explanation *explanation, const char *path, const GPtrArray *events)
{
	for (guint i = 0; i < events->len; i++) {
		const Event *event = g_ptr_array_index(events, i);

		if (explanation->root == NULL) {
			print_event(explanation, event);
		} else {
			Json *object = event_to_json(event);

			json_set_text(object, "file", path);
			add_matches(explanation, event, object);
			cJSON_AddItemToArray(explanation->events, object);
		}
	}
}

/* By what a person sees: days and times of the chosen zone. */
static int compare_starts(gconstpointer a, gconstpointer b, gpointer data)
{
	g_autofree char *first = format_span(data, *(const Event *const *)a);
	g_autofree char *second = format_span(data, *(const Event *const *)b);

	return strcmp(first, second);
}

/* "2026-03-01", or the time too where it is no midnight. Caller frees. */
static char *format_limit(const Explanation *explanation, int64_t utc)
{
	char *text = site_zone_format(explanation->zone, utc);

	if (g_str_has_suffix(text, " 00:00:00"))
		text[strlen(text) - strlen(" 00:00:00")] = '\0';
	return text;
}

static void print_counts(
	const Explanation *explanation, const char *path, const ExplainCounts *counts)
{
	const Event *nearest = counts->next != NULL ? counts->next : counts->last;
	g_autofree char *text = explain_counts_text(counts);
	g_autofree char *from = format_limit(explanation, explanation->window.from_utc);
	g_autofree char *to = format_limit(explanation, explanation->window.to_utc);
	g_autofree char *span = nearest != NULL ? format_span(explanation, nearest) : NULL;

	if (text == NULL || explanation->options->quiet)
		return;
	printf("%s, from %s to %s: %s", strcmp(path, "-") == 0 ? "standard input" : path, from, to,
		text);
	if (nearest != NULL)
		printf("; the %s is %s", counts->next != NULL ? "next" : "last", span);
	printf("\n");
}

static void add_counts(
	const Explanation *explanation, const char *path, const ExplainCounts *counts)
{
	Json *object = json_append_object(explanation->files);

	json_set_text(object, "file", path);
	json_set_int(object, "events", counts->all.events);
	json_set_int(object, "events_outside", counts->outside);
	json_set_int(object, "tasks", counts->all.tasks);
	json_set_int(object, "journals", counts->all.journals);
	json_set_int(object, "free_busy", counts->all.free_busy);
	cJSON_AddItemToObject(object, "next",
		counts->next != NULL ? event_to_json(counts->next) : cJSON_CreateNull());
	cJSON_AddItemToObject(object, "last",
		counts->last != NULL ? event_to_json(counts->last) : cJSON_CreateNull());
}

/* What an object without UIDs is named by: as a calendar server would have it. Caller frees. */
static char *object_name(const char *path)
{
	g_autofree char *name = g_path_get_basename(path);

	if (g_str_has_suffix(name, ".ics"))
		name[strlen(name) - strlen(".ics")] = '\0';
	return g_steal_pointer(&name);
}

static void explain_file(Explanation *explanation, const char *path)
{
	g_autofree char *name = object_name(path);
	const IcalOptions ical_options = {
		.window = explanation->window,
		.floating_zone = site_zone_glib(explanation->zone),
		.name = name,
		.now_utc = g_get_real_time() / G_USEC_PER_SEC,
	};
	g_auto(ExplainCounts) counts = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) bytes = read_object(path, &error);
	g_autoptr(GPtrArray) events = NULL;
	g_autoptr(GPtrArray) problems = NULL;

	if (bytes == NULL ||
		!ical_collect(bytes->str, bytes->len, &ical_options, &events, &problems, &error)) {
		explanation->refused++;
		tell_problem(explanation, path, NULL, true, error->message);
		return;
	}
	g_ptr_array_sort_with_data(events, compare_starts, explanation);
	tell_events(explanation, path, events);
	explain_counts_read(&counts, bytes, &ical_options, events, problems);
	if (explanation->root != NULL)
		add_counts(explanation, path, &counts);
	else
		print_counts(explanation, path, &counts);
	for (guint i = 0; i < problems->len; i++) {
		const IcalProblem *problem = g_ptr_array_index(problems, i);

		tell_problem(explanation, path, problem->uid, problem->skipped, problem->text);
	}
}

static ExitStatus run_explain(const CliOptions *options)
{
	g_auto(Explanation) explanation = {.options = options};
	ExitStatus status;

	app_setup_log(options);
	if (options->user != NULL) {
		status = open_contacts(&explanation);
		if (status != EXIT_ALL_WELL)
			return status;
	}
	if (!explanation_init(&explanation, options))
		return EXIT_USAGE;
	for (size_t i = 0; options->arguments[i] != NULL; i++)
		explain_file(&explanation, options->arguments[i]);
	if (explanation.root != NULL)
		json_print(explanation.root);
	return explanation.refused == 0 ? EXIT_ALL_WELL : EXIT_SOME_FAILED;
}

const Command command_explain = {
	.name = "explain",
	.arguments = "FILE.ics…",
	.summary = "show the events that we make of calendar objects",
	.details =
		"Prints each occurrence in the window with its unique id, its people and its "
		"link,\n"
		"what could not be read, and how many events have none in it. - is standard\n"
		"input. Times are shown in the given time zone. A DATE is a day, which begins "
		"at\n"
		"midnight in that zone, or a time such as 2026-03-01T09:00:00Z. Needs neither a\n"
		"configuration nor a database, unless --user is given.\n\n"
		"Example: prm-calendar explain meeting.ics --from=2026-01-01 --to=2026-02-01 "
		"--timezone=Europe/Amsterdam",
	.options = explain_options,
	.arguments_max = -1,
	.run = run_explain,
};

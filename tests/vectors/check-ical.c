/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks the iCalendar corpus: each object must give the occurrences of its case. */
#include "check.h"

#include <string.h>
#include <time.h>

#include "event/event_json.h"
#include "event/ical.h"

/* Instrumented code takes that much longer. */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZER_FACTOR 3
#else
#define SANITIZER_FACTOR 1
#endif
#define MAX_SECONDS_DEFAULT 10

static const char *string_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static void destroy_string(gpointer text)
{
	g_free(text);
}

static int compare_texts(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The texts sorted and joined; caller frees. */
static char *join_sorted(GPtrArray *texts, const char *separator)
{
	g_ptr_array_sort(texts, compare_texts);
	g_ptr_array_add(texts, NULL);
	return g_strjoinv(separator, (char **)texts->pdata);
}

static void add_fields(GString *text, const cJSON *object, const char *const *names)
{
	for (; *names != NULL; names++) {
		const char *value = string_of(object, *names);
		bool is_true = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, *names));

		/* An empty text and null are the same. */
		if ((value != NULL && *value != '\0') || is_true)
			g_string_append_printf(text, " %s=%s", *names, is_true ? "yes" : value);
	}
}

/* One occurrence in one text; the order of attendees means nothing. Caller frees. */
static char *spell_event(const cJSON *event, bool with_recurrence_id)
{
	static const char *const identity[] = {"uid", "all_day", "start_date", "end_date",
		"start_utc", "end_utc", "summary", "location", "status", NULL};
	static const char *const recurrence[] = {"recurrence_id", NULL};
	static const char *const organizer[] = {"email", "name", NULL};
	static const char *const attendee[] = {"email", "name", "status", "cutype", "role", NULL};
	const cJSON *person = cJSON_GetObjectItemCaseSensitive(event, "organizer");
	GString *text = g_string_new(NULL);
	g_autoptr(GPtrArray) attendees = g_ptr_array_new_with_free_func(destroy_string);
	g_autofree char *joined = NULL;

	add_fields(text, event, identity);
	if (with_recurrence_id)
		add_fields(text, event, recurrence);
	if (cJSON_IsObject(person)) {
		g_string_append(text, " organizer:");
		add_fields(text, person, organizer);
	}
	cJSON_ArrayForEach(person, cJSON_GetObjectItemCaseSensitive(event, "attendees"))
	{
		GString *one = g_string_new(" attendee:");

		add_fields(one, person, attendee);
		g_ptr_array_add(attendees, g_string_free(one, FALSE));
	}
	joined = join_sorted(attendees, "");
	g_string_append(text, joined);
	return g_string_free(text, FALSE);
}

static char *spell_expected(const cJSON *expect, bool with_recurrence_id)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(destroy_string);
	const cJSON *event;

	cJSON_ArrayForEach(event, expect)
		g_ptr_array_add(texts, spell_event(event, with_recurrence_id));
	return join_sorted(texts, "\n");
}

static char *spell_events(const GPtrArray *events, bool with_recurrence_id)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(destroy_string);

	for (guint i = 0; i < events->len; i++) {
		cJSON *json = event_to_json(g_ptr_array_index(events, i));

		g_ptr_array_add(texts, spell_event(json, with_recurrence_id));
		cJSON_Delete(json);
	}
	return join_sorted(texts, "\n");
}

static GString *generate(const cJSON *parts)
{
	GString *bytes = g_string_new(NULL);
	const cJSON *part;

	cJSON_ArrayForEach(part, parts)
	{
		const char *text = string_of(part, "text");
		const char *repeat = string_of(part, "repeat");
		double times =
			cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(part, "times"));

		g_string_append(bytes, text != NULL ? text : "");
		for (double i = 0; repeat != NULL && i < times; i++)
			g_string_append(bytes, repeat);
	}
	return bytes;
}

static GString *read_object(const char *folder, const char *name, const cJSON *json)
{
	const cJSON *parts = cJSON_GetObjectItemCaseSensitive(json, "generate");
	g_autofree char *file = g_strconcat(name, ".ics", NULL);
	g_autofree char *path = g_build_filename(folder, file, NULL);
	g_autofree char *text = NULL;
	gsize length;

	if (cJSON_IsArray(parts))
		return generate(parts);
	if (!g_file_get_contents(path, &text, &length, NULL))
		return NULL;
	return g_string_new_len(text, (gssize)length);
}

static int64_t read_instant(const cJSON *json, const char *name)
{
	const char *text = string_of(json, name);
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text != NULL ? text : "", NULL);

	return time != NULL ? g_date_time_to_unix(time) : 0;
}

static GTimeZone *read_zone(const cJSON *json, const char *name)
{
	const char *zone = string_of(json, name);

	return zone != NULL ? g_time_zone_new_identifier(zone) : NULL;
}

static bool allows(const cJSON *json, const char *outcome)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(json, "allowed"))
	{
		if (g_strcmp0(cJSON_GetStringValue(item), outcome) == 0)
			return true;
	}
	return false;
}

/* True when something was left out with a reason: as good as rejected when nothing came of it. */
static bool any_skipped(const GPtrArray *problems)
{
	for (guint i = 0; i < problems->len; i++) {
		const IcalProblem *problem = g_ptr_array_index(problems, i);

		if (problem->skipped)
			return true;
	}
	return false;
}

static void compare(
	Check *check, const cJSON *json, const GPtrArray *events, const GPtrArray *problems)
{
	bool with_recurrence_id = g_strcmp0(string_of(json, "category"), "broken") != 0;
	g_autofree char *expected = spell_expected(
		cJSON_GetObjectItemCaseSensitive(json, "expect"), with_recurrence_id);
	g_autofree char *got = spell_events(events, with_recurrence_id);

	if (allows(json, "expanded") && g_str_equal(expected, got))
		return;
	if (events->len == 0 && allows(json, "empty"))
		return;
	if (events->len == 0 && allows(json, "rejected") && any_skipped(problems))
		return;
	check_mismatch(check, "occurrences", expected, got);
}

/* Of processor time, so that whatever else the machine does has no say in it. */
static double processor_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC / SANITIZER_FACTOR;
}

static void check_object(Check *check, const cJSON *json, const GString *object)
{
	const cJSON *seconds = cJSON_GetObjectItemCaseSensitive(json, "max_seconds");
	double max_seconds =
		cJSON_IsNumber(seconds) ? cJSON_GetNumberValue(seconds) : MAX_SECONDS_DEFAULT;
	g_autoptr(GTimeZone) site = read_zone(json, "site_timezone");
	g_autoptr(GTimeZone) floating = read_zone(json, "floating_timezone");
	IcalOptions options = {
		.window = {read_instant(json, "window_start"), read_instant(json, "window_end")},
		.floating_zone = floating,
		.site_zone = site,
	};
	g_autoptr(GPtrArray) events = NULL;
	g_autoptr(GPtrArray) problems = NULL;
	g_autoptr(GError) error = NULL;
	double begun = processor_seconds();
	double took;

	if (ical_collect(object->str, object->len, &options, &events, &problems, &error))
		compare(check, json, events, problems);
	else if (!allows(json, "rejected"))
		check_mismatch(check, "outcome", "occurrences", error->message);
	took = processor_seconds() - begun;
	if (took > max_seconds) {
		g_autofree char *limit = g_strdup_printf("at most %.1f s", max_seconds);
		g_autofree char *time = g_strdup_printf("%.1f s", took);

		check_mismatch(check, "time", limit, time);
	}
}

static void check_json(Check *check, const char *folder, const char *name)
{
	g_autofree char *file = g_strconcat(name, ".json", NULL);
	g_autofree char *path = g_build_filename(folder, file, NULL);
	g_autofree char *text = NULL;
	cJSON *json = g_file_get_contents(path, &text, NULL, NULL) ? cJSON_Parse(text) : NULL;
	GString *object = json != NULL ? read_object(folder, name, json) : NULL;

	check_case_begin(check, name, object != NULL ? object->str : NULL);
	if (object == NULL)
		check_mismatch(check, NULL, "a readable case", "something else");
	else
		check_object(check, json, object);
	check_case_end(check);
	if (object != NULL)
		g_string_free(object, TRUE);
	cJSON_Delete(json);
}

static void check_corpus(Check *check, const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(destroy_string);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		if (g_str_has_suffix(name, ".json"))
			g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(".json")));
	}
	g_ptr_array_sort(names, compare_texts);
	for (guint i = 0; i < names->len; i++)
		check_json(check, folder, g_ptr_array_index(names, i));
}

const VectorCheck ical_checks[] = {
	{.name = "ical-corpus", .check_corpus = check_corpus},
	{0},
};

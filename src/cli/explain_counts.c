/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting what is outside of the window, and looking for what is nearest to it. */
#include "cli/explain_counts.h"

#include "event/civil.h"

#define YEAR_SECS (366 * CIVIL_DAY_SECS)

/* One year first: a daily meeting has fewer occurrences in it than are worked through. */
static const int64_t years_to_look[] = {1, 10};

typedef struct {
	bool latest;
	Event *found;
} Nearest;

static int64_t start_of(const Event *event)
{
	return event->all_day ? civil_days(event->start_date) * CIVIL_DAY_SECS : event->start_utc;
}

static bool keep_nearest(void *data, Event *take_event, GError **error)
{
	Nearest *nearest = data;
	const Event *found = nearest->found;

	(void)error;
	if (found == NULL || (nearest->latest ? start_of(take_event) > start_of(found)
					      : start_of(take_event) < start_of(found))) {
		event_free(nearest->found);
		nearest->found = take_event;
	} else {
		event_free(take_event);
	}
	return true;
}

static Event *find_nearest(const GString *bytes, const IcalOptions *options, bool latest)
{
	Nearest nearest = {.latest = latest};
	IcalSink sink = {.data = &nearest, .event = keep_nearest};

	for (size_t i = 0; nearest.found == NULL && i < G_N_ELEMENTS(years_to_look); i++) {
		IcalOptions other = *options;
		int64_t secs = years_to_look[i] * YEAR_SECS;

		if (latest)
			other.window = (TimeWindow){
				options->window.from_utc - secs, options->window.from_utc};
		else
			other.window =
				(TimeWindow){options->window.to_utc, options->window.to_utc + secs};
		if (!ical_expand(bytes->str, bytes->len, &other, &sink, NULL, NULL))
			break;
	}
	return nearest.found;
}

void explain_counts_read(ExplainCounts *counts, const GString *bytes, const IcalOptions *options,
	const GPtrArray *events, const GPtrArray *problems)
{
	g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
	guint nameless = 0;

	*counts = (ExplainCounts){0};
	if (!ical_count(bytes->str, bytes->len, &counts->all, NULL))
		return;
	for (guint i = 0; i < events->len; i++)
		g_hash_table_add(told, ((Event *)g_ptr_array_index(events, i))->uid);
	for (guint i = 0; i < problems->len; i++) {
		const IcalProblem *problem = g_ptr_array_index(problems, i);

		if (problem->skipped && problem->uid != NULL)
			g_hash_table_add(told, problem->uid);
		nameless += problem->skipped && problem->uid == NULL;
	}
	counts->outside =
		counts->all.events - MIN(counts->all.events, g_hash_table_size(told) + nameless);
	if (events->len > 0 || counts->outside == 0)
		return;
	counts->next = find_nearest(bytes, options, false);
	if (counts->next == NULL)
		counts->last = find_nearest(bytes, options, true);
}

void explain_counts_clear(ExplainCounts *counts)
{
	g_clear_pointer(&counts->next, event_free);
	g_clear_pointer(&counts->last, event_free);
}

static void add_count(GString *list, guint count, const char *one, const char *many)
{
	if (count > 0)
		g_string_append_printf(
			list, "%s%u %s", list->len > 0 ? ", " : "", count, count == 1 ? one : many);
}

char *explain_counts_text(const ExplainCounts *counts)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) others = g_string_new(NULL);

	add_count(others, counts->all.tasks, "task", "tasks");
	add_count(others, counts->all.journals, "journal entry", "journal entries");
	add_count(others, counts->all.free_busy, "list of busy times", "lists of busy times");
	if (others->len == 0 && counts->outside == 0 && counts->all.events > 0)
		return NULL;
	if (counts->all.events == 0)
		g_string_append(text, "no event");
	add_count(text, counts->all.events, "event", "events");
	if (counts->outside > 0 && counts->outside == counts->all.events)
		g_string_append(text, ", none in this time");
	else if (counts->outside > 0)
		g_string_append_printf(text, ", %u of them not in this time", counts->outside);
	if (others->len > 0)
		g_string_append_printf(text, "; %s, which we leave alone", others->str);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

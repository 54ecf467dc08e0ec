/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/person_summary.h"

#include <stdio.h>
#include <string.h>

/* One contact's part of the run. */
typedef struct {
	int64_t user_id;
	int64_t person_id;
	char *name;
	size_t meetings;
	char *first; /* start, site time */
	char *last;
} PersonSummary;

static void person_summary_free(gpointer data)
{
	PersonSummary *person = data;

	g_free(person->name);
	g_free(person->first);
	g_free(person->last);
	g_free(person);
}

GHashTable *person_summaries_new(void)
{
	return g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, person_summary_free);
}

static PersonSummary *person_of(GHashTable *people, const AutoLogNotice *notice)
{
	PersonSummary *person = g_hash_table_lookup(people, &notice->person_id);

	if (person != NULL)
		return person;
	person = g_new0(PersonSummary, 1);
	person->user_id = notice->event->user_id;
	person->person_id = notice->person_id;
	person->name = g_strdup(notice->person_name);
	person->first = g_strdup(notice->event->start);
	person->last = g_strdup(notice->event->start);
	g_hash_table_insert(people, &person->person_id, person);
	return person;
}

void person_summaries_add(GHashTable *people, const AutoLogNotice *notice)
{
	PersonSummary *person = person_of(people, notice);
	const char *start = notice->event->start;

	person->meetings++;
	if (strcmp(start, person->first) < 0) {
		g_free(person->first);
		person->first = g_strdup(start);
	}
	if (strcmp(start, person->last) > 0) {
		g_free(person->last);
		person->last = g_strdup(start);
	}
}

/* By user, then those whom one met most. */
static gint by_meetings(gconstpointer one, gconstpointer other)
{
	const PersonSummary *a = *(PersonSummary *const *)one;
	const PersonSummary *b = *(PersonSummary *const *)other;

	if (a->user_id != b->user_id)
		return a->user_id < b->user_id ? -1 : 1;
	if (a->meetings != b->meetings)
		return a->meetings > b->meetings ? -1 : 1;
	return a->person_id < b->person_id ? -1 : a->person_id > b->person_id;
}

/* Of PersonSummary, borrowed. Caller unrefs. */
static GPtrArray *sorted_people(GHashTable *table)
{
	GPtrArray *people = g_ptr_array_new();
	GHashTableIter each;
	gpointer person;

	g_hash_table_iter_init(&each, table);
	while (g_hash_table_iter_next(&each, NULL, &person))
		g_ptr_array_add(people, person);
	g_ptr_array_sort(people, by_meetings);
	return people;
}

void person_summaries_print(GHashTable *table)
{
	g_autoptr(GPtrArray) people = sorted_people(table);

	if (people->len > 0)
		printf("Activities by contact (%u):\n", people->len);
	for (guint i = 0; i < people->len; i++) {
		const PersonSummary *person = people->pdata[i];
		g_autofree char *name = printable(person->name);

		printf("  %5" G_GSIZE_FORMAT "  %s (%" G_GINT64_FORMAT "), %.10s .. %.10s\n",
			person->meetings, name[0] != '\0' ? name : "a person without a name",
			person->person_id, person->first, person->last);
	}
}

void person_summaries_add_json(GHashTable *table, Json *list)
{
	g_autoptr(GPtrArray) people = sorted_people(table);

	for (guint i = 0; i < people->len; i++) {
		const PersonSummary *person = people->pdata[i];
		Json *object = json_append_object(list);

		json_set_int(object, "person_id", person->person_id);
		json_set_text(object, "person_name", person->name);
		json_set_int(object, "user_id", person->user_id);
		json_set_int(object, "meetings", (int64_t)person->meetings);
		json_set_text(object, "first", person->first);
		json_set_text(object, "last", person->last);
	}
}

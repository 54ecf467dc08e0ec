/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hash tables over the contacts' addresses and names, and the order in which they are asked. */
#include "match/contact_index.h"

#include <string.h>

#include "match/fuzzy_index.h"
#include "match/name.h"

/* Stands for a first name that several contacts have. */
#define SEVERAL G_MAXUINT

/* The tables' values are places in `people` plus one, as a pointer: NULL is "not there". */
struct ContactIndex {
	GArray *people;            /* of int64_t */
	GHashTable *by_email;      /* lower case */
	GHashTable *by_name;       /* folded first and last name */
	GHashTable *by_first_name; /* folded; SEVERAL where more than one person has it */
	FuzzyIndex *similar;
};

static const struct {
	const char *name;
	int confidence_percent;
} TYPES[] = {
	[MATCH_EMAIL_EXACT] = {"email_exact", 100},
	[MATCH_NAME_EXACT] = {"name_exact", 80},
	[MATCH_NAME_PARTIAL] = {"name_partial", 60},
	[MATCH_NAME_FUZZY] = {"name_fuzzy", 50},
};

const char *match_type_name(MatchType type)
{
	return TYPES[type].name;
}

int match_confidence_percent(MatchType type)
{
	return TYPES[type].confidence_percent;
}

bool match_type_parse(const char *name, MatchType *ret_type)
{
	for (size_t i = 0; i < G_N_ELEMENTS(TYPES); i++) {
		if (g_str_equal(name, TYPES[i].name)) {
			*ret_type = (MatchType)i;
			return true;
		}
	}
	return false;
}

void match_free(Match *match)
{
	if (match == NULL)
		return;
	g_free(match->attendee_email);
	g_free(match);
}

static void match_destroy(gpointer match)
{
	match_free(match);
}

ContactIndex *contact_index_new(void)
{
	ContactIndex *index = g_new0(ContactIndex, 1);

	index->people = g_array_new(FALSE, FALSE, sizeof(int64_t));
	index->by_email = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	index->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	index->by_first_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	index->similar = fuzzy_index_new();
	return index;
}

void contact_index_free(ContactIndex *index)
{
	if (index == NULL)
		return;
	g_array_unref(index->people);
	g_hash_table_unref(index->by_email);
	g_hash_table_unref(index->by_name);
	g_hash_table_unref(index->by_first_name);
	fuzzy_index_free(index->similar);
	g_free(index);
}

size_t contact_index_size(const ContactIndex *index)
{
	return index->people->len;
}

/* NULL when nothing is left of it. */
static char *fold_email(const char *email)
{
	g_autofree char *lower = email != NULL ? g_strstrip(g_ascii_strdown(email, -1)) : NULL;

	return lower != NULL && lower[0] != '\0' ? g_steal_pointer(&lower) : NULL;
}

static NamePart whole(const char *text)
{
	return text != NULL ? (NamePart){text, strlen(text)} : (NamePart){"", 0};
}

/* People come oldest first, and the newest has the key. */
static void insert_newest(GHashTable *table, char *take_key, guint place)
{
	g_hash_table_replace(table, take_key, GUINT_TO_POINTER(place + 1));
}

static void add_names(
	ContactIndex *index, const char *first_name, const char *last_name, guint place)
{
	g_autofree char *name = name_fold(whole(first_name), whole(last_name));
	g_autofree char *first = name_fold(whole(first_name), whole(NULL));

	if (first[0] != '\0') {
		bool is_taken = g_hash_table_contains(index->by_first_name, first);

		g_hash_table_insert(index->by_first_name, g_steal_pointer(&first),
			GUINT_TO_POINTER(is_taken ? SEVERAL : place + 1));
	}
	if (name[0] != '\0') {
		fuzzy_index_add(index->similar, name, place);
		insert_newest(index->by_name, g_steal_pointer(&name), place);
	}
}

void contact_index_add(ContactIndex *index, int64_t person_id, const char *first_name,
	const char *last_name, const char *const *emails)
{
	guint place = index->people->len;

	g_array_append_val(index->people, person_id);
	add_names(index, first_name, last_name, place);
	for (size_t i = 0; emails != NULL && emails[i] != NULL; i++) {
		char *email = fold_email(emails[i]);

		if (email != NULL)
			insert_newest(index->by_email, email, place);
	}
}

static bool look_up(GHashTable *table, const char *key, guint *ret_place)
{
	guint value = GPOINTER_TO_UINT(g_hash_table_lookup(table, key));

	if (value == 0 || value == SEVERAL)
		return false;
	*ret_place = value - 1;
	return true;
}

static bool find_by_name(
	const ContactIndex *index, const char *display_name, guint *ret_place, MatchType *ret_type)
{
	ParsedName parsed = name_parse_attendee(display_name);
	g_autofree char *name = name_fold(parsed.first, parsed.last);
	g_autofree char *first = NULL;

	if (name[0] == '\0')
		return false;
	if (look_up(index->by_name, name, ret_place)) {
		*ret_type = MATCH_NAME_EXACT;
		return true;
	}
	first = name_fold(parsed.first, whole(NULL));
	if (first[0] != '\0' && look_up(index->by_first_name, first, ret_place)) {
		*ret_type = MATCH_NAME_PARTIAL;
		return true;
	}
	if (fuzzy_index_find(index->similar, name, ret_place)) {
		*ret_type = MATCH_NAME_FUZZY;
		return true;
	}
	return false;
}

static bool find(const ContactIndex *index, const Attendee *attendee, bool by_name,
	guint *ret_place, MatchType *ret_type)
{
	g_autofree char *email = fold_email(attendee->email);

	if (attendee->kind == ATTENDEE_ROOM || attendee->kind == ATTENDEE_RESOURCE ||
		attendee->kind == ATTENDEE_GROUP)
		return false;
	if (email != NULL && look_up(index->by_email, email, ret_place)) {
		*ret_type = MATCH_EMAIL_EXACT;
		return true;
	}
	return by_name && attendee->name != NULL &&
	       find_by_name(index, attendee->name, ret_place, ret_type);
}

/* A person under one address; addresses are compared as they are looked up. */
static guint match_hash(gconstpointer data)
{
	const Match *match = data;
	g_autofree char *email = fold_email(match->attendee_email);

	return g_int64_hash(&match->person_id) ^ g_str_hash(email == NULL ? "" : email);
}

static gboolean match_equal(gconstpointer data, gconstpointer other_data)
{
	const Match *match = data;
	const Match *other = other_data;
	g_autofree char *email = fold_email(match->attendee_email);
	g_autofree char *other_email = fold_email(other->attendee_email);

	return match->person_id == other->person_id && g_strcmp0(email, other_email) == 0;
}

/* A better match takes the place of the same person's under the same address, which goes. */
static void add_match(GPtrArray *matches, GHashTable *seen, Match *take_match)
{
	Match *known = g_hash_table_lookup(seen, take_match);

	if (known != NULL && known->confidence_percent >= take_match->confidence_percent) {
		match_free(take_match);
		return;
	}
	g_hash_table_replace(seen, take_match, take_match);
	if (known != NULL)
		g_ptr_array_remove(matches, known);
	g_ptr_array_add(matches, take_match);
}

static void match_attendee(const ContactIndex *index, const Attendee *attendee, bool by_name,
	GPtrArray *matches, GHashTable *seen)
{
	guint place;
	MatchType type;
	Match *match;

	if (!find(index, attendee, by_name, &place, &type))
		return;
	match = g_new0(Match, 1);
	match->person_id = g_array_index(index->people, int64_t, place);
	match->type = type;
	match->confidence_percent = match_confidence_percent(type);
	match->attendee_email = g_strdup(attendee->email != NULL ? attendee->email : "");
	add_match(matches, seen, match);
}

static bool is_same_person(const Attendee *a, const Attendee *b)
{
	g_autofree char *a_email = fold_email(a->email);
	g_autofree char *b_email = fold_email(b->email);

	if (a_email == NULL && b_email == NULL)
		return g_strcmp0(a->name, b->name) == 0;
	return g_strcmp0(a_email, b_email) == 0;
}

static bool is_listed(const Event *event, const Attendee *organizer)
{
	for (guint i = 0; i < event->attendees->len; i++) {
		if (is_same_person(g_ptr_array_index(event->attendees, i), organizer))
			return true;
	}
	return false;
}

GPtrArray *contact_index_match(const ContactIndex *index, const Event *event, bool by_name)
{
	GPtrArray *matches = g_ptr_array_new_with_free_func(match_destroy);
	g_autoptr(GHashTable) seen = g_hash_table_new(match_hash, match_equal);

	for (guint i = 0; i < event->attendees->len; i++)
		match_attendee(
			index, g_ptr_array_index(event->attendees, i), by_name, matches, seen);
	if (event->organizer != NULL && !is_listed(event, event->organizer))
		match_attendee(index, event->organizer, by_name, matches, seen);
	return matches;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "match/contact_index.h"

static ContactIndex *sample_index(void)
{
	ContactIndex *index = contact_index_new();

	contact_index_add(
		index, 10, "Ana", "Example", (const char *[]){"Ana@Example.org ", "a@b.co", NULL});
	contact_index_add(index, 11, "Ben", "Example", (const char *[]){"ana@example.org", NULL});
	contact_index_add(index, 12, "Jos\u00e9", "Garc\u00eda", NULL);
	contact_index_add(index, 13, "Ben", "Other", NULL);
	contact_index_add(index, 14, "Zo\u00eb", "Twice", NULL);
	contact_index_add(index, 15, "zo\u00eb", "twice", NULL);
	contact_index_add(index, 16, "", "", (const char *[]){"", NULL});
	contact_index_add(index, 17, NULL, NULL, (const char *[]){"nameless@example.org", NULL});
	contact_index_add(index, 18, "Jan Peter", "van der Berg", NULL);
	return index;
}

static Attendee *new_attendee(const char *email, const char *name, AttendeeKind kind)
{
	Attendee *attendee = attendee_new();

	attendee->email = g_strdup(email);
	attendee->name = g_strdup(name);
	attendee->kind = kind;
	return attendee;
}

static void add_attendee(Event *event, const char *email, const char *name)
{
	g_ptr_array_add(event->attendees, new_attendee(email, name, ATTENDEE_INDIVIDUAL));
}

/* "10 email_exact ana@example.org; 12 name_exact " */
static char *describe(const GPtrArray *matches)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < matches->len; i++) {
		const Match *match = g_ptr_array_index(matches, i);

		g_assert_cmpint(
			match->confidence_percent, ==, match_confidence_percent(match->type));
		g_string_append_printf(text, "%s%" G_GINT64_FORMAT " %s %s", i > 0 ? "; " : "",
			match->person_id, match_type_name(match->type), match->attendee_email);
	}
	return g_string_free(text, FALSE);
}

typedef struct {
	const char *name;
	const char *email;
	const char *display_name;
	const char *matches;
} SingleCase;

static const SingleCase SINGLE_CASES[] = {
	{"email", "nameless@example.org", NULL, "17 email_exact nameless@example.org"},
	{"email-of-two-is-the-newest", "ANA@example.org", "Ana Example",
		"11 email_exact ANA@example.org"},
	{"second-email", "a@b.co", NULL, "10 email_exact a@b.co"},
	{"unknown-email", "x@example.org", NULL, ""},
	{"empty-email", "", NULL, ""},
	{"nothing", NULL, NULL, ""},
	{"name", "x@example.org", "Ana Example", "10 name_exact x@example.org"},
	{"name-case", NULL, "JOS\u00c9 GARC\u00cdA", "12 name_exact "},
	{"name-comma", NULL, "Garc\u00eda, Jos\u00e9", "12 name_exact "},
	{"name-in-three-words", NULL, "Jan Peter van der Berg", "18 name_exact "},
	{"name-of-two-is-the-newest", NULL, "Zo\u00eb Twice", "15 name_exact "},
	{"decomposed-name", NULL, "Jose\u0301 Garci\u0301a", "12 name_exact "},
	{"empty-name", NULL, "", ""},
	{"blank-name", NULL, "  ", ""},
	{"first-name", NULL, "Ana", "10 name_partial "},
	{"first-name-behind-comma", NULL, "Exempel, Ana", "10 name_partial "},
	{"first-name-of-two", NULL, "Ben", ""},
	{"first-name-of-two-other-last", NULL, "Ben Somebody", ""},
	{"fuzzy-one", NULL, "Jose Garc\u00eda", "12 name_fuzzy "},
	{"fuzzy-two", NULL, "Jose Garcia", "12 name_fuzzy "},
	{"fuzzy-three", NULL, "Jase Garcia", ""},
	{"fuzzy-with-ambiguous-first-name", NULL, "Ben Exampel", "11 name_fuzzy "},
	{"address-as-name", NULL, "ana@example.org", ""},
	{"invalid-utf-8", "\xff", "\xff\xfe \xff", ""},
};

static void test_single(gconstpointer data)
{
	const SingleCase *test = data;
	g_autoptr(ContactIndex) index = sample_index();
	g_autoptr(Event) event = event_new();
	g_autoptr(GPtrArray) matches = NULL;
	g_autofree char *text = NULL;

	add_attendee(event, test->email, test->display_name);
	matches = contact_index_match(index, event, true);
	text = describe(matches);
	g_assert_cmpstr(text, ==, test->matches);
}

static void assert_matches(const Event *event, bool by_name, const char *expected)
{
	g_autoptr(ContactIndex) index = sample_index();
	g_autoptr(GPtrArray) matches = contact_index_match(index, event, by_name);
	g_autofree char *text = describe(matches);

	g_assert_cmpstr(text, ==, expected);
}

static void test_each_address_is_told_once_by_its_best_match(void)
{
	g_autoptr(Event) event = event_new();

	add_attendee(event, "private@example.org", "Ana");
	add_attendee(event, NULL, "Garc\u00eda, Jos\u00e9");
	add_attendee(event, "a@b.co", NULL);
	add_attendee(event, "A@b.co ", "Ana Example");
	add_attendee(event, "Private@example.org", "Ana Example");
	add_attendee(event, NULL, "Jose Garcia");
	assert_matches(event, true,
		"12 name_exact ; 10 email_exact a@b.co; 10 name_exact Private@example.org");
}

static void test_names_can_be_off(void)
{
	g_autoptr(Event) event = event_new();

	add_attendee(event, "x@example.org", "Ana Example");
	add_attendee(event, "nameless@example.org", "Ana Example");
	assert_matches(event, false, "17 email_exact nameless@example.org");
}

static void test_only_people_match(void)
{
	g_autoptr(Event) event = event_new();
	const AttendeeKind kinds[] = {ATTENDEE_ROOM, ATTENDEE_RESOURCE, ATTENDEE_GROUP};

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		g_ptr_array_add(
			event->attendees, new_attendee("ana@example.org", "Ana Example", kinds[i]));
	assert_matches(event, true, "");
	g_ptr_array_add(
		event->attendees, new_attendee("ana@example.org", NULL, ATTENDEE_UNKNOWN_KIND));
	assert_matches(event, true, "11 email_exact ana@example.org");
}

static void test_organizer_counts_when_unlisted(void)
{
	g_autoptr(Event) event = event_new();

	event->organizer = new_attendee("ANA@example.org", NULL, ATTENDEE_INDIVIDUAL);
	assert_matches(event, true, "11 email_exact ANA@example.org");
	add_attendee(event, "ana@example.org", NULL);
	assert_matches(event, true, "11 email_exact ana@example.org");
}

static void test_listed_room_does_not_return_as_organizer(void)
{
	g_autoptr(Event) event = event_new();

	g_ptr_array_add(event->attendees, new_attendee("ana@example.org", NULL, ATTENDEE_ROOM));
	event->organizer = new_attendee("ana@example.org", NULL, ATTENDEE_INDIVIDUAL);
	assert_matches(event, true, "");
}

static void test_type_names_are_read_back(void)
{
	for (MatchType type = MATCH_EMAIL_EXACT; type <= MATCH_NAME_FUZZY; type++) {
		MatchType read;

		g_assert_true(match_type_parse(match_type_name(type), &read));
		g_assert_cmpint(read, ==, type);
	}
	g_assert_false(match_type_parse("manual", &(MatchType){0}));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(SINGLE_CASES); i++) {
		g_autofree char *path =
			g_strdup_printf("/match/contact_index/single/%s", SINGLE_CASES[i].name);

		g_test_add_data_func(path, &SINGLE_CASES[i], test_single);
	}
	g_test_add_func("/match/contact_index/each-address-is-told-once-by-its-best-match",
		test_each_address_is_told_once_by_its_best_match);
	g_test_add_func("/match/contact_index/names-can-be-off", test_names_can_be_off);
	g_test_add_func("/match/contact_index/only-people-match", test_only_people_match);
	g_test_add_func("/match/contact_index/organizer-counts-when-unlisted",
		test_organizer_counts_when_unlisted);
	g_test_add_func("/match/contact_index/listed-room-does-not-return-as-organizer",
		test_listed_room_does_not_return_as_organizer);
	g_test_add_func(
		"/match/contact_index/type-names-are-read-back", test_type_names_are_read_back);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who takes part in an event whose rows are there already. */
#include <glib.h>
#include <string.h>

#include "wp/stored_people.h"

#define EMAIL_AND_NAME                                                                             \
	"[{\"email\":\"Room@X.org\",\"name\":\"Grace Hall\",\"status\":\"declined\"}]"

/* "email/name/status" and "*" for who is no person, joined by "; "; then the organizer. */
static char *describe(const Event *event)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i <= event->attendees->len; i++) {
		const Attendee *attendee =
			i < event->attendees->len ? event->attendees->pdata[i] : event->organizer;

		if (attendee == NULL)
			continue;
		g_string_append_printf(text, "%s%s%s/%s/%s%s", text->len > 0 ? "; " : "",
			i == event->attendees->len ? "by " : "",
			attendee->email != NULL ? attendee->email : "-",
			attendee->name != NULL ? attendee->name : "-",
			attendee_status_name(attendee->status),
			attendee->kind == ATTENDEE_RESOURCE ? "*" : "");
	}
	return g_string_free(text, FALSE);
}

static const struct {
	const char *name;
	const char *attendees;
	const char *raw;
	const char *organizer;
	const char *expected; /* NULL: the rows do not tell */
} cases[] = {
	{"nobody", "[]", "{}", "", ""},
	{"a-person", "[{\"email\":\"Bob@X.org\",\"name\":\"Bob\",\"status\":\"accepted\"}]", "{}",
		NULL, "bob@x.org/Bob/accepted"},
	{"empty-texts-are-none", "[{\"email\":\"\",\"name\":\"\",\"status\":\"\"}]", "{}", "",
		"-/-/needsAction"},
	{"texts-that-are-none", "[{\"email\":7,\"name\":[],\"status\":{}}, null, \"x\"]", "{}", "",
		"-/-/needsAction; -/-/needsAction; -/-/needsAction"},
	{"no-list", NULL, "{}", "", NULL},
	{"a-list-that-nobody-can-read", "[{\"em", "{}", "", NULL},
	{"no-list-but-a-text", "\"bob@x.org\"", "{}", "", NULL},
	{"a-raw-row-that-nobody-can-read", EMAIL_AND_NAME, "{\"uid", "",
		"room@x.org/Grace Hall/declined"},
	{"ours-says-who-is-a-room", EMAIL_AND_NAME, "{\"no_people\":[0],\"attendee_count\":1}", "",
		"room@x.org/Grace Hall/declined*"},
	{"ours-says-that-the-organizer-is-none", "[]",
		"{\"no_people\":[-1],\"organizer\":{\"email\":\"team@x.org\",\"name\":\"Team\"}}",
		"", "by team@x.org/Team/needsAction*"},
	{"places-that-do-not-exist", EMAIL_AND_NAME,
		"{\"no_people\":[-2,-1,1,99,\"x\"],"
		"\"attendee_count\":1}",
		"", "room@x.org/Grace Hall/declined"},
	{"google-says-who-is-a-room", EMAIL_AND_NAME,
		"{\"attendees\":[{\"email\":\"room@x.org\",\"resource\":true}]}", "",
		"room@x.org/Grace Hall/declined*"},
	{"google-says-who-is-a-person", EMAIL_AND_NAME,
		"{\"attendees\":[{\"email\":\"room@x.org\"}],\"location\":\"Grace Hall\"}", "",
		"room@x.org/Grace Hall/declined"},
	{"google-calendars-are-no-people",
		"[{\"email\":\"c_1@resource.calendar.google.com\",\"name\":\"Hall\"}]", "{}", "",
		"c_1@resource.calendar.google.com/Hall/needsAction*"},
	{"the-theme-calls-the-room-as-the-place", EMAIL_AND_NAME,
		"{\"uid\":\"1\",\"location\":\" grace HALL\"}", "", "room@x.org/-/declined"},
	{"the-theme-has-another-place", EMAIL_AND_NAME,
		"{\"uid\":\"1\",\"location\":\"Grace Hall, 2nd floor\"}", "",
		"room@x.org/Grace Hall/declined"},
	{"a-place-of-ours-may-be-called-as-a-person", EMAIL_AND_NAME,
		"{\"location\":\"Grace Hall\",\"attendee_count\":1}", "",
		"room@x.org/Grace Hall/declined"},
	{"an-organizer-of-the-row", "[]", "{}", "Ada@X.org", "by ada@x.org/-/needsAction"},
	{"an-organizer-of-google", "[]",
		"{\"organizer\":{\"email\":\"ada@x.org\",\"displayName\":\"Ada\"}}", "other@x.org",
		"by ada@x.org/Ada/needsAction"},
};

static void test_case(gconstpointer data)
{
	const size_t i = GPOINTER_TO_SIZE(data);
	const char *metas[EVENT_META_COUNT] = {
		[EVENT_META_ATTENDEES] = cases[i].attendees,
		[EVENT_META_RAW_DATA] = cases[i].raw,
		[EVENT_META_ORGANIZER_EMAIL] = cases[i].organizer,
	};
	g_autoptr(Event) event = stored_people_read(metas);
	g_autofree char *found = event != NULL ? describe(event) : NULL;

	g_assert_cmpstr(found, ==, cases[i].expected);
	g_assert_false(stored_people_may_be_cut(metas));
}

static void test_a_long_list_may_have_been_cut(void)
{
	g_autofree char *name = g_strnfill(200 * 1024, 'x');
	g_autofree char *list = g_strdup_printf("[{\"email\":\"a@x.org\",\"name\":\"%s\"}]", name);
	const char *metas[EVENT_META_COUNT] = {[EVENT_META_ATTENDEES] = list};
	g_autoptr(Event) event = stored_people_read(metas);

	g_assert_true(stored_people_may_be_cut(metas));
	g_assert_cmpuint(event->attendees->len, ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/wp/stored_people/%s", cases[i].name);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
	}
	g_test_add_func("/wp/stored_people/a-long-list-may-have-been-cut",
		test_a_long_list_may_have_been_cut);
	return g_test_run();
}

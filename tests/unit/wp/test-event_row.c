/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of an event's columns and meta rows. */
#include <cjson/cJSON.h>
#include <glib.h>
#include <string.h>

#include "match/contact_index.h"
#include "wp/event_row.h"

typedef struct {
	WpSite site;
	Event *event;
	EventRowContext context;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	Event *event = event_new();

	(void)data;
	fixture->site.zone = site_zone_new("Europe/Amsterdam", NULL, &error);
	g_assert_no_error(error);
	event->uid = g_strdup("standup@x");
	event->event_uid = g_strdup("standup@x");
	event->start_utc = 1768467600; /* 2026-01-15 09:00:00 UTC */
	event->end_utc = event->start_utc + 3600;
	fixture->event = event;
	fixture->context = (EventRowContext){
		.user_id = 2,
		.connection_id = "conn_1",
		.calendar_id = "cal",
		.calendar_name = "Work",
	};
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
	(void)data;
	site_zone_free(fixture->site.zone);
	event_free(fixture->event);
}

static EventRow *make(Fixture *fixture)
{
	g_autoptr(GError) error = NULL;
	EventRow *row = event_row_new(fixture->event, &fixture->site, &fixture->context, &error);

	g_assert_no_error(error);
	return row;
}

static Attendee *add_attendee(
	Fixture *fixture, const char *email, const char *name, AttendeeStatus status)
{
	Attendee *attendee = attendee_new();

	attendee->email = g_strdup(email);
	attendee->name = g_strdup(name);
	attendee->status = status;
	g_ptr_array_add(fixture->event->attendees, attendee);
	return attendee;
}

static void test_titles(Fixture *fixture, gconstpointer data)
{
	static const struct {
		const char *summary;
		const char *title;
	} cases[] = {
		{"Team standup", "Team standup"},
		{NULL, "(No title)"},
		{"", "(No title)"},
		{" \n\t ", "(No title)"},
		{"<b></b>", "(No title)"},
		{"0", "0"},
		{"R&amp;D &lt;3", "R&D <3"},
		{"R&D", "R&D"},
		{"two\nlines", "two lines"},
		{"Lunch &lt;img src=x onerror=alert(1)&gt;", "Lunch"},
		{"&lt;img src=x onerror=alert(1)&gt;", "(No title)"},
		{"a &lt;img src=x onerror=alert(1)//", "a &lt;img src=x onerror=alert(1)//"},
		{"a &lt; b, c &gt; d", "a < b, c > d"},
		{"&amp;lt;b&amp;gt;", "&lt;b&gt;"},
		{"C:\\new \"x\" 'y'", "C:\\new \"x\" 'y'"},
		{"caf\xe9 \xf0\x9f\x8e\x89", "caf\xef\xbf\xbd \xf0\x9f\x8e\x89"},
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(EventRow) row = NULL;

		g_free(fixture->event->summary);
		fixture->event->summary = g_strdup(cases[i].summary);
		row = make(fixture);
		g_assert_cmpstr(row->columns[EVENT_COLUMN_TITLE], ==, cases[i].title);
	}
}

/* Which the theme stored when somebody clicked "Sync now". */
static void test_a_title_with_markup_is_another(Fixture *fixture, gconstpointer data)
{
	uint8_t theirs[EVENT_HASH_BYTES];
	g_autoptr(EventRow) row = NULL;

	(void)data;
	g_free(fixture->event->summary);
	fixture->event->summary = g_strdup("a &lt;img src=x onerror=alert(1)//");
	row = make(fixture);
	g_free(row->columns[EVENT_COLUMN_TITLE]);
	row->columns[EVENT_COLUMN_TITLE] = g_strdup("a <img src=x onerror=alert(1)//");
	event_row_hash((const char *const *)row->columns, (const char *const *)row->metas, theirs);
	g_assert_cmpint(memcmp(theirs, row->hash, sizeof(theirs)), !=, 0);
}

static void test_a_location_is_no_script(Fixture *fixture, gconstpointer data)
{
	static const char *const cases[][2] = {
		{"javascript:alert(1)", "alert(1)"},
		{"JavaScript:javascript:alert(1)", "alert(1)"},
		{"java\tscript&colon;alert(1)", "alert(1)"},
		{"&#106;avascript:alert(1)", "alert(1)"},
		{"vbscript:x", "x"},
		{"data:text/html,x", "text/html,x"},
		{"Data: see below", "Data: see below"},
		{"Room 5: upstairs", "Room 5: upstairs"},
		{"https://example.org/javascript:x", "https://example.org/javascript:x"},
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(EventRow) row = NULL;

		g_free(fixture->event->location);
		fixture->event->location = g_strdup(cases[i][0]);
		row = make(fixture);
		g_assert_cmpstr(row->metas[EVENT_META_LOCATION], ==, cases[i][1]);
	}
}

static void test_times_are_site_time_and_utc(Fixture *fixture, gconstpointer data)
{
	g_autoptr(EventRow) timed = make(fixture);
	g_autoptr(EventRow) all_day = NULL;
	g_autoptr(EventRow) overlap = NULL;

	(void)data;
	g_assert_cmpstr(timed->columns[EVENT_COLUMN_DATE], ==, "2026-01-15 10:00:00");
	g_assert_cmpstr(timed->columns[EVENT_COLUMN_DATE_GMT], ==, "2026-01-15 09:00:00");
	g_assert_cmpstr(timed->metas[EVENT_META_END_TIME], ==, "2026-01-15 11:00:00");
	g_assert_cmpstr(timed->metas[EVENT_META_ALL_DAY], ==, "0");
	/* 02:30 comes twice on this day; the first is 00:30 UTC. */
	fixture->event->start_utc = INT64_C(1792888200);
	fixture->event->end_utc = fixture->event->start_utc + 3600;
	overlap = make(fixture);
	g_assert_cmpstr(overlap->columns[EVENT_COLUMN_DATE], ==, "2026-10-25 02:30:00");
	g_assert_cmpstr(overlap->columns[EVENT_COLUMN_DATE_GMT], ==, "2026-10-25 00:30:00");
	g_assert_cmpstr(overlap->metas[EVENT_META_END_TIME], ==, "2026-10-25 02:30:00");
	fixture->event->all_day = true;
	fixture->event->start_date = (CivilDate){2026, 7, 1};
	fixture->event->end_date = (CivilDate){2026, 7, 3};
	all_day = make(fixture);
	g_assert_cmpstr(all_day->metas[EVENT_META_START_TIME], ==, "2026-07-01 00:00:00");
	g_assert_cmpstr(all_day->metas[EVENT_META_END_TIME], ==, "2026-07-03 00:00:00");
	g_assert_cmpstr(all_day->columns[EVENT_COLUMN_DATE_GMT], ==, "2026-06-30 22:00:00");
	g_assert_cmpstr(all_day->metas[EVENT_META_ALL_DAY], ==, "1");
}

static void test_what_cannot_be_stored_is_refused(Fixture *fixture, gconstpointer data)
{
	static const struct {
		const char *name;
		bool all_day;
		int64_t utc;
		CivilDate date;
	} cases[] = {
		{"year 10000", false, INT64_C(253402300800), {0}},
		{"far future", false, INT64_MAX, {0}},
		{"far past", false, INT64_MIN, {0}},
		{"year 0", true, 0, {0, 1, 1}},
		{"year 10000, all day", true, 0, {10000, 1, 1}},
		{"30 February", true, 0, {2026, 2, 30}},
		{"no month", true, 0, {2026, 0, 1}},
		{"huge", true, 0, {INT_MAX, INT_MAX, INT_MAX}},
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_test_message("%s", cases[i].name);
		fixture->event->all_day = cases[i].all_day;
		fixture->event->start_utc = fixture->event->end_utc = cases[i].utc;
		fixture->event->start_date = fixture->event->end_date = cases[i].date;
		g_assert_null(
			event_row_new(fixture->event, &fixture->site, &fixture->context, &error));
		g_assert_error(error, EVENT_ROW_ERROR, EVENT_ROW_ERROR_UNSTORABLE);
		g_assert_nonnull(strstr(error->message, "standup@x"));
	}
}

static void test_lists_are_compact_json(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GPtrArray) matches = g_ptr_array_new();
	Match match = {12, MATCH_EMAIL_EXACT, 100, (char *)"ana@example.org"};
	g_autoptr(EventRow) row = NULL;

	(void)data;
	add_attendee(
		fixture, "ana@example.org", "Ana \"The\" Jos\xc3\xa9 \\ a/b", ATTENDEE_ACCEPTED);
	add_attendee(fixture, NULL, NULL, ATTENDEE_NEEDS_ACTION);
	g_ptr_array_add(matches, &match);
	fixture->context.matches = matches;
	row = make(fixture);
	g_assert_cmpstr(row->metas[EVENT_META_ATTENDEES], ==,
		"[{\"email\":\"ana@example.org\",\"name\":\"Ana \\\"The\\\" Jos\xc3\xa9 \\\\ a/b\","
		"\"status\":\"accepted\"},{\"email\":\"\",\"name\":\"\",\"status\":\"needsAction\"}"
		"]");
	g_assert_cmpstr(row->metas[EVENT_META_MATCHED_PEOPLE], ==,
		"[{\"person_id\":12,\"match_type\":\"email_exact\",\"confidence\":100,"
		"\"attendee_email\":\"ana@example.org\"}]");
}

static void test_raw_data_keeps_the_source(Fixture *fixture, gconstpointer data)
{
	static const struct {
		const char *raw;
		const char *plain;
		const char *with_owner;
	} cases[] = {
		/* Nothing else tells that two connections have the same meeting. */
		{NULL, "{\"uid\":\"standup@x\"}",
			"{\"is_private\":true,\"owner_email\":\"me@x\",\"owner_status\":"
			"\"declined\",\"uid\":\"standup@x\"}"},
		{"{}", "{}",
			"{\"is_private\":true,\"owner_email\":\"me@x\",\"owner_status\":"
			"\"declined\"}"},
		{"{\"a\":1.10}", "{\"a\":1.10}",
			"{\"is_private\":true,\"owner_email\":\"me@x\",\"owner_status\":"
			"\"declined\",\"a\":1.10}"},
		{"[1]", "{\"uid\":\"standup@x\"}",
			"{\"is_private\":true,\"owner_email\":\"me@x\",\"owner_status\":"
			"\"declined\",\"uid\":\"standup@x\"}"},
	};
	Attendee *owner = add_attendee(fixture, "me@x", "Me", ATTENDEE_DECLINED);

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(EventRow) plain = NULL;
		g_autoptr(EventRow) with_owner = NULL;

		g_free(fixture->event->raw_json);
		fixture->event->raw_json = g_strdup(cases[i].raw);
		owner->is_self = fixture->event->is_private = false;
		plain = make(fixture);
		g_assert_cmpstr(plain->metas[EVENT_META_RAW_DATA], ==, cases[i].plain);
		owner->is_self = fixture->event->is_private = true;
		with_owner = make(fixture);
		g_assert_cmpstr(with_owner->metas[EVENT_META_RAW_DATA], ==, cases[i].with_owner);
	}
}

static void test_tables_of_three_bytes_get_entities(Fixture *fixture, gconstpointer data)
{
	g_autoptr(EventRow) row = NULL;
	g_autoptr(EventRow) before = NULL;

	(void)data;
	/* A party popper, and a Han character that is no emoji. */
	fixture->event->summary = g_strdup("\xf0\x9f\x8e\x89 \xf0\xa0\xae\xb7 \xe6\x97\xa5");
	fixture->event->location = g_strdup("\xf0\x9f\x8e\x89");
	add_attendee(fixture, "a@x", "\xf0\x9f\x8e\x89", ATTENDEE_ACCEPTED);
	before = make(fixture);
	fixture->site.is_utf8mb3 = true;
	row = make(fixture);
	g_assert_cmpstr(row->columns[EVENT_COLUMN_TITLE], ==, "&#x1f389; &#x20bb7; \xe6\x97\xa5");
	g_assert_cmpstr(row->metas[EVENT_META_LOCATION], ==, "&#x1f389;");
	g_assert_cmpstr(row->metas[EVENT_META_ATTENDEES], ==,
		"[{\"email\":\"a@x\",\"name\":\"&#x1f389;\",\"status\":\"accepted\"}]");
	g_assert_true(memcmp(before->hash, row->hash, sizeof(row->hash)) != 0);
}

static void test_overlong_text_is_cut_and_stays_valid(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GString) text = g_string_new("x");
	g_autoptr(EventRow) row = NULL;
	g_autofree char *long_uid = NULL;
	g_autofree char *uid = NULL;
	g_autofree char *other = NULL;
	cJSON *list;

	(void)data;
	while (text->len < 600 * 1024)
		g_string_append(text, "\xf0\x9f\x8e\x89");
	fixture->event->summary = g_strdup(text->str);
	fixture->event->description = g_strdup(text->str);
	fixture->event->location = g_strdup(text->str);
	fixture->event->meeting_url = g_strconcat("https://x.example/", text->str, NULL);
	fixture->event->raw_json = g_strdup_printf("{\"a\":\"%s\"}", text->str);
	for (int i = 0; i < 20000; i++)
		add_attendee(fixture, "somebody@example.org", "Somebody", ATTENDEE_ACCEPTED);
	fixture->site.is_utf8mb3 = true;
	row = make(fixture);
	g_assert_cmpuint(strlen(row->columns[EVENT_COLUMN_TITLE]), <=, 65535);
	g_assert_true(g_str_has_suffix(row->columns[EVENT_COLUMN_TITLE], "&#x1f389;"));
	g_assert_cmpuint(strlen(row->columns[EVENT_COLUMN_CONTENT]), <=, 256 * 1024);
	g_assert_cmpstr(row->metas[EVENT_META_MEETING_URL], ==, "");
	g_assert_cmpstr(row->metas[EVENT_META_RAW_DATA], ==, "{\"uid\":\"standup@x\"}");
	list = cJSON_Parse(row->metas[EVENT_META_ATTENDEES]);
	g_assert_cmpint(cJSON_GetArraySize(list), >, 1000);
	g_assert_cmpuint(strlen(row->metas[EVENT_META_ATTENDEES]), <=, 256 * 1024);
	cJSON_Delete(list);
	long_uid = g_strnfill(3000, 'u');
	uid = event_row_uid(long_uid, &fixture->site);
	long_uid[2999] = 'v';
	other = event_row_uid(long_uid, &fixture->site);
	g_assert_cmpuint(strlen(uid), <=, 1024);
	g_assert_cmpstr(uid, !=, other);
}

static void test_the_hash_sees_every_field(Fixture *fixture, gconstpointer data)
{
	g_autoptr(EventRow) row = make(fixture);
	const char *columns[EVENT_COLUMN_COUNT];
	const char *metas[EVENT_META_COUNT];
	uint8_t hash[EVENT_HASH_BYTES];

	(void)data;
	memcpy(columns, row->columns, sizeof(columns));
	memcpy(metas, row->metas, sizeof(metas));
	event_row_hash(columns, metas, hash);
	g_assert_cmpmem(hash, sizeof(hash), row->hash, sizeof(row->hash));
	for (size_t i = 0; i < EVENT_COLUMN_COUNT; i++) {
		columns[i] = "other";
		event_row_hash(columns, metas, hash);
		g_assert_true(memcmp(hash, row->hash, sizeof(hash)) != 0);
		columns[i] = row->columns[i];
	}
	for (size_t i = 0; i < EVENT_META_COUNT; i++) {
		metas[i] = metas[i] == NULL ? "" : NULL;
		event_row_hash(columns, metas, hash);
		g_assert_true(memcmp(hash, row->hash, sizeof(hash)) != 0);
		metas[i] = row->metas[i];
	}
}

static void test_the_hash_does_not_see_entities(Fixture *fixture, gconstpointer data)
{
	static const char *const pairs[][2] = {
		{"R&D", "R&amp;D"},
		{"a < b", "a &lt; b"},
		{"&copy;", "\xc2\xa9"},
		{"\xf0\x9f\x8e\x89", "&#x1f389;"},
	};
	const char *columns[EVENT_COLUMN_COUNT] = {NULL};
	const char *metas[EVENT_META_COUNT] = {NULL};

	(void)fixture;
	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		uint8_t hashes[2][EVENT_HASH_BYTES];

		for (size_t side = 0; side < 2; side++) {
			columns[EVENT_COLUMN_TITLE] = pairs[i][side];
			columns[EVENT_COLUMN_CONTENT] = pairs[i][1 - side];
			event_row_hash(columns, metas, hashes[side]);
		}
		g_assert_cmpmem(hashes[0], EVENT_HASH_BYTES, hashes[1], EVENT_HASH_BYTES);
	}
}

static void test_keys_are_compared_exactly(Fixture *fixture, gconstpointer data)
{
	EventMeta meta;

	(void)fixture;
	(void)data;
	for (size_t i = 0; i < EVENT_META_COUNT; i++) {
		g_assert_true(event_meta_parse(event_meta_key((EventMeta)i), &meta));
		g_assert_cmpint(meta, ==, i);
	}
	g_assert_false(event_meta_parse("_EVENT_UID", &meta));
	g_assert_false(event_meta_parse("_event_uid ", &meta));
	g_assert_false(event_meta_parse("_logged_as_activity", &meta));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
	g_test_add("/wp/event-row/" name, Fixture, NULL, set_up, function, tear_down)
	ADD("titles", test_titles);
	ADD("a-title-with-markup-is-another", test_a_title_with_markup_is_another);
	ADD("a-location-is-no-script", test_a_location_is_no_script);
	ADD("times-are-site-time-and-utc", test_times_are_site_time_and_utc);
	ADD("what-cannot-be-stored-is-refused", test_what_cannot_be_stored_is_refused);
	ADD("lists-are-compact-json", test_lists_are_compact_json);
	ADD("raw-data-keeps-the-source", test_raw_data_keeps_the_source);
	ADD("tables-of-three-bytes-get-entities", test_tables_of_three_bytes_get_entities);
	ADD("overlong-text-is-cut-and-stays-valid", test_overlong_text_is_cut_and_stays_valid);
	ADD("the-hash-sees-every-field", test_the_hash_sees_every_field);
	ADD("the-hash-does-not-see-entities", test_the_hash_does_not_see_entities);
	ADD("keys-are-compared-exactly", test_keys_are_compared_exactly);
	return g_test_run();
}

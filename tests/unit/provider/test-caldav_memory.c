/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the CalDAV provider does with what is remembered when something is wrong with it, or was
 * with the server: bad tokens, crashes, another account, missing etags, a window that moved. */
#include <string.h>

#include "../support/collecting_sink.h"
#include "../support/dav_script.h"
#include "provider/providers.h"

#define BOTH CTAG("c1") SYNC_TOKEN("t1")
/* The first run of a calendar of two. */
#define FIRST(properties)                                                                          \
	PROBE_OF(properties), LISTING(MEMBER("/c/a") MEMBER("/c/b")),                              \
		MULTIGET("multiget", OBJECT("/c/a", "a") OBJECT("/c/b", "b"))

static bool sync_again(DavScript *script, CollectingSink *sink, GError **error)
{
	collecting_sink_rewind(sink);
	return provider_find("caldav")->sync(&script->call.request, &sink->sink, error);
}

/* Runs, and says what was told, in one line. Caller frees. */
static char *told_by_sync(DavScript *script, CollectingSink *sink)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(sync_again(script, sink, &error));
	g_assert_no_error(error);
	return joined(sink->told);
}

static void assert_told(DavScript *script, CollectingSink *sink, const char *expected)
{
	g_autofree char *told = told_by_sync(script, sink);

	g_assert_cmpstr(told, ==, expected);
	g_assert_cmpstr(g_ptr_array_index(sink->ends, 0), ==, "complete");
}

static void assert_stored(const CollectingSink *sink, const char *expected)
{
	g_autofree char *stored = collecting_sink_stored(sink);

	g_assert_cmpstr(stored, ==, expected);
}

static void begin(DavScript *script, const Step *steps)
{
	dav_script_begin(script, steps, "/");
	script->call.ids[0] = "/c/";
}

static void test_bad_token(const void *data)
{
	int status = GPOINTER_TO_INT(data);
	const Step before[] = {FIRST(BOTH), LOOK_AT_CTAG("c2")};
	const Step refusal = CHANGES_FAIL("t1", status);
	const Step after[] = {
		CHANGES("", MEMBER("/c/b") GONE("/c/long-ago") SYNC_TOKEN("t9")),
		LISTING(MEMBER("/c/b")),
		LOOK_AT_CTAG("c2"),
		LOOK_AT_CTAG("c3"),
		CHANGES("t9", MEMBER("/c/d") SYNC_TOKEN("t10")),
		GET("/c/d", "d"),
		END_OF_SCRIPT,
	};
	g_autoptr(GArray) steps = g_array_new(false, false, sizeof(Step));
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();

	g_array_append_vals(steps, before, G_N_ELEMENTS(before));
	/* The HTTP client tries some of them twice more. */
	for (int tries = status == 500 || status == 502 ? 3 : 1; tries > 0; tries--)
		g_array_append_val(steps, refusal);
	g_array_append_vals(steps, after, G_N_ELEMENTS(after));
	begin(&script, (const Step *)(void *)steps->data);
	assert_told(&script, sink, "all +/c/a +/c/b");
	assert_told(&script, sink, "changes -/c/a");
	assert_told(&script, sink, "changes");
	assert_told(&script, sink, "changes +/c/d");
	assert_stored(sink, "b d");
}

static void test_refused_credentials_are_no_bad_token(void)
{
	static const Step steps[] = {
		FIRST(BOTH),
		LOOK_AT_CTAG("c2"),
		CHANGES_FAIL("t1", 401),
		LOOK_AT_CTAG("c1"),
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();
	g_autoptr(GError) error = NULL;

	begin(&script, steps);
	assert_told(&script, sink, "all +/c/a +/c/b");
	g_assert_false(sync_again(&script, sink, &error));
	g_assert_error(error, PROVIDER_ERROR, PROVIDER_ERROR_AUTHENTICATION);
	g_assert_cmpuint(sink->ends->len, ==, 1);
	assert_told(&script, sink, "changes");
	assert_stored(sink, "a b");
}

static void test_an_unchanged_cursor_is_the_same_text(void)
{
	static const Step steps[] = {FIRST(BOTH), LOOK_AT_CTAG("c1"), END_OF_SCRIPT};
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();
	g_autofree char *text = NULL;

	begin(&script, steps);
	assert_told(&script, sink, "all +/c/a +/c/b");
	text = g_strdup(g_hash_table_lookup(sink->cursors, "/c/"));
	g_assert_null(strstr(text, "cret"));
	assert_told(&script, sink, "changes");
	g_assert_cmpstr(g_hash_table_lookup(sink->cursors, "/c/"), ==, text);
}

static void test_a_crash_between_batches_is_made_up_for(void)
{
	enum { COUNT = 60, BATCH = 50 };
	g_autoptr(GString) members = g_string_new(CALENDAR("/c/", "Work"));
	g_autoptr(GString) first = g_string_new(NULL);
	g_autoptr(GString) second = g_string_new(NULL);
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();
	g_auto(DavScript) script = {0};
	g_autoptr(GError) error = NULL;
	Step steps[] = {
		PROBE_OF(BOTH),
		{"PROPFIND /c/", "getetag", 0, NULL, NULL},
		MULTIGET("<D:href>/c/49</D:href></C:calendar-multiget>", NULL),
		MULTIGET("<D:href>/c/59</D:href></C:calendar-multiget>", NULL),
		PROBE_OF(BOTH),
		{"PROPFIND /c/", "getetag", 0, NULL, NULL},
		MULTIGET("><D:href>/c/54</D:href>", NULL),
		LOOK_AT_CTAG("c1"),
		END_OF_SCRIPT,
	};

	for (unsigned i = 0; i < COUNT; i++) {
		g_string_append_printf(members, MEMBER("/c/%u"), i);
		g_string_append_printf(i < BATCH ? first : second, OBJECT("/c/%u", "e%u"), i, i);
	}
	steps[1].body = steps[5].body = members->str;
	steps[2].body = first->str;
	steps[3].body = steps[6].body = second->str;
	begin(&script, steps);
	sink->fail_at_event = 55;
	g_assert_false(provider_find("caldav")->sync(&script.call.request, &sink->sink, &error));
	g_clear_error(&error);
	g_assert_null(g_hash_table_lookup(sink->cursors, "/c/"));
	g_assert_true(sync_again(&script, sink, &error));
	/* "all", 54 that are kept, and 6 that are read. */
	g_assert_cmpuint(sink->told->len, ==, COUNT + 1);
	g_assert_cmpuint(sink->event_uids->len, ==, 6);
	g_assert_cmpuint(g_hash_table_size(sink->objects), ==, COUNT);
	assert_told(&script, sink, "changes");
}

static void test_what_was_made_for_another_is_not_kept(const void *data)
{
	static const Step steps[] = {FIRST(BOTH), FIRST(BOTH), LOOK_AT_CTAG("c1"), END_OF_SCRIPT};
	const char *const *change = data;
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();
	g_autoptr(GString) text = NULL;

	begin(&script, steps);
	assert_told(&script, sink, "all +/c/a +/c/b");
	text = g_string_new(g_hash_table_lookup(sink->cursors, "/c/"));
	g_assert_cmpuint(g_string_replace(text, change[0], change[1], 0), >, 0);
	g_hash_table_insert(sink->cursors, g_strdup("/c/"), g_strdup(text->str));
	assert_told(&script, sink, "all +/c/a +/c/b");
	assert_told(&script, sink, "changes");
}

static void test_a_changed_zone_changes_every_event(void)
{
	static const Step steps[] = {
		FIRST(BOTH),
		FIRST(BOTH "<c:calendar-timezone>BEGIN:VTIMEZONE\nTZID:Europe/Vienna\n"
			   "</c:calendar-timezone>"),
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();

	begin(&script, steps);
	assert_told(&script, sink, "all +/c/a +/c/b");
	sink->list_all = true;
	assert_told(&script, sink, "all +/c/a +/c/b");
}

static void test_the_time_of_the_last_change_stands_in_for_an_etag(void)
{
#define MODIFIED(time) "<d:getlastmodified>Thu, 01 Jan 2026 " time " GMT</d:getlastmodified>"
	static const Step steps[] = {
		PROBE,
		LISTING(RESPONSE("/c/a", MODIFIED("10:00:00")) RESPONSE("/c/b", "<d:getetag/>")),
		MULTIGET("multiget", OBJECT("/c/a", "a") OBJECT("/c/b", "b")),
		LISTING(RESPONSE("/c/a", MODIFIED("10:00:00")) RESPONSE("/c/b", "<d:getetag/>")),
		GET("/c/b", "b"),
		LISTING(RESPONSE("/c/a", MODIFIED("11:00:00"))),
		GET("/c/a", "A"),
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();

	begin(&script, steps);
	assert_told(&script, sink, "all +/c/a +/c/b");
	assert_told(&script, sink, "changes +/c/b");
	assert_told(&script, sink, "changes -/c/b +/c/a");
	assert_stored(sink, "A");
}

/* SOGo counts the versions of each object from 0, also of one that was deleted and made anew. */
static void test_an_etag_that_comes_again_is_told_by_the_time(void)
{
#define VERSION(etag, time) "<d:getetag>\"" etag "\"</d:getetag>" MODIFIED(time)
	static const Step steps[] = {
		PROBE,
		LISTING(RESPONSE("/c/a", VERSION("0", "10:00:00"))
				RESPONSE("/c/b", VERSION("0", "10:00:00"))),
		MULTIGET("multiget", OBJECT("/c/a", "a") OBJECT("/c/b", "b")),
		LISTING(RESPONSE("/c/a", VERSION("0", "10:00:00"))
				RESPONSE("/c/b", VERSION("0", "11:00:00"))),
		GET("/c/b", "B"),
		LISTING(RESPONSE("/c/a", VERSION("0", "10:00:00"))
				RESPONSE("/c/b", VERSION("0", "11:00:00"))),
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();

	begin(&script, steps);
	assert_told(&script, sink, "all +/c/a +/c/b");
	assert_told(&script, sink, "changes +/c/b");
	assert_stored(sink, "B a");
	assert_told(&script, sink, "changes");
}

static void test_only_what_reaches_further_is_read_when_the_window_moves(void)
{
#define SERIES(uid, rule)                                                                          \
	"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:" uid                           \
	"\nDTSTAMP:20260101T000000Z\nDTSTART:20260105T100000Z\nRRULE:FREQ=WEEKLY" rule             \
	"\nEND:VEVENT\nEND:VCALENDAR\n"
	static const Step steps[] = {
		PROBE_OF(BOTH),
		LISTING(MEMBER("/c/a") MEMBER("/c/long") MEMBER("/c/short")),
		MULTIGET("multiget",
			OBJECT("/c/a", "a") RESPONSE("/c/long",
				"<c:calendar-data>" SERIES("long", "") "</c:calendar-data>")
				RESPONSE("/c/short", "<c:calendar-data>" SERIES("short",
							     ";COUNT=2") "</c:calendar-data>")),
		LOOK_AT_CTAG("c1"),
		PROBE_OF(BOTH),
		LISTING(MEMBER("/c/a") MEMBER("/c/long") MEMBER("/c/short")),
		{"GET /c/long", NULL, 200, "text/calendar", SERIES("long", "")},
		PROBE_OF(BOTH),
		LISTING(MEMBER("/c/a") MEMBER("/c/long") MEMBER("/c/short")),
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();

	begin(&script, steps);
	assert_told(&script, sink, "all +/c/a +/c/long +/c/short");
	script.call.request.window.to_utc += 7 * 24 * 3600;
	assert_told(&script, sink, "changes");
	sink->list_all = true;
	assert_told(&script, sink, "all =/c/a =/c/short +/c/long");
	g_assert_cmpuint(sink->event_uids->len, ==, 5);
	assert_told(&script, sink, "all =/c/a =/c/long =/c/short");
}

/* Read under a clock that was months ahead: what lies before that window was not passed on. */
static void test_what_was_read_of_another_window_is_read_again(void)
{
	static const Step steps[] = {
		PROBE_OF(BOTH),
		LISTING(MEMBER("/c/a") MEMBER("/c/b")),
		MULTIGET("multiget", OBJECT("/c/a", "a") OBJECT("/c/b", "b")),
		PROBE_OF(BOTH),
		LISTING(MEMBER("/c/a") MEMBER("/c/b")),
		MULTIGET("multiget", OBJECT("/c/a", "a") OBJECT("/c/b", "b")),
		PROBE_OF(BOTH),
		LISTING(MEMBER("/c/a") MEMBER("/c/b")),
		END_OF_SCRIPT,
	};
	const int64_t ahead_secs = (int64_t)150 * 24 * 3600;
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();

	begin(&script, steps);
	script.call.request.window.from_utc += ahead_secs;
	script.call.request.window.to_utc += ahead_secs;
	assert_told(&script, sink, "all +/c/a +/c/b");
	g_assert_cmpuint(sink->event_uids->len, ==, 0);
	script.call.request.window.from_utc -= ahead_secs;
	script.call.request.window.to_utc -= ahead_secs;
	sink->list_all = true;
	assert_told(&script, sink, "all +/c/a +/c/b");
	assert_stored(sink, "a b");
	assert_told(&script, sink, "all =/c/a =/c/b");
}

static void test_the_principal_is_asked_only_when_all_is_listed(void)
{
#define OWN_ADDRESS                                                                                \
	"<c:calendar-user-address-set><d:href>mailto:anna@example.org</d:href>"                    \
	"</c:calendar-user-address-set>"
	static const Step steps[] = {
		PROBE_OF(PRINCIPAL("/p/") BOTH),
		{"PROPFIND /p/", NULL, 0, NULL, RESPONSE("/p/", OWN_ADDRESS)},
		LISTING(MEMBER("/c/a") MEMBER("/c/b")),
		MULTIGET("multiget", OBJECT("/c/a", "a") OBJECT("/c/b", "b")),
		LOOK_AT_CTAG("c1"),
		PROBE_OF(PRINCIPAL("/p/") BOTH),
		{"PROPFIND /p/", NULL, 403, "text/plain", "those of the last time stay"},
		LISTING(MEMBER("/c/a") MEMBER("/c/b")),
		PROBE_OF(PRINCIPAL("/p/") BOTH),
		{"PROPFIND /p/", NULL, 0, NULL, RESPONSE("/p/", "")},
		LISTING(MEMBER("/c/a") MEMBER("/c/b")),
		MULTIGET("multiget", OBJECT("/c/a", "a") OBJECT("/c/b", "b")),
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();

	begin(&script, steps);
	assert_told(&script, sink, "all +/c/a +/c/b");
	g_assert_nonnull(strstr(g_hash_table_lookup(sink->cursors, "/c/"), "anna@example.org"));
	assert_told(&script, sink, "changes");
	sink->list_all = true;
	assert_told(&script, sink, "all =/c/a =/c/b");
	assert_told(&script, sink, "all +/c/a +/c/b");
}

static void test_the_only_calendar_is_found_without_asking_around(void)
{
	static const Step steps[] = {
		{"PROPFIND /h/", NULL, 0, NULL, RESPONSE("/h/", HOME("/h/"))},
		{"PROPFIND /h/", NULL, 0, NULL, WORK(CTAG("c1"))},
		LISTING(MEMBER("/c/a")),
		GET("/c/a", "a"),
		LOOK_AT_CTAG("c1"),
		LOOK_AT_CTAG("c2"),
		LISTING(""),
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();

	dav_script_begin(&script, steps, "/h/");
	assert_told(&script, sink, "all +/c/a");
	assert_told(&script, sink, "changes");
	assert_told(&script, sink, "changes -/c/a");
}

static void test_one_failed_calendar_does_not_touch_the_other(void)
{
	static const Step steps[] = {
		PROBE_OF(CTAG("c1")),
		LISTING(MEMBER("/c/a")),
		GET("/c/a", "a"),
		{"PROPFIND /d/", "principal", 0, NULL, CALENDAR("/d/", "Other")},
		{"PROPFIND /d/", "getetag", 0, NULL, CALENDAR("/d/", "Other") MEMBER("/d/b")},
		GET("/d/b", "b"),
		{"PROPFIND /c/", "getctag", 503, "text/plain", "no"},
		END_OF_SCRIPT,
	};
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();
	g_autoptr(GError) error = NULL;

	begin(&script, steps);
	script.call.ids[1] = "/d/";
	assert_told(&script, sink, "all +/c/a all +/d/b");
	g_assert_true(sync_again(&script, sink, &error));
	g_assert_no_error(error);
	/* The host asked for patience: the other is not even asked. */
	g_assert_cmpuint(sink->ends->len, ==, 2);
	assert_stored(sink, "a b");
}

/* What is changed in the text of a cursor, so that it is for someone else or cannot be read. */
static const char *const text_changes[][3] = {
	{"\"anna\"", "\"ben\"", "another-login"},
	{"\"account\":\"http", "\"account\":\"https", "another-server"},
	{"\"version\":1", "\"version\":99", "another-version"},
	{"{", "[", "damaged"},
};

int main(int argc, char **argv)
{
	static const int statuses[] = {400, 403, 404, 409, 410, 412, 415, 418, 500, 501};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
		g_autofree char *path =
			g_strdup_printf("/provider/caldav_memory/bad-token/%d", statuses[i]);

		g_test_add_data_func(path, GINT_TO_POINTER(statuses[i]), test_bad_token);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(text_changes); i++) {
		g_autofree char *path =
			g_strdup_printf("/provider/caldav_memory/not-kept/%s", text_changes[i][2]);

		g_test_add_data_func(
			path, text_changes[i], test_what_was_made_for_another_is_not_kept);
	}
	g_test_add_func("/provider/caldav_memory/refused-credentials-are-no-bad-token",
		test_refused_credentials_are_no_bad_token);
	g_test_add_func("/provider/caldav_memory/an-unchanged-cursor-is-the-same-text",
		test_an_unchanged_cursor_is_the_same_text);
	g_test_add_func("/provider/caldav_memory/a-crash-between-batches-is-made-up-for",
		test_a_crash_between_batches_is_made_up_for);
	g_test_add_func("/provider/caldav_memory/a-changed-zone-changes-every-event",
		test_a_changed_zone_changes_every_event);
	g_test_add_func("/provider/caldav_memory/last-change-stands-in-for-an-etag",
		test_the_time_of_the_last_change_stands_in_for_an_etag);
	g_test_add_func("/provider/caldav_memory/an-etag-that-comes-again-is-told-by-the-time",
		test_an_etag_that_comes_again_is_told_by_the_time);
	g_test_add_func("/provider/caldav_memory/only-what-reaches-further-is-read",
		test_only_what_reaches_further_is_read_when_the_window_moves);
	g_test_add_func("/provider/caldav_memory/what-was-read-of-another-window-is-read-again",
		test_what_was_read_of_another_window_is_read_again);
	g_test_add_func("/provider/caldav_memory/the-principal-is-asked-only-for-all",
		test_the_principal_is_asked_only_when_all_is_listed);
	g_test_add_func("/provider/caldav_memory/the-only-calendar-is-found-without-asking-around",
		test_the_only_calendar_is_found_without_asking_around);
	g_test_add_func("/provider/caldav_memory/one-failed-calendar-does-not-touch-the-other",
		test_one_failed_calendar_does_not_touch_the_other);
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the CalDAV provider asks for, and tells, when it has read the calendar before. A script
 * holds every request of a run, so that it also counts them. */
#include <string.h>

#include "../support/collecting_sink.h"
#include "../support/dav_script.h"
#include "provider/providers.h"

#define DAY (24 * 3600)

/* Several runs with one memory. */
typedef struct {
	const char *name;
	Step steps[MAX_STEPS];
	const char *told;   /* objects, as CollectingSink.told, by blanks */
	const char *stored; /* event uids afterwards, by blanks; NULL: as before */
	const char *end;    /* NULL: "complete"; else a part of the reason */
	bool list_all;
	int days_later;
} Run;

#define MAX_RUNS 4

typedef struct {
	const char *name;
	const char *markers; /* properties of the calendar in the first run */
	Run runs[MAX_RUNS];  /* after the first, which stores events a and b of /c/a and /c/b */
} Story;

#define BOTH CTAG("c1") SYNC_TOKEN("t1")
#define TOLD_NOTHING "changes"

static const Story stories[] = {
	{"unchanged-ctag-is-one-request", CTAG("c1"),
		{{.name = "", .steps = {LOOK_AT_CTAG("c1")}, "changes"}}},
	{"unchanged-token-is-one-request", SYNC_TOKEN("t1"),
		{{.name = "", .steps = {LOOK_AT_TOKEN("t1")}, "changes"}}},
	{"unchanged-ctag-speaks-for-the-token", BOTH,
		{{.name = "", .steps = {LOOK_AT_CTAG("c1")}, "changes"},
			{.name = "", .steps = {LOOK_AT_CTAG("c1")}, "changes"}}},
	{"ctag-stands-still-while-the-token-moves", BOTH,
		{{.name = "",
			 .steps = {LOOK_AT_BOTH("c1", "t2"),
				 CHANGES("t1", MEMBER("/c/c") SYNC_TOKEN("t2")), GET("/c/c", "c")},
			 "changes +/c/c",
			 "a b c"},
			{.name = "", .steps = {LOOK_AT_BOTH("c1", "t2")}, "changes"}}},
	{"token-stands-still-while-the-ctag-moves", BOTH,
		{{.name = "",
			 .steps = {LOOK_AT_BOTH("c2", "t1"), CHANGES("t1", SYNC_TOKEN("t1")),
				 LISTING(MEMBER("/c/a"))},
			 "changes -/c/b",
			 "a"},
			{.name = "", .steps = {LOOK_AT_BOTH("c2", "t1")}, "changes"}}},
	{"token-of-the-report-is-not-that-of-the-calendar", BOTH,
		{{.name = "",
			 .steps = {LOOK_AT_BOTH("c2", "p2"),
				 CHANGES("t1", GONE("/c/a") SYNC_TOKEN("r2"))},
			 "changes -/c/a",
			 "b"},
			{.name = "neither-moved", .steps = {LOOK_AT_BOTH("c2", "p2")}, "changes"},
			{.name = "it-moved-to-where-we-are",
				.steps = {LOOK_AT_BOTH("c2", "r2")},
				"changes"},
			{.name = "",
				.steps = {LOOK_AT_BOTH("c2", "p3"),
					CHANGES("r2", GONE("/c/b") SYNC_TOKEN("r3"))},
				"changes -/c/b",
				""}}},
	{"a-calendar-without-a-token-is-asked-for-none", CTAG("c1"),
		{{.name = "",
			.steps = {{"PROPFIND /c/", "<D:displayname/><CS:getctag/></D:prop>", 0,
				NULL, WORK(CTAG("c1"))}},
			"changes"}}},
	{"unchanged-list-is-one-request", "",
		{{.name = "", .steps = {LISTING(MEMBER("/c/a") MEMBER("/c/b"))}, "changes"},
			{.name = "",
				.steps = {LISTING(MEMBER("/c/b") MEMBER("/c/a"))},
				"changes"}}},

	{"report-tells-what-changed", BOTH,
		{{.name = "added",
			 .steps = {LOOK_AT_CTAG("c2"),
				 CHANGES("t1", MEMBER("/c/c") SYNC_TOKEN("t2")), GET("/c/c", "c")},
			 "changes +/c/c",
			 "a b c"},
			{.name = "changed",
				.steps = {LOOK_AT_CTAG("c3"),
					CHANGES("t2", MEMBER_AS("/c/a", "2") SYNC_TOKEN("t3")),
					GET("/c/a", "A")},
				"changes +/c/a",
				"A b c"},
			{.name = "deleted",
				.steps = {LOOK_AT_CTAG("c4"),
					CHANGES("t3", GONE("/c/b") GONE("/c/never-seen")
							      SYNC_TOKEN("t4"))},
				"changes -/c/b -/c/never-seen",
				"A c"},
			{.name = "nothing", .steps = {LOOK_AT_CTAG("c4")}, "changes"}}},
	{"ctag-and-list-tell-what-changed", CTAG("c1"),
		{{.name = "added",
			 .steps = {LOOK_AT_CTAG("c2"),
				 LISTING(MEMBER("/c/a") MEMBER("/c/b") MEMBER("/c/c")),
				 GET("/c/c", "c")},
			 "changes +/c/c",
			 "a b c"},
			{.name = "changed",
				.steps = {LOOK_AT_CTAG("c3"),
					LISTING(MEMBER_AS("/c/a", "2") MEMBER("/c/b")
							MEMBER("/c/c")),
					GET("/c/a", "A")},
				"changes +/c/a",
				"A b c"},
			{.name = "deleted",
				.steps = {LOOK_AT_CTAG("c4"),
					LISTING(MEMBER_AS("/c/a", "2") MEMBER("/c/c"))},
				"changes -/c/b",
				"A c"},
			{.name = "nothing", .steps = {LOOK_AT_CTAG("c4")}, "changes"}}},
	{"list-tells-what-changed", "",
		{{.name = "added",
			 .steps = {LISTING(MEMBER("/c/a") MEMBER("/c/b") MEMBER("/c/c")),
				 GET("/c/c", "c")},
			 "changes +/c/c",
			 "a b c"},
			{.name = "changed",
				.steps = {LISTING(MEMBER_AS("/c/a", "2") MEMBER("/c/b")
							  MEMBER("/c/c")),
					GET("/c/a", "A")},
				"changes +/c/a",
				"A b c"},
			{.name = "deleted",
				.steps = {LISTING(MEMBER_AS("/c/a", "2") MEMBER("/c/c"))},
				"changes -/c/b",
				"A c"},
			{.name = "nothing",
				.steps = {LISTING(MEMBER_AS("/c/a", "2") MEMBER("/c/c"))},
				"changes"}}},
	{"all-of-it-once-a-day", BOTH,
		{{.name = "",
			 .steps = {PROBE_OF(BOTH), LISTING(MEMBER("/c/a") MEMBER("/c/b"))},
			 "all =/c/a =/c/b",
			 .list_all = true},
			{.name = "finds-what-no-report-told",
				.steps = {PROBE_OF(BOTH),
					LISTING(MEMBER_AS("/c/b", "2") MEMBER("/c/c")),
					MULTIGET("/c/b", OBJECT("/c/b", "B") OBJECT("/c/c", "c"))},
				"all -/c/a +/c/b +/c/c",
				"B c",
				.list_all = true},
			{.name = "", .steps = {LOOK_AT_CTAG("c1")}, "changes"}}},

	{"507-three-rounds", BOTH,
		{{.name = "",
			 .steps = {LOOK_AT_CTAG("c2"),
				 CHANGES("t1", MEMBER("/c/c") CUT_SHORT SYNC_TOKEN("t2")),
				 CHANGES("t2",
					 CUT_SHORT GONE("/c/a") MEMBER("/c/d") SYNC_TOKEN("t3")),
				 CHANGES("t3", GONE("/c/c") SYNC_TOKEN("t4")), GET("/c/d", "d")},
			 "changes -/c/c -/c/a +/c/d",
			 "b d"},
			{.name = "",
				.steps = {LOOK_AT_CTAG("c3"),
					CHANGES("t4", GONE("/c/b") SYNC_TOKEN("t5"))},
				"changes -/c/b",
				"d"}}},
	{"507-that-leads-no-further-is-a-list", BOTH,
		{{.name = "",
			 .steps = {LOOK_AT_CTAG("c2"),
				 CHANGES("t1", GONE("/c/b") CUT_SHORT SYNC_TOKEN("t1")),
				 CHANGES("", MEMBER("/c/a") CUT_SHORT SYNC_TOKEN("t2")),
				 CHANGES("t2", MEMBER("/c/a") CUT_SHORT SYNC_TOKEN("t2")),
				 LISTING(MEMBER("/c/a"))},
			 "changes -/c/b",
			 "a"},
			{.name = "remembered",
				.steps = {LOOK_AT_CTAG("c3"), LISTING("")},
				"changes -/c/a",
				""}}},
	{"507-for-everything-is-a-list", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"), CHANGES_FAIL("t1", 507),
				CHANGES_FAIL("", 507), LISTING(MEMBER("/c/a"))},
			"changes -/c/b",
			"a"}}},

	{"no-token-at-all-is-a-list-for-a-day", BOTH,
		{{.name = "",
			 .steps = {LOOK_AT_CTAG("c2"), CHANGES_FAIL("t1", 403),
				 CHANGES_FAIL("", 403), LISTING(MEMBER("/c/a"))},
			 "changes -/c/b",
			 "a"},
			{.name = "remembered",
				.steps = {LOOK_AT_CTAG("c3"), LISTING(MEMBER("/c/a"))},
				"changes"},
			{.name = "remembered-by-the-list-of-all",
				.steps = {PROBE_OF(BOTH), LISTING(MEMBER("/c/a"))},
				"all =/c/a",
				.list_all = true},
			{.name = "and-beyond-it",
				.steps = {LOOK_AT_CTAG("c6"), LISTING(MEMBER("/c/a"))},
				"changes"}}},
	{"tried-again-after-a-day", BOTH,
		{{.name = "",
			 .steps = {LOOK_AT_CTAG("c2"), CHANGES_FAIL("t1", 403),
				 CHANGES_FAIL("", 403), LISTING(MEMBER("/c/a"))},
			 "changes -/c/b",
			 "a"},
			{.name = "",
				.steps = {PROBE_OF(BOTH), LISTING(MEMBER("/c/a"))},
				"all =/c/a",
				.list_all = true,
				.days_later = 2},
			{.name = "",
				.steps = {LOOK_AT_CTAG("c2"),
					CHANGES("t1", GONE("/c/a") SYNC_TOKEN("t2"))},
				"changes -/c/a",
				""}}},
	{"no-token-in-the-answer-is-a-list", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"), CHANGES("t1", GONE("/c/a")),
				CHANGES("", MEMBER("/c/a")), LISTING(MEMBER("/c/a"))},
			"changes -/c/b",
			"a"}}},
	{"empty-token-in-the-answer-is-a-list", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"), CHANGES("t1", GONE("/c/a") SYNC_TOKEN(" ")),
				CHANGES("", SYNC_TOKEN("")), LISTING(MEMBER("/c/a"))},
			"changes -/c/b",
			"a"}}},
	{"report-that-is-no-dav-is-a-list", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"),
				{"REPORT /c/", "t1", 200, "text/html", "<html>Hi</html>"},
				{"REPORT /c/", "sync-collection", 200, "text/html",
					"<html>Hi</html>"},
				LISTING(MEMBER("/c/a"))},
			"changes -/c/b",
			"a"}}},
	{"report-is-asked-for-a-token-that-no-property-has", KNOWS_SYNC_REPORT CTAG("c1"),
		{{.name = "",
			 .steps = {PROBE_OF(KNOWS_SYNC_REPORT CTAG("c1")),
				 CHANGES("", MEMBER("/c/a") SYNC_TOKEN("t7")),
				 LISTING(MEMBER("/c/a") MEMBER("/c/b"))},
			 "all =/c/a =/c/b",
			 .list_all = true},
			{.name = "",
				.steps = {LOOK_AT_CTAG("c2"),
					CHANGES("t7", GONE("/c/b") SYNC_TOKEN("t8"))},
				"changes -/c/b",
				"a"}}},

	{"everything-without-tombstones-is-not-believed", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"),
				CHANGES("t1", MEMBER("/c/a") SYNC_TOKEN("t2")),
				LISTING(MEMBER("/c/a")), GET("/c/a", "a")},
			"changes -/c/b +/c/a",
			"a"}}},
	{"everything-with-other-etags-is-not-believed", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"),
				CHANGES("t1", MEMBER_AS("/c/a", "2") MEMBER_AS("/c/b", "2")
						      SYNC_TOKEN("t2")),
				LISTING(MEMBER_AS("/c/a", "2") MEMBER_AS("/c/b", "2")),
				MULTIGET("multiget", OBJECT("/c/a", "A") OBJECT("/c/b", "B"))},
			"changes +/c/a +/c/b",
			"A B"}}},
	{"nothing-is-not-believed-when-the-ctag-differs", BOTH,
		{{.name = "",
			 .steps = {LOOK_AT_CTAG("c2"), CHANGES("t1", SYNC_TOKEN("t2")),
				 LISTING(MEMBER("/c/b"))},
			 "changes -/c/a",
			 "b"},
			{.name = "", .steps = {LOOK_AT_CTAG("c2")}, "changes"}}},
	{"token-from-the-future", SYNC_TOKEN("t9"),
		{{.name = "",
			 .steps = {LOOK_AT_TOKEN("t5"), CHANGES("t9", SYNC_TOKEN("t9")),
				 LISTING(MEMBER("/c/b"))},
			 "changes -/c/a",
			 "b"},
			{.name = "listed-once", .steps = {LOOK_AT_TOKEN("t5")}, "changes"},
			{.name = "asked-from-where-it-is",
				.steps = {LOOK_AT_TOKEN("t9"),
					CHANGES("t5", MEMBER("/c/c") SYNC_TOKEN("t9")),
					GET("/c/c", "c")},
				"changes +/c/c",
				"b c"},
			{.name = "", .steps = {LOOK_AT_TOKEN("t9")}, "changes"}}},
	{"recreated-with-the-same-etag", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"),
				CHANGES("t1", MEMBER("/c/a") MEMBER("/c/c") SYNC_TOKEN("t2")),
				MULTIGET("multiget", OBJECT("/c/a", "A") OBJECT("/c/c", "c"))},
			"changes +/c/a +/c/c",
			"A b c"}}},
	{"status-201-is-changed", BOTH,
		{{.name = "",
			 .steps = {LOOK_AT_CTAG("c2"),
				 CHANGES("t1", "<d:response><d:href>/c/sp ace</d:href><d:propstat>"
					       "<d:prop><d:getetag>1</d:getetag></d:prop><d:status>"
					       "HTTP/1.1 201 Created</d:status></d:propstat>"
					       "</d:response>" SYNC_TOKEN("t2")),
				 GET("/c/sp%20ace", "c")},
			 "changes +/c/sp%20ace",
			 "a b c"},
			{.name = "one-href-in-any-spelling",
				.steps = {LOOK_AT_CTAG("c3"),
					CHANGES("t2", GONE("/c/sp%20ace") SYNC_TOKEN("t3"))},
				"changes -/c/sp%20ace",
				"a b"}}},
	{"one-404-for-several", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"),
				CHANGES("t1",
					"<d:response><d:href>/c/a</d:href><d:href>/c/b</d:href>"
					"<d:status>HTTP/1.1 404 Not Found</d:status>"
					"</d:response>" SYNC_TOKEN("t2"))},
			"changes -/c/a -/c/b",
			""}}},
	{"became-a-task", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"),
				CHANGES("t1", RESPONSE("/c/a",
						      "<d:getetag>2</d:getetag><d:getcontenttype>"
						      "text/calendar; component=vtodo"
						      "</d:getcontenttype>") SYNC_TOKEN("t2"))},
			"changes -/c/a",
			"b"}}},
	{"multiget-oddities", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"),
				CHANGES("t1", MEMBER_AS("/c/a", "2") MEMBER("/c/c") MEMBER("/c/d")
						      MEMBER("/c/e") SYNC_TOKEN("t2")),
				MULTIGET("multiget",
					OBJECT("/c/x", "x") GONE("/c/a") OBJECT("/c/d", "d")
						OBJECT("/c/d", "dd") GONE("/c/e")),
				GET_FAILS("/c/a", 404), GET("/c/c", "c"), GET("/c/e", "e")},
			"changes -/c/a +/c/c +/c/d +/c/e",
			"b c d e"}}},

	{"busy-server-is-asked-again-the-next-time", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"), CHANGES_FAIL("t1", 503)},
			TOLD_NOTHING,
			.end = "is busy"}}},
	{"429-is-no-bad-token", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"), CHANGES_FAIL("t1", 429)},
			TOLD_NOTHING,
			.end = "slow down"}}},
	{"failed-batch-keeps-the-token", BOTH,
		{{.name = "",
			 .steps = {LOOK_AT_CTAG("c2"),
				 CHANGES("t1", GONE("/c/b") MEMBER("/c/c") SYNC_TOKEN("t2")),
				 GET_FAILS("/c/c", 403)},
			 "changes -/c/b",
			 "a",
			 .end = "1 of 1 entries of the calendar could not"},
			{.name = "",
				.steps = {LOOK_AT_CTAG("c2"),
					CHANGES("t1", GONE("/c/b") MEMBER("/c/c") SYNC_TOKEN("t2")),
					GET("/c/c", "c")},
				"changes -/c/b +/c/c",
				"a c"},
			{.name = "", .steps = {LOOK_AT_CTAG("c2")}, "changes"}}},
	{"failed-batch-keeps-the-ctag", CTAG("c1"),
		{{.name = "",
			 .steps = {LOOK_AT_CTAG("c2"),
				 LISTING(MEMBER("/c/a") MEMBER("/c/c") MEMBER("/c/d")),
				 MULTIGET("multiget", OBJECT("/c/c", "c")), GET_FAILS("/c/d", 403)},
			 "changes -/c/b +/c/c",
			 "a c",
			 .end = "1 of 2 entries"},
			{.name = "what-was-had-is-not-read-again",
				.steps = {LOOK_AT_CTAG("c2"),
					LISTING(MEMBER("/c/a") MEMBER("/c/c") MEMBER("/c/d")),
					GET("/c/d", "d")},
				"changes +/c/d",
				"a c d"}}},

	{"listing-fails", CTAG("c1"),
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"),
				{"PROPFIND /c/", "getetag", 503, "text/plain", "no"}},
			TOLD_NOTHING,
			.end = "is busy"}}},
	{"listing-is-a-web-page", CTAG("c1"),
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"), {"PROPFIND /c/", "getetag", 200, "text/html",
							      "<!doctype html><html>"}},
			TOLD_NOTHING,
			.end = "web page"}}},
	{"listing-is-an-empty-body", CTAG("c1"),
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"),
				{"PROPFIND /c/", "getetag", 207, "text/xml", ""}},
			TOLD_NOTHING,
			.end = "answered with nothing"}}},
	{"listing-names-nothing", CTAG("c1"),
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"), {"PROPFIND /c/", "getetag", 0, NULL, ""}},
			TOLD_NOTHING,
			.end = "empty without even the calendar"}}},
	{"listing-is-cut-off", CTAG("c1"),
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"), {"PROPFIND /c/", "getetag", 207, NULL,
							      OPEN MEMBER("/c/a") "<d:resp"}},
			TOLD_NOTHING,
			.end = "cannot be read"}}},
	{"members-of-another-path-are-members", CTAG("c1"),
		{{.name = "",
			 .steps = {LOOK_AT_CTAG("c2"),
				 LISTING(MEMBER("/x/c/a") MEMBER_AS("/x/c/b", "2")),
				 GET("/c/b", "B")},
			 "changes +/c/b",
			 "B a"},
			{.name = "",
				.steps = {LOOK_AT_CTAG("c3"), LISTING(MEMBER_AS("/x/c/b", "2"))},
				"changes -/c/a",
				"B"}}},
	{"members-of-many-paths-prove-nothing", CTAG("c1"),
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"), LISTING(MEMBER("/x/a") MEMBER("/y/b"))},
			TOLD_NOTHING,
			.end = "names only entries of other places"}}},
	{"a-report-of-another-path-is-no-report", BOTH,
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"),
				CHANGES("t1", GONE("/x/c/a") SYNC_TOKEN("t2")),
				CHANGES("", MEMBER("/x/c/b") SYNC_TOKEN("t2")),
				LISTING(MEMBER("/x/c/a") MEMBER("/x/c/b"))},
			"changes"}}},
	{"list-of-nothing-with-the-same-ctag-is-not-believed", BOTH,
		{{.name = "",
			.steps = {PROBE_OF(BOTH), LISTING("")},
			"all",
			.end = "says that nothing changed",
			.list_all = true}}},
	{"list-of-nothing-with-another-ctag-is-believed", CTAG("c1"),
		{{.name = "",
			.steps = {LOOK_AT_CTAG("c2"), LISTING("")},
			"changes -/c/a -/c/b",
			""}}},
	{"only-listing-and-the-listing-fails", "",
		{{.name = "",
			.steps = {{"PROPFIND /c/", "getetag", 503, "text/plain", "no"}},
			TOLD_NOTHING,
			.end = "is busy"}}},
	{"only-listing-and-it-names-nothing", "",
		{{.name = "",
			.steps = {{"PROPFIND /c/", "getetag", 0, NULL, ""}},
			TOLD_NOTHING,
			.end = "empty without even the calendar"}}},
	{"look-fails", BOTH,
		{{.name = "",
			.steps = {{"PROPFIND /c/", "getctag", 503, "text/plain", "no"}},
			TOLD_NOTHING,
			.end = "is busy"}}},

	{"404-once-loses-nothing", BOTH,
		{{.name = "",
			 .steps = {NOT_FOUND("PROPFIND /c/"), NOT_FOUND("PROPFIND /c/"),
				 NOT_FOUND("PROPFIND /"),
				 NOT_FOUND("PROPFIND /.well-known/caldav")},
			 "all",
			 .end = "There is no calendar at "},
			{.name = "back-as-another",
				.steps = {PROBE_OF(BOTH), LISTING(MEMBER("/c/a") MEMBER("/c/b")),
					MULTIGET("multiget",
						OBJECT("/c/a", "a") OBJECT("/c/b", "b"))},
				"all +/c/a +/c/b"},
			{.name = "", .steps = {LOOK_AT_BOTH("c1", "t1")}, "changes"}}},
	{"made-again-under-its-old-token", BOTH,
		{{.name = "",
			 .steps = {{"PROPFIND /c/", "getctag", 410, "text/plain", "no"},
				 {"PROPFIND /c/", "principal", 410, "text/plain", "no"},
				 {"PROPFIND /", NULL, 0, NULL, RESPONSE("/", HOME("/h/"))},
				 {"PROPFIND /h/", NULL, 0, NULL, FOLDER("/h/")}},
			 "all",
			 .end = "There is no longer a calendar at "},
			{.name = "still-gone",
				.steps = {{"PROPFIND /c/", "principal", 410, "text/plain", "no"},
					{"PROPFIND /", NULL, 0, NULL, RESPONSE("/", HOME("/h/"))},
					{"PROPFIND /h/", NULL, 0, NULL, FOLDER("/h/")}},
				"all",
				.end = "There is no longer a calendar at "},
			{.name = "everything-is-read",
				.steps = {PROBE_OF(BOTH), LISTING(MEMBER("/c/a") MEMBER("/c/c")),
					MULTIGET("multiget",
						OBJECT("/c/a", "A") OBJECT("/c/c", "c"))},
				"all -/c/b +/c/a +/c/c",
				"A c"},
			{.name = "", .steps = {LOOK_AT_BOTH("c1", "t1")}, "changes"}}},
	{"made-again-and-empty", BOTH,
		{{.name = "",
			 .steps = {NOT_FOUND("PROPFIND /c/"), NOT_FOUND("PROPFIND /c/"),
				 NOT_FOUND("PROPFIND /"),
				 NOT_FOUND("PROPFIND /.well-known/caldav")},
			 "all",
			 .end = "There is no calendar at "},
			{.name = "",
				.steps = {PROBE_OF(BOTH), LISTING("")},
				"all -/c/a -/c/b",
				""}}},
	{"404-once-loses-nothing-of-a-list", "",
		{{.name = "",
			 .steps = {NOT_FOUND("PROPFIND /c/"), NOT_FOUND("PROPFIND /c/"),
				 NOT_FOUND("PROPFIND /"),
				 NOT_FOUND("PROPFIND /.well-known/caldav")},
			 "all",
			 .end = "There is no calendar at "},
			{.name = "back",
				.steps = {PROBE_OF(""), LISTING(MEMBER("/c/a") MEMBER("/c/b")),
					MULTIGET("multiget",
						OBJECT("/c/a", "a") OBJECT("/c/b", "b"))},
				"all +/c/a +/c/b"}}},
	{"renamed-is-read-again", BOTH,
		{{.name = "",
			.steps =
				{{"PROPFIND /c/", "<CS:getctag/>", 0, NULL,
					 CALENDAR("/c/", "Play")},
					{"PROPFIND /c/", "principal", 0, NULL,
						CALENDAR("/c/", "Play")},
					LISTING(MEMBER("/c/a") MEMBER("/c/b")),
					MULTIGET("multiget",
						OBJECT("/c/a", "a") OBJECT("/c/b", "b"))},
			"all +/c/a +/c/b"}}},
	{"no-calendar-any-more", BOTH,
		{{.name = "",
			.steps = {{"PROPFIND /c/", "getctag", 0, NULL, FOLDER("/c/")},
				{"PROPFIND /c/", "principal", 0, NULL, FOLDER("/c/")}},
			"all",
			.end = "but no calendar"}}},
	{"redirected-is-asked-anew", BOTH,
		{{.name = "",
			.steps = {{"PROPFIND /c/", "getctag", 301, NULL, "/d/"},
				{"PROPFIND /d/", "getctag", 0, NULL, CALENDAR("/d/", "Work")},
				{"PROPFIND /c/", "principal", 301, NULL, "/d/"},
				{"PROPFIND /d/", "principal", 0, NULL, CALENDAR("/d/", "Work")},
				{"PROPFIND /d/", "getetag", 0, NULL,
					CALENDAR("/d/", "Work") MEMBER("/d/a")},
				GET("/d/a", "a")},
			"all -/c/a -/c/b +/d/a",
			"a"}}},
};

static void script_add(GArray *script, const Step *steps)
{
	for (unsigned i = 0; i < MAX_STEPS && steps[i].request != NULL; i++)
		g_array_append_val(script, steps[i]);
}

static void assert_set_of_words(GPtrArray *told, const char *expected)
{
	g_auto(GStrv) words = g_strsplit(expected, " ", -1);

	/* What is gone comes in no particular order. */
	for (char **word = words; *word != NULL; word++) {
		if (!g_ptr_array_find_with_equal_func(told, *word, g_str_equal, NULL))
			g_test_message("not told: %s", *word);
		g_assert_true(g_ptr_array_find_with_equal_func(told, *word, g_str_equal, NULL));
	}
	g_assert_cmpuint(told->len, ==, g_strv_length(words));
	g_assert_cmpstr(g_ptr_array_index(told, 0), ==, words[0]);
}

static void assert_run(CollectingSink *sink, const Run *run, const char *stored_before)
{
	g_autofree char *told = joined(sink->told);
	g_autofree char *stored = collecting_sink_stored(sink);
	const char *end = g_ptr_array_index(sink->ends, 0);

	g_test_message("%s: %s", run->name, told);
	assert_set_of_words(sink->told, run->told);
	g_assert_cmpstr(stored, ==, run->stored != NULL ? run->stored : stored_before);
	g_assert_cmpuint(sink->ends->len, ==, 1);
	if (run->end == NULL)
		g_assert_cmpstr(end, ==, "complete");
	else if (strstr(end, run->end) == NULL)
		g_assert_cmpstr(end, ==, run->end);
}

static void run_once(DavScript *script, CollectingSink *sink, const Run *run)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *stored = collecting_sink_stored(sink);

	collecting_sink_rewind(sink);
	sink->list_all = run->list_all;
	caldav_call_set_clock(CALDAV_CALL_NOW + (int64_t)run->days_later * DAY);
	g_assert_true(provider_find("caldav")->sync(&script->call.request, &sink->sink, &error));
	g_assert_no_error(error);
	assert_run(sink, run, stored);
}

static void test_story(const void *data)
{
	const Story *story = data;
	g_autofree char *probe = g_strdup_printf(WORK("%s"), story->markers);
	bool asks_for_token = strstr(story->markers, "sync-collection") != NULL;
	const Step first[] = {
		{"PROPFIND /c/", "current-user-principal", 0, NULL, probe},
		LISTING(MEMBER("/c/a") MEMBER("/c/b")),
		MULTIGET("multiget", OBJECT("/c/a", "a") OBJECT("/c/b", "b")),
	};
	const Step token = CHANGES("", SYNC_TOKEN("t0"));
	const Step end = END_OF_SCRIPT;
	const Run first_run = {.name = "first", .steps = {END_OF_SCRIPT}, "all +/c/a +/c/b", "a b"};
	g_autoptr(GArray) steps = g_array_new(false, false, sizeof(Step));
	g_auto(DavScript) script = {0};
	g_autoptr(CollectingSink) sink = collecting_sink_new_with_memory();

	g_array_append_vals(steps, first, 1);
	if (asks_for_token)
		g_array_append_val(steps, token);
	g_array_append_vals(steps, &first[1], 2);
	for (unsigned i = 0; i < MAX_RUNS && story->runs[i].name != NULL; i++)
		script_add(steps, story->runs[i].steps);
	g_array_append_val(steps, end);
	dav_script_begin(&script, (const Step *)(void *)steps->data, "/");
	script.call.ids[0] = "/c/";
	run_once(&script, sink, &first_run);
	for (unsigned i = 0; i < MAX_RUNS && story->runs[i].name != NULL; i++)
		run_once(&script, sink, &story->runs[i]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(stories); i++) {
		g_autofree char *path =
			g_strdup_printf("/provider/caldav_calendar/%s", stories[i].name);

		g_test_add_data_func(path, &stories[i], test_story);
	}
	return g_test_run();
}

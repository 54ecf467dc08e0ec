/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A DAV server that follows a script of requests that must come, in this order. */
#pragma once

#include "caldav_call.h"
#include "fake_server.h"

/* One request that must come, and its answer. */
typedef struct {
	const char *request; /* method and path */
	const char *holds;   /* somewhere in the request's body; or NULL */
	int status;          /* 0: 207, with a whole multistatus */
	const char *type;    /* Content-Type; NULL: application/xml */
	const char *body;    /* status 0: what stands inside the multistatus; 301: the Location */
} Step;

/* An account on such a server, and the call for it. */
typedef struct DavScript {
	CalDavCall call;
	const Step *steps; /* borrowed */
	FakeServer *server;
} DavScript;

/* `steps` end with END_OF_SCRIPT; `path` is that of the account's URL. */
void dav_script_begin(DavScript *script, const Step *steps, const char *path);
/* Every request of the script must have come by now. */
void dav_script_clear(DavScript *script);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DavScript, dav_script_clear)

/* What the server may say. In multistatus bodies "d" is DAV: and "c" is CalDAV. */
#define OPEN "<d:multistatus xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\">"
#define CLOSE "</d:multistatus>"
#define OK "<d:status>HTTP/1.1 200 OK</d:status>"
#define RESPONSE(href, props)                                                                      \
	"<d:response><d:href>" href "</d:href><d:propstat><d:prop>" props "</d:prop>" OK           \
	"</d:propstat></d:response>"
#define GONE(href)                                                                                 \
	"<d:response><d:href>" href "</d:href><d:status>HTTP/1.1 404 Not Found</d:status>"         \
	"</d:response>"
#define CALENDAR_TYPE "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
#define CALENDAR(href, name) RESPONSE(href, CALENDAR_TYPE "<d:displayname>" name "</d:displayname>")
#define FOLDER(href) RESPONSE(href, "<d:resourcetype><d:collection/></d:resourcetype>")
#define MEMBER(href) MEMBER_AS(href, "1")
#define MEMBER_AS(href, etag) RESPONSE(href, "<d:resourcetype/><d:getetag>\"" etag "\"</d:getetag>")
#define EVENT(uid)                                                                                 \
	"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:" uid                           \
	"\nDTSTAMP:20260101T000000Z\nDTSTART:20260110T100000Z\nDTEND:20260110T110000Z\n"           \
	"END:VEVENT\nEND:VCALENDAR\n"
#define OBJECT(href, uid)                                                                          \
	RESPONSE(href,                                                                             \
		"<d:getetag>\"1\"</d:getetag><c:calendar-data>" EVENT(uid) "</c:calendar-data>")

/* The first two steps of every sync of the calendar at /c/. */
#define PROBE                                                                                      \
	{                                                                                          \
		"PROPFIND /c/", "displayname", 0, NULL, CALENDAR("/c/", "Work")                    \
	}
#define LISTING(members)                                                                           \
	{                                                                                          \
		"PROPFIND /c/", "getetag", 0, NULL, CALENDAR("/c/", "Work") members                \
	}
#define MULTIGET(holds, answer)                                                                    \
	{                                                                                          \
		"REPORT /c/", holds, 0, NULL, answer                                               \
	}
#define MULTIGET_FAILS(status)                                                                     \
	{                                                                                          \
		"REPORT /c/", "multiget", status, "text/plain", "no"                               \
	}
#define GET(path, uid)                                                                             \
	{                                                                                          \
		"GET " path, NULL, 200, "text/calendar", EVENT(uid)                                \
	}
#define GET_FAILS(path, status)                                                                    \
	{                                                                                          \
		"GET " path, NULL, status, "text/plain", "no"                                      \
	}
#define END_OF_SCRIPT                                                                              \
	{                                                                                          \
		NULL, NULL, 0, NULL, NULL                                                          \
	}
#define MAX_STEPS 16

#define CTAG(ctag) "<getctag xmlns=\"http://calendarserver.org/ns/\">" ctag "</getctag>"
#define SYNC_TOKEN(token) "<d:sync-token>" token "</d:sync-token>"
#define KNOWS_SYNC_REPORT                                                                          \
	"<d:supported-report-set><d:supported-report><d:report><d:sync-collection/></d:report>"    \
	"</d:supported-report></d:supported-report-set>"
/* The calendar at /c/, called Work, with more properties. */
#define WORK(properties)                                                                           \
	RESPONSE("/c/", CALENDAR_TYPE "<d:displayname>Work</d:displayname>" properties)
#define PROBE_OF(properties)                                                                       \
	{                                                                                          \
		"PROPFIND /c/", "current-user-principal", 0, NULL, WORK(properties)                \
	}
/* The question whether it changed. */
#define LOOK_AT_CTAG(ctag)                                                                         \
	{                                                                                          \
		"PROPFIND /c/", "<D:displayname/><CS:getctag/>", 0, NULL, WORK(CTAG(ctag))         \
	}
#define LOOK_AT_BOTH(ctag, token)                                                                  \
	{                                                                                          \
		"PROPFIND /c/", "<CS:getctag/><D:sync-token/></D:prop>", 0, NULL,                  \
			WORK(CTAG(ctag) SYNC_TOKEN(token))                                         \
	}
#define LOOK_AT_TOKEN(token)                                                                       \
	{                                                                                          \
		"PROPFIND /c/", "<D:displayname/><D:sync-token/></D:prop>", 0, NULL,               \
			WORK(SYNC_TOKEN(token))                                                    \
	}
#define CHANGES(since, answer)                                                                     \
	{                                                                                          \
		"REPORT /c/", "<D:sync-token>" since "</D:sync-token>", 0, NULL, answer            \
	}
#define CHANGES_FAIL(since, status)                                                                \
	{                                                                                          \
		"REPORT /c/", "<D:sync-token>" since "</D:sync-token>", status, "text/plain", "no" \
	}
#define CUT_SHORT                                                                                  \
	"<d:response><d:href>/c/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status>"   \
	"<d:error><d:number-of-matches-within-limits/></d:error></d:response>"

#define PRINCIPAL(href)                                                                            \
	"<d:current-user-principal><d:href>" href "</d:href></d:current-user-principal>"
#define HOME(href) "<c:calendar-home-set><d:href>" href "</d:href></c:calendar-home-set>"
#define NOT_FOUND(request)                                                                         \
	{                                                                                          \
		request, NULL, 404, "text/plain", "no"                                             \
	}
#define ONLY_FOR(component)                                                                        \
	"<c:supported-calendar-component-set><c:comp name=\"" component                            \
	"\"/></c:supported-calendar-component-set>"

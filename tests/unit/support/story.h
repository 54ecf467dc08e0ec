/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site with one calendar that is listed again and again: what the tests of stored events tell. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "site/site.h"
#include "sync/auto_log.h"
#include "test_db.h"
#include "wp/event_store.h"

#define STORY_USER 2
#define STORY_CONNECTION "conn_683f1c2ab4d51"
#define STORY_CALENDAR "https://dav.example.org/ben/work/"
/* 2026-01-20 12:00:00 UTC; the site is in Europe/Amsterdam. */
#define STORY_NOW INT64_C(1768910400)
#define STORY_DAY (24 * 60 * 60)

typedef struct Story {
	TestDb *test;
	WpSite *site;
	GPtrArray *listing;  /* of Event: what the calendar holds */
	GPtrArray *changes;  /* of char: "added uid" */
	GPtrArray *problems; /* of char: "uid: message" */

	/* How the next listing goes. */
	const char *connection_id;
	const char *calendar_id;
	bool is_new_connection; /* it is the only one that the user has, and was just made */
	bool loads_late;        /* of connections that are gone once more, after all was told */
	int64_t state;          /* as EventStoreOptions; 0: nothing is remembered */
	int64_t now_utc;
	EventGone gone;
	bool dry_run;
	bool calendar_fails;
	bool other_calendars_unknown;
	const char *keep_uid;
	const char *gone_uid;
	DbWork last;
	void (*meanwhile)(struct Story *story); /* after each event that was stored; or NULL */
	GPtrArray *matches;                     /* of Match, for every event; or NULL */
} Story;

/* NULL, with the test marked as skipped, without a database. */
Story *story_new(void);
void story_free(Story *story);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Story, story_free)

/* An hour's meeting from `start` ("2026-01-15 09:00:00", UTC), added to the listing, which owns it.
 * `uid` may be that of an instance: "weekly@x/20260115T090000Z". */
Event *story_add(Story *story, const char *uid, const char *start, const char *summary);
void story_remove(Story *story, const Event *event);

/* Moves it: to start at `start`. */
void story_move(Event *event, const char *start);

int64_t story_time(const char *utc);

/* Lists the calendar once; the counts are those of the store. */
EventStoreCounts story_sync(Story *story);

/* Remembers the user's stored events as they are now, as if a listing had just found them so. */
void story_verify(Story *story);

/* Says what a listing changed, sorted and joined by ", ". Caller frees. */
char *story_changes(const Story *story);

/* The live events as "post_title @ post_date" lines. Caller frees. */
char *story_live(const Story *story);

/* The meta value of the only post of that event, in any status. Caller frees. */
char *story_meta(const Story *story, const char *event_uid, const char *key);

/* Makes the user ("Ben Example", ben@example.org), and his connection with auto_log as said. */
void story_user(Story *story, bool auto_log);

/* A contact of the user. */
void story_person(Story *story, int64_t id, const char *name);

/* Someone at the event who is matched to a contact, or not (0). Matches are those of every event
 * that is listed next. */
void story_match(Story *story, int64_t person_id, int confidence_percent, const char *email);
void story_no_matches(Story *story);

/* Auto-logging as it is without an ini, at STORY_NOW. */
AutoLogOptions story_log_options(void);

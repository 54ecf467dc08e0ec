/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one calendar's owner, or one server, may cost the site: far above what people need, and
 * below what hurts. Whoever comes to a limit reads so in `last_error`. */
#pragma once

/* Rows. Each event is a post with 13 or 14 metas. */

/* Occurrences of one UID in the window; those nearest to now are kept. The longest honest series
 * that was found has 365 (every day of a year); one of every hour has 2,880 in the usual window of
 * 120 days. An object of 200 octets could otherwise make 172,800. */
#define LIMIT_SERIES_EVENTS 5000

/* Attendees of one event, the first ones; and of all events of one calendar object, which may be a
 * series whose every occurrence names them again. The largest meetings that calendars allow have
 * 1,000 (Microsoft 365) and 200 (Google) guests. An object of a million took 369 MB. */
#define LIMIT_EVENT_ATTENDEES 2000
#define LIMIT_OBJECT_ATTENDEES 100000

/* Objects of one calendar whose events are read together, since they share UIDs (an override may
 * lie in an object of its own). Ten years of a weekly series of which each meeting was changed are
 * 520. */
#define LIMIT_UID_OBJECTS 1000

/* Events of one connection (max_events in the ini), and of all connections of a user
 * (max_events_per_user): those nearest to now are kept. Ten years of a full working calendar are
 * some 25,000; the largest that we measure ourselves with has 100,000. */
#define LIMIT_CONNECTION_EVENTS "100000"
#define LIMIT_USER_EVENTS "200000"

/* Time, requests and data of one sync of a connection (max_secs, max_requests and max_mb in the
 * ini), and of all connections of a user (…_per_user). What is left is asked for by the next sync.
 * A first sync of 100,000 events takes 2,000 requests, some 200 MB and two minutes, or ten through
 * a slow line; and with as many servers as there are workers that never come to an end, the others
 * wait for no longer than twenty minutes. */
#define LIMIT_CONNECTION_SECS "600"
#define LIMIT_USER_SECS "1200"
#define LIMIT_CONNECTION_REQUESTS "20000"
#define LIMIT_USER_REQUESTS "40000"
#define LIMIT_CONNECTION_MB "1024"
#define LIMIT_USER_MB "2048"

/* Reports about what changed, of one calendar, that are cut short (RFC 6578, 3.6) and followed by
 * the next in one sync. The smallest that servers are known to cut off at is 100 objects. */
#define LIMIT_CUT_REPORTS 100

/* Connections of one user that are synced, and what all of a user's may take in the database. An
 * entry has some 600 octets, 3,000 with Google's longest tokens; the most that a person is known to
 * have is a dozen. */
#define LIMIT_USER_CONNECTIONS 100
#define LIMIT_CONNECTIONS_BYTES (1024 * 1024)

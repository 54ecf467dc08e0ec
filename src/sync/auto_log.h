/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Past meetings become activities: which ones, and how many at a time (design 8, data-model 5). */
#pragma once

#include <gio/gio.h>
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"
#include "sync/forecast.h"
#include "wp/past_event.h"

#define AUTO_LOG_ERROR auto_log_error_quark()
GQuark auto_log_error_quark(void);

typedef enum {
	AUTO_LOG_ERROR_NOT_FOUND, /* no event has this id */
	AUTO_LOG_ERROR_STOPPED,   /* the run was cancelled; all that was committed stays */
	AUTO_LOG_ERROR_REFUSED,   /* it cannot be logged; the message says why not */
} AutoLogError;

/* All borrowed. The first group is the ini's [log] section. */
typedef struct AutoLogOptions {
	size_t limit;               /* events in one run that get at least one activity */
	int min_confidence_percent; /* strictly above */
	const char *content;
	bool log_private;
	bool log_self;
	bool log_declined;

	int64_t only_user_id; /* 0: all users */
	int64_t event_id;     /* 0: the queue; else this one event, now (the theme's button) */
	bool dry_run;
	Forecast *forecast; /* in a dry run: what a sync before it would have stored; or NULL */
	bool has_tables;    /* the sidecar's own; without them nothing is known of any event */
	int64_t now_utc;
	GCancellable *cancellable; /* or NULL */
} AutoLogOptions;

/* One activity, after it was committed (in a dry run: that would be made). Borrowed. */
typedef struct AutoLogNotice {
	const PastEvent *event;
	int64_t person_id;
	const char *person_name; /* may be empty */
} AutoLogNotice;

typedef struct AutoLogCounts {
	size_t events; /* that got at least one activity */
	size_t activities;
	size_t already; /* events that qualify, but all of whose people had the meeting already */
	size_t passed_over; /* events that do not qualify */
	size_t waiting;     /* events that must be read from their calendar first; a real run
			       does not look at those that never were */
	size_t failed;      /* told through on_problem */
} AutoLogCounts;

typedef struct AutoLogCallbacks {
	void (*on_activity)(const AutoLogNotice *notice, void *data); /* or NULL */
	/* An event would qualify, but not before it was read from its calendar: `why`. */
	void (*on_waiting)(const PastEvent *event, const char *why, void *data); /* or NULL */
	/* One user or event was skipped; the others go on. `event_id` may be 0. */
	void (*on_problem)(
		int64_t user_id, int64_t event_id, const GError *why, void *data); /* or NULL */
	/* The one event that was asked for is logged although this, which would keep it out of the
	 * queue, is true: "it has not ended yet". Once for each such rule, before it is logged. */
	void (*on_overruled)(const PastEvent *event, const char *rule, void *data); /* or NULL */
	void *data;
} AutoLogCallbacks;

/* What auto-logging makes of one event. Everything is owned. */
typedef struct AutoLogJudgement {
	PastEvent *event;
	const char *reason;  /* why it does not qualify; NULL: it does. Static */
	bool logs_by_itself; /* its connection is there and has auto_log */
	GArray *missing;     /* of int64_t: the people who would get an activity now */
	GHashTable *names;   /* id (int64_t) -> name (char *) of those it matched */
} AutoLogJudgement;

void auto_log_judgement_clear(AutoLogJudgement *judgement);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AutoLogJudgement, auto_log_judgement_clear)

/* Judges `options->event_id` as the queue would, and writes nothing. AUTO_LOG_ERROR_NOT_FOUND. */
bool auto_log_judge(Db *db, const WpSite *site, const AutoLogOptions *options,
	AutoLogJudgement *ret_judgement, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Logs past meetings, oldest end first. With an event id, that one event, as the theme's "Log as
 * activity" does, since a person asked for it: its connection needs no auto_log, and its date,
 * privacy, answers and the strength of its matches do not stop it, but are told; AUTO_LOG_ERROR
 * when it cannot be. The owner's own contact still gets none without `log_self`. */
bool auto_log_run(Db *db, const WpSite *site, const AutoLogOptions *options,
	const AutoLogCallbacks *callbacks, AutoLogCounts *ret_counts,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

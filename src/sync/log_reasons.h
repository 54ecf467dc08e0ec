/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For auto-logging only: whether a meeting becomes activities, and whose (design 8, data-model 5).
 * Pure: no database. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "state/waiting_events.h"
#include "sync/auto_log.h"
#include "sync/log_owner.h"
#include "wp/past_event.h"

/* All borrowed. */
typedef struct LogQuestion {
	const AutoLogOptions *options;
	const PastEvent *event;
	const LogOwner *owner;
	bool is_asked_for; /* by a person: what else stops it is only told */
} LogQuestion;

/* The people who get an activity, each once. Caller unrefs. */
GArray *log_reasons_people(const LogQuestion *question);
/* Everyone whom the event matched, however weakly. Caller unrefs. */
GArray *log_reasons_all_people(const PastEvent *event);

/* Why an event does not become activities for these people, or NULL; and when to look at it again.
 * Static. */
const char *log_reasons_against(
	const LogQuestion *question, const GArray *people, WaitingState *ret_until);

/* Whether that reason is that nobody has read the event from its calendar yet. */
bool log_reasons_is_unverified(const char *reason);

/* Calls `each` for each rule that would keep the event from being logged by itself. */
void log_reasons_overruled(const LogQuestion *question,
	void (*each)(const PastEvent *event, const char *rule, void *data), void *data);

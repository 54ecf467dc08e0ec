/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How connections fare, one by one and in sum, for whoever watches over a site. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"
#include "state/connection_state.h"
#include "sync/context.h"
#include "user/connection.h"
#include "util/config.h"

typedef enum {
	HEALTH_OK,      /* its last sync went well, though an entry may have been unreadable */
	HEALTH_WAITING, /* for its first sync, or for the first since its owner changed it */
	HEALTH_FAILING, /* and tried again by itself, less and less often */
	HEALTH_REFUSED, /* access was refused: its owner has to act */
	HEALTH_PAUSED,  /* switched off by its owner, or with all others: health_pause_reason() */
	HEALTH_STATES,
} Health;

/* "ok", "waiting" … */
const char *health_name(Health health);

/* What all connections of a site are judged by. */
typedef struct HealthRules {
	const WpSite *site; /* borrowed */
	bool is_paused;     /* the whole site */
	int64_t now_utc;
	int64_t cycle_secs; /* until every user had a turn */
} HealthRules;

/* `users`: of those who take turns. */
HealthRules health_rules(const SyncContext *context, size_t users);

/* Why nothing is synced: the site's active theme is not the one that the ini names (data-model 6).
 * NULL when it is; caller frees. */
char *health_pause_reason(const Config *config, const WpSite *site);

/* `state` is what is remembered of the connection, or NULL. */
Health health_of(
	const HealthRules *rules, const Connection *connection, const ConnectionState *state);

/* Whether a sync did not come when it was its turn: after twice the time that it may take, and an
 * hour more for a host that was off. Never true of one that was never synced. */
bool health_is_late(const HealthRules *rules, const Connection *connection);

typedef struct HealthSummary {
	unsigned count[HEALTH_STATES];
	unsigned late;           /* of those that are ok or failing */
	int64_t oldest_sync_utc; /* of those that are not paused; 0: none was ever synced */
} HealthSummary;

void health_add(HealthSummary *summary, const HealthRules *rules, const Connection *connection,
	const ConnectionState *state);
unsigned health_total(const HealthSummary *summary);

/* Of all connections of users who take turns: reads them, and what is remembered of them. */
bool health_summarise(const SyncContext *context, Db *db, HealthSummary *ret_summary,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

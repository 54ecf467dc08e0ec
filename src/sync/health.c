/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judged by what the connection says of itself, and by what is remembered of its failures. */
#include "sync/health.h"

#include "site/time.h"
#include "sync/pass.h"
#include "sync/patience.h"

enum {
	SECONDS_PER_MINUTE = 60,
	LATE_FACTOR = 2,
	LATE_GRACE_SECS = 60 * 60,
};

const char *health_name(Health health)
{
	static const char *const names[HEALTH_STATES] = {
		[HEALTH_OK] = "ok",
		[HEALTH_WAITING] = "waiting",
		[HEALTH_FAILING] = "failing",
		[HEALTH_REFUSED] = "refused",
		[HEALTH_PAUSED] = "paused",
	};

	return names[health];
}

char *health_pause_reason(const Config *config, const WpSite *site)
{
	const char *wanted = config->theme_stylesheet;

	if (wanted[0] == '\0' || g_strcmp0(site->stylesheet, wanted) == 0 ||
		g_strcmp0(site->template_name, wanted) == 0)
		return NULL;
	return g_strdup_printf("the site's active theme is '%s', not '%s'; activate it again or "
			       "change stylesheet in [theme]",
		site->stylesheet, wanted);
}

HealthRules health_rules(const SyncContext *context, size_t users)
{
	const Config *config = context->config;
	size_t each = config->sync_users_per_pass == 0 ? MAX(users, 1)
						       : (size_t)config->sync_users_per_pass;
	g_autofree char *pause = health_pause_reason(config, context->site);

	return (HealthRules){
		.site = context->site,
		.is_paused = pause != NULL,
		.now_utc = context->now_utc(),
		.cycle_secs = (int64_t)((users + each - 1) / each) * config->sync_interval_minutes *
			      SECONDS_PER_MINUTE,
	};
}

/* A sync that left an entry or some days out went well all the same, and says so in last_error. */
static bool has_remarks(const ConnectionState *state)
{
	return state != NULL && (state->problems > 0 || state->span_days > 0);
}

Health health_of(
	const HealthRules *rules, const Connection *connection, const ConnectionState *state)
{
	const PatienceSubject subject = patience_subject(rules->site, connection);

	if (rules->is_paused || !connection->sync_enabled)
		return HEALTH_PAUSED;
	if (state != NULL && patience_is_refused(state, &subject, rules->now_utc))
		return HEALTH_REFUSED;
	if (state != NULL && state->is_refused &&
		rules->now_utc - state->refused_utc < PATIENCE_REFUSAL_SECS)
		return HEALTH_WAITING;
	if (state != NULL && (state->failures > 0 || state->failing_utc != 0))
		return HEALTH_FAILING;
	if (connection->last_error != NULL && !has_remarks(state))
		return HEALTH_FAILING;
	return connection->last_sync == NULL ? HEALTH_WAITING : HEALTH_OK;
}

/* 0 where it was never synced, or says so in no words that are understood. */
static int64_t last_sync_utc(const Connection *connection)
{
	int64_t last_utc;

	if (connection->last_sync == NULL || !site_time_parse_iso(connection->last_sync, &last_utc))
		return 0;
	return last_utc;
}

bool health_is_late(const HealthRules *rules, const Connection *connection)
{
	int64_t frequency_secs = (int64_t)connection->sync_frequency_minutes * SECONDS_PER_MINUTE;
	int64_t last_utc = last_sync_utc(connection);

	return last_utc != 0 &&
	       last_utc < rules->now_utc - LATE_FACTOR * MAX(rules->cycle_secs, frequency_secs) -
				  LATE_GRACE_SECS;
}

void health_add(HealthSummary *summary, const HealthRules *rules, const Connection *connection,
	const ConnectionState *state)
{
	Health health = health_of(rules, connection, state);
	int64_t last_utc = last_sync_utc(connection);

	summary->count[health]++;
	if (health == HEALTH_PAUSED)
		return;
	if ((health == HEALTH_OK || health == HEALTH_FAILING) && health_is_late(rules, connection))
		summary->late++;
	if (last_utc != 0 && (summary->oldest_sync_utc == 0 || last_utc < summary->oldest_sync_utc))
		summary->oldest_sync_utc = last_utc;
}

unsigned health_total(const HealthSummary *summary)
{
	unsigned total = 0;

	for (size_t i = 0; i < HEALTH_STATES; i++)
		total += summary->count[i];
	return total;
}

static void add_user(
	HealthSummary *summary, const HealthRules *rules, const PassUser *user, GHashTable *states)
{
	for (guint i = 0; i < user->list->connections->len; i++) {
		const Connection *connection = g_ptr_array_index(user->list->connections, i);
		g_autofree char *key = connection_state_key(user->user->id, connection->id);

		health_add(summary, rules, connection, g_hash_table_lookup(states, key));
	}
}

bool health_summarise(
	const SyncContext *context, Db *db, HealthSummary *ret_summary, GError **error)
{
	g_autoptr(GPtrArray) users = pass_users(context, db, NULL, error);
	g_autoptr(GHashTable) states = NULL;
	HealthRules rules;

	if (users == NULL)
		return false;
	states = connection_states_load(db, error);
	if (states == NULL)
		return false;
	rules = health_rules(context, users->len);
	*ret_summary = (HealthSummary){0};
	for (guint i = 0; i < users->len; i++)
		add_user(ret_summary, &rules, g_ptr_array_index(users, i), states);
	return true;
}

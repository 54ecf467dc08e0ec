/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What auto-logging makes of one event, and why. */
#include "sync/auto_log.h"
#include "sync/log_owner.h"
#include "sync/log_reasons.h"
#include "user/connections_row.h"
#include "wp/activities.h"

typedef struct {
	Db *db;
	const WpSite *site;
	const AutoLogOptions *options;
} Judge;

void auto_log_judgement_clear(AutoLogJudgement *judgement)
{
	g_clear_pointer(&judgement->event, past_event_free);
	g_clear_pointer(&judgement->missing, g_array_unref);
	g_clear_pointer(&judgement->names, g_hash_table_unref);
}

/* Whom these people's activities lack the meeting of, and what all of them are called. */
static bool ask_activities(const Judge *judge, const PastEvent *event, const GArray *people,
	GArray **ret_missing, GHashTable **ret_names, GError **error)
{
	ActivityRequest request = {.event = event, .person_ids = people, .author = ""};
	g_autoptr(GPtrArray) requests = g_ptr_array_new();

	g_ptr_array_add(requests, &request);
	if (!activities_log(judge->db, judge->site, requests, judge->options->content, true, error))
		return false;
	if (ret_missing != NULL)
		*ret_missing = g_array_ref(request.logged);
	if (ret_names != NULL)
		*ret_names = g_hash_table_ref(request.names);
	activity_request_clear(&request);
	return true;
}

static bool learn_connections(const Judge *judge, LogOwner *owner, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autoptr(ConnectionList) list =
		connections_row_read(judge->db, judge->site, owner->user->id, &failure);

	if (list == NULL && failure->domain != CONNECTION_ERROR) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	/* Those that nobody can read do not log. */
	if (list != NULL)
		log_owner_take_connections(owner, list);
	return true;
}

static bool judge_event(
	const Judge *judge, LogOwner *owner, AutoLogJudgement *judgement, GError **error)
{
	const PastEvent *event = judgement->event;
	const LogQuestion question = {.options = judge->options, .event = event, .owner = owner};
	g_autoptr(GArray) people = log_reasons_people(&question);
	g_autoptr(GArray) all = log_reasons_all_people(event);
	WaitingState until;

	judgement->reason = log_reasons_against(&question, people, &until);
	if (!learn_connections(judge, owner, error) ||
		!ask_activities(judge, event, all, NULL, &judgement->names, error))
		return false;
	judgement->logs_by_itself =
		g_hash_table_contains(owner->connection_ids, event->connection_id);
	if (judgement->reason == NULL && judgement->logs_by_itself)
		return ask_activities(judge, event, people, &judgement->missing, NULL, error);
	judgement->missing = g_array_new(FALSE, FALSE, sizeof(int64_t));
	return true;
}

bool auto_log_judge(Db *db, const WpSite *site, const AutoLogOptions *options,
	AutoLogJudgement *ret_judgement, GError **error)
{
	const Judge judge = {db, site, options};
	g_autoptr(LogOwner) owner = NULL;

	*ret_judgement = (AutoLogJudgement){0};
	return log_owner_of_event(db, site, options, &ret_judgement->event, &owner, error) &&
	       judge_event(&judge, owner, ret_judgement, error);
}

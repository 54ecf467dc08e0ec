/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One write for all connections of a user: the row holds them all, and grows with them. */
#include "sync/outcomes.h"

#include <string.h>

#include "user/connections_row.h"

typedef struct {
	char *connection_id;
	char *last_sync;        /* or NULL */
	char *known_last_sync;  /* or NULL */
	char *last_error;       /* or NULL */
	ConnectionState *state; /* borrowed, or NULL */
	bool has_new_patience;
	bool is_first;
} Outcome;

struct Outcomes {
	GPtrArray *list; /* of Outcome, one a connection */
};

static void outcome_free(gpointer data)
{
	Outcome *outcome = data;

	g_free(outcome->connection_id);
	g_free(outcome->last_sync);
	g_free(outcome->known_last_sync);
	g_free(outcome->last_error);
	g_free(outcome);
}

Outcomes *outcomes_new(void)
{
	Outcomes *outcomes = g_new0(Outcomes, 1);

	outcomes->list = g_ptr_array_new_with_free_func(outcome_free);
	return outcomes;
}

void outcomes_free(Outcomes *outcomes)
{
	if (outcomes == NULL)
		return;
	g_ptr_array_unref(outcomes->list);
	g_free(outcomes);
}

static Outcome *find(const Outcomes *outcomes, const char *connection_id)
{
	for (guint i = 0; i < outcomes->list->len; i++) {
		Outcome *outcome = g_ptr_array_index(outcomes->list, i);

		if (strcmp(outcome->connection_id, connection_id) == 0)
			return outcome;
	}
	return NULL;
}

void outcomes_add(Outcomes *outcomes, const ConnectionOutcome *outcome)
{
	Outcome *kept = find(outcomes, outcome->connection_id);

	if (kept == NULL) {
		kept = g_new0(Outcome, 1);
		kept->connection_id = g_strdup(outcome->connection_id);
		g_ptr_array_add(outcomes->list, kept);
	}
	if (outcome->last_sync != NULL) {
		g_free(kept->last_sync);
		kept->last_sync = g_strdup(outcome->last_sync);
		g_free(kept->known_last_sync);
		kept->known_last_sync = g_strdup(outcome->known_last_sync);
	}
	g_free(kept->last_error);
	kept->last_error = g_strdup(outcome->last_error);
	if (outcome->state != NULL)
		kept->state = outcome->state;
	kept->has_new_patience |= outcome->has_new_patience;
	kept->is_first = outcome->is_first;
}

static bool tell_owner(const Outcomes *outcomes, Db *db, const WpSite *site, int64_t user_id,
	UserMetaRow *known, GPtrArray *problems, GError **error)
{
	guint count = outcomes->list->len;
	g_autofree ConnectionUpdate *updates = g_new0(ConnectionUpdate, count);
	g_autofree ConnectionMemory *memories = g_new0(ConnectionMemory, count);

	for (guint i = 0; i < count; i++) {
		const Outcome *outcome = g_ptr_array_index(outcomes->list, i);

		updates[i] = (ConnectionUpdate){
			.connection_id = outcome->connection_id,
			.change = {.last_sync = outcome->last_sync,
				.set_last_error = true,
				.last_error = outcome->last_error},
		};
		if (outcome->state != NULL && (outcome->last_sync != NULL || outcome->is_first))
			memories[i] = (ConnectionMemory){outcome->state->id,
				outcome->known_last_sync, !outcome->state->knows_last_sync};
	}
	return connections_row_update_all(
		db, site, user_id, updates, memories, count, known, problems, error);
}

static bool tell_passes(const Outcomes *outcomes, Db *db, int64_t user_id, GError **error)
{
	for (guint i = 0; i < outcomes->list->len; i++) {
		const Outcome *outcome = g_ptr_array_index(outcomes->list, i);

		if (outcome->has_new_patience &&
			(!connection_state_create(db, user_id, outcome->state, error) ||
				!connection_state_store(db, outcome->state, error)))
			return false;
	}
	return true;
}

bool outcomes_write(Outcomes *outcomes, Db *db, const WpSite *site, int64_t user_id,
	UserMetaRow *known, GPtrArray *problems, GError **error)
{
	bool is_written;

	if (outcomes->list->len == 0)
		return true;
	is_written = tell_owner(outcomes, db, site, user_id, known, problems, error) &&
		     tell_passes(outcomes, db, user_id, error);
	g_ptr_array_set_size(outcomes->list, 0);
	return is_written;
}

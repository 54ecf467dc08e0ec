/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sync that was killed is a failure of its connection. */
#include "sync/cut_off.h"

#include <string.h>

#include "provider/provider.h"
#include "sync/patience.h"
#include "util/log.h"

#define CUT_OFF                                                                                    \
	"The last sync was cut off before it had ended: prm-calendar was stopped or ran out of "   \
	"memory. A later sync goes on from there."

/* The connection that was in hand; NULL when nobody knows. */
static const Connection *find_connection(const ConnectionList *list, const char *left)
{
	const Connection *found = NULL;

	for (guint i = 0; i < list->connections->len; i++) {
		const Connection *connection = g_ptr_array_index(list->connections, i);
		bool may_be = *left != '\0' ? strcmp(connection->id, left) == 0
					    : connection->sync_enabled;

		if (may_be && found != NULL)
			return NULL;
		if (may_be)
			found = connection;
	}
	return found;
}

/* Back-off begins with the second time, as for all failures. */
static bool store_failure(const SyncWorker *worker, const WpUser *user,
	const Connection *connection, ConnectionState *state, GError **error)
{
	const SyncContext *context = worker->context;
	const PatienceSubject subject = patience_subject(context->site, connection);
	g_autoptr(GError) failure =
		g_error_new_literal(PROVIDER_ERROR, PROVIDER_ERROR_TEMPORARY, CUT_OFF);

	patience_note_since(state, failure, context->now_utc());
	return !context->has_tables ||
	       !patience_note(state, failure, &subject, 0, context->now_utc()) ||
	       (connection_state_create(worker->db, user->id, state, error) &&
		       connection_state_store(worker->db, state, error));
}

bool cut_off_settle(const SyncWorker *worker, const WpUser *user, const char *left,
	UserState *state, Outcomes *outcomes, GError **error)
{
	const Connection *connection = find_connection(state->list, left);
	LogAbout about = {.user_id = user->id, .user_login = user->login};

	if (connection == NULL)
		return true;
	about.connection_id = connection->id;
	log_line(LOG_WARNING, &about, "%s", CUT_OFF);
	outcomes_add(outcomes,
		&(ConnectionOutcome){.connection_id = connection->id, .last_error = CUT_OFF});
	return store_failure(
		worker, user, connection, user_state_find(state, connection->id), error);
}

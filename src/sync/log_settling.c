/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync/log_settling.h"

#include <string.h>

enum { BATCH_EVENTS = 1000 };

struct LogSettling {
	Db *db;
	GArray *done;   /* of WaitingForm */
	GArray *aside;  /* of WaitingForm */
	GArray *logged; /* of int64_t: posts */
};

LogSettling *log_settling_new(Db *db)
{
	LogSettling *settling = g_new0(LogSettling, 1);

	settling->db = db;
	settling->done = g_array_new(FALSE, FALSE, sizeof(WaitingForm));
	settling->aside = g_array_new(FALSE, FALSE, sizeof(WaitingForm));
	settling->logged = g_array_new(FALSE, FALSE, sizeof(int64_t));
	return settling;
}

void log_settling_free(LogSettling *settling)
{
	if (settling == NULL)
		return;
	g_array_unref(settling->done);
	g_array_unref(settling->aside);
	g_array_unref(settling->logged);
	g_free(settling);
}

static bool write_forms(Db *db, WaitingState state, GArray *forms, GError **error)
{
	if (forms->len > 0 && !waiting_events_settle(db, state,
				      (const WaitingForm *)(void *)forms->data, forms->len, error))
		return false;
	g_array_set_size(forms, 0);
	return true;
}

static bool flush_when(LogSettling *settling, guint full, GError **error)
{
	if (settling->done->len + settling->aside->len + settling->logged->len < full)
		return true;
	return log_settling_flush(settling, error);
}

bool log_settling_flush(LogSettling *settling, GError **error)
{
	if (settling->logged->len > 0 &&
		!waiting_events_logged(settling->db, settling->logged, error))
		return false;
	g_array_set_size(settling->logged, 0);
	return write_forms(settling->db, WAITING_DONE, settling->done, error) &&
	       write_forms(settling->db, WAITING_SET_ASIDE, settling->aside, error);
}

bool log_settling_add(
	LogSettling *settling, const PastEvent *event, WaitingState state, GError **error)
{
	WaitingForm form = {.post_id = event->post_id};

	if (state == WAITING)
		return true;
	memcpy(form.content_hash, event->form, STATE_HASH_BYTES);
	if (state == WAITING_DONE)
		g_array_append_val(settling->done, form);
	else
		g_array_append_val(settling->aside, form);
	return flush_when(settling, BATCH_EVENTS, error);
}

bool log_settling_add_logged(LogSettling *settling, int64_t post_id, GError **error)
{
	g_array_append_val(settling->logged, post_id);
	return flush_when(settling, BATCH_EVENTS, error);
}

static void hash_rules(const LogRules *rules, uint8_t ret_hash[STATE_HASH_BYTES])
{
	g_autofree char *text =
		rules->is_auto_log
			? g_strdup_printf("%d %d %d %d %s", rules->options->min_confidence_percent,
				  rules->options->log_private, rules->options->log_self,
				  rules->options->log_declined, rules->email)
			: g_strdup("off");

	state_hash(text, strlen(text), ret_hash);
}

typedef struct {
	int64_t connection;
	bool is_first; /* nothing was set aside before */
	uint8_t hash[STATE_HASH_BYTES];
} Change;

typedef struct {
	LogRulesFunc rules;
	void *data;
	GArray *changes; /* of Change */
} Comparison;

static void compare(const WaitingRules *known, void *data)
{
	const Comparison *comparison = data;
	LogRules rules = comparison->rules(known->user_id, known->connection_id, comparison->data);
	Change change = {.connection = known->connection, .is_first = !known->is_known};

	hash_rules(&rules, change.hash);
	if (!known->is_known || memcmp(known->hash, change.hash, STATE_HASH_BYTES) != 0)
		g_array_append_val(comparison->changes, change);
}

bool log_settling_take_back(Db *db, int64_t user_id, LogRulesFunc rules, void *data, GError **error)
{
	g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(Change));
	Comparison comparison = {rules, data, changes};

	if (!waiting_rules_load(db, user_id, compare, &comparison, error))
		return false;
	for (guint i = 0; i < changes->len; i++) {
		const Change *change = &g_array_index(changes, Change, i);

		if (!(change->is_first ? waiting_rules_store : waiting_rules_change)(
			    db, change->connection, change->hash, error))
			return false;
	}
	return true;
}

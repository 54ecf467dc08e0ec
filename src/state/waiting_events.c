/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements on what waits to be logged. */
#include "state/waiting_events.h"

#include <string.h>

/* By the key over waits, ends and post_id, so that a page costs its own rows however many wait. */
#define PAGE_HEAD "SELECT STRAIGHT_JOIN e.post_id, e.ends FROM {prm_calendar_events} e "
#define PAGE_TAIL                                                                                  \
	"WHERE e.waits = 1 AND e.ends >= ? AND e.ends < ? AND (e.ends > ? OR e.post_id > ?) "      \
	"ORDER BY e.ends, e.post_id LIMIT ?"
static const char page_sql[] = PAGE_HEAD PAGE_TAIL;
static const char page_of_user_sql[] = PAGE_HEAD
	"JOIN {prm_calendar_connections} n ON n.id = e.connection AND n.user_id = ? " PAGE_TAIL;

bool waiting_events_page(Db *db, int64_t user_id, int64_t now_digits, size_t events,
	WaitingPlace *place, GArray *post_ids, GError **error)
{
	DbStatement *statement = db_prepare(db, user_id == 0 ? page_sql : page_of_user_sql, error);
	bool row;

	if (statement == NULL)
		return false;
	if (user_id != 0)
		db_bind_int(statement, user_id);
	db_bind_int(statement, place->ends);
	db_bind_int(statement, now_digits);
	db_bind_int(statement, place->ends);
	db_bind_int(statement, place->post_id);
	db_bind_int(statement, (int64_t)events);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		place->post_id = db_column_int(statement, 0);
		place->ends = db_column_int(statement, 1);
		g_array_append_val(post_ids, place->post_id);
	}
}

typedef struct {
	WaitingState state;
	const WaitingForm *forms;
	size_t count;
} Settling;

/* The ids once more by themselves: not every server finds pairs by an index. */
static bool settle(Db *db, void *data, GError **error)
{
	const Settling *settling = data;
	g_autofree char *ids = db_repeat_sql("", "?", settling->count, "");
	g_autofree char *head = g_strdup_printf(
		"UPDATE {prm_calendar_events} SET waits = ? WHERE waits = 1 AND post_id IN (%s) "
		"AND (post_id, content_hash) IN (",
		ids);
	g_autofree char *sql = db_repeat_sql(head, "(?, ?)", settling->count, ")");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, settling->state);
	for (size_t i = 0; i < settling->count; i++)
		db_bind_int(statement, settling->forms[i].post_id);
	for (size_t i = 0; i < settling->count; i++) {
		db_bind_int(statement, settling->forms[i].post_id);
		db_bind_bytes(statement, settling->forms[i].content_hash, STATE_HASH_BYTES);
	}
	return db_run(statement, NULL, error);
}

bool waiting_events_settle(
	Db *db, WaitingState state, const WaitingForm *forms, size_t count, GError **error)
{
	Settling settling = {state, forms, count};

	return db_transaction(db, settle, &settling, error);
}

static const char logged_sql[] =
	"UPDATE {prm_calendar_events} SET waits = 0 WHERE waits <> 0 AND post_id IN (";

static bool settle_logged(Db *db, void *data, GError **error)
{
	const GArray *post_ids = data;
	g_autofree char *sql = db_repeat_sql(logged_sql, "?", post_ids->len, ")");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (guint i = 0; i < post_ids->len; i++)
		db_bind_int(statement, g_array_index(post_ids, int64_t, i));
	return db_run(statement, NULL, error);
}

bool waiting_events_logged(Db *db, const GArray *post_ids, GError **error)
{
	return db_transaction(db, settle_logged, (gpointer)post_ids, error);
}

static const char rules_sql[] =
	"SELECT id, user_id, connection_id, log_hash FROM {prm_calendar_connections}";
static const char rules_of_user_sql[] =
	"SELECT id, user_id, connection_id, log_hash FROM {prm_calendar_connections} WHERE user_id "
	"= ?";
enum { COLUMN_ID, COLUMN_USER, COLUMN_CONNECTION, COLUMN_HASH };

bool waiting_rules_load(Db *db, int64_t user_id, WaitingRulesFunc each, void *data, GError **error)
{
	DbStatement *statement =
		db_prepare(db, user_id == 0 ? rules_sql : rules_of_user_sql, error);
	bool row;

	if (statement == NULL)
		return false;
	if (user_id != 0)
		db_bind_int(statement, user_id);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		WaitingRules rules = {0};

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		rules.connection = db_column_int(statement, COLUMN_ID);
		rules.user_id = db_column_int(statement, COLUMN_USER);
		rules.connection_id = db_column_text(statement, COLUMN_CONNECTION);
		rules.is_known = db_column_bytes(statement, COLUMN_HASH) == STATE_HASH_BYTES;
		if (rules.is_known)
			memcpy(rules.hash, db_column_text(statement, COLUMN_HASH),
				STATE_HASH_BYTES);
		each(&rules, data);
	}
}

static const char take_back_sql[] =
	"UPDATE {prm_calendar_events} SET waits = 1 WHERE connection = ? AND waits = 2";
static const char store_rules_sql[] =
	"UPDATE {prm_calendar_connections} SET log_hash = ? WHERE id = ?";

bool waiting_rules_store(
	Db *db, int64_t connection, const uint8_t hash[STATE_HASH_BYTES], GError **error)
{
	DbStatement *statement = db_prepare(db, store_rules_sql, error);

	if (statement == NULL)
		return false;
	db_bind_bytes(statement, hash, STATE_HASH_BYTES);
	db_bind_int(statement, connection);
	return db_run(statement, NULL, error);
}

typedef struct {
	int64_t connection;
	const uint8_t *hash;
} RulesChange;

static bool change_rules(Db *db, void *data, GError **error)
{
	const RulesChange *change = data;
	DbStatement *statement = db_prepare(db, take_back_sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, change->connection);
	return db_run(statement, NULL, error) &&
	       waiting_rules_store(db, change->connection, change->hash, error);
}

bool waiting_rules_change(
	Db *db, int64_t connection, const uint8_t hash[STATE_HASH_BYTES], GError **error)
{
	RulesChange change = {connection, hash};

	return db_transaction(db, change_rules, &change, error);
}

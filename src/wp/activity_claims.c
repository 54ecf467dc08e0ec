/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of our own that say that a person had a meeting. */
#include "wp/activity_claims.h"

#include <sodium.h>
#include <string.h>

#include "wp/activity_history.h"
#include "wp/activity_rows.h"
#include "wp/event_sql.h"

/* Rows of one INSERT: far below the 65,535 parameters. */
enum { ROWS_MAX = 2000 };

static const char find_head[] =
	"SELECT user_id, meeting_hash, person_id FROM {prm_calendar_activities} "
	"WHERE (user_id, meeting_hash) IN (";
enum { COLUMN_USER_ID, COLUMN_HASH, COLUMN_PERSON_ID };

static const char insert_head[] = "INSERT INTO {prm_calendar_activities} "
				  "(user_id, meeting_hash, person_id, comment_id) VALUES ";

static const char hold_head[] = "INSERT INTO {prm_calendar_activities} "
				"(user_id, meeting_hash, person_id, comment_id) VALUES ";

static const char release_head[] =
	"DELETE FROM {prm_calendar_activities} WHERE (user_id, meeting_hash, person_id) IN (";

/* An activity has one person, so that its id names their rows, by an index. */
static const char gone_sql[] =
	"SELECT DISTINCT a.comment_id FROM {prm_calendar_activities} a "
	"LEFT JOIN {posts} p ON p.ID = a.person_id WHERE p.ID IS NULL LIMIT 500";

static const char forget_head[] = "DELETE FROM {prm_calendar_activities} WHERE comment_id IN (";

/* With their NUL, which keeps "ab" + "c" and "a" + "bc" apart. */
static void hash_parts(const char *kind, const char *first, const char *second,
	uint8_t ret_key[ACTIVITY_KEY_BYTES])
{
	const char *const parts[] = {kind, first, second};
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, ACTIVITY_KEY_BYTES);
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		crypto_generichash_update(&state, (const uint8_t *)parts[i], strlen(parts[i]) + 1);
	crypto_generichash_final(&state, ret_key, ACTIVITY_KEY_BYTES);
}

static void hash_event(
	const char *connection_id, const char *event_uid, uint8_t ret_key[ACTIVITY_KEY_BYTES])
{
	hash_parts("event", connection_id, event_uid, ret_key);
}

/* The minute in UTC; of a day, which is the same day in every zone, its date. Caller frees. */
static char *start_key(const PastEvent *event)
{
	return event->all_day ? g_strndup(event->start, strlen("2026-01-15"))
			      : g_strndup(event->start_gmt, strlen("2026-01-15 09:00"));
}

ActivityKeys activity_keys(const PastEvent *event)
{
	g_autofree char *minute = start_key(event);
	g_autofree char *local_minute = g_strndup(event->start, strlen("2026-01-15 09:00"));
	g_autofree char *uid = activity_history_uid(event);
	g_autofree char *occurrence = activity_history_occurrence(event);
	ActivityKeys keys = {.has_former = !event->start_repeats};

	hash_event(event->connection_id, event->event_uid, keys.keys[0]);
	hash_parts("occurrence", occurrence, "", keys.keys[1]);
	hash_parts("uid at", uid, minute, keys.keys[2]);
	hash_parts("title at", event->title, minute, keys.keys[3]);
	hash_parts("uid", uid, local_minute, keys.former[0]);
	hash_parts("title", event->title, local_minute, keys.former[1]);
	return keys;
}

/* Only what activity_keys() asks for, all borrowed. */
ActivityKeys activity_keys_of_row(const EventRow *row)
{
	const PastEvent event = {
		.connection_id = row->metas[EVENT_META_CONNECTION_ID],
		.event_uid = row->metas[EVENT_META_EVENT_UID],
		.ical_uid = row->series_uid,
		.title = row->columns[EVENT_COLUMN_TITLE],
		.start = row->columns[EVENT_COLUMN_DATE],
		.start_gmt = row->columns[EVENT_COLUMN_DATE_GMT],
		.all_day = g_strcmp0(row->metas[EVENT_META_ALL_DAY], "1") == 0,
	};

	return activity_keys(&event);
}

bool activity_keys_meet(const ActivityKeys *keys, const ActivityKeys *others)
{
	for (size_t i = 0; i < ACTIVITY_KEYS; i++) {
		if (memcmp(keys->keys[i], others->keys[i], ACTIVITY_KEY_BYTES) == 0)
			return true;
	}
	return false;
}

static size_t keys_sought(const ActivityMeeting *meeting)
{
	return ACTIVITY_KEYS + (meeting->keys.has_former ? ACTIVITY_FORMER_KEYS : 0);
}

static const uint8_t *key_sought(const ActivityMeeting *meeting, size_t index)
{
	return index < ACTIVITY_KEYS ? meeting->keys.keys[index]
				     : meeting->keys.former[index - ACTIVITY_KEYS];
}

static bool has_key(const ActivityMeeting *meeting, const DbStatement *statement)
{
	const char *hash = db_column_text(statement, COLUMN_HASH);

	if (db_column_bytes(statement, COLUMN_HASH) != ACTIVITY_KEY_BYTES ||
		db_column_int(statement, COLUMN_USER_ID) != meeting->request->event->user_id)
		return false;
	for (size_t i = 0; i < keys_sought(meeting); i++) {
		if (memcmp(key_sought(meeting, i), hash, ACTIVITY_KEY_BYTES) == 0)
			return true;
	}
	return false;
}

static bool is_open(const ActivityMeeting *meeting)
{
	return !meeting->is_logged && meeting->people->len > 0;
}

/* NULL without an error when there is nothing to ask. */
static DbStatement *prepare_find(Db *db, const GPtrArray *meetings, GError **error)
{
	g_autofree char *sql = NULL;
	DbStatement *statement;
	size_t keys = 0;

	for (guint i = 0; i < meetings->len; i++)
		keys += is_open(meetings->pdata[i]) ? keys_sought(meetings->pdata[i]) : 0;
	if (keys == 0)
		return NULL;
	sql = db_repeat_sql(find_head, "(?, ?)", keys, ")");
	statement = db_prepare(db, sql, error);
	for (guint i = 0; statement != NULL && i < meetings->len; i++) {
		const ActivityMeeting *meeting = meetings->pdata[i];

		for (size_t key = 0; key < keys_sought(meeting) && is_open(meeting); key++) {
			db_bind_int(statement, meeting->request->event->user_id);
			db_bind_bytes(statement, key_sought(meeting, key), ACTIVITY_KEY_BYTES);
		}
	}
	return statement;
}

static void take_claim(const GPtrArray *meetings, const DbStatement *statement)
{
	int64_t person_id = db_column_int(statement, COLUMN_PERSON_ID);

	for (guint i = 0; i < meetings->len; i++) {
		const ActivityMeeting *meeting = meetings->pdata[i];

		if (is_open(meeting) && has_key(meeting, statement))
			g_hash_table_add(meeting->had, g_memdup2(&person_id, sizeof(person_id)));
	}
}

bool activity_claims_find(Db *db, const GPtrArray *meetings, GError **error)
{
	g_autoptr(GError) failure = NULL;
	DbStatement *statement = prepare_find(db, meetings, &failure);
	bool row = true;

	if (statement == NULL && failure == NULL)
		return true;
	if (statement == NULL) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	if (!db_query(statement, error))
		return false;
	while (row) {
		if (!db_next(statement, &row, error))
			return false;
		if (row)
			take_claim(meetings, statement);
	}
	return true;
}

/* Sends `head` with a row for each of the events, whose person is nobody. */
static bool run_holds(Db *db, const GPtrArray *meetings, const char *head, const char *row,
	const char *tail, GError **error)
{
	for (guint first = 0; first < meetings->len; first += ROWS_MAX) {
		guint count = MIN(ROWS_MAX, meetings->len - first);
		g_autofree char *sql = db_repeat_sql(head, row, count, tail);
		DbStatement *statement = db_prepare(db, sql, error);
		g_autofree uint8_t *keys = g_malloc_n(count, ACTIVITY_KEY_BYTES);

		if (statement == NULL)
			return false;
		for (guint i = 0; i < count; i++) {
			const ActivityMeeting *meeting = meetings->pdata[first + i];
			const PastEvent *event = meeting->request->event;
			g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, event->post_id);
			uint8_t *key = keys + (size_t)i * ACTIVITY_KEY_BYTES;

			hash_parts("flag", id, "", key);
			db_bind_int(statement, event->user_id);
			db_bind_bytes(statement, key, ACTIVITY_KEY_BYTES);
		}
		if (!db_run(statement, NULL, error))
			return false;
	}
	return true;
}

bool activity_claims_hold(Db *db, const GPtrArray *meetings, GError **error)
{
	return run_holds(db, meetings, hold_head, "(?, ?, 0, 0)", "", error);
}

bool activity_claims_release(Db *db, const GPtrArray *meetings, GError **error)
{
	return run_holds(db, meetings, release_head, "(?, ?, 0)", ")", error);
}

typedef struct {
	const ActivityMeeting *meeting;
	int64_t person_id;
	int64_t comment_id;
} Claim;

static bool insert_claims(Db *db, const Claim *claims, size_t count, GError **error)
{
	g_autofree char *sql =
		db_repeat_sql(insert_head, "(?, ?, ?, ?)", count * ACTIVITY_KEYS, "");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		const ActivityMeeting *meeting = claims[i].meeting;

		for (size_t key = 0; key < ACTIVITY_KEYS; key++) {
			db_bind_int(statement, meeting->request->event->user_id);
			db_bind_bytes(statement, meeting->keys.keys[key], ACTIVITY_KEY_BYTES);
			db_bind_int(statement, claims[i].person_id);
			db_bind_int(statement, claims[i].comment_id);
		}
	}
	return db_run(statement, NULL, error);
}

bool activity_claims_insert(Db *db, const GPtrArray *meetings, GError **error)
{
	const guint part = ROWS_MAX / ACTIVITY_KEYS;
	g_autoptr(GArray) claims = g_array_new(FALSE, FALSE, sizeof(Claim));

	for (guint i = 0; i < meetings->len; i++) {
		const ActivityMeeting *meeting = meetings->pdata[i];

		for (guint j = 0; j < meeting->to_log->len; j++) {
			Claim claim = {
				.meeting = meeting,
				.person_id = g_array_index(meeting->to_log, int64_t, j),
				.comment_id = g_array_index(meeting->comment_ids, int64_t, j),
			};

			g_array_append_val(claims, claim);
		}
	}
	for (guint first = 0; first < claims->len; first += part) {
		if (!insert_claims(db, &g_array_index(claims, Claim, first),
			    MIN(part, claims->len - first), error))
			return false;
	}
	return true;
}

static const char followed_head[] =
	"SELECT meeting_hash, person_id, comment_id FROM {prm_calendar_activities} "
	"WHERE user_id = ? AND meeting_hash IN (";
enum { COLUMN_FOLLOWED_HASH, COLUMN_FOLLOWED_PERSON, COLUMN_FOLLOWED_COMMENT };

static const char follow_tail[] = " ON DUPLICATE KEY UPDATE comment_id = comment_id";

/* A claim that is made anew for each key of a move. */
typedef struct {
	const ActivityKeys *keys;
	int64_t person_id;
	int64_t comment_id;
} Followed;

static void follow_row(const GArray *moves, const uint8_t *former_keys,
	const DbStatement *statement, GArray *followed)
{
	const char *hash = db_column_text(statement, COLUMN_FOLLOWED_HASH);

	for (guint i = 0; i < moves->len; i++) {
		const ActivityMove *move = &g_array_index(moves, ActivityMove, i);
		Followed claim = {
			.keys = &move->keys,
			.person_id = db_column_int(statement, COLUMN_FOLLOWED_PERSON),
			.comment_id = db_column_int(statement, COLUMN_FOLLOWED_COMMENT),
		};

		if (memcmp(former_keys + (gsize)i * ACTIVITY_KEY_BYTES, hash, ACTIVITY_KEY_BYTES) ==
			0)
			g_array_append_val(followed, claim);
	}
}

static bool find_followed(Db *db, int64_t user_id, const GArray *moves, const uint8_t *former_keys,
	GArray *followed, GError **error)
{
	g_autofree char *sql = db_repeat_sql(followed_head, "?", moves->len, ")");
	DbStatement *statement = db_prepare(db, sql, error);
	bool row;

	if (statement == NULL)
		return false;
	db_bind_int(statement, user_id);
	for (guint i = 0; i < moves->len; i++)
		db_bind_bytes(
			statement, former_keys + (gsize)i * ACTIVITY_KEY_BYTES, ACTIVITY_KEY_BYTES);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		if (db_column_bytes(statement, COLUMN_FOLLOWED_HASH) == ACTIVITY_KEY_BYTES)
			follow_row(moves, former_keys, statement, followed);
	}
}

static bool insert_followed(
	Db *db, int64_t user_id, const Followed *claims, size_t count, GError **error)
{
	g_autofree char *sql =
		db_repeat_sql(insert_head, "(?, ?, ?, ?)", count * ACTIVITY_KEYS, follow_tail);
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		for (size_t key = 0; key < ACTIVITY_KEYS; key++) {
			db_bind_int(statement, user_id);
			db_bind_bytes(statement, claims[i].keys->keys[key], ACTIVITY_KEY_BYTES);
			db_bind_int(statement, claims[i].person_id);
			db_bind_int(statement, claims[i].comment_id);
		}
	}
	return db_run(statement, NULL, error);
}

bool activity_claims_follow(
	Db *db, int64_t user_id, const char *connection_id, const GArray *moves, GError **error)
{
	const guint part = ROWS_MAX / ACTIVITY_KEYS;
	g_autofree uint8_t *former_keys = g_new(uint8_t, (gsize)moves->len * ACTIVITY_KEY_BYTES);
	g_autoptr(GArray) followed = g_array_new(FALSE, FALSE, sizeof(Followed));

	for (guint i = 0; i < moves->len; i++)
		hash_event(connection_id, g_array_index(moves, ActivityMove, i).former_uid,
			former_keys + (gsize)i * ACTIVITY_KEY_BYTES);
	if (moves->len > 0 && !find_followed(db, user_id, moves, former_keys, followed, error))
		return false;
	for (guint first = 0; first < followed->len; first += part) {
		if (!insert_followed(db, user_id, &g_array_index(followed, Followed, first),
			    MIN(part, followed->len - first), error))
			return false;
	}
	return true;
}

bool activity_claims_prune(Db *db, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	DbStatement *statement = db_prepare(db, gone_sql, error);

	if (statement == NULL || !db_query_ints(statement, ids, error))
		return false;
	return ids->len == 0 || event_sql_run_ids(db, forget_head,
					(const int64_t *)(void *)ids->data, ids->len, ")", error);
}

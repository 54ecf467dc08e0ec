/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements on the table of known events. */
#include "state/known_events.h"

#include <string.h>

#include "state/waiting_events.h"

static const char load_sql[] =
	"SELECT e.event_uid, e.calendar_hash, e.object_hash, e.post_id, e.content_hash, e.starts, "
	"e.ends, e.worth, p.post_status, s.calendar_hash, s.worth FROM {prm_calendar_events} e "
	"LEFT JOIN {posts} p ON p.ID = e.post_id AND p.post_type = 'calendar_event' AND "
	"p.post_author = ? "
	"LEFT JOIN {prm_calendar_sightings} s ON s.connection = e.connection AND s.event_hash = "
	"e.event_hash WHERE e.connection = ?";
enum {
	COLUMN_UID,
	COLUMN_CALENDAR,
	COLUMN_OBJECT,
	COLUMN_POST,
	COLUMN_CONTENT,
	COLUMN_STARTS,
	COLUMN_ENDS,
	COLUMN_WORTH,
	COLUMN_STATUS,
	COLUMN_SEEN_IN,
	COLUMN_SEEN_WORTH,
};

static void read_hash(const DbStatement *statement, unsigned column, uint8_t *ret_hash)
{
	if (db_column_bytes(statement, column) == STATE_HASH_BYTES)
		memcpy(ret_hash, db_column_text(statement, column), STATE_HASH_BYTES);
}

static KnownEvent read_event(const DbStatement *statement)
{
	KnownEvent event = {
		.event_uid = db_column_text(statement, COLUMN_UID),
		.has_object = !db_column_is_null(statement, COLUMN_OBJECT),
		.post_id = db_column_int(statement, COLUMN_POST),
		.worth = (uint8_t)db_column_int(statement, COLUMN_WORTH),
		.starts = db_column_int(statement, COLUMN_STARTS),
		.ends = db_column_int(statement, COLUMN_ENDS),
		.post_status = db_column_text(statement, COLUMN_STATUS),
	};

	read_hash(statement, COLUMN_CALENDAR, event.calendar_hash);
	read_hash(statement, COLUMN_OBJECT, event.object_hash);
	read_hash(statement, COLUMN_CONTENT, event.content_hash);
	return event;
}

static void tell_sighting(
	const DbStatement *statement, const char *uid, KnownSightingFunc other, void *data)
{
	KnownSighting sighting = {
		.event_uid = uid,
		.worth = (uint8_t)db_column_int(statement, COLUMN_SEEN_WORTH),
	};

	if (db_column_is_null(statement, COLUMN_SEEN_IN))
		return;
	read_hash(statement, COLUMN_SEEN_IN, sighting.calendar_hash);
	other(&sighting, data);
}

bool known_events_load(Db *db, int64_t connection, int64_t user_id, KnownEventFunc each,
	KnownSightingFunc other, void *data, GError **error)
{
	DbStatement *statement = db_prepare(db, load_sql, error);
	bool row;

	if (statement == NULL)
		return false;
	db_bind_int(statement, user_id);
	db_bind_int(statement, connection);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		KnownEvent event;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		event = read_event(statement);
		each(&event, data);
		tell_sighting(statement, event.event_uid, other, data);
	}
}

static const char forms_sql[] =
	"SELECT post_id, content_hash FROM {prm_calendar_events} WHERE post_id IN (";

bool known_events_forms(Db *db, const int64_t *post_ids, size_t count, KnownFormFunc each,
	void *data, GError **error)
{
	g_autofree char *sql = db_repeat_sql(forms_sql, "?", count, ")");
	DbStatement *statement = db_prepare(db, sql, error);
	bool row;

	if (statement == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		db_bind_int(statement, post_ids[i]);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		uint8_t hash[STATE_HASH_BYTES] = {0};

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		read_hash(statement, 1, hash);
		each(db_column_int(statement, 0), hash, data);
	}
}

static const char insert_sql[] =
	"INSERT INTO {prm_calendar_events} (connection, event_hash, event_uid, calendar_hash, "
	"object_hash, post_id, content_hash, worth, starts, ends, waits) VALUES ";
static const char insert_row[] = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char claim_tail[] = " ON DUPLICATE KEY UPDATE post_id = post_id";
static const char store_tail[] =
	" ON DUPLICATE KEY UPDATE calendar_hash = VALUES(calendar_hash), object_hash = "
	"VALUES(object_hash), post_id = VALUES(post_id), content_hash = VALUES(content_hash), "
	"worth = VALUES(worth), starts = VALUES(starts), ends = VALUES(ends), waits = "
	"VALUES(waits)";

/* `hash` is borrowed until the statement has run. */
static void bind_event(DbStatement *statement, int64_t connection, const KnownEvent *event,
	uint8_t hash[STATE_HASH_BYTES])
{
	state_hash(event->event_uid, strlen(event->event_uid), hash);
	db_bind_int(statement, connection);
	db_bind_bytes(statement, hash, STATE_HASH_BYTES);
	db_bind_text(statement, event->event_uid);
	db_bind_bytes(statement, event->calendar_hash, STATE_HASH_BYTES);
	if (event->has_object)
		db_bind_bytes(statement, event->object_hash, STATE_HASH_BYTES);
	else
		db_bind_text(statement, NULL);
	db_bind_int(statement, event->post_id);
	db_bind_bytes(statement, event->content_hash, STATE_HASH_BYTES);
	db_bind_int(statement, event->worth);
	db_bind_int(statement, event->starts);
	db_bind_int(statement, event->ends);
	db_bind_int(statement, event->has_nobody ? WAITING_DONE : WAITING);
}

static bool insert_events(Db *db, int64_t connection, const KnownEvent *events, size_t count,
	const char *tail, uint64_t *ret_affected, GError **error)
{
	g_autofree char *sql = db_repeat_sql(insert_sql, insert_row, count, tail);
	g_autofree uint8_t *hashes = g_new(uint8_t, count * STATE_HASH_BYTES);
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		bind_event(statement, connection, &events[i], hashes + i * STATE_HASH_BYTES);
	return db_run(statement, ret_affected, error);
}

bool known_events_claim(Db *db, int64_t connection, const char *const *event_uids, size_t count,
	bool *ret_were_known, GError **error)
{
	g_autofree KnownEvent *events = g_new0(KnownEvent, count);
	uint64_t made = 0;

	for (size_t i = 0; i < count; i++)
		events[i].event_uid = event_uids[i];
	if (!insert_events(db, connection, events, count, claim_tail, &made, error))
		return false;
	/* A row that is left as it was does not count. */
	*ret_were_known = made < count;
	return true;
}

bool known_events_store(
	Db *db, int64_t connection, const KnownEvent *events, size_t count, GError **error)
{
	return insert_events(db, connection, events, count, store_tail, NULL, error);
}

/* A statement with the keys of these uids at its end. NULL with error set. */
static DbStatement *prepare_uids(Db *db, const char *head, int64_t connection,
	const char *const *event_uids, size_t count, uint8_t *hashes, GError **error)
{
	g_autofree char *sql = db_repeat_sql(head, "?", count, ")");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return NULL;
	db_bind_int(statement, connection);
	for (size_t i = 0; i < count; i++) {
		uint8_t *hash = hashes + i * STATE_HASH_BYTES;

		state_hash(event_uids[i], strlen(event_uids[i]), hash);
		db_bind_bytes(statement, hash, STATE_HASH_BYTES);
	}
	return statement;
}

static const char posts_sql[] = "SELECT post_id FROM {prm_calendar_events} WHERE post_id <> 0 AND "
				"connection = ? AND event_hash IN (";

bool known_events_posts(Db *db, int64_t connection, const char *const *event_uids, size_t count,
	GArray *post_ids, GError **error)
{
	g_autofree uint8_t *hashes = g_new(uint8_t, count * STATE_HASH_BYTES);
	DbStatement *statement =
		prepare_uids(db, posts_sql, connection, event_uids, count, hashes, error);

	return statement != NULL && db_query_ints(statement, post_ids, error);
}

static const char forget_sql[] =
	"DELETE FROM {prm_calendar_events} WHERE connection = ? AND event_hash IN (";

bool known_events_forget(
	Db *db, int64_t connection, const char *const *event_uids, size_t count, GError **error)
{
	g_autofree uint8_t *hashes = g_new(uint8_t, count * STATE_HASH_BYTES);
	DbStatement *statement =
		prepare_uids(db, forget_sql, connection, event_uids, count, hashes, error);

	return statement != NULL && db_run(statement, NULL, error);
}

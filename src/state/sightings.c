/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements on the table of sightings; known_events_load() reads it together with the events. */
#include "state/sightings.h"

static const char store_sql[] = "INSERT INTO {prm_calendar_sightings} (connection, event_hash, "
				"calendar_hash, worth) VALUES ";
static const char store_tail[] = " ON DUPLICATE KEY UPDATE worth = VALUES(worth)";

bool sightings_store(
	Db *db, int64_t connection, const Sighting *sightings, size_t count, GError **error)
{
	g_autofree char *sql = db_repeat_sql(store_sql, "(?, ?, ?, ?)", count, store_tail);
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		db_bind_int(statement, connection);
		db_bind_bytes(statement, sightings[i].event_hash, STATE_HASH_BYTES);
		db_bind_bytes(statement, sightings[i].calendar_hash, STATE_HASH_BYTES);
		db_bind_int(statement, sightings[i].worth);
	}
	return db_run(statement, NULL, error);
}

static const char forget_sql[] = "DELETE FROM {prm_calendar_sightings} WHERE connection = ? "
				 "AND calendar_hash = ? AND event_hash IN (";

bool sightings_forget(Db *db, int64_t connection, const uint8_t calendar_hash[STATE_HASH_BYTES],
	const uint8_t (*event_hashes)[STATE_HASH_BYTES], size_t count, GError **error)
{
	g_autofree char *sql = db_repeat_sql(forget_sql, "?", count, ")");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, connection);
	db_bind_bytes(statement, calendar_hash, STATE_HASH_BYTES);
	for (size_t i = 0; i < count; i++)
		db_bind_bytes(statement, event_hashes[i], STATE_HASH_BYTES);
	return db_run(statement, NULL, error);
}

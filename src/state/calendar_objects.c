/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements on the table of calendar objects. */
#include "state/calendar_objects.h"

#include <string.h>

/* What the column holds; a longer one is not remembered, and its object read again each time. */
enum { ETAG_BYTES_MAX = 1024 };

void calendar_object_free(CalendarObject *object)
{
	if (object == NULL)
		return;
	g_free(object->key);
	g_free(object->path);
	g_free(object->etag);
	g_free(object->uids);
	g_free(object->problem);
	g_free(object);
}

static const char load_sql[] = "SELECT object_key, href, etag, expanded_from, expanded_to, uids, "
			       "problem FROM {prm_calendar_objects} "
			       "WHERE connection = ? AND calendar_hash = ?";
enum {
	COLUMN_KEY,
	COLUMN_HREF,
	COLUMN_ETAG,
	COLUMN_EXPANDED_FROM,
	COLUMN_EXPANDED_TO,
	COLUMN_UIDS,
	COLUMN_PROBLEM
};

static CalendarObject *read_object(const DbStatement *statement, const uint8_t *calendar_hash)
{
	CalendarObject *object = g_new0(CalendarObject, 1);

	memcpy(object->calendar_hash, calendar_hash, STATE_HASH_BYTES);
	object->key = g_strdup(db_column_text(statement, COLUMN_KEY));
	object->path = g_strdup(db_column_text(statement, COLUMN_HREF));
	object->etag = g_strdup(db_column_text(statement, COLUMN_ETAG));
	object->expanded_from_utc = db_column_int(statement, COLUMN_EXPANDED_FROM);
	object->expanded_to_utc = db_column_int(statement, COLUMN_EXPANDED_TO);
	object->uids = g_strdup(db_column_text(statement, COLUMN_UIDS));
	object->problem = g_strdup(db_column_text(statement, COLUMN_PROBLEM));
	return object;
}

GPtrArray *calendar_objects_load(
	Db *db, int64_t connection, const uint8_t calendar_hash[STATE_HASH_BYTES], GError **error)
{
	g_autoptr(GPtrArray) objects =
		g_ptr_array_new_with_free_func((GDestroyNotify)calendar_object_free);
	DbStatement *statement = db_prepare(db, load_sql, error);
	bool row;

	if (statement == NULL)
		return NULL;
	db_bind_int(statement, connection);
	db_bind_bytes(statement, calendar_hash, STATE_HASH_BYTES);
	if (!db_query(statement, error))
		return NULL;
	for (;;) {
		if (!db_next(statement, &row, error))
			return NULL;
		if (!row)
			return g_steal_pointer(&objects);
		g_ptr_array_add(objects, read_object(statement, calendar_hash));
	}
}

static const char store_sql[] =
	"INSERT INTO {prm_calendar_objects} (connection, calendar_hash, object_hash, object_key, "
	"href, etag, expanded_from, expanded_to, uids, problem) VALUES ";
static const char store_tail[] =
	" ON DUPLICATE KEY UPDATE href = VALUES(href), etag = VALUES(etag), "
	"expanded_from = VALUES(expanded_from), expanded_to = VALUES(expanded_to), uids = "
	"VALUES(uids), problem = VALUES(problem)";

static void bind_object(DbStatement *statement, int64_t connection, const CalendarObject *object,
	uint8_t hash[STATE_HASH_BYTES])
{
	size_t etag_bytes = object->etag != NULL ? strlen(object->etag) : 0;

	state_hash_object(object->calendar_hash, object->key, hash);
	db_bind_int(statement, connection);
	db_bind_bytes(statement, object->calendar_hash, STATE_HASH_BYTES);
	db_bind_bytes(statement, hash, STATE_HASH_BYTES);
	db_bind_text(statement, object->key);
	db_bind_text(statement, object->path);
	if (object->etag != NULL && etag_bytes <= ETAG_BYTES_MAX)
		db_bind_bytes(statement, object->etag, etag_bytes);
	else
		db_bind_text(statement, NULL);
	db_bind_int(statement, object->expanded_from_utc);
	db_bind_int(statement, object->expanded_to_utc);
	db_bind_text(statement, object->uids);
	db_bind_text(statement, object->problem);
}

bool calendar_objects_store(Db *db, int64_t connection, const GPtrArray *objects, GError **error)
{
	g_autofree char *sql = db_repeat_sql(
		store_sql, "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", objects->len, store_tail);
	g_autofree uint8_t *hashes = g_new(uint8_t, (gsize)objects->len * STATE_HASH_BYTES);
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (guint i = 0; i < objects->len; i++)
		bind_object(statement, connection, objects->pdata[i],
			hashes + (gsize)i * STATE_HASH_BYTES);
	return db_run(statement, NULL, error);
}

bool calendar_objects_forget(Db *db, int64_t connection, const GPtrArray *objects, GError **error)
{
	g_autofree char *sql = db_repeat_sql("DELETE FROM {prm_calendar_objects} WHERE connection "
					     "= ? AND object_hash IN (",
		"?", objects->len, ")");
	g_autofree uint8_t *hashes = g_new(uint8_t, (gsize)objects->len * STATE_HASH_BYTES);
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, connection);
	for (guint i = 0; i < objects->len; i++) {
		const CalendarObject *object = objects->pdata[i];
		uint8_t *hash = hashes + (gsize)i * STATE_HASH_BYTES;

		state_hash_object(object->calendar_hash, object->key, hash);
		db_bind_bytes(statement, hash, STATE_HASH_BYTES);
	}
	return db_run(statement, NULL, error);
}

bool calendar_objects_distrust(Db *db, int64_t connection,
	const uint8_t (*object_hashes)[STATE_HASH_BYTES], size_t count, GError **error)
{
	g_autofree char *sql = db_repeat_sql("UPDATE {prm_calendar_objects} SET etag = NULL WHERE "
					     "connection = ? AND object_hash IN (",
		"?", count, ")");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, connection);
	for (size_t i = 0; i < count; i++)
		db_bind_bytes(statement, object_hashes[i], STATE_HASH_BYTES);
	return db_run(statement, NULL, error);
}

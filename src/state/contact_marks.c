/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The server adds up hashes of the rows that people_load_contacts() reads; none of them is sent. */
#include "state/contact_marks.h"

#include <string.h>

/* A statement has room for 65,535 parameters. */
enum { USERS_PER_STATEMENT = 10000 };

/* XOR takes the rows in any order. Of a hash that is linear, such as CRC32, it would not notice
 * when two contacts swap their addresses. MySQL 9.6 has no SHA1() and MD5() any more. */
static const char load_sql[] =
	"SELECT u.ID, k.contacts_hash, COUNT(p.ID), CAST(BIT_XOR(CAST(CONV(LEFT(SHA2(CONCAT_WS("
	"':', p.ID, m.meta_id, m.meta_key, m.meta_value), 256), 16), 16, 10) AS UNSIGNED)) AS "
	"CHAR) "
	"FROM {users} u LEFT JOIN {prm_calendar_users} k ON k.user_id = u.ID "
	"LEFT JOIN {posts} p ON p.post_author = u.ID AND p.post_type = 'person' "
	"AND p.post_status = 'publish' "
	"LEFT JOIN {postmeta} m ON m.post_id = p.ID "
	"AND (m.meta_key IN ('first_name', 'infix', 'last_name') OR m.meta_key LIKE "
	"'contact_info%') "
	"WHERE u.ID IN (";
static const char load_tail[] = ") GROUP BY u.ID, k.contacts_hash";
enum { COLUMN_USER_ID, COLUMN_HASH, COLUMN_ROWS, COLUMN_SUM };

static ContactMark *read_mark(const DbStatement *statement, const char *settings)
{
	ContactMark *mark = g_new0(ContactMark, 1);
	g_autofree char *text =
		g_strdup_printf("%" G_GINT64_FORMAT " %s %s", db_column_int(statement, COLUMN_ROWS),
			db_column_text(statement, COLUMN_SUM), settings);

	mark->user_id = db_column_int(statement, COLUMN_USER_ID);
	state_hash(text, strlen(text), mark->hash);
	mark->has_changed =
		db_column_bytes(statement, COLUMN_HASH) != STATE_HASH_BYTES ||
		memcmp(db_column_text(statement, COLUMN_HASH), mark->hash, STATE_HASH_BYTES) != 0;
	return mark;
}

static bool load_some(Db *db, const int64_t *user_ids, size_t count, const char *settings,
	GHashTable *marks, GError **error)
{
	g_autofree char *sql = db_repeat_sql(load_sql, "?", count, load_tail);
	DbStatement *statement = db_prepare(db, sql, error);
	bool row;

	if (statement == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		db_bind_int(statement, user_ids[i]);
	if (!db_query(statement, error))
		return false;
	for (;;) {
		ContactMark *mark;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		mark = read_mark(statement, settings);
		g_hash_table_replace(marks, &mark->user_id, mark);
	}
}

GHashTable *contact_marks_load(
	Db *db, const int64_t *user_ids, size_t count, const char *settings, GError **error)
{
	g_autoptr(GHashTable) marks =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);

	for (size_t first = 0; first < count; first += USERS_PER_STATEMENT) {
		if (!load_some(db, user_ids + first, MIN(count - first, USERS_PER_STATEMENT),
			    settings, marks, error))
			return NULL;
	}
	return g_steal_pointer(&marks);
}

bool contact_mark_store(Db *db, const ContactMark *mark, GError **error)
{
	DbStatement *statement = db_prepare(db,
		"INSERT INTO {prm_calendar_users} (user_id, contacts_hash) VALUES (?, ?) "
		"ON DUPLICATE KEY UPDATE contacts_hash = VALUES(contacts_hash)",
		error);

	if (statement == NULL)
		return false;
	db_bind_int(statement, mark->user_id);
	db_bind_bytes(statement, mark->hash, STATE_HASH_BYTES);
	return db_run(statement, NULL, error);
}

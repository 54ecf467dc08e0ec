/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements on the options table. */
#include "site/option.h"

#include <string.h>

#include "cache/object_cache.h"

const char *option_autoload_word(const WpSite *site, bool is_autoloaded)
{
	if (site->new_autoload_words)
		return is_autoloaded ? "on" : "off";
	return is_autoloaded ? "yes" : "no";
}

static const char get_sql[] = "SELECT option_value FROM {options} WHERE option_name = ?";

bool option_get(Db *db, const char *name, char **ret_value, size_t *ret_length, GError **error)
{
	DbStatement *statement = db_prepare(db, get_sql, error);
	bool row = false;

	if (statement == NULL)
		return false;
	db_bind_text(statement, name);
	if (!db_query(statement, error) || !db_next(statement, &row, error))
		return false;
	*ret_value =
		row ? g_memdup2(db_column_text(statement, 0), db_column_bytes(statement, 0) + 1)
		    : NULL;
	if (ret_length != NULL)
		*ret_length = row ? db_column_bytes(statement, 0) : 0;
	db_finish(statement);
	return true;
}

/* INSERT IGNORE would also ignore that a name or value is too long. */
static const char insert_sql[] = "INSERT INTO {options} (option_name, option_value, autoload) "
				 "VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE option_id = option_id";

bool option_insert(Db *db, const char *name, const char *value, size_t length,
	const char *autoload_word, bool *ret_inserted, GError **error)
{
	DbStatement *statement = db_prepare(db, insert_sql, error);
	uint64_t affected = 0;

	if (statement == NULL)
		return false;
	db_bind_text(statement, name);
	db_bind_bytes(statement, value, length);
	db_bind_text(statement, autoload_word);
	object_cache_note_new_option(
		db, name, !g_str_equal(autoload_word, "no") && !g_str_equal(autoload_word, "off"));
	if (!db_run(statement, &affected, error))
		return false;
	*ret_inserted = affected > 0;
	return true;
}

/* The column's collation takes "a", "A" and "a " for equal; bytes do not. */
static const char replace_sql[] = "UPDATE {options} SET option_value = ? "
				  "WHERE option_name = ? AND CAST(option_value AS BINARY) = ?";

static void bind_value(DbStatement *statement, GBytes *value)
{
	size_t length;
	const void *bytes = g_bytes_get_data(value, &length);

	db_bind_bytes(statement, bytes, length);
}

bool option_replace(Db *db, const char *name, GBytes *old_value, GBytes *new_value,
	bool is_autoloaded, bool *ret_replaced, GError **error)
{
	DbStatement *statement;
	uint64_t affected = 0;

	if (g_bytes_equal(old_value, new_value)) {
		*ret_replaced = true;
		return true;
	}
	statement = db_prepare(db, replace_sql, error);
	if (statement == NULL)
		return false;
	bind_value(statement, new_value);
	db_bind_text(statement, name);
	bind_value(statement, old_value);
	object_cache_note_option(db, name, is_autoloaded);
	if (!db_run(statement, &affected, error))
		return false;
	*ret_replaced = affected > 0;
	return true;
}

static const char update_sql[] = "UPDATE {options} SET option_value = ? WHERE option_name = ?";

bool option_update(Db *db, const char *name, const char *value, bool is_autoloaded, GError **error)
{
	DbStatement *statement = db_prepare(db, update_sql, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, value);
	db_bind_text(statement, name);
	object_cache_note_option(db, name, is_autoloaded);
	return db_run(statement, NULL, error);
}

static const char delete_sql[] = "DELETE FROM {options} WHERE option_name = ?";

bool option_delete(Db *db, const char *name, bool is_autoloaded, GError **error)
{
	DbStatement *statement = db_prepare(db, delete_sql, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, name);
	object_cache_note_option(db, name, is_autoloaded);
	return db_run(statement, NULL, error);
}

static const char delete_pair_sql[] = "DELETE FROM {options} WHERE option_name IN (?, ?)";

bool option_delete_pair(
	Db *db, const char *name, bool is_autoloaded, const char *other, GError **error)
{
	DbStatement *statement = db_prepare(db, delete_pair_sql, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, name);
	db_bind_text(statement, other);
	object_cache_note_option(db, name, is_autoloaded);
	object_cache_note_option(db, other, false);
	return db_run(statement, NULL, error);
}

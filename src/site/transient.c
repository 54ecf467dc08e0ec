/* SPDX-License-Identifier: GPL-2.0-or-later */
/* get_transient() and set_transient() of wp-includes/option.php, on the tables. */
#include "site/transient.h"

#include <string.h>

#include "cache/object_cache.h"
#include "site/option.h"

/* A transient's two rows. */
typedef struct {
	char *value_name;
	char *timeout_name;
	char *value;   /* NULL: no such row */
	char *timeout; /* the same */
	bool is_autoloaded;
} Transient;

static void transient_free(Transient *transient)
{
	g_free(transient->value_name);
	g_free(transient->timeout_name);
	g_free(transient->value);
	g_free(transient->timeout);
	g_free(transient);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Transient, transient_free)

static const char read_sql[] =
	"SELECT option_name, option_value, autoload FROM {options} WHERE option_name IN (?, ?)";
enum { COLUMN_NAME, COLUMN_VALUE, COLUMN_AUTOLOAD };

/* wp_load_alloptions(): what WordPress 6.1 and 6.6 load at every request. */
static bool is_autoload_word(const char *word)
{
	static const char *const words[] = {"yes", "on", "auto-on", "auto", NULL};

	return g_strv_contains(words, word);
}

static void take_row(Transient *transient, const DbStatement *statement)
{
	const char *name = db_column_text(statement, COLUMN_NAME);
	char *value = g_strdup(db_column_text(statement, COLUMN_VALUE));

	if (g_ascii_strcasecmp(name, transient->value_name) == 0) {
		g_free(transient->value);
		transient->value = value;
		transient->is_autoloaded =
			is_autoload_word(db_column_text(statement, COLUMN_AUTOLOAD));
	} else {
		g_free(transient->timeout);
		transient->timeout = value;
	}
}

static Transient *read_transient(Db *db, const char *name, GError **error)
{
	g_autoptr(Transient) transient = g_new0(Transient, 1);
	DbStatement *statement = db_prepare(db, read_sql, error);
	bool row = true;

	if (statement == NULL)
		return NULL;
	transient->value_name = g_strconcat("_transient_", name, NULL);
	transient->timeout_name = g_strconcat("_transient_timeout_", name, NULL);
	db_bind_text(statement, transient->value_name);
	db_bind_text(statement, transient->timeout_name);
	if (!db_query(statement, error))
		return NULL;
	while (row) {
		if (!db_next(statement, &row, error))
			return NULL;
		if (row)
			take_row(transient, statement);
	}
	return g_steal_pointer(&transient);
}

/* PHP's `$timeout < time()`: two numbers, or else two texts. */
static bool is_before(const char *timeout, int64_t now_utc)
{
	static const char number_characters[] = "0123456789+-.eE \t\n\r\v\f";
	g_autofree char *now = g_strdup_printf("%" G_GINT64_FORMAT, now_utc);
	g_autofree char *trimmed = g_strstrip(g_strdup(timeout));
	char *end = NULL;
	double number = g_ascii_strtod(trimmed, &end);
	bool is_number = end != trimmed && *end == '\0' &&
			 timeout[strspn(timeout, number_characters)] == '\0';

	return is_number ? number < (double)now_utc : strcmp(timeout, now) < 0;
}

static bool is_expired(const Transient *transient, int64_t now_utc)
{
	return !transient->is_autoloaded && transient->timeout != NULL &&
	       is_before(transient->timeout, now_utc);
}

bool transient_peek(Db *db, const char *name, int64_t now_utc, char **ret_value, GError **error)
{
	g_autoptr(Transient) transient = read_transient(db, name, error);

	if (transient == NULL)
		return false;
	*ret_value = is_expired(transient, now_utc) ? NULL : g_steal_pointer(&transient->value);
	return true;
}

bool transient_get(Db *db, const char *name, int64_t now_utc, char **ret_value, GError **error)
{
	g_autoptr(Transient) transient = read_transient(db, name, error);

	if (transient == NULL)
		return false;
	if (is_expired(transient, now_utc)) {
		if (!option_delete_pair(
			    db, transient->value_name, false, transient->timeout_name, error))
			return false;
		g_clear_pointer(&transient->value, g_free);
	}
	*ret_value = g_steal_pointer(&transient->value);
	return true;
}

/* add_option(): leaves a row that exists alone. */
static bool add_row(Db *db, const WpSite *site, const char *name, const char *value,
	bool is_autoloaded, GError **error)
{
	bool is_inserted = false;

	return option_insert(db, name, value, strlen(value),
		option_autoload_word(site, is_autoloaded), &is_inserted, error);
}

/* update_option(): an equal value is not written. */
static bool update_row(Db *db, const char *name, const char *old_value, const char *value,
	bool is_autoloaded, GError **error)
{
	return strcmp(old_value, value) == 0 ||
	       option_update(db, name, value, is_autoloaded, error);
}

bool transient_set(Db *db, const WpSite *site, const char *name, const char *value, int64_t now_utc,
	unsigned ttl_secs, GError **error)
{
	g_autoptr(Transient) transient = read_transient(db, name, error);
	g_autofree char *timeout = g_strdup_printf("%" G_GINT64_FORMAT, now_utc + ttl_secs);
	bool is_expiring = ttl_secs > 0;

	if (transient == NULL)
		return false;
	/* Was there forever: the row is made anew, so that it is no longer autoloaded. */
	if (transient->value != NULL && is_expiring && transient->timeout == NULL) {
		if (!option_delete(db, transient->value_name, true, error))
			return false;
		g_clear_pointer(&transient->value, g_free);
	}
	if (transient->value == NULL) {
		if (is_expiring &&
			!add_row(db, site, transient->timeout_name, timeout, false, error))
			return false;
		return add_row(db, site, transient->value_name, value, !is_expiring, error);
	}
	if (is_expiring &&
		!update_row(db, transient->timeout_name, transient->timeout, timeout, false, error))
		return false;
	return update_row(db, transient->value_name, transient->value, value,
		transient->is_autoloaded, error);
}

bool transient_delete(Db *db, const char *name, GError **error)
{
	g_autofree char *value_name = g_strconcat("_transient_", name, NULL);
	g_autofree char *timeout_name = g_strconcat("_transient_timeout_", name, NULL);

	return option_delete_pair(db, value_name, true, timeout_name, error);
}

bool transient_peek_shared(
	Db *db, const char *name, int64_t now_utc, char **ret_value, GError **error)
{
	bool is_used = false;

	object_cache_get_transient(db, name, &is_used, ret_value);
	return is_used || transient_peek(db, name, now_utc, ret_value, error);
}

bool transient_set_shared(Db *db, const WpSite *site, const char *name, const char *value,
	int64_t now_utc, unsigned ttl_secs, GError **error)
{
	return object_cache_set_transient(db, name, value, ttl_secs) ||
	       transient_set(db, site, name, value, now_utc, ttl_secs, error);
}

bool transient_delete_shared(Db *db, const char *name, GError **error)
{
	return object_cache_delete_transient(db, name) || transient_delete(db, name, error);
}

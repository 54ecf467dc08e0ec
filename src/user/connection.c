/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the connections array: whatever other code wrote there is understood or reported. */
#include "user/connection.h"

#include <string.h>

#include "php/text.h"
#include "user/connection_private.h"
#include "util/limits.h"
#include "util/secret.h"

enum {
	DEFAULT_FROM_DAYS = 90,
	DEFAULT_TO_DAYS = 30,
	DEFAULT_FREQUENCY_MINUTES = 15,
	MAX_DAYS = 3650,
	MAX_FREQUENCY_MINUTES = 31 * 24 * 60,
	MAX_ID_BYTES = 191, /* what WordPress indexes of a meta value */
};

G_DEFINE_QUARK(prm - calendar - connection, connection_error)

void connection_free(Connection *connection)
{
	if (connection == NULL)
		return;
	g_free(connection->id);
	g_free(connection->provider);
	g_free(connection->name);
	g_strfreev(connection->calendar_ids);
	secret_free(connection->credentials);
	g_free(connection->last_sync);
	g_free(connection->last_error);
	g_free(connection);
}

void connection_list_free(ConnectionList *list)
{
	if (list == NULL)
		return;
	g_ptr_array_unref(list->connections);
	g_ptr_array_unref(list->problems);
	g_free(list);
}

StoredSpan connections_span(const char *stored, size_t length)
{
	StoredSpan span = {.length = length};
	while (span.length > 0 && php_is_trimmed(stored[span.offset + span.length - 1]))
		span.length--;
	while (span.length > 0 && php_is_trimmed(stored[span.offset])) {
		span.offset++;
		span.length--;
	}
	return span;
}

PhpValue *connections_read(const char *stored, StoredSpan span, GError **error)
{
	if (span.length == 0)
		return php_null_new();
	if (span.length > LIMIT_CONNECTIONS_BYTES) {
		g_set_error(error, CONNECTION_ERROR, CONNECTION_ERROR_DAMAGED,
			"cannot read the stored connections: they are larger than %d KB, which no "
			"calendars need; remove those that are not used",
			LIMIT_CONNECTIONS_BYTES / 1024);
		return NULL;
	}
	const char *text = stored + span.offset;
	char last = text[span.length - 1];
	g_autoptr(GError) reason = NULL;
	/* is_serialized() looks at the last byte; what it refuses the theme sees as plain text. */
	g_autoptr(PhpValue) value =
		last != ';' && last != '}' ? NULL : php_unserialize(text, span.length, &reason);
	if (value != NULL && (php_value_is_array(value) || !php_value_truthy(value)))
		return g_steal_pointer(&value);
	g_set_error(error, CONNECTION_ERROR, CONNECTION_ERROR_DAMAGED,
		"cannot read the stored connections: %s; they are left as they are, connect the "
		"calendars again or restore the row from a backup",
		reason != NULL  ? reason->message
		: value == NULL ? "they are no serialized PHP value"
				: "they are no array");
	return NULL;
}

char *connection_entry_id(const PhpValue *entry)
{
	const PhpValue *id = php_array_get(entry, "id");
	if (php_value_type(id) != PHP_STRING && php_value_type(id) != PHP_INT)
		return NULL;
	g_autofree char *text = php_value_to_string(id);
	bool is_usable = text != NULL && text[0] != '\0' && strlen(text) <= MAX_ID_BYTES &&
			 g_utf8_validate(text, -1, NULL);
	return is_usable ? g_steal_pointer(&text) : NULL;
}

const PhpValue *connections_find(const PhpValue *list, const char *connection_id)
{
	for (size_t i = 0; i < php_value_size(list); i++) {
		const PhpValue *entry = php_value_at(list, i, NULL);
		g_autofree char *id = php_value_is_array(entry) ? connection_entry_id(entry) : NULL;
		if (g_strcmp0(id, connection_id) == 0)
			return entry;
	}
	return NULL;
}

/* "" for what is absent or no text. Caller frees. */
static char *text_member(const PhpValue *entry, const char *key)
{
	char *text = php_value_to_string(php_array_get(entry, key));
	return text == NULL ? g_strdup("") : text;
}

/* NULL for what is absent, empty, false or no text. Caller frees. */
static char *optional_member(const PhpValue *entry, const char *key)
{
	g_autofree char *text = text_member(entry, key);
	return text[0] == '\0' ? NULL : g_steal_pointer(&text);
}

static int number_member(const PhpValue *entry, const char *key, int fallback, int max)
{
	const PhpValue *value = php_array_get(entry, key);
	g_autofree char *text = php_value_to_string(value);
	if (text == NULL || text[0] == '\0')
		return fallback;
	return (int)CLAMP(php_value_to_int(value), 0, max);
}

static char **calendars_of(const PhpValue *entry)
{
	g_autofree char *calendar_id = text_member(entry, "calendar_id");
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const PhpValue *list = php_array_get(entry, "calendar_ids");
	for (size_t i = 0; php_value_is_array(list) && i < php_value_size(list); i++) {
		char *id = php_value_to_string(php_value_at(list, i, NULL));
		if (id == NULL || id[0] == '\0' || g_hash_table_contains(seen, id)) {
			g_free(id);
			continue;
		}
		g_strv_builder_add(builder, id);
		g_hash_table_add(seen, id);
	}
	if (g_hash_table_size(seen) == 0 && calendar_id[0] != '\0')
		g_strv_builder_add(builder, calendar_id);
	return g_strv_builder_end(builder);
}

static char *key_text(const PhpKey *key)
{
	return key->is_int ? g_strdup_printf("%" G_GINT64_FORMAT, key->number)
			   : g_utf8_make_valid(key->text, (gssize)key->length);
}

/* Takes `id`. */
static Connection *connection_read(const PhpValue *entry, char *take_id)
{
	Connection *connection = g_new0(Connection, 1);
	connection->id = take_id;
	connection->provider = text_member(entry, "provider");
	connection->name = text_member(entry, "name");
	connection->calendar_ids = calendars_of(entry);
	connection->credentials = text_member(entry, "credentials");
	connection->sync_enabled = php_value_truthy(php_array_get(entry, "sync_enabled"));
	connection->auto_log = php_value_truthy(php_array_get(entry, "auto_log"));
	connection->sync_from_days =
		number_member(entry, "sync_from_days", DEFAULT_FROM_DAYS, MAX_DAYS);
	connection->sync_to_days = number_member(entry, "sync_to_days", DEFAULT_TO_DAYS, MAX_DAYS);
	connection->sync_frequency_minutes = number_member(
		entry, "sync_frequency", DEFAULT_FREQUENCY_MINUTES, MAX_FREQUENCY_MINUTES);
	connection->last_sync = optional_member(entry, "last_sync");
	connection->last_error = optional_member(entry, "last_error");
	return connection;
}

/* "conn_" and uniqid(): the seconds and the microseconds within them, in hexadecimal digits. */
static char *new_id(int64_t now_usecs)
{
	return g_strdup_printf("conn_%08" G_GINT64_MODIFIER "x%05" G_GINT64_MODIFIER "x",
		now_usecs / G_USEC_PER_SEC, now_usecs % G_USEC_PER_SEC);
}

Connection *connection_new(const char *provider, const char *name, const char *box,
	const char *const *calendar_ids, int64_t now_usecs)
{
	Connection *connection = g_new0(Connection, 1);

	connection->id = new_id(now_usecs);
	connection->provider = g_strdup(provider);
	connection->name = g_strdup(name);
	connection->calendar_ids = g_strdupv((char **)calendar_ids);
	connection->credentials = g_strdup(box);
	connection->sync_enabled = true;
	connection->auto_log = true;
	connection->sync_from_days = DEFAULT_FROM_DAYS;
	connection->sync_to_days = DEFAULT_TO_DAYS;
	connection->sync_frequency_minutes = DEFAULT_FREQUENCY_MINUTES;
	return connection;
}

/* NULL when it is fine. */
static const char *entry_problem(const PhpValue *entry, const char *id, GHashTable *ids)
{
	if (!php_value_is_array(entry))
		return "is no array";
	if (id == NULL)
		return "has no id";
	if (g_hash_table_contains(ids, id))
		return "has the id of an earlier one";
	g_autofree char *provider = optional_member(entry, "provider");
	return provider == NULL ? "has no provider" : NULL;
}

ConnectionList *connections_parse(const char *stored, size_t stored_bytes, GError **error)
{
	g_autoptr(PhpValue) entries =
		connections_read(stored, connections_span(stored, stored_bytes), error);
	if (entries == NULL)
		return NULL;
	ConnectionList *list = g_new0(ConnectionList, 1);
	list->connections = g_ptr_array_new_with_free_func((GDestroyNotify)connection_free);
	list->problems = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < php_value_size(entries); i++) {
		PhpKey key = {0};
		const PhpValue *entry = php_value_at(entries, i, &key);
		g_autofree char *id = connection_entry_id(entry);
		const char *problem = entry_problem(entry, id, ids);
		if (problem != NULL) {
			g_autofree char *name = key_text(&key);
			g_ptr_array_add(list->problems,
				g_strdup_printf("entry %s of the connections %s", name, problem));
			continue;
		}
		Connection *connection = connection_read(entry, g_steal_pointer(&id));
		g_ptr_array_add(list->connections, connection);
		g_hash_table_add(ids, connection->id);
	}
	return list;
}

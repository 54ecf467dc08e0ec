/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections that come and go: the array as text, in which all others stay byte for byte. */
#include <string.h>

#include "php/value.h"
#include "user/connection_private.h"

static PhpValue *text_value(const char *text)
{
	return php_string_new(text, strlen(text));
}

/* Themes that know of one calendar alone read `calendar_id`. */
static void set_calendars(PhpValue *entry, char **calendar_ids)
{
	PhpValue *list;

	if (g_strv_length(calendar_ids) < 2)
		return;
	list = php_array_new();
	for (char **id = calendar_ids; *id != NULL; id++)
		php_array_append(list, text_value(*id));
	php_array_set(entry, "calendar_ids", list);
}

static GString *entry_text(const Connection *connection, const char *created_at)
{
	const char *first = connection->calendar_ids[0];
	PhpValue *entry = php_array_new();
	GString *text;

	php_array_set(entry, "provider", text_value(connection->provider));
	php_array_set(entry, "name", text_value(connection->name));
	php_array_set(entry, "calendar_id", text_value(first != NULL ? first : ""));
	set_calendars(entry, connection->calendar_ids);
	php_array_set(entry, "credentials", text_value(connection->credentials));
	php_array_set(entry, "sync_enabled", php_bool_new(connection->sync_enabled));
	php_array_set(entry, "auto_log", php_bool_new(connection->auto_log));
	php_array_set(entry, "sync_from_days", php_int_new(connection->sync_from_days));
	php_array_set(entry, "sync_to_days", php_int_new(connection->sync_to_days));
	php_array_set(entry, "sync_frequency", php_int_new(connection->sync_frequency_minutes));
	php_array_set(entry, "last_sync", php_null_new());
	php_array_set(entry, "last_error", php_null_new());
	php_array_set(entry, "created_at", text_value(created_at));
	php_array_set(entry, "id", text_value(connection->id));
	text = php_serialize(entry);
	php_value_free(entry);
	return text;
}

/* The key that PHP's `$list[] = …` takes; -1: there is none left. */
static int64_t next_key(const PhpValue *list)
{
	int64_t next = 0;

	for (size_t i = 0; i < php_value_size(list); i++) {
		PhpKey key;

		php_value_at(list, i, &key);
		if (!key.is_int || key.number < next)
			continue;
		if (key.number == G_MAXINT64)
			return -1;
		next = key.number + 1;
	}
	return next;
}

/* `text` is that of an array, "a:1:{…}": the same with `tail` at its end, which adds elements. */
static void append_array(
	GString *out, const char *text, size_t length, uint64_t elements, const GString *tail)
{
	const char *brace = memchr(text, '{', length);

	g_string_append_printf(out, "a:%" G_GUINT64_FORMAT ":", elements);
	g_string_append_len(out, brace, (gssize)(length - strlen("}") - (size_t)(brace - text)));
	g_string_append_len(out, tail->str, (gssize)tail->len);
	g_string_append_c(out, '}');
}

/* The elements to be added, serialized; `*ret_count` of them. NULL with CONNECTION_ERROR_DAMAGED.
 */
static GString *additions(const PhpValue *list, const GPtrArray *added, const char *created_at,
	uint64_t *ret_count, GError **error)
{
	int64_t key = next_key(list);
	GString *tail;

	if (key < 0 || key > G_MAXINT64 - (int64_t)added->len) {
		g_set_error_literal(error, CONNECTION_ERROR, CONNECTION_ERROR_DAMAGED,
			"cannot add to the stored connections: PHP has no key left for another");
		return NULL;
	}
	tail = g_string_new(NULL);
	*ret_count = 0;
	for (guint i = 0; i < added->len; i++) {
		const Connection *connection = g_ptr_array_index(added, i);
		g_autoptr(GString) entry = NULL;

		if (connections_find(list, connection->id) != NULL)
			continue;
		entry = entry_text(connection, created_at);
		g_string_append_printf(tail, "i:%" G_GINT64_FORMAT ";", key++);
		g_string_append_len(tail, entry->str, (gssize)entry->len);
		(*ret_count)++;
	}
	return tail;
}

/* The number that the text of an array begins with: it counts keys that are there twice, too. */
static uint64_t stored_count(const char *text)
{
	return g_ascii_strtoull(text + strlen("a:"), NULL, 10);
}

GBytes *connections_add(const char *stored, size_t stored_bytes, const GPtrArray *added,
	const char *created_at, GError **error)
{
	static const char empty[] = "a:0:{}";
	StoredSpan span = connections_span(stored, stored_bytes);
	g_autoptr(PhpValue) list = connections_read(stored, span, error);
	g_autoptr(GString) tail = NULL;
	const char *text = empty;
	size_t offset = 0;
	size_t length = strlen(empty);
	uint64_t count = 0;
	GString *out;

	if (list == NULL)
		return NULL;
	tail = additions(list, added, created_at, &count, error);
	if (tail == NULL)
		return NULL;
	/* Else PHP has null or false there, which the theme takes for no connections. */
	if (php_value_is_array(list) && php_value_source(list, &offset, &length)) {
		offset += span.offset;
		text = stored + offset;
	} else {
		offset = 0;
		stored_bytes = 0;
	}
	out = g_string_sized_new(stored_bytes + tail->len + 64);
	g_string_append_len(out, stored, (gssize)offset);
	append_array(out, text, length, stored_count(text) + count, tail);
	if (stored_bytes > 0)
		g_string_append_len(out, text + length, (gssize)(stored_bytes - offset - length));
	return g_string_free_to_bytes(out);
}

static bool may_remove(const PhpValue *list, const char *connection_id, GError **error)
{
	if (connections_find(list, connection_id) == NULL) {
		g_set_error(error, CONNECTION_ERROR, CONNECTION_ERROR_NOT_FOUND,
			"there is no connection %s any more", connection_id);
		return false;
	}
	if (php_value_has_references(list)) {
		g_set_error_literal(error, CONNECTION_ERROR, CONNECTION_ERROR_DAMAGED,
			"cannot remove the stored connection: PHP references tie values of the "
			"list together; remove it in the theme");
		return false;
	}
	return true;
}

GBytes *connections_remove(
	const char *stored, size_t stored_bytes, const char *connection_id, GError **error)
{
	StoredSpan span = connections_span(stored, stored_bytes);
	g_autoptr(PhpValue) list = connections_read(stored, span, error);
	const PhpValue *gone;
	g_autoptr(GString) others = NULL;
	GString *out;
	size_t left = 0;

	if (list == NULL || !may_remove(list, connection_id, error))
		return NULL;
	gone = connections_find(list, connection_id);
	others = g_string_sized_new(stored_bytes);
	for (size_t i = 0; i < php_value_size(list); i++) {
		const PhpValue *entry = php_value_at(list, i, NULL);
		size_t offset;
		size_t length;

		if (entry == gone || !php_value_source(entry, &offset, &length))
			continue;
		g_string_append_printf(others, "i:%zu;", left++);
		g_string_append_len(others, stored + span.offset + offset, (gssize)length);
	}
	out = g_string_new(NULL);
	g_string_printf(out, "a:%zu:{", left);
	g_string_append_len(out, others->str, (gssize)others->len);
	g_string_append_c(out, '}');
	return g_string_free_to_bytes(out);
}

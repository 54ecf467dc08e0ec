/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edits the connections array as text, so that what we do not write stays byte for byte: odd
 * numbers, duplicate keys, objects, whatever stands behind the end. */
#include <string.h>

#include "user/connection_private.h"

/* A stretch of the text and what comes in its place. */
typedef struct {
	size_t offset;
	size_t length;
	GString *text;
} Edit;

static void edit_clear(gpointer pointer)
{
	g_string_free(((Edit *)pointer)->text, TRUE);
}

static gint compare_edits(gconstpointer left, gconstpointer right)
{
	size_t a = ((const Edit *)left)->offset;
	size_t b = ((const Edit *)right)->offset;
	return a < b ? -1 : a > b;
}

static void append_string(GString *out, const char *text)
{
	g_string_append_printf(out, "s:%zu:\"%s\";", strlen(text), text);
}

/* The field and its new value: a text, or what is serialized already. */
typedef struct {
	const char *key;
	const char *text;
	const char *literal;
} Field;

static void append_value(GString *out, const Field *field)
{
	if (field->text == NULL)
		g_string_append(out, field->literal);
	else
		append_string(out, field->text);
}

/* NULL stands for PHP's null. */
static void add_field(GArray *fields, const char *key, const char *text)
{
	Field field = {key, text, "N;"};
	g_array_append_val(fields, field);
}

static void add_flag(GArray *fields, const char *key, bool is_on)
{
	Field field = {key, NULL, is_on ? "b:1;" : "b:0;"};
	g_array_append_val(fields, field);
}

static GArray *fields_of(const ConnectionChange *change)
{
	GArray *fields = g_array_new(FALSE, FALSE, sizeof(Field));
	if (change->last_sync != NULL)
		add_field(fields, "last_sync", change->last_sync);
	if (change->set_last_error)
		add_field(fields, "last_error", change->last_error);
	if (change->credentials != NULL)
		add_field(fields, "credentials", change->credentials);
	if (change->set_sync_enabled)
		add_flag(fields, "sync_enabled", change->sync_enabled);
	return fields;
}

/* References count values by position and tie two places together. A field may change where that
 * moves no position and no other place. */
static bool may_change(const PhpValue *list, const PhpValue *entry, const PhpValue *value)
{
	if (!php_value_has_references(list))
		return true;
	return php_value_reference(entry) == 0 && value != NULL &&
	       php_value_reference(value) == 0 && php_value_size(value) == 0 &&
	       !php_value_is_referenced(list, php_value_slot(value));
}

/* Adds one to the number of elements that an array's text begins with ("a:11:{"). */
static Edit count_edit(const char *text, size_t offset, unsigned added)
{
	size_t digits = offset + strlen("a:");
	size_t end = digits;
	while (g_ascii_isdigit(text[end]))
		end++;
	Edit edit = {.offset = digits, .length = end - digits, .text = g_string_new(NULL)};
	g_string_printf(
		edit.text, "%" G_GUINT64_FORMAT, g_ascii_strtoull(text + digits, NULL, 10) + added);
	return edit;
}

/* False with CONNECTION_ERROR_DAMAGED. `edits` gets what turns the entry into the changed one. */
static bool collect_edits(const char *text, const PhpValue *list, const PhpValue *entry,
	const GArray *fields, GArray *edits, GError **error)
{
	Edit addition = {.text = g_string_new(NULL)};
	unsigned added = 0;
	bool is_allowed = true;
	for (guint i = 0; i < fields->len && is_allowed; i++) {
		const Field *field = &g_array_index(fields, Field, i);
		const PhpValue *value = php_array_get(entry, field->key);
		is_allowed = may_change(list, entry, value);
		if (value == NULL) {
			append_string(addition.text, field->key);
			append_value(addition.text, field);
			added++;
		} else if (is_allowed) {
			Edit edit = {.text = g_string_new(NULL)};
			php_value_source(value, &edit.offset, &edit.length);
			append_value(edit.text, field);
			g_array_append_val(edits, edit);
		}
	}
	size_t offset = 0;
	size_t length = 0;
	php_value_source(entry, &offset, &length);
	addition.offset = offset + length - strlen("}");
	g_array_append_val(edits, addition);
	if (!is_allowed) {
		g_set_error_literal(error, CONNECTION_ERROR, CONNECTION_ERROR_DAMAGED,
			"cannot write to the stored connection: PHP references tie it to other "
			"values; "
			"remove the connection and connect the calendar again");
		return false;
	}
	if (added > 0) {
		Edit count = count_edit(text, offset, added);
		g_array_append_val(edits, count);
	}
	return true;
}

static GBytes *apply_edits(const char *stored, size_t length, size_t base, GArray *edits)
{
	g_array_sort(edits, compare_edits);
	GString *out = g_string_sized_new(length + 256);
	size_t done = 0;
	for (guint i = 0; i < edits->len; i++) {
		const Edit *edit = &g_array_index(edits, Edit, i);
		size_t offset = base + edit->offset;
		g_string_append_len(out, stored + done, (gssize)(offset - done));
		g_string_append_len(out, edit->text->str, (gssize)edit->text->len);
		done = offset + edit->length;
	}
	g_string_append_len(out, stored + done, (gssize)(length - done));
	return g_string_free_to_bytes(out);
}

/* The same write tried again after its answer was lost finds its own credentials. */
static bool has_expected_credentials(const PhpValue *entry, const ConnectionChange *change)
{
	const char *stored;
	if (change->credentials == NULL || change->expected_credentials == NULL)
		return true;
	stored = php_value_bytes(php_array_get(entry, "credentials"), NULL);
	return g_strcmp0(stored, change->expected_credentials) == 0 ||
	       g_strcmp0(stored, change->credentials) == 0;
}

static bool check_entry(const PhpValue *entry, const char *connection_id,
	const ConnectionChange *change, GError **error)
{
	if (entry == NULL) {
		g_set_error(error, CONNECTION_ERROR, CONNECTION_ERROR_NOT_FOUND,
			"cannot write to connection %s: it was removed meanwhile", connection_id);
		return false;
	}
	if (!has_expected_credentials(entry, change)) {
		g_set_error(error, CONNECTION_ERROR, CONNECTION_ERROR_CHANGED,
			"cannot write the credentials of connection %s: others were stored "
			"meanwhile",
			connection_id);
		return false;
	}
	return true;
}

static GArray *edits_new(void)
{
	GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));

	g_array_set_clear_func(edits, edit_clear);
	return edits;
}

/* The edits of one entry, in `edits` behind those of others. False with a CONNECTION_ERROR; then
 * there are none of it. */
static bool edit_entry(const char *text, const PhpValue *list, const ConnectionUpdate *update,
	GArray *edits, GError **error)
{
	const PhpValue *entry = connections_find(list, update->connection_id);
	guint before = edits->len;

	if (!check_entry(entry, update->connection_id, &update->change, error))
		return false;
	g_autoptr(GArray) fields = fields_of(&update->change);
	if (collect_edits(text, list, entry, fields, edits, error))
		return true;
	g_array_set_size(edits, before);
	return false;
}

GBytes *connections_update_all(const char *stored, size_t stored_bytes,
	const ConnectionUpdate *updates, size_t count, GPtrArray *problems, GError **error)
{
	StoredSpan span = connections_span(stored, stored_bytes);
	g_autoptr(PhpValue) list = connections_read(stored, span, error);
	g_autoptr(GArray) edits = edits_new();

	g_ptr_array_set_size(problems, 0);
	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		g_autoptr(GError) why = NULL;

		if (!edit_entry(stored + span.offset, list, &updates[i], edits, &why))
			g_ptr_array_add(problems, g_strdup(why->message));
	}
	return apply_edits(stored, stored_bytes, span.offset, edits);
}

GBytes *connections_update(const char *stored, size_t stored_bytes, const char *connection_id,
	const ConnectionChange *change, GError **error)
{
	StoredSpan span = connections_span(stored, stored_bytes);
	const ConnectionUpdate update = {connection_id, *change};
	g_autoptr(PhpValue) list = connections_read(stored, span, error);
	g_autoptr(GArray) edits = edits_new();

	if (list == NULL || !edit_entry(stored + span.offset, list, &update, edits, error))
		return NULL;
	return apply_edits(stored, stored_bytes, span.offset, edits);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes PHP's serialize() format. */
#include "php/value_private.h"

typedef struct {
	GString *out;
	uint64_t slot;     /* of the value being written */
	GHashTable *enums; /* an enum case is one object: its slot by "Class:Case" */
} Writer;

static void append_string(GString *out, char kind, const char *text, size_t length)
{
	g_string_append_printf(out, "%c:%zu:\"", kind, length);
	g_string_append_len(out, text, (gssize)length);
	g_string_append_c(out, '"');
}

static void append_key(GString *out, const PhpEntry *entry)
{
	if (entry->is_int) {
		g_string_append_printf(out, "i:%" G_GINT64_FORMAT ";", entry->number);
		return;
	}
	append_string(out, 's', entry->text, entry->length);
	g_string_append_c(out, ';');
}

static void write_enum(Writer *writer, const PhpValue *value)
{
	const uint64_t *seen = g_hash_table_lookup(writer->enums, value->text);
	if (seen != NULL) {
		g_string_append_printf(writer->out, "r:%" G_GUINT64_FORMAT ";", *seen);
		return;
	}
	uint64_t *slot = g_new(uint64_t, 1);
	*slot = writer->slot;
	g_hash_table_insert(writer->enums, value->text, slot);
	append_string(writer->out, 'E', value->text->str, value->text->len);
	g_string_append_c(writer->out, ';');
}

static void write_value(Writer *writer, const PhpValue *value);

static void write_map(Writer *writer, const PhpMap *map)
{
	g_string_append_printf(writer->out, "%u:{", map->entries->len);
	for (guint i = 0; i < map->entries->len; i++) {
		const PhpEntry *entry = g_ptr_array_index(map->entries, i);
		append_key(writer->out, entry);
		write_value(writer, entry->value);
	}
	g_string_append_c(writer->out, '}');
}

static void write_reference(Writer *writer, const PhpValue *value)
{
	/* A reference takes no slot of its own; a second mention of an object does. */
	if (!value->is_class_reference)
		writer->slot--;
	g_string_append_printf(writer->out, "%c:%" G_GUINT64_FORMAT ";",
		value->is_class_reference ? 'r' : 'R', value->reference);
}

/* Recursion is as deep as the value, which its readers limit. */
static void write_value(Writer *writer, const PhpValue *value)
{
	GString *out = writer->out;
	writer->slot++;
	switch (value->type) {
	case PHP_NULL:
		g_string_append(out, "N;");
		return;
	case PHP_BOOL:
		g_string_append(out, value->integer != 0 ? "b:1;" : "b:0;");
		return;
	case PHP_INT:
		g_string_append_printf(out, "i:%" G_GINT64_FORMAT ";", value->integer);
		return;
	case PHP_FLOAT:
		g_string_append(out, "d:");
		php_float_append(out, value->number, 'E');
		g_string_append_c(out, ';');
		return;
	case PHP_STRING:
		append_string(out, 's', value->text->str, value->text->len);
		g_string_append_c(out, ';');
		return;
	case PHP_ARRAY:
		g_string_append(out, "a:");
		write_map(writer, value->map);
		return;
	case PHP_OBJECT:
		append_string(out, 'O', value->text->str, value->text->len);
		g_string_append_c(out, ':');
		write_map(writer, value->map);
		return;
	case PHP_CUSTOM:
		append_string(out, 'C', value->text->str, value->text->len);
		g_string_append_printf(out, ":%zu:{", value->payload->len);
		g_string_append_len(out, value->payload->str, (gssize)value->payload->len);
		g_string_append_c(out, '}');
		return;
	case PHP_ENUM:
		write_enum(writer, value);
		return;
	case PHP_REFERENCE:
		write_reference(writer, value);
		return;
	}
}

GString *php_serialize(const PhpValue *value)
{
	g_autoptr(GHashTable) enums = g_hash_table_new_full(
		(GHashFunc)g_string_hash, (GEqualFunc)g_string_equal, NULL, g_free);
	Writer writer = {.out = g_string_new(NULL), .enums = enums};
	write_value(&writer, value);
	return writer.out;
}

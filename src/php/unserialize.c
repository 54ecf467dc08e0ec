/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads PHP's serialize() format, accepting exactly what PHP 8.2's unserialize() accepts. */
#include "php/value_private.h"

#include <math.h>
#include <string.h>

typedef struct {
	const char *data;
	size_t length;
	size_t position;
	unsigned depth;
	GHashTable *referenced; /* the numbers that references meant, or NULL without any */
	GPtrArray *slots;       /* PhpValue places in the order in which R: and r: count them */
	const char *limit;      /* which of our limits was exceeded, or NULL */
} Reader;

/* The byte at an offset from here; NUL past the end, as PHP's strings have one there. */
static char peek(const Reader *reader, size_t offset)
{
	size_t at = reader->position + offset;
	return at >= reader->position && at < reader->length ? reader->data[at] : '\0';
}

static bool take(Reader *reader, char expected)
{
	if (reader->position >= reader->length || reader->data[reader->position] != expected)
		return false;
	reader->position++;
	return true;
}

/* One or more digits; wraps at 2^64 as PHP's parse_uiv() does. */
static bool take_length(Reader *reader, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t start = reader->position;
	for (; g_ascii_isdigit(peek(reader, 0)); reader->position++)
		number = number * 10 + (uint64_t)(peek(reader, 0) - '0');
	*ret_number = number;
	return reader->position > start;
}

/* An optional sign and any digits, none being 0; saturates as PHP's parse_iv2() does. */
static int64_t take_number(Reader *reader)
{
	bool negative = peek(reader, 0) == '-';
	if (negative || peek(reader, 0) == '+')
		reader->position++;
	int64_t number = 0;
	for (; g_ascii_isdigit(peek(reader, 0)); reader->position++) {
		int digit = peek(reader, 0) - '0';
		if (negative && __builtin_mul_overflow(number, 10, &number))
			number = INT64_MIN;
		else if (negative && __builtin_sub_overflow(number, digit, &number))
			number = INT64_MIN;
		else if (!negative && (__builtin_mul_overflow(number, 10, &number) ||
					      __builtin_add_overflow(number, digit, &number)))
			number = INT64_MAX;
	}
	return number;
}

/* `"bytes"` of that length. Borrowed from the input. */
static bool take_quoted(Reader *reader, uint64_t length, const char **ret_text)
{
	if (!take(reader, '"') || reader->length - reader->position < length)
		return false;
	*ret_text = reader->data + reader->position;
	reader->position += length;
	return take(reader, '"');
}

/* `length:"bytes"`. */
static bool take_string(Reader *reader, const char **ret_text, uint64_t *ret_length)
{
	return take_length(reader, ret_length) && take(reader, ':') &&
	       take_quoted(reader, *ret_length, ret_text);
}

/* S: has bytes as `\xx`; PHP 6 wrote it, and PHP 8.2 still reads it. */
static GString *take_escaped(Reader *reader)
{
	uint64_t length = 0;
	if (!take_length(reader, &length) || !take(reader, ':') || !take(reader, '"') ||
		reader->length - reader->position < length)
		return NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	while (text->len < length) {
		if (reader->position >= reader->length)
			return NULL;
		char byte = peek(reader, 0);
		reader->position++;
		if (byte == '\\') {
			if (!g_ascii_isxdigit(peek(reader, 0)) ||
				!g_ascii_isxdigit(peek(reader, 1)))
				return NULL;
			byte = (char)(g_ascii_xdigit_value(peek(reader, 0)) * 16 +
				      g_ascii_xdigit_value(peek(reader, 1)));
			reader->position += 2;
		}
		g_string_append_c(text, byte);
	}
	return take(reader, '"') ? g_steal_pointer(&text) : NULL;
}

static bool read_bool(Reader *reader, PhpValue *place)
{
	char digit = peek(reader, 0);
	if (digit != '0' && digit != '1')
		return false;
	reader->position++;
	place->type = PHP_BOOL;
	place->integer = digit == '1';
	return take(reader, ';');
}

static bool read_int(Reader *reader, int64_t *ret_number)
{
	size_t sign = peek(reader, 0) == '-' || peek(reader, 0) == '+' ? 1 : 0;
	if (!g_ascii_isdigit(peek(reader, sign)))
		return false;
	*ret_number = take_number(reader);
	return take(reader, ';');
}

static size_t skip_digits(Reader *reader)
{
	size_t start = reader->position;
	while (g_ascii_isdigit(peek(reader, 0)))
		reader->position++;
	return reader->position - start;
}

static bool skip_text(Reader *reader, const char *text)
{
	size_t length = strlen(text);
	if (reader->length - reader->position < length ||
		memcmp(reader->data + reader->position, text, length) != 0)
		return false;
	reader->position += length;
	return true;
}

static bool read_float(Reader *reader, PhpValue *place)
{
	place->type = PHP_FLOAT;
	if (skip_text(reader, "NAN;")) {
		place->number = NAN;
		return true;
	}
	if (skip_text(reader, "INF;") || skip_text(reader, "-INF;")) {
		place->number = reader->data[reader->position - 5] == '-' ? -INFINITY : INFINITY;
		return true;
	}
	size_t start = reader->position;
	if (peek(reader, 0) == '-' || peek(reader, 0) == '+')
		reader->position++;
	size_t digits = skip_digits(reader);
	if (take(reader, '.'))
		digits += skip_digits(reader);
	if (digits == 0)
		return false;
	if (take(reader, 'e') || take(reader, 'E')) {
		if (peek(reader, 0) == '-' || peek(reader, 0) == '+')
			reader->position++;
		if (skip_digits(reader) == 0)
			return false;
	}
	g_autofree char *text = g_strndup(reader->data + start, reader->position - start);
	place->number = g_ascii_strtod(text, NULL);
	return take(reader, ';');
}

static bool read_string(Reader *reader, PhpValue *place)
{
	const char *text = NULL;
	uint64_t length = 0;
	if (!take_string(reader, &text, &length))
		return false;
	place->type = PHP_STRING;
	place->text = g_string_new_len(text, (gssize)length);
	return take(reader, ';');
}

static bool read_escaped_string(Reader *reader, PhpValue *place)
{
	GString *text = take_escaped(reader);
	if (text == NULL)
		return false;
	place->type = PHP_STRING;
	place->text = text;
	return take(reader, ';');
}

static bool read_enum(Reader *reader, PhpValue *place)
{
	const char *text = NULL;
	uint64_t length = 0;
	if (!take_string(reader, &text, &length) || memchr(text, ':', length) == NULL)
		return false;
	place->type = PHP_ENUM;
	place->text = g_string_new_len(text, (gssize)length);
	return take(reader, ';');
}

static void remember_reference(Reader *reader, uint64_t number)
{
	if (reader->referenced == NULL)
		reader->referenced =
			g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	g_hash_table_add(reader->referenced, g_memdup2(&number, sizeof number));
}

static bool read_reference(Reader *reader, PhpValue *place, bool is_class_reference)
{
	uint64_t number = 0;
	if (!take_length(reader, &number) || !take(reader, ';') || number == 0 ||
		number > reader->slots->len)
		return false;
	const PhpValue *target = g_ptr_array_index(reader->slots, number - 1);
	if (target == place)
		return false;
	if (is_class_reference) {
		target = php_value_resolve(target);
		if (target == place || (target->type != PHP_OBJECT && target->type != PHP_CUSTOM &&
					       target->type != PHP_ENUM))
			return false;
	}
	remember_reference(reader, number);
	place->type = PHP_REFERENCE;
	place->is_class_reference = is_class_reference;
	place->reference = number;
	place->target = target;
	return true;
}

/* Keys are ints or strings; what else PHP reads as key it then refuses. */
static bool read_key(Reader *reader, bool is_property, PhpKey *ret_key, GString **ret_owned)
{
	char kind = peek(reader, 0);
	if (kind != '\0' && peek(reader, 1) != ':')
		return false;
	reader->position += 2;
	if (kind == 'i') {
		int64_t number = 0;
		if (!read_int(reader, &number))
			return false;
		*ret_key = (PhpKey){.is_int = true, .number = number};
		if (is_property) {
			*ret_owned = g_string_new(NULL);
			g_string_printf(*ret_owned, "%" G_GINT64_FORMAT, number);
			*ret_key = (PhpKey){.text = (*ret_owned)->str, .length = (*ret_owned)->len};
		}
		return true;
	}
	const char *text = NULL;
	uint64_t length = 0;
	if (kind == 's') {
		if (!take_string(reader, &text, &length) || !take(reader, ';'))
			return false;
	} else {
		if (kind != 'S' || (*ret_owned = take_escaped(reader)) == NULL ||
			!take(reader, ';'))
			return false;
		text = (*ret_owned)->str;
		length = (*ret_owned)->len;
	}
	*ret_key = is_property ? (PhpKey){.text = text, .length = length}
			       : php_key_from_text(text, length);
	return true;
}

static bool read_value(Reader *reader, PhpValue *place);

static bool read_elements(Reader *reader, PhpMap *map, int64_t count)
{
	if (reader->depth >= PHP_MAX_DEPTH) {
		reader->limit = "it is nested too deeply";
		return false;
	}
	reader->depth++;
	for (int64_t i = 0; i < count; i++) {
		g_autoptr(GString) owned = NULL;
		PhpKey key = {0};
		if (!read_key(reader, map->keys_are_names, &key, &owned) ||
			!read_value(reader, php_map_place(map, &key)))
			return false;
	}
	reader->depth--;
	return true;
}

static bool read_array(Reader *reader, PhpValue *place)
{
	if (!g_ascii_isdigit(peek(reader, 0)))
		return false;
	int64_t count = take_number(reader);
	if (!take(reader, ':') || !take(reader, '{'))
		return false;
	place->type = PHP_ARRAY;
	place->map = php_map_new(false);
	return (count == 0 || read_elements(reader, place->map, count)) && take(reader, '}');
}

static bool is_class_byte(char byte)
{
	return g_ascii_isalnum(byte) || byte == '_' || byte == '\\' || (guchar)byte >= 0x7f;
}

static bool read_class(Reader *reader, const char **ret_name, uint64_t *ret_length)
{
	if (!take_string(reader, ret_name, ret_length) || *ret_length == 0 ||
		(*ret_name)[0] == '\\')
		return false;
	for (uint64_t i = 0; i < *ret_length; i++)
		if (!is_class_byte((*ret_name)[i]))
			return false;
	return take(reader, ':');
}

static bool read_object(Reader *reader, PhpValue *place)
{
	const char *name = NULL;
	uint64_t length = 0;
	if (!read_class(reader, &name, &length))
		return false;
	int64_t count = take_number(reader);
	if (count < 0 || !take(reader, ':') || !take(reader, '{'))
		return false;
	place->type = PHP_OBJECT;
	place->text = g_string_new_len(name, (gssize)length);
	place->map = php_map_new(true);
	return read_elements(reader, place->map, count) && take(reader, '}');
}

static bool read_custom(Reader *reader, PhpValue *place)
{
	const char *name = NULL;
	uint64_t length = 0;
	if (!read_class(reader, &name, &length))
		return false;
	int64_t size = take_number(reader);
	if (size < 0 || !take(reader, ':') || !take(reader, '{') ||
		reader->length - reader->position <= (uint64_t)size)
		return false;
	place->type = PHP_CUSTOM;
	place->text = g_string_new_len(name, (gssize)length);
	place->payload = g_string_new_len(reader->data + reader->position, (gssize)size);
	reader->position += (size_t)size;
	return take(reader, '}');
}

static bool read_typed(Reader *reader, PhpValue *place, char kind)
{
	switch (kind) {
	case 'b':
		return read_bool(reader, place);
	case 'i':
		place->type = PHP_INT;
		return read_int(reader, &place->integer);
	case 'd':
		return read_float(reader, place);
	case 's':
		return read_string(reader, place);
	case 'S':
		return read_escaped_string(reader, place);
	case 'a':
		return read_array(reader, place);
	case 'O':
		return read_object(reader, place);
	case 'C':
		return read_custom(reader, place);
	case 'E':
		return read_enum(reader, place);
	case 'r':
	case 'R':
		return read_reference(reader, place, kind == 'r');
	default:
		return false;
	}
}

/* Reads into a place that holds null. Recursion ends at PHP_MAX_DEPTH. */
static bool read_value(Reader *reader, PhpValue *place)
{
	size_t start = reader->position;
	char kind = peek(reader, 0);
	place->slot = 0;
	if (kind != 'R') {
		if (reader->slots->len >= PHP_MAX_VALUES) {
			reader->limit = "it has too many values";
			return false;
		}
		g_ptr_array_add(reader->slots, place);
		place->slot = reader->slots->len;
	}
	bool is_read = skip_text(reader, "N;");
	if (!is_read && kind != '\0' && peek(reader, 1) == ':') {
		reader->position += 2;
		is_read = read_typed(reader, place, kind);
	}
	place->has_source = true;
	place->source_offset = start;
	place->source_length = reader->position - start;
	return is_read;
}

PhpValue *php_unserialize(const char *data, size_t length, GError **error)
{
	if (length > PHP_MAX_BYTES) {
		g_set_error(error, PHP_ERROR, PHP_ERROR_LIMIT,
			"cannot unserialize %zu bytes: more than %d", length, PHP_MAX_BYTES);
		return NULL;
	}
	g_autoptr(GPtrArray) slots = g_ptr_array_new();
	Reader reader = {.data = data, .length = length, .slots = slots};
	g_autoptr(PhpValue) value = php_null_new();
	bool is_read = read_value(&reader, value);
	value->referenced = reader.referenced;
	if (is_read)
		return g_steal_pointer(&value);
	if (reader.limit != NULL)
		g_set_error(error, PHP_ERROR, PHP_ERROR_LIMIT, "cannot unserialize %zu bytes: %s",
			length, reader.limit);
	else
		g_set_error(error, PHP_ERROR, PHP_ERROR_SYNTAX,
			"cannot unserialize %zu bytes: damaged at byte %zu", length,
			MIN(reader.position, length));
	return NULL;
}

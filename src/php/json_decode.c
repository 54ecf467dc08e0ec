/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads JSON exactly as PHP's json_decode( $text, true ) does. (cJSON rounds large ints, keeps
 * equal keys apart and takes texts that PHP refuses.) */
#include "php/json.h"

#include <errno.h>
#include <string.h>

enum { MAX_BYTES = 64 << 20, MAX_VALUES = 1 << 20, FIRST_INVALID = 0x110000 };

/* PHP counts the outermost value as a level of its own 512. */
enum { MAX_DEPTH = 512 };

typedef struct {
	const char *text;
	size_t length;
	size_t position;
	unsigned depth;
	unsigned values;
	const char *why; /* set on the first failure that is more than bad syntax */
} Reader;

static char peek(const Reader *reader)
{
	return reader->position < reader->length ? reader->text[reader->position] : '\0';
}

static bool take(Reader *reader, char expected)
{
	if (reader->position >= reader->length || reader->text[reader->position] != expected)
		return false;
	reader->position++;
	return true;
}

static bool take_word(Reader *reader, const char *word)
{
	size_t length = strlen(word);
	if (reader->length - reader->position < length ||
		memcmp(reader->text + reader->position, word, length) != 0)
		return false;
	reader->position += length;
	return true;
}

static void skip_space(Reader *reader)
{
	while (take(reader, ' ') || take(reader, '\t') || take(reader, '\r') || take(reader, '\n'))
		continue;
}

static bool take_unit(Reader *reader, gunichar *ret_unit)
{
	enum { HEX_DIGITS = 4 };
	gunichar unit = 0;
	for (int i = 0; i < HEX_DIGITS; i++) {
		if (!g_ascii_isxdigit(peek(reader)))
			return false;
		unit = unit * 16 + (gunichar)g_ascii_xdigit_value(peek(reader));
		reader->position++;
	}
	*ret_unit = unit;
	return true;
}

/* After `\u`: a character, or the first of a pair of surrogates, whose second must follow. */
static bool read_unicode_escape(Reader *reader, GString *out)
{
	gunichar unit = 0;
	if (!take_unit(reader, &unit))
		return false;
	if (unit >= 0xd800 && unit < 0xe000) {
		gunichar low = 0;
		if (unit >= 0xdc00 || !take_word(reader, "\\u") || !take_unit(reader, &low) ||
			low < 0xdc00 || low >= 0xe000) {
			reader->why = "a lone surrogate";
			return false;
		}
		unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
	}
	/* g_string_append_unichar() would take NUL for nothing. */
	if (unit == 0)
		g_string_append_c(out, '\0');
	else
		g_string_append_unichar(out, unit);
	return true;
}

static bool read_escape(Reader *reader, GString *out)
{
	static const char names[] = "\"\\/bfnrt";
	static const char bytes[] = "\"\\/\b\f\n\r\t";
	char name = peek(reader);
	reader->position++;
	if (name == 'u')
		return read_unicode_escape(reader, out);
	const char *found = name == '\0' ? NULL : strchr(names, name);
	if (found == NULL)
		return false;
	g_string_append_c(out, bytes[found - names]);
	return true;
}

static bool read_character(Reader *reader, GString *out)
{
	const char *start = reader->text + reader->position;
	guchar first = (guchar)*start;
	size_t size = 1;
	if (first < 0x20) {
		reader->why = "a control character";
		return false;
	}
	if (first >= 0x80) {
		gunichar character = g_utf8_get_char_validated(
			start, (gssize)(reader->length - reader->position));
		if (character >= FIRST_INVALID) {
			reader->why = "invalid UTF-8";
			return false;
		}
		size = (size_t)(g_utf8_next_char(start) - start);
	}
	g_string_append_len(out, start, (gssize)size);
	reader->position += size;
	return true;
}

/* The bytes up to the closing quote: no fewer than the text will have. */
static size_t written_length(const Reader *reader)
{
	size_t end = reader->position;
	while (end < reader->length && reader->text[end] != '"')
		end += reader->text[end] == '\\' ? 2 : 1;
	return MIN(end, reader->length) - reader->position;
}

/* NULL when it is none. Caller frees. It never moves while it grows, which would leave copies of
 * passwords behind. */
static GString *read_text(Reader *reader)
{
	if (!take(reader, '"'))
		return NULL;
	g_autoptr(GString) out = g_string_sized_new(written_length(reader) + 1);
	while (reader->position < reader->length) {
		if (take(reader, '"'))
			return g_steal_pointer(&out);
		bool is_read =
			take(reader, '\\') ? read_escape(reader, out) : read_character(reader, out);
		if (!is_read)
			return NULL;
	}
	return NULL;
}

static bool skip_digits(Reader *reader)
{
	size_t start = reader->position;
	while (g_ascii_isdigit(peek(reader)))
		reader->position++;
	return reader->position > start;
}

static PhpValue *read_number(Reader *reader)
{
	size_t start = reader->position;
	bool is_int = true;
	take(reader, '-');
	if (!take(reader, '0') && !skip_digits(reader))
		return NULL;
	if (take(reader, '.')) {
		is_int = false;
		if (!skip_digits(reader))
			return NULL;
	}
	if (take(reader, 'e') || take(reader, 'E')) {
		is_int = false;
		if (!take(reader, '+'))
			take(reader, '-');
		if (!skip_digits(reader))
			return NULL;
	}
	g_autofree char *digits = g_strndup(reader->text + start, reader->position - start);
	if (is_int) {
		errno = 0;
		int64_t number = g_ascii_strtoll(digits, NULL, 10);
		if (errno != ERANGE)
			return php_int_new(number);
	}
	return php_float_new(g_ascii_strtod(digits, NULL));
}

static PhpValue *read_value(Reader *reader);

static bool read_elements(Reader *reader, PhpValue *array)
{
	skip_space(reader);
	if (take(reader, ']'))
		return true;
	do {
		PhpValue *value = read_value(reader);
		if (value == NULL)
			return false;
		php_array_append(array, value);
		skip_space(reader);
	} while (take(reader, ','));
	return take(reader, ']');
}

static bool read_members(Reader *reader, PhpValue *array)
{
	skip_space(reader);
	if (take(reader, '}'))
		return true;
	do {
		skip_space(reader);
		g_autoptr(GString) name = read_text(reader);
		skip_space(reader);
		PhpValue *value = name != NULL && take(reader, ':') ? read_value(reader) : NULL;
		if (value == NULL)
			return false;
		PhpKey key = php_key_from_text(name->str, name->len);
		php_array_set_key(array, &key, value);
		skip_space(reader);
	} while (take(reader, ','));
	return take(reader, '}');
}

static PhpValue *read_container(Reader *reader)
{
	if (++reader->depth >= MAX_DEPTH) {
		reader->why = "more than 512 levels";
		return NULL;
	}
	g_autoptr(PhpValue) array = php_array_new();
	bool is_read = take(reader, '[') ? read_elements(reader, array)
					 : take(reader, '{') && read_members(reader, array);
	reader->depth--;
	return is_read ? g_steal_pointer(&array) : NULL;
}

/* Recursion ends at MAX_DEPTH. */
static PhpValue *read_value(Reader *reader)
{
	if (++reader->values > MAX_VALUES) {
		reader->why = "too many values";
		return NULL;
	}
	skip_space(reader);
	switch (peek(reader)) {
	case '{':
	case '[':
		return read_container(reader);
	case '"': {
		GString *text = read_text(reader);
		return text == NULL ? NULL : php_string_take(text);
	}
	case 'n':
		return take_word(reader, "null") ? php_null_new() : NULL;
	case 't':
		return take_word(reader, "true") ? php_bool_new(true) : NULL;
	case 'f':
		return take_word(reader, "false") ? php_bool_new(false) : NULL;
	default:
		return read_number(reader);
	}
}

PhpValue *php_json_decode(const char *text, size_t length, GError **error)
{
	if (length > MAX_BYTES) {
		g_set_error(error, PHP_ERROR, PHP_ERROR_LIMIT,
			"cannot read %zu bytes of JSON: more than %d", length, MAX_BYTES);
		return NULL;
	}
	Reader reader = {.text = text, .length = length};
	g_autoptr(PhpValue) value = read_value(&reader);
	skip_space(&reader);
	if (value != NULL && reader.position == length)
		return g_steal_pointer(&value);
	g_set_error(error, PHP_ERROR, PHP_ERROR_SYNTAX,
		"cannot read %zu bytes of JSON: %s at byte %zu", length,
		reader.why == NULL ? "bad syntax" : reader.why, MIN(reader.position, length));
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes JSON as PHP's json_encode() with JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES. */
#include "php/json.h"

#include <math.h>
#include <string.h>

enum { MAX_DEPTH = 512, FIRST_INVALID = 0x110000 };

static void append_escaped(GString *out, gunichar character)
{
	static const char short_names[] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
	if (character < sizeof short_names && short_names[character] != '\0')
		g_string_append_printf(out, "\\%c", short_names[character]);
	else if (character == '"' || character == '\\')
		g_string_append_printf(out, "\\%c", (char)character);
	else
		g_string_append_printf(out, "\\u%04x", character);
}

/* Line and paragraph separators stay escaped: JavaScript once took them for line ends. */
static bool needs_escape(gunichar character)
{
	return character < 0x20 || character == '"' || character == '\\' || character == 0x2028 ||
	       character == 0x2029;
}

/* False, with part of it appended, when it is not UTF-8. */
static bool append_string(GString *out, const char *text, size_t length)
{
	g_string_append_c(out, '"');
	for (const char *p = text; p < text + length;) {
		gunichar character = (guchar)*p;
		size_t size = 1;
		if (character >= 0x80) {
			character = g_utf8_get_char_validated(p, text + length - p);
			if (character >= FIRST_INVALID)
				return false;
			size = (size_t)(g_utf8_next_char(p) - p);
		}
		if (needs_escape(character))
			append_escaped(out, character);
		else
			g_string_append_len(out, p, (gssize)size);
		p += size;
	}
	g_string_append_c(out, '"');
	return true;
}

void php_json_append_text(GString *out, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text == NULL ? "" : text, -1);
	append_string(out, valid, strlen(valid));
}

static bool append_text(GString *out, const char *text, size_t length, GError **error)
{
	if (append_string(out, text, length))
		return true;
	g_set_error_literal(error, PHP_ERROR, PHP_ERROR_VALUE,
		"cannot write as JSON: a text is not valid UTF-8");
	return false;
}

static bool append_value(GString *out, const PhpValue *value, unsigned depth, GError **error);

static bool append_list(GString *out, const PhpValue *list, unsigned depth, GError **error)
{
	g_string_append_c(out, '[');
	for (size_t i = 0; i < php_value_size(list); i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		if (!append_value(out, php_value_at(list, i, NULL), depth, error))
			return false;
	}
	g_string_append_c(out, ']');
	return true;
}

static bool append_map(GString *out, const PhpValue *map, unsigned depth, GError **error)
{
	bool is_object = php_value_type(map) == PHP_OBJECT;
	const char *separator = "";
	g_string_append_c(out, '{');
	for (size_t i = 0; i < php_value_size(map); i++) {
		PhpKey key = {0};
		const PhpValue *value = php_value_at(map, i, &key);
		/* Protected and private properties have a NUL before their names. */
		if (is_object && key.length > 0 && key.text[0] == '\0')
			continue;
		g_string_append(out, separator);
		separator = ",";
		if (key.is_int)
			g_string_append_printf(out, "\"%" G_GINT64_FORMAT "\"", key.number);
		else if (!append_text(out, key.text, key.length, error))
			return false;
		g_string_append_c(out, ':');
		if (!append_value(out, value, depth, error))
			return false;
	}
	g_string_append_c(out, '}');
	return true;
}

static bool append_container(GString *out, const PhpValue *value, unsigned depth, GError **error)
{
	if (depth >= MAX_DEPTH) {
		g_set_error(error, PHP_ERROR, PHP_ERROR_LIMIT,
			"cannot write as JSON: more than %d levels", MAX_DEPTH);
		return false;
	}
	return php_array_is_list(value) ? append_list(out, value, depth + 1, error)
					: append_map(out, value, depth + 1, error);
}

static bool append_float(GString *out, double number, GError **error)
{
	if (!isfinite(number)) {
		g_set_error_literal(error, PHP_ERROR, PHP_ERROR_VALUE,
			"cannot write as JSON: a number is infinite or none");
		return false;
	}
	php_float_append(out, number, 'e');
	return true;
}

/* Recursion ends at MAX_DEPTH. */
static bool append_value(GString *out, const PhpValue *value, unsigned depth, GError **error)
{
	size_t length = 0;
	const char *text = php_value_bytes(value, &length);
	switch (php_value_type(value)) {
	case PHP_NULL:
		g_string_append(out, "null");
		return true;
	case PHP_BOOL:
		g_string_append(out, php_value_truthy(value) ? "true" : "false");
		return true;
	case PHP_INT:
		g_string_append_printf(out, "%" G_GINT64_FORMAT, php_value_to_int(value));
		return true;
	case PHP_FLOAT:
		return append_float(out, php_value_float(value), error);
	case PHP_STRING:
		return append_text(out, text, length, error);
	case PHP_ARRAY:
	case PHP_OBJECT:
		return append_container(out, value, depth, error);
	default:
		g_set_error_literal(error, PHP_ERROR, PHP_ERROR_VALUE,
			"cannot write as JSON: an enum or a class with its own format");
		return false;
	}
}

GString *php_json_encode(const PhpValue *value, GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	return append_value(out, value, 0, error) ? g_steal_pointer(&out) : NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the vectors' typed values. */
#include "check-value.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const char *member_string(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static double float_from_name(const char *name)
{
	if (g_str_equal(name, "INF"))
		return INFINITY;
	if (g_str_equal(name, "-INF"))
		return -INFINITY;
	return g_str_equal(name, "NAN") ? NAN : g_ascii_strtod(name, NULL);
}

/* The name under which PHP keeps a property: "\0*\0y" when protected, "\0Class\0z" when private. */
static GString *property_name(const cJSON *property)
{
	static const char private_of[] = "private of ";
	g_autoptr(GString) plain = check_member(property, "v");
	const char *visibility = member_string(property, "visibility");
	if (plain == NULL || visibility == NULL)
		return NULL;
	GString *name = g_string_new(NULL);
	if (g_str_has_prefix(visibility, private_of))
		g_string_append_printf(name, "%c%s%c", 0, visibility + strlen(private_of), 0);
	else if (g_str_equal(visibility, "protected"))
		g_string_append_printf(name, "%c*%c", 0, 0);
	g_string_append_len(name, plain->str, (gssize)plain->len);
	return name;
}

static PhpValue *fill_object(PhpValue *take_object, const cJSON *properties)
{
	g_autoptr(PhpValue) object = take_object;
	const cJSON *pair = NULL;
	cJSON_ArrayForEach(pair, properties)
	{
		g_autoptr(GString) name = property_name(cJSON_GetArrayItem(pair, 0));
		PhpValue *value = check_value_new(cJSON_GetArrayItem(pair, 1));
		if (name == NULL || value == NULL) {
			php_value_free(value);
			return NULL;
		}
		php_array_set_key(object, &(PhpKey){.text = name->str, .length = name->len}, value);
	}
	return g_steal_pointer(&object);
}

static PhpValue *array_new(const cJSON *elements)
{
	g_autoptr(PhpValue) array = php_array_new();
	const cJSON *pair = NULL;
	cJSON_ArrayForEach(pair, elements)
	{
		g_autoptr(PhpValue) key_value = check_value_new(cJSON_GetArrayItem(pair, 0));
		PhpValue *value = check_value_new(cJSON_GetArrayItem(pair, 1));
		if (key_value == NULL || value == NULL) {
			php_value_free(value);
			return NULL;
		}
		PhpKey key = {.is_int = php_value_type(key_value) == PHP_INT};
		if (key.is_int)
			key.number = php_value_to_int(key_value);
		else
			key.text = php_value_bytes(key_value, &key.length);
		php_array_set_key(array, &key, value);
	}
	return g_steal_pointer(&array);
}

static PhpValue *enum_new(const cJSON *typed)
{
	g_autofree char *name = g_strdup_printf(
		"%s:%s", member_string(typed, "class"), member_string(typed, "case"));
	return php_enum_new(name, strlen(name));
}

PhpValue *check_value_new(const cJSON *typed)
{
	const char *type = member_string(typed, "t");
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(typed, "v");
	const char *digits = cJSON_GetStringValue(item);
	if (type == NULL)
		return NULL;
	if (g_str_equal(type, "null"))
		return php_null_new();
	if (g_str_equal(type, "bool"))
		return php_bool_new(cJSON_IsTrue(item));
	if (g_str_equal(type, "int") && digits != NULL)
		return php_int_new(g_ascii_strtoll(digits, NULL, 10));
	if (g_str_equal(type, "float") && digits != NULL)
		return php_float_new(float_from_name(digits));
	if (g_str_equal(type, "array"))
		return array_new(item);
	if (g_str_equal(type, "enum"))
		return enum_new(typed);
	if (g_str_equal(type, "object")) {
		g_autoptr(GString) name = check_member(typed, "class");
		return name == NULL ? NULL
				    : fill_object(php_object_new(name->str, name->len), item);
	}
	g_autoptr(GString) text = g_str_equal(type, "string") ? check_text(item) : NULL;
	return text == NULL ? NULL : php_string_new(text->str, text->len);
}

/* The vectors show a custom class, whose bytes only it understands, as an object without
 * properties.
 */
static PhpType shown_type(const PhpValue *value)
{
	PhpType type = php_value_type(value);
	return type == PHP_CUSTOM ? PHP_OBJECT : type;
}

static bool equal_scalars(const PhpValue *left, const PhpValue *right)
{
	if (php_value_type(left) == PHP_FLOAT) {
		double a = php_value_float(left);
		double b = php_value_float(right);
		return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
	}
	size_t left_length = 0;
	size_t right_length = 0;
	const char *left_bytes = php_value_bytes(left, &left_length);
	const char *right_bytes = php_value_bytes(right, &right_length);
	if (left_bytes == NULL || right_bytes == NULL)
		return left_bytes == right_bytes &&
		       php_value_to_int(left) == php_value_to_int(right);
	if (left_length != right_length)
		return false;
	/* PHP names a class that it knows as it was declared, whatever the case in the text. */
	return shown_type(left) == PHP_OBJECT
		       ? g_ascii_strncasecmp(left_bytes, right_bytes, left_length) == 0
		       : memcmp(left_bytes, right_bytes, left_length) == 0;
}

static bool equal_values(const PhpValue *left, const PhpValue *right)
{
	if (shown_type(left) != shown_type(right) || php_value_size(left) != php_value_size(right))
		return false;
	for (size_t i = 0; i < php_value_size(left); i++) {
		PhpKey left_key = {0};
		PhpKey right_key = {0};
		const PhpValue *left_value = php_value_at(left, i, &left_key);
		const PhpValue *right_value = php_value_at(right, i, &right_key);
		if (left_key.is_int != right_key.is_int || left_key.number != right_key.number ||
			left_key.length != right_key.length ||
			(!left_key.is_int &&
				memcmp(left_key.text, right_key.text, left_key.length) != 0) ||
			!equal_values(left_value, right_value))
			return false;
	}
	return php_value_type(left) == PHP_ARRAY || equal_scalars(left, right);
}

void check_equal_value(Check *check, const char *what, const cJSON *typed, const PhpValue *got)
{
	if (cJSON_IsNull(typed))
		return;
	g_autoptr(PhpValue) expected = check_value_new(typed);
	if (expected == NULL) {
		check_skip(check, "a value is described in words only");
		return;
	}
	if (got != NULL && equal_values(expected, got))
		return;
	g_autoptr(GString) expected_text = php_serialize(expected);
	g_autoptr(GString) got_text = got == NULL ? NULL : php_serialize(got);
	check_mismatch_bytes(check, what, expected_text, got_text);
}

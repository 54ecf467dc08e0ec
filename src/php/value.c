/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PHP's values: ordered maps, conversions, and the places that references mean. */
#include "php/value_private.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { INDEX_FROM_ENTRIES = 8, MAX_REFERENCE_HOPS = 16 };

G_DEFINE_QUARK(prm - calendar - php, php_error)

static guint entry_hash(gconstpointer pointer)
{
	const PhpEntry *entry = pointer;
	if (entry->is_int)
		return g_int64_hash(&entry->number);
	guint hash = 5381;
	for (size_t i = 0; i < entry->length; i++)
		hash = hash * 33 + (guchar)entry->text[i];
	return hash;
}

static gboolean entry_equal(gconstpointer left, gconstpointer right)
{
	const PhpEntry *a = left;
	const PhpEntry *b = right;
	if (a->is_int || b->is_int)
		return a->is_int && b->is_int && a->number == b->number;
	return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static void entry_free(gpointer pointer)
{
	PhpEntry *entry = pointer;
	php_value_free(entry->value);
	g_free(entry->text);
	g_free(entry);
}

PhpMap *php_map_new(bool keys_are_names)
{
	PhpMap *map = g_new0(PhpMap, 1);
	map->entries = g_ptr_array_new_with_free_func(entry_free);
	map->keys_are_names = keys_are_names;
	return map;
}

static void map_free(PhpMap *map)
{
	if (map == NULL)
		return;
	g_clear_pointer(&map->index, g_hash_table_unref);
	g_ptr_array_unref(map->entries);
	g_free(map);
}

static PhpEntry *map_find(const PhpMap *map, const PhpKey *key)
{
	PhpEntry probe = {.is_int = key->is_int,
		.number = key->number,
		.text = (char *)key->text,
		.length = key->length};
	if (map->index != NULL)
		return g_hash_table_lookup(map->index, &probe);
	for (guint i = 0; i < map->entries->len; i++)
		if (entry_equal(g_ptr_array_index(map->entries, i), &probe))
			return g_ptr_array_index(map->entries, i);
	return NULL;
}

static PhpEntry *map_add(PhpMap *map, const PhpKey *key)
{
	PhpEntry *entry = g_new0(PhpEntry, 1);
	entry->is_int = key->is_int;
	entry->number = key->number;
	if (!key->is_int) {
		entry->text = g_malloc(key->length + 1);
		memcpy(entry->text, key->text, key->length);
		entry->text[key->length] = '\0';
		entry->length = key->length;
	}
	entry->value = php_value_new(PHP_NULL);
	g_ptr_array_add(map->entries, entry);
	if (key->is_int && key->number >= map->next_index && key->number < INT64_MAX)
		map->next_index = key->number + 1;

	if (map->index != NULL) {
		g_hash_table_add(map->index, entry);
	} else if (map->entries->len > INDEX_FROM_ENTRIES) {
		map->index = g_hash_table_new(entry_hash, entry_equal);
		for (guint i = 0; i < map->entries->len; i++)
			g_hash_table_add(map->index, g_ptr_array_index(map->entries, i));
	}
	return entry;
}

PhpValue *php_map_place(PhpMap *map, const PhpKey *key)
{
	PhpEntry *entry = map_find(map, key);
	if (entry == NULL)
		return map_add(map, key)->value;
	php_place_fill(entry->value, php_value_new(PHP_NULL));
	return entry->value;
}

void php_place_fill(PhpValue *place, PhpValue *take_value)
{
	/* The slot is the place's, whatever it holds. */
	uint64_t slot = place->slot;
	PhpValue *old = g_new(PhpValue, 1);
	*old = *place;
	*place = *take_value;
	place->slot = slot;
	if (old->type == PHP_NULL && old->overwritten == NULL)
		g_free(old);
	else
		place->overwritten = old;
	g_free(take_value);
}

PhpValue *php_value_new(PhpType type)
{
	PhpValue *value = g_new0(PhpValue, 1);
	value->type = type;
	return value;
}

PhpValue *php_null_new(void)
{
	return php_value_new(PHP_NULL);
}

PhpValue *php_bool_new(bool boolean)
{
	PhpValue *value = php_value_new(PHP_BOOL);
	value->integer = boolean;
	return value;
}

PhpValue *php_int_new(int64_t integer)
{
	PhpValue *value = php_value_new(PHP_INT);
	value->integer = integer;
	return value;
}

PhpValue *php_float_new(double number)
{
	PhpValue *value = php_value_new(PHP_FLOAT);
	value->number = number;
	return value;
}

PhpValue *php_string_new(const char *data, size_t length)
{
	PhpValue *value = php_value_new(PHP_STRING);
	value->text = g_string_new_len(data, (gssize)length);
	return value;
}

PhpValue *php_string_take(GString *take_text)
{
	PhpValue *value = php_value_new(PHP_STRING);
	value->text = take_text;
	return value;
}

PhpValue *php_array_new(void)
{
	PhpValue *value = php_value_new(PHP_ARRAY);
	value->map = php_map_new(false);
	return value;
}

PhpValue *php_object_new(const char *class_name, size_t length)
{
	PhpValue *value = php_value_new(PHP_OBJECT);
	value->text = g_string_new_len(class_name, (gssize)length);
	value->map = php_map_new(true);
	return value;
}

PhpValue *php_enum_new(const char *class_and_case, size_t length)
{
	PhpValue *value = php_value_new(PHP_ENUM);
	value->text = g_string_new_len(class_and_case, (gssize)length);
	return value;
}

/* Recursion is as deep as the value, which its readers limit. */
void php_value_free(PhpValue *value)
{
	while (value != NULL) {
		PhpValue *overwritten = value->overwritten;
		if (value->text != NULL)
			g_string_free(value->text, TRUE);
		if (value->payload != NULL)
			g_string_free(value->payload, TRUE);
		map_free(value->map);
		g_clear_pointer(&value->referenced, g_hash_table_unref);
		g_free(value);
		value = overwritten;
	}
}

/* Recursion as above. */
static void wipe(PhpValue *value)
{
	if (value->text != NULL)
		explicit_bzero(value->text->str, value->text->allocated_len);
	for (guint i = 0; value->map != NULL && i < value->map->entries->len; i++)
		wipe(((PhpEntry *)g_ptr_array_index(value->map->entries, i))->value);
	if (value->overwritten != NULL)
		wipe(value->overwritten);
}

void php_value_free_secret(PhpValue *value)
{
	if (value != NULL)
		wipe(value);
	php_value_free(value);
}

const PhpValue *php_value_resolve(const PhpValue *value)
{
	static const PhpValue null_value = {.type = PHP_NULL};
	if (value == NULL)
		return &null_value;
	for (int hops = 0; value->type == PHP_REFERENCE && value->target != NULL; hops++) {
		if (hops == MAX_REFERENCE_HOPS)
			return &null_value;
		value = value->target;
	}
	return value;
}

PhpType php_value_type(const PhpValue *value)
{
	return php_value_resolve(value)->type;
}

bool php_value_is_string(const PhpValue *value)
{
	return php_value_type(value) == PHP_STRING;
}

bool php_value_is_array(const PhpValue *value)
{
	return php_value_type(value) == PHP_ARRAY;
}

bool php_value_truthy(const PhpValue *value)
{
	value = php_value_resolve(value);
	switch (value->type) {
	case PHP_NULL:
		return false;
	case PHP_BOOL:
	case PHP_INT:
		return value->integer != 0;
	case PHP_FLOAT:
		return value->number != 0;
	case PHP_STRING:
		return value->text->len > 1 ||
		       (value->text->len == 1 && value->text->str[0] != '0');
	case PHP_ARRAY:
		return value->map->entries->len > 0;
	default:
		return true;
	}
}

static int64_t float_to_int(double number)
{
	if (isnan(number))
		return 0;
	if (number >= 0x1p63)
		return INT64_MAX;
	return number < -0x1p63 ? INT64_MIN : (int64_t)number;
}

/* "90", " 90 days" and "9e1" are 90 (PHP's numeric strings); "days" is 0. */
static int64_t text_to_int(const char *text)
{
	while (*text != '\0' && strchr(" \t\n\r\v\f", *text) != NULL)
		text++;
	const char *digits = text + (*text == '-' || *text == '+');
	if (!g_ascii_isdigit(*digits) && !(*digits == '.' && g_ascii_isdigit(digits[1])))
		return 0;
	/* strtod() knows hexadecimal numbers, PHP does not. */
	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
		return 0;
	const char *end = digits;
	while (g_ascii_isdigit(*end))
		end++;
	if (*end == '.' || *end == 'e' || *end == 'E')
		return float_to_int(g_ascii_strtod(text, NULL));
	return g_ascii_strtoll(text, NULL, 10);
}

int64_t php_value_to_int(const PhpValue *value)
{
	value = php_value_resolve(value);
	switch (value->type) {
	case PHP_BOOL:
	case PHP_INT:
		return value->integer;
	case PHP_FLOAT:
		return float_to_int(value->number);
	case PHP_STRING:
		return text_to_int(value->text->str);
	default:
		return php_value_truthy(value) ? 1 : 0;
	}
}

double php_value_float(const PhpValue *value)
{
	value = php_value_resolve(value);
	return value->type == PHP_FLOAT ? value->number : 0;
}

const char *php_value_bytes(const PhpValue *value, size_t *ret_length)
{
	value = php_value_resolve(value);
	if (value->text == NULL)
		return NULL;
	if (ret_length != NULL)
		*ret_length = value->text->len;
	return value->text->str;
}

char *php_value_to_string(const PhpValue *value)
{
	value = php_value_resolve(value);
	switch (value->type) {
	case PHP_NULL:
		return g_strdup("");
	case PHP_BOOL:
		return g_strdup(value->integer != 0 ? "1" : "");
	case PHP_INT:
		return g_strdup_printf("%" G_GINT64_FORMAT, value->integer);
	case PHP_FLOAT: {
		GString *digits = g_string_new(NULL);
		php_float_append(digits, value->number, 'E');
		return g_string_free(digits, FALSE);
	}
	case PHP_STRING:
		return strlen(value->text->str) == value->text->len ? g_strdup(value->text->str)
								    : NULL;
	default:
		return NULL;
	}
}

size_t php_value_size(const PhpValue *value)
{
	value = php_value_resolve(value);
	return value->map == NULL ? 0 : value->map->entries->len;
}

const PhpValue *php_value_at(const PhpValue *value, size_t index, PhpKey *ret_key)
{
	value = php_value_resolve(value);
	g_assert(index < php_value_size(value));
	const PhpEntry *entry = g_ptr_array_index(value->map->entries, index);
	if (ret_key != NULL)
		*ret_key = (PhpKey){entry->is_int, entry->number, entry->text, entry->length};
	return entry->value;
}

const PhpValue *php_array_get_key(const PhpValue *array, const PhpKey *key)
{
	array = php_value_resolve(array);
	const PhpEntry *entry = array->map == NULL ? NULL : map_find(array->map, key);
	return entry == NULL ? NULL : entry->value;
}

const PhpValue *php_array_get(const PhpValue *array, const char *key)
{
	PhpKey wanted = php_key_from_text(key, strlen(key));
	return php_array_get_key(array, &wanted);
}

void php_array_set_key(PhpValue *array, const PhpKey *key, PhpValue *take_value)
{
	g_assert(array->map != NULL);
	php_place_fill(php_map_place(array->map, key), take_value);
}

void php_array_set(PhpValue *array, const char *key, PhpValue *take_value)
{
	g_assert(array->map != NULL);
	PhpKey wanted = {.text = key, .length = strlen(key)};
	if (!array->map->keys_are_names)
		wanted = php_key_from_text(key, strlen(key));
	php_array_set_key(array, &wanted, take_value);
}

void php_array_append(PhpValue *array, PhpValue *take_value)
{
	g_assert(array->type == PHP_ARRAY);
	PhpKey key = {.is_int = true, .number = array->map->next_index};
	php_array_set_key(array, &key, take_value);
}

bool php_array_is_list(const PhpValue *array)
{
	array = php_value_resolve(array);
	if (array->type != PHP_ARRAY)
		return false;
	for (guint i = 0; i < array->map->entries->len; i++) {
		const PhpEntry *entry = g_ptr_array_index(array->map->entries, i);
		if (!entry->is_int || entry->number != i)
			return false;
	}
	return true;
}

PhpKey php_key_from_text(const char *text, size_t length)
{
	enum { MAX_DIGITS = 19 };
	PhpKey key = {.text = text, .length = length};
	size_t sign = length > 0 && text[0] == '-' ? 1 : 0;
	if (length == sign || length - sign > MAX_DIGITS || (text[sign] == '0' && length > 1))
		return key;
	for (size_t i = sign; i < length; i++)
		if (!g_ascii_isdigit(text[i]))
			return key;

	char digits[MAX_DIGITS + 2] = "";
	memcpy(digits, text, length);
	errno = 0;
	int64_t number = g_ascii_strtoll(digits, NULL, 10);
	return errno == ERANGE ? key : (PhpKey){.is_int = true, .number = number};
}

bool php_value_source(const PhpValue *value, size_t *ret_offset, size_t *ret_length)
{
	if (!value->has_source)
		return false;
	*ret_offset = value->source_offset;
	*ret_length = value->source_length;
	return true;
}

uint64_t php_value_slot(const PhpValue *value)
{
	return value->slot;
}

bool php_value_has_references(const PhpValue *root)
{
	return root->referenced != NULL;
}

bool php_value_is_referenced(const PhpValue *root, uint64_t slot)
{
	return root->referenced != NULL && g_hash_table_contains(root->referenced, &slot);
}

uint64_t php_value_reference(const PhpValue *value)
{
	return value->reference;
}

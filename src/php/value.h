/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PHP's values as WordPress stores them: typed, with ordered arrays; what we do not understand is
 * kept. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
	PHP_ERROR_SYNTAX, /* PHP would refuse this text, too */
	PHP_ERROR_LIMIT,  /* too large or too deep */
	PHP_ERROR_VALUE,  /* the value has no such form (INF as JSON, invalid UTF-8) */
} PhpError;
#define PHP_ERROR (php_error_quark())
GQuark php_error_quark(void);

typedef enum {
	PHP_NULL,
	PHP_BOOL,
	PHP_INT,
	PHP_FLOAT,
	PHP_STRING, /* bytes, which may hold NUL and need not be UTF-8 */
	PHP_ARRAY,
	PHP_OBJECT,    /* O: class and properties */
	PHP_CUSTOM,    /* C: class and bytes that only the class understands */
	PHP_ENUM,      /* E: "Class:Case" */
	PHP_REFERENCE, /* R: or r: whose target was lost; else references are followed */
} PhpType;

typedef struct PhpValue PhpValue;

/* The key of an array element or the (mangled) name of a property. Borrowed. */
typedef struct {
	bool is_int;
	int64_t number;   /* when is_int */
	const char *text; /* else: NUL-terminated, but may hold NUL before its end */
	size_t length;
} PhpKey;

/* Each is owned by the caller until handed over. */
PhpValue *php_null_new(void);
PhpValue *php_bool_new(bool boolean);
PhpValue *php_int_new(int64_t integer);
PhpValue *php_float_new(double number);
PhpValue *php_string_new(const char *data, size_t length);
PhpValue *php_string_take(GString *take_text);
PhpValue *php_array_new(void);
PhpValue *php_object_new(const char *class_name, size_t length);
PhpValue *php_enum_new(const char *class_and_case, size_t length);
void php_value_free(PhpValue *value);

/* The same for values that hold secrets: their texts are wiped first. */
void php_value_free_secret(PhpValue *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PhpValue, php_value_free)

/* All readers follow references and take NULL for PHP's null. */
PhpType php_value_type(const PhpValue *value);
bool php_value_is_string(const PhpValue *value);
bool php_value_is_array(const PhpValue *value);

/* PHP's (bool): "", "0", 0, 0.0, [] and null are false; objects are true. */
bool php_value_truthy(const PhpValue *value);

/* PHP's (int): leading number of a string, floats cut, else 0; too large numbers saturate. */
int64_t php_value_to_int(const PhpValue *value);

/* The number of a PHP_FLOAT, else 0. */
double php_value_float(const PhpValue *value);

/* The bytes of a string, the class of an object, "Class:Case" of an enum; NULL for other types.
 * Borrowed, NUL-terminated. `ret_length` may be NULL. */
const char *php_value_bytes(const PhpValue *value, size_t *ret_length);

/* PHP's (string) for null, bool, int, float and string; NULL for what has none and for strings with
 * a NUL inside. Caller frees. */
char *php_value_to_string(const PhpValue *value);

/* Elements of an array or properties of an object, in order; 0 for other types. */
size_t php_value_size(const PhpValue *value);
const PhpValue *php_value_at(const PhpValue *value, size_t index, PhpKey *ret_key);

/* The element of that key, where "5" is PHP's int key 5; NULL when there is none or `array` is
 * none. Borrowed. */
const PhpValue *php_array_get(const PhpValue *array, const char *key);
const PhpValue *php_array_get_key(const PhpValue *array, const PhpKey *key);

/* Sets an element of an array or a property of an object in its place, or adds it at the end.
 * Consumes `take_value`. Not for values with references: their numbers count positions. */
void php_array_set(PhpValue *array, const char *key, PhpValue *take_value);
void php_array_set_key(PhpValue *array, const PhpKey *key, PhpValue *take_value);

/* `$array[] = value`. Consumes `take_value`. */
void php_array_append(PhpValue *array, PhpValue *take_value);

/* True when the keys are 0, 1, 2 … in order (array_is_list()). */
bool php_array_is_list(const PhpValue *array);

/* PHP's array keys: a canonical decimal int64 ("5", "-5", not "05" or "-0") is an int. */
PhpKey php_key_from_text(const char *text, size_t length);

/* Appends as `serialize_precision = -1` does: the shortest digits that read back to the same
 * double; `exponent` is 'E' (serialize) or 'e' (JSON). INF, -INF and NAN by name. */
void php_float_append(GString *out, double value, char exponent);

/* unserialize(): PHP's acceptance, its wrapping lengths, saturating ints and depth of 4096;
 * whatever follows a complete value is ignored. Classes are taken to exist. NULL and PHP_ERROR
 * otherwise. */
PhpValue *php_unserialize(
	const char *data, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* serialize(): for what php_unserialize() read from PHP's own writing, the same bytes. Caller
 * frees. */
GString *php_serialize(const PhpValue *value);

/* Where php_unserialize() read this very value (a reference is not followed); false when it was
 * made otherwise. */
bool php_value_source(const PhpValue *value, size_t *ret_offset, size_t *ret_length);

/* The number by which R: and r: mean this value; 0 for what has none. */
uint64_t php_value_slot(const PhpValue *value);

/* For what php_unserialize() returned: whether there is any R: or r: in it, and whether one means
 * that slot. */
bool php_value_has_references(const PhpValue *root);
bool php_value_is_referenced(const PhpValue *root, uint64_t slot);

/* For a reference itself: the number that it means; 0 for what is none. */
uint64_t php_value_reference(const PhpValue *value);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a PhpValue is made up; for the files that read and write PHP's formats alone. */
#pragma once

#include "php/value.h"

enum { PHP_MAX_DEPTH = 4096, PHP_MAX_BYTES = 16 << 20, PHP_MAX_VALUES = 1 << 20 };

typedef struct {
	bool is_int;
	int64_t number;
	char *text;
	size_t length;
	PhpValue *value;
} PhpEntry;

typedef struct {
	GPtrArray *entries;  /* PhpEntry */
	GHashTable *index;   /* PhpEntry by its key; made once there are many */
	bool keys_are_names; /* properties: "5" stays a string */
	int64_t next_index;
} PhpMap;

/* A tree: a value owns its texts, its map, and what it replaced; freeing the root frees all.
 * - `map` is there for arrays and objects alone, `payload` for custom ones, `target` for
 * references.
 * - `target` is borrowed from the same tree, and never part of what it refers from.
 * - The source offsets are those of the bytes that the root was read from; a value that was made
 *   rather than read has none. */
struct PhpValue {
	PhpType type;
	bool is_class_reference; /* r:, not R: */
	bool has_source;
	int64_t integer;        /* bool, int */
	double number;          /* float */
	GString *text;          /* string; class of object and custom; enum */
	GString *payload;       /* custom */
	PhpMap *map;            /* array, object */
	uint64_t reference;     /* the number that R: or r: means */
	const PhpValue *target; /* what that is; lives in the same tree */
	uint64_t slot;
	size_t source_offset;
	size_t source_length;
	GHashTable *referenced; /* root: the numbers that references mean, or NULL without any */
	PhpValue *overwritten;  /* what a later duplicate key replaced; references may mean parts of
				   it */
};

PhpValue *php_value_new(PhpType type);
PhpMap *php_map_new(bool keys_are_names);

/* The place in which the element of that key is, made where there is none: its address stays the
 * same for the life of the tree. Returns the place, holding null. */
PhpValue *php_map_place(PhpMap *map, const PhpKey *key);

/* Moves the content of `take_value` into `place`, which keeps its old content alive. */
void php_place_fill(PhpValue *place, PhpValue *take_value);

/* Follows references; never NULL. */
const PhpValue *php_value_resolve(const PhpValue *value);

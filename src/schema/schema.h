/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether WordPress's tables are such that we can write them safely. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"

typedef enum {
	SCHEMA_TABLES, /* a table or column is missing */
	SCHEMA_ENGINE,
	SCHEMA_CHARSET,
} SchemaAspect;

typedef struct SchemaProblem {
	SchemaAspect aspect;
	char *message; /* what is wrong; the remedy */
} SchemaProblem;

/* Both arrays are there and own their elements; both empty: all is in order. */
typedef struct SchemaState {
	GPtrArray *problems;       /* of SchemaProblem */
	GPtrArray *utf8mb3_tables; /* of char*: names, whose texts have no room for 4-byte
				      characters */
	bool has_network;          /* the tables of a multisite network are there, too */
} SchemaState;

/* All that is wrong with the core tables that we use. Caller clears. Errors: DB_ERROR. */
bool schema_examine(Db *db, SchemaState *ret_state, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void schema_state_clear(SchemaState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SchemaState, schema_state_clear)

/* Checks that the core tables that we use exist, have the columns that we use, are InnoDB where we
 * write, and hold Unicode. `*ret_is_utf8mb3` when one of their texts has no room for 4-byte
 * characters. `knows_network`: it was said which site of a network this is, or that it is of none;
 * where it was not, and the tables of one are there, this is refused. DB_ERROR_SCHEMA names the
 * table, and the statement that mends it where there is one.
 */
bool schema_check(
	Db *db, bool knows_network, bool *ret_is_utf8mb3, GError **error) G_GNUC_WARN_UNUSED_RESULT;

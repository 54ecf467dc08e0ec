/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sidecar's own tables: whether they are there, and making them as sql/ has them. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"

/* Their names as db_prepare() wants them between braces; NULL-terminated. */
extern const char *const state_schema_tables[];

/* The files of sql/ that are yet to be run on this database, as full paths of an installed program;
 * empty when all is in order. Writes nothing; one statement when all is in order. Tables that this
 * user may not read count as missing. DB_ERROR_SCHEMA when a newer program has been here. Caller
 * frees. */
bool state_schema_missing(Db *db, GStrv *ret_paths, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same question, answered by yes or no. */
bool state_schema_is_current(
	Db *db, bool *ret_is_current, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes what is missing, one file after the other; one statement when all is in order. Several
 * processes may do so at once, and what one that died left half done is finished by the next. A
 * user without the privilege: DB_ERROR_SCHEMA, which says what to run as root. Not to be called in
 * a transaction. */
bool state_schema_ensure(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

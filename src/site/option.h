/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the options table: read, insert, replace. Values are the stored text, as PHP serialized
 * it. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "db/db.h"
#include "site/site.h"

/* The word of the column `autoload` that this site's WordPress writes. Static. */
const char *option_autoload_word(const WpSite *site, bool is_autoloaded);

/* Reads an option. `*ret_value` is NULL when there is no such row; it is NUL-terminated, but
 * serialized objects hold NUL bytes, too: `ret_length` (or NULL) gets the length. Caller frees. */
bool option_get(Db *db, const char *name, char **ret_value, size_t *ret_length,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Inserts an option unless there is one of this name (for SQL, which knows no case). */
bool option_insert(Db *db, const char *name, const char *value, size_t length,
	const char *autoload_word, bool *ret_inserted, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The next three must know whether WordPress loads the option at each request: its object cache
 * then has it in the array of all of those, which is dropped for no other.
 */

/* Compare-and-swap: writes the new value only where the row still holds exactly the old bytes.
 * `ret_replaced` is false when it does not, or is gone: read again. Equal values are not written.
 */
bool option_replace(Db *db, const char *name, GBytes *old_value, GBytes *new_value,
	bool is_autoloaded, bool *ret_replaced, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes the value of an existing option, whatever it was. */
bool option_update(Db *db, const char *name, const char *value, bool is_autoloaded,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool option_delete(
	Db *db, const char *name, bool is_autoloaded, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Both at once; `other` is not loaded at each request. */
bool option_delete_pair(Db *db, const char *name, bool is_autoloaded, const char *other,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

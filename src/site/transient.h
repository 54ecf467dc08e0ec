/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WordPress's transients: rows of the options table, or entries of the persistent object cache
 * where the site has one. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"

/* Reads a transient's stored text. `*ret_value` is NULL when it is absent or expired. Caller frees.
 * Writes nothing. */
bool transient_peek(Db *db, const char *name, int64_t now_utc, char **ret_value,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* get_transient(): as transient_peek(), and an expired one is deleted. */
bool transient_get(Db *db, const char *name, int64_t now_utc, char **ret_value,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* set_transient(): the same rows as WordPress 6.1 leaves behind (vectors/db_writes.json), also
 * where they surprise: a time-out row that was left over stays as it is and ends the new value.
 * With `ttl_secs` 0 it never expires. `value` is what the row holds: "3" for the integer 3. */
bool transient_set(Db *db, const WpSite *site, const char *name, const char *value, int64_t now_utc,
	unsigned ttl_secs, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* delete_transient(). */
bool transient_delete(Db *db, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where the site's WordPress itself keeps them: in its object cache if it has one that answers (a
 * value of text without serialization), else as above. */
bool transient_peek_shared(Db *db, const char *name, int64_t now_utc, char **ret_value,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool transient_set_shared(Db *db, const WpSite *site, const char *name, const char *value,
	int64_t now_utc, unsigned ttl_secs, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool transient_delete_shared(Db *db, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

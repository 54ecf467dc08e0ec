/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a user's contacts changed since the stored events were last matched. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "state/hash.h"

typedef struct ContactMark {
	int64_t user_id;
	uint8_t hash[STATE_HASH_BYTES]; /* of the contacts now */
	bool has_changed;               /* since the hash that is stored, or none is */
} ContactMark;

/* The marks of these users by their ids (int64_t *), with one statement for many users. `settings`
 * is what else matches depend on; it is part of the hash. Caller unrefs; NULL with a DB_ERROR. */
GHashTable *contact_marks_load(Db *db, const int64_t *user_ids, size_t count, const char *settings,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Remembers that the stored events match these contacts. */
bool contact_mark_store(Db *db, const ContactMark *mark, GError **error) G_GNUC_WARN_UNUSED_RESULT;

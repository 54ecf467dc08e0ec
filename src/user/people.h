/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One user's contacts, read from `person` posts and their ACF fields (data-model 5). */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "db/db.h"
#include "match/contact_index.h"
#include "site/site.h"

/* Reads every published person of the user, in id order: first name, infix and last name, and the
 * contact_info rows of type `email`. ACF's shadow rows (`_first_name`) are not data; nor are
 * repeater rows at or beyond the count in `contact_info`. One streamed statement; memory is that of
 * the index. Caller frees; NULL with a DB_ERROR. */
ContactIndex *people_load_contacts(
	Db *db, const WpSite *site, int64_t user_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

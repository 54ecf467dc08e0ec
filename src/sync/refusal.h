/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Remembers which credentials a server refused, so that scheduled passes do not knock every quarter
 * of an hour until the server blocks the whole site (calendar-protocols A12, 401). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "wp/connection.h"
#include "wp/site.h"

/* `ret_is_refused`: just these credentials were refused before, and not long ago. Costs a statement
 * only where the connection has a last_error. */
bool refusal_is_known(Db *db, const WpSite *site, int64_t user_id, const Connection *connection,
	int64_t now_utc, bool *ret_is_refused, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Remembers them, in a transient of a week. */
bool refusal_remember(Db *db, const WpSite *site, int64_t user_id, const Connection *connection,
	int64_t now_utc, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Remembers which credentials a server refused: a hash of the stored box, in a transient. */
#include "sync/refusal.h"

#include <string.h>

#include "wp/transient.h"

enum { REFUSAL_SECS = 7 * 24 * 60 * 60 };

static char *refusal_name(const WpSite *site, int64_t user_id, const Connection *connection)
{
	return g_strdup_printf("%s_calendar_refused_%" G_GINT64_FORMAT "_%s", site->theme_prefix,
		user_id, connection->id);
}

/* Of the encrypted box: connecting again makes a new one, whatever the password. */
static char *refusal_value(const Connection *connection)
{
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, connection->credentials, -1);
}

bool refusal_is_known(Db *db, const WpSite *site, int64_t user_id, const Connection *connection,
	int64_t now_utc, bool *ret_is_refused, GError **error)
{
	g_autofree char *name = refusal_name(site, user_id, connection);
	g_autofree char *value = refusal_value(connection);
	g_autofree char *stored = NULL;

	if (connection->last_error == NULL) {
		*ret_is_refused = false;
		return true;
	}
	if (!transient_peek(db, name, now_utc, &stored, error))
		return false;
	*ret_is_refused = g_strcmp0(stored, value) == 0;
	return true;
}

bool refusal_remember(Db *db, const WpSite *site, int64_t user_id, const Connection *connection,
	int64_t now_utc, GError **error)
{
	g_autofree char *name = refusal_name(site, user_id, connection);
	g_autofree char *value = refusal_value(connection);

	return transient_set(db, site, name, value, now_utc, REFUSAL_SECS, error);
}

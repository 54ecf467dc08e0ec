/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One box that does not open may be damaged; of several one opens, or the key is wrong. */
#include "sync/key_check.h"

#include "site/credentials.h"
#include "sync/pass.h"
#include "user/connections_row.h"
#include "util/secret.h"

enum { SEVERAL = 2 };

/* Whether it opens; those that are locked to the key are counted. */
static bool opens(const WpSite *site, const Connection *connection, unsigned *locked)
{
	g_autoptr(GError) error = NULL;
	g_auto(Secret) json = wp_site_open_credentials(site, connection->credentials, &error);

	if (g_error_matches(error, CREDENTIALS_ERROR, CREDENTIALS_ERROR_KEY))
		(*locked)++;
	return json != NULL;
}

static bool any_opens(const WpSite *site, const ConnectionList *list, unsigned *locked)
{
	for (guint i = 0; i < list->connections->len; i++) {
		if (opens(site, g_ptr_array_index(list->connections, i), locked))
			return true;
	}
	return false;
}

static bool judge(unsigned locked, GError **error)
{
	if (locked < SEVERAL)
		return true;
	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
		"AUTH_KEY opens none of the %u stored passwords of calendars, so it is not the "
		"site's: nothing is synced, and nobody is told to connect again; set auth_key in "
		"[wordpress] to AUTH_KEY of the site's wp-config.php, or leave it out and set "
		"wp_config",
		locked);
	return false;
}

bool key_check(const SyncContext *context, const GPtrArray *users, GError **error)
{
	unsigned locked = 0;

	for (guint i = 0; i < users->len; i++) {
		const PassUser *user = g_ptr_array_index(users, i);

		if (any_opens(context->site, user->list, &locked))
			return true;
	}
	return judge(locked, error);
}

bool key_check_everybody(const SyncContext *context, Db *db, GError **error)
{
	g_autoptr(GPtrArray) rows = connections_rows_load(db, context->site, NULL, error);
	unsigned locked = 0;

	if (rows == NULL)
		return false;
	for (guint i = 0; i < rows->len; i++) {
		const UserConnections *row = g_ptr_array_index(rows, i);
		gsize bytes;
		const char *stored = g_bytes_get_data(row->stored, &bytes);
		g_autoptr(ConnectionList) list = connections_parse(stored, bytes, NULL);

		if (list != NULL && any_opens(context->site, list, &locked))
			return true;
	}
	return judge(locked, error);
}

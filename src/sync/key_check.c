/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One box that does not open may be damaged; of several one opens, or the key is wrong. */
#include "sync/key_check.h"

#include "site/credentials.h"
#include "sync/pass.h"
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

bool key_check(const SyncContext *context, const GPtrArray *users, GError **error)
{
	unsigned locked = 0;

	for (guint i = 0; i < users->len; i++) {
		const PassUser *user = g_ptr_array_index(users, i);
		const GPtrArray *connections = user->list->connections;

		for (guint j = 0; j < connections->len; j++) {
			if (opens(context->site, g_ptr_array_index(connections, j), &locked))
				return true;
		}
	}
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

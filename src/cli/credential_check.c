/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts which stored credentials open. */
#include "cli/credential_check.h"

#include "site/credentials.h"
#include "user/connections_row.h"
#include "util/secret.h"

static void count_connection(
	const WpSite *site, const Connection *connection, CredentialCounts *counts)
{
	g_autoptr(GError) error = NULL;
	g_auto(Secret) json = wp_site_open_credentials(site, connection->credentials, &error);

	counts->connections++;
	if (json != NULL)
		counts->opened++;
	else if (!g_error_matches(error, CREDENTIALS_ERROR, CREDENTIALS_ERROR_EMPTY))
		counts->locked++;
}

bool credential_check(Db *db, const WpSite *site, CredentialCounts *ret_counts, GError **error)
{
	g_autoptr(GPtrArray) rows = connections_rows_load(db, site, NULL, error);
	CredentialCounts counts = {0};

	if (rows == NULL)
		return false;
	for (guint i = 0; i < rows->len; i++) {
		const UserConnections *row = g_ptr_array_index(rows, i);
		size_t length = 0;
		const char *stored = g_bytes_get_data(row->stored, &length);
		g_autoptr(ConnectionList) list = connections_parse(stored, length, NULL);

		if (list == NULL) {
			counts.unreadable++;
			continue;
		}
		for (guint j = 0; j < list->connections->len; j++)
			count_connection(site, g_ptr_array_index(list->connections, j), &counts);
	}
	*ret_counts = counts;
	return true;
}

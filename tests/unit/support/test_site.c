/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test_site.h"

#include "schema/schema.h"

WpSite *test_site_load(Db *db, const WpSiteOptions *options, GError **error)
{
	g_autoptr(WpSite) site = wp_site_new_unread(options, error);

	if (site == NULL || !schema_check(db, false, &site->is_utf8mb3, error) ||
		!wp_site_read(site, db, error))
		return NULL;
	return g_steal_pointer(&site);
}

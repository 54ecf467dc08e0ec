/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/init_user.h"

#include <string.h>

#include "cli/ask.h"
#include "cli/site_name.h"
#include "schema/grants.h"
#include "util/secret.h"

#define SIDECAR_USER "prm_calendar"
/* Of MySQL; MariaDB takes 80. */
#define NAME_CHARACTERS_MAX 32

char *init_user_name(const Init *init)
{
	g_autofree char *site = site_name_of(init->ini_path);
	g_autofree char *name = NULL;

	if (site == NULL)
		return g_strdup(SIDECAR_USER);
	name = g_strconcat(SIDECAR_USER "_", site, NULL);
	g_strcanon(name, G_CSET_a_2_z G_CSET_DIGITS, '_');
	return g_strndup(name, NAME_CHARACTERS_MAX);
}

static bool connect_as_new(Init *init, GError **error)
{
	App *app = &init->app;

	g_clear_pointer(&app->db, db_free);
	g_clear_pointer(&app->blog_prefix, g_free);
	g_clear_pointer(&app->cache, object_cache_server_free);
	return config_set(app->config, "database", "user", init->user.name, error) &&
	       config_set(app->config, "database", "password", init->user.password, error) &&
	       app_connect(app, error);
}

bool init_user_make(Init *init, GError **error)
{
	g_autofree char *name = init_user_name(init);

	if (!ask_login("administrator of the database", "root", &init->admin_name,
		    &init->admin_password, error))
		return false;
	init->admin_prefix = g_strdup(init->app.blog_prefix);
	init->admin = init->app.db_options;
	init->admin.table_prefix = init->admin_prefix;
	init->admin.user = init->admin_name;
	init->admin.password = init->admin_password;
	if (!new_user_make(&init->admin, name, &init->user, error)) {
		g_prefix_error(error, "no database user was made: ");
		return false;
	}
	g_free(init->grants);
	init->grants = grants_sql(&init->admin, init->user.name, init->user.host);
	if (connect_as_new(init, error))
		return true;
	g_prefix_error(error, "the new database user cannot be used, and was taken back: ");
	init_user_drop(init);
	return false;
}

void init_user_drop(Init *init)
{
	if (init->user.name != NULL)
		new_user_drop(&init->admin, &init->user);
}

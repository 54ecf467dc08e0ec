/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that wp-config.php keeps to itself. */
#include "cli/init_draft.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/sample_ini.h"
#include "schema/prefix.h"

static bool is_draft(const Config *config)
{
	for (const ConfigKey *key = config_keys(); key->section != NULL; key++) {
		if (strcmp(key->section, "database") != 0 &&
			strcmp(key->section, "wordpress") != 0 &&
			config_is_given(config, key->section, key->name))
			return false;
	}
	return true;
}

Config *init_draft_load(const char *ini_path, bool *ret_is_draft, GError **error)
{
	g_autoptr(Config) config = NULL;

	*ret_is_draft = false;
	if (access(ini_path, F_OK) != 0 || sample_ini_is_untouched(ini_path))
		return config_new_default();
	config = config_load_draft(ini_path, error);
	if (config == NULL) {
		g_prefix_error(error,
			"%s exists already and is left as it is, for it cannot be completed: ",
			ini_path);
		return NULL;
	}
	*ret_is_draft = is_draft(config);
	return *ret_is_draft ? g_steal_pointer(&config) : config_new_default();
}

bool init_draft_keep(const char *ini_path, GError **error)
{
	g_autofree char *kept = g_strconcat(ini_path, INIT_DRAFT_SUFFIX, NULL);

	if (link(ini_path, kept) == 0)
		return true;
	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
		"cannot keep what stood in %s as %s: %s; move that away", ini_path, kept,
		g_strerror(errno));
	return false;
}

bool init_prefix_is_open(
	Config *config, const WpConfig *wp_config, bool *ret_is_open, GError **error)
{
	const WpConfigValue *prefix = wp_config_find(wp_config, "$table_prefix");

	*ret_is_open = !config_is_given(config, "wordpress", "table_prefix") &&
		       (prefix == NULL || prefix->text == NULL);
	return !*ret_is_open || config_set(config, "wordpress", "table_prefix", "wp_", error);
}

static bool connect_with(App *app, const char *prefix, GError **error)
{
	g_clear_pointer(&app->db, db_free);
	g_clear_pointer(&app->blog_prefix, g_free);
	return config_set(app->config, "wordpress", "table_prefix", prefix, error) &&
	       app_connect(app, error);
}

bool init_prefix_find(App *app, GError **error)
{
	bool has_users = app->config->wordpress_users_table[0] == '\0' &&
			 app->config->wordpress_usermeta_table[0] == '\0';
	g_autoptr(GPtrArray) prefixes = schema_find_prefixes(app->db, has_users, error);
	g_autofree char *names = NULL;

	if (prefixes == NULL)
		return false;
	if (prefixes->len == 1)
		return connect_with(app, prefixes->pdata[0], error);
	g_ptr_array_add(prefixes, NULL);
	names = g_strjoinv(", ", (char **)prefixes->pdata);
	if (names[0] == '\0')
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"wp-config.php does not tell $table_prefix, and the database '%s' holds no "
			"tables of WordPress; check name in [database]",
			app->config->database_name);
	else
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"wp-config.php does not tell $table_prefix, and the database '%s' holds "
			"several of WordPress: %s; set table_prefix in [wordpress] of the ini",
			app->config->database_name, names);
	return false;
}

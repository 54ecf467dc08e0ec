/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of the configuration that `prm-calendar init` makes. */
#include "cli/init_ini.h"

#include <string.h>

/* Debian's inih cuts lines of 200 bytes; no name of a database or host comes near. */
enum { VALUE_BYTES_MAX = 150 };

/* `KEY = value`, for values that the ini can hold as they are. */
static bool add_value(GString *ini, const char *key, const char *value, GError **error)
{
	if (strlen(value) > VALUE_BYTES_MAX || strpbrk(value, "\r\n") != NULL ||
		strstr(value, " ;") != NULL || strstr(value, "\t;") != NULL ||
		g_ascii_isspace(value[0]) ||
		(value[0] != '\0' && g_ascii_isspace(value[strlen(value) - 1]))) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"the value of %s cannot stand in an ini: it is too long, or holds blanks "
			"where they would be lost",
			key);
		return false;
	}
	g_string_append_printf(ini, "%s = %s\n", key, value);
	return true;
}

static bool add_database(GString *ini, const InitIni *parts, GError **error)
{
	const Config *config = parts->config;

	g_string_append(ini, "[database]\n");
	if (config->database_socket[0] != '\0') {
		if (!add_value(ini, "socket", config->database_socket, error))
			return false;
	} else if (!add_value(ini, "host", config->database_host, error)) {
		return false;
	} else {
		g_string_append_printf(ini, "port = %d\n", config->database_port);
	}
	return add_value(ini, "name", config->database_name, error) &&
	       add_value(ini, "user", config->database_user, error) &&
	       add_value(ini, "password_file", parts->password_path, error);
}

/* What only some sites have. */
static bool add_constants(GString *ini, const Config *config, GError **error)
{
	return (config->wordpress_home[0] == '\0' ||
		       add_value(ini, "home", config->wordpress_home, error)) &&
	       (config->wordpress_users_table[0] == '\0' ||
		       add_value(ini, "users_table", config->wordpress_users_table, error)) &&
	       (config->wordpress_usermeta_table[0] == '\0' ||
		       add_value(ini, "usermeta_table", config->wordpress_usermeta_table, error));
}

static bool add_google(GString *ini, const InitIni *parts, GError **error)
{
	if (parts->google_path == NULL)
		return true;
	g_string_append(ini, "\n[google]\n");
	return add_value(ini, "client_id", parts->config->google_client_id, error) &&
	       add_value(ini, "client_secret_file", parts->google_path, error);
}

static bool add_cache(GString *ini, const InitIni *parts, GError **error)
{
	const Config *config = parts->config;
	bool is_memcached = config->cache_type == CONFIG_CACHE_MEMCACHED;

	if (config->cache_type == CONFIG_CACHE_NONE)
		return true;
	g_string_append_printf(ini, "\n[cache]\ntype = %s\ndrop_in = %s\n",
		is_memcached ? "memcached" : "redis",
		config->cache_drop_in == CONFIG_DROP_IN_WP_REDIS_GROUPS ? "wp-redis-groups"
									: parts->drop_in);
	if (config->cache_address[0] != '\0' &&
		!add_value(ini, "address", config->cache_address, error))
		return false;
	if (config->cache_database != 0)
		g_string_append_printf(ini, "database = %d\n", config->cache_database);
	if (config->cache_igbinary)
		g_string_append(ini, "igbinary = yes\n");
	if (config->cache_key_prefix[0] != '\0' &&
		!add_value(ini, "key_prefix", config->cache_key_prefix, error))
		return false;
	return parts->cache_path == NULL ||
	       add_value(ini, "password_file", parts->cache_path, error);
}

char *init_ini_text(const InitIni *parts, GError **error)
{
	const Config *config = parts->config;
	g_autoptr(GString) ini = g_string_new("; Made by prm-calendar init. All keys: man "
					      "prm-calendar.ini\n\n");

	if (!add_database(ini, parts, error))
		return NULL;
	g_string_append(ini, "\n[wordpress]\n");
	if (config_is_given(config, "wordpress", "blog_id"))
		g_string_append_printf(ini, "blog_id = %d\n", config->wordpress_blog_id);
	if (!add_value(ini, "table_prefix", config->wordpress_table_prefix, error) ||
		!add_value(ini, "wp_config", config->wordpress_wp_config, error) ||
		!add_value(ini, "auth_key_file", parts->auth_key_path, error) ||
		!add_constants(ini, config, error))
		return NULL;
	g_string_append_printf(ini, "\n[theme]\nprefix = %s\nactivity_comment_type = %s\n",
		parts->theme_prefix, parts->activity_comment_type);
	if (!add_value(ini, "stylesheet", parts->stylesheet, error) ||
		!add_google(ini, parts, error) || !add_cache(ini, parts, error))
		return NULL;
	return g_strdup(ini->str);
}

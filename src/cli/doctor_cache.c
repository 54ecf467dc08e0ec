/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: the site's persistent object cache, which must not go stale. */
#include <string.h>

#include "cache/server.h"
#include "cli/cache_detect.h"
#include "cli/doctor.h"
#include "cli/site_config.h"
#include "site/option.h"

#define OPTION_PLUGINS "active_plugins"

/* The drop-in as a file; NULL where there is none, or nobody knows where to look. Caller frees. */
static char *find_drop_in(const Doctor *doctor)
{
	const char *given = doctor->options->wp_config;
	const char *path = given != NULL ? given : doctor->app.config->wordpress_wp_config;
	g_autoptr(WpConfig) wp_config = path[0] != '\0' ? site_config_read(path, NULL) : NULL;

	return wp_config != NULL ? cache_drop_in_path(wp_config, path) : NULL;
}

/* A plugin whose purpose is such a drop-in, which tells without a look at the site's files; NULL
 * for none. Static. */
static const char *find_plugin(Db *db)
{
	static const char *const plugins[] = {"redis-cache/", "object-cache-pro/", "wp-redis/",
		"memcached/", "memcached-redux/", "docket-cache/", "sqlite-object-cache/"};
	g_autofree char *active = NULL;

	if (!option_get(db, OPTION_PLUGINS, &active, NULL, NULL) || active == NULL)
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(plugins); i++) {
		g_autofree char *quoted = g_strconcat("\"", plugins[i], NULL);

		if (strstr(active, quoted) != NULL)
			return plugins[i];
	}
	return NULL;
}

/* Whether what [cache] says is true of the server. */
static void ask_server(Doctor *doctor)
{
	g_autoptr(GError) error = NULL;
	bool is_known = false;

	if (!object_cache_server_check(doctor->app.cache, &is_known, &error))
		doctor_add(doctor, DOCTOR_WARN,
			"compare [cache] with wp-config.php, and see that the server runs; until "
			"then WordPress shows what is new when its entries expire",
			"%s", error->message);
	else if (!is_known)
		doctor_add(doctor, DOCTOR_WARN,
			"open a page of the site, so that WordPress fills its cache, then try "
			"again; if this stays, compare drop_in, key_prefix and database in "
			"section [cache] with wp-config.php",
			"the cache server answers, but has no entry of this site under the names "
			"that [cache] describes");
	else
		doctor_ok(doctor, "its server answers, and has this site's entries");
}

static void check_unset(Doctor *doctor, const char *drop_in, const char *plugin)
{
	const char *name = drop_in != NULL ? cache_drop_in_name(drop_in) : NULL;
	g_autofree char *remedy = g_strdup_printf(
		"set type, address and drop_in%s%s in section [cache] (man prm-calendar.ini); "
		"else WordPress shows what is new when its entries expire",
		name != NULL ? " = " : "", name != NULL ? name : "");

	doctor_add(doctor, DOCTOR_WARN, remedy,
		"the site has a persistent object cache (%s%s), but [cache] is not set",
		drop_in != NULL ? drop_in : "plugin ", drop_in != NULL ? "" : plugin);
}

void doctor_check_object_cache(Doctor *doctor)
{
	const Config *config = doctor->app.config;
	bool is_set = config->cache_type != CONFIG_CACHE_NONE;
	bool is_known =
		doctor->options->wp_config != NULL || config->wordpress_wp_config[0] != '\0';
	g_autofree char *drop_in = find_drop_in(doctor);
	const char *plugin = drop_in == NULL ? find_plugin(doctor->app.db) : NULL;
	bool has_one = drop_in != NULL || plugin != NULL;

	if (is_set && is_known && !has_one)
		doctor_add(doctor, DOCTOR_WARN, "set type = none in section [cache]",
			"[cache] is set, but the site has no wp-content/object-cache.php");
	else if (is_set)
		ask_server(doctor);
	else if (has_one)
		check_unset(doctor, drop_in, plugin);
	else if (is_known)
		doctor_ok(doctor, "the site has none (no wp-content/object-cache.php)");
	else
		doctor_ok(doctor, "no plugin for one is active; to look for "
				  "wp-content/object-cache.php too, add --wp-config=PATH");
}

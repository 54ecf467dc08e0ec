/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: the drop-ins of the site: its persistent object cache, which must not go
 * stale, and another database class. */
#include <string.h>

#include "cache/server.h"
#include "cli/cache_detect.h"
#include "cli/db_drop_in.h"
#include "cli/doctor.h"
#include "cli/site_config.h"
#include "cli/site_place.h"
#include "site/option.h"

#define OPTION_PLUGINS "active_plugins"
#define DROP_IN "object-cache.php"

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
	bool is_set = doctor->app.config->cache_type != CONFIG_CACHE_NONE;
	g_auto(SitePlace) place = {0};
	g_autofree char *drop_in = NULL;
	const char *plugin;
	SiteFile found;

	app_find_place(&doctor->app, doctor->options, &place);
	found = site_place_drop_in(&place, DROP_IN, doctor->app.site->stylesheet, &drop_in);
	plugin = found == SITE_FILE_THERE ? NULL : find_plugin(doctor->app.db);
	if (is_set && found == SITE_FILE_NOT_THERE && plugin == NULL)
		doctor_add(doctor, DOCTOR_WARN, "set type = none in section [cache]",
			"[cache] is set, but the site has no wp-content/object-cache.php");
	else if (is_set)
		ask_server(doctor);
	else if (drop_in != NULL || plugin != NULL)
		check_unset(doctor, drop_in, plugin);
	else if (found == SITE_FILE_NOT_THERE)
		doctor_ok(doctor, "the site has none (no wp-content/object-cache.php)");
	else
		doctor_ok(doctor,
			"no plugin for one is active; whether there is a wp-content/" DROP_IN
			" is not known%s%s: to look for it, add --wp-config=PATH or "
			"--wordpress=DIR",
			place.doubt != NULL ? ", for " : "",
			place.doubt != NULL ? place.doubt : "");
}

void doctor_check_db_drop_in(Doctor *doctor)
{
	g_auto(SitePlace) place = {0};
	g_autofree char *path = NULL;

	app_find_place(&doctor->app, doctor->options, &place);
	switch (db_drop_in_find(&place, &path)) {
	case DB_DROP_IN_NONE:
		if (place.content != NULL)
			doctor_ok(doctor, "the site has none (no wp-content/db.php)");
		else
			doctor_ok(doctor, "whether there is a wp-content/db.php is not known: to "
					  "look for it, add "
					  "--wp-config=PATH or --wordpress=DIR");
		break;
	case DB_DROP_IN_SQLITE: {
		g_autofree char *message = g_strdup_printf("%s " DB_DROP_IN_SQLITE_TEXT, path);

		doctor_add_message(doctor, DOCTOR_FAIL, message, NULL);
		break;
	}
	case DB_DROP_IN_OTHER:
		doctor_add(doctor, DOCTOR_WARN, DB_DROP_IN_OTHER_REMEDY,
			"%s " DB_DROP_IN_OTHER_TEXT, path);
		break;
	}
}

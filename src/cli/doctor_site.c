/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: the WordPress site, its theme, and who else works there. */
#include <string.h>
#include <sys/stat.h>

#include "cli/doctor.h"
#include "cli/output.h"
#include "cli/site_config.h"
#include "wp/cron.h"
#include "wp/option.h"
#include "wp/state_schema.h"

#define OPTION_PLUGINS "active_plugins"

void doctor_check_own_tables(Doctor *doctor)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) paths = NULL;
	g_autofree char *files = NULL;
	g_autofree char *remedy = NULL;

	if (!state_schema_missing(doctor->app.db, &paths, &error)) {
		doctor_add_message(doctor, DOCTOR_FAIL, error->message,
			"drop them: they are a cache, and the next run makes them again");
		return;
	}
	if (paths[0] == NULL) {
		doctor_ok(doctor, "prm-calendar's own are there");
		return;
	}
	files = g_strjoinv(", then ", paths);
	remedy = g_strdup_printf("the next sync makes them; where this user may not, run as root "
				 "of the database: %s",
		files);
	doctor_add(doctor, DOCTOR_WARN, remedy,
		"prm-calendar's own tables are missing, out of date, or not for this user to read");
}

/* What was not read stays at a value that the other checks can live with. */
static bool read_site(Doctor *doctor, GError **error)
{
	App *app = &doctor->app;
	bool ok;

	if (!app_name_site(app, error))
		return false;
	ok = wp_site_read(app->site, app->db, error);
	if (app->site->zone == NULL)
		app->site->zone = site_zone_new("UTC", NULL, NULL);
	return ok;
}

void doctor_check_site(Doctor *doctor)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *home = NULL;

	if (!read_site(doctor, &error)) {
		doctor_add_message(doctor, DOCTOR_FAIL, error->message,
			"set it in WordPress: Settings, General");
		/* Without the site's names there is nothing to look for. */
		if (doctor->app.site != NULL)
			doctor->reached = DOCTOR_NEEDS_SITE;
		return;
	}
	doctor->reached = DOCTOR_NEEDS_SITE;
	home = printable(doctor->app.site->home_url);
	doctor_ok(doctor, "%s, time zone %s", home, site_zone_name(doctor->app.site->zone));
}

void doctor_check_theme(Doctor *doctor)
{
	const char *wanted = doctor->app.config->theme_stylesheet;
	const WpSite *site = doctor->app.site;
	g_autofree char *active =
		printable(site->stylesheet != NULL ? site->stylesheet : "unknown");
	bool is_active =
		site->stylesheet != NULL &&
		(strcmp(site->stylesheet, wanted) == 0 || strcmp(site->template_name, wanted) == 0);

	if (wanted[0] == '\0' || is_active)
		doctor_ok(doctor, "%s is active", active);
	else
		doctor_add(doctor, DOCTOR_FAIL,
			"activate that theme in WordPress, or set stylesheet in section [theme]; "
			"to stop syncing, disable the timer",
			"the active theme is %s, but this configuration is for %s", active, wanted);
}

void doctor_check_theme_sync(Doctor *doctor)
{
	const WpSite *site = doctor->app.site;
	g_autoptr(GError) error = NULL;
	g_autofree char *next = NULL;
	g_autofree char *remedy = doctor_run(doctor, "takeover");
	int64_t next_utc = 0;

	if (!cron_next_theme_run(doctor->app.db, site, &next_utc, &error)) {
		doctor_add_message(doctor, DOCTOR_WARN, error->message,
			"look at the schedule with wp cron event list");
		return;
	}
	if (next_utc == 0) {
		doctor_ok(doctor, "the theme's own sync (%s) is not scheduled", site->cron_hook);
		return;
	}
	next = site_zone_format_iso(site->zone, next_utc);
	doctor_add(doctor, DOCTOR_WARN, remedy,
		"the theme's own sync (%s) is still scheduled, next for %s: two syncs do the work "
		"twice",
		site->cron_hook, next);
}

/* The folder of wp-content: written down in wp-config.php, else beside it. Caller frees. */
static char *content_folder(const char *wp_config_path)
{
	g_autoptr(WpConfig) wp_config = site_config_read(wp_config_path, NULL);
	const WpConfigValue *content =
		wp_config != NULL ? wp_config_find(wp_config, "WP_CONTENT_DIR") : NULL;
	g_autofree char *folder = g_path_get_dirname(wp_config_path);

	if (content != NULL && content->text != NULL)
		return g_strdup(content->text);
	return g_build_filename(folder, "wp-content", NULL);
}

/* The drop-in as a file; NULL where there is none, or nobody knows where to look. Caller frees. */
static char *find_drop_in(const Doctor *doctor)
{
	const char *given = doctor->options->wp_config;
	const char *path = given != NULL ? given : doctor->app.config->wordpress_wp_config;
	g_autofree char *folder = NULL;
	g_autofree char *drop_in = NULL;
	struct stat status;

	if (path[0] == '\0')
		return NULL;
	folder = content_folder(path);
	drop_in = g_build_filename(folder, "object-cache.php", NULL);
	return stat(drop_in, &status) == 0 ? g_steal_pointer(&drop_in) : NULL;
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

void doctor_check_object_cache(Doctor *doctor)
{
	const Config *config = doctor->app.config;
	bool is_set = config->cache_type != CONFIG_CACHE_NONE;
	bool is_known =
		doctor->options->wp_config != NULL || config->wordpress_wp_config[0] != '\0';
	g_autofree char *drop_in = find_drop_in(doctor);
	const char *plugin = drop_in == NULL ? find_plugin(doctor->app.db) : NULL;

	if (drop_in != NULL || plugin != NULL) {
		if (is_set)
			doctor_ok(doctor, "the site has one, and [cache] names it");
		else
			doctor_add(doctor, DOCTOR_WARN,
				"where it is Redis Object Cache, set type = redis and address in "
				"section [cache]; else WordPress shows what is new when its "
				"entries expire",
				"the site has a persistent object cache (%s%s), but [cache] is not "
				"set",
				drop_in != NULL ? drop_in : "plugin ",
				drop_in != NULL ? "" : plugin);
		return;
	}
	if (is_set && is_known)
		doctor_add(doctor, DOCTOR_WARN, "set type = none in section [cache]",
			"[cache] is set, but the site has no wp-content/object-cache.php");
	else if (is_set)
		doctor_ok(doctor, "[cache] is set");
	else if (is_known)
		doctor_ok(doctor, "the site has none (no wp-content/object-cache.php)");
	else
		doctor_ok(doctor, "no plugin for one is active; to look for "
				  "wp-content/object-cache.php too, add --wp-config=PATH");
}

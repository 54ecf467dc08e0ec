/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar init`: makes the configuration from a site's wp-config.php. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cache_detect.h"
#include "cli/commands.h"
#include "cli/db_drop_in.h"
#include "cli/init.h"
#include "cli/init_draft.h"
#include "cli/init_ini.h"
#include "cli/init_user.h"
#include "cli/new_file.h"
#include "cli/sample_ini.h"
#include "cli/site_config.h"
#include "cli/site_name.h"
#include "cli/usage.h"
#include "schema/grants.h"
#include "state/schema.h"
#include "util/secret.h"

static const CliOption init_options[] = {
	{"wp-config", 0, CLI_OPTION_TEXT, offsetof(CliOptions, wp_config), "PATH",
		"the site's wp-config.php"},
	{"wordpress", 0, CLI_OPTION_TEXT, offsetof(CliOptions, wordpress), "DIR",
		"WordPress's folder, where wp-config.php does not tell"},
	{"env-file", 0, CLI_OPTION_TEXT, offsetof(CliOptions, env_file), "FILE",
		"the environment of the site's PHP: NAME=value, a line each"},
	{"blog-id", 0, CLI_OPTION_NUMBER, offsetof(CliOptions, blog_id), "ID",
		"the site of a multisite network (default: its main site); 0 for no network"},
	{"create-user", 0, CLI_OPTION_FLAG, offsetof(CliOptions, create_user), NULL,
		"make a database user of least privilege, as an administrator"},
	{"dry-run", 0, CLI_OPTION_FLAG, offsetof(CliOptions, dry_run), NULL,
		"say what would be written and write nothing"},
	{0},
};

static void init_clear(Init *init)
{
	app_clear(&init->app);
	g_free(init->ini_path);
	g_free(init->password_path);
	g_free(init->auth_key_path);
	g_free(init->google_path);
	g_free(init->cache_path);
	g_free(init->cache_doubts);
	g_free(init->wp_config_path);
	g_free(init->db_drop_in);
	g_free(init->ini);
	g_free(init->grants);
	g_free(init->admin_prefix);
	g_free(init->admin_name);
	secret_free(init->admin_password);
	new_user_clear(&init->user);
	g_strfreev(init->missing);
	site_place_clear(&init->place);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Init, init_clear)

/* A folder stands for the wp-config.php in it. NULL with an error. */
static char *find_wp_config(const CliOptions *options, GError **error)
{
	const char *path = options->wp_config != NULL ? options->wp_config : options->wordpress;

	return g_file_test(path, G_FILE_TEST_IS_DIR) ? site_place_wp_config(path, error)
						     : g_canonicalize_filename(path, NULL);
}

static bool set_paths(Init *init, const CliOptions *options, GError **error)
{
	const char *path = options->config_path != NULL ? options->config_path : APP_CONFIG_PATH;
	g_autofree char *folder = NULL;
	g_autofree char *site = NULL;
	g_autofree char *prefix = NULL;
	g_autofree char *password = NULL;
	g_autofree char *auth_key = NULL;
	g_autofree char *google = NULL;
	g_autofree char *cache = NULL;

	init->options = options;
	init->ini_path = g_canonicalize_filename(path, NULL);
	init->wp_config_path = find_wp_config(options, error);
	if (init->wp_config_path == NULL)
		return false;
	folder = g_path_get_dirname(init->ini_path);
	site = site_name_of(init->ini_path);
	prefix = site == NULL ? g_strdup("") : g_strconcat(site, ".", NULL);
	password = g_strconcat(prefix, "database.password", NULL);
	auth_key = g_strconcat(prefix, "auth.key", NULL);
	google = g_strconcat(prefix, "google.secret", NULL);
	cache = g_strconcat(prefix, "cache.password", NULL);
	init->password_path = g_build_filename(folder, password, NULL);
	init->auth_key_path = g_build_filename(folder, auth_key, NULL);
	init->google_path = g_build_filename(folder, google, NULL);
	init->cache_path = g_build_filename(folder, cache, NULL);
	return true;
}

static bool check_absent(const Init *init, GError **error)
{
	const char *const paths[] = {init->ini_path, init->password_path, init->auth_key_path,
		init->google_path, init->cache_path};

	/* A draft may name the files of its secrets; new ones are not made over others. */
	if (init->is_draft)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		if (g_access(paths[i], F_OK) != 0 ||
			(paths[i] == init->ini_path && sample_ini_is_untouched(paths[i])))
			continue;
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"%s exists already and is left as it is: prm-calendar doctor checks a "
			"configuration that is there; to make another, move it away, or name one "
			"in another folder with -c FILE",
			paths[i]);
		return false;
	}
	return true;
}

/* What only PHP can tell is for the administrator to say, in an ini that leaves the rest to
 * wp-config.php. */
static bool fill(Init *init, const WpConfig *wp_config, GError **error)
{
	g_autoptr(GError) why = NULL;

	if (site_config_fill(init->app.config, wp_config, &why))
		return true;
	g_set_error(error, why->domain, why->code,
		"%s\nwhere these come from the environment of the site's PHP, give it to init with "
		"--env-file=FILE; else write %s with these keys, and run init again, which "
		"completes it",
		why->message, init->ini_path);
	return false;
}

/* is_multisite(): by the constants, for MULTISITE may be left out. */
static bool is_multisite(
	const WpConfig *wp_config, const char *remedy, bool *ret_is, GError **error)
{
	static const char *const signs[] = {"SUBDOMAIN_INSTALL", "VHOST", "SUNRISE"};
	const char *network = NULL;

	if (!site_config_text(wp_config, "MULTISITE", remedy, &network, error))
		return false;
	*ret_is = network != NULL && network[0] != '\0' && strcmp(network, "0") != 0;
	for (size_t i = 0; network == NULL && i < G_N_ELEMENTS(signs); i++)
		*ret_is = *ret_is || wp_config_find(wp_config, signs[i]) != NULL;
	return true;
}

/* Which site of a network is meant; of a site that is none, nothing is set. */
static bool choose_blog(Init *init, const WpConfig *wp_config, GError **error)
{
	const char *remedy = "say which site is meant with --blog-id, 0 where it is no network";
	int wanted = init->options->blog_id;
	g_autofree char *given = wanted >= 0 ? g_strdup_printf("%d", wanted) : NULL;
	const char *main_site = NULL;

	if (given == NULL && (!is_multisite(wp_config, remedy, &init->is_network, error) ||
				     !site_config_text(wp_config, "BLOG_ID_CURRENT_SITE", remedy,
					     &main_site, error)))
		return false;
	if (given == NULL && !init->is_network)
		return true;
	init->is_network = wanted != 0;
	if (given == NULL)
		given = g_strdup(main_site != NULL ? main_site : "1");
	return config_set(init->app.config, "wordpress", "blog_id", given, error);
}

static bool read_settings(Init *init, const WpConfig *wp_config, GError **error)
{
	return config_set(
		       init->app.config, "wordpress", "wp_config", init->wp_config_path, error) &&
	       init_prefix_is_open(init->app.config, wp_config, &init->has_open_prefix, error) &&
	       fill(init, wp_config, error) && choose_blog(init, wp_config, error) &&
	       config_check(init->app.config, init->wp_config_path, error);
}

/* What is not known of the cache is no reason to do without the rest. */
static void find_cache(Init *init, const WpConfig *wp_config)
{
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;

	init->has_drop_in = site_place_drop_in(
		&init->place, "object-cache.php", init->app.site->stylesheet, &path);
	if (path == NULL)
		return;
	init->drop_in = cache_drop_in_name(path);
	if (init->drop_in == NULL || cache_detect(init->app.config, wp_config, init->drop_in,
					     &init->cache_doubts, &error))
		return;
	init->drop_in = NULL;
	init->cache_doubts = g_strdup(error->message);
	init->app.config->cache_type = CONFIG_CACHE_NONE;
}

static bool choose_comment_type(Init *init, GError **error)
{
	init->comment_type = init_comment_type(&init->place, init->app.site, &init->traces);
	if (init->comment_type.type == NULL)
		return true;
	g_free(init->app.site->activity_comment_type);
	init->app.site->activity_comment_type = g_strdup(init->comment_type.type);
	return config_set(
		init->app.config, "theme", "activity_comment_type", init->comment_type.type, error);
}

static bool is_local(const char *host)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "::1", NULL};

	return g_strv_contains(names, host);
}

static bool make_ini(Init *init, GError **error)
{
	const InitIni parts = {
		.config = init->app.config,
		.theme_prefix = init->traces.prefix,
		.activity_comment_type = init->app.site->activity_comment_type,
		.stylesheet = init->app.site->stylesheet,
		.drop_in = init->drop_in,
		.password_path = init->password_path,
		.auth_key_path = init->auth_key_path,
		.google_path = init_has_google(init) ? init->google_path : NULL,
		.cache_path = init_has_cache_password(init) ? init->cache_path : NULL,
	};

	g_free(init->ini);
	init->ini = init_ini_text(&parts, error);
	return init->ini != NULL;
}

/* Before anything is asked of the server that wp-config.php names. */
static bool check_db_drop_in(Init *init, GError **error)
{
	if (db_drop_in_find(&init->place, &init->db_drop_in) != DB_DROP_IN_SQLITE)
		return true;
	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID, "%s " DB_DROP_IN_SQLITE_TEXT,
		init->db_drop_in);
	return false;
}

static bool find_out(Init *init, GError **error)
{
	g_autoptr(WpConfig) wp_config =
		site_config_read(init->wp_config_path, init->options->env_file, error);
	App *app = &init->app;
	g_autofree char *user = init_user_name(init);
	bool is_here;

	if (wp_config == NULL)
		return false;
	site_place_find(wp_config, init->wp_config_path, init->options->wordpress, &init->place);
	if (!check_db_drop_in(init, error) || !read_settings(init, wp_config, error) ||
		!app_connect(app, error))
		return false;
	if (init->has_open_prefix && !init_prefix_find(app, error))
		return false;
	if (!theme_detect(app->db, &init->traces, error) ||
		!config_set(app->config, "theme", "prefix", init->traces.prefix, error) ||
		!app_load_site(app, error) || !choose_comment_type(init, error) ||
		!credential_check(app->db, app->site, &init->credentials, error) ||
		!state_schema_missing(app->db, &init->missing, error))
		return false;
	find_cache(init, wp_config);
	is_here = app->config->database_socket[0] != '\0' || is_local(app->config->database_host);
	init->grants = grants_sql(&app->db_options, user, is_here ? "localhost" : "%");
	return make_ini(init, error);
}

static bool write_ini(const Init *init, GError **error)
{
	if (init->is_draft && !init_draft_keep(init->ini_path, error))
		return false;
	return init->is_draft || sample_ini_is_untouched(init->ini_path)
		       ? new_file_replace(init->ini_path, init->ini, error)
		       : new_file_write(init->ini_path, init->ini, error);
}

/* The file of a secret that a draft names already is as it would be made. */
static bool holds(const char *path, const char *text)
{
	g_auto(Secret) there = NULL;

	return g_file_get_contents(path, &there, NULL, NULL) &&
	       strcmp(g_strchomp(there), text) == 0;
}

/* The ini comes last: where it is, everything is. */
static bool write_files(const Init *init, GError **error)
{
	const Config *config = init->app.config;
	const struct {
		const char *path;
		const char *text; /* NULL: no such file */
	} secrets[] = {
		{init->password_path, config->database_password},
		{init->auth_key_path, config->wordpress_auth_key},
		{init->google_path, init_has_google(init) ? config->google_client_secret : NULL},
		{init->cache_path, init_has_cache_password(init) ? config->cache_password : NULL},
	};
	g_autoptr(GPtrArray) written = g_ptr_array_new();
	bool ok = true;

	for (size_t i = 0; ok && i < G_N_ELEMENTS(secrets); i++) {
		if (secrets[i].text == NULL || holds(secrets[i].path, secrets[i].text))
			continue;
		ok = new_file_write(secrets[i].path, secrets[i].text, error);
		if (ok)
			g_ptr_array_add(written, (char *)secrets[i].path);
	}
	if (ok && write_ini(init, error))
		return true;
	for (guint i = 0; i < written->len; i++)
		g_unlink(written->pdata[i]);
	return false;
}

/* In the order in which what was made can be taken back. */
static bool write_all(Init *init, GError **error)
{
	if (init->options->create_user && !(init_user_make(init, error) && make_ini(init, error)))
		return false;
	if (state_schema_ensure(init->app.db, error) && write_files(init, error))
		return true;
	init_user_drop(init);
	return false;
}

static ExitStatus run_init(const CliOptions *options)
{
	g_auto(Init) init = {0};
	g_autoptr(GError) error = NULL;

	app_setup_log(options);
	if (options->wp_config == NULL && options->wordpress == NULL)
		return usage_fail(options, "--wp-config=PATH is missing");
	if (!set_paths(&init, options, &error))
		return app_fail(options, error);
	init.app.config = init_draft_load(init.ini_path, &init.is_draft, &error);
	if (init.app.config == NULL || (!options->dry_run && !check_absent(&init, &error)))
		return app_fail(options, error);
	if (!find_out(&init, &error))
		return app_fail(options, error);
	if (!options->dry_run && !write_all(&init, &error))
		return app_fail(options, error);
	if (options->json)
		init_print_json(&init);
	else if (!options->quiet)
		init_print(&init);
	return EXIT_ALL_WELL;
}

const Command command_init = {
	.name = "init",
	.arguments = "",
	.summary = "make the configuration from a site's wp-config.php",
	.details =
		"Reads wp-config.php without running PHP, connects, finds the theme's prefix and "
		"the\n"
		"comment type of its activities, and writes the configuration (-c FILE) and the\n"
		"files of its secrets beside it. Overwrites no file but an ini in which no key "
		"has\n"
		"a value, as the sample; one with values in [database] and [wordpress] alone is\n"
		"completed. Makes our own tables in the database, and changes nothing else in it;\n"
		"with --create-user also the database user that the configuration then names, for\n"
		"which name and password of an administrator of the database are asked for, or\n"
		"read from standard input, a line each.\n\n"
		"Example: prm-calendar init --wp-config=/var/www/html/wp-config.php --dry-run",
	.options = init_options,
	.run = run_init,
};

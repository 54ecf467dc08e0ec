/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens what commands work with, and turns failures into one line and an exit status. */
#include "cli/app.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/output.h"
#include "cli/sample_ini.h"
#include "cli/site_config.h"
#include "schema/schema.h"
#include "site/option.h"
#include "state/schema.h"
#include "util/log.h"
#include "util/secret.h"

static int64_t clock_now(void)
{
	return (int64_t)time(NULL);
}

static LogLevel chosen_level(const CliOptions *options, LogLevel configured)
{
	if (options->quiet)
		return LOG_ERROR;
	return options->verbose ? LOG_DEBUG : configured;
}

void app_setup_log(const CliOptions *options)
{
	log_setup(chosen_level(options, LOG_INFO), LOG_FORMAT_TEXT);
}

ExitStatus app_status_of(const GError *error)
{
	if (error->domain == CONFIG_ERROR || error->domain == WP_CONFIG_ERROR ||
		error->domain == OBJECT_CACHE_ERROR)
		return EXIT_CONFIG;
	if (error->domain != DB_ERROR)
		return EXIT_SOME_FAILED;
	/* A missing table means that the ini names another database or prefix than WordPress's. */
	if (error->code == DB_ERROR_SCHEMA)
		return EXIT_CONFIG;
	return db_error_ends_all(error) || error->code == DB_ERROR_UNKNOWN ? EXIT_NO_DATABASE
									   : EXIT_SOME_FAILED;
}

ExitStatus app_fail(const CliOptions *options, const GError *error)
{
	g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);

	for (char **line = lines; *line != NULL; line++)
		log_line(LOG_ERROR, NULL, "%s", *line);
	if (options->json) {
		g_autoptr(Json) object = json_object_new();

		json_set_text(object, "error", error->message);
		json_print(object);
	}
	return app_status_of(error);
}

/* Only who has a network names one of its sites, the first one, too. */
static bool is_network(const Config *config)
{
	return config->wordpress_blog_id > 1 ||
	       (config->wordpress_blog_id == 1 && config_is_given(config, "wordpress", "blog_id"));
}

/* Whether it was said, 0 for none. */
static bool knows_network(const Config *config)
{
	return config_is_given(config, "wordpress", "blog_id");
}

/* wpdb::get_blog_prefix(): of the tables of one site of a network. Caller frees. */
static char *blog_prefix_of(const Config *config)
{
	const char *base = config->wordpress_table_prefix;

	return config->wordpress_blog_id > 1
		       ? g_strdup_printf("%s%d_", base, config->wordpress_blog_id)
		       : g_strdup(base);
}

static const char *text_or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

static DbOptions db_options_of(const Config *config, const char *blog_prefix)
{
	static const DbTls tls_modes[] = {
		[CONFIG_TLS_PREFERRED] = DB_TLS_PREFERRED,
		[CONFIG_TLS_REQUIRED] = DB_TLS_REQUIRED,
		[CONFIG_TLS_OFF] = DB_TLS_OFF,
	};

	return (DbOptions){
		.host = config->database_host,
		.port = (unsigned)config->database_port,
		.socket = config->database_socket[0] == '\0' ? NULL : config->database_socket,
		.name = config->database_name,
		.user = config->database_user,
		.password = config->database_password,
		.tls = tls_modes[config->database_tls],
		.tls_ca = config->database_tls_ca[0] == '\0' ? NULL : config->database_tls_ca,
		.table_prefix = blog_prefix,
		.base_prefix = config->wordpress_table_prefix,
		.users_table = text_or_null(config->wordpress_users_table),
		.usermeta_table = text_or_null(config->wordpress_usermeta_table),
		.connect_timeout_secs = (unsigned)config->network_connect_timeout_secs,
	};
}

static HttpOptions http_options_of(const Config *config)
{
	return (HttpOptions){
		.connect_timeout_secs = (unsigned)config->network_connect_timeout_secs,
		.request_timeout_secs = (unsigned)config->network_request_timeout_secs,
		.max_response_bytes = (size_t)config->network_max_response_mb * 1024 * 1024,
		.allow_http = config->network_allow_http,
		.allow_private = (const char *const *)config->network_allow_private,
		.ca_file = config->network_ca_file[0] == '\0' ? NULL : config->network_ca_file,
		.proxy = config->network_proxy[0] == '\0' ? NULL : config->network_proxy,
	};
}

static CacheDropIn drop_in_of(const Config *config)
{
	static const CacheDropIn drop_ins[] = {
		[CONFIG_DROP_IN_REDIS_CACHE] = CACHE_DROP_IN_REDIS_CACHE,
		[CONFIG_DROP_IN_WP_REDIS] = CACHE_DROP_IN_WP_REDIS,
		[CONFIG_DROP_IN_WP_REDIS_GROUPS] = CACHE_DROP_IN_WP_REDIS_GROUPS,
		[CONFIG_DROP_IN_WP_MEMCACHED] = CACHE_DROP_IN_WP_MEMCACHED,
		[CONFIG_DROP_IN_PECL_MEMCACHED] = CACHE_DROP_IN_PECL_MEMCACHED,
	};

	if (config->cache_drop_in != CONFIG_DROP_IN_USUAL)
		return drop_ins[config->cache_drop_in];
	return config->cache_type == CONFIG_CACHE_MEMCACHED ? CACHE_DROP_IN_WP_MEMCACHED
							    : CACHE_DROP_IN_REDIS_CACHE;
}

static ObjectCacheOptions cache_options_of(const Config *config)
{
	return (ObjectCacheOptions){
		.is_memcached = config->cache_type == CONFIG_CACHE_MEMCACHED,
		.address = config->cache_address,
		.user = config->cache_user,
		.password = config->cache_password,
		.database = (unsigned)config->cache_database,
		.is_igbinary = config->cache_igbinary,
		.site =
			{
				.drop_in = drop_in_of(config),
				.key_prefix = config->cache_key_prefix,
				.table_prefix = config->wordpress_table_prefix,
				.blog_id = is_network(config) ? (unsigned)config->wordpress_blog_id
							      : 0,
			},
	};
}

static bool open_cache(App *app, GError **error)
{
	const ObjectCacheOptions options = cache_options_of(app->config);

	if (app->config->cache_type == CONFIG_CACHE_NONE)
		return true;
	app->cache = object_cache_server_new(&options, error);
	return app->cache != NULL;
}

bool app_connect(App *app, GError **error)
{
	if (!open_cache(app, error))
		return false;
	app->blog_prefix = blog_prefix_of(app->config);
	app->db_options = db_options_of(app->config, app->blog_prefix);
	if (app->interruption != NULL) {
		app->db_options.stop = interruption_stop(app->interruption);
		app->db_options.break_off = interruption_break_off(app->interruption);
	}
	app->db = db_open(&app->db_options, error);
	if (app->db == NULL)
		return false;
	object_cache_attach(app->cache, app->db);
	return true;
}

/* wp_salt(): what wp-config-sample.php has is as good as none, and a key of WordPress's own making
 * is in its place in the options (of a network in a table that is not ours to read). Which of the
 * two the theme took is tried. */
#define SAMPLE_AUTH_KEY "put your unique phrase here"
static bool read_kept_key(App *app, GError **error)
{
	const Config *config = app->config;

	if (!config->has_no_auth_key && strcmp(config->wordpress_auth_key, SAMPLE_AUTH_KEY) != 0)
		return true;
	secret_free(g_steal_pointer(&app->kept_auth_key));
	return option_get(app->db, "auth_key", &app->kept_auth_key, NULL, error) &&
	       (config->wordpress_auth_key[0] != '\0' || app->kept_auth_key == NULL ||
		       config_set(app->config, "wordpress", "auth_key", app->kept_auth_key, error));
}

static WpSiteOptions site_options_of(const App *app)
{
	const Config *config = app->config;
	const char *comment_type = config->theme_activity_comment_type;

	return (WpSiteOptions){
		.theme_prefix = config->theme_prefix,
		.activity_comment_type = comment_type[0] == '\0' ? NULL : comment_type,
		.auth_key = config->changed_auth_key != NULL ? config->changed_auth_key
							     : config->wordpress_auth_key,
		.former_auth_key = config->changed_auth_key != NULL ? config->wordpress_auth_key
								    : app->kept_auth_key,
		.home_url = text_or_null(config->wordpress_home),
		.is_network = is_network(config),
	};
}

bool app_load_site(App *app, GError **error)
{
	g_autoptr(WpSite) site = NULL;
	WpSiteOptions site_options;
	bool is_utf8mb3;

	if (!schema_check(app->db, knows_network(app->config), &is_utf8mb3, error) ||
		!read_kept_key(app, error))
		return false;
	site_options = site_options_of(app);
	site = wp_site_new_unread(&site_options, error);
	if (site == NULL)
		return false;
	site->is_utf8mb3 = is_utf8mb3;
	if (!wp_site_read(site, app->db, error))
		return false;
	app->site = g_steal_pointer(&site);
	return true;
}

bool app_name_site(App *app, GError **error)
{
	WpSiteOptions site_options;

	if (!read_kept_key(app, error))
		return false;
	site_options = site_options_of(app);
	app->site = wp_site_new_unread(&site_options, error);
	return app->site != NULL;
}

void app_open_http(App *app)
{
	const HttpOptions http_options = http_options_of(app->config);

	app->http = http_shared_new(&http_options);
	app->notices = notices_new();
}

static bool app_open_site(App *app, GError **error)
{
	if (!app_connect(app, error) || !app_load_site(app, error))
		return false;
	app_open_http(app);
	return true;
}

/* Of a file in which nothing stands yet, no line is wrong. */
static void name_init(const char *path, GError **error)
{
	if (error == NULL || !sample_ini_is_untouched(path))
		return;
	g_clear_error(error);
	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
		"%s: nothing is filled in yet; let prm-calendar init --wp-config=PATH do it", path);
}

bool app_try_open(App *app, const CliOptions *options, GError **error)
{
	const char *path = options->config_path != NULL ? options->config_path : APP_CONFIG_PATH;

	app_setup_log(options);
	app->config = config_load_completed(path, site_config_complete, error);
	if (app->config == NULL) {
		name_init(path, error);
		return false;
	}
	log_setup(chosen_level(options, (LogLevel)app->config->output_log_level),
		(LogFormat)app->config->output_log_format);
	if (app->config->changed_auth_key != NULL)
		log_line(LOG_WARNING, NULL,
			"AUTH_KEY of %s is no longer the auth_key of this configuration; both are "
			"tried: for the administrator to set auth_key anew, or to leave it out, "
			"when all calendars were connected again",
			app->config->wordpress_wp_config);
	return app_open_site(app, error);
}

ExitStatus app_open(App *app, const CliOptions *options)
{
	g_autoptr(GError) error = NULL;

	return app_try_open(app, options, &error) ? EXIT_ALL_WELL : app_fail(options, error);
}

/* Once a run, whatever was not dropped. */
static void warn_of_cache(const App *app)
{
	const char *failure = app->cache == NULL ? NULL : object_cache_server_failure(app->cache);

	if (failure != NULL)
		log_line(LOG_WARNING, NULL,
			"WordPress may show old entries of its object cache until they expire: %s",
			failure);
}

void app_clear(App *app)
{
	warn_of_cache(app);
	g_clear_pointer(&app->notices, notices_free);
	g_clear_pointer(&app->http, http_shared_free);
	g_clear_pointer(&app->site, wp_site_free);
	g_clear_pointer(&app->db, db_free);
	g_clear_pointer(&app->blog_prefix, g_free);
	secret_free(g_steal_pointer(&app->kept_auth_key));
	g_clear_pointer(&app->cache, object_cache_server_free);
	g_clear_pointer(&app->config, config_free);
}

bool app_open_tables(App *app, const CliOptions *options, GError **error)
{
	if (options->dry_run)
		return state_schema_is_current(app->db, &app->has_tables, error);
	app->has_tables = state_schema_ensure(app->db, error);
	return app->has_tables;
}

void app_find_place(const App *app, const CliOptions *options, SitePlace *ret_place)
{
	const char *given = options->wp_config;
	const char *path = given != NULL ? given : app->config->wordpress_wp_config;
	g_autofree char *beside = path[0] == '\0' && options->wordpress != NULL
					  ? site_place_wp_config(options->wordpress, NULL)
					  : g_strdup(path);
	g_autoptr(WpConfig) wp_config =
		beside != NULL && beside[0] != '\0' ? site_config_read(beside, NULL, NULL) : NULL;

	if (wp_config != NULL)
		site_place_find(wp_config, beside, options->wordpress, ret_place);
}

SyncContext app_sync_context(const App *app, const CliOptions *options)
{
	return (SyncContext){
		.config = app->config,
		.db_options = &app->db_options,
		.cache = app->cache,
		.site = app->site,
		.http = app->http,
		.notices = app->notices,
		.cancellable =
			app->interruption != NULL ? interruption_stop(app->interruption) : NULL,
		.now_utc = clock_now,
		.dry_run = options->dry_run,
		.forgets = options->full,
		.has_tables = app->has_tables,
	};
}

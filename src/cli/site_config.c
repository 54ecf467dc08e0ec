/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads wp-config.php at each start and fills what the ini leaves out. */
#include "cli/site_config.h"

#include <stdlib.h>
#include <string.h>

#include "site/wp_config_file.h"

enum { HOST_FILES_MAX = 1000 };

static bool add_file(WpConfig *wp_config, const char *path, bool includes_are_known, GError **error)
{
	g_autoptr(WpConfigText) text = wp_config_file_read(path, error);

	return text != NULL &&
	       wp_config_add(wp_config, path, text->str, text->len, includes_are_known, error);
}

static int compare_paths(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* All files PREFIX….php, sorted. */
static GPtrArray *host_files(const char *prefix)
{
	g_autofree char *folder = g_path_get_dirname(prefix);
	g_autofree char *start = g_path_get_basename(prefix);
	g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while (directory != NULL && paths->len < HOST_FILES_MAX &&
		(name = g_dir_read_name(directory)) != NULL) {
		if (g_str_has_prefix(name, start) && g_str_has_suffix(name, ".php"))
			g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
	}
	g_ptr_array_sort(paths, compare_paths);
	return paths;
}

static const char *only_host_file(const GPtrArray *paths, const char *prefix, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	if (paths->len == 1)
		return g_ptr_array_index(paths, 0);
	for (guint i = 0; i < paths->len; i++)
		g_string_append_printf(names, "%s%s", i == 0 ? "" : ", ",
			(const char *)g_ptr_array_index(paths, i));
	if (paths->len == 0)
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"it includes %sHOST.php, but there is no such file that this user may see",
			prefix);
	else
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"it includes one of several files, by the host that is asked for: name the "
			"one of this site as wp-config instead: %s",
			names->str);
	return NULL;
}

/* A `.env` of Bedrock's lies beside wp-config.php or above the web's folder. */
enum { ENV_LEVELS = 3 };

static bool add_env_file(SiteEnv *env, const char *path, GError **error)
{
	g_autoptr(WpConfigText) text = wp_config_file_read(path, error);

	return text != NULL && site_env_add_text(env, path, text->str, false, error);
}

/* `*ret_is_found` becomes true when the folder has one. */
static bool add_env_of(SiteEnv *env, const char *folder, bool *ret_is_found, GError **error)
{
	static const char *const names[] = {".env.local", ".env"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);

		if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
			continue;
		*ret_is_found = true;
		if (!add_env_file(env, path, error))
			return false;
	}
	return true;
}

/* Of several files the first one that has a name wins, and our own environment before them, as
 * Dotenv's immutable repository has it. What a .env leaves out is not set. */
static bool add_dot_env(SiteEnv *env, const char *wp_config_path, GError **error)
{
	char *real = realpath(wp_config_path, NULL);
	g_autofree char *folder = g_path_get_dirname(real != NULL ? real : wp_config_path);
	bool is_found = false;

	free(real);
	for (unsigned level = 0; level < ENV_LEVELS && !is_found; level++) {
		char *parent;

		if (!add_env_of(env, folder, &is_found, error))
			return false;
		parent = g_path_get_dirname(folder);
		g_free(folder);
		folder = parent;
	}
	if (is_found)
		site_env_set_whole(env);
	return true;
}

/* What is known of the environment of the site's PHP; caller frees. */
static SiteEnv *read_env(const char *wp_config_path, const char *env_file, GError **error)
{
	g_autoptr(SiteEnv) env = site_env_new();

	if (env_file != NULL) {
		if (!add_env_file(env, env_file, error))
			return NULL;
		site_env_set_whole(env);
		return g_steal_pointer(&env);
	}
	site_env_add_process(env);
	return add_dot_env(env, wp_config_path, error) ? g_steal_pointer(&env) : NULL;
}

static WpConfig *new_wp_config(const char *path, const char *env_file, GError **error)
{
	SiteEnv *env = read_env(path, env_file, error);

	return env == NULL ? NULL : wp_config_new(env);
}

/* Debian's own wp-config.php holds nothing but defaults; the host's file comes before them. */
static WpConfig *read_with_host_file(
	const char *path, const char *env_file, const char *prefix, GError **error)
{
	g_autoptr(WpConfig) wp_config = new_wp_config(path, env_file, error);
	g_autoptr(GPtrArray) paths = host_files(prefix);
	const char *host_file = wp_config != NULL ? only_host_file(paths, prefix, error) : NULL;

	if (host_file == NULL) {
		g_prefix_error(error, "cannot read %s: ", path);
		return NULL;
	}
	if (!add_file(wp_config, host_file, false, error) ||
		!add_file(wp_config, path, true, error))
		return NULL;
	return g_steal_pointer(&wp_config);
}

WpConfig *site_config_read(const char *path, const char *env_file, GError **error)
{
	g_autoptr(WpConfig) wp_config = new_wp_config(path, env_file, error);
	const char *prefix;

	if (wp_config == NULL || !add_file(wp_config, path, false, error))
		return NULL;
	prefix = wp_config_host_file_prefix(wp_config);
	if (prefix != NULL)
		return read_with_host_file(path, env_file, prefix, error);
	return g_steal_pointer(&wp_config);
}

bool site_config_text(const WpConfig *wp_config, const char *name, const char *remedy,
	const char **ret_text, GError **error)
{
	const WpConfigValue *value = wp_config_find(wp_config, name);

	if (value != NULL && value->text == NULL) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"%s %s in line %u of %s, so it is not known without running PHP; %s", name,
			value->why, value->line, value->file, remedy);
		return false;
	}
	*ret_text = value == NULL ? NULL : value->text;
	return true;
}

/* Which constant goes into which key; DB_HOST is more than one. */
static const struct {
	const char *constant;
	const char *section;
	const char *key;
} sources[] = {
	{"DB_NAME", "database", "name"},
	{"DB_USER", "database", "user"},
	{"DB_PASSWORD", "database", "password"},
	{"$table_prefix", "wordpress", "table_prefix"},
	{"AUTH_KEY", "wordpress", "auth_key"},
};

/* A constant that is not there, while other files are included, may be in one of those. */
static bool check_missing(const WpConfig *wp_config, const char *path, const char *name,
	const char *remedy, GError **error)
{
	unsigned line;
	const char *doubts = wp_config_doubts(wp_config, &line);

	if (doubts == NULL)
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID, "%s is not set in %s; %s",
			name, path, remedy);
	else
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"%s is not set in %s, which %s in line %u; %s", name, path, doubts, line,
			remedy);
	return false;
}

static bool fill_host(Config *config, const WpConfig *wp_config, GError **error)
{
	const char *db_host = NULL;
	g_autofree char *host = NULL;
	g_autofree char *socket = NULL;
	unsigned port = 0;

	if (config_is_given(config, "database", "host") ||
		config_is_given(config, "database", "port") ||
		config_is_given(config, "database", "socket"))
		return true;
	if (!site_config_text(wp_config, "DB_HOST", "set host or socket in [database] of the ini",
		    &db_host, error))
		return false;
	if (db_host == NULL)
		return check_missing(wp_config, config->wordpress_wp_config, "DB_HOST",
			"set host or socket in [database] of the ini", error);
	if (!wp_config_parse_host(db_host, &host, &port, &socket, error) ||
		!config_set(config, "database", "host", host, error))
		return false;
	if (socket != NULL && !config_set(config, "database", "socket", socket, error))
		return false;
	if (port != 0) {
		g_autofree char *digits = g_strdup_printf("%u", port);

		return config_set(config, "database", "port", digits, error);
	}
	return true;
}

/* The names that the theme's versions have used, the first that is set wins. */
static const struct {
	const char *key;
	const char *constants[2];
} google_sources[] = {
	{"client_id", {"GOOGLE_CALENDAR_CLIENT_ID", "GOOGLE_OAUTH_CLIENT_ID"}},
	{"client_secret", {"GOOGLE_CALENDAR_CLIENT_SECRET", "GOOGLE_OAUTH_CLIENT_SECRET"}},
};

/* Not every site has a Google client: one that is missing, or that only PHP can tell, is missed
 * when a Google calendar is synced. */
static bool fill_google(Config *config, const WpConfig *wp_config, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(google_sources); i++) {
		const char *key = google_sources[i].key;
		const WpConfigValue *value =
			wp_config_find(wp_config, google_sources[i].constants[0]);

		if (value == NULL)
			value = wp_config_find(wp_config, google_sources[i].constants[1]);
		if (value == NULL || value->text == NULL || config_is_given(config, "google", key))
			continue;
		if (!config_set(config, "google", key, value->text, error))
			return false;
	}
	return true;
}

/* Of WP_HOME that is computed the option is the best that is known; guids name it, no more. */
static bool fill_home(Config *config, const WpConfig *wp_config, GError **error)
{
	const WpConfigValue *home = wp_config_find(wp_config, "WP_HOME");

	return home == NULL || home->text == NULL || home->text[0] == '\0' ||
	       config_is_given(config, "wordpress", "home") ||
	       config_set(config, "wordpress", "home", home->text, error);
}

/* wp_salt() then takes one that WordPress made up. */
static bool is_known_to_be_missing(const WpConfig *wp_config, const char *constant)
{
	unsigned line;

	return strcmp(constant, "AUTH_KEY") == 0 && wp_config_doubts(wp_config, &line) == NULL;
}

static bool fill_value(Config *config, const WpConfig *wp_config, size_t index, GError **error)
{
	const char *section = sources[index].section;
	const char *key = sources[index].key;
	g_autofree char *remedy = g_strdup_printf("set %s in [%s] of the ini", key, section);
	const char *text = NULL;

	if (config_is_given(config, section, key))
		return true;
	if (!site_config_text(wp_config, sources[index].constant, remedy, &text, error))
		return false;
	if (text != NULL)
		return config_set(config, section, key, text, error);
	config->has_no_auth_key |= is_known_to_be_missing(wp_config, sources[index].constant);
	return is_known_to_be_missing(wp_config, sources[index].constant) ||
	       check_missing(wp_config, config->wordpress_wp_config, sources[index].constant,
		       remedy, error);
}

/* Not every site has these: what is not there is as usual, but what only PHP can tell is an error,
 * for another table has other users. */
static bool fill_users(Config *config, const WpConfig *wp_config, GError **error)
{
	static const struct {
		const char *constant;
		const char *key;
	} tables[] = {
		{"CUSTOM_USER_TABLE", "users_table"},
		{"CUSTOM_USER_META_TABLE", "usermeta_table"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
		g_autofree char *remedy =
			g_strdup_printf("set %s in [wordpress] of the ini", tables[i].key);
		const char *text = NULL;

		if (config_is_given(config, "wordpress", tables[i].key))
			continue;
		if (!site_config_text(wp_config, tables[i].constant, remedy, &text, error) ||
			(text != NULL &&
				!config_set(config, "wordpress", tables[i].key, text, error)))
			return false;
	}
	return true;
}

/* One error for all that cannot be read, a line each, so that nobody has to come back for the next.
 */
static void note_unreadable(GError **all, GError *take_error)
{
	if (*all == NULL) {
		*all = take_error;
		return;
	}
	g_prefix_error(&take_error, "%s\n", (*all)->message);
	g_error_free(*all);
	*all = take_error;
}

bool site_config_fill(Config *config, const WpConfig *wp_config, GError **error)
{
	GError *all = NULL;
	GError *unreadable = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
		if (!fill_value(config, wp_config, i, &unreadable))
			note_unreadable(&all, g_steal_pointer(&unreadable));
	}
	if (!fill_host(config, wp_config, &unreadable))
		note_unreadable(&all, g_steal_pointer(&unreadable));
	if (!fill_users(config, wp_config, &unreadable))
		note_unreadable(&all, unreadable);
	if (all == NULL)
		return fill_google(config, wp_config, error) && fill_home(config, wp_config, error);
	g_propagate_error(error, all);
	return false;
}

/* AUTH_KEY of the site, where it is known not to be ours. */
static void note_changed_key(Config *config, const WpConfig *wp_config)
{
	const WpConfigValue *key = wp_config_find(wp_config, "AUTH_KEY");

	if (key != NULL && key->text != NULL && key->text[0] != '\0' &&
		config->wordpress_auth_key[0] != '\0' &&
		strcmp(key->text, config->wordpress_auth_key) != 0)
		config->changed_auth_key = g_strdup(key->text);
}

/* Whether wp-config.php has to be read: a service that was given all by init may not be allowed to.
 */
static bool is_complete(const Config *config)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
		if (!config_is_given(config, sources[i].section, sources[i].key))
			return false;
	}
	return config_is_given(config, "database", "host") ||
	       config_is_given(config, "database", "socket");
}

bool site_config_complete(Config *config, GError **error)
{
	g_autoptr(WpConfig) wp_config = NULL;
	g_autoptr(GError) problem = NULL;

	if (config->wordpress_wp_config[0] == '\0')
		return true;
	wp_config = site_config_read(config->wordpress_wp_config, NULL, &problem);
	if (wp_config == NULL) {
		if (is_complete(config))
			return true;
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}
	note_changed_key(config, wp_config);
	return site_config_fill(config, wp_config, error);
}

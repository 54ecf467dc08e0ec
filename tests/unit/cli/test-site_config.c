/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "cli/site_config.h"

#define SITE                                                                                       \
	"<?php define('DB_NAME', 'crm'); define('DB_USER', 'crm_user'); "                          \
	"define('DB_PASSWORD', 'p;#\\'w'); define('DB_HOST', 'localhost:/run/x.sock'); "           \
	"define('AUTH_KEY', 'key ;'); $table_prefix = 'crm_';"

typedef struct {
	char *folder;
	char *ini;
	char *wp_config;
} Fixture;

static void fixture_set_up(Fixture *fixture, gconstpointer data)
{
	(void)data;
	fixture->folder = g_dir_make_tmp("prm-site-config-XXXXXX", NULL);
	fixture->ini = g_build_filename(fixture->folder, "test.ini", NULL);
	fixture->wp_config = g_build_filename(fixture->folder, "wp-config.php", NULL);
}

static void fixture_tear_down(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GDir) directory = g_dir_open(fixture->folder, 0, NULL);
	const char *name;

	(void)data;
	while ((name = g_dir_read_name(directory)) != NULL) {
		g_autofree char *path = g_build_filename(fixture->folder, name, NULL);

		g_unlink(path);
	}
	g_rmdir(fixture->folder);
	g_free(fixture->ini);
	g_free(fixture->wp_config);
	g_free(fixture->folder);
}

static void write_file(const char *path, const char *text)
{
	g_autoptr(GError) error = NULL;

	g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0640, &error);
	g_assert_no_error(error);
}

/* An ini that names the wp-config.php, with `rest` behind that line. */
static Config *load(const Fixture *fixture, const char *rest, GError **error)
{
	g_autofree char *text =
		g_strdup_printf("[wordpress]\nwp_config = %s\n%s", fixture->wp_config, rest);

	write_file(fixture->ini, text);
	return config_load_completed(fixture->ini, site_config_complete, error);
}

static void test_fills_what_is_left_out(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;

	(void)data;
	write_file(fixture->wp_config, SITE);
	config = load(fixture, "auth_key =\n", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(config->database_name, ==, "crm");
	g_assert_cmpstr(config->database_user, ==, "crm_user");
	g_assert_cmpstr(config->database_password, ==, "p;#'w");
	g_assert_cmpstr(config->database_host, ==, "localhost");
	g_assert_cmpstr(config->database_socket, ==, "/run/x.sock");
	g_assert_cmpstr(config->wordpress_table_prefix, ==, "crm_");
	g_assert_cmpstr(config->wordpress_auth_key, ==, "key ;");
}

static void test_names_all_that_php_computes(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	write_file(fixture->wp_config, "<?php define('DB_NAME', 'crm'); define('DB_USER', f('U')); "
				       "define('DB_HOST', f('H')); define('AUTH_KEY', md5('b')); "
				       "$table_prefix = 'crm_';");
	g_assert_null(load(fixture, "", &error));
	g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID);
	g_assert_nonnull(strstr(error->message, "DB_USER is computed"));
	g_assert_nonnull(strstr(error->message, "set user in [database] of the ini\n"
						"DB_PASSWORD is not set in "));
	g_assert_nonnull(strstr(error->message, "\nAUTH_KEY is computed"));
	g_assert_nonnull(strstr(error->message, "\nDB_HOST is computed"));
	g_assert_null(strstr(error->message, "DB_NAME"));
}

static void test_googles_client(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) computed = NULL;
	g_autoptr(Config) defined = NULL;
	g_autoptr(Config) given = NULL;

	(void)data;
	write_file(fixture->wp_config, SITE "define('GOOGLE_OAUTH_CLIENT_ID', getenv('X'));");
	computed = load(fixture, "", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(computed->google_client_id, ==, "");
	write_file(fixture->wp_config, SITE "define('GOOGLE_OAUTH_CLIENT_ID', 'oauth');"
					    "define('GOOGLE_CALENDAR_CLIENT_SECRET', 'one');"
					    "define('GOOGLE_OAUTH_CLIENT_SECRET', 'two');");
	defined = load(fixture, "", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(defined->google_client_id, ==, "oauth");
	g_assert_cmpstr(defined->google_client_secret, ==, "one");
	given = load(fixture, "[google]\nclient_id = mine\n", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(given->google_client_id, ==, "mine");
}

static void test_the_ini_wins(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;

	(void)data;
	write_file(fixture->wp_config, SITE);
	config = load(fixture,
		"table_prefix = own_\n[database]\nuser = sidecar\npassword =\nhost = db\n", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(config->database_name, ==, "crm");
	g_assert_cmpstr(config->database_user, ==, "sidecar");
	g_assert_cmpstr(config->database_password, ==, "");
	g_assert_cmpstr(config->database_host, ==, "db");
	g_assert_cmpstr(config->database_socket, ==, "");
	g_assert_cmpstr(config->wordpress_table_prefix, ==, "own_");
}

static const struct {
	const char *name;
	const char *source;
	const char *words[4]; /* that the message must hold */
} refusals[] = {
	{"computed", "<?php\ndefine('DB_NAME', f('DB'));",
		{"DB_NAME is computed", "line 2", "set name in [database]"}},
	{"missing", "<?php define('DB_NAME', 'x');", {"DB_USER is not set", "set user"}},
	{"in-another-file", "<?php\nrequire 'secret.php';",
		{"DB_NAME is not set", "another file in line 2", "set name"}},
	{"bad-prefix", SITE "$table_prefix = 'a;b';", {"table_prefix", "letters"}},
	{"unterminated", "<?php define('DB_NAME', 'x", {"wp-config.php", "never ends"}},
};

static void test_refused(Fixture *fixture, gconstpointer data)
{
	size_t index = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;

	write_file(fixture->wp_config, refusals[index].source);
	g_assert_null(load(fixture, "", &error));
	for (size_t i = 0; refusals[index].words[i] != NULL; i++) {
		if (strstr(error->message, refusals[index].words[i]) == NULL)
			g_error("'%s' is not in: %s", refusals[index].words[i], error->message);
	}
}

static void test_a_computed_value_does_not_matter_where_the_ini_has_it(
	Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;

	(void)data;
	write_file(fixture->wp_config, "<?php define('DB_NAME', getenv('DB'));" SITE);
	config = load(fixture, "[database]\nname = given\n", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(config->database_name, ==, "given");
}

static void test_no_such_file(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	g_assert_null(load(fixture, "", &error));
	g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID);
	g_assert_nonnull(strstr(error->message, "wp-config.php: No such file"));
}

/* Debian's wp-config.php takes the file of the host that is asked for. */
static void test_debian_file_of_the_host(Fixture *fixture, gconstpointer data)
{
	g_autofree char *text = g_strdup_printf(
		"<?php $f = '%s/config-' . $host . '.php'; if (file_exists($f)) require_once $f;\n"
		"if (!defined('DB_NAME')) define('DB_NAME', 'wordpress');\n"
		"if (!isset($table_prefix)) $table_prefix = 'wp_';",
		fixture->folder);
	g_autofree char *first = g_build_filename(fixture->folder, "config-a.example.php", NULL);
	g_autofree char *second = g_build_filename(fixture->folder, "config-b.example.php", NULL);
	g_autoptr(GError) none = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) several = NULL;
	g_autoptr(Config) config = NULL;

	(void)data;
	write_file(fixture->wp_config, text);
	g_assert_null(load(fixture, "", &none));
	g_assert_nonnull(strstr(none->message, "no such file"));
	write_file(first, "<?php define('DB_USER', 'u'); define('DB_PASSWORD', 'p'); "
			  "define('DB_HOST', '[::1]:3307'); define('AUTH_KEY', 'k');");
	config = load(fixture, "", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(config->database_name, ==, "wordpress");
	g_assert_cmpstr(config->database_user, ==, "u");
	g_assert_cmpstr(config->database_host, ==, "::1");
	g_assert_cmpint(config->database_port, ==, 3307);
	write_file(second, "<?php");
	g_assert_null(load(fixture, "", &several));
	g_assert_nonnull(strstr(several->message, first));
	g_assert_nonnull(strstr(several->message, second));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, data, function)                                                                  \
	g_test_add(path, Fixture, data, fixture_set_up, function, fixture_tear_down)
	ADD("/cli/site_config/fills", NULL, test_fills_what_is_left_out);
	ADD("/cli/site_config/googles-client", NULL, test_googles_client);
	ADD("/cli/site_config/ini-wins", NULL, test_the_ini_wins);
	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_autofree char *path =
			g_strconcat("/cli/site_config/refused/", refusals[i].name, NULL);

		ADD(path, GSIZE_TO_POINTER(i), test_refused);
	}
	ADD("/cli/site_config/computed-but-given", NULL,
		test_a_computed_value_does_not_matter_where_the_ini_has_it);
	ADD("/cli/site_config/no-such-file", NULL, test_no_such_file);
	ADD("/cli/site_config/names-all-that-php-computes", NULL, test_names_all_that_php_computes);
	ADD("/cli/site_config/debian", NULL, test_debian_file_of_the_host);
#undef ADD
	return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libraries would read goes, what we and the site's wp-config.php read stays. */
#include <glib.h>

#include "cli/environment.h"

static const char *const gone[] = {"SSLKEYLOGFILE", "SSL_CERT_FILE", "OPENSSL_CONF",
	"CURL_CA_BUNDLE", "https_proxy", "ALL_PROXY", "HOSTALIASES", "MYSQL_PWD",
	"LIBMYSQL_PLUGINS", "MARIADB_PLUGIN_DIR", "MARIADB_TLS_DISABLE_PEER_VERIFICATION",
	"GCONV_PATH", "XML_CATALOG_FILES", "ICU_DATA", "GIO_MODULE_DIR", "KRB5_CONFIG", "TZ"};

static const char *const kept[] = {
	/* ours */
	"CREDENTIALS_DIRECTORY", "NO_COLOR", "TZDIR", "G_DEBUG", "ASAN_OPTIONS", "PATH", "HOME",
	"LANG", "LC_ALL", "TERM",
	/* a wp-config.php's */
	"WORDPRESS_DB_PASSWORD", "MYSQL_USER", "MYSQL_PASSWORD", "MYSQL_DATABASE", "MYSQL_HOST",
	"MARIADB_PASSWORD", "DB_NAME", "DATABASE_URL"};

static void test_tables(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(gone); i++)
		g_setenv(gone[i], "/tmp/x", TRUE);
	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
		g_setenv(kept[i], "value", TRUE);
	environment_clean();
	for (size_t i = 0; i < G_N_ELEMENTS(gone); i++)
		g_assert_cmpstr(g_getenv(gone[i]), ==, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
		g_assert_cmpstr(g_getenv(kept[i]), ==, "value");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/environment/what goes and what stays", test_tables);
	return g_test_run();
}

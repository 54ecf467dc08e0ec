/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two tables: what is taken from the environment, and what is kept of the same families. All else
 * is kept, since a wp-config.php may read any name; the libraries that we use read none of it. */
#include "cli/environment.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* A name that ends in "*" stands for all that begin so. Compared without case: curl and others read
 * both. */
static const char *const unwelcome[] = {
	/* The keys of TLS connections, into a file: curl, OpenSSL, GnuTLS. */
	"SSLKEYLOGFILE",
	"GNUTLS_KEYLOGFILE",
	/* Whom to trust and what to load; ours are ca_file and tls_ca. */
	"SSL_CERT_*",
	"OPENSSL_*",
	"CTLOG_FILE",
	"GNUTLS_*",
	"P11_KIT_*",
	"CURL_*",
	/* Proxies: ours is proxy in [network], and no other. */
	"HTTP_PROXY",
	"HTTPS_PROXY",
	"ALL_PROXY",
	"NO_PROXY",
	/* The resolver's own names and switches. */
	"HOSTALIASES",
	"LOCALDOMAIN",
	"RES_OPTIONS",
	"RESOLV_*",
	/* The database's client libraries: passwords, plugins, ports, option files. Not MYSQL_*
	 * as a whole: containers tell PHP its database in MYSQL_USER and the like. */
	"MYSQL_PWD",
	"MYSQL_TCP_PORT",
	"MYSQL_UNIX_PORT",
	"MYSQL_HOME",
	"MYSQL_GROUP_SUFFIX",
	"MYSQL_TEST_LOGIN_FILE",
	"MYSQL_DEBUG",
	"LIBMYSQL_*",
	"MARIADB_PLUGIN_DIR",
	"MARIADB_TLS_*",
	"MARIADB_TCP_PORT",
	"MARIADB_UNIX_PORT",
	"KRB5*",
	"LIBMEMCACHED*",
	/* Code or files that convert characters, translate, or describe documents. */
	"GCONV_PATH",
	"LOCPATH",
	"NLSPATH",
	"LANGUAGE",
	"XML_*",
	"SGML_CATALOG_FILES",
	"ICU_*",
	"GIO_*",
	"G_MESSAGES_*",
	"G_FILENAME_ENCODING",
	"G_BROKEN_FILENAMES",
	/* Times are UTC or the site's. */
	"TZ",
};

static bool matches(const char *pattern, const char *name)
{
	size_t length = strlen(pattern);

	if (pattern[length - 1] == '*')
		return g_ascii_strncasecmp(pattern, name, length - 1) == 0;
	return g_ascii_strcasecmp(pattern, name) == 0;
}

bool environment_is_unwelcome(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(unwelcome); i++) {
		if (matches(unwelcome[i], name))
			return true;
	}
	return false;
}

void environment_clean(void)
{
	g_auto(GStrv) names = g_listenv();

	for (char **name = names; *name != NULL; name++) {
		if (environment_is_unwelcome(*name))
			(void)unsetenv(*name);
	}
}

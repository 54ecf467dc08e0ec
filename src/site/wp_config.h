/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What wp-config.php says, without running it: bytes in, constants out. A value that PHP would have
 * to compute is named, never guessed. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "site/site_env.h"

#define WP_CONFIG_ERROR wp_config_error_quark()
GQuark wp_config_error_quark(void);

typedef enum {
	WP_CONFIG_ERROR_SYNTAX, /* PHP would refuse it, or it is larger or deeper than any such file
				 */
	WP_CONFIG_ERROR_HOST,   /* DB_HOST that WordPress would refuse, too */
} WpConfigError;

enum { WP_CONFIG_BYTES_MAX = 256 * 1024 };

/* A constant, or the variable "$table_prefix". */
typedef struct WpConfigValue {
	char *text;      /* wiped when freed; numbers and booleans as PHP makes them strings; NULL
			    when not readable */
	char *why;       /* not readable: "is computed", "is set under a condition" … */
	char *otherwise; /* not readable because an environment variable is not known here: the
			    value where that is not set, or NULL; wiped when freed */
	bool is_string;  /* else a number, true, false or null */
	bool is_beside;  /* a path that begins with the folder of the file itself */
	char *file;      /* where it was set */
	unsigned line;
} WpConfigValue;

typedef struct WpConfig WpConfig;

/* `take_env` is what is known of the environment of the site's PHP, or NULL. */
WpConfig *wp_config_new(SiteEnv *take_env);
void wp_config_free(WpConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WpConfig, wp_config_free)

/* Adds what a file sets, as PHP would when it is included next: the first define() of a name wins,
 * of $table_prefix the last. `file` is its name in messages, and where it is an absolute path, what
 * __DIR__ means. Files that it includes by a path that is known are followed; where it includes
 * others (`includes_are_known`: than those that were added before), evaluates code or defines names
 * that cannot be known, whatever is defined behind that cannot be relied upon. Errors:
 * WP_CONFIG_ERROR_SYNTAX. */
bool wp_config_add(WpConfig *config, const char *file, const char *source, size_t length,
	bool includes_are_known, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The constant of this name, or "$table_prefix"; NULL when it is not set. Borrowed. */
const WpConfigValue *wp_config_find(const WpConfig *config, const char *name);

/* What may have set more than is known, "includes another file", and in which line; NULL where
 * there is no such thing: then a constant that is not found is not set. Static. */
const char *wp_config_doubts(const WpConfig *config, unsigned *ret_line);

/* Debian's wp-config.php includes PREFIX + host + ".php": "/etc/wordpress/config-". NULL when this
 * is no such file. Borrowed. */
const char *wp_config_host_file_prefix(const WpConfig *config);

/* As wpdb::parse_db_host() reads DB_HOST: `*ret_port` is 0 and `*ret_socket` NULL when not given;
 * an IPv6 address loses its brackets; an empty host is localhost. Caller frees both. */
bool wp_config_parse_host(const char *db_host, char **ret_host, unsigned *ret_port,
	char **ret_socket, GError **error) G_GNUC_WARN_UNUSED_RESULT;

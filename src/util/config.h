/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ini file (design 12): one table of keys is the source of the parser, the sample and the
 * checks. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/config_error.h"

typedef enum { CONFIG_SWITCH_NO, CONFIG_SWITCH_YES, CONFIG_SWITCH_AUTO } ConfigSwitch;
typedef enum { CONFIG_TLS_PREFERRED, CONFIG_TLS_REQUIRED, CONFIG_TLS_OFF } ConfigTls;
typedef enum { CONFIG_GONE_TRASH, CONFIG_GONE_DELETE } ConfigGone;
typedef enum { CONFIG_CACHE_NONE, CONFIG_CACHE_REDIS, CONFIG_CACHE_MEMCACHED } ConfigCache;
typedef enum {
	CONFIG_DROP_IN_USUAL, /* the first of the next that goes with the type */
	CONFIG_DROP_IN_REDIS_CACHE,
	CONFIG_DROP_IN_WP_REDIS,
	CONFIG_DROP_IN_WP_REDIS_GROUPS,
	CONFIG_DROP_IN_WP_MEMCACHED,
	CONFIG_DROP_IN_PECL_MEMCACHED,
} ConfigDropIn;

/* Field names are section_key. Strings are owned and never NULL: empty when not set. */
typedef struct Config {
	char *database_host;
	int database_port;
	char *database_socket;
	char *database_name;
	char *database_user;
	char *database_password;
	int database_tls; /* ConfigTls */
	char *database_tls_ca;

	char *wordpress_table_prefix;
	char *wordpress_auth_key;
	char *wordpress_wp_config;
	int wordpress_blog_id;
	char *wordpress_home;
	char *wordpress_users_table;
	char *wordpress_usermeta_table;

	char *theme_prefix;
	char *theme_activity_comment_type;
	char *theme_stylesheet;

	char *google_client_id;
	char *google_client_secret;
	char *google_api_base;
	char *google_token_url;
	char *google_auth_url;

	int sync_interval_minutes;
	int sync_users_per_pass; /* 0: all */
	int sync_workers;
	int sync_full_every_hours;
	int sync_max_events;
	int sync_max_events_per_user;
	int sync_max_secs;
	int sync_max_secs_per_user;
	int sync_max_requests;
	int sync_max_requests_per_user;
	int sync_max_mb;
	int sync_max_mb_per_user;
	int sync_gone; /* ConfigGone */

	int match_names; /* ConfigSwitch */

	int log_limit;
	int log_min_confidence; /* percent; a match must be above it */
	char *log_content;
	bool log_log_private;
	bool log_log_self;
	bool log_log_declined;

	int network_connect_timeout_secs;
	int network_request_timeout_secs;
	int network_max_response_mb;
	bool network_allow_http;
	char **network_allow_private; /* NULL-terminated */
	char *network_ca_file;
	char *network_proxy;

	int cache_type;    /* ConfigCache */
	int cache_drop_in; /* ConfigDropIn */
	char *cache_address;
	int cache_database;
	char *cache_user;
	char *cache_password;
	char *cache_key_prefix;
	bool cache_igbinary;

	int output_log_level;  /* LogLevel */
	int output_log_format; /* LogFormat */
	char *output_metrics_file;

	/* No key: AUTH_KEY of wp-config.php, where it can be read and is another than auth_key: the
	 * site's keys were changed. NULL otherwise; wiped. */
	char *changed_auth_key;

	/* No key: wp-config.php certainly defines no AUTH_KEY, so that WordPress made one up and
	 * keeps it in the database. */
	bool has_no_auth_key;

	GHashTable *given; /* "section.key" of what stood in the file, or was set since */
} Config;

typedef enum {
	CONFIG_STRING,
	CONFIG_INT,
	CONFIG_INT_OR_ALL,   /* "all" is 0 */
	CONFIG_BOOL,         /* yes, no, true, false, on, off, 1, 0 */
	CONFIG_BOOL_OR_AUTO, /* ConfigSwitch: as a bool, or auto */
	CONFIG_CHOICE,       /* the index of the word in `choices` */
	CONFIG_LIST,         /* words separated by commas or blanks */
} ConfigType;

typedef enum {
	CONFIG_SECRET = 1 << 0, /* may be given as KEY_file; kept out of everything that we print */
	CONFIG_REQUIRED = 1 << 1, /* must not be empty */
} ConfigFlags;

typedef struct ConfigKey {
	const char *section;
	const char *name;
	ConfigType type;
	ConfigFlags flags;
	size_t offset;              /* of the field in Config */
	const char *default_text;   /* as one would write it; "" for empty */
	int minimum, maximum;       /* CONFIG_INT and CONFIG_INT_OR_ALL */
	const char *const *choices; /* CONFIG_CHOICE: NULL-terminated */
	const char *help;           /* one line, for the sample and the manual */
} ConfigKey;

/* All keys, in the order of the sample. The array ends with a NULL section. */
const ConfigKey *config_keys(void);

/* The key that stands as `name` in the ini, or NULL; `*ret_is_file` is true for KEY_file of a
 * secret.
 */
const ConfigKey *config_key_find(const char *section, const char *name, bool *ret_is_file);

/* For messages: the keys of a section ("host, port", empty for an unknown one), and all sections
 * ("[database], [wordpress]"). Caller frees. */
char *config_key_names(const char *section);
char *config_section_names(void);

/* All defaults; caller frees. */
Config *config_new_default(void);

/* Reads a file. Every problem is an error that names file, line, key and remedy: unknown sections
 * and keys, values out of range, lines that inih would cut, keys given twice, secrets in a file
 * that others may read. NULL with CONFIG_ERROR. Caller frees. */
Config *config_load(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, where `complete` may give values to what the file left out, before it is checked that
 * nothing is missing. */
typedef bool (*ConfigCompleter)(Config *config, GError **error);
Config *config_load_completed(
	const char *path, ConfigCompleter complete, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a file has that is not finished: as config_load(), but nothing has to be there, and a
 * required key without a value counts as not given. */
Config *config_load_draft(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Everything that is wrong with a configuration, a sentence (char *) each, and what it consists of.
 */
typedef struct ConfigProblems {
	GPtrArray *invalid; /* what config_load() would refuse; file and line are named */
	GPtrArray *exposed; /* files that others may change, secrets that they may read */
	GPtrArray *files;   /* paths of the ini and of the secrets that it names */
} ConfigProblems;

void config_problems_init(ConfigProblems *problems);
void config_problems_clear(ConfigProblems *problems);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ConfigProblems, config_problems_clear)

/* As config_load_completed(), in spite of all problems, which are added to `problems`: keys that
 * are not fit keep their defaults. NULL with CONFIG_ERROR only where the file cannot be read. */
Config *config_examine(const char *path, ConfigCompleter complete, ConfigProblems *problems,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a key, or KEY_file in its place, stood in the file or was set since; a key that must not
 * be empty counts only where it is not. */
bool config_is_given(const Config *config, const char *section, const char *name);

/* Gives a known key a value, as the file would. False with CONFIG_ERROR where it is not fit. */
bool config_set(Config *config, const char *section, const char *name, const char *text,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* That nothing is missing and the table prefix is one; config_load() has done so. `path` is where
 * the values came from, for the message. */
bool config_check(Config *config, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Wipes the secrets. */
void config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)
